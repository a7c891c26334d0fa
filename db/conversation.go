package db

// Done reports whether the conversation needs no attention now.
func (c Conversation) Done() bool {
	return c.Status == ConversationStatusResolved || c.Status == ConversationStatusSnoozed
}

// Unattended reports whether the customer waits: no reply yet, or something new since.
func (c Conversation) Unattended() bool { return c.FirstReplyAt == nil || c.WaitingSince != nil }
