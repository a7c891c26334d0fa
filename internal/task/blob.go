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
	// blobGrace is how long bytes to which nothing refers are kept. It is far longer than an upload needs to get its
	// row.
	blobGrace = 24 * time.Hour
	blobBatch = 500
)

// sweepWorker has more time than other tasks, because listing a part of a large store takes long.
type sweepWorker struct {
	river.WorkerDefaults[job.SweepBlobs]
	tasks *Tasks
}

func (w *sweepWorker) Timeout(*river.Job[job.SweepBlobs]) time.Duration { return 30 * time.Minute }

func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[job.SweepBlobs]) error {
	return w.tasks.sweepBlobs(ctx, w.tasks.now())
}

// sweepBlobs checks a twenty-fourth of the store, by the hour of the day, so that it checks each blob once a day.
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

// sweepSome deletes those of some old blobs to which nothing refers: first the row, then the bytes. A concurrent upload
// of the same bytes renews both before it refers to them, so that the row is not deleted and the bytes do not expire.
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
		if err := q.DeleteUnusedThumbnails(ctx, loose); err != nil {
			return err
		}
		kept, err = q.ListKeptBlobs(ctx, loose)
		return err
	})
	if db.IsMissing(err) {
		return nil // something refers to one of them since a moment ago: try again tomorrow
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
