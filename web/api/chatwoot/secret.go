package chatwoot

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// newSigningKey makes a key for the signatures of webhooks.
func newSigningKey() db.Secret {
	return db.Secret(hex.EncodeToString(auth.HashToken(auth.NewSecret().Token))[:32])
}

// withoutSecrets is an object of settings without what lets one in elsewhere, at any depth: it is written, and never
// told.
func withoutSecrets(raw json.RawMessage) json.RawMessage {
	set := map[string]any{}
	if db.Decode(raw, &set) != nil {
		return json.RawMessage("{}")
	}
	dropSecrets(set)
	clean, err := json.Marshal(set)
	if err != nil {
		return json.RawMessage("{}")
	}
	return clean
}

func dropSecrets(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if isSecret(name) {
				delete(v, name)
				continue
			}
			dropSecrets(inner)
		}
	case []any:
		for _, inner := range v {
			dropSecrets(inner)
		}
	}
}

// isSecret goes by the words that such settings are called by.
func isSecret(name string) bool {
	name = strings.ToLower(name)
	return name == "key" || slices.ContainsFunc([]string{"password", "secret", "token", "api_key", "apikey", "credential", "private"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}

// avatarFile notes the bytes of a picture that came with the request in one of these fields, and gives its hash: the
// small version where there is one. Nil where none came.
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
	if t.Account() == 0 { // a user's own: of no account
		return &hash, nil
	}
	return &hash, t.Queries().UpsertBlob(ctx, db.UpsertBlobParams{AccountID: t.Account(), Hash: hash, Size: f.Size, ContentType: f.ContentType})
}
