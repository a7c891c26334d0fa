package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
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

// DeleteMessageSoon hides a message from the pages and deletes it after a while, in which KeepMessage takes that back.
// Agents delete their own messages, administrators any. fault.NotFound if it was deleted before.
func (t *Tx) DeleteMessageSoon(ctx context.Context, conversationID, messageID int64, after time.Duration) (db.Message, error) {
	m, err := t.ownMessage(ctx, conversationID, messageID)
	if err != nil {
		return m, err
	}
	if m.DeletedAt != nil || m.DeleteAt != nil {
		return m, fault.NotFound
	}
	at := t.Now.Add(after)
	args := job.DeleteMessage{AccountID: m.AccountID, ConversationID: m.ConversationID, MessageID: m.ID, UserID: t.Actor.ID}
	if err := t.desk.jobs.InsertAt(ctx, t.tx, args, at); err != nil {
		return m, err
	}
	return t.setDeleteAt(ctx, m, &at)
}

// KeepMessage takes DeleteMessageSoon back. fault.NotFound if the message was deleted by then, or was not to be.
func (t *Tx) KeepMessage(ctx context.Context, conversationID, messageID int64) (db.Message, error) {
	m, err := t.ownMessage(ctx, conversationID, messageID)
	if err != nil {
		return m, err
	}
	if m.DeletedAt != nil || m.DeleteAt == nil {
		return m, fault.NotFound
	}
	return t.setDeleteAt(ctx, m, nil)
}

// ownMessage locks the conversation of a message that the actor may delete, and reads the message.
func (t *Tx) ownMessage(ctx context.Context, conversationID, messageID int64) (db.Message, error) {
	_, m, err := t.message(ctx, conversationID, messageID)
	if err != nil {
		return m, err
	}
	mine := m.SenderKind != nil && *m.SenderKind == db.SenderKindUser && m.SenderID != nil && *m.SenderID == t.Actor.ID
	if !mine && !t.Actor.Scope.Admin() {
		return m, fault.Forbidden
	}
	return m, nil
}

// setDeleteAt pokes the pages that show the message. It records no event: what was said is still there.
func (t *Tx) setDeleteAt(ctx context.Context, m db.Message, at *time.Time) (db.Message, error) {
	c := t.held[m.ConversationID]
	t.poke("conversation:"+id(c.DisplayID), c.InboxID, c.TeamID)
	return t.q.SetMessageDeleteAt(ctx, db.SetMessageDeleteAtParams{AccountID: m.AccountID, ID: m.ID, DeleteAt: at})
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
