package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"regexp"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
)

// Upload is a file that came with a request. Its bytes are in the store; nothing refers to them yet.
type Upload struct {
	// Field is the part's name without a trailing [] or [0].
	Field       string
	Name        string
	ContentType string
	Size        int64
	Hash        string
	ThumbHash   *string
	Width       *int32
	Height      *int32
}

// Files are the uploads of these fields, in the order in which they came. Call Read first.
func (c *Call) Files(fields ...string) []Upload {
	if c.input == nil {
		return nil
	}
	var found []Upload
	for _, u := range c.input.files {
		if slices.Contains(fields, u.Field) {
			found = append(found, u)
		}
	}
	return found
}

// File is the upload as a draft's attachment.
func (u Upload) File() desk.File {
	return desk.File{
		Kind: db.FileKind(blob.KindOf(u.ContentType)), Name: u.Name, ContentType: u.ContentType, Size: u.Size,
		BlobHash: &u.Hash, ThumbHash: u.ThumbHash, Width: u.Width, Height: u.Height,
	}
}

// listField is how the field of a list ends: attachments[] or, from some clients, attachments[0].
var listField = regexp.MustCompile(`\[\d*\]$`)

// storePart streams one part of a multipart body into the store.
func (a *API) storePart(ctx context.Context, part *multipart.Part, field string) (Upload, error) {
	u, err := a.Store(ctx, part, part.FileName(), part.Header.Get("Content-Type"), a.MaxFile)
	u.Field = listField.ReplaceAllString(field, "")
	return u, err
}

// Store streams bytes into the blob store: at most limit of them, else a failure that says so. A picture is measured,
// and made small for lists. A sender that breaks off is a malformed request, not a fault of ours.
func (a *API) Store(ctx context.Context, r io.Reader, name, declared string, limit int64) (Upload, error) {
	source := &watched{Reader: r}
	got, err := blob.Intake{Store: a.Blob, Thumbs: a.thumbs, Limit: limit}.Take(ctx, source, name, declared)
	if err != nil {
		var large blob.TooLarge
		switch {
		case errors.As(err, &large), errors.Is(err, context.Canceled):
			return Upload{}, err
		case source.err != nil:
			return Upload{}, unreadable(source.err)
		}
		return Upload{}, fmt.Errorf("store upload: %w", err)
	}
	return Upload{
		Name: got.Name, Size: got.Size, Hash: got.Hash, ContentType: got.ContentType, ThumbHash: got.Thumb, Width: got.Width, Height: got.Height,
	}, nil
}

// watched remembers that reading failed, to tell the sender's failure from the store's.
type watched struct {
	io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
