package web

import (
	"io"
	"net/http"
	"strings"

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

// thumb answers with a picture's thumbnail, or with the picture itself if it has none.
func (a *App) thumb(c echo.Context) error {
	f, err := a.q.GetAttachmentByKey(c.Request().Context(), c.Param("key"))
	if err != nil {
		return err
	}
	switch {
	case f.ThumbHash != nil:
		return a.serveBlob(c, *f.ThumbHash, "thumb", "")
	case f.BlobHash != nil && strings.HasPrefix(f.ContentType, "image/"):
		return a.serveBlob(c, *f.BlobHash, f.Name, f.ContentType)
	}
	return fault.NotFound
}

// avatar answers with the picture of a user, a contact, an inbox or a bot. Only pictures are served by their hash.
func (a *App) avatar(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return a.serveBlob(c, c.Param("hash"), "avatar", "")
}

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
