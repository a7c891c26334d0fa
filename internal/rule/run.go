package rule

import (
	"context"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// Begins tells which rules an event lets begin, by their event names. What rules did themselves begins none, or two
// rules could chase each other for ever; nor do lines that the thread is told of a change.
func Begins(e db.Event, d desk.Data) []string {
	if e.ActorKind == db.ActorKindRule {
		return nil
	}
	switch e.Kind {
	case desk.ConversationCreated:
		return []string{"conversation_created"}
	case desk.MessageCreated:
		if d.Kind != db.MessageKindActivity {
			return []string{"message_created"}
		}
	case desk.ConversationStatusChanged:
		names := []string{"conversation_updated"}
		if change, moved := d.Changed["status"]; moved {
			switch change[1] {
			case string(db.ConversationStatusOpen):
				names = append(names, "conversation_opened")
			case string(db.ConversationStatusResolved):
				names = append(names, "conversation_resolved")
			}
		}
		return names
	case desk.ConversationAssigned, desk.ConversationTeamChanged, desk.ConversationPriorityChanged, desk.ConversationLabelled, desk.ConversationUpdated:
		return []string{"conversation_updated"}
	}
	return nil
}

// Run runs one rule for one event, if its conditions hold. The run and all that it does are one transaction, and a
// rule runs once for an event however often this is called. What an action could not do is noted with the run; only
// an outage is an error.
func Run(ctx context.Context, d *desk.Desk, r db.AutomationRule, e db.Event, data desk.Data) error {
	if e.ConversationID == nil {
		return nil
	}
	conditions, err := Conditions(r.Conditions)
	if err != nil {
		return nil // kept before it was checked: it asks for nothing that can be
	}
	actions, err := Actions(r.Actions)
	if err != nil || len(actions) == 0 {
		return nil
	}
	return d.Do(ctx, desk.Rule(r), func(t *desk.Tx) error {
		s, err := subject(ctx, t, e, data)
		if db.IsNone(err) {
			return nil // it is gone
		}
		if err != nil || !Match(conditions, s, t.Now) {
			return err
		}
		n, err := t.Queries().InsertRuleRun(ctx, db.InsertRuleRunParams{AccountID: r.AccountID, RuleID: r.ID, EventID: e.ID, CreatedAt: t.Now})
		if err != nil || n == 0 {
			return err
		}
		problems, err := Execute(ctx, t, s.Conversation.ID, actions, Cause{RuleID: r.ID, EventID: e.ID, EventName: r.EventName})
		if err != nil || len(problems) == 0 {
			return err
		}
		return t.Queries().SetRuleRun(ctx, db.SetRuleRunParams{
			AccountID: r.AccountID, RuleID: r.ID, EventID: e.ID, Outcome: "failed", Error: strings.Join(problems, "; "),
		})
	})
}

// subject locks the conversation and reads what conditions ask about.
func subject(ctx context.Context, t *desk.Tx, e db.Event, data desk.Data) (Subject, error) {
	c, err := t.Conversation(ctx, data.DisplayID)
	if err != nil {
		return Subject{}, err
	}
	return Read(ctx, t.Queries(), c, e, data)
}

// Read reads what conditions ask about.
func Read(ctx context.Context, q *db.Queries, c db.Conversation, e db.Event, data desk.Data) (s Subject, err error) {
	s.Conversation, s.Changed = c, data.Changed
	if s.Contact, err = q.GetContact(ctx, c.AccountID, c.ContactID); err != nil {
		return s, err
	}
	if e.MessageID == nil {
		return s, nil
	}
	m, err := q.GetMessage(ctx, db.GetMessageParams{AccountID: c.AccountID, ConversationID: c.ID, ID: *e.MessageID})
	s.Message = &m
	return s, err
}
