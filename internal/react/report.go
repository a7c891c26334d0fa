package react

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// The names of reporting events.
const (
	firstResponse = "first_response"
	replyTime     = "reply_time"
	resolved      = "conversation_resolved"
	botHandOff    = "conversation_bot_handoff"
	botResolved   = "conversation_bot_resolved"
)

// duration is one measured time of the reports, from a moment until the event.
type duration struct {
	name string
	from time.Time
	user *int64
}

func (r *React) report(ctx context.Context, b *batch, e db.Event, c db.Conversation, d duration) error {
	inbox, err := b.inbox(ctx, r.q(), c.InboxID)
	if err != nil {
		return err
	}
	return r.q().InsertReportingEvent(ctx, db.InsertReportingEventParams{
		AccountID: e.AccountID, EventID: e.ID, Name: d.name, Value: max(e.CreatedAt.Sub(d.from).Seconds(), 0),
		ValueInBusinessHours: hoursOf(inbox).between(d.from, e.CreatedAt).Seconds(), InboxID: c.InboxID, UserID: d.user, TeamID: e.TeamID,
		ConversationID: c.ID, StartedAt: d.from, EndedAt: e.CreatedAt,
	})
}

// reportReply measures how long the customer waited for a person: for the first reply, since the conversation was
// handed to people; for each later one, since the wait began.
func (r *React) reportReply(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	_, first := d.Changed["first_reply_at"]
	since, waited := moment(d.Changed["waiting_since"][0])
	if d.Kind != db.MessageKindOutgoing || d.MessagePrivate || (!first && !waited) {
		return nil
	}
	m, err := b.messageOf(ctx, r.q(), e)
	if err != nil || m.SenderKind == nil || *m.SenderKind != db.SenderKindUser {
		return err
	}
	c, err := b.subject(ctx, r.q(), e)
	if err != nil {
		return err
	}
	if !first {
		return r.report(ctx, b, e, c, duration{replyTime, since, m.SenderID})
	}
	from := c.CreatedAt
	ends, err := r.q().FindBotEnd(ctx, e.AccountID, c.ID)
	if err != nil {
		return err
	}
	if len(ends) > 0 && ends[0].Before(e.CreatedAt) {
		from = ends[0]
	}
	return r.report(ctx, b, e, c, duration{firstResponse, from, m.SenderID})
}

// reportStatus measures what a change of status ends: the conversation, or a bot's part of it.
func (r *React) reportStatus(ctx context.Context, b *batch, e db.Event, d desk.Data) error {
	ended := d.Changed["status"][1] == string(db.ConversationStatusResolved)
	if !ended && !d.HandedOff {
		return nil
	}
	c, err := r.q().GetConversationUnscoped(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return err
	}
	assignee := c.AssigneeID
	if d.Status != "" { // the assignee of that moment, who may be another by now
		if assignee = nil; d.AssigneeID != 0 {
			assignee = &d.AssigneeID
		}
	}
	if d.HandedOff {
		return r.report(ctx, b, e, c, duration{botHandOff, c.CreatedAt, assignee})
	}
	if err := r.report(ctx, b, e, c, duration{resolved, c.CreatedAt, assignee}); err != nil {
		return err
	}
	inbox, err := b.inbox(ctx, r.q(), c.InboxID)
	if err != nil || inbox.AgentBotID == nil {
		return err
	}
	talk, err := r.q().GetMessageSummary(ctx, db.GetMessageSummaryParams{
		AccountID:      e.AccountID,
		ConversationID: c.ID,
		Today:          e.CreatedAt,
		Lately:         e.CreatedAt,
	})
	if err != nil || talk.Human {
		return err
	}
	if ends, err := r.q().FindBotEnd(ctx, e.AccountID, c.ID); err != nil || len(ends) > 0 {
		return err
	}
	return r.report(ctx, b, e, c, duration{botResolved, c.CreatedAt, nil})
}

// moment parses a time in an event's changes.
func moment(v any) (time.Time, bool) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	return at, err == nil
}
