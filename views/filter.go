package views

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// Filter is which conversations a list shows. The zero value is not valid: View and Status hold the words of the
// address.
type Filter struct {
	View, Status string
	InboxID      int64
	TeamID       int64
	Label, Text  string
}

// Query is the filter as the query of an address, without default values.
func (f Filter) Query() url.Values {
	q := url.Values{}
	add := func(name, value, usual string) {
		if value != usual {
			q.Set(name, value)
		}
	}
	add("view", f.View, "all")
	add("status", f.Status, "open")
	add("inbox", idOrNone(f.InboxID), "")
	add("team", idOrNone(f.TeamID), "")
	add("label", f.Label, "")
	add("q", f.Text, "")
	return q
}

func idOrNone(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// Fits reports whether a conversation belongs in the list, as far as its own columns say.
func (f Filter) Fits(c db.Conversation, me int64) bool {
	switch {
	case f.Status != "all" && string(c.Status) != f.Status,
		f.View == "mine" && (c.AssigneeID == nil || *c.AssigneeID != me),
		f.View == "unassigned" && c.AssigneeID != nil,
		f.InboxID != 0 && c.InboxID != f.InboxID,
		f.TeamID != 0 && (c.TeamID == nil || *c.TeamID != f.TeamID),
		f.Label != "" && !slices.Contains(c.Labels, f.Label):
		return false
	}
	return true
}

// with is the same filter in another view.
func (f Filter) with(view string) Filter { f.View = view; return f }

func (f Filter) list(account int64) string { return link.Query(link.Conversations(account), f.Query()) }

func (f Filter) conversation(account, display int64) string {
	return link.Query(link.Conversation(account, display), f.Query())
}

// part is the address of a fragment of the list.
func (f Filter) part(account int64, name string) string {
	return link.With(f.list(account), "part", name)
}
