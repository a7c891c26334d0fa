package chatwoot

import (
	"context"
	"encoding/json"
	"sort"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// Hook makes the bodies of Chatwoot's webhooks (docs/api/contract-chatwoot.md#webhooks) for package webhook. Times are ISO in
// some places and numbers in others, and message types words here and numbers there: as the clients expect.
type Hook struct{ shape shape.Writer }

// NewHook makes a hook whose links begin with base.
func NewHook(base string, now func() time.Time) *Hook {
	return &Hook{shape.Writer{Base: base, Now: now}}
}

// Names is what an event is called here: a status change is also an update, and for bots an opening or an end.
func (h *Hook) Names(e db.Event) []string {
	d, err := desk.DataOf(e)
	if err != nil {
		return nil
	}
	switch e.Kind {
	case desk.ConversationCreated:
		return []string{"conversation_created"}
	case desk.ConversationStatusChanged:
		return statusNames(d)
	case desk.ConversationAssigned, desk.ConversationTeamChanged, desk.ConversationPriorityChanged, desk.ConversationLabelled, desk.ConversationUpdated:
		if len(hookChanges(d)) > 0 {
			return []string{"conversation_updated"}
		}
	case desk.ConversationTypingOn:
		return []string{"conversation_typing_on"}
	case desk.ConversationTypingOff:
		return []string{"conversation_typing_off"}
	case desk.MessageCreated:
		return messageNames(d)
	case desk.MessageUpdated, desk.MessageDeleted:
		if d.Kind != db.MessageKindActivity {
			return []string{"message_updated"}
		}
	case desk.ContactCreated:
		return []string{"contact_created"}
	case desk.ContactUpdated, desk.ContactMerged:
		return []string{"contact_updated"}
	case desk.InboxCreated:
		return []string{"inbox_created"}
	case desk.InboxUpdated:
		return []string{"inbox_updated"}
	}
	return nil
}

func statusNames(d desk.Data) []string {
	to, moved := d.Changed["status"]
	if !moved {
		return []string{"conversation_updated"}
	}
	names := []string{"conversation_status_changed", "conversation_updated"}
	switch to[1] {
	case string(db.ConversationStatusOpen):
		names = append(names, "conversation_opened")
	case string(db.ConversationStatusResolved):
		names = append(names, "conversation_resolved")
	}
	return names
}

func messageNames(d desk.Data) []string {
	switch {
	case d.Kind == db.MessageKindActivity:
		return nil
	case len(hookChanges(d)) > 0:
		return []string{"message_created", "conversation_updated"}
	}
	return []string{"message_created"}
}

// Body makes the JSON for one name of an event.
func (h *Hook) Body(ctx context.Context, q *db.Queries, e db.Event, name string) (json.RawMessage, error) {
	d, err := desk.DataOf(e)
	if err != nil {
		return nil, err
	}
	var body any
	switch {
	case strings.HasPrefix(name, "message_"):
		body, err = h.messageBody(ctx, q, e, name)
	case strings.HasPrefix(name, "conversation_typing_"):
		body, err = h.typingBody(ctx, q, e, d, name)
	case strings.HasPrefix(name, "conversation_"):
		body, err = h.conversationBody(ctx, q, e, d, name)
	case strings.HasPrefix(name, "contact_"):
		body, err = h.contactBody(ctx, q, e, d, name)
	case strings.HasPrefix(name, "inbox_"):
		body, err = h.inboxBody(ctx, q, e, d, name)
	}
	if err != nil || body == nil {
		return nil, err
	}
	return json.Marshal(body)
}

// hookNames are the columns whose change is an update of the conversation, by the names they have there.
func hookName(column string) string {
	switch column {
	case "team_id", "assignee_id", "status", "snoozed_until", "custom_attributes", "waiting_since", "priority":
		return column
	case "assignee_bot_id":
		return "assignee_agent_bot_id"
	case "labels":
		return "label_list"
	case "first_reply_at":
		return "first_reply_created_at"
	}
	return ""
}

type hookChange struct {
	Before any `json:"previous_value"`
	After  any `json:"current_value"`
}

// hookChanges are the changes that count, one object each, in the order of their names.
func hookChanges(d desk.Data) []map[string]hookChange {
	var out []map[string]hookChange
	columns := make([]string, 0, len(d.Changed))
	for column := range d.Changed {
		columns = append(columns, column)
	}
	sort.Strings(columns)
	for _, column := range columns {
		v := d.Changed[column]
		if name := hookName(column); name != "" {
			out = append(out, map[string]hookChange{name: {v[0], v[1]}})
		}
		if column == "additional_attributes" && languageOf(v[0]) != languageOf(v[1]) {
			out = append(out, map[string]hookChange{column: {v[0], v[1]}})
		}
	}
	return out
}

func languageOf(attributes any) any {
	all, _ := attributes.(map[string]any)
	return all["conversation_language"]
}

type hookAccount struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type hookInbox struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// hookContact is a contact as a webhook's sender and as the body of contact events.
type hookContact struct {
	Account    hookAccount     `json:"account"`
	Additional json.RawMessage `json:"additional_attributes"`
	Avatar     string          `json:"avatar"`
	Custom     json.RawMessage `json:"custom_attributes"`
	Email      *string         `json:"email"`
	ID         int64           `json:"id"`
	Identifier *string         `json:"identifier"`
	Name       string          `json:"name"`
	Phone      *string         `json:"phone_number"`
	Thumbnail  string          `json:"thumbnail"`
	Blocked    bool            `json:"blocked"`
	Event      string          `json:"event,omitempty"`
	Changed    any             `json:"changed_attributes,omitempty"`
}

func (h *Hook) contact(c db.Contact, a hookAccount) hookContact {
	picture := h.shape.Avatar(c.AvatarHash)
	return hookContact{
		Account: a, Additional: c.AdditionalAttributes, Avatar: picture, Custom: c.CustomAttributes, Email: c.Email, ID: c.ID,
		Identifier: c.Identifier, Name: c.Name, Phone: c.PhoneNumber, Thumbnail: picture, Blocked: c.Blocked,
	}
}

// contactBody is the body of contact_created and contact_updated.
func (h *Hook) contactBody(ctx context.Context, q *db.Queries, e db.Event, d desk.Data, name string) (any, error) {
	c, err := q.GetContact(ctx, e.AccountID, *e.ContactID)
	if err != nil {
		return nil, err
	}
	account, err := q.GetAccountName(ctx, e.AccountID)
	if err != nil {
		return nil, err
	}
	body := h.contact(c, hookAccount{e.AccountID, account})
	body.Event, body.Changed = name, rawChanges(d)
	return body, nil
}

// rawChanges are all changes, under the names of their columns.
func rawChanges(d desk.Data) any {
	out := []map[string]hookChange{}
	for column, v := range d.Changed {
		out = append(out, map[string]hookChange{column: {v[0], v[1]}})
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (h *Hook) inboxBody(ctx context.Context, q *db.Queries, e db.Event, d desk.Data, name string) (any, error) {
	i, err := q.GetInbox(ctx, e.AccountID, *e.InboxID)
	if err != nil {
		return nil, err
	}
	account, err := q.GetAccountName(ctx, e.AccountID)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"id": i.ID, "name": i.Name, "channel_type": api.Channel(i.Kind), "account": hookAccount{e.AccountID, account},
		"event": name, "changed_attributes": rawChanges(d),
	}, nil
}
