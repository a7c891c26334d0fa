package desk

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// DeletedText replaces the text of a deleted message.
const DeletedText = "This message was deleted"

// SetMessageAttributes replaces a message's attributes: a form's answers, translations. It records no event if
// nothing changed.
func (t *Tx) SetMessageAttributes(
	ctx context.Context,
	conversationID, messageID int64,
	attributes json.RawMessage,
) (db.Message, error) {
	c, m, err := t.message(ctx, conversationID, messageID)
	if err != nil || sameObject(m.ContentAttributes, attributes) {
		return m, err
	}
	m, err = t.q.SetMessageAttributes(ctx, db.SetMessageAttributesParams{
		AccountID: c.AccountID, ID: m.ID, ContentAttributes: object(attributes), UpdatedAt: t.Now,
	})
	if err != nil {
		return m, err
	}
	return m, t.record(ctx, MessageUpdated, subject{conversation: c, messageID: m.ID}, Data{
		Changed: map[string][2]any{"content_attributes": {nil, nil}}, Kind: m.Kind, MessagePrivate: m.Private,
	})
}

// DeleteMessage removes a message's text, attributes and attachments; its row stays in the thread. The channel is not
// asked to delete it. fault.NotFound if it was deleted before.
func (t *Tx) DeleteMessage(ctx context.Context, conversationID, messageID int64) (db.Message, error) {
	c, m, err := t.message(ctx, conversationID, messageID)
	if err != nil {
		return m, err
	}
	if m.DeletedAt != nil {
		return m, fault.NotFound
	}
	if err := t.q.DeleteMessageAttachments(ctx, c.AccountID, m.ID); err != nil {
		return m, err
	}
	if err := t.q.DeleteMessageTranslations(ctx, c.AccountID, m.ID); err != nil {
		return m, err
	}
	m, err = t.q.DeleteMessage(
		ctx,
		db.DeleteMessageParams{AccountID: c.AccountID, ID: m.ID, Content: DeletedText, DeletedAt: t.Now},
	)
	if err != nil {
		return m, err
	}
	if m.Kind == db.MessageKindIncoming && m.ID > c.AgentsReadUpTo && c.UnreadCount > 0 {
		c.UnreadCount--
		if err := t.setRead(ctx, c); err != nil {
			return m, err
		}
	}
	return m, t.record(
		ctx,
		MessageDeleted,
		subject{conversation: c, messageID: m.ID},
		Data{Kind: m.Kind, MessagePrivate: m.Private},
	)
}

// message locks a conversation and reads one of its messages.
func (t *Tx) message(ctx context.Context, conversationID, messageID int64) (*db.Conversation, db.Message, error) {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return nil, db.Message{}, err
	}
	m, err := t.q.GetMessage(ctx, db.GetMessageParams{AccountID: c.AccountID, ConversationID: c.ID, ID: messageID})
	return c, m, err
}
