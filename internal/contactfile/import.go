package contactfile

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/mimetext"
)

// Upload is a file of contacts in the store.
type Upload struct {
	Hash, ContentType string
	Size              int64
}

// Add notes a file whose import is still to be confirmed.
func Add(ctx context.Context, t *desk.Tx, u Upload) (row db.ContactImport, err error) {
	err = t.Queries().UpsertBlob(
		ctx, db.UpsertBlobParams{AccountID: t.Account(), Hash: u.Hash, Size: u.Size, ContentType: u.ContentType},
	)
	if err != nil {
		return row, err
	}
	return t.Queries().InsertContactImport(ctx, db.InsertContactImportParams{
		AccountID: t.Account(), Kind: "import", UserID: &t.Actor.ID, BlobHash: &u.Hash, Params: json.RawMessage("{}"), State: "draft",
	})
}

// Confirm orders the job that reads a draft as the options say. It is NotFound for what is no draft.
func Confirm(ctx context.Context, t *desk.Tx, id int64, o Options) error {
	params, err := json.Marshal(o)
	if err != nil {
		return err
	}
	n, err := t.Queries().ConfirmContactImport(ctx, db.ConfirmContactImportParams{AccountID: t.Account(), ID: id, Params: params})
	if err := fault.Found(n, err); err != nil {
		return err
	}
	return t.Enqueue(ctx, job.ImportContacts{AccountID: t.Account(), ImportID: id})
}

// A file takes several times its size in memory. One is shown at a time, and one is imported.
var showing, importing = semaphore.NewWeighted(1), semaphore.NewWeighted(1)

// showingWait is how long a page or a call waits for the files of others before the answer is "busy".
const showingWait = 10 * time.Second

// Show reads the file of an import, as the options say or else its params, for a page or a call. use has the table
// until it returns. The error is an *Error where the file is not understood, and fault.Busy while others are read.
func Show(ctx context.Context, store blob.Store, row db.ContactImport, o Options, use func(*Table) error) error {
	wait, cancel := context.WithTimeout(ctx, showingWait)
	defer cancel()
	if showing.Acquire(wait, 1) != nil {
		return fault.Busy
	}
	defer showing.Release(1)
	return read(ctx, store, row, o, use)
}

// Import is Show for the job that imports a file.
func Import(ctx context.Context, store blob.Store, row db.ContactImport, use func(*Table) error) error {
	if err := importing.Acquire(ctx, 1); err != nil {
		return err
	}
	defer importing.Release(1)
	return read(ctx, store, row, Options{}, use)
}

func read(ctx context.Context, store blob.Store, row db.ContactImport, o Options, use func(*Table) error) error {
	if row.BlobHash == nil {
		return fault.NotFound
	}
	if o == (Options{}) && row.Params != nil {
		if err := json.Unmarshal(row.Params, &o); err != nil {
			return err
		}
	}
	f, err := store.Open(ctx, *row.BlobHash)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return err
	}
	t, err := Read(raw, o)
	if err != nil {
		return err
	}
	return use(t)
}

// failurePage is how many failures are read at once.
const failurePage = 1000

// WriteFailures writes the rows that an import refused as a file of contacts, each with its line and the reason. Those
// two columns are passed over when the file is mended and imported again.
func (t *Table) WriteFailures(ctx context.Context, to io.Writer, q *db.Queries, row db.ContactImport) error {
	reasons, after := map[int]string{}, int32(0)
	for {
		page, err := q.ListContactImportFailures(ctx, db.ListContactImportFailuresParams{
			AccountID: row.AccountID, ImportID: row.ID, After: after, PageSize: failurePage,
		})
		if err != nil {
			return err
		}
		for _, f := range page {
			reasons[int(f.Line)], after = f.Reason, f.Line
		}
		if len(page) < failurePage {
			break
		}
	}
	w := csv.NewWriter(to)
	if err := w.Write(Guard(slices.Concat(t.Header, []string{lineColumn, reasonColumn}))); err != nil {
		return err
	}
	for r := range t.All() {
		reason, failed := reasons[r.Line]
		if !failed {
			continue
		}
		cells := append(slices.Clone(r.Cells), make([]string, max(0, len(t.Header)-len(r.Cells)))...)
		if err := w.Write(Guard(append(cells, strconv.Itoa(r.Line), reason))); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// Columns of a file of failures.
const (
	lineColumn   = "import_line"
	reasonColumn = "import_error"
)

// maxReason is how much of a reason is kept, in bytes: it may repeat what stands in the row.
const maxReason = 500

// Reason is what is wrong with a row, in one line.
func Reason(problem error) string {
	s := problem.Error()
	if len(s) > maxReason {
		s = mimetext.StripControl(s[:maxReason]) + "…"
	}
	return strings.ReplaceAll(s, "\n", " ")
}
