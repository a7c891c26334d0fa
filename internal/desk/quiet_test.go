package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
)

func TestWake(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c, forever := f.conversation(), f.conversation()
	until := f.now.Add(time.Hour)
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		return errors.Join(
			t.SetStatus(ctx, c.ID, db.ConversationStatusSnoozed, &until),
			t.SetStatus(ctx, forever.ID, db.ConversationStatusSnoozed, nil))
	})
	wake := func(c db.Conversation) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.Wake(ctx, c.ID) }
	}
	f.records(f.system(), wake(c)) // too early
	f = f.later(time.Hour)
	f.records(f.system(), wake(forever)) // until the customer's next message
	f.once(f.system(), wake(c), event(desk.ConversationStatusChanged, of(c), desk.Data{
		Changed: map[string][2]any{"status": {"snoozed", "open"}, "snoozed_until": {until, nil}},
	}))
	if got := f.reload(c); got.Status != db.ConversationStatusOpen || got.SnoozedUntil != nil {
		t.Errorf("conversation is %s until %v", got.Status, got.SnoozedUntil)
	}
}

func TestResolveQuiet(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := dbtest.Message(t, f.pool, c, "Help")
	quiet := desk.Quiet{For: time.Hour, Message: "Are you there, {{contact.name}}?", Label: "quiet", Idle: "1 hour"}
	answered := quiet
	answered.AnsweredOnly = true
	resolve := func(q desk.Quiet) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.ResolveQuiet(ctx, c.ID, q) }
	}
	f.records(f.system(), resolve(quiet)) // too early
	f = f.later(2 * time.Hour)
	f.records(f.system(), resolve(answered)) // the customer waits
	f.once(f.system(), resolve(quiet),
		event(desk.MessageCreated, ofMessage(c, db.Message{ID: m.ID + 1}), desk.Data{Kind: db.MessageKindTemplate}),
		changed(desk.ConversationLabelled, of(c), "labels", []string{}, []string{"quiet"}),
		changed(desk.ConversationStatusChanged, of(c), "status", "open", "resolved"),
		activityLine("Conversation was marked resolved by system due to 1 hour of inactivity"))
	if got := f.message(db.Message{AccountID: c.AccountID, ConversationID: c.ID, ID: m.ID + 1}); got.Text() != "Are you there, Ada Example?" {
		t.Errorf("the customer reads %q", got.Text())
	}
}
