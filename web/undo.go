package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
	"github.com/parleydesk/parley/views/ui"
)

// undoText is what takes changes back, as a toast carries it, or "" if they changed nothing.
func undoText(all ...desk.Undo) string {
	all = slices.DeleteFunc(all, desk.Undo.Empty)
	if len(all) == 0 {
		return ""
	}
	text, err := json.Marshal(all)
	if err != nil {
		return ""
	}
	return string(text)
}

// undo takes back changes of one conversation or of many, in one transaction. It skips conversations that were deleted
// or that the viewer no longer sees.
func (a *App) undo(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	all, err := readUndo(c.FormValue("changes"))
	if err != nil {
		return err
	}
	var undone []db.Conversation
	err = a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error {
		for _, u := range all {
			conversation, err := t.Conversation(ctx, u.Conversation)
			if db.IsNone(err) || errors.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			undone = append(undone, conversation)
			if err := t.Undo(ctx, conversation.ID, u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.answerUndone(c, undone)
}

// readUndo reads the changes that a toast carries, in the order in which conversations are locked.
func readUndo(text string) ([]desk.Undo, error) {
	var all []desk.Undo
	if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) == 0 || len(all) > maxBulk {
		return nil, fault.Field("changes", "There is nothing to undo.")
	}
	for _, u := range all {
		if u.Labels != nil {
			for i, title := range u.Labels[0] {
				u.Labels[0][i] = storableText(title, 255)
			}
		}
	}
	slices.SortFunc(all, func(a, b desk.Undo) int { return cmp.Compare(a.Conversation, b.Conversation) })
	return all, nil
}

// answerUndone says what was taken back, and renews the page of a conversation that is among it.
func (a *App) answerUndone(c echo.Context, undone []db.Conversation) error {
	v := viewerOf(c)
	message := "Undone: " + ui.Plural(int64(len(undone)), "conversation", "conversations")
	if !htmx(c) {
		return a.redirectWithFlash(c, message, backTo(c, link.Conversations(v.Scope.AccountID)))
	}
	for _, conversation := range undone {
		if !showsConversation(c, link.Conversation(v.Scope.AccountID, conversation.DisplayID)) {
			continue
		}
		open, err := a.q.GetOpenConversation(c.Request().Context(), openParams(v.Scope, conversation.DisplayID))
		if err != nil {
			break // the page reads itself again
		}
		return a.answerChanged(c, open, views.ToastWithUndo(v.Scope.AccountID, message, ""))
	}
	return part(c, views.ToastWithUndo(v.Scope.AccountID, message, ""))
}
