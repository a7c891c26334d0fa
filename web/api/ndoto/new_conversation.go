package ndoto

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// createConversation opens a conversation between a contact and an inbox, with a first message if the input has one.
func (h *handlers) createConversation(c *api.Call) error {
	var in struct {
		SourceID             api.Text      `json:"source_id"`
		InboxID              api.ID        `json:"inbox_id"`
		ContactID            api.ID        `json:"contact_id"`
		Status               api.Text      `json:"status"`
		AssigneeID           api.ID        `json:"assignee_id"`
		TeamID               api.ID        `json:"team_id"`
		AdditionalAttributes api.Object    `json:"additional_attributes"`
		CustomAttributes     api.Object    `json:"custom_attributes"`
		Message              *messageInput `json:"message"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	status := db.ConversationStatus(in.Status.Value)
	if status != "" && !status.Valid() {
		return fault.Field("status", "status must be open, resolved, pending or snoozed")
	}
	if in.InboxID.Ptr() == nil || in.ContactID.Ptr() == nil {
		return fault.Field("contact_id", "inbox_id and contact_id are required")
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		inbox, err := t.Queries().GetInbox(ctx, t.Account(), in.InboxID.Value)
		if err != nil {
			return nil, err
		}
		contact, err := t.Queries().GetContact(ctx, t.Account(), in.ContactID.Value)
		if err != nil {
			return nil, err
		}
		address, err := t.Reach(ctx, contact, inbox, in.SourceID.Value)
		if err != nil {
			return nil, err
		}
		if team := in.TeamID.Ptr(); team != nil {
			if _, err := t.Queries().GetTeam(ctx, t.Account(), *team); err != nil {
				return nil, err
			}
		}
		conversation, err := t.Open(ctx, desk.NewConversation{
			ContactInbox: address, Status: status, AssigneeID: in.AssigneeID.Ptr(), TeamID: in.TeamID.Ptr(),
			Additional: json.RawMessage(in.AdditionalAttributes), Custom: json.RawMessage(in.CustomAttributes),
		})
		if err != nil || in.Message == nil {
			return h.answerOpened(ctx, t, conversation, err)
		}
		// A first message without message_type is outgoing.
		if in.Message.MessageType.Value == "" {
			in.Message.MessageType.Value = string(db.MessageKindOutgoing)
		}
		d, err := in.Message.newMessage(nil)
		if err == nil {
			err = incomingAllowed(ctx, t, inbox.ID, d.Kind)
		}
		if err == nil {
			_, err = t.Post(ctx, conversation.ID, d)
		}
		return h.answerOpened(ctx, t, conversation, err)
	})
}

func (h *handlers) answerOpened(ctx context.Context, t *desk.Tx, conversation db.Conversation, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	j, err := show(ctx, t, conversation.ID)
	return api.Status{Code: createdStatus, Body: j}, err
}
