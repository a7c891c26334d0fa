package chatwoot

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// hookMessage is the body of message_created and message_updated.
type hookMessage struct {
	Event        string             `json:"event"`
	Account      hookAccount        `json:"account"`
	Additional   json.RawMessage    `json:"additional_attributes"`
	Attributes   json.RawMessage    `json:"content_attributes"`
	ContentType  db.ContentType     `json:"content_type"`
	Content      *string            `json:"content"`
	Conversation *hookConversation  `json:"conversation"`
	CreatedAt    string             `json:"created_at"`
	ID           int64              `json:"id"`
	Inbox        hookInbox          `json:"inbox"`
	Kind         db.MessageKind     `json:"message_type"`
	Private      bool               `json:"private"`
	Sender       any                `json:"sender"`
	SourceID     *string            `json:"source_id"`
	Attachments  []shape.Attachment `json:"attachments,omitempty"`
}

func (h *Hook) messageBody(ctx context.Context, q *db.Queries, e db.Event, name string) (any, error) {
	row, err := q.GetWebhookConversation(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return nil, err
	}
	m, err := q.GetMessage(ctx, db.GetMessageParams{AccountID: e.AccountID, ConversationID: *e.ConversationID, ID: *e.MessageID})
	if err != nil || m.Kind == db.MessageKindActivity {
		return nil, err
	}
	account := hookAccount{e.AccountID, row.AccountName}
	files, err := h.files(ctx, q, m)
	if err != nil {
		return nil, err
	}
	sender, err := h.sender(ctx, q, m, row, account)
	if err != nil {
		return nil, err
	}
	conversation, err := h.conversation(ctx, q, row, &m)
	if err != nil {
		return nil, err
	}
	return hookMessage{
		Event: name, Account: account, Additional: m.AdditionalAttributes, Attributes: m.ContentAttributes, ContentType: m.ContentType,
		Content: h.content(m, row), Conversation: conversation, CreatedAt: shape.ISO(m.CreatedAt), ID: m.ID,
		Inbox: hookInbox{row.Conversation.InboxID, row.InboxName}, Kind: m.Kind, Private: m.Private, Sender: sender, SourceID: m.SourceID, Attachments: files,
	}, nil
}

// content is the text as a channel wants it: Markdown's hard breaks become plain ones, and a survey becomes its link
// where the channel cannot show one.
func (h *Hook) content(m db.Message, row db.GetWebhookConversationRow) *string {
	if m.ContentType == db.ContentTypeInputCsat && !channel.Of(row.InboxKind).Browser && m.DeletedAt == nil {
		s := strings.TrimSpace(m.Text())
		if s == "" {
			s = "Please rate this conversation,"
		}
		s += " " + h.shape.Base + link.Survey(row.Conversation.Uuid.String())
		return &s
	}
	if m.Content == nil {
		return nil
	}
	s := strings.NewReplacer("\\\n", "\n", "  \n", "\n").Replace(*m.Content)
	s = strings.TrimRight(s, "\n")
	return &s
}

// sender is the short form: no account's internals but a contact's, which is whole.
func (h *Hook) sender(ctx context.Context, q *db.Queries, m db.Message, row db.GetWebhookConversationRow, a hookAccount) (any, error) {
	if m.SenderKind == nil || m.SenderID == nil {
		return nil, nil
	}
	switch *m.SenderKind {
	case db.SenderKindContact:
		if *m.SenderID == row.Contact.ID {
			return h.contact(row.Contact, a), nil
		}
		c, err := q.GetContact(ctx, m.AccountID, *m.SenderID)
		if err != nil {
			return absent(err)
		}
		return h.contact(c, a), nil
	case db.SenderKindBot:
		b, err := q.GetAgentBot(ctx, m.AccountID, *m.SenderID)
		if err != nil {
			return absent(err)
		}
		return map[string]any{"id": b.ID, "name": b.Name, "type": "agent_bot"}, nil
	}
	u, err := q.GetMessageAuthor(ctx, m.AccountID, *m.SenderID)
	if err != nil {
		return absent(err)
	}
	return map[string]any{"id": u.ID, "name": u.Name, "email": u.Email, "type": "user"}, nil
}

