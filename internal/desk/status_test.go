package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestSetStatus(t *testing.T) {
	t.Parallel()

	t.Run("a change is an event and a line in the thread, once", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		until := f.now.Add(time.Hour)
		set := func(s db.ConversationStatus, until *time.Time) call {
			return func(ctx context.Context, t *desk.Tx) error { return t.SetStatus(ctx, c.ID, s, until) }
		}
		f.once(f.as(f.ann), set(db.ConversationStatusSnoozed, &until),
			event(desk.ConversationStatusChanged, of(c), desk.Data{
				Changed: map[string][2]any{"status": {"open", "snoozed"}, "snoozed_until": {nil, until}},
			}),
			activityLine("Conversation was snoozed by Ann"))
		f.once(f.as(f.ann), set(db.ConversationStatusPending, &until),
			event(desk.ConversationStatusChanged, of(c), desk.Data{
				Changed: map[string][2]any{"status": {"snoozed", "pending"}, "snoozed_until": {until, nil}},
			}),
			activityLine("Conversation was marked as pending by Ann"))
		f.once(f.as(f.ann), set(db.ConversationStatusResolved, nil),
			changed(desk.ConversationStatusChanged, of(c), "status", "pending", "resolved"),
			activityLine("Conversation was marked resolved by Ann"))
		if got := f.reload(c); got.Status != db.ConversationStatusResolved || got.WaitingSince != nil {
			t.Errorf("%s, waiting since %v", got.Status, got.WaitingSince)
		}
		if err := f.do(f.as(f.ann), set("closed", nil)); fault.In(err)["status"] == "" {
			t.Errorf("an unknown status: %v", err)
		}
	})

	t.Run("a bot that opens a pending conversation hands it off", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		f.set(c, db.ConversationStatusResolved)
		f.set(c, db.ConversationStatusPending)
		bot := desk.Bot(f.bot(), db.Everything(f.account.ID))
		f.records(bot, func(ctx context.Context, t *desk.Tx) error {
			return t.SetStatus(ctx, c.ID, db.ConversationStatusOpen, nil)
		},
			event(desk.ConversationStatusChanged, of(c), desk.Data{Changed: map[string][2]any{"status": {"pending", "open"}}, HandedOff: true}),
			activityLine("Conversation was reopened by Robin"))
		if got := f.reload(c); got.WaitingSince == nil || !got.WaitingSince.Equal(f.now) {
			t.Errorf("waiting since %v", got.WaitingSince)
		}
	})
}

func TestAutoResolve(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.once(f.system(), func(ctx context.Context, t *desk.Tx) error { return t.AutoResolve(ctx, c.ID, "2 days") },
		changed(desk.ConversationStatusChanged, of(c), "status", "open", "resolved"),
		activityLine("Conversation was marked resolved by system due to 2 days of inactivity"))
	if got := f.reload(c); got.Status != db.ConversationStatusResolved {
		t.Errorf("status is %s", got.Status)
	}
}

func TestSetPriority(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	set := func(p *db.ConversationPriority) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.SetPriority(ctx, c.ID, p) }
	}
	priority := func(before, after any) string {
		return changed(desk.ConversationPriorityChanged, of(c), "priority", before, after)
	}
	f.once(f.as(f.ann), set(ptr(db.ConversationPriorityLow)), priority(nil, "low"), activityLine("Ann set the priority to low"))
	f.once(f.as(f.ann), set(ptr(db.ConversationPriorityUrgent)), priority("low", "urgent"),
		activityLine("Ann changed the priority from low to urgent"))
	if got := f.reload(c).Priority; got == nil || *got != db.ConversationPriorityUrgent {
		t.Errorf("priority is %v", got)
	}
	f.once(f.as(f.ann), set(nil), priority("urgent", nil), activityLine("Ann removed the priority"))
	if err := f.do(f.as(f.ann), set(ptr(db.ConversationPriority("highest")))); fault.In(err)["priority"] == "" {
		t.Errorf("an unknown priority: %v", err)
	}
}

func TestArchive(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Archive(ctx, c.ID) },
		changed(desk.ConversationArchived, of(c), "archived_at", nil, f.now))
	if got := f.reload(c); got.ArchivedAt == nil || got.Status != db.ConversationStatusOpen {
		t.Errorf("archived at %v, %s", got.ArchivedAt, got.Status)
	}
}

func TestUnarchive(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Archive(ctx, c.ID) })
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Unarchive(ctx, c.ID) },
		changed(desk.ConversationUnarchived, of(c), "archived_at", f.now, nil))
	if got := f.reload(c); got.ArchivedAt != nil {
		t.Errorf("archived at %v", got.ArchivedAt)
	}
}
