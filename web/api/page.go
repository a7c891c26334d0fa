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

// Every list can be walked in two ways: by the numbered pages that its contract knows, and by cursor, which never
// skips or doubles a row while rows are added. A list that goes on says so in the header Link: <…>; rel="next".

// maxPage keeps the arithmetic of pages far from overflow.
const maxPage = 1_000_000

// PageNumber reads ?page=, from 1, or page of a filter's body; what is no number or below 1 is page 1.
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

// Limit reads ?limit=, or takes the usual size; never more than most.
func (c *Call) Limit(usual, most int) int {
	n, err := strconv.Atoi(c.QueryParam("limit"))
	if err != nil || n < 1 {
		return usual
	}
	return min(n, most)
}

// Cursor reads ?cursor= into what Next was given, or tells that there is none. A cursor that was not made by Next
// for a list of this kind is refused.
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

// Next says where the list goes on: after the row with this sort value and id.
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

// EncodeCursor writes a place in a list as an opaque text.
func EncodeCursor(position ...any) (string, error) {
	raw, err := json.Marshal(position)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// DecodeCursor reads a place back, each part into a pointer; any other number of parts or type is an error.
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

// MaxUncut is how much a list gives that has no pages in the contract, unless it is asked for less.
const MaxUncut = 1000

// Position is where a list without pages goes on, by name and id or by id alone, and how long it may be. Ask the query
// for one row more than Size, and give all of them to Cut.
type Position struct {
	Name string
	ID   int64
	Size int32
}

// Position reads cursor and limit of a list without pages.
func (c *Call) Position() (Position, error) { return c.PositionOf(MaxUncut) }

// PositionOf is Place for a list that gives less than it may, unless it is asked for more.
func (c *Call) PositionOf(usual int) (Position, error) {
	p := Position{Size: int32(c.Limit(usual, MaxUncut))}
	_, err := c.Cursor(&p.Name, &p.ID)
	return p, err
}

// Cut takes a list of one row too many back to its size, and says where it goes on.
func Cut[T any](c *Call, p Position, rows []T, at func(T) (string, int64)) ([]T, error) {
	if len(rows) <= int(p.Size) {
		return rows, nil
	}
	rows = rows[:p.Size]
	name, id := at(rows[len(rows)-1])
	return rows, c.Next(name, id)
}

// CutByID is Cut for a list that goes by id; its places have no name.
func CutByID[T any](c *Call, p Position, rows []T, at func(T) int64) ([]T, error) {
	return Cut(c, p, rows, func(row T) (string, int64) { return "", at(row) })
}
