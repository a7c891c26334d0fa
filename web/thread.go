package web

import (
	"math"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// How many messages a thread opens with, how many a poke fetches, and how far a link to an old message reads on.
const (
	threadPage = 40
	threadTail = 12
	threadAt   = 200
)

// threadPart answers a page that reads the end of its thread after a poke, or "Earlier messages" with those before a
// message.
func (a *App) threadPart(c echo.Context) error {
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	var t views.Thread
	b := a.q.Batch()
	a.loadThread(c, b, open, &t)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	return part(c, views.Feed(t))
}

// newThread is a thread without its messages.
func (a *App) newThread(c echo.Context, open db.GetOpenConversationRow) views.Thread {
	v := viewerOf(c)
	return views.Thread{
		AccountID: v.Scope.AccountID,
		Open:      open,
		Me:        v.ID,
		Admin:     v.Scope.Admin(),
		Now:       a.nowFor(v),
	}
}

// loadThread reads the messages that the address asks for: the end of the thread, those before=ID, or those around
// at=ID.
func (a *App) loadThread(c echo.Context, b *db.Batch, open db.GetOpenConversationRow, t *views.Thread) {
	*t = a.newThread(c, open)
	t.Filter = filterOf(c)
	if n, err := strconv.ParseInt(c.QueryParam("before"), 10, 64); err == nil && n > 0 {
		t.Earlier = true
		a.loadMessages(c, b, t, n, threadPage)
		return
	}
	if at, err := strconv.ParseInt(c.QueryParam("at"), 10, 64); err == nil && at > 0 {
		a.loadThreadAt(c, b, t, at)
		return
	}
	size := threadPage
	if fetchedAnew(c) {
		size = threadTail
	}
	a.loadMessages(c, b, t, math.MaxInt64, size)
}

// loadThreadAt reads the thread from a message on: to its end, unless that is too far.
func (a *App) loadThreadAt(c echo.Context, b *db.Batch, t *views.Thread, at int64) {
	var ids []int64
	db.Into(b, &ids, (*db.Queries).ListThreadFrom, db.ListThreadFromParams{
		AccountID:      t.AccountID,
		ConversationID: t.Open.Conversation.ID,
		FromID:         at,
		PageSize:       threadAt + 1,
	})
	b.Then(func() error {
		if len(ids) > threadAt {
			t.Later = true
			a.loadMessages(c, b, t, ids[threadPage], threadPage+threadPage/2)
		} else {
			a.loadMessages(c, b, t, math.MaxInt64, max(threadPage, len(ids)+threadPage/2))
		}
		return nil
	})
}

// loadMessages reads the last messages before one, and what only some threads have.
func (a *App) loadMessages(c echo.Context, b *db.Batch, t *views.Thread, before int64, size int) {
	conversation := t.Open.Conversation
	var rows []db.ListThreadRow
	db.Into(b, &rows, (*db.Queries).ListThread, db.ListThreadParams{
		AccountID:      t.AccountID,
		ConversationID: conversation.ID,
		BeforeID:       before,
		PageSize:       int32(size) + 1,
	})
	b.Then(func() error {
		if len(rows) > size {
			rows = rows[:size]
			oldest := strconv.FormatInt(rows[size-1].Message.ID, 10)
			t.Older = link.With(link.ConversationThread(t.AccountID, conversation.DisplayID), "before", oldest)
		}
		slices.Reverse(rows)
		t.Rows = rows
		t.NewFrom = newFrom(c, t.Open, rows, t.Older != "")
		loadFiles(b, t)
		return nil
	})
	loadLate(b, t)
}

// loadLate reads which messages the program behind an API inbox has not accepted after a first failed try. Their
// status stays as the API says until the last try.
func loadLate(b *db.Batch, t *views.Thread) {
	inbox := t.Open.Inbox
	if !channel.Of(inbox.Kind).Bridge || inbox.WebhookUrl == "" {
		return
	}
	var rows []db.ListUndeliveredEventsRow
	db.Into(b, &rows, (*db.Queries).ListUndeliveredEvents, db.ListUndeliveredEventsParams{
		AccountID: t.AccountID,
		Receiver:  "inbox:" + formatID(inbox.ID),
		QueueKey:  "conversation:" + formatID(t.Open.Conversation.ID),
		Most:      threadAt,
	})
	b.Then(func() error {
		t.Late = lateMessages(rows)
		return nil
	})
}

// lateMessages maps the messages that a receiver has not accepted to the reason: its last answer, or the last answer to
// the one that a waiting message waits for.
func lateMessages(rows []db.ListUndeliveredEventsRow) map[int64]string {
	late, reason := map[int64]string{}, ""
	for _, r := range rows {
		if r.State == db.DeliveryStatePending {
			reason = r.LastError
		}
		if reason != "" && r.EventName == "message_created" && r.MessageID != nil {
			late[*r.MessageID] = reason
		}
	}
	return late
}

// newFrom is the first message that was unread when the page opened. A page that reads its thread again sends it:
// marking as read must not remove the line while the reader looks at it.
func newFrom(c echo.Context, open db.GetOpenConversationRow, rows []db.ListThreadRow, older bool) int64 {
	if s := c.QueryParam("new"); s != "" {
		n, _ := strconv.ParseInt(s, 10, 64)
		return n
	}
	if older && len(rows) > 0 && rows[0].Message.ID > open.ReadTo() {
		return 0 // it stands above: a line here would be in the wrong place
	}
	for _, r := range rows {
		if r.Message.Kind == db.MessageKindIncoming && r.Message.ID > open.ReadTo() {
			return r.Message.ID
		}
	}
	return 0
}

// loadFiles reads the attachments of those messages of a thread that have any.
func loadFiles(b *db.Batch, t *views.Thread) {
	var ids []int64
	for _, r := range t.Rows {
		if r.Message.AttachmentCount > 0 {
			ids = append(ids, r.Message.ID)
		}
	}
	if len(ids) == 0 {
		return
	}
	var files []db.Attachment
	db.Into2(b, &files, (*db.Queries).ListMessageAttachments, t.AccountID, ids)
	b.Then(func() error {
		t.Files = map[int64][]db.Attachment{}
		for _, f := range files {
			if f.MessageID != nil {
				t.Files[*f.MessageID] = append(t.Files[*f.MessageID], f)
			}
		}
		return nil
	})
}
