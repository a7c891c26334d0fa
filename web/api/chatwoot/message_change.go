package chatwoot

import (
	"context"
	"net/http"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) messageRoutes() []api.Route {
	return append([]api.Route{
		api.Get(messagesPath, api.Member, h.listMessages),
		api.Post(messagesPath, api.MemberOrBot, h.createMessage),
		api.Delete(messagePath, api.Member, h.deleteMessage),
		api.Post(messagePath+"/retry", api.Member, h.retryMessage),
	}, api.Update(messagePath, api.Member, h.updateMessage)...)
}

// createMessage posts to a conversation. It answers every invalid input with 422 and {error}.
func (h *handlers) createMessage(c *api.Call) error {
	var in messageInput
	if err := c.Read(&in); err != nil {
		return validationFailed(err)
	}
	id, err := c.ID("conversation")
	if err != nil {
		return err
	}
	err = h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		scope := c.Scope()
		of, err := t.Queries().GetConversationAndInbox(ctx, db.GetConversationAndInboxParams{
			AccountID: scope.AccountID, DisplayID: id, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
		})
		if err != nil {
			return nil, err
		}
		d, err := h.newMessage(ctx, t, of.Conversation.ContactID, of.Inbox, in, c.Files("attachments"))
		if err != nil {
			return nil, err
		}
		m, err := t.Post(ctx, of.Conversation.ID, d) // locks the conversation
		if err != nil {
			return nil, err
		}
		j, err := h.oneMessage(ctx, t.Queries(), of.Conversation, m.ID)
		j.EchoID = d.EchoID
		return j, err
	})
	return validationFailed(err)
}

// oneMessage reads a message of a conversation and returns its JSON.
func (h *handlers) oneMessage(ctx context.Context, q *db.Queries, conversation db.Conversation, id int64) (shape.Message, error) {
	row, err := q.GetMessageDetail(
		ctx,
		db.GetMessageDetailParams{AccountID: conversation.AccountID, ConversationID: conversation.ID, ID: id},
	)
	if err != nil {
		return shape.Message{}, err
	}
	m := db.DetailOf(row)
	files, err := h.attachmentsOf(ctx, q, conversation.AccountID, []db.MessageDetail{m})
	return h.shape.Message(&m, conversation.DisplayID, files[id]), err
}

// updateMessage sets a message's delivery. It first checks that the inbox is an API inbox, and then looks for the
// message. An unknown status and a step back change nothing and are no errors.
func (h *handlers) updateMessage(c *api.Call) error {
	var in struct {
		Status        api.Text `json:"status"`
		ExternalError api.Text `json:"external_error"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		inbox, err := t.Queries().GetInbox(ctx, t.Account(), conversation.InboxID)
		if err != nil {
			return nil, err
		}
		if !channel.Of(inbox.Kind).Bridge {
			return nil, api.Refuse(http.StatusForbidden, "Message status update is only allowed for API inboxes")
		}
		id, err := c.ID("message")
		if err != nil {
			return nil, err
		}
		reason := ""
		switch next := db.Delivery(in.Status.Value); next {
		case db.DeliveryFailed:
			reason = in.ExternalError.Value
			fallthrough
		case db.DeliverySent, db.DeliveryDelivered, db.DeliveryRead:
			if _, err := t.Deliver(ctx, conversation.ID, id, next, reason); err != nil {
				return nil, err
			}
		}
		return h.oneMessage(ctx, t.Queries(), conversation, id)
	})
}

// deleteMessage makes a message a tombstone. It does not find one that was deleted already.
func (h *handlers) deleteMessage(c *api.Call) error {
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		id, err := c.ID("message")
		if err != nil {
			return nil, err
		}
		if _, err := t.DeleteMessage(ctx, conversation.ID, id); err != nil {
			return nil, err
		}
		return h.oneMessage(ctx, t.Queries(), conversation, id)
	})
}

// retryMessage sends a failed message again and leaves any other as it is. It answers 422 for an unknown message.
func (h *handlers) retryMessage(c *api.Call) error {
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		id, err := c.ID("message")
		if err == nil {
			_, err = t.Retry(ctx, conversation.ID, id)
		}
		if isNotFound(err) {
			return nil, api.Unprocessable("Couldn't find Message with 'id'=" + c.Param("message"))
		}
		if err != nil {
			return nil, err
		}
		return h.oneMessage(ctx, t.Queries(), conversation, id)
	})
}
