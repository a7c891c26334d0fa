package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// batchFixture is an account with an agent, and a pool whose round trips are counted.
type batchFixture struct {
	pool    *pgxpool.Pool
	trips   *dbtest.Trips
	q       *db.Queries
	account db.Account
	agent   db.User
}

func newBatchFixture(t *testing.T) *batchFixture {
	t.Helper()
	h := &batchFixture{}
	h.pool, h.trips = dbtest.CountTrips(t, dbtest.New(t))
	h.q = db.New(h.pool)
	h.account = dbtest.Account(t, h.pool, "Bike shop")
	h.agent = dbtest.Agent(t, h.pool, h.account, "Ada")
	h.trips.Take()
	return h
}

// asked complains unless the round trips since the last look were these.
func (h *batchFixture) asked(t *testing.T, want ...string) {
	t.Helper()
	if made := h.trips.Take(); !slices.Equal(made, want) {
		t.Errorf("round trips %q, want %q", made, want)
	}
}

// viewer queues the reading of a viewer, which finds no row for a user who is not there.
func (h *batchFixture) viewer(b *db.Batch, dst *db.GetViewerRow, userID int64) *db.BatchQuery {
	return db.Into2(b, dst, (*db.Queries).GetViewer, h.account.ID, userID)
}

// insertTeam queues a write that PostgreSQL refuses when it comes twice.
func (h *batchFixture) insertTeam(b *db.Batch, dst *db.Team, name string) {
	db.Into(b, dst, (*db.Queries).InsertTeam, db.InsertTeamParams{AccountID: h.account.ID, Name: name})
}

