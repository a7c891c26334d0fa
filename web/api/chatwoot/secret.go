package chatwoot

import (
	"context"
	"encoding/hex"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/web/api"
)

// newSigningKey creates a key for the signatures of webhooks.
func newSigningKey() db.Secret {
	return db.Secret(hex.EncodeToString(auth.HashToken(auth.NewSecret().Token))[:32])
}

// avatarFile notes the bytes of a picture that came with the request in one of these fields, and gives its hash. It is
// nil where none came.
func avatarFile(ctx context.Context, c *api.Call, t *desk.Tx, fields ...string) (*string, error) {
	files := c.Files(fields...)
	if len(files) == 0 {
		return nil, nil
	}
	f := files[0]
	if blob.KindOf(f.ContentType) != blob.Image {
		return nil, fault.Field("avatar", "Avatar filetype not supported")
	}
	return &f.Hash, keepPicture(ctx, t, f)
}

// keepPicture notes the bytes of a picture, and orders its small version.
func keepPicture(ctx context.Context, t *desk.Tx, f api.Upload) error {
	if t.Account() != 0 { // a user's own is of no account
		err := t.Queries().UpsertBlob(ctx, db.UpsertBlobParams{
			AccountID: t.Account(), Hash: f.Hash, Size: f.Size, ContentType: f.ContentType,
		})
		if err != nil {
			return err
		}
	}
	if !f.Readable {
		return nil
	}
	return t.Enqueue(ctx, job.MakeThumbnail{Hash: f.Hash})
}
