package web

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// setStatus sets the status. A snooze has an end: one of the menu's choices, a time, or none, which means until the
// customer writes.
func (a *App) setStatus(c echo.Context) error {
	v := viewerOf(c)
	seen, err := a.readConversation(c) // before the form is read: it must not reveal a conversation that the viewer does not see
	if err != nil {
		return err
	}
	subject := seen.Subject()
	status := db.ConversationStatus(c.FormValue("status"))
	if !status.Valid() {
		return fault.Field("status", "Choose a status.")
	}
	until, err := snoozeUntil(c.FormValue("until"), c.FormValue("at"), a.nowFor(v))
	if err != nil {
		return err
	}
	return a.change(c, func(ctx context.Context, t *desk.Tx, open db.Conversation) (string, error) {
		return statusMessage(status, until) + ": " + subject, t.SetStatus(ctx, open.ID, status, until)
	})
}

// statusMessage is the text of the toast.
func statusMessage(status db.ConversationStatus, until *time.Time) string {
	switch status {
	case db.ConversationStatusResolved:
		return "Resolved"
	case db.ConversationStatusPending:
		return "Pending"
	case db.ConversationStatusSnoozed:
		if until != nil {
			return "Snoozed until " + until.Format("Mon 2 Jan, 15:04")
		}
		return "Snoozed until the customer replies"
	}
	return "Reopened"
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
	case "evening":
		t := time.Date(now.Year(), now.Month(), now.Day(), 18, 0, 0, 0, now.Location())
		if !t.After(now) {
			t = t.AddDate(0, 0, 1)
		}
		return &t, nil
	case "days":
		return nine(3), nil
	case "month":
		t := time.Date(now.Year(), now.Month()+1, now.Day(), 9, 0, 0, 0, now.Location())
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
			return nil, fault.Field("at", "Pick a time in the future.")
		}
		return &t, nil
	default:
		return nil, fault.Field("until", "Choose a time.")
	}
	return nil, nil
}
