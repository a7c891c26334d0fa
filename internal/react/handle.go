package react

import (
	"context"
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/poke"
	"github.com/parleydesk/parley/internal/rule"
	"github.com/parleydesk/parley/internal/webhook"
)

// runRules runs the account's automation rules that the event can start. Conditions are checked without a lock first:
// most rules do not apply.
func (r *React) runRules(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	names := rule.Begins(e, d)
	if len(names) == 0 {
		return nil
	}
	if b.rules == nil {
		all, err := r.q().ListEnabledRules(ctx, b.account, rule.EventNames())
		if err != nil {
			return err
		}
		b.rules = map[string][]db.AutomationRule{}
		for _, one := range all {
			b.rules[one.EventName] = append(b.rules[one.EventName], one)
		}
	}
	var mine []db.AutomationRule
	for _, name := range names {
		mine = append(mine, b.rules[name]...)
	}
	if len(mine) == 0 {
		return nil
	}
	c, err := r.q().GetConversationUnscoped(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return err
	}
	subject, err := rule.Read(ctx, r.q(), c, e, d)
	if err != nil {
		return err
	}
	for _, one := range mine {
		conditions, err := rule.Conditions(one.Conditions)
		if err != nil || !rule.Match(conditions, subject, r.now()) {
			continue
		}
		if err := rule.Run(ctx, r.desk, one, e, d); err != nil {
			return err
		}
		// The next rule, and later events, must see what a rule changed.
		b.forget(c.ID)
		if subject.Conversation, err = r.q().GetConversationUnscoped(ctx, e.AccountID, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// handleLostDelivery handles a delivery that was given up: an API inbox's message has failed; a bot's conversation is
// opened so that agents see it.
func (r *React) handleLostDelivery(ctx context.Context, a job.HandleLostDelivery) error {
	d, err := r.q().GetDelivery(ctx, a.AccountID, a.DeliveryID)
	if err != nil || d.State != db.DeliveryStateFailed || (d.EventName != "message_created" && d.EventName != "message_updated") {
		return ignoreNone(err)
	}
	e, err := r.q().GetEvent(ctx, a.AccountID, d.EventID)
	if err != nil || e.MessageID == nil {
		return ignoreNone(err)
	}
	kind, _, err := webhook.ParseReceiver(d.Receiver)
	if err != nil {
		return nil
	}
	if kind == webhook.ToBot {
		err = r.openForAgents(ctx, e)
	} else {
		err = r.failMessage(ctx, e, d.LastError)
	}
	return ignoreNone(err)
}

// showUndelivered pokes the pages of a conversation whose messages are delayed, or no longer are.
func (r *React) showUndelivered(ctx context.Context, a job.ShowUndelivered) error {
	e, err := r.q().GetEvent(ctx, a.AccountID, a.EventID)
	if err != nil || e.ConversationID == nil {
		return ignoreNone(err)
	}
	c, err := r.q().GetConversationUnscoped(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return ignoreNone(err)
	}
	p := poke.Poke{AccountID: c.AccountID, Topic: "conversation:" + strconv.FormatInt(c.DisplayID, 10), InboxID: c.InboxID}
	if c.TeamID != nil {
		p.TeamID = *c.TeamID
	}
	r.poke([]poke.Poke{p})
	return nil
}

func ignoreNone(err error) error {
	if db.IsNone(err) {
		return nil
	}
	return err
}

func (r *React) failMessage(ctx context.Context, e db.Event, reason string) error {
	return r.desk.Do(ctx, desk.System(e.AccountID), func(t *desk.Tx) error {
		m, err := t.Queries().GetMessage(ctx, db.GetMessageParams{AccountID: e.AccountID, ConversationID: *e.ConversationID, ID: *e.MessageID})
		if err != nil || m.Private || m.Kind == db.MessageKindIncoming || m.Delivery == db.DeliveryFailed {
			return err
		}
		_, err = t.Deliver(ctx, *e.ConversationID, m.ID, db.DeliveryFailed, reason)
		return err
	})
}

func (r *React) openForAgents(ctx context.Context, e db.Event) error {
	account, err := r.q().GetAccount(ctx, e.AccountID)
	if err != nil {
		return err
	}
	if account.Settings.KeepPending {
		return nil
	}
	d, err := desk.DataOf(e)
	if err != nil {
		return err
	}
	return r.desk.Do(ctx, desk.System(e.AccountID), func(t *desk.Tx) error {
		c, err := t.Conversation(ctx, d.DisplayID)
		if err != nil || c.Status != db.ConversationStatusPending {
			return err
		}
		if err := t.SetStatus(ctx, c.ID, db.ConversationStatusOpen, nil); err != nil {
			return err
		}
		text := "Conversation was marked open by system due to an error with the agent bot."
		_, err = t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindActivity, Content: &text})
		return err
	})
}
