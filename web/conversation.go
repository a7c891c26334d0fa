package web

import (
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
)

// conversationPage is a conversation beside the list, or, asked by a script for its pane, alone.
func (a *App) conversationPage(c echo.Context) error {
	open, err := a.open(c)
	if err != nil {
		return err
	}
	f := filterOf(c)
	frame, err := a.frame(c, open.Subject(), "inbox")
	if err != nil {
		return err
	}
	desk, err := a.desktop(c, frame, open)
	if err != nil {
		return err
	}
	if htmx(c) && target(c) == "main" {
		return part(c, views.ConversationPanes(frame, f, desk))
	}
	list, err := a.list(c, f, open.Conversation.DisplayID)
	if err != nil {
		return err
	}
	if err := a.count(c, &list); err != nil {
		return err
	}
	return page(c, views.ConversationPage(frame, list, desk))
}

// open reads the conversation of the address, as far as the viewer sees it.
func (a *App) open(c echo.Context) (db.GetOpenConversationRow, error) {
	display, err := number(c, "conversation")
	if err != nil {
		return db.GetOpenConversationRow{}, err
	}
	s := viewerOf(c).Scope
	return a.q.GetOpenConversation(c.Request().Context(), db.GetOpenConversationParams{
		AccountID: s.AccountID, UserID: s.UserID, DisplayID: display, SeesAll: s.SeesAll, InboxIds: s.InboxIDs, TeamIds: s.TeamIDs,
	})
}

// desktop reads all that is shown of an open conversation.
func (a *App) desktop(c echo.Context, f views.Frame, open db.GetOpenConversationRow) (views.Desktop, error) {
	ctx := c.Request().Context()
	d := views.Desktop{Open: open}
	var err error
	if d.Thread, err = a.thread(c, open); err != nil {
		return d, err
	}
	if d.Head, err = a.head(c, open); err != nil {
		return d, err
	}
	if d.Details, err = a.details(c, open, f.Places); err != nil {
		return d, err
	}
	if d.Composer, err = a.composer(ctx, viewerOf(c), open); err != nil {
		return d, err
	}
	if mode := c.QueryParam("mode"); mode == "note" || mode == "reply" {
		d.Composer.Mode = mode
	}
	return d, nil
}

// head is what stands above the thread: subject, state, who has it.
func (a *App) head(c echo.Context, open db.GetOpenConversationRow) (views.Head, error) {
	v := viewerOf(c)
	people, err := a.q.ListAssignable(c.Request().Context(), db.ListAssignableParams{
		AccountID: v.Scope.AccountID, InboxID: open.Conversation.InboxID, TeamID: open.Conversation.TeamID,
	})
	if err != nil {
		return views.Head{}, err
	}
	macros, err := a.q.ListMacroNames(c.Request().Context(), v.Scope.AccountID, v.ID)
	return views.Head{Open: open, People: people, Macros: macros, Filter: filterOf(c), Me: v.ID, Admin: v.Scope.Admin(), Now: a.nowFor(v)}, err
}

// details is what stands beside the thread.
func (a *App) details(c echo.Context, open db.GetOpenConversationRow, places []db.ListPlacesRow) (views.Details, error) {
	v := viewerOf(c)
	past, err := a.q.ListPast(c.Request().Context(), db.ListPastParams{
		AccountID: v.Scope.AccountID, ContactID: open.Contact.ID, ExceptID: open.Conversation.ID,
		SeesAll: v.Scope.SeesAll, InboxIds: v.Scope.InboxIDs, TeamIds: v.Scope.TeamIDs,
	})
	if err != nil {
		return views.Details{}, err
	}
	attributes, err := a.attributes(c.Request().Context(), v.Scope.AccountID, attributeAddress(open))
	return views.Details{Open: open, Places: places, Past: past, Attributes: attributes, Now: a.nowFor(v)}, err
}

// composer is the form at the foot, with the viewer's drafts.
func (a *App) composer(ctx context.Context, v *viewer, open db.GetOpenConversationRow) (views.Composer, error) {
	p := views.NewComposer(open)
	drafts, err := a.q.ListDrafts(ctx, db.ListDraftsParams{AccountID: v.Scope.AccountID, ConversationID: open.Conversation.ID, UserID: v.ID})
	for _, d := range drafts {
		if d.Mode == "note" {
			p.Note = d.Body
		} else {
			p.Reply = d.Body
		}
	}
	return p, err
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
	v := viewerOf(c)
	places, err := a.q.ListPlaces(c.Request().Context(), db.ListPlacesParams{
		AccountID: v.Scope.AccountID, SeesAll: v.Scope.SeesAll, InboxIds: v.Scope.InboxIDs, TeamIds: v.Scope.TeamIDs,
	})
	if err != nil {
		return err
	}
	d, err := a.details(c, open, places)
	if err != nil {
		return err
	}
	return part(c, views.DetailsPanel(d))
}

// formID reads a form's choice of one thing: "" and "0" are none.
func formID(c echo.Context, name string) (*int64, error) {
	s := c.FormValue(name)
	if s == "" || s == "0" {
		return nil, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return nil, fault.Field(name, "That is no choice.")
	}
	return &n, nil
}
