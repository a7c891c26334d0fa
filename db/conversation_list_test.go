package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// list gives an account with n conversations of differing priority, wait and times, some of them equal.
func list(t *testing.T, n int) (*pgxpool.Pool, db.Account) {
	t.Helper()
	pool := dbtest.New(t)
	a := dbtest.Account(t, pool, "Kestrel")
	inbox := dbtest.Inbox(t, pool, a, "Support")
	contact := dbtest.Contact(t, pool, a, "Ada")
	for i := range n {
		dbtest.ConversationWith(t, pool, inbox, contact, fmt.Sprint("Case ", i))
	}
	_, err := pool.Exec(context.Background(), `UPDATE conversations SET
		last_activity_at = timestamptz '2026-01-01' + (display_id / 2) * interval '1 minute',
		priority = (ARRAY['low','high',NULL,'urgent'])[1 + display_id % 4]::conversation_priority,
		last_public_at = CASE WHEN display_id % 3 = 0 THEN NULL ELSE timestamptz '2026-01-01' + (display_id % 7) * interval '1 hour' END,
		waiting_since = CASE WHEN display_id % 3 = 0 THEN NULL ELSE timestamptz '2026-01-01' + (display_id % 5) * interval '1 hour' END`)
	if err != nil {
		t.Fatal(err)
	}
	return pool, a
}

func ids(rows []db.ListedConversation) (all []int64) {
	for _, r := range rows {
		all = append(all, r.ID)
	}
	return all
}

func TestListConversationIDs(t *testing.T) {
	t.Parallel()
	pool, a := list(t, 43)
	ctx, q, everything := context.Background(), db.New(pool), db.Everything(a.ID)

	for order := db.ByActivityDesc; order <= db.ByLastPublicAsc; order++ {
		t.Run(fmt.Sprintf("walking order %d by cursor gives every conversation once, as one page does", order), func(t *testing.T) {
			t.Parallel()
			whole, err := q.ListConversationIDs(ctx, db.ConversationList{Scope: everything, Order: order, Page: db.ConversationPage{Size: 100}})
			if err != nil {
				t.Fatal(err)
			}
			var walked []int64
			var at db.Cursor
			for {
				page, err := q.ListConversationIDs(ctx, db.ConversationList{
					Scope: everything, Order: order, Page: db.ConversationPage{After: at, Size: 5},
				})
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				walked, at = append(walked, ids(page)...), page[len(page)-1].Position
			}
			if len(whole) != 43 {
				t.Fatalf("listed %d conversations, want 43", len(whole))
			}
			if d := cmp.Diff(ids(whole), walked); d != "" {
				t.Error(d)
			}
		})
	}

	t.Run("a reader sees the conversations of their inboxes and teams and no others", func(t *testing.T) {
		t.Parallel()
		mine := dbtest.Inbox(t, pool, dbtest.Account(t, pool, "Other"), "Mine")
		dbtest.Conversation(t, pool, mine, "Visible")
		for scope, want := range map[string]struct {
			s db.Scope
			n int
		}{
			"inside":  {db.Scope{AccountID: mine.AccountID, InboxIDs: []int64{mine.ID}, TeamIDs: []int64{}}, 1},
			"outside": {db.Scope{AccountID: mine.AccountID, InboxIDs: []int64{mine.ID + 1}, TeamIDs: []int64{}}, 0},
			"foreign": {db.Scope{AccountID: a.ID, InboxIDs: []int64{mine.ID}, TeamIDs: []int64{}}, 0},
		} {
			rows, err := q.ListConversationIDs(ctx, db.ConversationList{Scope: want.s, Page: db.ConversationPage{Size: 100}})
			if err != nil || len(rows) != want.n {
				t.Errorf("%s: %d rows, %v; want %d", scope, len(rows), err, want.n)
			}
		}
	})
}

func TestPageMap(t *testing.T) {
	t.Parallel()
	pool, a := list(t, 60)
	ctx, q, everything := context.Background(), db.New(pool), db.Everything(a.ID)
	m := db.NewPageMap()
	page := func(number int) []int64 {
		rows, err := m.List(ctx, q, db.ConversationList{Scope: everything, Page: db.ConversationPage{Size: 5}}, number)
		if err != nil {
			t.Fatal(err)
		}
		return ids(rows)
	}
	direct := func(number int) []int64 {
		rows, err := q.ListConversationIDs(ctx, db.ConversationList{
			Scope: everything, Page: db.ConversationPage{Offset: (number - 1) * 5, Size: 5},
		})
		if err != nil {
			t.Fatal(err)
		}
		return ids(rows)
	}
	for range 2 {
		for _, number := range []int{1, 9, 10, 12, 13} {
			if d := cmp.Diff(direct(number), page(number)); d != "" {
				t.Errorf("page %d: %s", number, d)
			}
		}
	}
	if _, err := pool.Exec(ctx, "UPDATE conversations SET last_activity_at = $1 WHERE display_id = 1", time.Now()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(direct(10), page(10)); d != "" {
		t.Errorf("after a change page 10 is still the old one: %s", d)
	}
}

func TestCountConversations(t *testing.T) {
	t.Parallel()
	pool, a := list(t, 9)
	ctx, q := context.Background(), db.New(pool)
	ann := dbtest.Admin(t, pool, a, "Ann")
	everything := db.Scope{AccountID: a.ID, UserID: ann.ID, SeesAll: true, InboxIDs: []int64{}, TeamIDs: []int64{}}
	_, err := pool.Exec(
		ctx,
		`UPDATE conversations SET assignee_id = CASE WHEN display_id <= 2 THEN $1::bigint END, status = CASE WHEN `+
			`display_id = 9 THEN 'resolved' ELSE 'open' END::conversation_status`,
		ann.ID,
	)
	if err != nil {
		t.Fatal(err)
	}
	check := func(t *testing.T) {
		t.Helper()
		f := db.ConversationFilter{Statuses: []db.ConversationStatus{db.ConversationStatusOpen}}
		kept, err := q.CountConversations(ctx, everything, f)
		if err != nil {
			t.Fatal(err)
		}
		f.ActiveSince = &time.Time{}
		counted, err := q.CountConversations(ctx, everything, f)
		if err != nil {
			t.Fatal(err)
		}
		want := db.ConversationCounts{Mine: 2, Unassigned: 6, All: 8}
		if kept != want || counted != want {
			t.Errorf("kept %+v, counted %+v, want %+v", kept, counted, want)
		}
	}
	check(t)
	if err := q.FoldConversationCounts(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	check(t)
}
