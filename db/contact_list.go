package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Contacts are listed like conversations (conversation_list.go): people choose the order and the filter, so the
// statement is built from fixed fragments, and reads only ids and cursors.

// ContactFilter filters a list of contacts. Its zero value selects all of the account's.
type ContactFilter struct {
	// Identified skips contacts that have neither e-mail nor phone nor identifier.
	Identified bool
	// Labels selects contacts that carry any of them.
	Labels []string
	// Text is searched in name, e-mail and phone ignoring case, and in the identifier exactly.
	Text string
	// SeenAfter selects contacts that were connected after it.
	SeenAfter *time.Time
	// Where is an expression of the filter language (contact_filter.go).
	Where *Clause
}

func (f ContactFilter) key() string {
	where := ""
	if f.Where != nil {
		where = f.Where.text
	}
	return fmt.Sprintf("%v|%q|%q|%v|%s", f.Identified, f.Labels, f.Text, f.SeenAfter, where)
}

// ContactColumn is what a list of contacts is ordered by.
type ContactColumn int

// The columns. Where one can be absent, absent comes last in both directions.
const (
	ContactsByCreation ContactColumn = iota
	ContactsByName
	ContactsByEmail
	ContactsByPhone
	ContactsByActivity
	ContactsByCompany
	ContactsByCity
	ContactsByCountry
)

// ContactOrder is a column and a direction.
type ContactOrder struct {
	Column ContactColumn
	Desc   bool
}

// contactKey is how a column is sorted: absent is true if it can be null, last if its index has nulls last in
// descending order.
type contactKey struct {
	column string
	cast   string
	absent bool
	last   bool
}

func (o ContactOrder) key() contactKey {
	attribute := func(name string) contactKey {
		return contactKey{column: "lower(c.additional_attributes ->> '" + name + "')", cast: "text", absent: true}
	}
	switch o.Column {
	case ContactsByName:
		return contactKey{column: "lower(c.name)", cast: "text"}
	case ContactsByEmail:
		return contactKey{column: "c.email", cast: "text", absent: true}
	case ContactsByPhone:
		return contactKey{column: "c.phone_number", cast: "text", absent: true}
	case ContactsByActivity:
		return contactKey{column: "c.last_activity_at", cast: "timestamptz", absent: true, last: true}
	case ContactsByCompany:
		return attribute("company_name")
	case ContactsByCity:
		return attribute("city")
	case ContactsByCountry:
		return attribute("country")
	}
	return contactKey{column: "c.created_at", cast: "timestamptz"}
}

// by is the ORDER BY that matches the column's index.
func (o ContactOrder) by(k contactKey) string {
	direction, column := "", k.column
	if o.Desc {
		direction = " DESC"
	}
	if k.last && o.Desc {
		return column + " DESC NULLS LAST, c.id DESC"
	}
	if k.last {
		return column + " NULLS FIRST, c.id"
	}
	return column + direction + ", c.id" + direction
}

// ContactPage is the part of a list to read: what follows After (or all, if nil), without the first Offset rows, at
// most Size.
type ContactPage struct {
	After  Cursor
	Offset int
	Size   int
}

// ListedContact is a row of the list: its id, and its position for the next page.
type ListedContact struct {
	ID       int64
	Position Cursor
}

// ListContactIDs lists one page of an account's contacts through a filter, in an order. A column that can be absent
// makes two lists of one: first the contacts that have it, from its own index, then the others by id.
func (q *Queries) ListContactIDs(
	ctx context.Context, accountID int64, f ContactFilter, o ContactOrder, p ContactPage,
) ([]ListedContact, error) {
	k := o.key()
	if !k.absent {
		return q.listContacts(ctx, contactList{accountID, f, o, p, false})
	}
	if p.After != nil && p.After[0] == nil {
		return q.listContacts(ctx, contactList{accountID, f, o, p, true})
	}
	list, err := q.listContacts(ctx, contactList{accountID, f, o, p, false})
	if err != nil || len(list) == p.Size {
		return list, err
	}
	rest := ContactPage{Size: p.Size - len(list)}
	if p.Offset > 0 && len(list) == 0 {
		n, err := q.countContacts(ctx, accountID, f, k.column+" IS NOT NULL")
		if err != nil {
			return nil, err
		}
		rest.Offset = p.Offset - int(n)
	}
	others, err := q.listContacts(ctx, contactList{accountID, f, o, rest, true})
	return append(list, others...), err
}

// CountContacts counts the contacts that a filter selects.
func (q *Queries) CountContacts(ctx context.Context, accountID int64, f ContactFilter) (int64, error) {
	return q.countContacts(ctx, accountID, f, "")
}

func (q *Queries) countContacts(ctx context.Context, accountID int64, f ContactFilter, also string) (n int64, err error) {
	b := &builder{}
	where := b.contacts(accountID, f)
	if also != "" {
		where = append(where, also)
	}
	err = q.db.QueryRow(ctx, "SELECT count(*) FROM contacts c WHERE "+strings.Join(where, " AND "), planned(b.args)...).Scan(&n)
	return n, err
}

// contactList is one statement: absent selects which of the two parts of a list it reads.
type contactList struct {
	accountID int64
	filter    ContactFilter
	order     ContactOrder
	page      ContactPage
	absent    bool
}

