package task

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/contactfile"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
)

const (
	// importBatch is how many rows one transaction stores.
	importBatch = 50
	// maxComplaints is how many refused rows are reported.
	maxComplaints = 20
)

// importContacts reads a file of contacts. How far it has come stands in the file's row, written in the same
// transaction as the contacts, so that no row is read twice.
func (c *Tasks) importContacts(ctx context.Context, args job.ImportContacts) error {
	row, err := c.q.GetContactImport(ctx, args.AccountID, args.ImportID)
	if db.IsNone(err) || (err == nil && (row.State != "queued" || row.BlobHash == nil)) {
		return nil
	}
	if err != nil {
		return err
	}
	table, err := c.readFile(ctx, *row.BlobHash, row.Params)
	if invalid := (*contactfile.Error)(nil); errors.As(err, &invalid) {
		return c.q.SetContactImport(ctx, db.SetContactImportParams{
			AccountID: args.AccountID, ID: args.ImportID, State: "failed", Error: invalid.Error(),
		})
	}
	if err != nil {
		return err
	}
	next, stop := iter.Pull(table.All())
	defer stop()
	for range row.Processed {
		next()
	}
	end := c.now().Add(shift)
	for {
		more, err := c.importBatch(ctx, &row, table, next)
		if err != nil || !more {
			return err
		}
		if c.now().After(end) {
			return river.JobSnooze(0)
		}
	}
}

// importBatch stores the next rows, and reports whether there are more.
func (c *Tasks) importBatch(
	ctx context.Context, row *db.ContactImport, table *contactfile.Table, rows func() (contactfile.Row, bool),
) (more bool, err error) {
	next := *row
	err = c.desk.Do(ctx, desk.System(row.AccountID), func(t *desk.Tx) error {
		next.Total = int32(table.Rows)
		for range importBatch {
			r, ok := rows()
			if !ok {
				next.State = "done"
				break
			}
			_, err := table.Store(ctx, t, r)
			if invalid := fault.In(err); invalid != nil {
				next.Error = complain(next.Error, r.Line, invalid)
			} else if err != nil {
				return err
			}
			next.Processed++
		}
		return t.Queries().SetContactImport(ctx, db.SetContactImportParams{
			AccountID: next.AccountID, ID: next.ID, State: next.State, Total: next.Total, Processed: next.Processed, Error: next.Error,
		})
	})
	if err == nil {
		*row = next
	}
	return row.State == "queued", err
}

func complain(had string, line int, problem error) string {
	if strings.Count(had, "\n") >= maxComplaints {
		return had
	}
	return had + fmt.Sprintf("line %d: %s\n", line, problem)
}

// readFile reads a stored file as its params say.
func (c *Tasks) readFile(ctx context.Context, hash string, params json.RawMessage) (*contactfile.Table, error) {
	var o contactfile.Options
	if err := json.Unmarshal(params, &o); err != nil {
		return nil, err
	}
	f, err := c.blob.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, contactfile.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	return contactfile.Read(raw, o)
}
