package desk

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
)

// Wake opens a conversation whose snooze has ended. It leaves alone one that is no longer snoozed, or is for longer.
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

// Quiet is when a conversation counts as quiet, and what ResolveQuiet does with it.
type Quiet struct {
	For time.Duration
	// AnsweredOnly skips conversations whose customer waits.
	AnsweredOnly bool
	// Message is sent to the customer and Label added; empty for neither.
	Message, Label string
	// Idle is For as text, for the thread.
	Idle string
}

// ResolveQuiet resolves a conversation that has been quiet for q.For. It leaves one alone that has a new message.
func (t *Tx) ResolveQuiet(ctx context.Context, conversationID int64, q Quiet) error {
	template := ParseTemplate(q.Message)
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	if c.Status != db.ConversationStatusOpen || c.LastActivityAt.After(t.Now.Add(-q.For)) || (q.AnsweredOnly && c.WaitingSince != nil) {
		return nil
	}
	if q.Message != "" {
		if _, err := t.Post(ctx, conversationID, NewMessage{
			Kind:      db.MessageKindTemplate,
			Content:   &q.Message,
			Automated: true,
			Template:  template,
		}); err != nil {
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
