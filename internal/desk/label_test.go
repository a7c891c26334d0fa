package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestLabel(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	label := func(titles ...string) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.Label(ctx, c.ID, titles) }
	}
	f.once(f.as(f.ann), label("vip", " late ", "", "vip"),
		changed(desk.ConversationLabelled, of(c), "labels", []string{}, []string{"vip", "late"}),
		activityLine("Ann added vip, late"))
	f.once(f.as(f.ann), label("late", "paid"),
		changed(desk.ConversationLabelled, of(c), "labels", []string{"vip", "late"}, []string{"late", "paid"}),
		activityLine("Ann added paid"), activityLine("Ann removed vip"))
	f.records(f.as(f.ann), label("paid", "late")) // the order alone is no change
	if got := f.reload(c).Labels; !slices.Equal(got, []string{"late", "paid"}) {
		t.Errorf("labels are %v", got)
	}
	if err := f.do(f.as(f.ann), label(strings.Repeat("ä", 256))); fault.In(err)["labels"] == "" {
		t.Errorf("256 characters: %v", err)
	}
	f.must(f.as(f.ann), label(strings.Repeat("ä", 255)))
}

func TestAddLabels(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Label(ctx, c.ID, []string{"vip"}) })
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.AddLabels(ctx, c.ID, []string{"late", "vip"}) },
		changed(desk.ConversationLabelled, of(c), "labels", []string{"vip"}, []string{"vip", "late"}),
		activityLine("Ann added late"))
}

func TestRemoveLabels(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Label(ctx, c.ID, []string{"vip", "late"}) })
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		return t.RemoveLabels(ctx, c.ID, []string{"late", "other"})
	},
		changed(desk.ConversationLabelled, of(c), "labels", []string{"vip", "late"}, []string{"vip"}),
		activityLine("Ann removed late"))
}

func (f fixture) label(title string) (l db.Label) {
	f.t.Helper()
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) (err error) {
		l, err = t.CreateLabel(ctx, db.Label{Title: title, Color: "#1f93ff"})
		return err
	})
	return l
}

func TestCreateLabel(t *testing.T) {
	t.Parallel()
	f := setup(t)
	before := f.count("SELECT COALESCE(max(id), 0) FROM events")
	l := f.label("vip")
	if d := cmp.Diff([]string{event(desk.LabelCreated, "", desk.Data{LabelID: l.ID})}, f.recorded(f.as(f.root), before)); d != "" {
		t.Error(d)
	}
	err := f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.CreateLabel(ctx, db.Label{Title: "vip"})
		return err
	})
	if !db.IsDuplicate(err, "labels_account_id_title_key") {
		t.Errorf("the second time: %v", err)
	}
}

func TestUpdateLabel(t *testing.T) {
	t.Parallel()
	f := setup(t)
	l := f.label("vip")
	update := func(title, color string) call {
		return func(ctx context.Context, t *desk.Tx) error {
			_, err := t.UpdateLabel(ctx, l.ID, func(l *db.Label) error { l.Title, l.Color = title, color; return nil })
			return err
		}
	}
	f.once(f.as(f.root), update("vip", "#000000"),
		event(desk.LabelUpdated, "", desk.Data{LabelID: l.ID, Changed: map[string][2]any{"color": {"#1f93ff", "#000000"}}}))
	if n := f.jobs("replace_label"); n != 0 {
		t.Errorf("%d jobs for a colour", n)
	}
	f.once(f.as(f.root), update("gold", "#000000"),
		event(desk.LabelUpdated, "", desk.Data{LabelID: l.ID, Changed: map[string][2]any{"title": {"vip", "gold"}}}))
	if n := f.jobs("replace_label"); n != 1 {
		t.Errorf("%d jobs for a title", n)
	}
}

func TestDeleteLabel(t *testing.T) {
	t.Parallel()
	f := setup(t)
	l := f.label("vip")
	drop := func(ctx context.Context, t *desk.Tx) error { return t.DeleteLabel(ctx, l.ID) }
	f.records(f.as(f.root), drop, event(desk.LabelDeleted, "", desk.Data{LabelID: l.ID}))
	if n := f.jobs("replace_label"); n != 1 || f.count("SELECT count(*) FROM labels") != 0 {
		t.Errorf("%d jobs", n)
	}
	if err := f.do(f.as(f.root), drop); !db.IsNone(err) {
		t.Errorf("the second time: %v", err)
	}
}
