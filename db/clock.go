package db

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// clockPeriod is how often a clock is compared with the database's.
	clockPeriod = time.Minute
	// ClockTolerance is how far this machine's clock may be off before operators are told.
	ClockTolerance = time.Second
)

// Clock tells the time of the database. Replicas on machines whose own clocks differ write times and claim jobs by it,
// so that what one of them plans for now is due for the others too.
type Clock struct {
	local  func() time.Time
	offset atomic.Int64 // nanoseconds that the database is ahead of local
}

// NewClock makes a clock that shows local's time until it has been measured.
func NewClock(local func() time.Time) *Clock { return &Clock{local: local} }

// Now is the database's time, as well as it is known.
func (c *Clock) Now() time.Time { return c.local().Add(c.Offset()) }

// Offset is how far the database's clock is ahead of this machine's.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// IsOff reports whether this machine's clock differs from the database's by more than ClockTolerance.
func (c *Clock) IsOff() bool { return c.Offset().Abs() > ClockTolerance }

// Measure compares the clocks: the quickest of three answers says the most. A difference that may come from the time
// the answer took changes nothing, so that the clock does not jump about.
func (c *Clock) Measure(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	offset, took := time.Duration(0), time.Hour
	for range 3 {
		var there time.Time
		asked := c.local()
		if err := conn.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&there); err != nil {
			return err
		}
		if trip := c.local().Sub(asked); trip < took {
			offset, took = there.Sub(asked.Add(trip/2)), trip
		}
	}
	if (offset - c.Offset()).Abs() > took/2 {
		c.offset.Store(int64(offset))
	}
	return nil
}

// Run measures the clock each minute until ctx ends, and logs when it begins and ceases to be off. It begins with what
// the last Measure found.
func (c *Clock) Run(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) {
	tick := time.NewTicker(clockPeriod)
	defer tick.Stop()
	for wasOff := false; ; {
		if off := c.IsOff(); off && !wasOff {
			log.Warn("this machine's clock is wrong, or the database's: the database's is used", "database_is_ahead", c.Offset().String())
		} else if !off && wasOff {
			log.Info("this machine's clock agrees with the database's again")
		}
		wasOff = c.IsOff()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.Measure(ctx, pool); err != nil && ctx.Err() == nil {
			log.Warn("this machine's clock cannot be compared with the database's", "error", err)
		}
	}
}
