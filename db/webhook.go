package db

import "strconv"

// WebhookEvents are what a webhook of the main dialect may ask for.
func WebhookEvents() []string {
	return []string{
		"conversation_status_changed", "conversation_updated", "conversation_created", "contact_created", "contact_updated", "message_created",
		"message_updated", "webwidget_triggered", "inbox_created", "inbox_updated", "conversation_typing_on", "conversation_typing_off",
	}
}

// Receiver is the webhook as its deliveries name it.
func (w Webhook) Receiver() string { return "webhook:" + strconv.FormatInt(w.ID, 10) }
