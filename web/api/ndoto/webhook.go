package ndoto

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// Hook makes the bodies of Ndoto's webhooks for package webhook. The message event is documented, with its id as a
// string. The others follow its pattern.
type Hook struct{}

// Names returns the names of an event here. As in this dialect's lists, there is no activity.
func (Hook) Names(e db.Event) []string {
	d, err := desk.DataOf(e)
	if err != nil {
		return nil
	}
	switch e.Kind {
	case desk.ConversationCreated:
		return []string{"conversation_created"}
	case desk.ConversationStatusChanged:
		if _, moved := d.Changed["status"]; moved {
			return []string{"conversation_status_changed", "conversation_updated"}
		}
		return []string{"conversation_updated"}
	case desk.ConversationAssigned, desk.ConversationTeamChanged, desk.ConversationPriorityChanged,
		desk.ConversationLabelled, desk.ConversationUpdated:
		return []string{"conversation_updated"}
	case desk.MessageCreated:
		if d.Kind != db.MessageKindActivity {
			return []string{"message_created"}
		}
	case desk.MessageUpdated, desk.MessageDeleted:
		if d.Kind != db.MessageKindActivity {
			return []string{"message_updated"}
		}
	case desk.ContactCreated:
		return []string{"contact_created"}
	case desk.ContactUpdated, desk.ContactMerged:
		return []string{"contact_updated"}
	}
	return nil
}

type hookContact struct {
	ID    int64   `json:"id"`
	Name  string  `json:"name"`
	Email *string `json:"email"`
}

type hookAccount struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type hookConversation struct {
	ID      int64                 `json:"id"`
	Status  db.ConversationStatus `json:"status"`
	InboxID int64                 `json:"inbox_id"`
}

type hookBody struct {
	Event        string            `json:"event"`
	ID           string            `json:"id"`
	Content      *string           `json:"content,omitempty"`
	CreatedAt    string            `json:"created_at"`
	Kind         string            `json:"message_type,omitempty"`
	Private      *bool             `json:"private,omitempty"`
	Status       string            `json:"status,omitempty"`
	Conversation *hookConversation `json:"conversation,omitempty"`
	Contact      hookContact       `json:"contact"`
	Account      hookAccount       `json:"account"`
}

// Body makes the JSON of an event for one of its names.
func (Hook) Body(ctx context.Context, q *db.Queries, e db.Event, name string) (json.RawMessage, error) {
	if e.ConversationID == nil {
		return contactBody(ctx, q, e, name)
	}
	row, err := q.GetWebhookConversation(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return nil, err
	}
	d, err := desk.DataOf(e)
	if err != nil {
		return nil, err
	}
	c := row.Conversation
	body := hookBody{
		Event: name, ID: strconv.FormatInt(c.DisplayID, 10), CreatedAt: hookTime(e.CreatedAt),
		Conversation: &hookConversation{c.DisplayID, c.Status, c.InboxID},
		Contact:      hookContact{row.Contact.ID, row.Contact.Name, row.Contact.Email}, Account: hookAccount{e.AccountID, row.AccountName},
	}
	if e.MessageID == nil {
		body.Conversation.Status = d.StatusOf(c) // it may have changed again since
	} else {
		m, err := q.GetMessage(ctx, db.GetMessageParams{AccountID: e.AccountID, ConversationID: c.ID, ID: *e.MessageID})
		if err != nil || m.Kind == db.MessageKindActivity {
			return nil, err
		}
		body.ID, body.Content, body.CreatedAt, body.Private = strconv.FormatInt(m.ID, 10), m.Content, hookTime(m.CreatedAt), &m.Private
		// The dialect has two kinds. Automatic messages are outgoing.
		body.Kind = string(db.MessageKindOutgoing)
		if m.Kind == db.MessageKindIncoming {
			body.Kind = string(db.MessageKindIncoming)
		}
		body.Status = hookDelivery(m, c)
	}
	return json.Marshal(body)
}

func contactBody(ctx context.Context, q *db.Queries, e db.Event, name string) (json.RawMessage, error) {
	if e.ContactID == nil {
		return nil, nil
	}
	c, err := q.GetContact(ctx, e.AccountID, *e.ContactID)
	if err != nil {
		return nil, err
	}
	account, err := q.GetAccountName(ctx, e.AccountID)
	if err != nil {
		return nil, err
	}
	return json.Marshal(hookBody{
		Event: name, ID: strconv.FormatInt(c.ID, 10), CreatedAt: hookTime(e.CreatedAt),
		Contact: hookContact{c.ID, c.Name, c.Email}, Account: hookAccount{e.AccountID, account},
	})
}

func hookTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// hookDelivery returns a message's status. For incoming messages, read means that the team has read it.
func hookDelivery(m db.Message, c db.Conversation) string {
	if m.Kind == db.MessageKindIncoming {
		if m.ID <= c.AgentsReadUpTo {
			return string(db.DeliveryRead)
		}
		return string(db.DeliveryDelivered)
	}
	switch m.Delivery {
	case db.DeliveryDelivered, db.DeliveryRead:
		return string(m.Delivery)
	case db.DeliveryFailed, db.DeliveryExpired:
		return string(db.DeliveryFailed)
	}
	return string(db.DeliverySent)
}
