package shape

// Notification is a user's notification of a conversation. Its secondary actor is the message that it is about, or the
// user who caused it, or nobody.
type Notification struct {
	ID               int64        `json:"id"`
	NotificationType string       `json:"notification_type"`
	PushMessageTitle string       `json:"push_message_title"`
	PushMessageBody  string       `json:"push_message_body"`
	PrimaryActorType string       `json:"primary_actor_type"`
	PrimaryActorID   int64        `json:"primary_actor_id"`
	PrimaryActor     Conversation `json:"primary_actor"`
	ReadAt           *string      `json:"read_at"`
	SecondaryActor   any          `json:"secondary_actor"`
	User             *UserSender  `json:"user"`
	CreatedAt        int64        `json:"created_at"`
	LastActivityAt   int64        `json:"last_activity_at"`
	SnoozedUntil     *string      `json:"snoozed_until"`
	Meta             struct{}     `json:"meta"`
}
