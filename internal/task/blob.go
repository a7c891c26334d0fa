package task

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
)

const (
	// blobGrace is how long bytes are kept that nothing refers to: far longer than any upload needs to get its row.
	blobGrace = 24 * time.Hour
	blobBatch = 500
)

// sweepWorker has more time than other tasks: a part of a large store takes long to list.
type sweepWorker struct {
	river.WorkerDefaults[job.SweepBlobs]
	tasks *Tasks
}

func (w *sweepWorker) Timeout(*river.Job[job.SweepBlobs]) time.Duration { return 30 * time.Minute }

func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[job.SweepBlobs]) error {
	return w.tasks.sweepBlobs(ctx, w.tasks.now())
}

// sweepBlobs looks at a twenty-fourth of the store, by the hour of the day: each blob comes up once a day.
func (c *Tasks) sweepBlobs(ctx context.Context, now time.Time) error {
	if _, err := c.blob.Sweep(ctx, blobGrace); err != nil {
		return err
	}
	before := now.Add(-blobGrace)
	for first := now.UTC().Hour(); first < 256; first += 24 {
		old, err := c.blob.Old(ctx, byte(first), before)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(old, blobBatch) {
			if err := c.sweepSome(ctx, some, before); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweepSome deletes those of some old blobs that nothing refers to. The row goes first, then the bytes. An upload of the
// same bytes meanwhile renews both before it refers to them: its row is not deleted, and its bytes do not expire.
func (c *Tasks) sweepSome(ctx context.Context, hashes []string, before time.Time) error {
	needed, err := c.q.ListNeededBlobs(ctx, hashes)
	if err != nil {
		return err
	}
	in := func(list []string) func(string) bool {
		return func(hash string) bool { return slices.Contains(list, hash) }
	}
	loose := slices.DeleteFunc(slices.Clone(hashes), in(needed))
	if len(loose) == 0 {
		return nil
	}
	var kept []string
	err = db.Tx(ctx, c.pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		if err := q.DeleteUnusedBlobs(ctx, loose, before); err != nil {
			return err
		}
		kept, err = q.ListKeptBlobs(ctx, loose)
		return err
	})
	if db.IsMissing(err) {
		return nil // something has referred to one of them just now: tomorrow
	}
	if err != nil {
		return err
	}
	for _, hash := range slices.DeleteFunc(loose, in(kept)) {
		if _, err := c.blob.Expire(ctx, hash, before); err != nil {
			return err
		}
	}
	return nil
}
