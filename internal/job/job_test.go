package job_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/job"
)

func TestChainsOfJobsDoNotWaitForThePoll(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	w := &worker{began: make(chan string, 1), hold: func(string) {}}
	r := start(t, pool, w)
	defer func() { _ = r.Stop(t.Context()) }()
	jobs, err := job.NewInserter(pool, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	const links = 20
	var took []time.Duration
	for range links {
		begun := time.Now()
		err := db.Tx(t.Context(), pool, func(tx pgx.Tx) error { return jobs.Insert(t.Context(), tx, note{"next"}) })
		if err != nil {
			t.Fatal(err)
		}
		began(t, w)
		took = append(took, time.Since(begun))
	}
	// Without a notification to the runner, each would wait for a second. On a busy machine some take long anyway.
	slices.Sort(took)
	if took[links/2] > time.Second/2 {
		t.Errorf("jobs, each inserted when the one before began, took %s", took)
	}
}

func TestMachinesWhoseClocksDifferRunEachOthersJobsAtOnce(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"five minutes ahead": 5 * time.Minute, "five minutes behind": -5 * time.Minute} {
		t.Run("inserted by a machine that is "+name, func(t *testing.T) {
			t.Parallel()
			pool := dbtest.New(t)
			w := &worker{began: make(chan string, 1), hold: func(string) {}}
			r := start(t, pool, w)
			defer func() { _ = r.Stop(t.Context()) }()
			clock := db.NewClock(func() time.Time { return time.Now().Add(off) })
			if err := clock.Measure(t.Context(), pool); err != nil {
				t.Fatal(err)
			}
			jobs, err := job.NewInserter(pool, clock.Now)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Tx(t.Context(), pool, func(tx pgx.Tx) error { return jobs.Insert(t.Context(), tx, note{"now"}) }); err != nil {
				t.Fatal(err)
			}
			began(t, w)
			var due time.Duration
			err = pool.QueryRow(t.Context(), "SELECT max(scheduled_at) - now() FROM river_job").Scan(&due)
			if err != nil || due.Abs() > time.Minute {
				t.Errorf("planned for %s from now (%v)", due, err)
			}
		})
	}
}
