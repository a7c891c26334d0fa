package hook

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// messageJSON is the body of message_created and message_updated.
type messageJSON struct {
	Event        string             `json:"event"`
	Account      accountJSON        `json:"account"`
	Additional   json.RawMessage    `json:"additional_attributes"`
	Attributes   json.RawMessage    `json:"content_attributes"`
	ContentType  db.ContentType     `json:"content_type"`
	Content      *string            `json:"content"`
	Conversation *conversationJSON  `json:"conversation"`
	CreatedAt    string             `json:"created_at"`
	ID           int64              `json:"id"`
	Inbox        inboxJSON          `json:"inbox"`
	Kind         db.MessageKind     `json:"message_type"`
	Private      bool               `json:"private"`
	Sender       any                `json:"sender"`
	SourceID     *string            `json:"source_id"`
	Attachments  []shape.Attachment `json:"attachments,omitempty"`
}

func (mk *Maker) messageBody(ctx context.Context, q *db.Queries, e db.Event, name string) (any, error) {
	row, err := q.GetWebhookConversation(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return nil, err
	}
	m, err := q.GetMessage(ctx, db.GetMessageParams{
		AccountID:      e.AccountID,
		ConversationID: *e.ConversationID,
		ID:             *e.MessageID,
	})
	if err != nil || m.Kind == db.MessageKindActivity {
		return nil, err
	}
	account := accountJSON{e.AccountID, row.AccountName}
	files, err := mk.attachments(ctx, q, m)
	if err != nil {
		return nil, err
	}
	sender, err := mk.sender(ctx, q, m, row, account)
	if err != nil {
		return nil, err
	}
	conversation, err := mk.conversation(ctx, q, row, &m)
	if err != nil {
		return nil, err
	}
	attributes, err := attributesOf(e, m)
	if err != nil {
		return nil, err
	}
	return messageJSON{
		Event:        name,
		Account:      account,
		Additional:   m.AdditionalAttributes,
		Attributes:   attributes,
		ContentType:  m.ContentType,
		Content:      mk.content(m, row),
		Conversation: conversation,
		CreatedAt:    shape.ISO(m.CreatedAt),
		ID:           m.ID,
		Inbox:        inboxJSON{row.Conversation.InboxID, row.InboxName},
		Kind:         m.Kind,
		Private:      m.Private,
		Sender:       sender,
		SourceID:     m.SourceID,
		Attachments:  files,
	}, nil
}

