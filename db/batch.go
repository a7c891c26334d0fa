package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Batch collects queries that do not need one another's answers, and sends them in one round trip and one transaction:
// each trip wakes two processes, which costs as much as a small query does.
//
//	b := q.Batch()
//	db.Into(b, &head.People, (*db.Queries).ListAssignable, params)
//	db.Into2(b, &head.Macros, (*db.Queries).ListMacroNames, accountID, userID)
//	err := b.Run(ctx)
//
// The queries run in the order in which they were queued. A destination holds its answer once Run has returned nil. The
// first error ends the batch, and Run returns it as the query gave it.
//
// A query is a method of Queries that asks the database one thing: any that sqlc generates, and those written by hand
// of which that is true. Run calls it twice, first to hear its statement and then with the answer.
type Batch struct {
	q       *Queries
	queries []*BatchQuery
	then    []func() error
}

// BatchQuery is one query of a batch.
type BatchQuery struct {
	run      func(ctx context.Context, q *Queries) error
	optional bool
}

// Batch starts an empty batch.
func (q *Queries) Batch() *Batch { return &Batch{q: q} }

// Into queues a query with one parameter. A nil dst drops the answer.
func Into[P, T any](b *Batch, dst *T, query func(*Queries, context.Context, P) (T, error), p P) *BatchQuery {
	return into(b, dst, func(ctx context.Context, q *Queries) (T, error) { return query(q, ctx, p) })
}

// Into0 queues a query without parameters.
func Into0[T any](b *Batch, dst *T, query func(*Queries, context.Context) (T, error)) *BatchQuery {
	return into(b, dst, func(ctx context.Context, q *Queries) (T, error) { return query(q, ctx) })
}

// Into2 queues a query with two parameters.
func Into2[P1, P2, T any](
	b *Batch, dst *T, query func(*Queries, context.Context, P1, P2) (T, error), p1 P1, p2 P2,
) *BatchQuery {
	return into(b, dst, func(ctx context.Context, q *Queries) (T, error) { return query(q, ctx, p1, p2) })
}

// Exec queues a query that answers nothing.
func Exec[P any](b *Batch, query func(*Queries, context.Context, P) error, p P) {
	b.queue(func(ctx context.Context, q *Queries) error { return query(q, ctx, p) })
}

func into[T any](b *Batch, dst *T, query func(context.Context, *Queries) (T, error)) *BatchQuery {
	return b.queue(func(ctx context.Context, q *Queries) error {
		answer, err := query(ctx, q)
		if err == nil && dst != nil {
			*dst = answer
		}
		return err
	})
}

func (b *Batch) queue(run func(context.Context, *Queries) error) *BatchQuery {
	query := &BatchQuery{run: run}
	b.queries = append(b.queries, query)
	return query
}

// Optional lets the query find no row: the destination then stays as it was.
func (query *BatchQuery) Optional() { query.optional = true }

// Then queues a function to run once, after the answers to all queries. It may queue further queries, which go in the
// next round trip together with those of other functions.
func (b *Batch) Then(do func() error) { b.then = append(b.then, do) }

// Run sends the queries, then runs the functions of Then, and repeats until nothing is left. A single query is sent
// without a batch.
func (b *Batch) Run(ctx context.Context) error {
	for len(b.queries)+len(b.then) > 0 {
		queries, then := b.queries, b.then
		b.queries, b.then = nil, nil
		if err := b.send(ctx, queries); err != nil {
			return err
		}
		for _, do := range then {
			if err := do(); err != nil {
				return err
			}
		}
	}
	return nil
}

var errNoBatches = errors.New("db: neither a pool nor a transaction, so no batch can be sent")

func (b *Batch) send(ctx context.Context, queries []*BatchQuery) error {
	switch len(queries) {
	case 0:
		return nil
	case 1:
		return queries[0].answer(ctx, b.q)
	}
	sender, ok := b.q.db.(interface {
		SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	})
	if !ok {
		return errNoBatches
	}
	statements := &pgx.Batch{}
	for _, query := range queries {
		if err := query.queue(ctx, statements); err != nil {
			return err
		}
	}
	results := sender.SendBatch(ctx, statements)
	err := answerAll(ctx, results, queries)
	if closed := results.Close(); err == nil {
		err = closed
	}
	return err
}

func answerAll(ctx context.Context, results pgx.BatchResults, queries []*BatchQuery) error {
	for _, query := range queries {
		if err := query.answer(ctx, New(&answerer{results: results})); err != nil {
			return err
		}
	}
	return nil
}

// answer calls the query with q, which has its answer.
func (query *BatchQuery) answer(ctx context.Context, q *Queries) error {
	err := query.run(ctx, q)
	if query.optional && errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// queue adds the query's statement to the batch.
func (query *BatchQuery) queue(ctx context.Context, statements *pgx.Batch) error {
	l := &recorder{batch: statements}
	err := query.run(ctx, New(l))
	if l.queued == 1 {
		return nil
	}
	return errors.Join(errNotOne, err)
}

// errRecorded ends a query that is called for its statement only; it does not leave this file.
var errRecorded = errors.New("db: called for the statement alone")

// errNotOne is a bug of the caller: a queued method must be a single query.
var errNotOne = errors.New("db: a query of a batch must ask exactly one thing")

// recorder records statements and answers with errRecorded.
type recorder struct {
	batch  *pgx.Batch
	queued int
}

func (l *recorder) queue(sql string, args []any) {
	l.queued++
	l.batch.Queue(sql, args...)
}

func (l *recorder) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	l.queue(sql, args)
	return pgconn.CommandTag{}, errRecorded
}

func (l *recorder) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	l.queue(sql, args)
	return nil, errRecorded
}

func (l *recorder) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	l.queue(sql, args)
	return noRow{errRecorded}
}

// answerer returns the next of the results, once.
type answerer struct {
	results pgx.BatchResults
	given   bool
}

func (a *answerer) give() error {
	if a.given {
		return errNotOne
	}
	a.given = true
	return nil
}

func (a *answerer) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	if err := a.give(); err != nil {
		return pgconn.CommandTag{}, err
	}
	return a.results.Exec()
}

func (a *answerer) Query(context.Context, string, ...any) (pgx.Rows, error) {
	if err := a.give(); err != nil {
		return nil, err
	}
	return a.results.Query()
}

func (a *answerer) QueryRow(context.Context, string, ...any) pgx.Row {
	if err := a.give(); err != nil {
		return noRow{err}
	}
	return a.results.QueryRow()
}

type noRow struct{ err error }

func (r noRow) Scan(...any) error { return r.err }
