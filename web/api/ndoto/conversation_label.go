package ndoto

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

type labelTitlesJSON struct {
	Payload []string `json:"payload"`
}

func (h *handlers) listConversationLabels(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	return c.Answer(labelTitlesJSON{conversation.Labels})
}

// setConversationLabels replaces the labels.
func (h *handlers) setConversationLabels(c *api.Call) error {
	var in struct {
		Labels api.Strings `json:"labels"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if !in.Labels.Present {
		return fault.Field("labels", "labels is required")
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if err := t.Label(ctx, conversation.ID, in.Labels.Values); err != nil {
			return nil, err
		}
		now, _ := t.Held(conversation.ID)
		return labelTitlesJSON{now.Labels}, nil
	})
}
