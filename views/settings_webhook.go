package views

import (
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views/ui"
)

// WebhookEvent is an event that a webhook can subscribe to: its name in the API and in words.
type WebhookEvent struct{ Name, Label string }

// WebhookEvents are those of db.WebhookEvents in words, the most used first.
func WebhookEvents() []WebhookEvent {
	return []WebhookEvent{
		{"message_created", "Message sent or received"},
		{"message_updated", "Message changed"},
		{"conversation_created", "Conversation begun"},
		{"conversation_status_changed", "Conversation opened or resolved"},
		{"conversation_updated", "Conversation changed"},
		{"contact_created", "Contact added"},
		{"contact_updated", "Contact changed"},
		{"inbox_created", "Inbox made"},
		{"inbox_updated", "Inbox changed"},
		{"webwidget_triggered", "Website chat opened"},
		{"conversation_typing_on", "Somebody types"},
		{"conversation_typing_off", "Somebody has stopped typing"},
	}
}

func webhookName(w db.Webhook) string {
	if w.Name != "" {
		return w.Name
	}
	return "Webhook " + strconv.FormatInt(w.ID, 10)
}

// WebhookView is what the page of a webhook shows, as its form was filled in.
type WebhookView struct {
	Webhook db.Webhook
	Inboxes []db.ListInboxNamesRow
	Show    bool
	Log     DeliveryLog
	Invalid fault.Fields
}

func inboxOptions(all []db.ListInboxNamesRow) []ui.Option {
	out := []ui.Option{{Value: "", Label: "All inboxes"}}
	for _, i := range all {
		out = append(out, ui.Option{Value: strconv.FormatInt(i.ID, 10), Label: i.Name})
	}
	return out
}
