package qlara

import (
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/link"
)

// Every field name of this dialect is in this file. Times are ISO 8601 in UTC.

// conversationJSON is a conversation, in lists and alone.
type conversationJSON struct {
	ChatID          int64         `json:"chatId"`
	ChannelID       int64         `json:"channelId"`
	Channel         string        `json:"channel"`
	ContactID       int64         `json:"contactId"`
	ContactName     *string       `json:"contactName"`
	PhoneNumber     *string       `json:"phoneNumber"`
	UnreadCount     int32         `json:"unreadCount"`
	LastMessage     *string       `json:"lastMessage"`
	LastMessageDate *string       `json:"lastMessageDate"`
	Archived        bool          `json:"archived"`
	Assignee        *assigneeJSON `json:"assignee"`
}

// assigneeJSON is a user. The list of assignable users adds aliases, since the field names are unconfirmed.
type assigneeJSON struct {
	UserID      int64   `json:"userId"`
	DisplayName string  `json:"displayName"`
	AvatarURL   *string `json:"avatarUrl"`
	ID          int64   `json:"id,omitempty"`
	Name        string  `json:"name,omitempty"`
}

// messageJSON is one message.
type messageJSON struct {
	ID          int64   `json:"id"`
	MessageID   string  `json:"messageId"`
	ChatID      int64   `json:"chatId"`
	Direction   string  `json:"direction"`
	MessageType string  `json:"messageType"`
	Text        *string `json:"text"`
	MediaKey    *string `json:"mediaKey"`
	MediaURL    *string `json:"mediaUrl"`
	Timestamp   string  `json:"timestamp"`
	Status      string  `json:"status"`
	Read        bool    `json:"read"`
}

// acceptedJSON is the answer to a reply.
type acceptedJSON struct {
	ChatID            int64  `json:"chatId"`
	ID                *int64 `json:"id"`
	MessageID         string `json:"messageId"`
	CustomerMessageID string `json:"customerMessageId"`
	Accepted          bool   `json:"accepted"`
	Simulation        bool   `json:"simulation"`
}

// statusJSON is the delivery of a message.
type statusJSON struct {
	CustomerMessageID string `json:"customerMessageId"`
	DeliveryStatus    string `json:"deliveryStatus"`
	Description       string `json:"deliveryStatusDescription"`
}

// callbackJSON is the one URL that gets an account's events.
type callbackJSON struct {
	ID          string `json:"id"`
	CallbackURL string `json:"callbackUrl"`
	Status      string `json:"status"`
	CreatedAt   string `json:"createdAt"`
}

// keyJSON is an account's key. apiKey is shown once.
type keyJSON struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	APIKey      string `json:"apiKey,omitempty"`
	Status      string `json:"status"`
	CreatedAt   string `json:"createdAt"`
}

// The names that a reply may use for its conversation and its text. None is confirmed, and the first match wins.
var (
	replyChatNames = [...]string{"chatId", "conversationId"}
	replyTextNames = [...]string{"text", "message", "content", "body"}
)

func iso(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

func (h *handlers) conversationShape(r db.ListQlaraConversationsRow) conversationJSON {
	j := conversationJSON{
		ChatID: r.DisplayID, ChannelID: r.InboxID, Channel: channelKey(r.InboxKind), ContactID: r.ContactID, PhoneNumber: r.PhoneNumber,
		UnreadCount: r.UnreadCount, LastMessage: r.LastContent, Archived: r.ArchivedAt != nil,
	}
	if r.ContactName != "" {
		j.ContactName = &r.ContactName
	}
	if r.LastID != 0 {
		at := iso(r.LastAt)
		j.LastMessageDate = &at
	}
	if r.AssigneeID != nil && r.AssigneeName != nil {
		j.Assignee = &assigneeJSON{UserID: *r.AssigneeID, DisplayName: *r.AssigneeName, AvatarURL: h.avatar(r.AssigneeAvatar)}
	}
	return j
}

func (h *handlers) avatar(hash *string) *string {
	if hash == nil {
		return nil
	}
	url := h.a.BaseURL + link.Avatar(*hash)
	return &url
}

// messageShape shows a message with its first attachment. The dialect has no field for others.
func (h *handlers) messageShape(m db.Message, chatID, readUpTo int64, files []db.Attachment) messageJSON {
	j := messageJSON{
		ID: m.ID, MessageID: m.Uuid.String(), ChatID: chatID, Direction: "OUTBOUND", MessageType: "TEXT", Text: m.Content,
		Timestamp: iso(m.CreatedAt), Status: deliveryStatus(m.Delivery), Read: m.Delivery == db.DeliveryRead,
	}
	if m.Kind == db.MessageKindIncoming {
		j.Direction, j.Status, j.Read = "INBOUND", "RECEIVED", m.ID <= readUpTo
	}
	if len(files) > 0 {
		j.MessageType = messageType(files[0].FileKind)
		url := h.a.BaseURL + link.File(files[0].Key, files[0].Name)
		j.MediaKey, j.MediaURL = &files[0].Key, &url
	}
	return j
}

// channelKey returns the name of an inbox's kind.
func channelKey(k db.InboxKind) string { return channel.Of(k).Key }

// messageType returns the name of a message's content.
func messageType(k db.FileKind) string {
	switch k {
	case db.FileKindImage:
		return "IMAGE"
	case db.FileKindAudio:
		return "AUDIO"
	case db.FileKindVideo:
		return "VIDEO"
	case db.FileKindLocation:
		return "LOCATION"
	}
	return "DOCUMENT"
}

// deliveryStatus returns the name of an outgoing message's delivery. READ is an event here and not a status.
func deliveryStatus(d db.Delivery) string {
	switch d {
	case db.DeliverySent:
		return "SENT"
	case db.DeliveryReceived:
		return "RECEIVED"
	case db.DeliveryDelivered, db.DeliveryRead:
		return "DELIVERED"
	case db.DeliveryFailed:
		return "ERROR"
	case db.DeliveryExpired:
		return "EXPIRED"
	}
	return "UNKNOWN"
}
