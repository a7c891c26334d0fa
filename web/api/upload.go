package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
)

// Upload is a file of a request. Its bytes are in the blob store, and no row refers to them yet.
type Upload struct {
	// Field is the part's name without a trailing [] or [0].
	Field       string
	Name        string
	ContentType string
	Size        int64
	Hash        string
	Width       *int32
	Height      *int32
	// Readable marks a picture of which a thumbnail can be made.
	Readable bool
}

// Files returns the uploads of these fields in the order in which they were sent. Call Read first.
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

// File returns the upload as an attachment of a new message.
func (u Upload) File() desk.File {
	return desk.File{
		Kind:        db.FileKind(blob.KindOf(u.ContentType)),
		Name:        u.Name,
		ContentType: u.ContentType,
		Size:        u.Size,
		BlobHash:    &u.Hash,
		Width:       u.Width,
		Height:      u.Height,
		Readable:    u.Readable,
	}
}

// listField matches the end of a list's field name: attachments[] or, from some clients, attachments[0].
var listField = regexp.MustCompile(`\[\d*\]$`)

// storePart streams one part of a multipart body into the store.
func (a *API) storePart(ctx context.Context, body io.Reader, field, name, declared string) (Upload, error) {
	u, err := a.Store(ctx, body, name, declared, a.MaxFile)
	u.Field = listField.ReplaceAllString(field, "")
	return u, err
}

// Store streams bytes into the blob store. It fails if there are more than limit, or if the sender ends early, which is a
// malformed request. A picture is measured; a job makes its thumbnail.
func (a *API) Store(ctx context.Context, r io.Reader, name, declared string, limit int64) (Upload, error) {
	source := &watched{Reader: r}
	got, err := blob.Intake{Store: a.Blob, Limit: limit}.Take(ctx, source, name, declared)
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
		Name:        got.Name,
		Size:        got.Size,
		Hash:        got.Hash,
		ContentType: got.ContentType,
		Width:       got.Width,
		Height:      got.Height,
		Readable:    got.Readable,
	}, nil
}

// watched remembers an error of reading, so that a failure of the sender and one of the store can be told apart.
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
