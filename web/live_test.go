package web

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/internal/poke"
)

// subscribe opens a user's event line and gives what comes: topics, and the names of events that have one.
func (h *fixture) subscribe(u db.User, after ...string) <-chan string {
	h.Helper()
	server := httptest.NewServer(h.echo)
	h.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	h.Cleanup(cancel)
	line := server.URL + link.With(link.Live(h.account.ID), "after", strings.Join(after, ""))
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, line, nil)
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: h.as(u).cookies[sessionCookie]})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" || answer.Header.Get("Content-Encoding") != "" {
		h.Fatalf("%s, %v", answer.Status, answer.Header)
	}
	heard := make(chan string, 100)
	go func() {
		defer close(heard)
		name := ""
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			line := lines.Text()
			switch {
			case strings.HasPrefix(line, "event: "):
				name = line[7:]
			case line == "":
				name = ""
			case strings.HasPrefix(line, "data: ") && name != "":
				heard <- name
			case strings.HasPrefix(line, "data: "):
				for _, topic := range strings.Fields(line[6:]) {
					heard <- topic
				}
			}
		}
	}()
	return heard
}

// next is what comes next; the test fails if nothing does.
func (h *fixture) next(heard <-chan string) string {
	h.Helper()
	select {
	case topic, on := <-heard:
		if !on {
			return "the end"
		}
		return topic
	case <-time.After(time.Minute):
		h.Fatal("heard nothing")
		return ""
	}
}

// postIncoming posts a customer's message as another program would, so that pages hear of it.
func (h *fixture) postIncoming(c db.Conversation, text string) {
	h.Helper()
	err := h.app.desk.Do(context.Background(), desk.System(h.account.ID), func(t *desk.Tx) error {
		_, err := t.Post(context.Background(), c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text})
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.listen()
	seen := h.conversation("Seen", "Hello")
	hidden := dbtest.Conversation(t, h.pool, dbtest.Inbox(t, h.pool, h.account, "Orders"), "Hidden")
	heard := h.subscribe(h.agent)

	if got := h.next(heard); got != "stale" {
		t.Fatalf("first %q: the page must look at everything once", got)
	}
	h.postIncoming(hidden, "for others")
	h.postIncoming(seen, "for Bo")
	got := h.next(heard)
	for got == live.Resync { // the bus began to listen a moment after the page: what was said before then may be lost
		h.postIncoming(hidden, "for others")
		h.postIncoming(seen, "for Bo")
		got = h.next(heard)
	}
	if want := "conversation:" + formatID(seen.DisplayID); got != want {
		t.Fatalf("heard %q, want %q and nothing of the other inbox", got, want)
	}
	var active *time.Time
	if err := h.pool.QueryRow(t.Context(), "SELECT active_at FROM memberships WHERE user_id = $1", h.agent.ID).
		Scan(&active); err != nil || active == nil {
		t.Fatalf("the reader does not count as being here: %v", err)
	}
	h.bus.HangUp()
	for got == "conversation:"+formatID(seen.DisplayID) {
		got = h.next(heard)
	}
	if got != "the end" {
		t.Fatalf("heard %q after hanging up", got)
	}
	h.nobody().get(link.Account(h.account.ID) + "/live").status(http.StatusSeeOther)
}

// TestEventLineAfterThePage says that a page is read again only if something has changed since it was read.
func TestEventLineAfterThePage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.listen()
	c := h.conversation("Printer", "Hello")
	page := link.Conversations(h.account.ID)
	mark := func() string { return h.as(h.agent).get(page).attr("body", "data-live-after") }
	var before string
	for deadline := time.Now().Add(time.Minute); before == "" || before != mark(); time.Sleep(10 * time.Millisecond) {
		if before = mark(); time.Now().After(deadline) {
			t.Fatal("the bus does not listen")
		}
	}
	if got := h.next(h.subscribe(h.agent, before)); got != "beat" {
		t.Errorf("first %q, although nothing has changed", got)
	}
	h.postIncoming(c, "for Bo")
	for deadline := time.Now().Add(time.Minute); before == mark(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a message changes nothing")
		}
	}
	if got := h.next(h.subscribe(h.agent, before)); got != "stale" {
		t.Errorf("first %q, although a message came after the page", got)
	}
}

func TestEventLineBeats(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.app.beat = 5 * time.Millisecond
	heard := h.subscribe(h.agent)
	if got := []string{h.next(heard), h.next(heard)}; !slices.Equal(got, []string{"stale", "beat"}) {
		t.Fatal(got)
	}
}

func TestEventLineEndsWithTheSession(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]string{
		"signed out":          "DELETE FROM sessions WHERE user_id = $1",
		"no longer a member":  "DELETE FROM memberships WHERE user_id = $1",
		"the session expires": "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = $1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			h.app.look = 20 * time.Millisecond
			heard := h.subscribe(h.agent)
			h.next(heard)
			if _, err := h.pool.Exec(t.Context(), end, h.agent.ID); err != nil {
				t.Fatal(err)
			}
			for got := ""; got != "the end"; {
				got = h.next(heard)
			}
		})
	}
}

func TestTopics(t *testing.T) {
	t.Parallel()
	scope := db.Scope{InboxIDs: []int64{1}, TeamIDs: []int64{7}}
	more := make(chan poke.Poke, 8)
	for _, p := range []poke.Poke{
		{Topic: "conversation:1", InboxID: 1},
		{Topic: "conversation:2", InboxID: 2},
		{Topic: "conversation:3", InboxID: 2, TeamID: 7},
		{Topic: "contact:5"},
		{Topic: live.Resync},
	} {
		more <- p
	}
	got := topics(poke.Poke{Topic: "conversation:1", InboxID: 1}, scope, more)
	if want := []string{"conversation:1", "conversation:3", "contact:5", "resync"}; !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
}
