package job

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// River itself notices only after minutes that a process died with running jobs, because it judges by their age. So
// each runner holds an advisory lock under its id for as long as it lives. A runner that finds the lock of another
// one free makes that one's jobs available again.

const (
	// lifeLock is the first half of the lock's key; the second is made of the runner's id.
	lifeLock = 724531002
	// lookAround is how often a runner looks for orphans.
	lookAround = 5 * time.Second
)

// life keeps the runner's lock and looks for orphans.
type life struct {
	pool *pgxpool.Pool
	id   string
	log  *slog.Logger
	end  context.CancelFunc
	over chan struct{}
}

// begin returns once the lock is held and orphaned jobs are available.
func (l *life) begin(ctx context.Context) error {
	conn, err := l.hold(ctx)
	if err != nil {
		return err
	}
	ctx, l.end = context.WithCancel(context.WithoutCancel(ctx))
	l.over = make(chan struct{})
	go l.last(ctx, conn)
	return nil
}

// stop releases the lock. Call it when no job is running any more.
func (l *life) stop() {
	l.end()
	<-l.over
}

// last keeps the lock until ctx ends, on a new connection whenever one breaks.
func (l *life) last(ctx context.Context, conn *pgx.Conn) {
	defer close(l.over)
	tick := time.NewTicker(lookAround)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if conn != nil {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
				defer cancel()
				_ = conn.Close(ctx)
			}
			return
		case <-tick.C:
		}
		var err error
		if conn == nil {
			conn, err = l.hold(ctx)
		} else if err = l.free(ctx, conn); err != nil {
			_ = conn.Close(context.WithoutCancel(ctx))
			conn = nil
		}
		if err != nil && ctx.Err() == nil {
			l.log.Warn("jobs of dead processes cannot be looked for", "error", err)
		}
	}
}

// hold takes the lock on a connection of its own and frees orphaned jobs.
func (l *life) hold(ctx context.Context) (*pgx.Conn, error) {
	config := l.pool.Config().ConnConfig.Copy()
	config.RuntimeParams["application_name"] = "parley jobs"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	// Waiting is right for our own lock alone: a broken connection may hold it until the server notices.
	if _, err = conn.Exec(ctx, "SELECT pg_advisory_lock($1, hashtext($2))", lifeLock, l.id); err == nil {
		err = l.free(ctx, conn)
	}
	if err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("hold the lock of a living runner: %w", err)
	}
	return conn, nil
}

// free makes the jobs of runners whose lock is free available. A job that has had its last try is left to River,
// which discards it.
func (l *life) free(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tag, err := conn.Exec(ctx, `
		WITH runners AS MATERIALIZED (
			SELECT DISTINCT attempted_by[cardinality(attempted_by)] AS id FROM river_job WHERE state = 'running'
		), dead AS MATERIALIZED (
			SELECT id FROM runners WHERE id <> $2 AND pg_try_advisory_xact_lock($1, hashtext(id))
		)
		UPDATE river_job SET state = 'available', scheduled_at = now()
		WHERE state = 'running' AND attempt < max_attempts AND attempted_by[cardinality(attempted_by)] IN (SELECT id FROM dead)`, lifeLock, l.id)
	if err == nil && tag.RowsAffected() > 0 {
		l.log.Info("jobs of a process that died run again", "jobs", tag.RowsAffected())
	}
	return err
}
