package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// saveDraft saves what the viewer is typing; an empty text deletes the draft. Nobody else sees it, so it needs no
// verb and no event.
func (a *App) saveDraft(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	open, err := a.readConversation(c)
	if err != nil {
		return err
	}
	values, _, err := a.readForm(c)
	if err != nil {
		return err
	}
	mode, body := values.Get("mode"), storableText(values.Get("body"), desk.MaxContent)
	if mode != "reply" && mode != "note" {
		return fault.Field("mode", "A draft is a reply or a note.")
	}
	if body == "" {
		err = a.q.DeleteDraft(ctx, db.DeleteDraftParams{
			AccountID:      v.Scope.AccountID,
			ConversationID: open.Conversation.ID,
			UserID:         v.ID,
			Mode:           mode,
		})
	} else {
		err = a.q.UpsertDraft(ctx, db.UpsertDraftParams{
			AccountID:      v.Scope.AccountID,
			ConversationID: open.Conversation.ID,
			UserID:         v.ID,
			Mode:           mode,
			Body:           body,
		})
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
