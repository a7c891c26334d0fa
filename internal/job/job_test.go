package job_test

import (
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
	begun := time.Now()
	for range links {
		err := db.Tx(t.Context(), pool, func(tx pgx.Tx) error { return jobs.Insert(t.Context(), tx, note{"next"}) })
		if err != nil {
			t.Fatal(err)
		}
		began(t, w)
	}
	// Each would wait for a second, were the runner not told of it.
	if took := time.Since(begun); took > links*time.Second/3 {
		t.Errorf("%d jobs, each inserted when the one before began, took %s", links, took)
	}
}
