package qlara

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

func (s *surface) conversationRoutes(base string) []api.Route {
	return []api.Route{
		api.Get(base, api.Key, s.listConversations),
		api.Post(base+"/reply", api.Key, s.reply),
		api.Get(base+"/assignable-users", api.Key, s.listAssignable),
		api.Get(base+"/:conversation", api.Key, s.getConversation),
		api.Get(base+"/:conversation/messages", api.Key, s.listMessages),
		api.Patch(base+"/:conversation/archive", api.Key, s.verb((*desk.Tx).Archive)),
		api.Patch(base+"/:conversation/unarchive", api.Key, s.verb((*desk.Tx).Unarchive)),
		api.Patch(base+"/:conversation/read", api.Key, s.verb((*desk.Tx).MarkRead)),
		api.Post(base+"/:conversation/assignee", api.Key, s.assign),
		api.Delete(base+"/:conversation/assignee", api.Key, s.verb((*desk.Tx).Unassign)),
	}
}

// chunk is how many conversations are read at a time when all are asked for.
const chunk = 500

// listConversations answers a bare array: everything where no paging is asked for, written as it is read, so that
// a large account costs no memory.
func (s *surface) listConversations(c *api.Call) error {
	filter, order, err := listInput(c)
	if err != nil {
		return err
	}
	paged := c.QueryParam("limit") != "" || c.QueryParam("page") != "" || c.QueryParam("cursor") != ""
	if paged {
		return s.listPage(c, filter, order)
	}
	counts, err := s.q.CountConversations(c.Ctx(), c.Scope(), filter)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("X-Total-Count", strconv.FormatInt(counts.All, 10))
	var at db.Cursor
	first := true
	for {
		rows, next, err := s.readPage(c, filter, order, db.ConversationPage{After: at, Size: chunk})
		if err != nil && first {
			return err
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the array has begun: an unfinished answer must not look like a whole one
		}
		if err := writeChunk(c, rows, first); err != nil {
			return nil //nolint:nilerr // the client has gone
		}
		first = false
		if len(rows) < chunk {
			_, _ = c.Response().Write([]byte("]"))
			return nil
		}
		at = next
	}
}

func writeChunk(c *api.Call, rows []conversationJSON, first bool) error {
	raw, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	raw = raw[:len(raw)-1]
	if first {
		c.Response().Header().Set("Content-Type", "application/json; charset=utf-8")
		c.Response().WriteHeader(http.StatusOK)
	} else {
		raw = raw[1:]
		if len(raw) > 0 {
			raw = append([]byte(","), raw...)
		}
	}
	_, err = c.Response().Write(raw)
	return err
}

// listPage answers one page: page counts from 0 here.
func (s *surface) listPage(c *api.Call, f db.ConversationFilter, o db.ConversationOrder) error {
	size := c.Limit(10, 1000)
	page := db.ConversationPage{Size: size}
	if ok, err := c.Cursor((*[]*string)(&page.After)); err != nil {
		return err
	} else if !ok {
		n, err := strconv.Atoi(c.QueryParam("page"))
		if c.QueryParam("page") != "" && (err != nil || n < 0 || n > 1_000_000) {
			return api.Refuse(http.StatusBadRequest, "page must be a number from 0")
		}
		page.Offset = n * size
	}
	rows, next, err := s.readPage(c, f, o, page)
	if err != nil {
		return err
	}
	if len(rows) == size {
		if err := c.Next([]*string(next)); err != nil {
			return err
		}
	}
	return c.Answer(rows)
}

func (s *surface) readPage(c *api.Call, f db.ConversationFilter, o db.ConversationOrder, p db.ConversationPage) ([]conversationJSON, db.Cursor, error) {
	listed, err := s.q.ListConversationIDs(c.Ctx(), c.Scope(), f, o, p)
	if err != nil || len(listed) == 0 {
		return []conversationJSON{}, nil, err
	}
	ids := make([]int64, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	rows, err := s.q.ListQlaraConversations(c.Ctx(), ids, c.Account())
	shapes := make([]conversationJSON, len(rows))
	for i, r := range rows {
		shapes[i] = s.conversationShape(r)
	}
	return shapes, listed[len(listed)-1].Place, err
}

// listInput reads the filters and the order. Unknown names are passed over; unknown values of known ones are not.
func listInput(c *api.Call) (db.ConversationFilter, db.ConversationOrder, error) {
	f := db.ConversationFilter{NotArchived: true, Unread: truthy(c.QueryParam("unreadOnly"))}
	wrong := func(sentence string) (db.ConversationFilter, db.ConversationOrder, error) {
		return f, 0, api.Refuse(http.StatusBadRequest, sentence)
	}
	if s := c.QueryParam("dateFrom"); s != "" {
		at, ok := isoTime(s)
		if !ok {
			return wrong("dateFrom must be an ISO 8601 date")
		}
		f.PublicSince = &at
	}
	for _, list := range c.QueryParams()["channelIds"] {
		for s := range strings.SplitSeq(list, ",") {
			if s = strings.TrimSpace(s); s == "" {
				continue
			}
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return wrong("channelIds must be numbers")
			}
			f.InboxIDs = append(f.InboxIDs, n)
		}
	}
	if s := strings.ToLower(c.QueryParam("status")); s != "" {
		status := db.ConversationStatus(s)
		if !status.Valid() {
			return wrong("status must be open, resolved, pending or snoozed")
		}
		f.Statuses = []db.ConversationStatus{status}
	}
	// A + in a query arrives as a blank; no sign means the same.
	switch strings.TrimLeft(c.QueryParam("orderBy"), " +") {
	case "", "-lastMessageDate":
		if c.QueryParam("orderBy") != "" && !strings.HasPrefix(c.QueryParam("orderBy"), "-") {
			return wrong("orderBy must name lastMessageDate")
		}
		return f, db.ByLastPublicDesc, nil
	case "lastMessageDate":
		return f, db.ByLastPublicAsc, nil
	}
	return wrong("orderBy must name lastMessageDate")
}

func isoTime(s string) (time.Time, bool) {
	s = strings.ReplaceAll(s, " ", "+") // an offset's plus, as a query carries it
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func (s *surface) getConversation(c *api.Call) error {
	conversation, err := s.conversation(c)
	if err != nil {
		return err
	}
	rows, err := s.q.ListQlaraConversations(c.Ctx(), []int64{conversation.ID}, c.Account())
	if err != nil {
		return err
	}
	return c.Single(s.conversationShape(rows[0]))
}

// conversation reads the one that the path names, if the key sees it.
func (s *surface) conversation(c *api.Call) (db.Conversation, error) {
	number, err := c.ID("conversation")
	if err != nil {
		return db.Conversation{}, err
	}
	sc := c.Scope()
	return s.q.GetConversation(c.Ctx(), db.GetConversationParams{
		AccountID: sc.AccountID, DisplayID: number, SeesAll: sc.SeesAll, InboxIds: sc.InboxIDs, TeamIds: sc.TeamIDs,
	})
}

// verb is a route that does one thing to a conversation, as often as it likes, and answers 204.
func (s *surface) verb(do func(*desk.Tx, context.Context, int64) error) api.Handler {
	return func(c *api.Call) error {
		number, err := c.ID("conversation")
		if err != nil {
			return err
		}
		return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
			conversation, err := t.Conversation(ctx, number)
			if err != nil {
				return nil, err
			}
			return noContent(), do(t, ctx, conversation.ID)
		})
	}
}
