package qlara

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) conversationRoutes(base string) []api.Route {
	return []api.Route{
		api.Get(base, api.Key, h.listConversations),
		api.Post(base+"/reply", api.Key, h.reply),
		api.Get(base+"/assignable-users", api.Key, h.listAssignable),
		api.Get(base+"/:conversation", api.Key, h.getConversation),
		api.Get(base+"/:conversation/messages", api.Key, h.listMessages),
		api.Patch(base+"/:conversation/archive", api.Key, h.verb((*desk.Tx).Archive)),
		api.Patch(base+"/:conversation/unarchive", api.Key, h.verb((*desk.Tx).Unarchive)),
		api.Patch(base+"/:conversation/read", api.Key, h.verb((*desk.Tx).MarkRead)),
		api.Post(base+"/:conversation/assignee", api.Key, h.assign),
		api.Delete(base+"/:conversation/assignee", api.Key, h.verb((*desk.Tx).Unassign)),
	}
}

// chunk is how many conversations are read at once for a list of all.
const chunk = 500

// listConversations answers with a bare array. Without paging it has all conversations, and is written as they are
// read, so that a large account needs little memory.
func (h *handlers) listConversations(c *api.Call) error {
	filter, order, err := h.listInput(c)
	if err != nil {
		return err
	}
	counts, err := h.q.CountConversations(c.Ctx(), c.Scope(), filter)
	if err != nil {
		return err
	}
	c.Response().Header().Set("X-Total-Count", strconv.FormatInt(counts.All, 10))
	if c.QueryParam("limit") != "" || c.QueryParam("page") != "" || c.QueryParam("cursor") != "" {
		return h.listPage(c, filter, order)
	}
	var at db.Cursor
	first := true
	for {
		rows, next, err := h.readPage(c, filter, order, db.ConversationPage{After: at, Size: chunk})
		if err != nil && first {
			return err
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the array has begun, and an incomplete answer must not look complete
		}
		if err := writeChunk(c, rows, first); err != nil {
			return nil //nolint:nilerr // the client has disconnected
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

// listPage answers with a page. Pages count from 0 here.
func (h *handlers) listPage(c *api.Call, f db.ConversationFilter, o db.ConversationOrder) error {
	size := c.Limit(10, 1000)
	page := db.ConversationPage{Size: size}
	var order db.ConversationOrder
	walking, err := c.Cursor(&order, &page.After)
	switch {
	case err != nil:
		return err
	case walking && (order != o || !o.Fits(page.After)):
		return api.Refuse(http.StatusBadRequest, "The cursor is not one of this list")
	case !walking:
		n, err := strconv.Atoi(c.QueryParam("page"))
		if c.QueryParam("page") != "" && (err != nil || n < 0 || n > 1_000_000) {
			return api.Refuse(http.StatusBadRequest, "page must be a number from 0")
		}
		page.Offset = n * size
	}
	rows, next, err := h.readPage(c, f, o, page)
	if err != nil {
		return err
	}
	if len(rows) == size {
		if err := c.Next(o, next); err != nil {
			return err
		}
	}
	return c.Answer(rows)
}

func (h *handlers) readPage(
	c *api.Call, f db.ConversationFilter, o db.ConversationOrder, p db.ConversationPage,
) ([]conversationJSON, db.Cursor, error) {
	listed, err := h.q.ListConversationIDs(c.Ctx(), db.ConversationList{Scope: c.Scope(), Filter: f, Order: o, Page: p})
	if err != nil || len(listed) == 0 {
		return []conversationJSON{}, nil, err
	}
	ids := make([]int64, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	rows, err := h.q.ListQlaraConversations(c.Ctx(), ids, c.Account())
	shapes := make([]conversationJSON, len(rows))
	for i, r := range rows {
		shapes[i] = h.conversationShape(r)
	}
	return shapes, listed[len(listed)-1].Position, err
}

// listInput reads the filters and the order. It ignores unknown names, and refuses unknown values of known ones.
func (h *handlers) listInput(c *api.Call) (db.ConversationFilter, db.ConversationOrder, error) {
	f := db.ConversationFilter{NotArchived: true, Unread: truthy(c.QueryParam("unreadOnly"))}
	invalid := func(sentence string) (db.ConversationFilter, db.ConversationOrder, error) {
		return f, 0, api.Refuse(http.StatusBadRequest, sentence)
	}
	if from := c.QueryParam("dateFrom"); from != "" {
		at, ok := isoTime(from)
		if !ok {
			return invalid("dateFrom must be an ISO 8601 date")
		}
		f.PublicSince = &at
	}
	var err error
	if f.InboxIDs, err = h.channels(c); err != nil {
		return f, 0, err
	}
	if word := strings.ToLower(c.QueryParam("status")); word != "" {
		status := db.ConversationStatus(word)
		if !status.Valid() {
			return invalid("status must be open, resolved, pending or snoozed")
		}
		f.Statuses = []db.ConversationStatus{status}
	}
	// A + in a query arrives as a space. Without a sign the order is the same.
	switch strings.TrimLeft(c.QueryParam("orderBy"), " +") {
	case "", "-lastMessageDate":
		if c.QueryParam("orderBy") != "" && !strings.HasPrefix(c.QueryParam("orderBy"), "-") {
			return invalid("orderBy must name lastMessageDate")
		}
		return f, db.ByLastPublicDesc, nil
	case "lastMessageDate":
		return f, db.ByLastPublicAsc, nil
	}
	return invalid("orderBy must name lastMessageDate")
}

// noInbox is the id of no inbox, for a filter that names only channels without inboxes.
const noInbox = 0

// channels returns the inboxes that channelIds and channel name together, or nil for any. The ids may be separated by
// commas, repeated, or in brackets.
func (h *handlers) channels(c *api.Call) (ids []int64, err error) {
	q := c.QueryParams()
	for _, list := range slices.Concat(q["channelIds"], q["channelIds[]"]) {
		for word := range strings.SplitSeq(list, ",") {
			if word = strings.TrimSpace(word); word == "" {
				continue
			}
			n, err := strconv.ParseInt(word, 10, 64)
			if err != nil {
				return nil, api.Refuse(http.StatusBadRequest, "channelIds must be numbers")
			}
			if n != 0 { // sent for none
				ids = append(ids, n)
			}
		}
	}
	key := c.QueryParam("channel")
	if key == "" {
		return ids, nil
	}
	rows, err := h.q.ListInboxes(c.Ctx(), db.ListInboxesParams{AccountID: c.Account(), SeesAll: true, Most: api.MaxUncut})
	if err != nil {
		return nil, err
	}
	of := []int64{noInbox}
	for _, r := range rows {
		if strings.EqualFold(key, channelKey(r.Kind)) && (len(ids) == 0 || slices.Contains(ids, r.ID)) {
			of = append(of, r.ID)
		}
	}
	return of, nil
}

// isoTime reads a date or a time. Offsets may lack their colon, and have a space for their plus, because of the query's
// encoding.
func isoTime(text string) (time.Time, bool) {
	for _, s := range []string{text, strings.ReplaceAll(text, " ", "+")} {
		for _, layout := range []string{
			time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateTime,
			time.DateOnly,
		} {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC(), true
			}
		}
	}
	return time.Time{}, false
}

func (h *handlers) getConversation(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	rows, err := h.q.ListQlaraConversations(c.Ctx(), []int64{conversation.ID}, c.Account())
	if err != nil {
		return err
	}
	return c.Single(h.conversationShape(rows[0]))
}

// verb returns a route that changes a conversation and answers 204. Repeating it is no error.
func (h *handlers) verb(do func(*desk.Tx, context.Context, int64) error) api.Handler {
	return func(c *api.Call) error {
		return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
			return noContent(), do(t, ctx, conversation.ID)
		})
	}
}
