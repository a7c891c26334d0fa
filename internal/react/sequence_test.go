package react

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/job"
)

func TestSequencer(t *testing.T) {
	t.Parallel()

	t.Run("two sequencers and many writers leave no gap, no double and no event out of its conversation's order", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		accounts := []int64{newAccount(t, pool), newAccount(t, pool)}
		ctx, stop := context.WithCancel(t.Context())
		var running, writing sync.WaitGroup
		one, two := newSequencer(t, pool), newSequencer(t, pool)
		for _, s := range []*Sequencer{one, two} {
			running.Go(func() {
				if err := s.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		const writers, each = 8, 40
		for f := range writers {
			writing.Go(func() {
				for i := range each {
					write(t, pool, accounts[(f+i)%2], int64(1+i%3), i%7 == 0)
					one.Wake()
				}
			})
		}
		writing.Wait()
		waitFor(t, "all events are numbered", func() bool {
			return count(t, pool, "SELECT count(*) FROM events WHERE number IS NULL") == 0
		})
		stop()
		running.Wait()

		for _, account := range accounts {
			total := count(t, pool, "SELECT count(*) FROM events WHERE account_id = $1", account)
			if got := count(t, pool, "SELECT count(DISTINCT number) FROM events WHERE account_id = $1 AND number "+
				"BETWEEN 1 AND $2", account, total); got != total || total == 0 {
				t.Errorf("account %d: %d numbers of 1 to %d", account, got, total)
			}
			if n := count(t, pool, `SELECT count(*) FROM events a JOIN events b USING (account_id, conversation_id)
				WHERE a.account_id = $1 AND a.id < b.id AND a.number > b.number`, account); n != 0 {
				t.Errorf("account %d: %d pairs are out of order", account, n)
			}
			wantCovered(t, pool, account, total)
		}
	})

	t.Run("an event is numbered without a wake, and one that was rolled back leaves no gap", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		account := newAccount(t, pool)
		write(t, pool, account, 1, false)
		write(t, pool, account, 1, true)
		write(t, pool, account, 1, false)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- newSequencer(t, pool).Run(ctx) }()
		waitFor(t, "the poll numbers them", func() bool {
			return count(t, pool, "SELECT count(*) FROM events WHERE number IN (1, 2)") == 2
		})
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})

	t.Run("webhooks begin with what happens from now on, not with history that was imported", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		account := newAccount(t, pool)
		if _, err := pool.Exec(t.Context(), "INSERT INTO event_counters (account_id, number) VALUES ($1, 500)", account); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			write(t, pool, account, 1, false)
			if _, _, err := newSequencer(t, pool).batch(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
		}
		if at := count(t, pool, "SELECT number FROM event_cursors WHERE account_id = $1", account); at != 500 {
			t.Errorf("the cursor stands at %d", at)
		}
	})

	t.Run("a process that hangs with the lock is overcome within ten seconds, and the others do not spin meanwhile", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		silent, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = silent.Rollback(context.Background()) }()
		if mine, err := db.New(silent).TrySequence(t.Context()); err != nil || !mine {
			t.Fatal(mine, err)
		}
		write(t, pool, newAccount(t, pool), 1, false)
		counted, trips := dbtest.CountTrips(t, pool)
		s := newSequencer(t, counted)
		if err := s.drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if made := trips.Take(); len(made) == 0 || len(made) > 30 {
			t.Errorf("it asks for the lock in %d round trips before it leaves it to the poll", len(made))
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		var done sync.WaitGroup
		done.Go(func() { _ = s.Run(ctx) })
		began := time.Now()
		waitFor(t, "the event is numbered", func() bool {
			return count(t, pool, "SELECT count(*) FROM events WHERE number IS NULL") == 0
		})
		t.Logf("after %s", time.Since(began).Round(time.Millisecond))
		stop()
		done.Wait()
	})

	t.Run("a deleted account does not stop the others", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		write(t, pool, 999, 1, false)
		write(t, pool, newAccount(t, pool), 1, false)
		n, mine, err := newSequencer(t, pool).batch(t.Context(), 100)
		if n != 2 || !mine || err != nil {
			t.Errorf("numbered %d, %v, %v", n, mine, err)
		}
	})
}

// wantCovered checks that the jobs' ranges cover 1 to total once each.
func wantCovered(t *testing.T, pool *pgxpool.Pool, account, total int64) {
	t.Helper()
	rows, err := pool.Query(t.Context(), "SELECT args FROM river_job WHERE kind = 'react_events'")
	if err != nil {
		t.Fatal(err)
	}
	args, err := pgx.CollectRows(rows, pgx.RowTo[json.RawMessage])
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int64]int{}
	for _, raw := range args {
		var a job.ReactEvents
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatal(err)
		}
		for n := a.First; a.AccountID == account && n <= a.Last; n++ {
			seen[n]++
		}
	}
	for n := int64(1); n <= total; n++ {
		if seen[n] != 1 {
			t.Errorf("account %d: event %d has %d jobs", account, n, seen[n])
		}
	}
}

func newAccount(t *testing.T, pool *pgxpool.Pool) int64 {
	t.Helper()
	a, err := db.New(pool).InsertAccount(t.Context(), db.InsertAccountParams{Name: "Example", Locale: "en", TimeZone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func newSequencer(t *testing.T, pool *pgxpool.Pool) *Sequencer {
	t.Helper()
	jobs, err := job.NewInserter(pool, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return NewSequencer(pool, jobs, slog.New(slog.DiscardHandler), nil)
}

// write records an event as a verb does: under its conversation's lock. undone rolls it back.
func write(t *testing.T, pool *pgxpool.Pool, account, conversation int64, undone bool) {
	t.Helper()
	err := db.Tx(context.Background(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(context.Background(), "SELECT pg_advisory_xact_lock($1, $2)", account, conversation); err != nil {
			return err
		}
		_, err := db.New(tx).InsertEvent(context.Background(), db.InsertEventParams{
			AccountID: account, Kind: "message.created", ActorKind: db.ActorKindSystem, ConversationID: &conversation,
			Data: json.RawMessage("{}"), CreatedAt: time.Now(),
		})
		if err == nil && undone {
			err = pgx.ErrTxClosed
		}
		return err
	})
	if err != nil && !undone {
		t.Error(err)
	}
}

func count(t *testing.T, pool *pgxpool.Pool, query string, args ...any) (n int64) {
	t.Helper()
	if err := pool.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// waitFor polls until ok, and fails the test if that takes too long.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("in vain: %s", what)
}
