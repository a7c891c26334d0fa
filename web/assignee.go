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
	to := &v.ID
	if c.FormValue("assignee") != "me" {
		var err error
		if to, err = formID(c, "assignee"); err != nil {
			return err
		}
	}
	return a.change(c, func(ctx context.Context, t *desk.Tx, open db.Conversation) (string, error) {
		if to == nil {
			return "Unassigned", t.Unassign(ctx, open.ID)
		}
		if err := t.Assign(ctx, open.ID, *to); err != nil {
			return "", err
		}
		if *to == v.ID {
			return "Assigned to you", nil
		}
		member, err := t.Queries().GetMember(ctx, t.Account(), *to)
		return "Assigned to " + member.User.Name, err
	})
}

// setTeam moves the conversation to a team, or to none.
func (a *App) setTeam(c echo.Context) error {
	to, err := formID(c, "team")
	if err != nil {
		return err
	}
	return a.change(c, func(ctx context.Context, t *desk.Tx, open db.Conversation) (string, error) {
		if err := t.SetTeam(ctx, open.ID, to); err != nil || to == nil {
			return "Removed from its team", err
		}
		team, err := t.Queries().GetTeam(ctx, t.Account(), *to)
		return "Assigned to " + team.Name, err
	})
}

// setPriority sets or clears the priority.
func (a *App) setPriority(c echo.Context) error {
	var to *db.ConversationPriority
	message := "No priority"
	if s := db.ConversationPriority(c.FormValue("priority")); s != "" {
		if !s.Valid() {
			return fault.Field("priority", "Choose a priority.")
		}
		to, message = &s, "Priority "+string(s)
	}
	return a.change(c, func(ctx context.Context, t *desk.Tx, open db.Conversation) (string, error) {
		return message, t.SetPriority(ctx, open.ID, to)
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
	return a.change(c, func(ctx context.Context, t *desk.Tx, open db.Conversation) (string, error) {
		return "Labels changed", t.Label(ctx, open.ID, titles)
	})
}