// attributesOf are what stands beside a message's text. If an agent sends a failed message again, this one event asks
// the program behind the inbox to send it again: retry stands in no other, and is not kept with the message.
func attributesOf(e db.Event, m db.Message) (json.RawMessage, error) {
	d, err := desk.DataOf(e)
	if err != nil || !desk.Retried(d) {
		return m.ContentAttributes, err
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(m.ContentAttributes, &all); err != nil {
		return nil, err
	}
	all["retry"] = json.RawMessage("true")
	return json.Marshal(all)
}

// content is the text for the channel: hard line breaks of Markdown become plain ones, and a survey becomes its link
// where the channel cannot show it.
func (mk *Maker) content(m db.Message, row db.GetWebhookConversationRow) *string {
	if m.ContentType == db.ContentTypeInputCsat && !channel.Of(row.InboxKind).Browser && m.DeletedAt == nil {
		s := strings.TrimSpace(m.Text())
		if s == "" {
			s = "Please rate this conversation,"
		}
		s += " " + mk.shape.Base + link.Survey(row.Conversation.Uuid.String())
		return &s
	}
	if m.Content == nil {
		return nil
	}
	s := strings.NewReplacer("\\\n", "\n", "  \n", "\n").Replace(*m.Content)
	s = strings.TrimRight(s, "\n")
	return &s
}

// sender is the short form of a user or bot, and the whole contact.
func (mk *Maker) sender(
	ctx context.Context,
	q *db.Queries,
	m db.Message,
	row db.GetWebhookConversationRow,
	a accountJSON,
) (any, error) {
	if m.SenderKind == nil || m.SenderID == nil {
		return nil, nil
	}
	if *m.SenderKind == db.SenderKindContact {
		if *m.SenderID == row.Contact.ID {
			return mk.contact(row.Contact, a), nil
		}
		c, err := q.GetContact(ctx, m.AccountID, *m.SenderID)
		if err != nil {
			return nilIfDeleted(err)
		}
		return mk.contact(c, a), nil
	}
	s, err := q.GetMessageSender(ctx, m.AccountID, m.ID)
	switch {
	case err != nil:
		return nilIfDeleted(err)
	case s.BotName != nil:
		return map[string]any{"id": *m.SenderID, "name": *s.BotName, "type": "agent_bot"}, nil
	case s.UserName != nil:
		return map[string]any{"id": *m.SenderID, "name": *s.UserName, "email": *s.UserEmail, "type": "user"}, nil
	}
	return nil, nil
}

// nilIfDeleted is a sender who no longer exists: none.
func nilIfDeleted(err error) (any, error) {
	if db.IsNone(err) {
		return nil, nil
	}
	return nil, err
}

func (mk *Maker) attachments(ctx context.Context, q *db.Queries, m db.Message) ([]shape.Attachment, error) {
	if m.AttachmentCount == 0 {
		return nil, nil
	}
	rows, err := q.ListMessageAttachments(ctx, m.AccountID, []int64{m.ID})
	if err != nil {
		return nil, err
	}
	out := make([]shape.Attachment, len(rows))
	for i, f := range rows {
		out[i] = mk.shape.Attachment(f)
	}
	return out, nil
}

// EventMessage writes a message as the list of its conversation and the realtime channel have it: with numbers where the
// body of its own event has words.
func (mk *Maker) EventMessage(
	ctx context.Context, q *db.Queries, row db.GetWebhookConversationRow, m db.Message,
) (v shape.EventMessage, err error) {
	c := row.Conversation
	v = shape.EventMessage{
		ID:                      m.ID,
		Content:                 m.Content,
		AccountID:               m.AccountID,
		InboxID:                 m.InboxID,
		ConversationID:          c.DisplayID,
		MessageType:             shape.MessageType(m.Kind),
		CreatedAt:               m.CreatedAt.Unix(),
		UpdatedAt:               shape.ISO(m.UpdatedAt),
		Private:                 m.Private,
		Status:                  shape.DeliveryStatus(m.Delivery),
		SourceID:                m.SourceID,
		ContentType:             m.ContentType,
		ContentAttributes:       m.ContentAttributes,
		SenderType:              shape.SenderType(m.SenderKind),
		SenderID:                m.SenderID,
		AdditionalAttributes:    m.AdditionalAttributes,
		ProcessedMessageContent: m.Content,
		Conversation: shape.MessageConversation{
			AssigneeID:     c.AssigneeID,
			UnreadCount:    shape.UnreadCount(c.UnreadCount),
			LastActivityAt: c.LastActivityAt.Unix(),
			ContactInbox:   shape.MessageContactInbox{SourceID: row.ContactInbox.SourceID},
		},
	}
	if v.Attachments, err = mk.attachments(ctx, q, m); err != nil {
		return v, err
	}
	v.Sender, err = mk.eventSender(ctx, q, m, row)
	return v, err
}

// eventSender is the sender as the event view has them.
func (mk *Maker) eventSender(ctx context.Context, q *db.Queries, m db.Message, row db.GetWebhookConversationRow) (any, error) {
	if m.SenderKind == nil || m.SenderID == nil {
		return nil, nil
	}
	if *m.SenderKind == db.SenderKindContact {
		if *m.SenderID == row.Contact.ID {
			return mk.ContactSender(row.Contact), nil
		}
		return nil, nil
	}
	sender, err := q.GetMessageSender(ctx, m.AccountID, m.ID)
	if err != nil {
		return nilIfDeleted(err)
	}
	return mk.shape.Sender(&db.MessageDetail{Message: m, Sender: sender}), nil
}

// ContactSender writes a contact, with the picture that is stored here alone.
func (mk *Maker) ContactSender(c db.Contact) shape.ContactSender {
	sender := mk.shape.ContactSender(c)
	sender.Thumbnail = mk.shape.Avatar(c.AvatarHash)
	return sender
}

// UserSender writes a member; what is nil is not known of a former one.
func (mk *Maker) UserSender(
	id int64, name string, display, avatar *string, set *db.Availability, auto *bool, active *time.Time,
) shape.UserSender {
	return mk.shape.UserSender(id, name, display, avatar, mk.shape.Presence(set, auto, active))
}
