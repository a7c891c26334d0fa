package web

import (
	"bytes"
	"errors"
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/contactfile"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/mimetext"
	"github.com/parleydesk/parley/views"
)

const (
	// importsOnPage is how many imports the page lists.
	importsOnPage = 20
	// importPreview is how many rows of a file are shown before it is imported.
	importPreview = 20
)

// contactImportsPage takes a file of contacts, and lists the imports so far.
func (a *App) contactImportsPage(c echo.Context) error {
	return a.showContactImports(c, http.StatusOK, nil)
}

func (a *App) showContactImports(c echo.Context, status int, invalid fault.Fields) error {
	f, err := a.frame(c, "Import contacts", "contacts")
	if err != nil {
		return err
	}
	rows, err := a.q.ListContactImports(c.Request().Context(), db.ListContactImportsParams{
		AccountID: f.AccountID, Kind: "import", BeforeID: math.MaxInt64, PageSize: importsOnPage,
	})
	if err != nil {
		return err
	}
	return render(c, status, views.ContactImportsPage(f, views.ContactImports{Rows: rows, Invalid: invalid}))
}

// uploadContacts keeps a file as a draft, and leads to the page that shows it.
func (a *App) uploadContacts(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c)
	if c.Request().ContentLength > contactfile.MaxBytes+maxFields {
		c.Response().Header().Set("Connection", "close")
		return a.showContactImports(c, http.StatusUnprocessableEntity, fault.Field("file", "The file is too large: at most 5 MB are taken"))
	}
	_, files, err := a.readForm(c)
	if err != nil {
		return err
	}
	if len(files) != 1 || files[0].BlobHash == nil || files[0].Size == 0 {
		return a.showContactImports(c, http.StatusUnprocessableEntity, fault.Field("file", "Choose a file first, one that is not empty"))
	}
	var row db.ContactImport
	err = a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) (err error) {
		row, err = contactfile.Add(ctx, t, contactfile.Upload{
			Hash: *files[0].BlobHash, ContentType: files[0].ContentType, Size: files[0].Size,
		})
		return err
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.ContactImport(me.Scope.AccountID, row.ID))
}

// contactImportPage shows the first rows of a draft as they will be stored, or how an import went.
func (a *App) contactImportPage(c echo.Context) error {
	row, err := a.contactImport(c)
	if err != nil {
		return err
	}
	o := contactfile.Options{Charset: c.QueryParam("charset"), Separator: c.QueryParam("separator")}
	return a.showContactImport(c, http.StatusOK, row, o)
}

// contactImport is the import in the path.
func (a *App) contactImport(c echo.Context) (db.ContactImport, error) {
	id, err := pathID(c, "id")
	if err != nil {
		return db.ContactImport{}, err
	}
	row, err := a.q.GetContactImport(c.Request().Context(), viewerOf(c).Scope.AccountID, id)
	if err == nil && row.Kind != "import" {
		err = fault.NotFound
	}
	return row, err
}

func (a *App) showContactImport(c echo.Context, status int, row db.ContactImport, o contactfile.Options) error {
	v := views.ContactImport{Row: row, Charset: o.Charset, Separator: o.Separator, Charsets: mimetext.Charsets()}
	if row.State == "draft" {
		if err := a.previewContacts(c, &v, o); err != nil {
			return err
		}
	}
	f, err := a.frame(c, "Import contacts", "contacts")
	if err != nil {
		return err
	}
	return render(c, status, views.ContactImportPage(f, v))
}

func (a *App) previewContacts(c echo.Context, v *views.ContactImport, o contactfile.Options) error {
	ctx := c.Request().Context()
	err := contactfile.Show(ctx, a.blobs, v.Row, o, func(t *contactfile.Table) error {
		v.Charset, v.Separator, v.Total = t.Charset, t.Separator, t.Rows
		rows, err := t.Preview(ctx, a.desk, viewerOf(c).Actor(), importPreview)
		for _, r := range rows {
			v.Rows = append(v.Rows, views.ImportRow{Line: r.Row.Line, Known: r.Stored.Known, Contact: r.Stored.Contact, Reason: r.Reason})
		}
		return err
	})
	if invalid := (*contactfile.Error)(nil); errors.As(err, &invalid) {
		v.Problem = invalid.Error()
		return nil
	}
	return err
}

// importContacts imports a draft as its page showed it.
func (a *App) importContacts(c echo.Context) error {
	row, err := a.contactImport(c)
	if err != nil {
		return err
	}
	ctx, me := c.Request().Context(), viewerOf(c)
	o := contactfile.Options{Charset: c.FormValue("charset"), Separator: c.FormValue("separator")}
	if row.State == "draft" && o.Check() != nil {
		return a.showContactImport(c, http.StatusUnprocessableEntity, row, o)
	}
	err = a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error { return contactfile.Confirm(ctx, t, row.ID, o) })
	if errors.Is(err, fault.NotFound) { // confirmed twice
		err = nil
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.ContactImport(me.Scope.AccountID, row.ID))
}

// contactImportFailures downloads the rows that an import refused, each with the reason.
func (a *App) contactImportFailures(c echo.Context) error {
	row, err := a.contactImport(c)
	if err != nil {
		return err
	}
	if row.Failed == 0 {
		return fault.NotFound
	}
	ctx := c.Request().Context()
	var file bytes.Buffer
	err = contactfile.Show(ctx, a.blobs, row, contactfile.Options{}, func(t *contactfile.Table) error {
		return t.WriteFailures(ctx, &file, a.q, row)
	})
	if err != nil {
		return err
	}
	blob.Attach(c.Response().Header(), "failures.csv")
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}
