package db

import (
	"context"
	"fmt"
	"sync"
)

// PageMap remembers where the pages of conversation lists begin, so that page 1,000 costs what page 1 does although
// clients ask for it by its number: a remembered beginning is a cursor, and no row is skipped over. What it
// remembers holds for one state of the database exactly (its snapshot); after any commit it is found anew. Share one
// within a process.
type PageMap struct {
	mu    sync.Mutex
	lists map[string]*pagedList
}

type pagedList struct {
	snapshot string
	begins   map[int]Cursor
}

// maxLists bounds the memory: past it all is forgotten, which costs one slower page each.
const (
	maxLists  = 512
	maxBegins = 4096
	nearPages = 8
)

// NewPageMap makes an empty one.
func NewPageMap() *PageMap { return &PageMap{lists: map[string]*pagedList{}} }

// List reads the page with this number, counted from 1.
func (m *PageMap) List(ctx context.Context, q *Queries, s Scope, f ConversationFilter, o ConversationOrder, number, size int) ([]ListedConversation, error) {
	skip := (max(number, 1) - 1) * size
	if number <= nearPages {
		return q.ListConversationIDs(ctx, s, f, o, ConversationPage{Offset: skip, Size: size})
	}
	var snapshot string
	if err := q.db.QueryRow(ctx, "SELECT pg_current_snapshot()::text").Scan(&snapshot); err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%d|%v|%v|%v|%d|%d|%d|%s", s.AccountID, s.SeesAll, s.InboxIDs, s.TeamIDs, s.UserID, o, size, f.key())
	if begin, ok := m.begin(key, snapshot, number); ok {
		return q.ListConversationIDs(ctx, s, f, o, ConversationPage{After: begin, Size: size})
	}
	// One row more in front: its place is where the page begins.
	rows, err := q.ListConversationIDs(ctx, s, f, o, ConversationPage{Offset: skip - 1, Size: size + 1})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	m.remember(key, snapshot, number, rows[0].Position)
	return rows[1:], nil
}

func (m *PageMap) begin(key, snapshot string, number int) (Cursor, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.lists[key]
	if l == nil || l.snapshot != snapshot {
		return nil, false
	}
	c, ok := l.begins[number]
	return c, ok
}

func (m *PageMap) remember(key, snapshot string, number int, at Cursor) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.lists) >= maxLists {
		m.lists = map[string]*pagedList{}
	}
	l := m.lists[key]
	if l == nil || l.snapshot != snapshot || len(l.begins) >= maxBegins {
		l = &pagedList{snapshot: snapshot, begins: map[int]Cursor{}}
		m.lists[key] = l
	}
	l.begins[number] = at
}
