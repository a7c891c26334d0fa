package webhook

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
)

// SendForRule makes the delivery that an automation rule or a macro asks for: the conversation in the main dialect,
// under the rule's event name, or as macro.executed. Calling it twice makes one delivery.
func (h *Hooks) SendForRule(ctx context.Context, a job.SendRuleWebhook) error {
	maker := h.makers[db.DialectChatwoot]
	if maker == nil {
		return nil
	}
	return db.Tx(ctx, h.pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		e, err := q.GetEvent(ctx, a.AccountID, a.EventID)
		if db.IsNone(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if e.Number == nil {
			return river.JobSnooze(time.Second) // a macro's event: the receiver is to get its number
		}
		body, err := maker.Body(ctx, q, e, "conversation_updated")
		if db.IsNone(err) {
			return nil
		}
		receiver, name := receiverName(ToRule, a.RuleID), "automation_event."+a.EventName
		if a.MacroID != 0 {
			receiver, name = receiverName(ToMacro, a.MacroID), a.EventName
		}
		if err == nil {
			body, err = renamed(body, name)
		}
		if err != nil {
			return err
		}
		here := queueKey{receiver, queueOf(e)}
		if err := lock(ctx, q, a.AccountID, []queueKey{here}); err != nil {
			return err
		}
		if err := h.insert(ctx, q, a.AccountID, delivery{
			receiver: here.receiver,
			url:      a.URL,
			name:     name,
			queueKey: here.name,
			eventID:  e.ID,
			body:     body,
		}); err != nil {
			return err
		}
		return h.promote(ctx, tx, a.AccountID, []queueKey{here})
	})
}

// renamed changes the event's name in a body.
func renamed(body json.RawMessage, name string) (json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, err
	}
	quoted, err := json.Marshal(name)
	if err != nil {
		return nil, err
	}
	all["event"] = quoted
	return json.Marshal(all)
}
