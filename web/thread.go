package web

import (
	"math"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// How many messages a thread opens with, how many a poke fetches, and how far a link to an old message reads on.
const (
	threadPage = 40
	threadTail = 12
	threadAt   = 200
)

// threadPart answers a poke with the thread's end, or "Earlier messages" with those before a message.
func (a *App) threadPart(c echo.Context) error {
	open, err := a.open(c)
	if err != nil {
		return err
	}
	t, err := a.thread(c, open)
	if err != nil {
		return err
	}
	return part(c, views.Feed(t))
}

// thread reads the messages that the address asks for: the end of the thread, those before=ID, or those around at=ID.
func (a *App) thread(c echo.Context, open db.GetOpenConversationRow) (views.Thread, error) {
	var t views.Thread
	ask, err := a.askThread(c, open, &t)
	if err != nil {
		return t, err
	}
	if err := ask(a.q); err != nil {
		return t, err
	}
	return t, a.readThreadExtras(c, &t)
}

// askThread reads the messages alone; readThreadExtras, afterwards, what only some threads have.
func (a *App) askThread(c echo.Context, open db.GetOpenConversationRow, t *views.Thread) (db.Ask, error) {
	v := viewerOf(c)
	*t = views.Thread{AccountID: v.Scope.AccountID, Open: open, Me: v.ID, Admin: v.Scope.Admin(), Now: a.nowFor(v), Filter: filterOf(c)}
	before, size, err := a.window(c, open, t)
	return func(q *db.Queries) error {
		rows, err := q.ListThread(c.Request().Context(), db.ListThreadParams{
			AccountID: v.Scope.AccountID, ConversationID: open.Conversation.ID, BeforeID: before, PageSize: int32(size) + 1,
		})
		if err != nil {
			return err
		}
		if len(rows) > size {
			rows = rows[:size]
			t.Older = link.Conversation(v.Scope.AccountID, open.Conversation.DisplayID) + "/thread?before=" + strconv.FormatInt(rows[size-1].Message.ID, 10)
		}
		slices.Reverse(rows)
		t.Rows = rows
		t.NewFrom = newFrom(c, open, rows)
		return nil
	}, err
}

func (a *App) readThreadExtras(c echo.Context, t *views.Thread) error {
	if err := a.late(c, t); err != nil {
		return err
	}
	return a.files(c, t)
}

// late reads which messages the program behind an API inbox has not taken, once a try has failed. Their status stays
// what the API says until the tries have ended.
func (a *App) late(c echo.Context, t *views.Thread) error {
	inbox := t.Open.Inbox
	if inbox.Kind != db.InboxKindApi || inbox.WebhookUrl == "" {
		return nil
	}
	rows, err := a.q.ListUndelivered(c.Request().Context(), db.ListUndeliveredParams{
		AccountID: t.AccountID, Receiver: "inbox:" + formatID(inbox.ID), Lane: "conversation:" + formatID(t.Open.Conversation.ID), Most: threadAt,
	})
	if err != nil || len(rows) == 0 || rows[0].Attempts == 0 {
		return err
	}
	t.Late = map[int64]string{}
	for _, r := range rows {
		if r.EventName == "message_created" && r.MessageID != nil {
			t.Late[*r.MessageID] = rows[0].LastError // the others wait for the first
		}
	}
	return nil
}

// window is the part of the thread that the address asks for.
func (a *App) window(c echo.Context, open db.GetOpenConversationRow, t *views.Thread) (before int64, size int, err error) {
	if n, err := strconv.ParseInt(c.QueryParam("before"), 10, 64); err == nil && n > 0 {
		t.Earlier = true
		return n, threadPage, nil
	}
	if at, err := strconv.ParseInt(c.QueryParam("at"), 10, 64); err == nil && at > 0 {
		ids, err := a.q.ListThreadFrom(c.Request().Context(), db.ListThreadFromParams{
			AccountID: t.AccountID, ConversationID: open.Conversation.ID, FromID: at, PageSize: threadAt + 1,
		})
		if err != nil {
			return 0, 0, err
		}
		if len(ids) > threadAt {
			t.Later = true
			return ids[threadPage], threadPage + threadPage/2, nil
		}
		return math.MaxInt64, max(threadPage, len(ids)+threadPage/2), nil
	}
	if fetchedAnew(c) {
		return math.MaxInt64, threadTail, nil
	}
	return math.MaxInt64, threadPage, nil
}

// newFrom is the first message that the viewer has not read when the page opened. The page says so itself when it
// fetches again: reading it must not take the line away under the reader's eyes.
func newFrom(c echo.Context, open db.GetOpenConversationRow, rows []db.ListThreadRow) int64 {
	if s := c.QueryParam("new"); s != "" {
		n, _ := strconv.ParseInt(s, 10, 64)
		return n
	}
	for _, r := range rows {
		if r.Message.Kind == db.MessageKindIncoming && r.Message.ID > open.ReadTo() {
			return r.Message.ID
		}
	}
	return 0
}

// files reads the attachments of the messages that have any.
func (a *App) files(c echo.Context, t *views.Thread) error {
	var ids []int64
	for _, r := range t.Rows {
		if r.Message.AttachmentCount > 0 {
			ids = append(ids, r.Message.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	files, err := a.q.ListMessageAttachments(c.Request().Context(), t.AccountID, ids)
	t.Files = map[int64][]db.Attachment{}
	for _, f := range files {
		if f.MessageID != nil {
			t.Files[*f.MessageID] = append(t.Files[*f.MessageID], f)
		}
	}
	return err
}
