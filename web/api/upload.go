package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
)

// Upload is a file that came with a request. Its bytes are in the store; nothing refers to them yet.
type Upload struct {
	// Field is the part's name without a trailing [].
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

// storePart streams one part of a multipart body into the store.
func (a *API) storePart(ctx context.Context, part *multipart.Part, field string) (Upload, error) {
	u, err := a.Store(ctx, part, part.FileName(), part.Header.Get("Content-Type"), a.MaxFile)
	u.Field = strings.TrimSuffix(field, "[]")
	return u, err
}

// Store streams bytes into the blob store: at most limit of them, else a failure that says so. A picture is measured,
// and made small for lists. A sender that breaks off is a malformed request, not a fault of ours.
func (a *API) Store(ctx context.Context, r io.Reader, name, declared string, limit int64) (Upload, error) {
	source := &watched{Reader: r}
	b, err := a.Blob.Put(ctx, source, limit)
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
	name = blob.SafeName(name)
	u := Upload{Name: name, Size: b.Size, Hash: b.Hash, ContentType: blob.Type(b.ContentType, declared, name)}
	if blob.KindOf(u.ContentType) == blob.Image {
		if err := a.picture(ctx, &u); err != nil {
			return u, err
		}
	}
	return u, nil
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

// picture measures an image and stores its thumbnail. One that cannot be read stays without both.
func (a *API) picture(ctx context.Context, u *Upload) error {
	r, err := a.Blob.Open(ctx, u.Hash)
	if err != nil {
		return fmt.Errorf("open upload: %w", err)
	}
	defer func() { _ = r.Close() }()
	w, h, err := blob.Dimensions(r)
	if err != nil {
		return nil
	}
	width, height := int32(w), int32(h)
	u.Width, u.Height = &width, &height
	if _, err := r.Seek(0, 0); err != nil {
		return err
	}
	var small bytes.Buffer
	if _, err := a.thumbs.Write(ctx, &small, r); err != nil {
		if errors.Is(err, blob.ErrNoImage) {
			return nil
		}
		return err
	}
	thumb, err := a.Blob.Put(ctx, &small, 0)
	if err != nil {
		return fmt.Errorf("store thumbnail: %w", err)
	}
	u.ThumbHash = &thumb.Hash
	return nil
}