func (h *batchFixture) teams(t *testing.T) (n int) {
	t.Helper()
	if err := h.pool.QueryRow(t.Context(), "SELECT count(*) FROM teams").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBatch(t *testing.T) {
	t.Parallel()

	t.Run("queries of every kind get their own answers in one round trip", func(t *testing.T) {
		t.Parallel()
		h := newBatchFixture(t)
		var viewer db.GetViewerRow
		var installation db.Installation
		var accounts []db.ListUserAccountsRow
		var counts, written db.ConversationCounts
		deleted := int64(-1)
		everything := db.Everything(h.account.ID)
		b := h.q.Batch()
		h.viewer(b, &viewer, h.agent.ID)
		db.Into0(b, &installation, (*db.Queries).GetInstallation)
		db.Into(b, &accounts, (*db.Queries).ListUserAccounts, h.agent.ID)
		db.Into2(b, &counts, (*db.Queries).CountConversations, everything, db.ConversationFilter{})
		db.Into2(b, &written, (*db.Queries).CountConversations, everything, db.ConversationFilter{Text: "brakes"})
		db.Into2(b, &deleted, (*db.Queries).DeleteTeam, h.account.ID, int64(7))
		db.Exec(b, (*db.Queries).DeleteUserSessions, h.agent.ID)
		db.Into(b, nil, (*db.Queries).GetUser, h.agent.ID)
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if viewer.Name != "Ada" || !installation.OnlyRow || len(accounts) != 1 || counts != written || deleted != 0 {
			t.Errorf("%+v, %+v, %+v, %+v, %+v, %d", viewer, installation, accounts, counts, written, deleted)
		}
		h.asked(t, "GetViewer + GetInstallation + ListUserAccounts + SumConversationCounts + "+
			"SELECT count(*) FILTER (WHERE c.assignee + DeleteTeam + DeleteUserSessions + GetUser")
	})

	t.Run("a batch of one is simply asked, and an empty one asks nothing", func(t *testing.T) {
		t.Parallel()
		h := newBatchFixture(t)
		var viewer db.GetViewerRow
		b := h.q.Batch()
		h.viewer(b, &viewer, h.agent.ID)
		if err := b.Run(t.Context()); err != nil || viewer.Name != "Ada" {
			t.Errorf("%+v: %v", viewer, err)
		}
		h.asked(t, "GetViewer")
		if err := h.q.Batch().Run(t.Context()); err != nil {
			t.Error(err)
		}
		h.asked(t)
	})

	t.Run("a query that may find no row says so, and another one ends the batch", func(t *testing.T) {
		t.Parallel()
		h := newBatchFixture(t)
		for range 3 { // the connection of a batch that failed is good for the next
			viewer, other := db.GetViewerRow{Name: "nobody"}, db.GetViewerRow{}
			b := h.q.Batch()
			h.viewer(b, &viewer, -1).Optional()
			h.viewer(b, &other, h.agent.ID)
			if err := b.Run(t.Context()); err != nil || viewer.Name != "nobody" || other.Name != "Ada" {
				t.Errorf("%q, %q: %v", viewer.Name, other.Name, err)
			}
			b = h.q.Batch()
			h.viewer(b, &other, h.agent.ID)
			h.viewer(b, &viewer, -1)
			b.Then(func() error { t.Error("done after an error"); return nil })
			if err := b.Run(t.Context()); !errors.Is(err, pgx.ErrNoRows) || viewer.Name != "nobody" {
				t.Errorf("%q: %v", viewer.Name, err)
			}
		}
		b := h.q.Batch()
		var viewer db.GetViewerRow
		h.viewer(b, &viewer, -1).Optional() // alone
		if err := b.Run(t.Context()); err != nil {
			t.Error(err)
		}
	})

	t.Run("writes happen in their order, and all of them or none", func(t *testing.T) {
		t.Parallel()
		h := newBatchFixture(t)
		var one, two db.Team
		b := h.q.Batch()
		h.insertTeam(b, &one, "Billing")
		h.insertTeam(b, &two, "Repairs")
		if err := b.Run(t.Context()); err != nil || one.Name != "Billing" || two.ID <= one.ID {
			t.Fatalf("%+v, %+v: %v", one, two, err)
		}
		b = h.q.Batch()
		h.insertTeam(b, nil, "Parts")
		h.insertTeam(b, nil, "Billing")
		if err := b.Run(t.Context()); !db.IsDuplicate(err, "teams_account_id_name_key") {
			t.Errorf("got %v", err)
		}
		if n := h.teams(t); n != 2 {
			t.Errorf("%d teams", n)
		}
	})

	t.Run("in a transaction it sees what that did, and is undone with it", func(t *testing.T) {
		t.Parallel()
		h := newBatchFixture(t)
		later := errors.New("later")
		err := db.Tx(t.Context(), h.pool, func(tx pgx.Tx) error {
			q := db.New(tx)
			if _, err := q.SetUserName(t.Context(), "Ada L.", h.agent.ID); err != nil {
				return err
			}
			var viewer db.GetViewerRow
			b := q.Batch()
			h.viewer(b, &viewer, h.agent.ID)
			h.insertTeam(b, nil, "Billing")
			if err := b.Run(t.Context()); err != nil || viewer.Name != "Ada L." {
				t.Errorf("%q: %v", viewer.Name, err)
			}
			return later
		})
		if n := h.teams(t); !errors.Is(err, later) || n != 0 {
			t.Errorf("%d teams: %v", n, err)
		}
	})

	t.Run("what follows is done once, in order, and what it queues goes together", func(t *testing.T) {
		t.Parallel()
		h := newBatchFixture(t)
		var accounts []db.ListUserAccountsRow
		var viewer db.GetViewerRow
		var user db.User
		var done []string
		b := h.q.Batch()
		b.Then(func() error {
			done = append(done, "first, after "+user.Name)
			h.viewer(b, &viewer, h.agent.ID)
			b.Then(func() error { done = append(done, "third, after "+viewer.Name); return nil })
			return nil
		})
		db.Into(b, &user, (*db.Queries).GetUser, h.agent.ID)
		db.Into0(b, nil, (*db.Queries).GetInstallation)
		b.Then(func() error {
			done = append(done, "second")
			db.Into(b, &accounts, (*db.Queries).ListUserAccounts, h.agent.ID)
			return nil
		})
		err := b.Run(t.Context())
		want := []string{"first, after Ada", "second", "third, after Ada"}
		if err != nil || !slices.Equal(done, want) || len(accounts) != 1 {
			t.Errorf("%q, %d accounts: %v", done, len(accounts), err)
		}
		h.asked(t, "GetUser + GetInstallation", "GetViewer + ListUserAccounts")
	})

	t.Run("an error of what follows ends the batch", func(t *testing.T) {
		t.Parallel()
		h := newBatchFixture(t)
		b := h.q.Batch()
		no := errors.New("no")
		b.Then(func() error { db.Into0(b, nil, (*db.Queries).GetInstallation); return no })
		b.Then(func() error { t.Error("done after an error"); return nil })
		if err := b.Run(t.Context()); !errors.Is(err, no) {
			t.Errorf("got %v", err)
		}
		h.asked(t)
	})

	t.Run("a method that is no single query is refused before anything is asked", func(t *testing.T) {
		t.Parallel()
		h := newBatchFixture(t)
		twice := func(q *db.Queries, ctx context.Context) (int, error) {
			_, _ = q.GetInstallation(ctx)
			_, err := q.GetInstallation(ctx)
			return 1, err
		}
		never := func(*db.Queries, context.Context) (int, error) { return 1, nil }
		for _, query := range []func(*db.Queries, context.Context) (int, error){twice, never} {
			dst := 0
			b := h.q.Batch()
			db.Into0(b, nil, (*db.Queries).GetInstallation)
			db.Into0(b, &dst, query)
			if err := b.Run(t.Context()); err == nil {
				t.Error("a method that asks twice or never passes for a query")
			}
		}
		h.asked(t)
	})
}
