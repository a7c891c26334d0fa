// Package hook makes the bodies of Chatwoot's webhooks, which the realtime channel shows in parts too.
//
// Not here: sending them, which is package webhook's, and the settings of webhooks, which are handlers of the API.
package hook

import (
	"context"
	"encoding/json"
	"sort"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// Maker makes the bodies (docs/api/contract-chatwoot.md#webhooks) for package webhook. Some times are ISO texts and
// some are numbers, and message types are words
// in one place and numbers in another: clients expect each as it is.
type Maker struct{ shape shape.Writer }

// New makes a Maker whose links begin with base.
func New(base string, now func() time.Time) *Maker {
	return &Maker{shape.Writer{Base: base, Now: now}}
}

// Names are the webhook events that an event is: a status change is also an update and, for bots, an opening or an
// end.
func (mk *Maker) Names(e db.Event) []string {
	d, err := desk.DataOf(e)
	if err != nil {
		return nil
	}
	switch e.Kind {
	case desk.ConversationCreated:
		return []string{"conversation_created"}
	case desk.ConversationStatusChanged:
		return statusNames(d)
	case desk.ConversationAssigned, desk.ConversationTeamChanged, desk.ConversationPriorityChanged,
		desk.ConversationLabelled, desk.ConversationUpdated:
		if len(Changes(d)) > 0 {
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
	case len(Changes(d)) > 0:
		return []string{"message_created", "conversation_updated"}
	}
	return []string{"message_created"}
}

// Body makes the JSON for one name of an event.
func (mk *Maker) Body(ctx context.Context, q *db.Queries, e db.Event, name string) (json.RawMessage, error) {
	d, err := desk.DataOf(e)
	if err != nil {
		return nil, err
	}
	var body any
	switch {
	case strings.HasPrefix(name, "message_"):
		body, err = mk.messageBody(ctx, q, e, name)
	case strings.HasPrefix(name, "conversation_typing_"):
		body, err = mk.typingBody(ctx, q, e, d, name)
	case strings.HasPrefix(name, "conversation_"):
		body, err = mk.conversationBody(ctx, q, e, d, name)
	case strings.HasPrefix(name, "contact_"):
		body, err = mk.contactBody(ctx, q, e, d, name)
	case strings.HasPrefix(name, "inbox_"):
		body, err = mk.inboxBody(ctx, q, e, d, name)
	}
	if err != nil || body == nil {
		return nil, err
	}
	return json.Marshal(body)
}

// updateName is the name of a column in an update of the conversation, or "" where its change is no update.
func updateName(column string) string {
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

// Change is the value of a column before and after.
type Change struct {
	Before any `json:"previous_value"`
	After  any `json:"current_value"`
}

// Changes are the changes of a conversation that make an update, one object each, in the order of their columns.
func Changes(d desk.Data) []map[string]Change {
	var out []map[string]Change
	columns := make([]string, 0, len(d.Changed))
	for column := range d.Changed {
		columns = append(columns, column)
	}
	sort.Strings(columns)
	for _, column := range columns {
		v := d.Changed[column]
		if name := updateName(column); name != "" {
			out = append(out, map[string]Change{name: {v[0], v[1]}})
		}
		if column == "additional_attributes" && languageOf(v[0]) != languageOf(v[1]) {
			out = append(out, map[string]Change{column: {v[0], v[1]}})
		}
	}
	return out
}

func languageOf(attributes any) any {
	all, _ := attributes.(map[string]any)
	return all["conversation_language"]
}

type accountJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// columnChanges are all changes by the names of their columns, or nil.
func columnChanges(d desk.Data) any {
	out := []map[string]Change{}
	for column, v := range d.Changed {
		out = append(out, map[string]Change{column: {v[0], v[1]}})
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
