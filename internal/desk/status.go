package desk

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// SetStatus sets a conversation's status. until is when a snoozed one wakes (nil: at the customer's next message);
// any other status ends a snooze. Resolving ends the customer's wait. A bot that opens a pending conversation hands
// it over: the wait begins if it had not.
func (t *Tx) SetStatus(ctx context.Context, conversationID int64, status db.ConversationStatus, until *time.Time) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	before := c.Status
	if err := t.changeStatus(ctx, c, status, until); err != nil {
		return err
	}
	if before != status && status == db.ConversationStatusOpen {
		return t.autoAssign(ctx, c)
	}
	return nil
}

func (t *Tx) changeStatus(ctx context.Context, c *db.Conversation, status db.ConversationStatus, until *time.Time) error {
	if !status.Valid() {
		return fault.Field("status", "Status must be open, resolved, pending or snoozed")
	}
	if status != db.ConversationStatusSnoozed {
		until = nil
	}
	if c.Status == status && sameTime(c.SnoozedUntil, until) {
		return nil
	}
	before := *c
	c.Status, c.SnoozedUntil, c.UpdatedAt = status, until, t.Now
	handedOff := t.Actor.Kind == db.ActorKindBot && before.Status == db.ConversationStatusPending && status == db.ConversationStatusOpen
	if status == db.ConversationStatusResolved {
		c.WaitingSince = nil
	}
	if handedOff && c.WaitingSince == nil {
		c.WaitingSince = &t.Now
	}
	err := t.q.SetConversationStatus(ctx, db.SetConversationStatusParams{
		AccountID: c.AccountID, ID: c.ID, Status: status, SnoozedUntil: until, WaitingSince: c.WaitingSince, UpdatedAt: t.Now,
	})
	if err != nil {
		return err
	}
	changed := map[string][2]any{}
	if before.Status != status {
		changed["status"] = [2]any{before.Status, status}
	}
	if !sameTime(before.SnoozedUntil, until) {
		changed["snoozed_until"] = [2]any{before.SnoozedUntil, until}
	}
	err = t.record(ctx, ConversationStatusChanged, subject{conversation: c}, Data{Changed: changed, HandedOff: handedOff})
	if err != nil {
		return err
	}
	if t.Actor.speaks() && before.Status != status {
		return t.postActivity(ctx, c, statusSentence(t.Actor, status))
	}
	return nil
}

func statusSentence(who Actor, status db.ConversationStatus) string {
	switch status {
	case db.ConversationStatusResolved:
		return "Conversation was marked resolved by " + who.Name
	case db.ConversationStatusOpen:
		return "Conversation was reopened by " + who.Name
	case db.ConversationStatusPending:
		return "Conversation was marked as pending by " + who.Name
	}
	return "Conversation was snoozed by " + who.Name
}

// AutoResolve resolves a conversation that has been quiet for long, and adds an activity line that says so.
func (t *Tx) AutoResolve(ctx context.Context, conversationID int64, idle string) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if c.Status == db.ConversationStatusResolved {
		return nil
	}
	if err := t.SetStatus(ctx, conversationID, db.ConversationStatusResolved, nil); err != nil {
		return err
	}
	return t.postActivity(ctx, c, "Conversation was marked resolved by system due to "+idle+" of inactivity")
}

// SetPriority sets a conversation's priority, or removes it.
func (t *Tx) SetPriority(ctx context.Context, conversationID int64, priority *db.ConversationPriority) error {
	if priority != nil && !priority.Valid() {
		return fault.Field("priority", "Priority must be low, medium, high or urgent")
	}
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if same(c.Priority, priority) {
		return nil
	}
	before := c.Priority
	c.Priority, c.UpdatedAt = priority, t.Now
	err = t.q.SetConversationPriority(ctx, db.SetConversationPriorityParams{
		AccountID: c.AccountID,
		ID:        c.ID,
		Priority:  priority,
		UpdatedAt: t.Now,
	})
	if err != nil {
		return err
	}
	err = t.record(ctx, ConversationPriorityChanged, subject{conversation: c}, Data{
		Changed: map[string][2]any{"priority": {before, priority}},
	})
	if err != nil || !t.Actor.speaks() {
		return err
	}
	switch {
	case priority == nil:
		return t.postActivity(ctx, c, t.Actor.Name+" removed the priority")
	case before == nil:
		return t.postActivity(ctx, c, t.Actor.Name+" set the priority to "+string(*priority))
	}
	return t.postActivity(ctx, c, t.Actor.Name+" changed the priority from "+string(*before)+" to "+string(*priority))
}

// Archive hides a conversation from the default view without resolving it. Archiving twice changes nothing.
func (t *Tx) Archive(ctx context.Context, conversationID int64) error {
	return t.setArchived(ctx, conversationID, &t.Now)
}

// Unarchive shows a conversation in the default view again. Calling it twice changes nothing.
func (t *Tx) Unarchive(ctx context.Context, conversationID int64) error {
	return t.setArchived(ctx, conversationID, nil)
}

func (t *Tx) setArchived(ctx context.Context, conversationID int64, at *time.Time) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if (c.ArchivedAt == nil) == (at == nil) {
		return nil
	}
	before := c.ArchivedAt
	c.ArchivedAt, c.UpdatedAt = at, t.Now
	err = t.q.SetConversationArchived(ctx, db.SetConversationArchivedParams{
		AccountID:  c.AccountID,
		ID:         c.ID,
		ArchivedAt: at,
		UpdatedAt:  t.Now,
	})
	if err != nil {
		return err
	}
	kind := ConversationArchived
	if at == nil {
		kind = ConversationUnarchived
	}
	return t.record(ctx, kind, subject{conversation: c}, Data{Changed: map[string][2]any{"archived_at": {before, at}}})
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
