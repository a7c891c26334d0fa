package shape

import (
	"strconv"
)

// Notification is a user's notification. primary_actor is null when they no longer see the conversation, and for a
// webhook's.
type Notification struct {
	ID               int64         `json:"id"`
	NotificationType string        `json:"notification_type"`
	PushMessageTitle string        `json:"push_message_title"`
	PushMessageBody  string        `json:"push_message_body"`
	PrimaryActorType string        `json:"primary_actor_type"`
	PrimaryActorID   int64         `json:"primary_actor_id"`
	PrimaryActor     *Conversation `json:"primary_actor"`
	ReadAt           *string       `json:"read_at"`
	SecondaryActor   *UserSender   `json:"secondary_actor"`
	User             *UserSender   `json:"user"`
	CreatedAt        int64         `json:"created_at"`
	LastActivityAt   int64         `json:"last_activity_at"`
	SnoozedUntil     *string       `json:"snoozed_until"`
	Meta             struct{}      `json:"meta"`
}

// NotificationTitle says in a sentence what happened in a conversation.
func NotificationTitle(kind string, displayID int64) string {
	n := strconv.FormatInt(displayID, 10)
	switch kind {
	case "conversation_creation":
		return "Conversation #" + n + " was opened"
	case "conversation_assignment":
		return "Conversation #" + n + " was assigned to you"
	case "conversation_mention":
		return "You were mentioned in conversation #" + n
	case "macro_failed":
		return "A macro could not do everything in conversation #" + n
	}
	return "New message in conversation #" + n
}
