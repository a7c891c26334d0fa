package views

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views/ui"
)

// voice is who speaks: the contact, an agent, or an agent in a note.
func voice(m db.Message) string {
	switch {
	case m.Private:
		return "note"
	case m.Kind == db.MessageKindIncoming:
		return "contact"
	}
	return "agent"
}

func failed(m db.Message) bool {
	return m.Delivery == db.DeliveryFailed || m.Delivery == db.DeliveryExpired
}

func speaker(r db.ListThreadRow, t Thread) string {
	switch {
	case r.MessageSender.UserName != nil:
		return *r.MessageSender.UserName
	case r.MessageSender.BotName != nil:
		return *r.MessageSender.BotName
	case r.Message.Kind == db.MessageKindIncoming:
		return t.Open.Contact.Who()
	}
	return "Parley"
}

func speakerPerson(r db.ListThreadRow, t Thread) ui.AvatarOf {
	p := ui.AvatarOf{Name: speaker(r, t), Us: true}
	if r.Message.SenderID != nil {
		p.ID = *r.Message.SenderID
	}
	switch {
	case r.MessageSender.UserName != nil:
		p.Image = picture(r.MessageSender.UserAvatarHash)
	case r.MessageSender.BotName != nil:
		p.Icon = "bot"
	case r.Message.Kind == db.MessageKindIncoming:
		p.Us, p.ID, p.Image = false, t.Open.Contact.ID, contactPicture(t.Open.Contact)
	default:
		p.Icon = "zap"
	}
	return p
}

// contactPicture is a contact's own picture. A picture on another server is not shown: our policy loads none from
// there.
func contactPicture(c db.Contact) string { return picture(c.AvatarHash) }

func viaWords(r db.ListThreadRow, t Thread) string {
	switch {
	case r.Message.Private:
		return ""
	case r.Message.Kind == db.MessageKindIncoming && r.Message.Automatic:
		return "automatic, to " + t.Open.Inbox.Name
	case r.Message.Kind == db.MessageKindIncoming:
		return mailFrom(r.Message) + "to " + t.Open.Inbox.Name
	case r.Message.Kind == db.MessageKindTemplate:
		return "automatic, to " + firstWord(t.Open.Contact.Who())
	}
	return "to " + firstWord(t.Open.Contact.Who())
}

// mailFrom names the address that sent a mail whose answers go to another one, since either may be a pretence.
func mailFrom(m db.Message) string {
	var attributes struct {
		Email struct {
			From    []string `json:"from"`
			ReplyTo []string `json:"reply_to"`
		} `json:"email"`
	}
	if m.ContentType != db.ContentTypeIncomingEmail || json.Unmarshal(m.ContentAttributes, &attributes) != nil {
		return ""
	}
	from, replyTo := attributes.Email.From, attributes.Email.ReplyTo
	if len(from) == 0 || len(replyTo) == 0 || slices.Equal(from, replyTo) {
		return ""
	}
	return "sent by " + from[0] + " "
}

// hasMail reports whether the message came as an HTML mail, which is shown in a frame of its own.
func hasMail(m db.Message) bool {
	return m.ContentType == db.ContentTypeIncomingEmail && MailBody(m) != ""
}

// MailBody is the HTML of a mail as it arrived; it is not sanitized.
func MailBody(m db.Message) string {
	var attributes struct {
		Email struct {
			HTML struct {
				Full  string `json:"full"`
				Reply string `json:"reply"`
			} `json:"html_content"`
		} `json:"email"`
	}
	if len(m.ContentAttributes) < 20 || json.Unmarshal(m.ContentAttributes, &attributes) != nil {
		return ""
	}
	if attributes.Email.HTML.Full != "" {
		return attributes.Email.HTML.Full
	}
	return attributes.Email.HTML.Reply
}

// translatable reports whether a message can be translated into the account's language: it has text and no
// translation yet.
func translatable(m db.Message, t Thread) bool {
	return t.Open.TranslateTo != "" && strings.TrimSpace(m.Text()) != "" && !isOfferText(m) && translated(m, t.Open.TranslateTo) == ""
}

// translated is a message's translation into a language, or "".
func translated(m db.Message, to string) string {
	var had struct {
		Translations map[string]string `json:"translations"`
	}
	if to == "" || m.DeletedAt != nil || json.Unmarshal(m.ContentAttributes, &had) != nil {
		return ""
	}
	return had.Translations[to]
}

func ownMessage(m db.Message, me int64) bool {
	return m.SenderKind != nil && *m.SenderKind == db.SenderKindUser && m.SenderID != nil && *m.SenderID == me
}

// messageURL is the address of a page about a message of the thread.
func messageURL(t Thread, message int64, page func(account, display, message int64) string) string {
	return page(t.AccountID, t.Open.Conversation.DisplayID, message)
}

func deliveryIcon(d db.Delivery) string {
	switch d {
	case db.DeliveryQueued:
		return "clock"
	case db.DeliveryDelivered, db.DeliveryRead:
		return "check-check"
	}
	return "check"
}

func deliveryWord(d db.Delivery) string {
	switch d {
	case db.DeliveryQueued:
		return "Waiting to be sent"
	case db.DeliveryDelivered:
		return "Delivered"
	case db.DeliveryRead:
		return "Delivered, read"
	}
	return "Sent"
}
