package shape

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
)

// Message is a message in the answers about messages.
type Message struct {
	ID                int64           `json:"id"`
	Content           *string         `json:"content"`
	InboxID           int64           `json:"inbox_id"`
	EchoID            string          `json:"echo_id,omitempty"`
	ConversationID    int64           `json:"conversation_id"`
	MessageType       int             `json:"message_type"`
	ContentType       db.ContentType  `json:"content_type"`
	Status            string          `json:"status"`
	ContentAttributes json.RawMessage `json:"content_attributes"`
	CreatedAt         int64           `json:"created_at"`
	Private           bool            `json:"private"`
	SourceID          *string         `json:"source_id"`
	Sender            any             `json:"sender,omitempty"`
	Attachments       []Attachment    `json:"attachments,omitempty"`
}

// EventMessage is a message inside a conversation, an event or a webhook.
type EventMessage struct {
	ID                      int64               `json:"id"`
	Content                 *string             `json:"content"`
	AccountID               int64               `json:"account_id"`
	InboxID                 int64               `json:"inbox_id"`
	ConversationID          int64               `json:"conversation_id"`
	MessageType             int                 `json:"message_type"`
	CreatedAt               int64               `json:"created_at"`
	UpdatedAt               string              `json:"updated_at"`
	Private                 bool                `json:"private"`
	Status                  string              `json:"status"`
	SourceID                *string             `json:"source_id"`
	ContentType             db.ContentType      `json:"content_type"`
	ContentAttributes       json.RawMessage     `json:"content_attributes"`
	SenderType              *string             `json:"sender_type"`
	SenderID                *int64              `json:"sender_id"`
	ExternalSourceIDs       struct{}            `json:"external_source_ids"`
	AdditionalAttributes    json.RawMessage     `json:"additional_attributes"`
	ProcessedMessageContent *string             `json:"processed_message_content"`
	Sentiment               struct{}            `json:"sentiment"`
	Conversation            MessageConversation `json:"conversation"`
	EchoID                  string              `json:"echo_id,omitempty"`
	Attachments             []Attachment        `json:"attachments,omitempty"`
	Sender                  any                 `json:"sender,omitempty"`
}

// MessageConversation is what an EventMessage says of its conversation.
type MessageConversation struct {
	AssigneeID     *int64              `json:"assignee_id"`
	UnreadCount    int32               `json:"unread_count"`
	LastActivityAt int64               `json:"last_activity_at"`
	ContactInbox   MessageContactInbox `json:"contact_inbox"`
}

// MessageContactInbox is the address that a conversation runs over.
type MessageContactInbox struct {
	SourceID string `json:"source_id"`
}

// MessageType is the number of a kind in answers; requests and webhooks use the word.
func MessageType(k db.MessageKind) int {
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

// DeliveryStatus is how far a message has come, in Chatwoot's four words.
func DeliveryStatus(d db.Delivery) string {
	switch d {
	case db.DeliveryDelivered, db.DeliveryRead:
		return string(d)
	case db.DeliveryFailed, db.DeliveryExpired:
		return "failed"
	}
	return "sent"
}

// SenderType is the class of a sender in Chatwoot, or nil.
func SenderType(k *db.SenderKind) *string {
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

// Message writes a message of the conversation with this display id.
func (w Writer) Message(m *db.MessageDetail, displayID int64, files []Attachment) Message {
	return Message{
		ID:                m.ID,
		Content:           m.Content,
		InboxID:           m.InboxID,
		ConversationID:    displayID,
		MessageType:       MessageType(m.Kind),
		ContentType:       m.ContentType,
		Status:            DeliveryStatus(m.Delivery),
		ContentAttributes: m.ContentAttributes,
		CreatedAt:         m.CreatedAt.Unix(),
		Private:           m.Private,
		SourceID:          m.SourceID,
		Sender:            w.Sender(m),
		Attachments:       files,
	}
}

// EventMessage writes a message of a conversation as events have it.
func (w Writer) EventMessage(m *db.MessageDetail, c *db.ConversationDetail, files []Attachment) *EventMessage {
	return &EventMessage{
		ID:                      m.ID,
		Content:                 m.Content,
		AccountID:               m.AccountID,
		InboxID:                 m.InboxID,
		ConversationID:          c.DisplayID,
		MessageType:             MessageType(m.Kind),
		CreatedAt:               m.CreatedAt.Unix(),
		UpdatedAt:               ISO(m.UpdatedAt),
		Private:                 m.Private,
		Status:                  DeliveryStatus(m.Delivery),
		SourceID:                m.SourceID,
		ContentType:             m.ContentType,
		ContentAttributes:       m.ContentAttributes,
		SenderType:              SenderType(m.SenderKind),
		SenderID:                m.SenderID,
		AdditionalAttributes:    m.AdditionalAttributes,
		ProcessedMessageContent: m.Content,
		Attachments:             files,
		Sender:                  w.Sender(m),
		Conversation: MessageConversation{
			AssigneeID:     c.AssigneeID,
			UnreadCount:    UnreadCount(c.UnreadCount),
			LastActivityAt: c.LastActivityAt.Unix(),
			ContactInbox:   MessageContactInbox{c.SourceID},
		},
	}
}

// PublicAttributes are the attributes of a message as its contact sees them: without the hidden receivers of a mail.
func PublicAttributes(raw json.RawMessage) json.RawMessage {
	all := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &all) != nil || all["bcc_emails"] == nil {
		return raw
	}
	delete(all, "bcc_emails")
	if clean, err := json.Marshal(all); err == nil {
		return clean
	}
	return json.RawMessage("{}")
}
