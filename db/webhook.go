package db

import "strconv"

// WebhookEvents lists the events that a webhook of the main dialect can choose.
func WebhookEvents() []string {
	return []string{
		"conversation_status_changed", "conversation_updated", "conversation_created", "contact_created", "contact_updated", "message_created",
		"message_updated", "webwidget_triggered", "inbox_created", "inbox_updated", "conversation_typing_on", "conversation_typing_off",
	}
}

// Receiver is the webhook's name in its deliveries.
func (w Webhook) Receiver() string { return "webhook:" + strconv.FormatInt(w.ID, 10) }
