package db

import "time"

// OutgoingMailFacts are what a letter is written from, as far as its kind asks: kept from the order until its end.
type OutgoingMailFacts struct {
	// Until is when its one-time link ends.
	Until *time.Time `json:"until,omitempty"`
	// By is who invites; Account to what.
	By      string `json:"by,omitempty"`
	Account string `json:"account,omitempty"`
	// ConversationID, DisplayID and UpTo name a conversation and its last message that a transcript tells.
	ConversationID int64 `json:"conversation_id,omitempty"`
	DisplayID      int64 `json:"display_id,omitempty"`
	UpTo           int64 `json:"up_to,omitempty"`
	// Message is what a rule has to say to a team.
	Message string `json:"message,omitempty"`
	// RuleID and EventID are the run of a rule that ordered the letter: it is told when the letter fails.
	RuleID  int64 `json:"rule_id,omitempty"`
	EventID int64 `json:"event_id,omitempty"`
	// MacroBy is the user whose macro ordered the letter: they are told when it fails.
	MacroBy int64 `json:"macro_by,omitempty"`
	// WebhookID, URL and Reason tell of a webhook that was paused.
	WebhookID int64  `json:"webhook_id,omitempty"`
	URL       string `json:"url,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Ended reports whether nothing more is done for a letter.
func (l OutgoingMail) Ended() bool {
	return l.State == OutgoingMailStateSent || l.State == OutgoingMailStateFailed
}
