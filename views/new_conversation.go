package views

import (
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views/ui"
)

// NewConversation is the form of a new conversation as it was filled in.
type NewConversation struct {
	// To is what was typed for the recipient; ContactID is the chosen contact, or 0.
	To            string
	ContactID     int64
	Candidates    []db.SearchContactsRow
	InboxID       int64
	Subject, Body string
	Mine          bool
	Once          string
	Invalid       fault.Fields
}

func candidateName(c db.SearchContactsRow) string {
	return db.Contact{Name: c.Name, Email: c.Email, PhoneNumber: c.PhoneNumber}.Who()
}

// candidateReach distinguishes contacts of the same name.
func candidateReach(c db.SearchContactsRow) string {
	if c.Email != nil {
		return *c.Email
	}
	return text(c.PhoneNumber)
}

func inboxChoices(items []db.ListSidebarItemsRow) []ui.Option {
	var all []ui.Option
	for _, p := range items {
		if p.Section == "inbox" {
			all = append(all, ui.Option{Value: strconv.FormatInt(p.ID, 10), Label: p.Name + " (" + kindName(db.InboxKind(p.Kind)) + ")"})
		}
	}
	return all
}

// mute are the names of the inboxes that nothing sends for.
func mute(items []db.ListSidebarItemsRow) string {
	var names []string
	for _, p := range items {
		if p.Section == "inbox" && !channel.Of(db.InboxKind(p.Kind)).Sends() {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}