// planned makes PostgreSQL plan a statement for its own values each time. A generic plan would look for "a" as it
// looks for a whole name: through the whole index of trigrams, a second instead of a millisecond.
func planned(args []any) []any {
	return append([]any{pgx.QueryExecModeCacheDescribe}, args...)
}

func (q *Queries) listContacts(ctx context.Context, l contactList) ([]ListedContact, error) {
	sql, args := l.sql()
	rows, err := q.db.Query(ctx, sql, planned(args)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := make([]ListedContact, 0, l.page.Size)
	for rows.Next() {
		c := ListedContact{Position: make(Cursor, 2)}
		if err := rows.Scan(&c.ID, &c.Position[0]); err != nil {
			return nil, err
		}
		id := strconv.FormatInt(c.ID, 10)
		c.Position[1] = &id
		list = append(list, c)
	}
	return list, rows.Err()
}

func (l contactList) sql() (string, []any) {
	b, k := &builder{}, l.order.key()
	where := b.contacts(l.accountID, l.filter)
	order, place := l.order.by(k), k.column+"::text"
	sign := " > "
	if l.order.Desc {
		sign = " < "
	}
	if l.absent {
		where = append(where, k.column+" IS NULL")
		order, place = "c.id", "NULL::text"
		if l.order.Desc {
			order = "c.id DESC"
		}
	} else if k.absent {
		where = append(where, k.column+" IS NOT NULL")
	}
	if at := l.page.After; len(at) == 2 && at[1] != nil {
		id := b.arg(*at[1]) + "::text::bigint"
		switch {
		case l.absent:
			where = append(where, "c.id"+sign+id)
		case at[0] != nil:
			where = append(where, "("+k.column+", c.id)"+sign+"("+b.arg(*at[0])+"::text::"+k.cast+", "+id+")")
		}
	}
	sql := "SELECT c.id, " + place + " FROM contacts c WHERE " + strings.Join(where, " AND ") + " ORDER BY " + order +
		" LIMIT " + b.arg(l.page.Size)
	if l.page.Offset > 0 {
		sql += " OFFSET " + b.arg(l.page.Offset)
	}
	return sql, b.args
}

// contactSearchText is the expression of contacts_words_idx, character for character.
const contactSearchText = "(c.name || ' ' || COALESCE(c.email, '') || ' ' || COALESCE(c.phone_number, '') || ' ' || " +
	"COALESCE(c.identifier, ''))"

func (b *builder) contacts(accountID int64, f ContactFilter) []string {
	w := []string{"c.account_id = " + b.arg(accountID)}
	if f.Identified {
		w = append(w, "(c.email IS NOT NULL OR c.phone_number IS NOT NULL OR c.identifier IS NOT NULL)")
	}
	if f.SeenAfter != nil {
		w = append(
			w,
			"c.id IN (SELECT p.contact_id FROM contact_presences p WHERE p.account_id = c.account_id AND p.seen_at > "+b.arg(*f.SeenAfter)+")",
		)
	}
	if len(f.Labels) > 0 {
		w = append(w, "c.labels <> '{}' AND c.labels && "+b.arg(f.Labels)+"::text[]")
	}
	if f.Text != "" {
		// the index finds the text across all columns; the second line requires it in one of them
		text := b.arg(Containing(f.Text)) + "::text"
		w = append(w, contactSearchText+" ILIKE "+text,
			fmt.Sprintf("(c.name ILIKE %[1]s OR c.email ILIKE %[1]s OR c.phone_number ILIKE %[1]s OR c.identifier LIKE %[1]s)", text))
	}
	if f.Where != nil {
		w = append(w, "("+f.Where.sql(b.arg)+")")
	}
	return w
}

// Containing is the pattern of texts that contain s.
func Containing(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

// ContactListSQL is the text of a list's first statement, for the test that explains it.
func ContactListSQL(accountID int64, f ContactFilter, o ContactOrder, p ContactPage) (string, []any) {
	return contactList{accountID, f, o, p, false}.sql()
}

// ListContacts reads the page with this number, counted from 1, and remembers where it begins.
func (m *PageMap) ListContacts(
	ctx context.Context, q *Queries, accountID int64, f ContactFilter, o ContactOrder, number, size int,
) ([]ListedContact, error) {
	skip := (max(number, 1) - 1) * size
	if number <= nearPages {
		return q.ListContactIDs(ctx, accountID, f, o, ContactPage{Offset: skip, Size: size})
	}
	snapshot, err := q.getSnapshot(ctx)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("contacts|%d|%v|%d|%s", accountID, o, size, f.key())
	if begin, ok := m.begin(key, snapshot, number); ok {
		rows, err := q.ListContactIDs(ctx, accountID, f, o, ContactPage{After: begin, Size: size})
		if err == nil && len(rows) == size { // the next page starts from here
			m.remember(key, snapshot, number+1, rows[size-1].Position)
		}
		return rows, err
	}
	// One row more in front: its position is where the page begins.
	rows, err := q.ListContactIDs(ctx, accountID, f, o, ContactPage{Offset: skip - 1, Size: size + 1})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	m.remember(key, snapshot, number, rows[0].Position)
	if len(rows) == size+1 {
		m.remember(key, snapshot, number+1, rows[size].Position)
	}
	return rows[1:], nil
}
