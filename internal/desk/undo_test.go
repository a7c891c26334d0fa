package desk_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
)

func TestUndo(t *testing.T) {
	t.Parallel()
	tomorrow := time.Date(2037, 5, 6, 7, 8, 0, 0, time.UTC)
	high := db.ConversationPriorityHigh
	for name, change := range map[string]func(f fixture, team db.Team) changing{
		"resolving": func(fixture, db.Team) changing {
			return func(c context.Context, t *desk.Tx, id int64) error {
				return t.SetStatus(c, id, db.ConversationStatusResolved, nil)
			}
		},
		"opening one that was snoozed": func(f fixture, _ db.Team) changing {
			f.exec("UPDATE conversations SET status = 'snoozed', snoozed_until = $1", tomorrow)
			return func(c context.Context, t *desk.Tx, id int64) error {
				return t.SetStatus(c, id, db.ConversationStatusOpen, nil)
			}
		},
		"snoozing one that was pending": func(f fixture, _ db.Team) changing {
			f.exec("UPDATE conversations SET status = 'pending'")
			return func(c context.Context, t *desk.Tx, id int64) error {
				return t.SetStatus(c, id, db.ConversationStatusSnoozed, &tomorrow)
			}
		},
		"assigning": func(f fixture, _ db.Team) changing {
			return func(c context.Context, t *desk.Tx, id int64) error { return t.Assign(c, id, f.root.ID) }
		},
		"assigning one that another had": func(f fixture, _ db.Team) changing {
			f.exec("UPDATE conversations SET assignee_id = $1", f.ann.ID)
			return func(c context.Context, t *desk.Tx, id int64) error { return t.Assign(c, id, f.root.ID) }
		},
		"a team that drops the assignee": func(f fixture, team db.Team) changing {
			f.exec("UPDATE conversations SET assignee_id = $1", f.ann.ID)
			return func(c context.Context, t *desk.Tx, id int64) error { return t.SetTeam(c, id, &team.ID) }
		},
		"priority and labels": func(f fixture, _ db.Team) changing {
			f.exec("UPDATE conversations SET labels = '{vip}'")
			return func(c context.Context, t *desk.Tx, id int64) error {
				if err := t.SetPriority(c, id, &high); err != nil {
					return err
				}
				return t.Label(c, id, []string{"spam"})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			c := f.conversation()
			do := change(f, dbtest.Team(t, f.pool, f.account, "billing", f.root))
			f.exec("UPDATE conversations SET waiting_since = now() - interval '2 hours', last_activity_at = now() - interval '1 hour'")
			before := f.reload(c)
			undo := f.changeOf(c, do)
			f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Undo(ctx, c.ID, undo) })
			ignore := cmpopts.IgnoreFields(db.Conversation{}, "UpdatedAt", "LastMessageID")
			if diff := cmp.Diff(before, f.reload(c), ignore); diff != "" {
				t.Error(diff)
			}
		})
	}

	t.Run("what was changed again stays, and so does the place of one that was written in", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		undo := f.changeOf(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.Assign(ctx, id, f.ann.ID) })
		f = f.later(time.Minute)
		f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, f.root.ID) })
		said := f.reload(c).LastActivityAt
		f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Undo(ctx, c.ID, undo) })
		if got := f.reload(c); deref(got.AssigneeID) != f.root.ID || !got.LastActivityAt.Equal(said) {
			t.Errorf("assigned to %v, active at %v", got.AssigneeID, got.LastActivityAt)
		}
	})
}

// changing changes a conversation in a transaction.
type changing = func(c context.Context, t *desk.Tx, id int64) error

// changeOf changes a conversation as Ann and returns what takes that back, as a page would carry it.
func (f fixture) changeOf(c db.Conversation, do changing) (undo desk.Undo) {
	f.t.Helper()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		before, err := t.Conversation(ctx, c.DisplayID)
		if err != nil {
			return err
		}
		if err := do(ctx, t, c.ID); err != nil {
			return err
		}
		after, _ := t.Held(c.ID)
		undo = desk.NewUndo(before, after)
		return nil
	})
	text, err := json.Marshal(undo)
	if err != nil {
		f.t.Fatal(err)
	}
	undo = desk.Undo{}
	if err := json.Unmarshal(text, &undo); err != nil {
		f.t.Fatal(err)
	}
	return undo
}
