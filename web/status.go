package web

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
)

// setStatus resolves, reopens, sets aside or snoozes. A snooze says until when: one of the names of the menu, a
// moment, or nothing, which is until the customer writes.
func (a *App) setStatus(c echo.Context) error {
	display, err := number(c, "conversation")
	if err != nil {
		return err
	}
	status := db.ConversationStatus(c.FormValue("status"))
	if !status.Valid() {
		return fault.Field("status", "That is no status.")
	}
	v := viewerOf(c)
	until, err := snoozeUntil(c.FormValue("until"), c.FormValue("at"), a.nowFor(v))
	if err != nil {
		return err
	}
	told := map[db.ConversationStatus]string{
		db.ConversationStatusResolved: "Resolved", db.ConversationStatusOpen: "Open again", db.ConversationStatusPending: "Pending", db.ConversationStatusSnoozed: "Snoozed",
	}[status]
	if status == db.ConversationStatusSnoozed && until != nil {
		told = "Snoozed until " + until.Format("Mon 2 Jan, 15:04")
	}
	undo := ""
	if status != db.ConversationStatusOpen {
		undo = link.Conversation(v.Scope.AccountID, display) + "/status?status=open"
	}
	return a.change(c, told, undo, func(ctx context.Context, t *desk.Tx, open db.Conversation) error {
		return t.SetStatus(ctx, open.ID, status, until)
	})
}

// snoozeUntil reads the menu's choice in the account's time zone.
func snoozeUntil(choice, at string, now time.Time) (*time.Time, error) {
	nine := func(days int) *time.Time {
		t := time.Date(now.Year(), now.Month(), now.Day()+days, 9, 0, 0, 0, now.Location())
		return &t
	}
	switch choice {
	case "":
	case "later":
		t := now.Add(3 * time.Hour).Truncate(time.Minute)
		return &t, nil
	case "tomorrow":
		return nine(1), nil
	case "monday":
		return nine((8-int(now.Weekday())-1)%7 + 1), nil
	case "week":
		return nine(7), nil
	case "at":
		t, err := time.ParseInLocation("2006-01-02T15:04", at, now.Location())
		if err != nil || !t.After(now) {
			return nil, fault.Field("at", "Choose a moment in the future.")
		}
		return &t, nil
	default:
		return nil, fault.Field("until", "That is no time.")
	}
	return nil, nil
}
