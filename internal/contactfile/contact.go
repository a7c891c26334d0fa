package contactfile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// Stored is what became of a row: the contact as it is stored, and whether it was there before.
type Stored struct {
	Contact db.Contact
	Known   bool
}

// Store changes the contact that a row is about, found by identifier, e-mail or phone, or adds one. What is invalid with
// the row is a fault, after which the transaction goes on.
func (t *Table) Store(ctx context.Context, tx *desk.Tx, r Row) (s Stored, err error) {
	p, err := t.input(r)
	if err != nil {
		return s, err
	}
	known, err := find(ctx, tx, p)
	if err != nil {
		return s, err
	}
	if s.Known = known != 0; s.Known {
		s.Contact, err = tx.UpdateContact(ctx, known, p)
	} else {
		s.Contact, err = tx.CreateContact(ctx, p)
	}
	return s, err
}

// errUndo ends the transaction of a preview.
var errUndo = errors.New("a preview stores nothing")

// Previewed is a row with what will become of it, or why it will be refused.
type Previewed struct {
	Row    Row
	Stored Stored
	Reason string
}

// Preview stores the first rows of a table and takes that back, so that it shows exactly what an import would store.
func (t *Table) Preview(ctx context.Context, d *desk.Desk, who desk.Actor, rows int) (shown []Previewed, err error) {
	err = d.Do(ctx, who, func(tx *desk.Tx) error {
		for r := range t.All() {
			if len(shown) == rows {
				break
			}
			r.Cells = append([]string{}, r.Cells...)
			s, err := t.Store(ctx, tx, r)
			invalid := fault.In(err)
			if err != nil && invalid == nil {
				return err
			}
			p := Previewed{Row: r, Stored: s}
			if invalid != nil {
				p.Reason = Reason(invalid)
			}
			shown = append(shown, p)
		}
		return errUndo
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	return shown, err
}

// find finds the contact of a row. It refuses a row whose e-mail, phone and identifier belong to different contacts, or
// to one with another e-mail, because the row would overwrite another person. It also refuses a row that has another
// name and only the phone in common with a contact, because people share phones. With an identifier, a row may change
// the e-mail.
func find(ctx context.Context, t *desk.Tx, p desk.ContactInput) (int64, error) {
	q, found := t.Queries(), db.Contact{}
	byPhoneAlone := true
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
		if found.ID != 0 && found.ID != c.ID || by.what != p.Identifier && differs(p.Email, c.Email) ||
			differs(p.Identifier, c.Identifier) {
			return 0, fault.Field("", fmt.Sprintf("%s belongs to another contact (%d)", *by.what, c.ID))
		}
		byPhoneAlone = byPhoneAlone && by.what == p.PhoneNumber
		found = c
	}
	named := found.Name != "" && p.PhoneNumber != nil && found.Name != *p.PhoneNumber
	if found.ID != 0 && byPhoneAlone && named && differs(p.Name, &found.Name) {
		return 0, fault.Field("", fmt.Sprintf("%s belongs to another contact (%d) of another name", *p.PhoneNumber, found.ID))
	}
	return found.ID, nil
}

// differs reports whether a row says something else than what is known.
func differs(given, known *string) bool {
	return given != nil && known != nil && !strings.EqualFold(*given, *known)
}

// input reads a row. Columns that are nothing of a contact's are custom attributes.
func (t *Table) input(r Row) (desk.ContactInput, error) {
	var p desk.ContactInput
	custom, additional := map[string]string{}, map[string]string{}
	for i, cell := range r.Cells {
		cell = withoutGuard(strings.TrimSpace(cell))
		if cell == "" {
			continue
		}
		if i >= len(t.Header) {
			return p, fault.Field("", fmt.Sprintf("there are %d cells for %d columns", len(r.Cells), len(t.Header)))
		}
		switch column := t.Header[i]; column {
		case "", "id", "created_at", "last_activity_at", "ip_address", lineColumn, reasonColumn:
		case "labels":
			p.Labels = strings.Split(cell, ",")
		case "blocked":
			blocked, err := strconv.ParseBool(strings.ToLower(cell))
			if err != nil {
				return p, fault.Field("blocked", "blocked must be true or false")
			}
			p.Blocked = &blocked
		case "company_name", "city", "country", "country_code":
			additional[column] = cell
		case "name", "email", "phone_number", "identifier":
			if strings.Contains(cell, "\n") {
				return p, fault.Field(column, column+" has a line break: is a quote missing?")
			}
			setKey(&p, column, cell)
		default:
			custom[column] = cell
		}
	}
	if p.Name == nil && p.Email == nil && p.PhoneNumber == nil && p.Identifier == nil {
		return p, fault.Field("", "no name, email, phone_number or identifier")
	}
	var err error
	if p.Custom, err = object(custom); err != nil {
		return p, err
	}
	p.Additional, err = object(additional)
	return p, err
}

func setKey(p *desk.ContactInput, column, cell string) {
	switch column {
	case "name":
		p.Name = &cell
	case "email":
		cell = strings.ToLower(cell)
		p.Email = &cell
	case "phone_number":
		if strings.HasPrefix(cell, "+") {
			cell = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "/", "", ".", "", "\u00a0", "").Replace(cell)
		}
		p.PhoneNumber = &cell
	case "identifier":
		p.Identifier = &cell
	}
}

func object(m map[string]string) (json.RawMessage, error) {
	if len(m) == 0 {
		return nil, nil
	}
	return json.Marshal(m)
}
