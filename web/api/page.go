package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/parleydesk/parley/db"
)

// Clients can walk every list in two ways: by page number, if its contract has pages, and by cursor, which neither skips
// nor repeats a row while rows are added. If a list goes on, its answer has the header Link: <…>; rel="next".

// maxPage bounds page numbers, so that offsets cannot overflow.
const maxPage = 1_000_000

// PageNumber reads ?page= or, without it, page of a filter's body. Anything but a number of at least 1 is page 1.
func (c *Call) PageNumber() int {
	n, err := strconv.Atoi(c.QueryParam("page"))
	if c.QueryParam("page") == "" && c.input != nil {
		var in struct {
			Page ID `json:"page"`
		}
		err = json.Unmarshal(c.input.object, &in)
		n = int(min(in.Page.Value, maxPage))
	}
	if err != nil || n < 1 {
		return 1
	}
	return min(n, maxPage)
}

// Limit reads ?limit=, which is usual if absent and at most most.
func (c *Call) Limit(usual, most int) int {
	n, err := strconv.Atoi(c.QueryParam("limit"))
	if err != nil || n < 1 {
		return usual
	}
	return min(n, most)
}

// Cursor reads ?cursor= into the values that were given to Next, and reports whether there is one. A cursor with other
// values is refused.
func (c *Call) Cursor(into ...any) (bool, error) {
	s := c.QueryParam("cursor")
	if s == "" {
		return false, nil
	}
	if err := DecodeCursor(s, into...); err != nil {
		return false, Refuse(http.StatusUnprocessableEntity, "The cursor is not one of this list")
	}
	return true, nil
}

// Next sets the Link header to what follows the row at position: its sort values and its id.
func (c *Call) Next(position ...any) error {
	cursor, err := EncodeCursor(position...)
	if err != nil {
		return err
	}
	r := c.Request()
	q := url.Values{}
	for name, values := range r.URL.Query() {
		if name != "page" && name != "cursor" {
			q[name] = values
		}
	}
	q.Set("cursor", cursor)
	c.Response().Header().Add("Link", "<"+c.api.BaseURL+r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="next"`)
	return nil
}

// EncodeCursor encodes a position in a list as opaque text.
func EncodeCursor(position ...any) (string, error) {
	raw, err := json.Marshal(position)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// DecodeCursor decodes a position into pointers. It fails if the number of values or their types differ.
func DecodeCursor(s string, into ...any) error {
	if len(s) > 2048 {
		return io.ErrShortBuffer
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return err
	}
	if !db.IsText(string(raw)) || bytes.Contains(raw, []byte(`\u0000`)) {
		return io.ErrUnexpectedEOF
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return err
	}
	if len(parts) != len(into) {
		return io.ErrUnexpectedEOF
	}
	for i := range parts {
		if err := json.Unmarshal(parts[i], into[i]); err != nil {
			return err
		}
	}
	return nil
}

// MaxUncut is how many rows a list without pages in its contract returns, unless the client asks for fewer.
const MaxUncut = 1000

// Position is the place in such a list after which a page begins: a name and an id, or an id alone. Most is how many
// rows to read from there: one more than the page has, to see whether the list goes on.
type Position struct {
	Name string
	ID   int64
	Most int32
}

// Page returns the rows that the call asks for of a list that is ordered by name and id. fetch reads the rows after a
// position, and at returns the name and the id of a row. If the list goes on, the Link header says where.
func Page[T any](c *Call, fetch func(Position) ([]T, error), at func(T) (string, int64)) ([]T, error) {
	return page(c, MaxUncut, fetch, at)
}

// PageByID is Page for a list that is ordered by id. The page has usual rows if the client sends no limit.
func PageByID[T any](c *Call, usual int, fetch func(Position) ([]T, error), at func(T) int64) ([]T, error) {
	return page(c, usual, fetch, func(row T) (string, int64) { return "", at(row) })
}

func page[T any](c *Call, usual int, fetch func(Position) ([]T, error), at func(T) (string, int64)) ([]T, error) {
	size := c.Limit(usual, MaxUncut)
	p := Position{Most: int32(size) + 1}
	if _, err := c.Cursor(&p.Name, &p.ID); err != nil {
		return nil, err
	}
	rows, err := fetch(p)
	if err != nil || len(rows) <= size {
		return rows, err
	}
	rows = rows[:size]
	return rows, c.Next(at(rows[size-1]))
}
