package views

import (
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views/ui"
)

// Search is a search and its results.
type Search struct {
	AccountID int64
	// Kind is messages, conversations or contacts.
	Kind, Text    string
	Messages      []db.SearchMessagesRow
	Conversations []db.SearchConversationsRow
	Contacts      []db.SearchContactsRow
	// More is where the next page begins, if there is one.
	More int64
	Now  time.Time
	// Inboxes is how many were searched.
	Inboxes int
}

func (s Search) found() int { return len(s.Messages) + len(s.Conversations) + len(s.Contacts) }

func (s Search) address(kind string) string {
	return link.With(link.Search(s.AccountID), "q", s.Text, "kind", kind)
}

func (s Search) lead() string {
	in := " in " + ui.Plural(int64(s.Inboxes), "inbox", "inboxes")
	one, many := "message", "messages"
	switch s.Kind {
	case "contacts":
		in, one, many = "", "contact", "contacts"
	case "conversations":
		one, many = "conversation", "conversations"
	}
	switch n := s.found(); {
	case s.More != 0:
		return strconv.Itoa(n) + " and more " + many + in + ", the newest first"
	case n < 2:
		return ui.Plural(int64(n), one, many) + in
	default:
		return ui.Plural(int64(n), one, many) + in + ", the newest first"
	}
}

func hitAddress(account int64, m db.SearchMessagesRow) string {
	return link.MessageAround(account, m.DisplayID, m.ID)
}

func hitTitle(subject, contact string, display int64) string {
	if subject != "" {
		return subject
	}
	if contact != "" {
		return "Conversation with " + contact
	}
	return "Conversation " + strconv.FormatInt(display, 10)
}

func hitSpeaker(m db.SearchMessagesRow) string {
	if m.UserName != nil {
		return *m.UserName
	}
	return m.ContactName
}

// excerptPart is a part of an excerpt; hit is set where it matches the search.
type excerptPart struct {
	text string
	hit  bool
}

// marked splits an excerpt at the marks that PostgreSQL puts around matches.
func marked(excerpt string) (all []excerptPart) {
	for i, piece := range strings.Split(excerpt, "\x02") {
		if i == 0 {
			all = append(all, excerptPart{piece, false})
			continue
		}
		hit, rest, _ := strings.Cut(piece, "\x03")
		all = append(all, excerptPart{hit, true}, excerptPart{rest, false})
	}
	return all
}

func contactHitName(c db.SearchContactsRow) string {
	return db.Contact{Name: c.Name, Email: c.Email, PhoneNumber: c.PhoneNumber}.Who()
}
