package web

import (
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views"
)

// conversationPage is a conversation beside the list, or, asked by a script for its pane, alone.
func (a *App) conversationPage(c echo.Context) error {
	open, err := a.open(c)
	if err != nil {
		return err
	}
	if htmx(c) && target(c) == "main" {
		pane, err := a.conversationPane(c, open)
		if err != nil {
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

// beside reads the whole page of an open conversation: nearly all of it in one round trip.
func (a *App) readConversationPage(c echo.Context, open db.GetOpenConversationRow) (views.Frame, views.List, views.ConversationPane, error) {
	frame, list, d := a.newFrame(c, open.Subject(), "inbox"), a.newListing(c, filterOf(c), open.Conversation.DisplayID), views.ConversationPane{Open: open}
	asks, err := a.askConversationPane(c, open, &d)
	if err != nil {
		return frame, list.List, d, err
	}
	asks = append(append(asks, a.askUnread(c, &frame.Unread)), a.askList(c, &list)...)
	if err := a.q.Together(c.Request().Context(), asks...); err != nil {
		return frame, list.List, d, err
	}
	if err := a.readRows(c, &list); err != nil {
		return frame, list.List, d, err
	}
	err = a.readThreadExtras(c, &d.Thread)
	frame.Sidebar, frame.Flash = d.Details.Sidebar, a.flash(c)
	return frame, list.List, d, err
}

// open reads the conversation of the address, as far as the viewer sees it.
func (a *App) open(c echo.Context) (db.GetOpenConversationRow, error) {
	display, err := pathID(c, "conversation")
	if err != nil {
		return db.GetOpenConversationRow{}, err
	}
	s := viewerOf(c).Scope
	return a.q.GetOpenConversation(c.Request().Context(), db.GetOpenConversationParams{
		AccountID: s.AccountID, UserID: s.UserID, DisplayID: display, SeesAll: s.SeesAll, InboxIds: s.InboxIDs, TeamIds: s.TeamIDs,
	})
}

// desktop reads all that is shown of an open conversation.
func (a *App) conversationPane(c echo.Context, open db.GetOpenConversationRow) (views.ConversationPane, error) {
	d := views.ConversationPane{Open: open}
	asks, err := a.askConversationPane(c, open, &d)
	if err != nil {
		return d, err
	}
	if err := a.q.Together(c.Request().Context(), asks...); err != nil {
		return d, err
	}
	return d, a.readThreadExtras(c, &d.Thread)
}

func (a *App) askConversationPane(c echo.Context, open db.GetOpenConversationRow, d *views.ConversationPane) ([]db.Ask, error) {
	thread, err := a.askThread(c, open, &d.Thread)
	asks := append([]db.Ask{thread}, a.askHead(c, open, &d.Head)...)
	asks = append(asks, a.askDetails(c, open, &d.Details)...)
	asks = append(asks, a.askComposer(c, open, &d.Composer))
	if mode := c.QueryParam("mode"); mode == "note" || mode == "reply" {
		d.Composer.Mode = mode
	}
	return asks, err
}

// head is what stands above the thread: subject, state, who has it.
func (a *App) head(c echo.Context, open db.GetOpenConversationRow) (h views.Head, err error) {
	return h, a.q.Together(c.Request().Context(), a.askHead(c, open, &h)...)
}

func (a *App) askHead(c echo.Context, open db.GetOpenConversationRow, h *views.Head) []db.Ask {
	ctx, v := c.Request().Context(), viewerOf(c)
	*h = views.Head{Open: open, Filter: filterOf(c), Me: v.ID, Admin: v.Scope.Admin(), Now: a.nowFor(v)}
	return []db.Ask{
		func(q *db.Queries) (err error) {
			h.People, err = q.ListAssignable(ctx, db.ListAssignableParams{
				AccountID: v.Scope.AccountID, InboxID: open.Conversation.InboxID, TeamID: open.Conversation.TeamID,
			})
			return err
		},
		func(q *db.Queries) (err error) {
			h.Macros, err = q.ListMacroNames(ctx, v.Scope.AccountID, v.ID)
			return err
		},
	}
}

// askDetails reads what stands beside the thread.
func (a *App) askDetails(c echo.Context, open db.GetOpenConversationRow, d *views.Details) []db.Ask {
	ctx, v := c.Request().Context(), viewerOf(c)
	*d = views.Details{Open: open, Now: a.nowFor(v)}
	return []db.Ask{
		a.askSidebar(c, &d.Sidebar),
		func(q *db.Queries) (err error) {
			d.Past, err = q.ListPast(ctx, db.ListPastParams{
				AccountID: v.Scope.AccountID, ContactID: open.Contact.ID, ExceptID: open.Conversation.ID,
				SeesAll: v.Scope.SeesAll, InboxIds: v.Scope.InboxIDs, TeamIds: v.Scope.TeamIDs,
			})
			return err
		},
		a.askAttributes(ctx, v.Scope.AccountID, attributeAddress(open), &d.Attributes),
	}
}

// composer is the form at the foot, with the viewer's drafts.
func (a *App) composer(c echo.Context, open db.GetOpenConversationRow) (p views.Composer, err error) {
	return p, a.askComposer(c, open, &p)(a.q)
}

func (a *App) askComposer(c echo.Context, open db.GetOpenConversationRow, p *views.Composer) db.Ask {
	v := viewerOf(c)
	*p = views.NewComposer(open)
	return func(q *db.Queries) error {
		drafts, err := q.ListDrafts(c.Request().Context(), db.ListDraftsParams{AccountID: v.Scope.AccountID, ConversationID: open.Conversation.ID, UserID: v.ID})
		for _, d := range drafts {
			if d.Mode == "note" {
				p.Note = d.Body
			} else {
				p.Reply = d.Body
			}
		}
		return err
	}
}

// headPart and detailsPart answer pokes about the conversation.
func (a *App) headPart(c echo.Context) error {
	open, err := a.open(c)
	if err != nil {
		return err
	}
	head, err := a.head(c, open)
	if err != nil {
		return err
	}
	return part(c, views.ThreadHead(head))
}

func (a *App) detailsPart(c echo.Context) error {
	open, err := a.open(c)
	if err != nil {
		return err
	}
	return a.answerDetails(c, open)
}

func (a *App) answerDetails(c echo.Context, open db.GetOpenConversationRow) error {
	var d views.Details
	if err := a.q.Together(c.Request().Context(), a.askDetails(c, open, &d)...); err != nil {
		return err
	}
	return part(c, views.DetailsPanel(d))
}
