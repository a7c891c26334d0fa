package desk

import (
	"context"

	"github.com/parleydesk/parley/internal/job"
)

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
