package link

// Conversations is the inbox page.
func Conversations(account int64) string { return Account(account) + "/conversations" }

// NewConversation is the form for a conversation that an agent begins.
func NewConversation(account int64) string { return Conversations(account) + "/new" }

// Bulk changes several conversations at once.
func Bulk(account int64) string { return Conversations(account) + "/bulk" }

// Undo takes changes of conversations back.
func Undo(account int64) string { return Conversations(account) + "/undo" }

// Conversation is one conversation, by its display id.
func Conversation(account, display int64) string { return Conversations(account) + "/" + id(display) }

// The parts of a conversation's page that are read again by themselves.

// ConversationThread is the thread alone.
func ConversationThread(account, display int64) string {
	return Conversation(account, display) + "/thread"
}

// ConversationHead is what stands above the thread.
func ConversationHead(account, display int64) string { return Conversation(account, display) + "/head" }

// ConversationDetails is the panel beside the thread.
func ConversationDetails(account, display int64) string {
	return Conversation(account, display) + "/details"
}

// ConversationPeople are those who can be mentioned in a note.
func ConversationPeople(account, display int64) string {
	return Conversation(account, display) + "/people"
}

// ConversationWriters says who is writing, and takes that the viewer is.
func ConversationWriters(account, display int64) string {
	return Conversation(account, display) + "/writers"
}

// What changes a conversation.

// ConversationDraft keeps what stands in the composer.
func ConversationDraft(account, display int64) string {
	return Conversation(account, display) + "/draft"
}

// ConversationReading marks a conversation as read.
func ConversationReading(account, display int64) string {
	return Conversation(account, display) + "/reading"
}

// ConversationUnreading marks a conversation as unread.
func ConversationUnreading(account, display int64) string {
	return Conversation(account, display) + "/unreading"
}

// ConversationStatus sets the status.
func ConversationStatus(account, display int64) string {
	return Conversation(account, display) + "/status"
}

// ConversationAssignee sets the assignee.
func ConversationAssignee(account, display int64) string {
	return Conversation(account, display) + "/assignee"
}

// ConversationTeam sets the team.
func ConversationTeam(account, display int64) string { return Conversation(account, display) + "/team" }

// ConversationPriority sets the priority.
func ConversationPriority(account, display int64) string {
	return Conversation(account, display) + "/priority"
}

// ConversationLabels sets the labels.
func ConversationLabels(account, display int64) string {
	return Conversation(account, display) + "/labels"
}

// ConversationMacros runs a macro.
func ConversationMacros(account, display int64) string {
	return Conversation(account, display) + "/macros"
}

// ConversationAttributes sets an attribute of the conversation or of its contact.
func ConversationAttributes(account, display int64) string {
	return Conversation(account, display) + "/attributes"
}

// Messages takes the composer's post.
func Messages(account, display int64) string { return Conversation(account, display) + "/messages" }

// message is one message's own address; the pages about it are below it.
func message(account, display, message int64) string {
	return Messages(account, display) + "/" + id(message)
}

// Message is a message's place in its conversation, where that shows it.
func Message(account, display, message int64) string {
	return At(Conversation(account, display), MessageElement(message))
}

// MessageAround is a message's place in its conversation, with the messages around it.
func MessageAround(account, display, message int64) string {
	return At(ConversationAround(account, display, message), MessageElement(message))
}

// ConversationAround is a conversation with the messages around one of them.
func ConversationAround(account, display, message int64) string {
	return With(Conversation(account, display), "at", id(message))
}

// MessageElement is the id of a message's element in a page.
func MessageElement(message int64) string { return "message-" + id(message) }

// MessageRetry sends a message that failed again.
func MessageRetry(account, display, of int64) string { return message(account, display, of) + "/retry" }

// MessageDeletion deletes a message.
func MessageDeletion(account, display, of int64) string {
	return message(account, display, of) + "/deletion"
}

// MessageRestoration takes the deletion of a message back.
func MessageRestoration(account, display, of int64) string {
	return message(account, display, of) + "/restoration"
}

// MessageTranslation translates a message.
func MessageTranslation(account, display, of int64) string {
	return message(account, display, of) + "/translation"
}

// MessageMail is the mail that a message came as, in a frame of its own.
func MessageMail(account, display, of int64) string { return message(account, display, of) + "/mail" }
