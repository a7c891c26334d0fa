package views

import (
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// ContactView is what a contact's page shows. Form, Email, Phone and Identifier are as the form was filled in.
type ContactView struct {
	Contact                  db.Contact
	Talks                    []db.ListContactConversationsRow
	Notes                    []db.ListNotesRow
	Tab                      string
	Edit                     bool
	Form                     db.Contact
	Email, Phone, Identifier string
	Note                     string
	Attributes               Attributes
	// Addresses are those on inboxes of the viewer's.
	Addresses []db.ListContactInboxesRow
	Invalid   fault.Fields
}

// url is the address of a page about the contact.
func (v ContactView) url(page func(account, contact int64) string) string {
	return page(v.Contact.AccountID, v.Contact.ID)
}

// proposed is what was said of the contact at their addresses by the public client API, and is not theirs: nothing proves
// it.
func (v ContactView) proposed() (all []fact) {
	for _, a := range v.Addresses {
		p := a.ContactInbox.Proposal.Without(v.Contact)
		if p == nil {
			continue
		}
		said := []struct {
			name  string
			value *string
		}{{"Name", p.Name}, {"Email", p.Email}, {"Phone", p.PhoneNumber}, {"Identifier", p.Identifier}}
		for _, one := range said {
			if one.value != nil {
				all = append(all, fact{one.name, *one.value})
			}
		}
		all = append(all, facts(p.CustomAttributes)...)
	}
	return all
}

// undefined are the attributes without a form of their own.
func (v ContactView) undefined() []fact {
	if len(v.Attributes.ofModel()) > 0 {
		return nil // they are shown below the defined ones
	}
	return v.Attributes.rest()
}

func contactLead(c db.Contact) string {
	text := "Known since " + c.CreatedAt.Format("January 2006") + "."
	if c.Blocked {
		text += " Muted: what they write brings nothing back."
	}
	return text
}

func countPointer(n int) *int64 {
	m := int64(n)
	return &m
}

func noteAuthor(n db.ListNotesRow) string {
	if n.UserName == nil {
		return "somebody who has left"
	}
	return *n.UserName
}

// contactLabels are the account's labels and any others that the contact has.
func contactLabels(f Frame, carried []string) []string {
	all := append([]string{}, carried...)
	for _, p := range f.Sidebar {
		if p.Section == "label" && !slices.Contains(all, p.Name) {
			all = append(all, p.Name)
		}
	}
	slices.Sort(all)
	return all
}
