// Package react does what follows an event. The sequencer numbers committed events and orders reactions to them; the
// worker looks up what follows each: webhooks, automation rules, notifications, reports, automatic answers. Timers
// live here too: snoozes that end, quiet conversations, old rows.
//
// Not here: what happened (package desk records it), how a webhook is sent (webhook), what a rule means (rule).
package react

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/poke"
	"github.com/parleydesk/parley/internal/webhook"
)

// Config is what reactions need.
type Config struct {
	Pool   *pgxpool.Pool
	Jobs   *job.Inserter
	Desk   *desk.Desk
	Hooks  *webhook.Hooks
	Logger *slog.Logger
	// Poke pokes the pages that show notifications; may be nil.
	Poke func([]poke.Poke)
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// React handles events and runs timers.
type React struct {
	pool  *pgxpool.Pool
	jobs  *job.Inserter
	desk  *desk.Desk
	hooks *webhook.Hooks
	log   *slog.Logger
	poke  func([]poke.Poke)
	clock func() time.Time
}

// New makes a React. Its desk should have the same clock.
func New(c Config) *React {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Poke == nil {
		c.Poke = func([]poke.Poke) {}
	}
	return &React{pool: c.Pool, jobs: c.Jobs, desk: c.Desk, hooks: c.Hooks, log: c.Logger, poke: c.Poke, clock: c.Now}
}

func (r *React) q() *db.Queries { return db.New(r.pool) }

func (r *React) now() time.Time { return r.clock().UTC().Truncate(time.Microsecond) }

// reaction is one thing that follows an event. It may be called again for the same event, and must then change
// nothing.
type reaction func(r *React, ctx context.Context, b *batch, e db.Event, d desk.Data) error

// reactions lists what follows each kind of event, besides webhooks, which follow all.
func reactions(kind string) []reaction {
	switch kind {
	case desk.ConversationCreated:
		return []reaction{(*React).notifyCreated, (*React).runRules}
	case desk.ConversationAssigned:
		return []reaction{(*React).notifyAssigned, (*React).runRules}
	case desk.ConversationStatusChanged:
		return []reaction{(*React).reportStatus, (*React).survey, (*React).runRules}
	case desk.ConversationTeamChanged, desk.ConversationPriorityChanged, desk.ConversationLabelled, desk.ConversationUpdated:
		return []reaction{(*React).runRules}
	case desk.MessageCreated:
		return []reaction{(*React).mention, (*React).notifyMessage, (*React).reportReply, (*React).answerAutomatically, (*React).runRules}
	}
	return nil
}

// HandleEvents runs the reactions to a range of events. An event that fails is tried again later in a job of its own;
// for a range of one the error is returned, so that River retries it.
func (r *React) HandleEvents(ctx context.Context, a job.ReactEvents) error {
	fanned, failed := r.fan(ctx, a)
	events, err := r.q().ListEventRange(ctx, db.ListEventRangeParams{AccountID: a.AccountID, First: a.First, Last: a.Last})
	if err != nil {
		return errors.Join(failed, err)
	}
	b := &batch{account: a.AccountID}
	if err := b.load(ctx, r.q(), events); err != nil {
		return errors.Join(failed, err)
	}
	var again []job.Args
	for _, e := range events {
		b.pending = nil
		err := r.handleEvent(ctx, b, e)
		if err == nil {
			b.notices = append(b.notices, b.pending...)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case a.First == a.Last:
			return errors.Join(failed, err)
		default:
			r.log.Error("follow an event; once more, alone", "account", a.AccountID, "event", e.ID, "kind", e.Kind, "error", err)
			again = append(again, job.ReactEvents{AccountID: a.AccountID, First: *e.Number, Last: *e.Number})
		}
	}
	if err := r.insertNotifications(ctx, b); err != nil {
		return errors.Join(failed, err)
	}
	if len(again) > 0 {
		err := db.Tx(ctx, r.pool, func(tx pgx.Tx) error { return r.jobs.InsertMany(ctx, tx, again) })
		if err != nil {
			return errors.Join(failed, err)
		}
	}
	if failed == nil && !fanned {
		// Another process is making the deliveries; it may not reach the end of our range.
		return river.JobSnooze(time.Second)
	}
	return failed
}

// fan makes the webhook deliveries up to the range's end. It waits a moment while another process does so.
func (r *React) fan(ctx context.Context, a job.ReactEvents) (done bool, err error) {
	for range 20 {
		if done, err = r.hooks.Fan(ctx, a.AccountID, a.Last); done || err != nil {
			return done, err
		}
		if !rest(ctx, 25*time.Millisecond) {
			return false, ctx.Err()
		}
	}
	return false, nil
}

func (r *React) handleEvent(ctx context.Context, b *batch, e db.Event) (err error) {
	// A panic is a failed event like any other error.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("event %d, %s: panic: %v", e.ID, e.Kind, p)
		}
	}()
	d, err := desk.DataOf(e)
	if err != nil {
		return fmt.Errorf("event %d: %w", e.ID, err)
	}
	for _, do := range reactions(e.Kind) {
		if err := do(r, ctx, b, e, d); err != nil && !db.IsNone(err) { // none: what the event is about was deleted
			return fmt.Errorf("event %d, %s: %w", e.ID, e.Kind, err)
		}
	}
	return nil
}

// AddWorkers registers the jobs of this package and of the webhooks.
func (r *React) AddWorkers(w *river.Workers) {
	r.hooks.AddWorkers(w)
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ReactEvents]) error { return r.HandleEvents(ctx, j.Args) }))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.HandleLostDelivery]) error {
		return r.handleLostDelivery(ctx, j.Args)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.NotifyWebhookPaused]) error {
		return r.notifyWebhookPaused(ctx, j.Args)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ShowUndelivered]) error {
		return r.showUndelivered(ctx, j.Args)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.DeleteInbox]) error {
		return r.desk.ClearInbox(ctx, j.Args.AccountID, j.Args.InboxID)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.DeleteMessage]) error {
		return r.deleteMessage(ctx, j.Args)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ReleaseAssignee]) error {
		return r.desk.Release(ctx, j.Args.AccountID, j.Args.UserID)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.RunMacro]) error { return r.runMacro(ctx, j.ID, j.Args) }))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[job.FoldCounts]) error { return r.foldCounts(ctx) }))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[job.WakeSnoozed]) error { return r.wakeSnoozed(ctx) }))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[job.AutoResolve]) error { return r.autoResolve(ctx) }))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, _ *river.Job[job.SweepOld]) error { return r.sweepOld(ctx) }))
}

// Periodic lists the timers. River lets one elected replica start them.
func (r *React) Periodic() []*river.PeriodicJob {
	every := func(d time.Duration, args job.Args) *river.PeriodicJob {
		return river.NewPeriodicJob(
			river.PeriodicInterval(d), func() (river.JobArgs, *river.InsertOpts) { return args, nil },
			&river.PeriodicJobOpts{RunOnStart: true},
		)
	}
	return []*river.PeriodicJob{
		every(10*time.Second, job.FoldCounts{}),
		every(30*time.Second, job.WakeSnoozed{}),
		every(time.Minute, job.AutoResolve{}),
		every(time.Minute, job.MendWebhooks{}),
		every(time.Hour, job.SweepOld{}),
	}
}
