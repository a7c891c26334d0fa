package desk

import (
	"context"

	"github.com/parleydesk/parley/internal/job"
)

// ReplaceLabel orders the job that gives all that carries a label's title another one, or none if to is empty. The
// label's own row is the caller's. Administrators only.
func (t *Tx) ReplaceLabel(ctx context.Context, from, to string) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	return t.Enqueue(ctx, job.ReplaceLabel{AccountID: t.Account(), From: from, To: to})
}

// ResumeWebhook ends a webhook's pause and orders the job that starts what waits for it. Administrators only.
func (t *Tx) ResumeWebhook(ctx context.Context, webhookID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	if err := t.q.ResumeWebhook(ctx, t.Account(), webhookID); err != nil {
		return err
	}
	return t.Enqueue(ctx, job.ResumeWebhook{AccountID: t.Account(), WebhookID: webhookID})
}
