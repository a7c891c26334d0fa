package ndoto

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

type toggledJSON struct {
	Meta    struct{} `json:"meta"`
	Payload struct {
		Success        bool                  `json:"success"`
		CurrentStatus  db.ConversationStatus `json:"current_status"`
		ConversationID int64                 `json:"conversation_id"`
	} `json:"payload"`
}

// toggleStatus sets the status, which is required here. A snooze without a time lasts until the contact writes.
func (h *handlers) toggleStatus(c *api.Call) error {
	var in struct {
		Status       api.Text `json:"status"`
		SnoozedUntil api.Time `json:"snoozed_until"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if err := t.SetStatus(ctx, conversation.ID, db.ConversationStatus(in.Status.Value), in.SnoozedUntil.Ptr()); err != nil {
			return nil, err
		}
		now, _ := t.Held(conversation.ID)
		var out toggledJSON
		out.Payload.Success, out.Payload.CurrentStatus, out.Payload.ConversationID = true, now.Status, now.DisplayID
		return out, nil
	})
}
