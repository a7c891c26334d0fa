package react

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// batch holds what the reactions to one range of events read more than once, loaded ahead for the whole range, and
// the notifications that they lead to, which are inserted together at its end.
type batch struct {
	account       int64
	rules         map[string][]db.AutomationRule
	inboxes       map[int64]db.Inbox
	conversations map[int64]db.Conversation
	messages      map[int64]db.Message
	followers     map[int64][]follower
	notices       []notice
	pending       []notice // of the event that is being followed up
}

// follower is a user who follows a conversation.
type follower struct {
	user  int64
	since time.Time
}

// load reads ahead what the reactions to messages need: three queries for a range instead of three for an event.
func (b *batch) load(ctx context.Context, q *db.Queries, events []db.Event) error {
	b.conversations, b.messages, b.followers = map[int64]db.Conversation{}, map[int64]db.Message{}, map[int64][]follower{}
	var conversations, messages []int64
	for _, e := range events {
		if e.Kind == desk.MessageCreated && e.ConversationID != nil && e.MessageID != nil {
			conversations, messages = append(conversations, *e.ConversationID), append(messages, *e.MessageID)
		}
	}
	if len(messages) == 0 {
		return nil
	}
	rows, err := q.ListConversationsUnscoped(ctx, b.account, conversations)
	if err != nil {
		return err
	}
	for _, c := range rows {
		b.conversations[c.ID], b.followers[c.ID] = c, []follower{}
	}
	said, err := q.ListMessagesUnscoped(ctx, b.account, messages)
	if err != nil {
		return err
	}
	for _, m := range said {
		b.messages[m.ID] = m
	}
	return b.loadFollowers(ctx, q, conversations)
}

func (b *batch) loadFollowers(ctx context.Context, q *db.Queries, conversations []int64) error {
	rows, err := q.ListParticipantIDs(ctx, b.account, conversations)
	for _, f := range rows {
		b.followers[f.ConversationID] = append(b.followers[f.ConversationID], follower{f.UserID, f.CreatedAt})
	}
	return err
}

// subject is the conversation of an event.
func (b *batch) subject(ctx context.Context, q *db.Queries, e db.Event) (db.Conversation, error) {
	if c, ok := b.conversations[*e.ConversationID]; ok {
		return c, nil
	}
	c, err := q.GetConversationUnscoped(ctx, e.AccountID, *e.ConversationID)
	if err == nil {
		b.conversations[c.ID] = c
	}
	return c, err
}

// messageOf returns the message of an event.
func (b *batch) messageOf(ctx context.Context, q *db.Queries, e db.Event) (db.Message, error) {
	if m, ok := b.messages[*e.MessageID]; ok {
		return m, nil
	}
	return q.GetMessage(ctx, db.GetMessageParams{AccountID: e.AccountID, ConversationID: *e.ConversationID, ID: *e.MessageID})
}

// following are the users who followed the conversation of an event when it happened.
func (b *batch) following(ctx context.Context, q *db.Queries, e db.Event) (users []int64, err error) {
	id := *e.ConversationID
	if _, ok := b.followers[id]; !ok {
		b.followers[id] = []follower{}
		if err := b.loadFollowers(ctx, q, []int64{id}); err != nil {
			return nil, err
		}
	}
	for _, f := range b.followers[id] {
		if !f.since.After(e.CreatedAt) {
			users = append(users, f.user)
		}
	}
	return users, nil
}

// stateAt returns the status of an event's conversation and its assignee, 0 for none, as the event left them. Events
// from before these were recorded take the conversation as it is now.
func (b *batch) stateAt(ctx context.Context, q *db.Queries, e db.Event, d desk.Data) (db.ConversationStatus, int64, error) {
	if d.Status != "" {
		return d.Status, d.AssigneeID, nil
	}
	c, err := b.subject(ctx, q, e)
	return c.Status, orZero(c.AssigneeID), err
}

// forget drops a conversation that a reaction has changed: later events of the range read it again.
func (b *batch) forget(conversationID int64) {
	delete(b.conversations, conversationID)
	delete(b.followers, conversationID)
}

func (b *batch) inbox(ctx context.Context, q *db.Queries, id int64) (db.Inbox, error) {
	if i, ok := b.inboxes[id]; ok {
		return i, nil
	}
	i, err := q.GetInbox(ctx, b.account, id)
	if err == nil {
		if b.inboxes == nil {
			b.inboxes = map[int64]db.Inbox{}
		}
		b.inboxes[id] = i
	}
	return i, err
}
