package views

import (
	"net/url"

	"github.com/a-h/templ"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
)

// NewContact is the form of a new contact as it was filled in.
type NewContact struct {
	Open               bool
	Name, Email, Phone string
	Invalid            fault.Fields
}

// ContactList is a page of the account's contacts. Sort is "" for the latest active first, or "name".
type ContactList struct {
	Text, Sort string
	Contacts   []db.Contact
	First      bool
	// Next is where the next page begins; nil on the last.
	Next db.Cursor
	New  NewContact
}

func (l ContactList) address(account int64, sort string, next db.Cursor) templ.SafeURL {
	q := url.Values{}
	if l.Text != "" {
		q.Set("q", l.Text)
	}
	if sort != "" {
		q.Set("sort", sort)
	}
	if len(next) == 2 && next[1] != nil {
		q.Set("after", *next[1])
		if next[0] != nil {
			q.Set("at", *next[0])
		}
	}
	return templ.SafeURL(link.Query(link.Contacts(account), q))
}
