package web

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// setAssignee assigns the conversation: the form holds a user id, "me", or "" for nobody.
func (a *App) setAssignee(c echo.Context) error {
	v := viewerOf(c)
	to, message := &v.ID, "Assigned to you"
	if c.FormValue("assignee") != "me" {
		var err error
		if to, err = formID(c, "assignee"); err != nil {
			return err
		}
		message = ""
	}
	return a.change(c, message, "", func(ctx context.Context, t *desk.Tx, open db.Conversation) error {
		if to == nil {
			return t.Unassign(ctx, open.ID)
		}
		return t.Assign(ctx, open.ID, *to)
	})
}

// setTeam moves the conversation to a team, or to none.
func (a *App) setTeam(c echo.Context) error {
	to, err := formID(c, "team")
	if err != nil {
		return err
	}
	return a.change(c, "", "", func(ctx context.Context, t *desk.Tx, open db.Conversation) error { return t.SetTeam(ctx, open.ID, to) })
}

// setPriority sets or clears the priority.
func (a *App) setPriority(c echo.Context) error {
	var to *db.ConversationPriority
	if s := db.ConversationPriority(c.FormValue("priority")); s != "" {
		if !s.Valid() {
			return fault.Field("priority", "That is no priority.")
		}
		to = &s
	}
	return a.change(c, "", "", func(ctx context.Context, t *desk.Tx, open db.Conversation) error {
		return t.SetPriority(ctx, open.ID, to)
	})
}

// setLabels replaces the labels by those that are ticked.
func (a *App) setLabels(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return formError(err)
	}
	titles := form["label"]
	for i := range titles {
		titles[i] = storableText(titles[i], 255)
	}
	return a.change(c, "", "", func(ctx context.Context, t *desk.Tx, open db.Conversation) error {
		return t.Label(ctx, open.ID, titles)
	})
}
