package web

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/fault"
)

// file answers with an attachment's bytes. The key is the permission: it cannot be guessed, and ends when its row is
// deleted.
func (a *App) file(c echo.Context) error {
	f, err := a.q.GetAttachmentByKey(c.Request().Context(), c.Param("key"))
	if err != nil {
		return err
	}
	if f.BlobHash == nil {
		return fault.NotFound
	}
	if c.QueryParam("download") != "" {
		blob.Attach(c.Response().Header(), f.Name)
	}
	return a.serveBlob(c, *f.BlobHash, f.Name, f.ContentType)
}

const (
	// maxPlain bounds the bytes of a picture that is served in place of its thumbnail, and maxPlainPixels its size: the
	// reader's browser decodes it.
	maxPlain       = 4 << 20
	maxPlainPixels = 24_000_000
)

// thumb answers with a picture's thumbnail. Until a job has made it, and where none can be made, that is the picture
// itself, or a grey square where the picture is large or was refused.
func (a *App) thumb(c echo.Context) error {
	row, err := a.q.GetThumbnailByKey(c.Request().Context(), c.Param("key"))
	if err != nil {
		return err
	}
	f := row.Attachment
	switch {
	case row.ThumbHash != nil:
		return a.serveBlob(c, *row.ThumbHash, "thumb", "")
	case f.BlobHash == nil || !strings.HasPrefix(f.ContentType, "image/"):
		return fault.NotFound
	case row.Tried || f.Size > maxPlain || f.Width != nil && f.Height != nil && int64(*f.Width)*int64(*f.Height) > maxPlainPixels:
		return placeholder(c)
	}
	c.Response().Header().Set("Cache-Control", "private, no-cache") // the thumbnail will have the same address
	return a.serveBlob(c, *f.BlobHash, f.Name, f.ContentType)
}

// avatar answers with the picture of a user, a contact, an inbox or a bot, small if that is made. A hash that is the
// picture of nobody answers 404: knowing a file must not tell whether it is stored here.
func (a *App) avatar(c echo.Context) error {
	hash := c.Param("hash")
	row, err := a.q.GetAvatar(c.Request().Context(), hash)
	if err != nil {
		return err
	}
	switch {
	case !row.Shown:
		return fault.NotFound
	case row.ThumbHash != nil:
		c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		return a.serveBlob(c, *row.ThumbHash, "avatar", "")
	case row.Tried:
		return placeholder(c)
	}
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	return a.serveBlob(c, hash, "avatar", "")
}

// placeholder answers with a grey square, which nobody keeps.
func placeholder(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "image/png", greySquare())
}

// greySquare is a PNG of 64 × 64: some clients show no SVG.
var greySquare = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	square := image.NewPaletted(image.Rect(0, 0, 64, 64), color.Palette{color.Gray{0xDD}})
	if err := png.Encode(&out, square); err != nil {
		panic(err) // a buffer takes everything
	}
	return out.Bytes()
})

// serveBlob answers with a blob. Without a content type it must be a picture, whose first bytes give the type.
func (a *App) serveBlob(c echo.Context, hash, name, contentType string) error {
	content, err := a.blobs.Open(c.Request().Context(), hash)
	if err != nil {
		return err
	}
	defer content.Close()
	if contentType == "" {
		var first [512]byte
		n, err := io.ReadFull(content, first[:])
		if err != nil && err != io.ErrUnexpectedEOF {
			return err
		}
		if contentType = http.DetectContentType(first[:n]); !strings.HasPrefix(contentType, "image/") {
			return fault.NotFound
		}
		if _, err := content.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	h := c.Response().Header()
	h.Set("ETag", `"`+hash[:min(len(hash), 32)]+`"`)
	h.Del("X-Frame-Options") // a PDF is shown in a frame of ours; blob.Serve's policy says whose
	blob.Serve(c.Response(), c.Request(), content, name, contentType)
	return nil
}
