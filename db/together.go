package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Ask asks one thing and keeps the answer.
type Ask func(q *Queries) error

// Together runs statements that need nothing of one another in one round trip and one transaction, in their order: each
// trip wakes two processes, which costs as much as a small query does. Every function asks one thing:
//
//	err := q.Together(ctx,
//		func(q *Queries) (err error) { places, err = q.ListSidebarItems(ctx, p); return err },
//		func(q *Queries) (err error) { thread, err = q.ListThread(ctx, t); return err },
//	)
//
// A function is called twice, first to hear what it asks, then with the answer, so it must do nothing but ask until it
// has its answer. One that asks on is begun anew by itself afterwards: rightly, but nothing is won. The first error ends
// it all. A read alone, or one outside of pool and transaction, is simply asked.
func (q *Queries) Together(ctx context.Context, asks ...Ask) error {
	sender, ok := q.db.(interface {
		SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	})
	if !ok || len(asks) == 1 {
		return apart(q, asks)
	}
	batch := &pgx.Batch{}
	waiting := asks[:0:0]
	for _, ask := range asks {
		l := &oldListener{batch: batch}
		err := ask(New(l))
		switch {
		case l.heard:
			waiting = append(waiting, ask)
		case err != nil:
			return err
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	results := sender.SendBatch(ctx, batch)
	again, err := answered(results, waiting)
	if closed := results.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return apart(q, again)
}

func apart(q *Queries, asks []Ask) error {
	for _, ask := range asks {
		if err := ask(q); err != nil {
			return err
		}
	}
	return nil
}

// answered gives each its answer, and returns those that want to know more.
func answered(results pgx.BatchResults, asks []Ask) (again []Ask, err error) {
	for _, ask := range asks {
		err := ask(New(&answer{results: results}))
		switch {
		case errors.Is(err, errMore):
			again = append(again, ask)
		case err != nil:
			return nil, err
		}
	}
	return again, nil
}

var (
	errOldHeard = errors.New("heard what is asked")
	errMore     = errors.New("asked more than one thing")
)

// oldListener takes down the first thing that is asked.
type oldListener struct {
	batch *pgx.Batch
	heard bool
}

func (l *oldListener) hear(sql string, args []any) {
	if !l.heard {
		l.batch.Queue(sql, args...)
	}
	l.heard = true
}

func (l *oldListener) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	l.hear(sql, args)
	return pgconn.CommandTag{}, errOldHeard
}

func (l *oldListener) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	l.hear(sql, args)
	return nil, errOldHeard
}

func (l *oldListener) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	l.hear(sql, args)
	return oldNoRow{errOldHeard}
}

// answer gives the next of the results, once.
type answer struct {
	results pgx.BatchResults
	given   bool
}

func (a *answer) more() bool {
	had := a.given
	a.given = true
	return had
}

func (a *answer) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	if a.more() {
		return pgconn.CommandTag{}, errMore
	}
	return a.results.Exec()
}

func (a *answer) Query(context.Context, string, ...any) (pgx.Rows, error) {
	if a.more() {
		return nil, errMore
	}
	return a.results.Query()
}

func (a *answer) QueryRow(context.Context, string, ...any) pgx.Row {
	if a.more() {
		return oldNoRow{errMore}
	}
	return a.results.QueryRow()
}

type oldNoRow struct{ err error }

func (r oldNoRow) Scan(...any) error { return r.err }
