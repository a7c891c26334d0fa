package webhook

import (
	"context"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
)

// receiver is a webhook, inbox or bot that may want an event.
type receiver struct {
	name    string
	kind    string
	id      int64
	dialect db.Dialect
	events  []string
}

// receivers are those of one account.
type receivers struct {
	all []receiver
	// bots maps an inbox to the bot that works in it.
	bots map[int64]int64
	// assigned maps a conversation to the bot that it is assigned to.
	assigned map[int64]int64
}

func (r receivers) none() bool { return len(r.all) == 0 }

// inboxEvents and botEvents are what an inbox's URL and a bot receive: docs/api/contract-chatwoot.md#webhooks.
func inboxEvents() []string {
	return []string{
		"conversation_created", "conversation_updated", "conversation_status_changed", "message_created",
		"message_updated", "webwidget_triggered", "conversation_typing_on", "conversation_typing_off",
	}
}

func botEvents() []string {
	return []string{
		"message_created", "message_updated", "conversation_opened", "conversation_resolved",
		"conversation_status_changed", "conversation_updated", "webwidget_triggered",
	}
}

func listReceivers(ctx context.Context, q *db.Queries, accountID int64) (r receivers, err error) {
	hooks, err := q.ListWebhookReceivers(ctx, accountID)
	if err != nil {
		return r, err
	}
	for _, w := range hooks {
		r.all = append(r.all, receiver{receiverName(ToWebhook, w.ID), ToWebhook, w.ID, w.Dialect, w.Subscriptions})
	}
	inboxes, err := q.ListInboxesWithReceiver(ctx, accountID)
	if err != nil {
		return r, err
	}
	r.bots, r.assigned = map[int64]int64{}, map[int64]int64{}
	for _, i := range inboxes {
		if i.WebhookUrl != "" {
			r.all = append(r.all, receiver{receiverName(ToInbox, i.ID), ToInbox, i.ID, db.DialectChatwoot, inboxEvents()})
		}
		if i.AgentBotID != nil {
			r.bots[i.ID] = *i.AgentBotID
		}
	}
	bots, err := q.ListBotsWithReceiver(ctx, accountID)
	for _, id := range bots {
		r.all = append(r.all, receiver{receiverName(ToBot, id), ToBot, id, db.DialectChatwoot, botEvents()})
	}
	return r, err
}

// readAssigned reads which of the events' conversations are assigned to a bot, if there are bots at all.
func (r *receivers) readAssigned(ctx context.Context, q *db.Queries, accountID int64, events []db.Event) error {
	if !slices.ContainsFunc(r.all, func(one receiver) bool { return one.kind == ToBot }) {
		return nil
	}
	var ids []int64
	for _, e := range events {
		if e.ConversationID != nil {
			ids = append(ids, *e.ConversationID)
		}
	}
	rows, err := q.ListBotConversations(ctx, accountID, ids)
	for _, row := range rows {
		r.assigned[row.ID] = *row.AssigneeBotID
	}
	return err
}

// wants reports whether the receiver gets e under this name.
func (one receiver) wants(e db.Event, name string, r receivers) bool {
	switch one.kind {
	case ToInbox:
		return e.InboxID != nil && *e.InboxID == one.id && slices.Contains(one.events, name)
	case ToBot:
		here := e.InboxID != nil && r.bots[*e.InboxID] == one.id
		mine := e.ConversationID != nil && r.assigned[*e.ConversationID] == one.id
		return (here || mine) && slices.Contains(one.events, name)
	}
	// Without a choice a webhook gets its dialect's default: no typing, no inbox events, nothing that is only for
	// bots. Qlara has one list of events and no choice.
	if len(one.events) == 0 || one.dialect == db.DialectQlara {
		return !forBots(name) && !strings.HasPrefix(name, "inbox_") && !strings.Contains(name, "_typing_")
	}
	return slices.Contains(one.events, name) && !forBots(name)
}

func forBots(name string) bool {
	return name == "conversation_opened" || name == "conversation_resolved"
}