// absent turns a sender who is gone into none.
func absent(err error) (any, error) {
	if db.IsNone(err) {
		return nil, nil
	}
	return nil, err
}

func (h *Hook) files(ctx context.Context, q *db.Queries, m db.Message) ([]shape.Attachment, error) {
	if m.AttachmentCount == 0 {
		return nil, nil
	}
	rows, err := q.ListMessageAttachments(ctx, m.AccountID, []int64{m.ID})
	if err != nil {
		return nil, err
	}
	out := make([]shape.Attachment, len(rows))
	for i, f := range rows {
		out[i] = h.shape.Attachment(f)
	}
	return out, nil
}

// event is a message in the list of its conversation, and in the realtime channel: the event view, with numbers where
// the body has words.
func (h *Hook) event(ctx context.Context, q *db.Queries, row db.GetWebhookConversationRow, m db.Message) (v shape.EventMessage, err error) {
	c := row.Conversation
	v = shape.EventMessage{
		ID: m.ID, Content: m.Content, AccountID: m.AccountID, InboxID: m.InboxID, ConversationID: c.DisplayID, MessageType: shape.MessageType(m.Kind),
		CreatedAt: m.CreatedAt.Unix(), UpdatedAt: shape.ISO(m.UpdatedAt), Private: m.Private, Status: shape.DeliveryStatus(m.Delivery), SourceID: m.SourceID,
		ContentType: m.ContentType, ContentAttributes: m.ContentAttributes, SenderType: shape.SenderType(m.SenderKind), SenderID: m.SenderID,
		AdditionalAttributes: m.AdditionalAttributes, ProcessedMessageContent: m.Content,
		Conversation: shape.MessageConversation{
			AssigneeID: c.AssigneeID, UnreadCount: shape.UnreadCount(c.UnreadCount), LastActivityAt: c.LastActivityAt.Unix(),
			ContactInbox: shape.MessageContactInbox{SourceID: row.ContactInbox.SourceID},
		},
	}
	if v.Attachments, err = h.files(ctx, q, m); err != nil {
		return v, err
	}
	v.Sender, err = h.eventSender(ctx, q, m, row)
	return v, err
}

// eventSender is the sender as pages see them.
func (h *Hook) eventSender(ctx context.Context, q *db.Queries, m db.Message, row db.GetWebhookConversationRow) (any, error) {
	if m.SenderKind == nil || m.SenderID == nil {
		return nil, nil
	}
	switch *m.SenderKind {
	case db.SenderKindContact:
		if *m.SenderID == row.Contact.ID {
			return h.person(row.Contact), nil
		}
		return nil, nil
	case db.SenderKindBot:
		b, err := q.GetAgentBot(ctx, m.AccountID, *m.SenderID)
		if err != nil {
			return absent(err)
		}
		return shape.BotSender{ID: b.ID, Name: b.Name, AvatarURL: h.shape.Avatar(b.AvatarHash), Type: "agent_bot"}, nil
	}
	u, err := q.GetMessageAuthor(ctx, m.AccountID, *m.SenderID)
	if err != nil {
		return absent(err)
	}
	return h.user(u.ID, u.Name, u.DisplayName, u.AvatarHash, u.Availability, u.AutoOffline, u.ActiveAt), nil
}

// person is a contact as pages see them.
func (h *Hook) person(c db.Contact) shape.ContactSender {
	sender := h.shape.ContactSender(c)
	sender.Thumbnail = h.shape.Avatar(c.AvatarHash)
	return sender
}

// user is a colleague as pages see them.
func (h *Hook) user(id int64, name string, display, avatar *string, set *db.Availability, auto *bool, active *time.Time) shape.UserSender {
	return h.shape.UserSender(id, name, display, avatar, h.shape.Presence(set, auto, active))
}
