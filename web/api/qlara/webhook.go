package qlara

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
)

// The codes of a DELIVERY callback that are documented.
const (
	codeDelivered     = 3
	codeUndeliverable = 6
)

// Hook makes the bodies of Qlara's callbacks for package webhook: DELIVERY, READ and INBOUND, with the fields of both
// documented variants. It never sends private notes and activity.
type Hook struct{}

// Names returns the callbacks of an event. Body decides whether a change of delivery is sent.
func (Hook) Names(e db.Event) []string {
	d, err := desk.DataOf(e)
	if err != nil {
		return nil
	}
	switch e.Kind {
	case desk.MessageCreated:
		if d.Kind == db.MessageKindIncoming && !d.MessagePrivate {
			return []string{"INBOUND"}
		}
	case desk.MessageUpdated:
		change, moved := d.Changed["delivery"]
		to, _ := change[1].(string)
		if !moved || d.MessagePrivate || d.Kind == db.MessageKindIncoming {
			return nil
		}
		switch db.Delivery(to) {
		case db.DeliveryDelivered, db.DeliveryFailed, db.DeliveryExpired:
			return []string{"DELIVERY"}
		case db.DeliveryRead:
			return []string{"READ"}
		}
	}
	return nil
}

type hookBody struct {
	Event       string `json:"eventType"`
	Channel     string `json:"channel"`
	MessageID   string `json:"messageId"`
	CustomerID  string `json:"customerMessageId,omitempty"`
	Source      string `json:"source,omitempty"`
	Destination string `json:"destination"`
	MessageType string `json:"messageType,omitempty"`
	Text        string `json:"text,omitempty"`
	MediaKey    string `json:"mediaKey,omitempty"`
	StatusCode  int    `json:"statusCode,omitempty"`
	Description string `json:"description,omitempty"`
	Timestamp   string `json:"timestamp"`
	EventDate   string `json:"eventDate,omitempty"`
	Received    string `json:"receivedDate,omitempty"`
}

// Body makes the JSON of an event for one of its names.
func (Hook) Body(ctx context.Context, q *db.Queries, e db.Event, name string) (json.RawMessage, error) {
	row, err := q.GetWebhookConversation(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return nil, err
	}
	m, err := q.GetMessage(ctx, db.GetMessageParams{AccountID: e.AccountID, ConversationID: *e.ConversationID, ID: *e.MessageID})
	if err != nil || !m.Public() {
		return nil, err
	}
	body := hookBody{Event: name, Channel: channelKey(row.InboxKind), MessageID: m.Uuid.String(), Timestamp: iso(e.CreatedAt)}
	person, ours := addressOf(row), row.InboxAddress
	switch name {
	case "INBOUND":
		body.Source, body.Destination, body.Received, body.Text = person, ours, iso(m.CreatedAt), m.Text()
		body.Timestamp = body.Received
		body.MessageType, body.MediaKey, err = media(ctx, q, m)
	case "DELIVERY":
		d, invalid := desk.DataOf(e)
		if invalid != nil {
			return nil, invalid
		}
		// The id in the answer 202, by which clients find their reply.
		body.Destination, body.EventDate, body.CustomerID = person, body.Timestamp, body.MessageID
		body.StatusCode, body.Description = codeDelivered, "Delivered"
		if d.Changed["delivery"][1] != string(db.DeliveryDelivered) {
			body.StatusCode, body.Description = codeUndeliverable, cmp.Or(m.Error, "Undeliverable")
		}
	default:
		if !channel.Of(row.InboxKind).ReadReceipts {
			return nil, nil
		}
		body.Destination, body.EventDate = person, body.Timestamp
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(body)
}

// addressOf returns the contact's phone number, or else their address on the channel.
func addressOf(row db.GetWebhookConversationRow) string {
	if row.Contact.PhoneNumber != nil {
		return *row.Contact.PhoneNumber
	}
	return row.ContactInbox.SourceID
}

// media returns the kind of a message and the key of its first file, which /api/files/{key} serves.
func media(ctx context.Context, q *db.Queries, m db.Message) (kind, key string, err error) {
	if m.AttachmentCount == 0 {
		return "TEXT", "", nil
	}
	files, err := q.ListMessageAttachments(ctx, m.AccountID, []int64{m.ID})
	if err != nil || len(files) == 0 {
		return "TEXT", "", err
	}
	return messageType(files[0].FileKind), files[0].Key, nil
}
