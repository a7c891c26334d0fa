package chatwoot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/contactfile"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/filter"
)

// Imports and exports of contacts. A job reads or writes the file. By the contract a mail brings a link to an export;
// here the endpoints imports and exports, which are additions, list the files.
func (h *handlers) contactFileRoutes() []api.Route {
	return []api.Route{
		api.Post(contactsPath+"/import", api.Admin, h.importContacts),
		api.Post(contactsPath+"/import/preview", api.Admin, h.previewImport),
		api.Post(contactsPath+"/export", api.Admin, h.exportContacts),
		api.Get(contactsPath+"/imports", api.Admin, h.listImports),
		api.Get(contactsPath+"/imports/:import/failures", api.Admin, h.downloadFailures),
		api.Get(contactsPath+"/exports", api.Admin, h.listExports),
		api.Get(contactsPath+"/exports/:export", api.Admin, h.downloadExport),
	}
}

const (
	kindImport = "import"
	kindExport = "export"
)

// importContacts accepts a CSV file whose first line has the names of the columns.
func (h *handlers) importContacts(c *api.Call) error {
	file, o, err := readImport(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := contactfile.Add(ctx, t, contactfile.Upload{Hash: file.Hash, Size: file.Size, ContentType: file.ContentType})
		if err != nil {
			return nil, err
		}
		return api.Empty(), contactfile.Confirm(ctx, t, row.ID, o)
	})
}

// readImport reads a file of contacts, and how it is to be read.
func readImport(c *api.Call) (file api.Upload, o contactfile.Options, err error) {
	var in struct {
		Charset   api.Text `json:"charset"`
		Separator api.Text `json:"separator"`
	}
	if err := c.Read(&in); err != nil {
		return file, o, err
	}
	o = contactfile.Options{Charset: in.Charset.Value, Separator: in.Separator.Value}
	if err := o.Check(); err != nil {
		return file, o, err
	}
	files := c.Files("import_file")
	if len(files) == 0 || files[0].Size == 0 {
		return file, o, api.Unprocessable("File is blank")
	}
	return files[0], o, nil
}

// maxColumns bounds the number of columns of an export.
const maxColumns = 100

func (h *handlers) exportContacts(c *api.Call) error {
	var in struct {
		Columns api.Strings `json:"column_names"`
		Label   api.Text    `json:"label"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	terms, err := filter.Contacts(h.a, c)
	if err != nil {
		return err
	}
	if len(in.Columns.Values) > maxColumns {
		return api.Unprocessable("An export has at most 100 columns")
	}
	columns := in.Columns.Values
	if len(columns) == 0 {
		columns = []string{"id", "name", "email", "phone_number"}
	}
	// Package task reads these three names.
	params, err := json.Marshal(struct {
		Columns []string         `json:"columns"`
		Label   string           `json:"label"`
		Terms   []db.ContactTerm `json:"terms"`
	}{columns, in.Label.Value, terms})
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.Queries().InsertContactImport(ctx, db.InsertContactImportParams{
			AccountID: t.Account(),
			Kind:      kindExport,
			UserID:    &t.Actor.ID,
			Params:    params,
			State:     "queued",
		})
		if err != nil {
			return nil, err
		}
		return api.Empty(), t.Enqueue(ctx, job.ExportContacts{AccountID: t.Account(), ImportID: row.ID})
	})
}

// contactFileJSON is a file and its progress.
type contactFileJSON struct {
	ID        int64    `json:"id"`
	State     string   `json:"state"`
	Total     int32    `json:"total"`
	Processed int32    `json:"processed"`
	Errors    []string `json:"errors"`
	CreatedAt int64    `json:"created_at"`
	URL       string   `json:"url,omitempty"`
	// The rest is of imports: how the file is read, how many rows were refused, and the address of those rows.
	Charset     string `json:"charset,omitempty"`
	Separator   string `json:"separator,omitempty"`
	Failed      int32  `json:"failed,omitempty"`
	FailuresURL string `json:"failures_url,omitempty"`
}

func (h *handlers) listImports(c *api.Call) error { return h.listContactFiles(c, kindImport) }

func (h *handlers) listExports(c *api.Call) error { return h.listContactFiles(c, kindExport) }

func (h *handlers) listContactFiles(c *api.Call, kind string) error {
	p := db.ListContactImportsParams{
		AccountID: c.Account(),
		Kind:      kind,
		BeforeID:  1<<63 - 1,
		PageSize:  int32(c.Limit(perPage, maxPerPage)),
	}
	if _, err := c.Cursor(&p.BeforeID); err != nil {
		return err
	}
	rows, err := h.q.ListContactImports(c.Ctx(), p)
	if err != nil {
		return err
	}
	list := make([]contactFileJSON, len(rows))
	for i, row := range rows {
		if list[i], err = h.contactFile(row); err != nil {
			return err
		}
	}
	if len(rows) == int(p.PageSize) {
		if err := c.Next(rows[len(rows)-1].ID); err != nil {
			return err
		}
	}
	return c.Answer(payload(list))
}

func (h *handlers) contactFile(row db.ContactImport) (contactFileJSON, error) {
	out := contactFileJSON{
		ID: row.ID, State: row.State, Total: row.Total, Processed: row.Processed, CreatedAt: row.CreatedAt.Unix(), Errors: []string{},
		Failed: row.Failed,
	}
	if row.Error != "" {
		out.Errors = strings.Split(strings.TrimSpace(row.Error), "\n")
	}
	at := fmt.Sprintf("%s/api/v1/accounts/%d/contacts", h.a.BaseURL, row.AccountID)
	if row.Kind == kindExport && row.State == "done" {
		out.URL = fmt.Sprintf("%s/exports/%d", at, row.ID)
	}
	if row.Kind != kindImport {
		return out, nil
	}
	if row.Failed > 0 {
		out.FailuresURL = fmt.Sprintf("%s/imports/%d/failures", at, row.ID)
	}
	var o contactfile.Options
	if err := json.Unmarshal(row.Params, &o); err != nil {
		return out, err
	}
	out.Charset, out.Separator = o.Charset, o.Separator
	return out, nil
}

// downloadFailures answers administrators with the rows that an import refused, and the reasons.
func (h *handlers) downloadFailures(c *api.Call) error {
	id, err := c.ID("import")
	if err != nil {
		return err
	}
	row, err := h.q.GetContactImport(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	if row.Kind != kindImport || row.Failed == 0 {
		return fault.NotFound
	}
	var file bytes.Buffer
	err = contactfile.Show(c.Ctx(), h.a.Blob, row, contactfile.Options{}, func(t *contactfile.Table) error {
		return t.WriteFailures(c.Ctx(), &file, h.q, row)
	})
	if err != nil {
		return err
	}
	blob.Attach(c.Response().Header(), "failures.csv")
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

// downloadExport answers administrators with the file. Because it contains every contact, no URL opens it without a
// token.
func (h *handlers) downloadExport(c *api.Call) error {
	id, err := c.ID("export")
	if err != nil {
		return err
	}
	row, err := h.q.GetContactImport(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	if row.Kind != kindExport || row.BlobHash == nil {
		return fault.NotFound
	}
	f, err := h.a.Blob.Open(c.Ctx(), *row.BlobHash)
	if err != nil {
		return fmt.Errorf("open export %d: %w", row.ID, err)
	}
	defer func() { _ = f.Close() }()
	blob.Attach(c.Response().Header(), "contacts.csv")
	blob.Serve(c.Response(), c.Request(), f, "contacts.csv", "text/csv; charset=utf-8")
	return nil
}
