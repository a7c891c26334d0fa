package api

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// TypingInput is what a client sends while its user types, and when they stop.
type TypingInput struct {
	Status  Text `json:"typing_status"`
	Private Bool `json:"is_private"`
}

// Apply tells the others in the conversation. It ignores a status other than on and off.
func (in TypingInput) Apply(ctx context.Context, t *desk.Tx, conversationID int64) error {
	if in.Status.Value != "on" && in.Status.Value != "off" {
		return nil
	}
	return t.Typing(ctx, conversationID, in.Status.Value == "on", in.Private.Value)
}

// ToggleTyping handles the route with which the caller says that they type in the conversation in the path.
func (a *API) ToggleTyping(c *Call) error {
	var in TypingInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		return Empty(), in.Apply(ctx, t, conversation.ID)
	})
}
