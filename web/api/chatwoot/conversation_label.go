package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) conversationLabelRoutes() []api.Route {
	return []api.Route{
		api.Get(conversationPath+"/labels", api.MemberOrBot, h.listConversationLabels),
		api.Post(conversationPath+"/labels", api.MemberOrBot, h.setConversationLabels),
	}
}

type labelsJSON struct {
	Payload []string `json:"payload"`
}

func (h *handlers) listConversationLabels(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	return c.Answer(labelsJSON{conversation.Labels})
}

// setConversationLabels replaces the labels. A title need not be a label of the account.
func (h *handlers) setConversationLabels(c *api.Call) error {
	var in struct {
		Labels api.Strings `json:"labels"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if in.Labels.Present {
			if err := t.Label(ctx, conversation.ID, in.Labels.Values); err != nil {
				return nil, err
			}
		}
		now, _ := t.Held(conversation.ID)
		return labelsJSON{now.Labels}, nil
	})
}
