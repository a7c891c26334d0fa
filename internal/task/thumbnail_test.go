package task

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/job"
)

func TestMakeThumbnail(t *testing.T) {
	t.Parallel()
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, 600, 300))); err != nil {
		t.Fatal(err)
	}
	put := func(t *testing.T, f *fixture, content []byte) string {
		t.Helper()
		b, err := f.tasks.blob.Put(t.Context(), bytes.NewReader(content), 0)
		if err != nil {
			t.Fatal(err)
		}
		return b.Hash
	}
	work := func(ctx context.Context, f *fixture, hash string, attempt int) error {
		return (&thumbnailWorker{tasks: f.tasks}).Work(ctx, &river.Job[job.MakeThumbnail]{
			JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: 3}, Args: job.MakeThumbnail{Hash: hash},
		})
	}

	t.Run("makes it small once, however often it is asked", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hash := put(t, f, drawn.Bytes())
		for range 2 {
			if err := work(t.Context(), f, hash, 1); err != nil {
				t.Fatal(err)
			}
		}
		row, err := f.q.FindThumbnail(t.Context(), hash)
		if err != nil || row.ThumbHash == nil {
			t.Fatalf("%+v, %v", row, err)
		}
		r, err := f.tasks.blob.Open(t.Context(), *row.ThumbHash)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		if w, _, err := blob.Dimensions(r); err != nil || w != blob.ThumbnailWidth {
			t.Errorf("%d wide, %v", w, err)
		}
	})

	t.Run("a broken picture is noted and not tried again", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hash := put(t, f, drawn.Bytes()[:drawn.Len()/2])
		if err := work(t.Context(), f, hash, 1); err != nil {
			t.Fatal(err)
		}
		if row, err := f.q.FindThumbnail(t.Context(), hash); err != nil || row.ThumbHash != nil {
			t.Errorf("%+v, %v", row, err)
		}
	})

	t.Run("a picture that was deleted meanwhile is no error, and leaves nothing", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hash := put(t, f, drawn.Bytes())
		if err := f.tasks.blob.Delete(t.Context(), hash); err != nil {
			t.Fatal(err)
		}
		if err := work(t.Context(), f, hash, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := f.q.FindThumbnail(t.Context(), hash); !db.IsNone(err) {
			t.Errorf("noted: %v", err)
		}
	})

	t.Run("one that takes too long is tried again, and given up after the last try", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hash := put(t, f, drawn.Bytes())
		f.tasks.thumbs = blob.NewThumbnailer(1).Within(0)
		if err := work(t.Context(), f, hash, 1); err == nil {
			t.Error("given up at the first try")
		}
		if err := work(t.Context(), f, hash, 3); err != nil {
			t.Errorf("the last try: %v", err)
		}
		if row, err := f.q.FindThumbnail(t.Context(), hash); err != nil || row.ThumbHash != nil {
			t.Errorf("%+v, %v", row, err)
		}
	})
}
