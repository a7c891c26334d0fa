package db

import "time"

// OutgoingMailFacts are what a mail is written from, as far as its kind needs; they are stored until it has ended.
type OutgoingMailFacts struct {
	// Until is when the mail's one-time link expires.
	Until *time.Time `json:"until,omitempty"`
	// By is who invites, and Account the account's name.
	By      string `json:"by,omitempty"`
	Account string `json:"account,omitempty"`
	// ConversationID, DisplayID and UpTo are the conversation of a transcript and its last message.
	ConversationID int64 `json:"conversation_id,omitempty"`
	DisplayID      int64 `json:"display_id,omitempty"`
	UpTo           int64 `json:"up_to,omitempty"`
	// Message is the text of a rule's mail to a team.
	Message string `json:"message,omitempty"`
	// RuleID and EventID are the rule's run that ordered the mail: a failure is reported there.
	RuleID  int64 `json:"rule_id,omitempty"`
	EventID int64 `json:"event_id,omitempty"`
	// MacroBy is the user whose macro ordered the mail: they are notified if it fails.
	MacroBy int64 `json:"macro_by,omitempty"`
	// WebhookID, URL and Reason are about a webhook that was paused.
	WebhookID int64  `json:"webhook_id,omitempty"`
	URL       string `json:"url,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Ended reports whether the mail needs no more tries.
func (l OutgoingMail) Ended() bool {
	return l.State == OutgoingMailStateSent || l.State == OutgoingMailStateFailed
}
