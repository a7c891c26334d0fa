package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// shot is a picture whose bytes are in the store.
func shot(hash string) desk.File {
	return desk.File{
		Kind: db.FileKindImage, Name: "shot.png", ContentType: "image/png", Size: 3, BlobHash: &hash, Readable: true,
	}
}

// orders counts the ordered thumbnails of a picture.
func (f fixture) orders(hash string) (n int) {
	f.t.Helper()
	f.scan(&n, "SELECT count(*) FROM river_job WHERE kind = 'make_thumbnail' AND args ->> 'hash' = $1", hash)
	return n
}

func TestAddUpload(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var up db.Attachment
	f.must(f.as(f.ann), func(ctx context.Context, tx *desk.Tx) (err error) {
		up, err = tx.AddUpload(ctx, shot("a1"))
		return err
	})
	if up.MessageID != nil || *up.UploaderID != f.ann.ID || *up.BlobHash != "a1" {
		t.Errorf("the upload is %+v", up)
	}
	if n := f.orders("a1"); n != 1 {
		t.Errorf("%d thumbnails are ordered", n)
	}
}

func TestFillUpload(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var up db.Attachment
	f.must(f.as(f.ann), func(ctx context.Context, tx *desk.Tx) (err error) {
		up, err = tx.AddUpload(ctx, desk.File{Kind: db.FileKindFile, Name: "shot.png"})
		return err
	})
	fill := func(ctx context.Context, tx *desk.Tx) error { return tx.FillUpload(ctx, up.ID, shot("a2")) }
	f.must(desk.System(f.account.ID), fill)
	if n := f.orders("a2"); n != 1 {
		t.Errorf("%d thumbnails are ordered", n)
	}
	if err := f.do(desk.System(f.account.ID), fill); !errors.Is(err, fault.NotFound) {
		t.Errorf("filled twice: %v", err)
	}
}

func TestAThumbnailIsOrderedWithItsMessageOrNotAtAll(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := dbtest.Conversation(t, f.pool, f.inbox, "Pictures")
	broken := shot("b2")
	broken.Readable = false
	post := func(then error, files ...desk.File) error {
		return f.do(f.as(f.ann), func(ctx context.Context, tx *desk.Tx) error {
			_, err := tx.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Files: files})
			return errors.Join(err, then)
		})
	}
	if err := post(nil, shot("b1"), broken); err != nil {
		t.Fatal(err)
	}
	rolledBack := errors.New("rolled back")
	if err := post(rolledBack, shot("b3")); !errors.Is(err, rolledBack) {
		t.Fatal(err)
	}
	if readable, unreadable, undone := f.orders("b1"), f.orders("b2"), f.orders("b3"); readable != 1 || unreadable+undone != 0 {
		t.Errorf("ordered %d for the picture, %d for a broken one, %d for one that was not posted", readable, unreadable, undone)
	}
}
