package job_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/job"
)

const patience = time.Minute

// note is a job for these tests.
type note struct {
	Text string `json:"text"`
}

func (note) Kind() string { return "write_note" }

// worker tells which notes it was given, and works for as long as it is told to.
type worker struct {
	river.WorkerDefaults[note]
	began chan string
	hold  func(text string)
}

func (w *worker) Work(_ context.Context, j *river.Job[note]) error {
	w.began <- j.Args.Text
	w.hold(j.Args.Text)
	return nil
}

func start(t *testing.T, pool *pgxpool.Pool, w *worker) *job.Runner {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	r, err := job.NewRunner(pool, workers, nil, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return r
}

func insert(t *testing.T, pool *pgxpool.Pool, texts ...string) {
	t.Helper()
	jobs, err := job.NewInserter(pool, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	args := make([]job.Args, len(texts))
	for n, text := range texts {
		args[n] = note{text}
	}
	if err := db.Tx(t.Context(), pool, func(tx pgx.Tx) error { return jobs.InsertMany(t.Context(), tx, args) }); err != nil {
		t.Fatal(err)
	}
}

func began(t *testing.T, w *worker) string {
	t.Helper()
	select {
	case text := <-w.began:
		return text
	case <-time.After(patience):
		t.Fatal("no job began")
	}
	return ""
}

func TestOrphans(t *testing.T) {
	t.Parallel()

	t.Run("a job of a process that died runs again with the next start", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		insert(t, pool, "orphan")
		_, err := pool.Exec(t.Context(),
			"UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = '{parley_ghost}'")
		if err != nil {
			t.Fatal(err)
		}
		w := &worker{began: make(chan string, 10), hold: func(string) {}}
		r := start(t, pool, w)
		if got := began(t, w); got != "orphan" {
			t.Errorf("%s ran", got)
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})

	t.Run("a job of a process that lives is left to it", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		release := make(chan struct{})
		var times atomic.Int32
		w := &worker{began: make(chan string, 10), hold: func(text string) {
			if text == "long" {
				times.Add(1)
				<-release
			}
		}}
		insert(t, pool, "long")
		one := start(t, pool, w)
		began(t, w)
		two := start(t, pool, w) // it has looked for orphans when this returns
		insert(t, pool, "short")
		if got := began(t, w); got != "short" {
			t.Errorf("%s ran", got)
		}
		close(release)
		for _, r := range []*job.Runner{two, one} {
			if err := r.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if n := times.Load(); n != 1 {
			t.Errorf("it ran %d times", n)
		}
	})
}
