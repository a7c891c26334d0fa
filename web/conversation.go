package web

import (
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views"
)

// conversationPage shows a conversation beside the list; a script that asks for the pane gets it alone.
func (a *App) conversationPage(c echo.Context) error {
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	if htmx(c) && target(c) == "main" {
		var pane views.ConversationPane
		b := a.q.Batch()
		a.loadConversationPane(c, b, open, &pane)
		if err := b.Run(c.Request().Context()); err != nil {
			return err
		}
		return part(c, views.ConversationPanes(open.Subject(), pane))
	}
	frame, list, pane, err := a.readConversationPage(c, open)
	if err != nil {
		return err
	}
	return page(c, views.ConversationPage(frame, list, pane))
}

// readConversationPage reads the whole page of an open conversation, nearly all of it in one round trip.
func (a *App) readConversationPage(
	c echo.Context, open db.GetOpenConversationRow,
) (frame views.Frame, list views.List, pane views.ConversationPane, err error) {
	frame = a.newFrame(c, open.Subject(), "inbox")
	list = a.newList(c, filterOf(c), open.Conversation.DisplayID)
	b := a.q.Batch()
	a.loadConversationPane(c, b, open, &pane)
	a.loadUnread(c, b, &frame.Unread)
	a.loadList(c, b, &list)
	if err := b.Run(c.Request().Context()); err != nil {
		return frame, list, pane, err
	}
	frame.Sidebar, frame.Flash = pane.Details.Sidebar, a.flash(c)
	return frame, list, pane, nil
}

// readConversation reads the conversation that the path names, if the viewer sees it.
func (a *App) readConversation(c echo.Context) (db.GetOpenConversationRow, error) {
	display, err := pathID(c, "conversation")
	if err != nil {
		return db.GetOpenConversationRow{}, err
	}
	return a.q.GetOpenConversation(c.Request().Context(), openParams(viewerOf(c).Scope, display))
}

func openParams(s db.Scope, display int64) db.GetOpenConversationParams {
	return db.GetOpenConversationParams{
		AccountID: s.AccountID, UserID: s.UserID, DisplayID: display, SeesAll: s.SeesAll, InboxIds: s.InboxIDs, TeamIds: s.TeamIDs,
	}
}

// loadConversationPane reads everything that a page shows of an open conversation.
func (a *App) loadConversationPane(
	c echo.Context, b *db.Batch, open db.GetOpenConversationRow, pane *views.ConversationPane,
) {
	pane.Open = open
	a.loadThread(c, b, open, &pane.Thread)
	a.loadHead(c, b, open, &pane.Head)
	a.loadDetails(c, b, open, &pane.Details)
	a.loadComposer(c, b, open, &pane.Composer)
	if mode := c.QueryParam("mode"); mode == "note" || mode == "reply" {
		pane.Composer.Mode = mode
	}
}

// loadHead reads what stands above the thread: subject, status and assignee.
func (a *App) loadHead(c echo.Context, b *db.Batch, open db.GetOpenConversationRow, head *views.Head) {
	v := viewerOf(c)
	*head = views.Head{Open: open, Filter: filterOf(c), Me: v.ID, Admin: v.Scope.Admin(), Now: a.nowFor(v)}
	loadAssignable(b, open, &head.Assignable)
	db.Into2(b, &head.Macros, (*db.Queries).ListMacroNames, v.Scope.AccountID, v.ID)
}

// loadAssignable reads who can be assigned.
func loadAssignable(b *db.Batch, open db.GetOpenConversationRow, people *[]db.ListAssignableRow) {
	db.Into(b, people, (*db.Queries).ListAssignable, db.ListAssignableParams{
		AccountID: open.Conversation.AccountID,
		InboxID:   open.Conversation.InboxID,
		TeamID:    open.Conversation.TeamID,
	})
}

// loadDetails reads what stands beside the thread.
func (a *App) loadDetails(c echo.Context, b *db.Batch, open db.GetOpenConversationRow, details *views.Details) {
	v := viewerOf(c)
	*details = views.Details{Open: open, Now: a.nowFor(v)}
	a.loadSidebar(c, b, &details.Sidebar)
	db.Into(b, &details.Past, (*db.Queries).ListPreviousConversations, db.ListPreviousConversationsParams{
		AccountID: v.Scope.AccountID,
		ContactID: open.Contact.ID,
		ExceptID:  open.Conversation.ID,
		SeesAll:   v.Scope.SeesAll,
		InboxIds:  v.Scope.InboxIDs,
		TeamIds:   v.Scope.TeamIDs,
	})
	a.loadAttributes(c, b, attributeAddress(open), &details.Attributes)
}

// loadComposer reads the composer with the viewer's drafts.
func (a *App) loadComposer(c echo.Context, b *db.Batch, open db.GetOpenConversationRow, form *views.Composer) {
	v := viewerOf(c)
	*form = views.NewComposer(open, a.nowFor(v))
	var drafts []db.Draft
	db.Into(b, &drafts, (*db.Queries).ListDrafts, db.ListDraftsParams{
		AccountID:      v.Scope.AccountID,
		ConversationID: open.Conversation.ID,
		UserID:         v.ID,
	})
	b.Then(func() error {
		for _, d := range drafts {
			if d.Mode == "note" {
				form.Note = d.Body
			} else {
				form.Reply = d.Body
			}
		}
		return nil
	})
}

// headPart and detailsPart answer a page that reads them again after a poke.
func (a *App) headPart(c echo.Context) error {
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	var head views.Head
	b := a.q.Batch()
	a.loadHead(c, b, open, &head)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	return part(c, views.ThreadHead(head))
}

func (a *App) detailsPart(c echo.Context) error {
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	return a.answerDetails(c, open)
}

func (a *App) answerDetails(c echo.Context, open db.GetOpenConversationRow) error {
	var details views.Details
	b := a.q.Batch()
	a.loadDetails(c, b, open, &details)
	if err := b.Run(c.Request().Context()); err != nil {
		return err
	}
	return part(c, views.DetailsPanel(details))
}
