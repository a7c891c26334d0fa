package task

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/job"
)

type thumbnailWorker struct {
	river.WorkerDefaults[job.MakeThumbnail]
	tasks *Tasks
}

// Timeout is far above what the largest picture takes, with the time in the queue for the decoder.
func (w *thumbnailWorker) Timeout(*river.Job[job.MakeThumbnail]) time.Duration { return time.Minute }

// Work makes the small version once. A picture that cannot be read is noted and not tried again, and so is one that
// took too long at the last try.
func (w *thumbnailWorker) Work(ctx context.Context, j *river.Job[job.MakeThumbnail]) error {
	err := w.tasks.makeThumbnail(ctx, j.Args.Hash)
	slow := errors.Is(err, context.DeadlineExceeded) && j.Attempt >= j.MaxAttempts
	switch {
	case errors.Is(err, blob.ErrNoImage) || slow:
		w.tasks.log.Debug("no thumbnail", "err", err)
		return w.tasks.q.SetThumbnail(context.WithoutCancel(ctx), j.Args.Hash, nil)
	case errors.Is(err, fs.ErrNotExist):
		return nil // deleted meanwhile
	}
	return err
}

// makeThumbnail does nothing for a picture that was tried before: the same bytes may come many times.
func (c *Tasks) makeThumbnail(ctx context.Context, hash string) error {
	if _, err := c.q.FindThumbnail(ctx, hash); !db.IsNone(err) {
		return err
	}
	thumb, err := c.small(ctx, hash)
	if err != nil {
		return err
	}
	return c.q.SetThumbnail(ctx, hash, &thumb)
}

// small stores the small version of a stored picture, and returns its hash.
func (c *Tasks) small(ctx context.Context, hash string) (string, error) {
	r, err := c.blob.Open(ctx, hash)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	var small bytes.Buffer
	if _, err := c.thumbs.Write(ctx, &small, r); err != nil {
		return "", err
	}
	thumb, err := c.blob.Put(ctx, &small, 0)
	if err != nil {
		return "", fmt.Errorf("store a thumbnail: %w", err)
	}
	return thumb.Hash, nil
}
