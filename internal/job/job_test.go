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
	jobs, err := job.NewInserter(pool)
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
	// Each would wait for a second, were the runner not told of it. On a busy machine some do take long.
	slices.Sort(took)
	if took[links/2] > time.Second/2 {
		t.Errorf("jobs, each inserted when the one before began, took %s", took)
	}
}
