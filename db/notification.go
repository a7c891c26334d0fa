package db

import (
	"fmt"
	"strings"
)

// The kinds of notifications. Those of conversations are named as Chatwoot names them, but for NoticeMacroFailed.
const (
	NoticeCreated       = "conversation_creation"
	NoticeAssigned      = "conversation_assignment"
	NoticeMessage       = "assigned_conversation_new_message"
	NoticeMention       = "conversation_mention"
	NoticeParticipating = "participating_conversation_new_message"
	NoticeMacroFailed   = "macro_failed"
	NoticeWebhookPaused = "webhook_paused"
)

// NotificationChoices are the kinds that members choose to be mailed and pushed, in the order in which they are shown.
func NotificationChoices() []string {
	return []string{NoticeCreated, NoticeAssigned, NoticeMessage, NoticeMention, NoticeParticipating}
}

// NotificationTitle says in a sentence what a notification of a conversation is about.
func NotificationTitle(kind string, displayID int64, inbox string) string {
	switch kind {
	case NoticeCreated:
		return fmt.Sprintf("A conversation (#%d) has been created in %s", displayID, inbox)
	case NoticeAssigned:
		return fmt.Sprintf("A conversation (#%d) has been assigned to you", displayID)
	case NoticeMention:
		return fmt.Sprintf("You have been mentioned in conversation (#%d)", displayID)
	case NoticeMacroFailed:
		return fmt.Sprintf("A macro could not do everything in conversation (#%d)", displayID)
	}
	return fmt.Sprintf("A new message is created in conversation (#%d)", displayID)
}

// bodyWords is how many words of a message a notification shows, and bodyRunes how much of them.
const (
	bodyWords = 10
	bodyRunes = 300
)

// Body is what a notification shows of the message that it is about: who wrote it, and how it begins.
func (m ListNotificationMessagesRow) Body() string {
	text := shorten(strings.TrimSpace(ReplaceMentions(m.Content, "@$1")))
	switch {
	case text != "":
	case m.Attachments > 0:
		text = "Attachment"
	default:
		text = "No content"
	}
	return m.SenderName + ": " + text
}

// shorten cuts a text after its first words, keeping the space between them as it is.
func shorten(text string) string {
	count, within := 0, false
	for at, r := range text {
		space := r == ' ' || r == '\n' || r == '\t' || r == '\r'
		if within && space {
			if count++; count == bodyWords && strings.TrimSpace(text[at:]) != "" {
				text = text[:at] + "..."
				break
			}
		}
		within = !space
	}
	if runes := []rune(text); len(runes) > bodyRunes {
		return string(runes[:bodyRunes]) + "..."
	}
	return text
}
