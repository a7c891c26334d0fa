package desk_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
)

func TestMacroFailed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.records(f.system(), func(ctx context.Context, t *desk.Tx) error {
		return t.MacroFailed(ctx, c.ID, f.ann.ID, "The macro could not assign the team")
	}, activityLine("The macro could not assign the team"))
	n := f.count("SELECT count(*) FROM notifications WHERE user_id = $1 AND conversation_id = $2 AND kind = 'macro_failed'", f.ann.ID, c.ID)
	if n != 1 {
		t.Errorf("%d notifications", n)
	}
	f.pokes("conversation:"+strconv.FormatInt(c.DisplayID, 10), "notifications:"+strconv.FormatInt(f.ann.ID, 10))
}

func TestMacroFailedNotifiesNobodyOutsideTheInbox(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c, bob := f.conversation(), dbtest.Agent(t, f.pool, f.account, "Bob")
	f.must(f.system(), func(ctx context.Context, t *desk.Tx) error { return t.MacroFailed(ctx, c.ID, bob.ID, "No") })
	if n := f.count("SELECT count(*) FROM notifications"); n != 0 {
		t.Errorf("%d notifications", n)
	}
}

func TestRecordMacro(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	var made int64
	f.records(f.as(f.ann), func(ctx context.Context, t *desk.Tx) (err error) {
		made, err = t.RecordMacro(ctx, c.ID)
		return err
	}, event(desk.MacroExecuted, of(c), desk.Data{}))
	if n := f.count("SELECT count(*) FROM events WHERE id = $1 AND kind = 'macro.executed'", made); n != 1 {
		t.Errorf("the event %d is not the macro's", made)
	}
}
