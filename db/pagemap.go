package db

import (
	"context"
	"fmt"
	"sync"
)

// PageMap remembers where the pages of conversation lists begin, so that page 1,000 costs what page 1 does although
// clients ask for it by its number: a remembered beginning is a cursor, so no rows are skipped. It is valid for one
// state of the database (its snapshot); after any commit it is rebuilt. Share one within a process.
type PageMap struct {
	mu    sync.Mutex
	lists map[string]*pagedList
}

type pagedList struct {
	snapshot string
	begins   map[int]Cursor
}

// maxLists limits the memory: beyond it everything is forgotten, which costs one slower page for each list.
const (
	maxLists  = 512
	maxBegins = 4096
	nearPages = 8
)

// NewPageMap makes an empty one.
func NewPageMap() *PageMap { return &PageMap{lists: map[string]*pagedList{}} }

// List reads the page with this number, counted from 1. Of l.Page it takes the size alone.
func (m *PageMap) List(ctx context.Context, q *Queries, l ConversationList, number int) (rows []ListedConversation, err error) {
	b := q.Batch()
	m.Into(b, &rows, l, number)
	return rows, b.Run(ctx)
}

// Into queues the reading of a page, like List. A page far from the start takes a second round trip.
func (m *PageMap) Into(b *Batch, dst *[]ListedConversation, l ConversationList, number int) {
	skip := (max(number, 1) - 1) * l.Page.Size
	if number <= nearPages {
		l.Page = ConversationPage{Offset: skip, Size: l.Page.Size}
		Into(b, dst, (*Queries).ListConversationIDs, l)
		return
	}
	var snapshot string
	Into0(b, &snapshot, (*Queries).getSnapshot)
	b.Then(func() error {
		key := l.key()
		if begin, ok := m.begin(key, snapshot, number); ok {
			l.Page = ConversationPage{After: begin, Size: l.Page.Size}
			Into(b, dst, (*Queries).ListConversationIDs, l)
			return nil
		}
		// One row more in front: its position is where the page begins.
		var rows []ListedConversation
		l.Page = ConversationPage{Offset: skip - 1, Size: l.Page.Size + 1}
		Into(b, &rows, (*Queries).ListConversationIDs, l)
		b.Then(func() error {
			if len(rows) > 0 {
				m.remember(key, snapshot, number, rows[0].Position)
				*dst = rows[1:]
			}
			return nil
		})
		return nil
	})
}

// getSnapshot identifies which transactions a statement sees: two that see the same ones read the same rows.
func (q *Queries) getSnapshot(ctx context.Context) (snapshot string, err error) {
	err = q.db.QueryRow(ctx, "SELECT pg_current_snapshot()::text").Scan(&snapshot)
	return snapshot, err
}

// key identifies a list.
func (l ConversationList) key() string {
	s := l.Scope
	return fmt.Sprintf("%d|%v|%v|%v|%d|%d|%d|%s",
		s.AccountID, s.SeesAll, s.InboxIDs, s.TeamIDs, s.UserID, l.Order, l.Page.Size, l.Filter.key())
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
