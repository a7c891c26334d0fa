package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestAddMember(t *testing.T) {
	t.Parallel()

	t.Run("a new address becomes a user without a password", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		var u db.User
		var m db.Membership
		add := func(ctx context.Context, t *desk.Tx) (err error) {
			u, m, err = t.AddMember(
				ctx,
				desk.Colleague{Name: "Cy", Email: "cy@desk.example", Role: db.RoleAgent, Availability: db.AvailabilityBusy},
			)
			return err
		}
		f.records(f.as(f.root), add)
		f.pokes("members")
		if u.PasswordHash != nil || m.Availability != db.AvailabilityBusy || deref(m.InviterID) != f.root.ID {
			t.Errorf("user %+v, membership %+v", u, m)
		}
		if err := f.do(f.as(f.root), add); fault.In(err)["user_id"] == "" {
			t.Errorf("the second time: %v", err)
		}
	})

	t.Run("another account's user joins, and links to a new password end", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		eve := dbtest.Admin(t, f.pool, dbtest.Account(t, f.pool, "Elsewhere"), "Eve")
		f.exec("INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES ('hash', $1, now() + interval '1 day')", eve.ID)
		f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
			u, m, err := t.AddMember(
				ctx,
				desk.Colleague{Name: "Other", Email: eve.Email, Role: db.RoleAgent, Availability: db.AvailabilityOnline},
			)
			if err == nil && (u.ID != eve.ID || u.Name != "Eve" || m.Role != db.RoleAgent) {
				err = fmt.Errorf("user %+v, membership %+v", u, m)
			}
			return err
		})
		if n := f.count("SELECT count(*) FROM password_resets"); n != 0 {
			t.Error("a link to a new password still works")
		}
	})

	t.Run("an address that its user has not confirmed stays outside", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("INSERT INTO users (name, email, password_hash) VALUES ('Mallory', 'cy@desk.example', 'hash')")
		err := f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
			_, _, err := t.AddMember(ctx, desk.Colleague{
				Name: "Cy", Email: "cy@desk.example", Role: db.RoleAgent, Availability: db.AvailabilityOnline,
			})
			return err
		})
		if fault.In(err)["email"] == "" {
			t.Errorf("err is %v", err)
		}
	})
}

func TestUpdateMember(t *testing.T) {
	t.Parallel()
	f := setup(t)
	update := func(userID int64, c desk.MemberChange) call {
		return func(ctx context.Context, t *desk.Tx) error {
			_, _, err := t.UpdateMember(ctx, userID, c)
			return err
		}
	}
	busy, agent := db.AvailabilityBusy, db.RoleAgent
	f.once(f.as(f.root), update(f.ann.ID, desk.MemberChange{Name: ptr("Anna"), Availability: &busy, AutoOffline: ptr(false)}))
	f.pokes("members")
	row, err := f.q.GetMember(context.Background(), f.account.ID, f.ann.ID)
	if err != nil || row.User.Name != "Anna" || row.Membership.Availability != busy || row.Membership.AutoOffline {
		t.Errorf("member is %+v, %v", row, err)
	}
	if err := f.do(f.as(f.root), update(f.root.ID, desk.MemberChange{Role: &agent})); fault.In(err)["role"] == "" {
		t.Errorf("the last administrator: %v", err)
	}
	admin := db.RoleAdministrator
	f.once(f.as(f.root), update(f.ann.ID, desk.MemberChange{Role: &admin}), event(desk.MembersChanged, "", desk.Data{}))
	other := dbtest.Account(t, f.pool, "Elsewhere")
	f.exec("INSERT INTO memberships (account_id, user_id, role) VALUES ($1, $2, 'agent')", other.ID, f.ann.ID)
	f.must(f.as(f.root), update(f.ann.ID, desk.MemberChange{Name: ptr("Nobody")}))
	if n := f.count("SELECT count(*) FROM users WHERE name = 'Anna'"); n != 1 {
		t.Error("the name of a user of two accounts was changed")
	}
}

