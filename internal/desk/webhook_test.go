package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func (f fixture) webhook() (w db.Webhook) {
	f.t.Helper()
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) (err error) {
		w, err = t.SaveWebhook(ctx, db.Webhook{
			Dialect: db.DialectChatwoot, Url: "https://crm.example/in", Subscriptions: []string{"message_created"}, Secret: "first",
		})
		return err
	})
	return w
}

func (f fixture) pause(w db.Webhook) {
	f.t.Helper()
	f.exec("UPDATE webhooks SET paused_at = now(), paused_reason = 'gone', failures = 9, failing_since = now() WHERE id = $1", w.ID)
}

func TestSaveWebhook(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.webhook()
	f.pause(w)
	w.PausedAt, w.Url, w.Secret = &f.now, "https://crm.example/new", "second"
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) (err error) { w, err = t.SaveWebhook(ctx, w); return err })
	if w.Url != "https://crm.example/new" || w.Secret != "first" || w.PausedAt != nil || w.Failures != 0 {
		t.Errorf("webhook is %+v", w)
	}
	if n := f.jobs("resume_webhook"); n != 1 {
		t.Errorf("%d jobs that start what waited", n)
	}
}

func TestDeleteWebhook(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.webhook()
	drop := func(of db.Dialect) error {
		return f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.DeleteWebhook(ctx, of, w.ID) })
	}
	if err := drop(db.DialectNdoto); !errors.Is(err, fault.NotFound) {
		t.Errorf("as another dialect's: %v", err)
	}
	if err := drop(db.DialectChatwoot); err != nil || f.count("SELECT count(*) FROM webhooks") != 0 {
		t.Errorf("err is %v", err)
	}
	if err := drop(db.DialectChatwoot); !errors.Is(err, fault.NotFound) {
		t.Errorf("the second time: %v", err)
	}
}

func TestResumeWebhook(t *testing.T) {
	t.Parallel()
	f := setup(t)
	w := f.webhook()
	f.pause(w)
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.ResumeWebhook(ctx, w.ID) })
	if n := f.count("SELECT count(*) FROM webhooks WHERE paused_at IS NULL AND paused_reason = '' AND failures = 0"); n != 1 {
		t.Error("still paused")
	}
	if n := f.jobs("resume_webhook"); n == 0 {
		t.Error("nothing starts what waited")
	}
}
