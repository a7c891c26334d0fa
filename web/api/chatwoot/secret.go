package chatwoot

import (
	"context"
	"encoding/hex"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// newSigningKey creates a key for the signatures of webhooks.
func newSigningKey() db.Secret {
	return db.Secret(hex.EncodeToString(auth.HashToken(auth.NewSecret().Token))[:32])
}

// avatarFile adds the blob of a picture in one of these fields of the request, and returns the hash of its thumbnail
// or, without one, of the picture. It returns nil if there is none.
func avatarFile(ctx context.Context, c *api.Call, t *desk.Tx, fields ...string) (*string, error) {
	files := c.Files(fields...)
	if len(files) == 0 {
		return nil, nil
	}
	f := files[0]
	if blob.KindOf(f.ContentType) != blob.Image {
		return nil, fault.Field("avatar", "Avatar filetype not supported")
	}
	hash := f.Hash
	if f.ThumbHash != nil {
		hash = *f.ThumbHash
	}
	if t.Account() == 0 { // a user's own picture, in no account
		return &hash, nil
	}
	return &hash, t.Queries().UpsertBlob(ctx, db.UpsertBlobParams{
		AccountID:   t.Account(),
		Hash:        hash,
		Size:        f.Size,
		ContentType: f.ContentType,
	})
}
