package web

import (
	"context"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
)

const (
	// MaxFile is the largest file that is taken.
	MaxFile = 40 << 20
	// maxFields limits the fields of a form without its files: three times the longest message.
	maxFields = 1 << 20
)

// upload takes one file for a message that is still being written, and answers with its chip.
func (a *App) upload(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	if c.Request().ContentLength > MaxFile+maxFields {
		return tooLarge(c) // its declared size is too large
	}
	_, files, err := a.readForm(c)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return fault.Field("file", "Send one file at a time.")
	}
	f := files[0]
	var up db.Attachment
	err = a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) (err error) {
		up, err = t.AddUpload(ctx, f)
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusCreated, views.Chip(v.Scope.AccountID, up))
}

// dropUpload deletes a file that was uploaded and not sent. Deleting twice is no error.
func (a *App) dropUpload(c echo.Context) error {
	v := viewerOf(c)
	_, err := a.q.DeleteUpload(c.Request().Context(), db.DeleteUploadParams{
		AccountID:  v.Scope.AccountID,
		Key:        c.Param("key"),
		UploaderID: v.ID,
	})
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// tooLarge refuses a body and closes the connection, so that nobody reads the rest.
func tooLarge(c echo.Context) error {
	c.Response().Header().Set("Connection", "close")
	return blob.TooLarge{Limit: MaxFile}
}

// store saves a file and returns what is known of it.
func (a *App) store(ctx context.Context, p io.Reader, name, declared string) (desk.File, error) {
	got, err := blob.Intake{Store: a.blobs, Limit: MaxFile}.Take(ctx, p, name, declared)
	return desk.File{
		Name: got.Name, Size: got.Size, BlobHash: &got.Hash, ContentType: got.ContentType, Kind: db.FileKind(got.Kind),
		Width: got.Width, Height: got.Height, Readable: got.Readable,
	}, err
}
