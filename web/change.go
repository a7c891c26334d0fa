package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// change changes the open conversation and answers with the parts around its thread; a poke updates the thread
// itself. What do returns is the toast's text; with it comes what takes the change back. A toast without text is none.
func (a *App) change(c echo.Context, do func(ctx context.Context, t *desk.Tx, open db.Conversation) (string, error)) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	var message string
	var undo desk.Undo
	err = a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) (err error) {
		before, err := t.Conversation(ctx, open.Conversation.DisplayID)
		if err != nil {
			return err
		}
		if message, err = do(ctx, t, before); err != nil {
			return err
		}
		after, _ := t.Held(before.ID)
		undo = desk.NewUndo(before, after)
		setLeft(c, after)
		return nil
	})
	if err != nil {
		return err
	}
	here := link.Conversation(v.Scope.AccountID, open.Conversation.DisplayID)
	if !htmx(c) {
		return c.Redirect(http.StatusSeeOther, backTo(c, here))
	}
	toast := views.ToastWithUndo(v.Scope.AccountID, message, undoText(undo))
	if !showsConversation(c, here) { // from the list, about a conversation that is not open
		return part(c, toast)
	}
	if open, err = a.readConversation(c); db.IsNone(err) { // the change moved it out of the viewer's sight
		c.Response().Header().Set("HX-Redirect", link.Conversations(v.Scope.AccountID))
		return part(c, toast)
	}
	if err != nil {
		return err
	}
	return a.answerChanged(c, open, toast)
}

// setLeft tells the page which conversations no longer belong in its list, so that it opens the next one at once.
func setLeft(c echo.Context, changed ...db.Conversation) {
	page, err := url.Parse(c.Request().Header.Get("HX-Current-URL"))
	if err != nil || !htmx(c) {
		return
	}
	shown, left := filterFrom(page.Query()), []int64{}
	for _, conversation := range changed {
		if !shown.Fits(conversation, viewerOf(c).ID) {
			left = append(left, conversation.DisplayID)
		}
	}
	event, err := json.Marshal(map[string]any{"parley:left": map[string]any{"conversations": left}})
	if err == nil && len(left) > 0 {
		c.Response().Header().Set("HX-Trigger", string(event))
	}
}

func (a *App) answerChanged(c echo.Context, open db.GetOpenConversationRow, toast views.Component) error {
	var head views.Head
	var details views.Details
	b := a.q.Batch()
	a.loadHead(c, b, open, &head)
	a.loadDetails(c, b, open, &details)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	head.OutOfBand, details.OutOfBand = true, true
	return part(c, views.ThreadHead(head), views.DetailsPanel(details), toast)
}

// showsConversation reports whether the page that asks has the conversation at here open.
func showsConversation(c echo.Context, here string) bool {
	u, err := url.Parse(c.Request().Header.Get("HX-Current-URL"))
	return err == nil && u.Path == here
}

// backTo is where a plain form leads: to the page that it was on, if that is one of ours, or else to usual.
func backTo(c echo.Context, usual string) string {
	u, err := url.Parse(c.Request().Referer())
	if err != nil || u.Host != c.Request().Host || u.Path == "" {
		return usual
	}
	return inner(u.RequestURI())
}

// markRead marks the conversation as read up to now. A script asks for it one second after opening; a button does so
// without script.
func (a *App) markRead(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	last := open.Conversation.LastMessageID
	if last != nil && (open.ReadUpTo == nil || *open.ReadUpTo < *last || open.Conversation.UnreadCount > 0) {
		err := a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error { return t.MarkRead(ctx, open.Conversation.ID) })
		if err != nil {
			return err
		}
	}
	if htmx(c) {
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, backTo(c, link.Conversation(v.Scope.AccountID, open.Conversation.DisplayID)))
}

// markUnread makes the last message unread again and leads back to the list, where it is bold.
func (a *App) markUnread(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	if err := a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error { return t.MarkUnread(ctx, open.Conversation.ID) }); err != nil {
		return err
	}
	to := link.Query(link.Conversations(v.Scope.AccountID), filterOf(c).Query())
	if htmx(c) {
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusOK)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// markTyping shows colleagues that the viewer is writing.
func (a *App) markTyping(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	err = a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error {
		return t.Typing(ctx, open.Conversation.ID, true, c.FormValue("mode") == "note")
	})
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
