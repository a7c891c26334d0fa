package chatwoot

import (
	"github.com/parleydesk/parley/web/api"
)

// maxUncut is how much a list gives that has no pages in the contract, unless it is asked for less.
const maxUncut = 1000

// place is where a list in the order of names goes on, and how long it may be.
type place struct {
	name string
	id   int64
	size int32
}

// nameOrder reads cursor and limit of a list that goes by name.
func nameOrder(c *api.Call) (place, error) {
	p := place{size: int32(c.Limit(maxUncut, maxUncut))}
	_, err := c.Cursor(&p.name, &p.id)
	return p, err
}

// cut takes a list of one row too many back to its size, and says where it goes on.
func cut[T any](c *api.Call, p place, rows []T, at func(T) (string, int64)) ([]T, error) {
	if len(rows) <= int(p.size) {
		return rows, nil
	}
	rows = rows[:p.size]
	name, id := at(rows[len(rows)-1])
	return rows, c.Next(name, id)
}

// idOrder reads cursor and limit of a list that goes by id; its places have no name.
func idOrder(c *api.Call) (place, error) { return nameOrder(c) }

// cutByID is cut for a list that goes by id.
func cutByID[T any](c *api.Call, p place, rows []T, at func(T) int64) ([]T, error) {
	return cut(c, p, rows, func(row T) (string, int64) { return "", at(row) })
}
