package chatwoot

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
)

// The names of reporting events.
const (
	evFirstResponse = "first_response"
	evReplyTime     = "reply_time"
	evResolved      = "conversation_resolved"
	evBotHandOff    = "conversation_bot_handoff"
	evBotResolved   = "conversation_bot_resolved"
)

// figure is a number of things, and how long they took in all.
type figure struct {
	n     int64
	total float64
}

// mean is the average, or nil of nothing.
func (f figure) mean() *float64 {
	if f.n == 0 {
		return nil
	}
	m := f.total / float64(f.n)
	return &m
}

// series are figures by metric and by the second at which their step begins.
type series map[string]map[int64]figure

func (s series) add(metric string, bucket int64, f figure) {
	if s[metric] == nil {
		s[metric] = map[int64]figure{}
	}
	s[metric][bucket] = f
}

// sum is a metric over all steps.
func (s series) sum(metric string) (all figure) {
	for _, f := range s[metric] {
		all.n, all.total = all.n+f.n, all.total+f.total
	}
	return all
}

// metricEvents are the metrics that come from reporting events.
var metricEvents = map[string]string{
	"avg_first_response_time": evFirstResponse, "avg_resolution_time": evResolved, "reply_time": evReplyTime,
	"resolutions_count": evResolved, "bot_resolutions_count": evBotResolved, "bot_handoffs_count": evBotHandOff,
}

// figures reads what the metrics need: at most one query for each of the three tables.
func (h *handlers) figures(ctx context.Context, accountID int64, p period, metrics ...string) (series, error) {
	out := series{}
	shift := int64(p.shift / time.Second)
	var events []string
	conversations, messages := false, false
	for _, m := range metrics {
		conversations = conversations || m == "conversations_count"
		messages = messages || m == "incoming_messages_count" || m == "outgoing_messages_count"
		if name := metricEvents[m]; name != "" {
			events = append(events, name)
		}
	}
	if conversations {
		rows, err := h.q.CountConversationsByTime(ctx, db.CountConversationsByTimeParams{
			AccountID: accountID, Since: p.since, Until: p.until, Unit: p.unit, Shift: shift, InboxID: p.inbox, AgentID: p.agent, TeamID: p.team, Label: p.label,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out.add("conversations_count", r.Bucket, figure{n: r.N})
		}
	}
	if messages {
		rows, err := h.q.CountMessagesByTime(ctx, db.CountMessagesByTimeParams{
			AccountID: accountID, Since: p.since, Until: p.until, Unit: p.unit, Shift: shift, InboxID: p.inbox, AgentID: p.agent, TeamID: p.team, Label: p.label,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out.add(string(r.Kind)+"_messages_count", r.Bucket, figure{n: r.N})
		}
	}
	if len(events) == 0 {
		return out, nil
	}
	rows, err := h.q.SumReportingEventsByTime(ctx, db.SumReportingEventsByTimeParams{
		AccountID: accountID, Names: events, Since: p.since, Until: p.until, Unit: p.unit, Shift: shift, BusinessHours: p.businessHours,
		InboxID: p.inbox, AgentID: p.agent, TeamID: p.team, Label: p.label,
	})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		for metric, name := range metricEvents {
			if name == r.Name {
				out.add(metric, r.Bucket, figure{r.N, r.Total})
			}
		}
	}
	return out, nil
}

// isMean tells a metric of durations from one of numbers.
func isMean(metric string) bool {
	return metric == "avg_first_response_time" || metric == "avg_resolution_time" || metric == "reply_time"
}
