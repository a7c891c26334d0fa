package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestDeactivate(t *testing.T) {
	t.Parallel()

	t.Run("a colleague's sessions and tokens end, and what they had stays theirs", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, f.ann.ID) })
		dbtest.Token(t, f.pool, f.ann)
		f.session(f.ann)
		f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Deactivate(ctx, f.ann.ID) })
		f.pokes("members")
		if n := f.access(f.ann); n != 0 {
			t.Errorf("%d sessions and tokens are left", n)
		}
		if got := f.reload(c); deref(got.AssigneeID) != f.ann.ID {
			t.Errorf("assignee is %v", got.AssigneeID)
		}
		err := f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
			return errors.Join(t.Unassign(ctx, c.ID), t.Assign(ctx, c.ID, f.ann.ID))
		})
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("assigning a deactivated colleague: %v", err)
		}
	})

	t.Run("whoever works in another account too stays signed in", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		other := dbtest.Account(t, f.pool, "Elsewhere")
		f.exec("INSERT INTO memberships (account_id, user_id, role) VALUES ($1, $2, 'agent')", other.ID, f.ann.ID)
		f.session(f.ann)
		f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Deactivate(ctx, f.ann.ID) })
		if n := f.access(f.ann); n != 1 {
			t.Errorf("%d sessions are left", n)
		}
	})

	t.Run("neither oneself nor the last administrator", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		for name, who := range map[string]desk.Actor{"oneself": f.as(f.root), "the last administrator": desk.AccountKey("CRM", f.account.ID)} {
			err := f.do(who, func(ctx context.Context, t *desk.Tx) error { return t.Deactivate(ctx, f.root.ID) })
			if fault.In(err) == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestReactivate(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Deactivate(ctx, f.ann.ID) })
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Reactivate(ctx, f.ann.ID) })
	f.pokes("members")
	if n := f.count("SELECT count(*) FROM memberships WHERE deactivated_at IS NULL AND user_id = $1", f.ann.ID); n != 1 {
		t.Error("still deactivated")
	}
}

func TestSetMemberInboxes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	sales := dbtest.Inbox(t, f.pool, f.account, "Sales")
	set := func(inboxIDs ...int64) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.SetMemberInboxes(ctx, f.ann.ID, inboxIDs) }
	}
	f.once(f.as(f.root), set(sales.ID), event(desk.MembersChanged, "", desk.Data{}))
	f.pokes("members")
	if got := f.as(f.ann).Scope.InboxIDs; !slices.Equal(got, []int64{sales.ID}) {
		t.Errorf("works in %v", got)
	}
	foreign := dbtest.Inbox(t, f.pool, dbtest.Account(t, f.pool, "Elsewhere"), "Theirs")
	f.must(f.as(f.root), set(f.inbox.ID, foreign.ID))
	if got := f.as(f.ann).Scope.InboxIDs; !slices.Equal(got, []int64{f.inbox.ID}) {
		t.Errorf("works in %v; another account's inbox should be passed over", got)
	}
	f.must(f.as(f.root), set())
	if got := f.as(f.ann).Scope.InboxIDs; len(got) != 0 {
		t.Errorf("works in %v", got)
	}
}

// session signs a user in.
func (f fixture) session(u db.User) {
	f.t.Helper()
	f.exec("INSERT INTO sessions (token_hash, user_id, data, expires_at) VALUES ('hash', $1, '', now() + interval '1 day')", u.ID)
}

// access counts the sessions and tokens of a user.
func (f fixture) access(u db.User) int {
	f.t.Helper()
	return f.count(
		"SELECT (SELECT count(*) FROM sessions WHERE user_id = $1) + (SELECT count(*) FROM access_tokens WHERE user_id = $1)",
		u.ID,
	)
}
