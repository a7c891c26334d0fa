package seed

import (
	"time"

	"github.com/parleydesk/parley/db"
)

func (t *thread) at() time.Time { return t.plan.steps[t.next].at }

// open returns a conversation as desk.Tx.Open creates it, except for its status, which is the final one.
func (w *world) open(p *plan) db.Conversation {
	c := db.Conversation{
		AccountID: w.AccountID, ID: w.firstConversation + int64(p.index), DisplayID: w.firstDisplay + int64(p.index),
		Uuid: uuidFrom(w.dice(ofUUID, uint64(p.index))), InboxID: w.inboxes[p.who.inbox].id, ContactID: w.firstContact + int64(p.customer),
		ContactInboxID: w.firstContactInbox + int64(p.customer), Status: p.status, Priority: p.priority, Subject: p.subject, Labels: p.labels,
		SnoozedUntil: p.snoozed, WaitingSince: &p.created, CreatedAt: p.created, UpdatedAt: p.created, LastActivityAt: p.created,
	}
	if c.Labels == nil {
		c.Labels = []string{}
	}
	if p.assignee >= 0 {
		c.AssigneeID = &w.agents[p.assignee].id
	}
	if p.team >= 0 {
		c.TeamID = &w.teams[p.team]
	}
	return c
}

// applyMessage updates a conversation's counters for a message, as desk.Tx.Post does.
func (w *world) applyMessage(s placedStep) {
	c, m := &s.row, &s.plan.steps[s.k]
	id, at := s.id, m.at
	c.LastMessageID, c.LastActivityAt, c.UpdatedAt = &id, at, at
	public := m.kind != db.MessageKindActivity && !m.private
	if m.kind != db.MessageKindActivity {
		c.LastTalkID = &id
	}
	if public {
		c.LastPublicID, c.LastPublicAt = &id, &at
	}
	switch {
	case m.kind == db.MessageKindIncoming:
		c.LastIncomingID, c.LastIncomingAt = &id, &at
		c.UnreadCount++
		if c.WaitingSince == nil {
			c.WaitingSince = &at
		}
	case m.kind == db.MessageKindOutgoing && public && m.cards == "":
		c.WaitingSince = nil
		if c.FirstReplyAt == nil {
			c.FirstReplyAt = &at
		}
	}
	if s.k+1 == s.plan.read {
		c.AgentsReadUpTo, c.UnreadCount = id, 0
		seen := at.Add(time.Second)
		c.AgentLastSeenAt = &seen
		if c.AssigneeID != nil {
			c.AssigneeLastSeenAt = &seen
		}
	}
	if s.k+1 == len(s.plan.steps) && c.Status == db.ConversationStatusResolved {
		c.WaitingSince = nil
	}
}
