package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

// TestTrips counts how often a page goes to the database: each round trip wakes two processes, which costs as much as
// a small query does. A number here may fall, and must not rise.
func TestTrips(t *testing.T) {
	t.Parallel()
	pool, trips := dbtest.CountTrips(t, dbtest.New(t))
	h := setupOn(t, pool)
	quiet := h.conversation("Printer on fire", "It smells of smoke")
	lively := h.conversation("Where is my parcel?", "I wait")
	account := h.account.ID
	b := h.as(h.agent)
	b.send(link.Messages(account, lively.DisplayID), url.Values{"body": {"Here is the label"}, "mode": {"reply"}},
		map[string]string{"label.txt": "1 Main Street"}).status(http.StatusSeeOther)
	h.setWebhook()

	list, contact := link.Conversations(account), link.Contact(account, quiet.ContactID)
	open, other := link.Conversation(account, quiet.DisplayID), link.Conversation(account, lively.DisplayID)
	main, composer := h.as(h.agent).script("main"), h.as(h.agent).script("composer")
	details := h.as(h.agent).script("details").at(open)
	sent := 0
	form := func(body, mode string) url.Values { // as the composer sends it: once each, after the newest message
		sent++
		return url.Values{"body": {body}, "mode": {mode}, "once": {fmt.Sprint("form ", sent)}, "seen": {"99999"}}
	}
	for _, row := range []struct {
		what string
		want int
		do   func() *seen
	}{
		{"the inbox", 3, func() *seen { return b.get(list) }},
		{"the inbox, choosing", 3, func() *seen { return b.get(list + "?choose=1") }},
		{"the rows of the inbox", 3, func() *seen { return b.get(list + "?part=list") }},
		{"the counts of the inbox", 2, func() *seen { return b.get(list + "?part=views") }},
		{"the sidebar", 2, func() *seen { return b.get(list + "?part=sidebar") }},
		{"a conversation as a page", 4, func() *seen { return b.get(open) }},
		{"a conversation by a click", 3, func() *seen { return main.get(open) }},
		{"a conversation with a file", 4, func() *seen { return b.get(other) }},
		{"a conversation from a message on", 4, func() *seen { return b.get(open + "?at=1") }},
		{"the thread of a conversation", 3, func() *seen { return b.get(open + "/thread") }},
		{"the head of a conversation", 3, func() *seen { return b.get(open + "/head") }},
		{"the details of a conversation", 3, func() *seen { return b.get(open + "/details") }},
		{"a contact", 3, func() *seen { return b.get(contact) }},
		{"a reply by script", 14, func() *seen { return composer.post(open+"/messages", form("On our way", "reply")) }},
		{"a note by script", 13, func() *seen { return composer.post(open+"/messages", form("Be kind", "note")) }},
		{"a reply without script", 12, func() *seen { return b.post(open+"/messages", form("On our way", "reply")) }},
		{"an empty reply", 6, func() *seen { return b.post(open+"/messages", form("", "reply")) }},
		{"a status by script", 14, func() *seen {
			sent++
			return details.post(open+"/status", url.Values{"status": {[]string{"open", "pending"}[sent%2]}})
		}},
	} {
		row.do() // the first of all asks for more, such as the session's renewal
		trips.Take()
		if got := row.do(); got.Code >= 400 && got.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", row.what, got.Code)
		}
		if made := trips.Take(); len(made) != row.want {
			t.Errorf("%s: %d round trips, want %d:\n\t%s", row.what, len(made), row.want, strings.Join(made, "\n\t"))
		}
	}
}

// setWebhook gives the inbox a program that takes its messages, and has not taken any yet.
func (h *fixture) setWebhook() {
	h.Helper()
	if _, err := h.pool.Exec(h.Context(), "UPDATE inboxes SET webhook_url = 'http://bridge.example/'"); err != nil {
		h.Fatal(err)
	}
}
