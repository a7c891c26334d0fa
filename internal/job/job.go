// Package job is Parley's use of River, the queue of jobs in PostgreSQL: the types of the jobs' arguments, Insert in
// the caller's transaction, and the client that runs the workers which other packages register.
//
// Not here: what a job does. Delivery is at least once, so every worker must be idempotent.
package job

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// clock gives River a time. River takes one for tests alone, but asks it wherever it writes a time or compares one, and
// a replica whose machine is minutes ahead would otherwise plan jobs that the others see as not yet due.
type clock struct{ now func() time.Time }

// Now is River's.
func (c clock) Now() time.Time { return c.now() }

// NowOrNil is River's: nil would mean the database's time, which now is.
func (c clock) NowOrNil() *time.Time {
	t := c.now()
	return &t
}

// Args are a job's arguments; its Kind is verb_noun.
type Args = river.JobArgs

// Inserter adds jobs and runs none.
type Inserter struct{ client *river.Client[pgx.Tx] }

// NewInserter makes an inserter. Jobs are due by now, which replicas should share: see db.Clock.
func NewInserter(pool *pgxpool.Pool, now func() time.Time) (*Inserter, error) {
	// River notifies the runners of a new job at most once in this time; jobs inserted in between wait for the next
	// poll. With River's default of 100 ms, each link of a chain of short jobs would wait a second.
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		FetchCooldown: river.FetchCooldownMin,
		Test:          river.TestConfig{Time: clock{now}},
	})
	if err != nil {
		return nil, fmt.Errorf("job inserter: %w", err)
	}
	return &Inserter{c}, nil
}

// Insert adds a job in tx: it runs after commit, or never.
func (i *Inserter) Insert(ctx context.Context, tx pgx.Tx, args Args) error {
	_, err := i.client.InsertTx(ctx, tx, args, nil)
	return err
}

// InsertMany adds jobs in tx in one statement.
func (i *Inserter) InsertMany(ctx context.Context, tx pgx.Tx, args []Args) error {
	if len(args) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(args))
	for n, a := range args {
		params[n].Args = a
	}
	_, err := i.client.InsertManyFastTx(ctx, tx, params)
	return err
}

// InsertAt adds a job in tx that runs no earlier than at.
func (i *Inserter) InsertAt(ctx context.Context, tx pgx.Tx, args Args, at time.Time) error {
	_, err := i.client.InsertTx(ctx, tx, args, &river.InsertOpts{ScheduledAt: at})
	return err
}

// Runner runs jobs with the workers it was given.
type Runner struct {
	client *river.Client[pgx.Tx]
	life   life
}

// NewRunner makes a runner, whose jobs are due by now. periodic jobs are added by one elected replica.
func NewRunner(
	pool *pgxpool.Pool, workers *river.Workers, periodic []*river.PeriodicJob, logger *slog.Logger, now func() time.Time,
) (*Runner, error) {
	id := "parley_" + rand.Text()
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		ID:                id,
		Workers:           workers,
		PeriodicJobs:      periodic,
		Logger:            slog.New(quiet{logger.Handler()}),
		FetchCooldown:     20 * time.Millisecond,
		FetchPollInterval: time.Second,
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: 16},
			// calls to other servers may hang: they must not delay the rest
			QueueOutgoing:      {MaxWorkers: 32},
			QueueOutgoingMails: {MaxWorkers: 4},
			// a decoded picture takes up to 96 MB
			QueuePictures: {MaxWorkers: 1},
		},
		JobTimeout:                  2 * time.Minute,
		RescueStuckJobsAfter:        3 * time.Minute,
		CompletedJobRetentionPeriod: time.Hour,
		Test:                        river.TestConfig{Time: clock{now}},
	})
	if err != nil {
		return nil, fmt.Errorf("job runner: %w", err)
	}
	return &Runner{c, life{pool: pool, id: id, log: logger}}, nil
}

const (
	// QueueOutgoing is for jobs that call other servers.
	QueueOutgoing = "outgoing"
	// QueueOutgoingMails is for mail.
	QueueOutgoingMails = "letters"
	// QueuePictures is for the decoding of pictures.
	QueuePictures = "pictures"
)

// Start runs jobs until Stop, first those of processes that died.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.life.begin(ctx); err != nil {
		return err
	}
	err := r.client.Start(ctx)
	if err != nil {
		r.life.stop()
	}
	return err
}

// Stop lets running jobs finish. When ctx ends first, they are cancelled and run again later. A job that ignores even
// that is left running after some seconds.
func (r *Runner) Stop(ctx context.Context) error {
	defer r.life.stop()
	if r.client.Stop(ctx) == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return r.client.StopAndCancel(ctx)
}

// Client is River's client, for tests that wait for a job.
func (r *Runner) Client() *river.Client[pgx.Tx] { return r.client }

// quiet drops River's regular reports, several a minute, from the log; its warnings stay.
type quiet struct{ slog.Handler }

func (quiet) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
