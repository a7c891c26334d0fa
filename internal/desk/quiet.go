package desk

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
)

// Wake opens a conversation whose snooze has ended. One that is snoozed no more, or for longer, is left alone.
func (t *Tx) Wake(ctx context.Context, conversationID int64) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if c.Status != db.ConversationStatusSnoozed || c.SnoozedUntil == nil || c.SnoozedUntil.After(t.Now) {
		return nil
	}
	return t.SetStatus(ctx, conversationID, db.ConversationStatusOpen, nil)
}

// Quiet is when a conversation has been quiet for too long, and what is done about it.
type Quiet struct {
	For time.Duration
	// AnsweredOnly leaves those whose customer waits.
	AnsweredOnly bool
	// Message is told to the customer, Label added; empty for neither.
	Message, Label string
	// Idle says For in words, for the thread.
	Idle string
}

// ResolveQuiet resolves a conversation in which nothing has happened for as long as q says. One that has been spoken
// in meanwhile is left alone.
func (t *Tx) ResolveQuiet(ctx context.Context, conversationID int64, q Quiet) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if c.Status != db.ConversationStatusOpen || c.LastActivityAt.After(t.Now.Add(-q.For)) || (q.AnsweredOnly && c.WaitingSince != nil) {
		return nil
	}
	if q.Message != "" {
		if _, err := t.Post(ctx, conversationID, NewMessage{Kind: db.MessageKindTemplate, Content: &q.Message, Automated: true, Placeholders: true}); err != nil {
			return err
		}
	}
	if q.Label != "" {
		if err := t.AddLabels(ctx, conversationID, []string{q.Label}); err != nil {
			return err
		}
	}
	return t.AutoResolve(ctx, conversationID, q.Idle)
}
