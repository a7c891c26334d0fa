package api

import "github.com/parleydesk/parley/db"

// Channel is an inbox's kind in the words of Chatwoot's family.
func Channel(k db.InboxKind) string {
	switch k {
	case db.InboxKindEmail:
		return "Channel::Email"
	case db.InboxKindWebWidget:
		return "Channel::WebWidget"
	case db.InboxKindSms:
		return "Channel::Sms"
	case db.InboxKindRcs:
		return "Channel::Rcs"
	case db.InboxKindWhatsapp:
		return "Channel::Whatsapp"
	case db.InboxKindTelegram:
		return "Channel::Telegram"
	case db.InboxKindLine:
		return "Channel::Line"
	case db.InboxKindMessenger:
		return "Channel::FacebookPage"
	case db.InboxKindInstagram:
		return "Channel::Instagram"
	}
	return "Channel::Api"
}
