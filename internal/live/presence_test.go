package live_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/internal/poke"
)

func TestPresence(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	bus := start(t, pool)
	p := live.NewPresence(pool, bus, slog.New(slog.DiscardHandler), time.Now)
	account := dbtest.Account(t, pool, "Acme")
	ann, ada := dbtest.Admin(t, pool, account, "Ann"), dbtest.Contact(t, pool, account, "Ada")
	heard := bus.Subscribe(account.ID)
	present := func() (members, contacts int) {
		t.Helper()
		since := time.Now().Add(-db.OnlineFor)
		m, err := db.New(pool).ListPresentMembers(t.Context(), account.ID, since)
		if err != nil {
			t.Fatal(err)
		}
		c, err := db.New(pool).ListPresentContacts(t.Context(), account.ID, since)
		if err != nil {
			t.Fatal(err)
		}
		return len(m), len(c)
	}
	if m, c := present(); m != 0 || c != 0 {
		t.Fatalf("%d members and %d contacts are here before anybody came", m, c)
	}
	var leave []func()
	for range 2 { // two pages each
		for _, who := range []live.Client{{AccountID: account.ID, UserID: ann.ID}, {AccountID: account.ID, ContactID: ada.ID}} {
			gone, err := p.Enter(t.Context(), who)
			if err != nil {
				t.Fatal(err)
			}
			leave = append(leave, gone)
		}
	}
	if m, c := present(); m != 1 || c != 1 {
		t.Errorf("%d members and %d contacts are here, want one each", m, c)
	}
	if got := receive(t, heard); got != (poke.Poke{AccountID: account.ID, Topic: live.Here}) {
		t.Errorf("heard %v", got)
	}
	for _, gone := range leave {
		gone()
	}
	// What the last sign of life was is what counts, wherever they were connected.
	for _, table := range []string{"UPDATE memberships SET active_at = ", "UPDATE contact_presences SET seen_at = "} {
		if _, err := pool.Exec(t.Context(), table+"now() - interval '1 minute'"); err != nil {
			t.Fatal(err)
		}
	}
	if m, c := present(); m != 0 || c != 0 {
		t.Errorf("%d members and %d contacts are here after they left", m, c)
	}
	if _, err := p.Enter(t.Context(), live.Client{AccountID: account.ID, ContactID: ada.ID + 1}); err != nil {
		t.Errorf("a contact who was deleted: %v", err)
	}
}
