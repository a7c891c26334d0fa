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

// Position is where a page of such a list begins, after a name and an id or after an id alone, and its size. Ask the query
// for one row more than Size, and give all rows to Cut.
type Position struct {
	Name string
	ID   int64
	Size int32
}

// Position reads cursor and limit. Without a limit the page has MaxUncut rows.
func (c *Call) Position() (Position, error) { return c.PositionOf(MaxUncut) }

// PositionOf is Position for a list whose pages have usual rows if the client sends no limit.
func (c *Call) PositionOf(usual int) (Position, error) {
	p := Position{Size: int32(c.Limit(usual, MaxUncut))}
	_, err := c.Cursor(&p.Name, &p.ID)
	return p, err
}

// Cut shortens rows to p.Size. If it drops any, it sets the Link header to the next page.
func Cut[T any](c *Call, p Position, rows []T, at func(T) (string, int64)) ([]T, error) {
	if len(rows) <= int(p.Size) {
		return rows, nil
	}
	rows = rows[:p.Size]
	name, id := at(rows[len(rows)-1])
	return rows, c.Next(name, id)
}

// CutByID is Cut for a list that is ordered by id.
func CutByID[T any](c *Call, p Position, rows []T, at func(T) int64) ([]T, error) {
	return Cut(c, p, rows, func(row T) (string, int64) { return "", at(row) })
}
