package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/edge"
)

func TestASlowReadEndsAndAWriteIsLeftToFinish(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Slow", "Hello")
	b := h.as(h.agent)
	h.echo = echo.New()
	edge.Install(h.echo, edge.Config{ReadLimit: 300 * time.Millisecond})
	h.app.Routes(h.echo)

	held, err := h.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback(t.Context()) }()
	if _, err := held.Exec(t.Context(), "LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	written := make(chan int)
	go func() {
		got := h.as(h.agent).post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"Patience"}})
		written <- got.Code
	}()
	for _, address := range []string{link.Conversations(h.account.ID), link.Conversation(h.account.ID, c.DisplayID)} {
		got := b.get(address).status(http.StatusServiceUnavailable)
		if got.Header().Get("Retry-After") == "" || got.page.Find("main").Length() == 0 {
			t.Errorf("%s: %v %s", address, got.Header(), got.Body)
		}
	}
	for running, began := 2, time.Now(); running > 1; { // that of the write is left
		err = held.QueryRow(t.Context(), `
			SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`,
		).Scan(&running)
		if err != nil || time.Since(began) > time.Minute {
			t.Fatalf("%d queries still wait in the database: %v", running, err)
		}
	}
	if err := held.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := <-written; code != http.StatusSeeOther {
		t.Errorf("the write that waited longer: %d", code)
	}
	b.get(link.Conversations(h.account.ID)).status(http.StatusOK)
}
