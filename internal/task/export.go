package task

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/contactfile"
	"github.com/parleydesk/parley/internal/job"
)

// exportBatch is how many contacts are read at once.
const exportBatch = 500

// exportContacts writes the requested file to the store, and its hash to the row of the export.
func (c *Tasks) exportContacts(ctx context.Context, args job.ExportContacts) error {
	row, err := c.q.GetContactImport(ctx, args.AccountID, args.ImportID)
	if db.IsNone(err) || (err == nil && row.State != "queued") {
		return nil
	}
	if err != nil {
		return err
	}
	e, err := exportOf(row.Params)
	if err != nil {
		return err
	}
	r, w := io.Pipe()
	total := 0
	go func() {
		var err error
		total, err = c.writeContacts(ctx, w, args.AccountID, e)
		w.CloseWithError(err)
	}()
	stored, err := c.blob.Put(ctx, r, 0)
	_ = r.Close()
	if err != nil {
		return fmt.Errorf("export contacts: %w", err)
	}
	return c.q.SetContactImport(ctx, db.SetContactImportParams{
		AccountID: args.AccountID, ID: args.ImportID, State: "done", Total: int32(total), Processed: int32(total), BlobHash: &stored.Hash,
	})
}

// writeContacts writes the header and every contact that the filter matches, oldest first.
func (c *Tasks) writeContacts(ctx context.Context, to io.Writer, accountID int64, e Export) (n int, err error) {
	w := csv.NewWriter(to)
	if err := w.Write(contactfile.Guard(e.Columns)); err != nil {
		return 0, err
	}
	page := db.ContactPage{Size: exportBatch}
	for {
		listed, err := c.q.ListContactIDs(ctx, accountID, e.filter(), db.ContactOrder{}, page)
		if err != nil {
			return n, err
		}
		if len(listed) == 0 {
			w.Flush()
			return n, w.Error()
		}
		page.After = listed[len(listed)-1].Position
		rows, err := c.inOrder(ctx, accountID, listed)
		if err != nil {
			return n, err
		}
		for _, row := range rows {
			if err := w.Write(contactfile.Guard(cells(row, e.Columns))); err != nil {
				return n, err
			}
			n++
		}
	}
}

func (c *Tasks) inOrder(ctx context.Context, accountID int64, listed []db.ListedContact) ([]db.Contact, error) {
	ids := make([]int64, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	rows, err := c.q.ListContacts(ctx, accountID, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]db.Contact, len(rows))
	for _, row := range rows {
		byID[row.ID] = row
	}
	ordered := rows[:0]
	for _, id := range ids {
		if row, ok := byID[id]; ok {
			ordered = append(ordered, row)
		}
	}
	return ordered, nil
}

// cells returns a contact's values for the columns. An unknown column is one of its custom attributes.
func cells(c db.Contact, columns []string) []string {
	var custom, additional map[string]any
	_ = db.Decode(c.CustomAttributes, &custom)
	_ = db.Decode(c.AdditionalAttributes, &additional)
	out := make([]string, len(columns))
	for i, column := range columns {
		switch column {
		case "id":
			out[i] = strconv.FormatInt(c.ID, 10)
		case "name":
			out[i] = c.Name
		case "email":
			out[i] = text(c.Email)
		case "phone_number":
			out[i] = text(c.PhoneNumber)
		case "identifier":
			out[i] = text(c.Identifier)
		case "blocked":
			out[i] = strconv.FormatBool(c.Blocked)
		case "labels":
			out[i] = strings.Join(c.Labels, ",")
		case "created_at":
			out[i] = c.CreatedAt.UTC().Format(time.RFC3339)
		case "last_activity_at":
			if c.LastActivityAt != nil {
				out[i] = c.LastActivityAt.UTC().Format(time.RFC3339)
			}
		case "company_name", "city", "country", "country_code":
			out[i] = value(additional[column])
		default:
			out[i] = value(custom[column])
		}
	}
	return out
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func value(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return db.NumberText(v)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(raw)
}
