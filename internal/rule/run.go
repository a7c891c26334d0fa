package rule

import (
	"context"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// Begins returns the names of the rule events that an event stands for. Events that rules caused start no rules, or
// two rules could trigger each other for ever; nor do activity lines.
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
	case desk.ConversationAssigned, desk.ConversationTeamChanged, desk.ConversationPriorityChanged,
		desk.ConversationLabelled, desk.ConversationUpdated:
		return []string{"conversation_updated"}
	}
	return nil
}

// Run runs one rule for one event, if its conditions hold, in one transaction. A rule runs once for an event however
// often this is called. Actions that could not be done are stored with the run; only an outage is an error.
func Run(ctx context.Context, d *desk.Desk, r db.AutomationRule, e db.Event, data desk.Data) error {
	if e.ConversationID == nil {
		return nil
	}
	conditions, err := Conditions(r.Conditions)
	if err != nil {
		return nil // stored before rules were validated: it cannot do anything
	}
	actions, err := Actions(r.Actions)
	if err != nil || len(actions) == 0 {
		return nil
	}
	return d.Do(ctx, desk.Rule(r), func(t *desk.Tx) error {
		s, err := subject(ctx, t, e, data)
		if db.IsNone(err) {
			return nil // it was deleted
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

// subject locks the conversation and reads what conditions need.
func subject(ctx context.Context, t *desk.Tx, e db.Event, data desk.Data) (Subject, error) {
	c, err := t.Conversation(ctx, data.DisplayID)
	if err != nil {
		return Subject{}, err
	}
	return Read(ctx, t.Queries(), c, e, data)
}

// Read reads what conditions need.
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
