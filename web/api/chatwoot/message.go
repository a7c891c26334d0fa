package chatwoot

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
)

// messageJSON is a message in the answers about messages: the "message view".
type messageJSON struct {
	ID                int64            `json:"id"`
	Content           *string          `json:"content"`
	InboxID           int64            `json:"inbox_id"`
	EchoID            string           `json:"echo_id,omitempty"`
	ConversationID    int64            `json:"conversation_id"`
	MessageType       int              `json:"message_type"`
	ContentType       db.ContentType   `json:"content_type"`
	Status            string           `json:"status"`
	ContentAttributes json.RawMessage  `json:"content_attributes"`
	CreatedAt         int64            `json:"created_at"`
	Private           bool             `json:"private"`
	SourceID          *string          `json:"source_id"`
	Sender            any              `json:"sender,omitempty"`
	Attachments       []attachmentJSON `json:"attachments,omitempty"`
}

// eventMessageJSON is a message inside a conversation, an event or a webhook: the "event view".
type eventMessageJSON struct {
	ID                      int64                 `json:"id"`
	Content                 *string               `json:"content"`
	AccountID               int64                 `json:"account_id"`
	InboxID                 int64                 `json:"inbox_id"`
	ConversationID          int64                 `json:"conversation_id"`
	MessageType             int                   `json:"message_type"`
	CreatedAt               int64                 `json:"created_at"`
	UpdatedAt               string                `json:"updated_at"`
	Private                 bool                  `json:"private"`
	Status                  string                `json:"status"`
	SourceID                *string               `json:"source_id"`
	ContentType             db.ContentType        `json:"content_type"`
	ContentAttributes       json.RawMessage       `json:"content_attributes"`
	SenderType              *string               `json:"sender_type"`
	SenderID                *int64                `json:"sender_id"`
	ExternalSourceIDs       struct{}              `json:"external_source_ids"`
	AdditionalAttributes    json.RawMessage       `json:"additional_attributes"`
	ProcessedMessageContent *string               `json:"processed_message_content"`
	Sentiment               struct{}              `json:"sentiment"`
	Conversation            eventConversationJSON `json:"conversation"`
	EchoID                  string                `json:"echo_id,omitempty"`
	Attachments             []attachmentJSON      `json:"attachments,omitempty"`
	Sender                  any                   `json:"sender,omitempty"`
}

// eventConversationJSON is what an event view says of its conversation.
type eventConversationJSON struct {
	AssigneeID     *int64          `json:"assignee_id"`
	UnreadCount    int32           `json:"unread_count"`
	LastActivityAt int64           `json:"last_activity_at"`
	ContactInbox   contactInboxRef `json:"contact_inbox"`
}

type contactInboxRef struct {
	SourceID string `json:"source_id"`
}

// messageTypes are the numbers of the kinds in answers; requests and webhooks use the words.
func messageType(k db.MessageKind) int {
	switch k {
	case db.MessageKindOutgoing:
		return 1
	case db.MessageKindActivity:
		return 2
	case db.MessageKindTemplate:
		return 3
	}
	return 0
}

// deliveryStatus is a delivery in Chatwoot's four words.
func deliveryStatus(d db.Delivery) string {
	switch d {
	case db.DeliveryDelivered, db.DeliveryRead:
		return string(d)
	case db.DeliveryFailed, db.DeliveryExpired:
		return "failed"
	}
	return "sent"
}

func senderType(k *db.SenderKind) *string {
	if k == nil {
		return nil
	}
	word := "User"
	switch *k {
	case db.SenderKindContact:
		word = "Contact"
	case db.SenderKindBot:
		word = "AgentBot"
	}
	return &word
}

func (h *handlers) message(m *db.MessageDetail, displayID int64, files []attachmentJSON) messageJSON {
	return messageJSON{
		ID: m.ID, Content: m.Content, InboxID: m.InboxID, ConversationID: displayID, MessageType: messageType(m.Kind),
		ContentType: m.ContentType, Status: deliveryStatus(m.Delivery), ContentAttributes: m.ContentAttributes,
		CreatedAt: m.CreatedAt.Unix(), Private: m.Private, SourceID: m.SourceID, Sender: h.sender(m), Attachments: files,
	}
}

func (h *handlers) eventMessage(m *db.MessageDetail, c *db.ConversationDetail, files []attachmentJSON) *eventMessageJSON {
	return &eventMessageJSON{
		ID: m.ID, Content: m.Content, AccountID: m.AccountID, InboxID: m.InboxID, ConversationID: c.DisplayID,
		MessageType: messageType(m.Kind), CreatedAt: m.CreatedAt.Unix(), UpdatedAt: iso(m.UpdatedAt), Private: m.Private,
		Status: deliveryStatus(m.Delivery), SourceID: m.SourceID, ContentType: m.ContentType, ContentAttributes: m.ContentAttributes,
		SenderType: senderType(m.SenderKind), SenderID: m.SenderID, AdditionalAttributes: m.AdditionalAttributes,
		ProcessedMessageContent: m.Content, Attachments: files, Sender: h.sender(m),
		Conversation: eventConversationJSON{
			AssigneeID: c.AssigneeID, UnreadCount: shownUnread(c.UnreadCount), LastActivityAt: c.LastActivityAt.Unix(),
			ContactInbox: contactInboxRef{c.SourceID},
		},
	}
}

// attachmentsOf reads the attachments of messages, by message; no query where none has any.
func (h *handlers) attachmentsOf(ctx context.Context, q *db.Queries, accountID int64, messages []db.MessageDetail) (map[int64][]attachmentJSON, error) {
	var ids []int64
	for i := range messages {
		if messages[i].AttachmentCount > 0 {
			ids = append(ids, messages[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := q.ListMessageAttachments(ctx, accountID, ids)
	if err != nil {
		return nil, err
	}
	files := make(map[int64][]attachmentJSON, len(ids))
	for _, f := range rows {
		files[*f.MessageID] = append(files[*f.MessageID], h.attachment(f))
	}
	return files, nil
}
