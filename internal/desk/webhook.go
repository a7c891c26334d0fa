package desk

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

// SaveWebhook stores a webhook that has been checked, a new one where it has no id. A change also ends a pause:
// whoever changes a webhook has attended to it. The secret is stored with a new webhook only. Administrators only.
func (t *Tx) SaveWebhook(ctx context.Context, w db.Webhook) (db.Webhook, error) {
	if err := t.requireAdmin(); err != nil {
		return w, err
	}
	if w.ID == 0 {
		return t.q.InsertWebhook(ctx, db.InsertWebhookParams{
			AccountID: t.Account(), Dialect: w.Dialect, Url: w.Url, Name: w.Name, InboxID: w.InboxID,
			Subscriptions: w.Subscriptions, Secret: w.Secret,
		})
	}
	if w.PausedAt != nil {
		if err := t.ResumeWebhook(ctx, w.ID); err != nil {
			return w, err
		}
	}
	return t.q.UpdateWebhook(ctx, db.UpdateWebhookParams{
		AccountID: t.Account(), ID: w.ID, Url: w.Url, Name: w.Name, InboxID: w.InboxID, Subscriptions: w.Subscriptions, UpdatedAt: t.Now,
	})
}

// DeleteWebhook deletes a webhook of a dialect and drops its waiting deliveries. Administrators only. fault.NotFound
// if there is none.
func (t *Tx) DeleteWebhook(ctx context.Context, of db.Dialect, id int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	n, err := t.q.DeleteWebhook(ctx, db.DeleteWebhookParams{AccountID: t.Account(), ID: id, Dialect: of})
	if err := fault.Found(n, err); err != nil {
		return err
	}
	return t.q.DropDeliveries(ctx, db.DropDeliveriesParams{AccountID: t.Account(), Receiver: db.Webhook{ID: id}.Receiver(), At: t.Now})
}

// ResumeWebhook ends a webhook's pause and orders the job that starts its waiting deliveries. Administrators only.
// fault.NotFound if there is none.
func (t *Tx) ResumeWebhook(ctx context.Context, webhookID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	if err := fault.Found(t.q.ResumeWebhook(ctx, t.Account(), webhookID)); err != nil {
		return err
	}
	return t.Enqueue(ctx, job.ResumeWebhook{AccountID: t.Account(), WebhookID: webhookID})
}
