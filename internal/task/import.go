package task

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	err = contactfile.Import(ctx, c.blob, row, func(t *contactfile.Table) error { return c.importTable(ctx, row, t) })
	if invalid := (*contactfile.Error)(nil); errors.As(err, &invalid) {
		return c.q.SetContactImport(ctx, db.SetContactImportParams{
			AccountID: args.AccountID, ID: args.ImportID, State: "failed", Error: invalid.Error(),
		})
	}
	return err
}

// importTable keeps how a file is read, and stores its rows until they are done or the shift ends.
func (c *Tasks) importTable(ctx context.Context, row db.ContactImport, table *contactfile.Table) (err error) {
	if row.Params, err = json.Marshal(table.Options); err != nil {
		return err
	}
	err = c.q.SetContactImportParams(ctx, db.SetContactImportParamsParams{Params: row.Params, AccountID: row.AccountID, ID: row.ID})
	if err != nil {
		return err
	}
	next, stop := iter.Pull(table.All())
	defer stop()
	for range row.Processed {
		next()
	}
	for end := c.now().Add(shift); ; {
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
				next.Error, next.Failed = complain(next.Error, r.Line, invalid), next.Failed+1
				err = t.Queries().InsertContactImportFailure(ctx, db.InsertContactImportFailureParams{
					AccountID: row.AccountID, ImportID: row.ID, Line: int32(r.Line), Reason: contactfile.Reason(invalid),
				})
			}
			if err != nil {
				return err
			}
			next.Processed++
		}
		return t.Queries().SetContactImport(ctx, db.SetContactImportParams{
			AccountID: next.AccountID, ID: next.ID, State: next.State, Total: next.Total, Processed: next.Processed, Failed: next.Failed,
			Error: next.Error,
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
	return had + fmt.Sprintf("line %d: %s\n", line, contactfile.Reason(problem))
}
