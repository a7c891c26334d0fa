package views

import (
	"net/url"
	"strconv"

	"github.com/parleydesk/parley/internal/link"
)

// Filter is which conversations a list shows, as its address says it. The zero value is not valid: View and Status
// have the words of the address.
type Filter struct {
	View, Status string
	InboxID      int64
	TeamID       int64
	Label, Text  string
}

// Query is the filter as the end of an address, without what is so anyway.
func (f Filter) Query() string {
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
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func idOrNone(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// with is the same filter in another view.
func (f Filter) with(view string) Filter { f.View = view; return f }

func (f Filter) list(account int64) string { return link.Conversations(account) + f.Query() }

func (f Filter) conversation(account, display int64) string {
	return link.Conversation(account, display) + f.Query()
}

// part is the address of a fragment of the list.
func (f Filter) part(account int64, name string) string {
	return addQuery(f.list(account), "part", name)
}

func addQuery(address, name, value string) string {
	sign := "?"
	for i := range address {
		if address[i] == '?' {
			sign = "&"
		}
	}
	return address + sign + url.QueryEscape(name) + "=" + url.QueryEscape(value)
}
