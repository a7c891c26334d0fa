package react

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/webhook"
)

const (
	// sequencePoll is how often the sequencer looks without being woken: for what other replicas wrote, and for what
	// was committed by a process that died before it could wake the sequencer.
	sequencePoll = time.Second
	// sequenceRest lets commits that come close together share a batch.
	sequenceRest = 3 * time.Millisecond
	// sequenceBusy is the pause while events come one after another: a batch costs a dozen statements however many it
	// holds.
	sequenceBusy = 20 * time.Millisecond
	// sequenceYield is how long the sequencer looks again soon while another replica holds the lock. The poll goes on
	// from there: a replica that hangs with the lock must not make the others spin.
	sequenceYield = 100 * time.Millisecond
	sequenceBatch = 1000
)

// Sequencer gives committed events their numbers, per account without a gap, and orders the reactions to them in
// the same transaction: an event is numbered if and only if someone will react to it. Every replica may run one;
// an advisory lock lets one work at a time.
type Sequencer struct {
	pool       *pgxpool.Pool
	jobs       *job.Inserter
	log        *slog.Logger
	wake       chan struct{}
	onNumbered func(accountIDs []int64)
}

// NewSequencer makes a sequencer; it does nothing until Run. onNumbered is called with the accounts that have newly
// numbered events, after their commit; it must not block, and may be nil.
func NewSequencer(pool *pgxpool.Pool, jobs *job.Inserter, logger *slog.Logger, onNumbered func(accountIDs []int64)) *Sequencer {
	if onNumbered == nil {
		onNumbered = func([]int64) {}
	}
	return &Sequencer{pool: pool, jobs: jobs, log: logger, wake: make(chan struct{}, 1), onNumbered: onNumbered}
}

// Wake makes the sequencer look for committed events. It never blocks, and many calls may become one.
func (s *Sequencer) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run numbers events until ctx ends. When the database does not answer, it retries at the next poll.
func (s *Sequencer) Run(ctx context.Context) error {
	poll := time.NewTicker(sequencePoll)
	defer poll.Stop()
	var done time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		case <-s.wake:
			pause := sequenceRest
			if time.Since(done) < sequenceBusy {
				pause = sequenceBusy
			}
			if !rest(ctx, pause) {
				return nil
			}
		}
		if err := s.drain(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("number events", "error", err)
		}
		done = time.Now()
	}
}

// drain numbers events until none are left. When another replica holds the lock, it may have looked before our events
// were committed, so drain looks again soon, at growing intervals, and then leaves it to the poll.
func (s *Sequencer) drain(ctx context.Context) error {
	for pause := sequenceRest; ; {
		n, mine, err := s.batch(ctx, sequenceBatch)
		switch {
		case err != nil:
			return err
		case !mine:
			if pause > sequenceYield || !rest(ctx, pause) {
				return nil
			}
			pause *= 2
		case n < sequenceBatch:
			return nil
		}
	}
}

// batch numbers up to most events in one transaction. mine is false if another process holds the lock.
func (s *Sequencer) batch(ctx context.Context, most int32) (n int64, mine bool, err error) {
	var accounts []int64
	err = db.Tx(ctx, s.pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		if mine, err = q.TrySequence(ctx); err != nil || !mine {
			return err
		}
		ranges, err := q.NumberEvents(ctx, most)
		if err != nil {
			return err
		}
		orders := make([]job.Args, len(ranges))
		begin := db.BeginCursorsParams{Consumer: webhook.Consumer}
		for i, r := range ranges {
			orders[i] = job.ReactEvents{AccountID: r.AccountID, First: r.First, Last: r.Last}
			begin.AccountIds, begin.Numbers = append(begin.AccountIds, r.AccountID), append(begin.Numbers, r.First-1)
			n += r.Last - r.First + 1
		}
		if n == 0 {
			return nil
		}
		if err := q.BeginCursors(ctx, begin); err != nil {
			return err
		}
		accounts = begin.AccountIds
		return s.jobs.InsertMany(ctx, tx, orders)
	})
	if err == nil && len(accounts) > 0 {
		s.onNumbered(accounts)
	}
	return n, mine, err
}

// rest waits, and reports whether ctx has not ended meanwhile.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
