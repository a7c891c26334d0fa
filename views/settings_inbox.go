package views

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/fault"
)

// NewInbox is the form of a new inbox as it was filled in.
type NewInbox struct {
	Open          bool
	Name, Webhook string
	Invalid       fault.Fields
}

// kindName is what a channel is called.
func kindName(k db.InboxKind) string { return channel.Of(k).Name }

func openIn(f Frame, inbox int64) int64 {
	for _, p := range f.Sidebar {
		if p.Section == "inbox" && p.ID == inbox {
			return p.OpenCount
		}
	}
	return 0
}

// inboxForm is an inbox as the other pages of the settings are: a resource with a form.
func inboxForm(id int64) settingsForm { return settingsForm{Page: "inboxes", ID: id} }

// InboxSettings is what the page of an inbox shows; Inbox and Chosen are as the form was filled in.
type InboxSettings struct {
	Inbox   db.Inbox
	Members []db.ListMembersRow
	Chosen  []int64
	// Show is the secret that is uncovered: "hmac" or "secret".
	Show    string
	Log     DeliveryLog
	Invalid fault.Fields
}

func kindAndAddress(i db.Inbox) string {
	if i.Address == "" {
		return kindName(i.Kind)
	}
	return kindName(i.Kind) + ", " + i.Address
}

func inboxLead(i db.Inbox) string {
	if channel.Of(i.Kind).Bridge {
		return "An inbox that another program fills and empties. It posts what customers write and gets each answer by webhook."
	}
	return kindAndAddress(i)
}
