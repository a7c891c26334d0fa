package desk

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
)

// MarkRead marks a conversation as read up to its newest message, for the team and for the actor, if a user. It also
// marks the actor's notifications about it as read. Calling it twice changes nothing.
func (t *Tx) MarkRead(ctx context.Context, conversationID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if err := t.readByMe(ctx, c); err != nil {
		return err
	}
	mine := t.Actor.Kind == db.ActorKindUser && c.AssigneeID != nil && *c.AssigneeID == t.Actor.ID
	// Seen again within the hour and nothing new: not worth a write.
	if c.UnreadCount == 0 && t.lately(c.AgentLastSeenAt) && (!mine || t.lately(c.AssigneeLastSeenAt)) {
		return nil
	}
	had := c.UnreadCount
	if c.LastMessageID != nil {
		c.AgentsReadUpTo = max(c.AgentsReadUpTo, *c.LastMessageID)
	}
	c.UnreadCount, c.AgentLastSeenAt = 0, &t.Now
	if mine {
		c.AssigneeLastSeenAt = &t.Now
	}
	if err := t.setRead(ctx, c); err != nil || had == 0 {
		return err
	}
	return t.record(ctx, ConversationRead, subject{conversation: c}, Data{Changed: map[string][2]any{"unread_count": {had, 0}}})
}

func (t *Tx) lately(at *time.Time) bool { return at != nil && t.Now.Sub(*at) < time.Hour }

// readByMe moves the user's own read mark and marks their notifications about the conversation as read.
func (t *Tx) readByMe(ctx context.Context, c *db.Conversation) error {
	if t.Actor.Kind != db.ActorKindUser {
		return nil
	}
	mark := db.UpsertReadMarkParams{AccountID: c.AccountID, UserID: t.Actor.ID, ConversationID: c.ID, At: t.Now}
	if c.LastMessageID != nil {
		mark.UpTo = *c.LastMessageID
		t.poke("conversation:"+id(c.DisplayID), c.InboxID, c.TeamID)
	}
	if err := t.q.UpsertReadMark(ctx, mark); err != nil {
		return err
	}
	n, err := t.q.ReadNotifications(ctx, db.ReadNotificationsParams{
		AccountID:      c.AccountID,
		UserID:         t.Actor.ID,
		ConversationID: c.ID,
		At:             t.Now,
	})
	if n > 0 {
		t.Notified()
	}
	return err
}

// Notified pokes the pages that show the acting user's notifications, for callers that change notifications
// themselves.
func (t *Tx) Notified() { t.poke("notifications:"+id(t.Actor.ID), 0, nil) }

// MarkUnread makes the last incoming message unread again, for the team and for the actor.
func (t *Tx) MarkUnread(ctx context.Context, conversationID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	had := c.UnreadCount
	c.AgentLastSeenAt, c.AssigneeLastSeenAt = nil, nil
	if c.LastIncomingID != nil {
		c.AgentsReadUpTo = min(c.AgentsReadUpTo, *c.LastIncomingID-1)
		seen := c.LastIncomingAt.Add(-time.Second)
		c.AgentLastSeenAt, c.AssigneeLastSeenAt = &seen, &seen
	}
	n, err := t.q.CountUnread(ctx, db.CountUnreadParams{AccountID: c.AccountID, ConversationID: c.ID, AfterID: c.AgentsReadUpTo})
	if err != nil {
		return err
	}
	c.UnreadCount = n
	if err := t.setRead(ctx, c); err != nil {
		return err
	}
	if t.Actor.Kind == db.ActorKindUser {
		err := t.q.UpsertReadMark(ctx, db.UpsertReadMarkParams{
			AccountID: c.AccountID, UserID: t.Actor.ID, ConversationID: c.ID, UpTo: c.AgentsReadUpTo, At: t.Now,
		})
		if err != nil {
			return err
		}
	}
	return t.record(ctx, ConversationUnread, subject{conversation: c}, Data{Changed: map[string][2]any{"unread_count": {had, n}}})
}

func (t *Tx) setRead(ctx context.Context, c *db.Conversation) error {
	return t.q.SetConversationRead(ctx, db.SetConversationReadParams{
		AccountID: c.AccountID, ID: c.ID, AgentsReadUpTo: c.AgentsReadUpTo, UnreadCount: c.UnreadCount,
		AgentLastSeenAt: c.AgentLastSeenAt, AssigneeLastSeenAt: c.AssigneeLastSeenAt,
	})
}

// SeenByContact records that the contact has seen the conversation: messages sent to them until now count as read.
func (t *Tx) SeenByContact(ctx context.Context, conversationID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	c.ContactLastSeenAt = &t.Now
	if err := t.q.SetContactLastSeen(ctx, db.SetContactLastSeenParams{AccountID: c.AccountID, ID: c.ID, At: t.Now}); err != nil {
		return err
	}
	ids, err := t.q.MarkMessagesRead(ctx, db.MarkMessagesReadParams{AccountID: c.AccountID, ConversationID: c.ID, Now: t.Now})
	if err != nil {
		return err
	}
	for _, messageID := range ids {
		err := t.record(ctx, MessageUpdated, subject{conversation: c, messageID: messageID}, Data{
			Changed: map[string][2]any{"delivery": {nil, db.DeliveryRead}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
