package task

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/mimetext"
)

const (
	// importBatch is how many contacts one transaction saves.
	importBatch = 50
	// maxComplaints is how many unreadable lines are reported.
	maxComplaints = 20
)

// importContacts imports a file of contacts. The transaction that saves contacts also saves the progress in the file's
// row, so that no line is imported twice.
func (c *Tasks) importContacts(ctx context.Context, args job.ImportContacts) error {
	row, err := c.q.GetContactImport(ctx, args.AccountID, args.ImportID)
	if db.IsNone(err) || (err == nil && (row.State != "queued" || row.BlobHash == nil)) {
		return nil
	}
	if err != nil {
		return err
	}
	lines, err := c.readFile(ctx, *row.BlobHash)
	if err != nil {
		var parseErr *csv.ParseError
		if !errors.As(err, &parseErr) && !errors.Is(err, errNoTable) {
			return err
		}
		return c.q.SetContactImport(ctx, db.SetContactImportParams{
			AccountID: args.AccountID,
			ID:        args.ImportID,
			State:     "failed",
			Error:     err.Error(),
		})
	}
	end := c.now().Add(shift)
	for {
		more, err := c.importBatch(ctx, &row, lines)
		if err != nil || !more {
			return err
		}
		if c.now().After(end) {
			return river.JobSnooze(0)
		}
	}
}

// importBatch imports the next lines, and reports whether there are more.
func (c *Tasks) importBatch(ctx context.Context, row *db.ContactImport, lines [][]string) (more bool, err error) {
	next := *row
	err = c.desk.Do(ctx, desk.System(row.AccountID), func(t *desk.Tx) error {
		next = *row
		next.Total = int32(max(len(lines)-1, 0))
		for range importBatch {
			if next.Processed == next.Total {
				next.State = "done"
				break
			}
			line := int(next.Processed) + 1
			err := importLine(ctx, t, lines[0], lines[line])
			if invalid := fault.In(err); invalid != nil {
				next.Error = complain(next.Error, line+1, invalid)
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

// importLine changes the contact with the line's identifier, e-mail or phone, or adds one.
func importLine(ctx context.Context, t *desk.Tx, header, line []string) error {
	p, err := contactInput(header, line)
	if err != nil {
		return err
	}
	id, err := findContact(ctx, t, p)
	if err != nil {
		return err
	}
	if id != 0 {
		_, err = t.UpdateContact(ctx, id, p)
		return err
	}
	if p.Name == nil && p.Email == nil && p.PhoneNumber == nil && p.Identifier == nil {
		return fault.Field("", "nobody is named")
	}
	_, err = t.CreateContact(ctx, p)
	return err
}

// findContact finds the contact of a line. It refuses a line whose e-mail, phone and identifier belong to different
// contacts, or to one with another e-mail, because the line would overwrite another person. With an identifier, a line
// may change the e-mail.
func findContact(ctx context.Context, t *desk.Tx, p desk.ContactInput) (int64, error) {
	q, found := t.Queries(), db.Contact{}
	for _, by := range []struct {
		what *string
		find func(context.Context, int64, string) (db.Contact, error)
	}{{p.Identifier, q.FindContactByIdentifier}, {p.Email, q.FindContactByEmail}, {p.PhoneNumber, q.FindContactByPhone}} {
		if by.what == nil {
			continue
		}
		c, err := by.find(ctx, t.Account(), *by.what)
		if db.IsNone(err) {
			continue
		}
		if err != nil {
			return 0, err
		}
		if found.ID != 0 && found.ID != c.ID || by.what != p.Identifier && differs(p.Email, c.Email) || differs(p.Identifier, c.Identifier) {
			return 0, fault.Field("", fmt.Sprintf("%s belongs to another contact (%d)", *by.what, c.ID))
		}
		found = c
	}
	return found.ID, nil
}

// differs reports whether a line has another value than the contact.
func differs(given, known *string) bool {
	return given != nil && known != nil && !strings.EqualFold(*given, *known)
}

// contactInput reads a line. Unknown columns are custom attributes.
func contactInput(header, line []string) (desk.ContactInput, error) {
	var p desk.ContactInput
	custom, additional := map[string]string{}, map[string]string{}
	for i, cell := range line {
		if i >= len(header) {
			break
		}
		cell = strings.TrimSpace(cell)
		if strings.HasPrefix(cell, "'") && isFormula(cell[1:]) {
			cell = cell[1:]
		}
		if cell == "" {
			continue
		}
		switch column := header[i]; column {
		case "", "id", "created_at", "last_activity_at", "ip_address":
		case "name":
			p.Name = &cell
		case "email":
			cell = strings.ToLower(cell)
			p.Email = &cell
		case "phone_number":
			p.PhoneNumber = &cell
		case "identifier":
			p.Identifier = &cell
		case "blocked":
			blocked := strings.EqualFold(cell, "true")
			p.Blocked = &blocked
		case "labels":
			p.Labels = strings.Split(cell, ",")
		case "company_name", "city", "country", "country_code":
			additional[column] = cell
		default:
			custom[column] = cell
		}
	}
	var err error
	if p.Custom, err = object(custom); err != nil {
		return p, err
	}
	p.Additional, err = object(additional)
	return p, err
}

func object(m map[string]string) (json.RawMessage, error) {
	if len(m) == 0 {
		return nil, nil
	}
	return json.Marshal(m)
}

// wideLabel is UTF-16's name where each other byte of a file without a mark is NUL, or "".
func wideLabel(raw []byte) string {
	switch {
	case len(raw) < 4 || len(raw)%2 != 0 || hasMark(raw):
		return ""
	case raw[0] == 0 && raw[2] == 0:
		return "utf-16be"
	case raw[1] == 0 && raw[3] == 0:
		return "utf-16le"
	}
	return ""
}

func hasMark(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte("\xff\xfe")) || bytes.HasPrefix(raw, []byte("\xfe\xff"))
}

// separator returns the separator that is most frequent in the first line.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, r := range ";\t" {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}

// errNoTable is the error for a file that is no table of contacts.
var errNoTable = errors.New("the file is no table of contacts")

// readFile reads a file's lines in all forms that spreadsheets save: with commas, semicolons or tabs, any line ends, in
// UTF-8, UTF-16, Windows-1252 or Windows-1251. It refuses a quote that is never closed, because that would swallow the
// following rows.
func (c *Tasks) readFile(ctx context.Context, hash string) ([][]string, error) {
	f, err := c.blob.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return readTable(raw)
}

func readTable(raw []byte) ([][]string, error) {
	text := mimetext.Decode(raw, wideLabel(raw))
	if bad := strings.Count(text, "\uFFFD"); bad > 0 || bytes.IndexByte(raw, 0) >= 0 && wideLabel(raw) == "" && !hasMark(raw) {
		return nil, fmt.Errorf("%w: it is neither UTF-8 nor another encoding that is known", errNoTable)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	r.Comma = separator(text)
	lines, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%w: it is empty", errNoTable)
	}
	for i, name := range lines[0] {
		lines[0][i] = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
	}
	if !slices.ContainsFunc(lines[0], func(name string) bool {
		return slices.Contains([]string{"name", "email", "phone_number", "identifier"}, name)
	}) {
		return nil, fmt.Errorf("%w: line 1 names no column name, email, phone_number or identifier", errNoTable)
	}
	return lines, nil
}
