package web

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
)

// picture stores a PNG of a width, and notes it as the upload of an agent.
func (h *fixture) picture(width int) db.Attachment {
	h.Helper()
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, width, 10))); err != nil {
		h.Fatal(err)
	}
	f, err := h.app.store(h.Context(), &drawn, "shot.png", "image/png")
	if err != nil {
		h.Fatal(err)
	}
	var up db.Attachment
	err = h.app.desk.Do(h.Context(), dbtest.Actor(h, h.pool, h.account, h.agent), func(t *desk.Tx) (err error) {
		up, err = t.AddUpload(h.Context(), f)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return up
}

// widthOf is the width of the picture in an answer.
func widthOf(t *testing.T, got *httptest.ResponseRecorder) int {
	t.Helper()
	c, _, err := image.DecodeConfig(got.Body)
	if err != nil {
		t.Fatal(got.Code, err)
	}
	return c.Width
}

func TestTheAddressOfAThumbnailIsValidBeforeItIsMade(t *testing.T) {
	t.Parallel()
	h := setup(t)
	up := h.picture(600)
	small, large := h.picture(20), h.picture(700)
	if _, err := h.pool.Exec(t.Context(), "UPDATE attachments SET size = $1 WHERE id = $2", maxPlain+1, large.ID); err != nil {
		t.Fatal(err)
	}
	of := func(f db.Attachment) *httptest.ResponseRecorder {
		return h.nobody().get(link.Thumb(f.Key)).status(200).ResponseRecorder
	}

	if got := of(up); widthOf(t, got) != 600 || got.Header().Get("Cache-Control") != "private, no-cache" {
		t.Errorf("before: %v", got.Header())
	}
	if got := of(large); widthOf(t, got) != 64 || got.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a large one: %v", got.Header())
	}
	if err := h.q.SetThumbnail(t.Context(), *up.BlobHash, small.BlobHash); err != nil {
		t.Fatal(err)
	}
	if got := of(up); widthOf(t, got) != 20 {
		t.Error("the thumbnail is not served")
	}
	if err := h.q.SetThumbnail(t.Context(), *small.BlobHash, nil); err != nil {
		t.Fatal(err)
	}
	if got := of(small); widthOf(t, got) != 64 {
		t.Error("a picture that was refused is served to browsers")
	}
}

func TestAnAvatarIsServedOnlyWhereSomeoneHasIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	known, small := h.picture(600), h.picture(20)
	of := func() *httptest.ResponseRecorder {
		return h.nobody().get(link.Avatar(*known.BlobHash)).ResponseRecorder
	}
	if got := of(); got.Code != http.StatusNotFound {
		t.Errorf("a stored picture of nobody: %d", got.Code)
	}
	for owner, query := range map[string]string{
		"user":    "UPDATE users SET avatar_hash = $1",
		"contact": "INSERT INTO contacts (account_id, name, avatar_hash) SELECT id, 'Vi', $1 FROM accounts",
		"inbox":   "UPDATE inboxes SET avatar_hash = $1",
		"bot":     "INSERT INTO agent_bots (account_id, name, secret, avatar_hash) SELECT id, 'Robo', 'x', $1 FROM accounts",
	} {
		if _, err := h.pool.Exec(t.Context(), query, *known.BlobHash); err != nil {
			t.Fatal(owner, err)
		}
		if got := of(); got.Code != http.StatusOK || widthOf(t, got) != 600 || strings.Contains(got.Header().Get("Cache-Control"), "public") {
			t.Errorf("the picture of a %s: %d %v", owner, got.Code, got.Header())
		}
		_, err := h.pool.Exec(t.Context(), `
			WITH u AS (UPDATE users SET avatar_hash = NULL), k AS (UPDATE contacts SET avatar_hash = NULL),
				b AS (UPDATE agent_bots SET avatar_hash = NULL)
			UPDATE inboxes SET avatar_hash = NULL`)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.q.SetUserPicture(t.Context(), known.BlobHash, h.agent.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.q.SetThumbnail(t.Context(), *known.BlobHash, small.BlobHash); err != nil {
		t.Fatal(err)
	}
	if got := of(); widthOf(t, got) != 20 || !strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("small: %v", got.Header())
	}
}
