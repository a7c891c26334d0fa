package views

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views/ui"
)

func notDelivered(r db.ListConversationRowsByIDRow) string {
	if text(r.LastError) == "" {
		return "Not delivered"
	}
	return "Not delivered: " + *r.LastError
}

// lastSpeaker is which of us wrote last; nothing stands before the customer's words.
func lastSpeaker(r db.ListConversationRowsByIDRow, me int64) string {
	if r.LastSenderKind == nil || *r.LastSenderKind != db.SenderKindUser || r.LastSenderID == nil {
		return ""
	}
	if *r.LastSenderID == me {
		return "You"
	}
	return firstWord(text(r.LastSenderName))
}

func lastWords(r db.ListConversationRowsByIDRow) string {
	if r.LastWords != "" {
		return plainMentions(r.LastWords)
	}
	if r.LastAttachments != nil && *r.LastAttachments > 0 {
		return ui.Plural(int64(*r.LastAttachments), "file", "files")
	}
	if r.LastKind == nil {
		return "No messages yet"
	}
	return ""
}

func priorityState(p db.ConversationPriority) string {
	if p == db.ConversationPriorityUrgent {
		return "over"
	}
	return "soon"
}
