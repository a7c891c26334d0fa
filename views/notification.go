package views

import (
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// NoticeList is a page of a user's notifications, the newest first.
type NoticeList struct {
	AccountID, Me int64
	Rows          []db.ListNotificationsForPageRow
	// Older is where the next page begins, if there is one.
	Older string
	Now   time.Time
}

func noticeTopic(user int64) string { return "notifications:" + strconv.FormatInt(user, 10) }

// NoticeAddress is where a notification leads: to the message, the conversation, or the webhook.
func NoticeAddress(account int64, n db.GetNotificationTargetRow) string {
	switch {
	case n.WebhookID != nil:
		return link.Setting(account, "webhooks", *n.WebhookID)
	case n.MessageID == nil || n.MessageKind == nil:
		return link.Conversation(account, *n.DisplayID)
	}
	if *n.MessageKind == db.MessageKindActivity {
		return link.ConversationAround(account, *n.DisplayID, *n.MessageID) // it is folded with others
	}
	return link.MessageAround(account, *n.DisplayID, *n.MessageID)
}

// noticeLink opens a notification. It names the conversation besides, for when a newer notification has replaced this one
// before it is followed.
func noticeLink(account int64, r db.ListNotificationsForPageRow) string {
	to := link.Notification(account, r.Notification.ID)
	if r.DisplayID == nil {
		return to
	}
	return link.With(to, "conversation", strconv.FormatInt(*r.DisplayID, 10))
}

func noticeIcon(kind string) string {
	switch kind {
	case db.NoticeMention:
		return "at-sign"
	case db.NoticeAssigned:
		return "user-round-check"
	case db.NoticeCreated:
		return "inbox"
	case db.NoticeMacroFailed, db.NoticeWebhookPaused:
		return "triangle-alert"
	}
	return "message-square-text"
}

func noticeTitle(r db.ListNotificationsForPageRow) string {
	if r.DisplayID == nil {
		if name := text(r.WebhookName); name != "" {
			return name
		}
		return text(r.WebhookUrl)
	}
	return hitTitle(text(r.Subject), text(r.ContactName), *r.DisplayID)
}

// noticeLead is the text before the message, if there is one.
func noticeLead(r db.ListNotificationsForPageRow) string {
	text := noticeText(r)
	if text != "" && r.Excerpt != "" {
		text += ":"
	}
	return text
}

// noticeText is the text of a notification.
func noticeText(r db.ListNotificationsForPageRow) string {
	who := noticeActor(r)
	switch r.Notification.Kind {
	case db.NoticeMention:
		return who + " mentioned you"
	case db.NoticeAssigned:
		if who == "Parley" {
			return "Assigned to you"
		}
		return who + " assigned it to you"
	case db.NoticeCreated:
		return "New conversation"
	case db.NoticeMacroFailed:
		if r.Excerpt != "" {
			return "" // the message says it all
		}
		return "A macro could not do everything"
	case db.NoticeWebhookPaused:
		return "It has failed for more than a day and is paused"
	}
	if r.Private != nil && *r.Private {
		return who + " noted"
	}
	return who + " wrote"
}

func noticeActor(r db.ListNotificationsForPageRow) string {
	switch kind := r.Notification.ActorKind; {
	case r.UserName != nil:
		return *r.UserName
	case kind == db.ActorKindContact && text(r.ContactName) != "":
		return *r.ContactName
	case kind == db.ActorKindContact:
		return "The contact"
	case kind == db.ActorKindUser:
		return "A colleague"
	case kind == db.ActorKindBot:
		return "A bot"
	case kind == db.ActorKindRule:
		return "A rule"
	}
	return "Parley"
}

// bellWords is the number in the bell, at most "99+".
func bellWords(n int64) string {
	if n > 99 {
		return "99+"
	}
	return strconv.FormatInt(n, 10)
}