func TestRemoveMember(t *testing.T) {
	t.Parallel()

	t.Run("what was theirs is unassigned, and they are signed out", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, f.ann.ID) })
		dbtest.Token(t, f.pool, f.ann)
		f.session(f.ann)
		remove := func(ctx context.Context, t *desk.Tx) error { return t.RemoveMember(ctx, f.ann.ID) }
		f.records(f.as(f.root), remove,
			changed(desk.ConversationAssigned, of(c), "assignee_id", f.ann.ID, nil),
			activityLine("Conversation was unassigned by system because Ann was removed from the account"),
			event(desk.MembersChanged, "", desk.Data{}))
		if n := f.access(f.ann); n != 0 || f.jobs("release_assignee") != 1 {
			t.Errorf("%d sessions and tokens are left", n)
		}
		if n := f.count("SELECT (SELECT count(*) FROM memberships WHERE user_id = $1) + (SELECT count(*) FROM inbox_members)", f.ann.ID); n != 0 {
			t.Errorf("%d memberships are left", n)
		}
		if err := f.do(f.as(f.root), remove); !db.IsNone(err) {
			t.Errorf("the second time: %v", err)
		}
	})

	t.Run("the last administrator stays, but for the system", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		remove := func(ctx context.Context, t *desk.Tx) error { return t.RemoveMember(ctx, f.root.ID) }
		if err := f.do(f.as(f.root), remove); fault.In(err)["role"] == "" {
			t.Errorf("err is %v", err)
		}
		f.must(f.system(), remove)
	})
}

func TestRelease(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	dbtest.Message(t, f.pool, c, "Help")
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		return errors.Join(t.Assign(ctx, c.ID, f.ann.ID), t.MarkRead(ctx, c.ID))
	})
	release := func() {
		t.Helper()
		if err := f.desk.Release(context.Background(), f.account.ID, f.ann.ID); err != nil {
			t.Fatal(err)
		}
	}
	if release(); f.reload(c).AssigneeID == nil {
		t.Error("a member's conversation was unassigned")
	}
	f.exec("DELETE FROM memberships WHERE user_id = $1", f.ann.ID)
	release()
	release()
	if n := f.count("SELECT count(*) FROM read_marks"); n != 0 || f.reload(c).AssigneeID != nil {
		t.Errorf("%d read marks, assignee %v", n, f.reload(c).AssigneeID)
	}
	const because = "SELECT count(*) FROM messages WHERE kind = 'activity' AND content LIKE '%by system because Ann %'"
	if n := f.count(because); n != 1 {
		t.Errorf("%d lines say why the conversation is unassigned", n)
	}
}

func TestAddInboxMembers(t *testing.T) {
	t.Parallel()
	f := setup(t)
	bob := dbtest.Agent(t, f.pool, f.account, "Bob")
	add := func(userIDs ...int64) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.AddInboxMembers(ctx, f.inbox.ID, userIDs) }
	}
	f.once(f.as(f.root), add(f.ann.ID, bob.ID), event(desk.MembersChanged, ofInbox(f.inbox), desk.Data{}))
	f.pokes("members")
	if got := f.inboxMembers(); !slices.Equal(got, []int64{f.ann.ID, bob.ID}) {
		t.Errorf("members are %v", got)
	}
	stranger := dbtest.Admin(t, f.pool, dbtest.Account(t, f.pool, "Elsewhere"), "Eve")
	if err := f.do(f.as(f.root), add(stranger.ID)); fault.In(err)["user"] == "" {
		t.Errorf("a stranger: %v", err)
	}
}

func TestRemoveInboxMembers(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
		return t.RemoveInboxMembers(ctx, f.inbox.ID, []int64{f.ann.ID, f.root.ID})
	}, event(desk.MembersChanged, ofInbox(f.inbox), desk.Data{}))
	f.pokes("members")
	if got := f.inboxMembers(); len(got) != 0 {
		t.Errorf("members are %v", got)
	}
}

func TestSetInboxMembers(t *testing.T) {
	t.Parallel()
	f := setup(t)
	bob := dbtest.Agent(t, f.pool, f.account, "Bob")
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
		return t.SetInboxMembers(ctx, f.inbox.ID, []int64{bob.ID})
	}, event(desk.MembersChanged, ofInbox(f.inbox), desk.Data{}))
	f.pokes("members")
	if got := f.inboxMembers(); !slices.Equal(got, []int64{bob.ID}) {
		t.Errorf("members are %v", got)
	}
}

// inboxMembers are the users who work in the inbox.
func (f fixture) inboxMembers() (ids []int64) {
	f.t.Helper()
	f.scan(&ids, "SELECT COALESCE(array_agg(user_id ORDER BY user_id), '{}') FROM inbox_members WHERE inbox_id = $1", f.inbox.ID)
	return ids
}
