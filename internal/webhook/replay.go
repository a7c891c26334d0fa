package webhook

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
)

// mendBatch limits how many deliveries one run of Mend or one recovery starts.
const mendBatch = 1000

// Replay sends deliveries that have ended once more, with the same ids and bodies. It skips those that have no body
// or have not ended. They do not wait for later deliveries.
func (h *Hooks) Replay(ctx context.Context, accountID int64, deliveryIDs []int64) error {
	return db.Tx(ctx, h.pool, func(tx pgx.Tx) error {
		rows, err := db.New(tx).ReopenDeliveries(ctx, db.ReopenDeliveriesParams{
			AccountID: accountID,
			Ids:       deliveryIDs,
			GiveUpAt:  h.now().Add(span),
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		keys := make([]queueKey, len(rows))
		for i, r := range rows {
			keys[i] = queueKey{r.Receiver, r.QueueKey}
		}
		if err := lock(ctx, db.New(tx), accountID, keys); err != nil {
			return err
		}
		return h.promote(ctx, tx, accountID, keys)
	})
}

// Resume starts the waiting deliveries of a webhook whose pause has ended (query ResumeWebhook).
func (h *Hooks) Resume(ctx context.Context, accountID, webhookID int64) error {
	return db.Tx(ctx, h.pool, func(tx pgx.Tx) error {
		rows, err := db.New(tx).ListPendingDeliveries(ctx, db.ListPendingDeliveriesParams{
			AccountID: accountID,
			Receiver:  receiverName(ToWebhook, webhookID),
			Now:       h.now(),
		})
		if err != nil {
			return err
		}
		jobs := make([]job.Args, len(rows))
		for i, r := range rows {
			jobs[i] = job.DeliverWebhook{AccountID: accountID, DeliveryID: r.ID, Tries: r.Attempts}
		}
		return h.jobs.InsertMany(ctx, tx, jobs)
	})
}

// hasten makes the postponed tries of a receiver that answers again due now.
func (h *Hooks) hasten(ctx context.Context, tx pgx.Tx, accountID int64, receiver string) error {
	rows, err := db.New(tx).HastenDeliveries(ctx, db.HastenDeliveriesParams{
		AccountID: accountID, Receiver: receiver, Now: h.now(), After: h.now().Add(h.lease()), Most: mendBatch,
	})
	if err != nil {
		return err
	}
	jobs := make([]job.Args, len(rows))
	for i, r := range rows {
		jobs[i] = job.DeliverWebhook{AccountID: accountID, DeliveryID: r.ID, Tries: r.Attempts}
	}
	return h.jobs.InsertMany(ctx, tx, jobs)
}

// stalled is how long a try must have been due before its job counts as lost.
const stalled = 10 * time.Minute

// Mend starts queues that stand still or were held for as long as they may be, and tries whose job was lost. It is a
// safety net: normally there are none.
func (h *Hooks) Mend(ctx context.Context) error {
	lost, err := h.q().ListStalledDeliveries(ctx, h.now().Add(-stalled), mendBatch)
	if err != nil {
		return err
	}
	jobs := make([]job.Args, len(lost))
	for i, r := range lost {
		jobs[i] = job.DeliverWebhook{AccountID: r.AccountID, DeliveryID: r.ID, Tries: r.Attempts}
	}
	if err := db.Tx(ctx, h.pool, func(tx pgx.Tx) error { return h.jobs.InsertMany(ctx, tx, jobs) }); err != nil {
		return err
	}
	still, err := h.q().ListStalledQueues(ctx, h.now(), mendBatch)
	if err != nil {
		return err
	}
	for _, s := range still {
		err := h.advance(ctx, s.AccountID, queueKey{s.Receiver, s.QueueKey})
		if err != nil {
			return err
		}
	}
	return nil
}

// AddWorkers registers the jobs of this package.
func (h *Hooks) AddWorkers(w *river.Workers) {
	river.AddWorker(w, &worker{h: h})
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ReplayWebhook]) error {
		return h.Replay(ctx, j.Args.AccountID, j.Args.DeliveryIDs)
	}))
	river.AddWorker(
		w,
		river.WorkFunc(func(ctx context.Context, j *river.Job[job.SendRuleWebhook]) error { return h.SendForRule(ctx, j.Args) }),
	)
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ResumeWebhook]) error {
		return h.Resume(ctx, j.Args.AccountID, j.Args.WebhookID)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[job.MendWebhooks]) error { return h.Mend(ctx) }))
}
