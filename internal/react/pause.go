package react

import (
	"context"
	"slices"
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/poke"
)

// notifyWebhookPaused notifies an account's administrators that a webhook was paused: in the product and, where there
// is a mail server, by mail. It does so once for a pause, however often it runs, and not at all if the webhook has
// been resumed.
func (r *React) notifyWebhookPaused(ctx context.Context, a job.NotifyWebhookPaused) error {
	w, err := r.q().GetWebhook(ctx, a.AccountID, a.WebhookID)
	if err != nil || w.PausedAt == nil || !w.PausedAt.Equal(a.PausedAt) {
		return ignoreNone(err)
	}
	var notified []int64
	err = r.desk.Do(ctx, desk.System(a.AccountID), func(t *desk.Tx) error {
		notified, err = t.Queries().InsertWebhookNotifications(ctx, db.InsertWebhookNotificationsParams{
			WebhookID: w.ID, EventID: a.EventID, At: a.PausedAt, AccountID: a.AccountID,
		})
		if err != nil || !t.Mails() {
			return err
		}
		people, err := t.Queries().ListAdministrators(ctx, a.AccountID)
		if err != nil {
			return err
		}
		for _, p := range people {
			err := t.Mail(ctx, desk.OutgoingMail{
				Kind: db.OutgoingMailKindWebhookPaused, To: p.Email, Facts: db.OutgoingMailFacts{WebhookID: w.ID, URL: w.Url, Reason: w.PausedReason},
				Once: "webhook:" + strconv.FormatInt(w.ID, 10) + ":paused:" + strconv.FormatInt(a.PausedAt.UnixMicro(), 10) + ":" + p.Email,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(notified) == 0 {
		return err
	}
	slices.Sort(notified)
	var pokes []poke.Poke
	for _, id := range notified {
		pokes = append(pokes, poke.Poke{AccountID: a.AccountID, Topic: "notifications:" + strconv.FormatInt(id, 10)})
	}
	r.poke(pokes)
	return nil
}
