package report

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
)

// The names of reporting events.
const (
	firstResponse = "first_response"
	replyTime     = "reply_time"
	resolved      = "conversation_resolved"
	botHandoff    = "conversation_bot_handoff"
	botResolved   = "conversation_bot_resolved"
)

// measure is a number of things, and how many seconds they took together.
type measure struct {
	count   int64
	seconds float64
}

// mean is the average, or nil where there was nothing.
func (f measure) mean() *float64 {
	if f.count == 0 {
		return nil
	}
	m := f.seconds / float64(f.count)
	return &m
}

// series are the measures of metrics, by metric and by the second at which their step begins.
type series map[string]map[int64]measure

func (s series) add(metric string, bucket int64, f measure) {
	if s[metric] == nil {
		s[metric] = map[int64]measure{}
	}
	s[metric][bucket] = f
}

// sum is a metric over all steps.
func (s series) sum(metric string) (all measure) {
	for _, f := range s[metric] {
		all.count, all.seconds = all.count+f.count, all.seconds+f.seconds
	}
	return all
}

// metricEvents are the metrics that come from reporting events.
var metricEvents = map[string]string{
	"avg_first_response_time": firstResponse, "avg_resolution_time": resolved, "reply_time": replyTime,
	"resolutions_count": resolved, "bot_resolutions_count": botResolved, "bot_handoffs_count": botHandoff,
}

// summaryMetrics are the metrics of a summary: one of each query gives all the others that come from its table.
func summaryMetrics() []string {
	return []string{"conversations_count", "incoming_messages_count", "avg_first_response_time", "avg_resolution_time", "reply_time"}
}

// readMetrics reads what the metrics need, by at most one query for each of the three tables.
func (h *handlers) readMetrics(ctx context.Context, accountID int64, p period, metrics ...string) (series, error) {
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
			AccountID: accountID,
			Since:     p.since,
			Until:     p.until,
			Unit:      p.unit,
			Shift:     shift,
			InboxID:   p.inbox,
			AgentID:   p.agent,
			TeamID:    p.team,
			Label:     p.label,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out.add("conversations_count", r.Bucket, measure{count: r.N})
		}
	}
	if messages {
		rows, err := h.q.CountMessagesByTime(ctx, db.CountMessagesByTimeParams{
			AccountID: accountID,
			Since:     p.since,
			Until:     p.until,
			Unit:      p.unit,
			Shift:     shift,
			InboxID:   p.inbox,
			AgentID:   p.agent,
			TeamID:    p.team,
			Label:     p.label,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out.add(string(r.Kind)+"_messages_count", r.Bucket, measure{count: r.N})
		}
	}
	if len(events) == 0 {
		return out, nil
	}
	rows, err := h.q.SumReportingEventsByTime(ctx, db.SumReportingEventsByTimeParams{
		AccountID:     accountID,
		Names:         events,
		Since:         p.since,
		Until:         p.until,
		Unit:          p.unit,
		Shift:         shift,
		BusinessHours: p.businessHours,
		InboxID:       p.inbox,
		AgentID:       p.agent,
		TeamID:        p.team,
		Label:         p.label,
	})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		for metric, name := range metricEvents {
			if name == r.Name {
				out.add(metric, r.Bucket, measure{r.N, r.Total})
			}
		}
	}
	return out, nil
}

// isMean reports whether a metric is an average duration, not a number.
func isMean(metric string) bool {
	return metric == "avg_first_response_time" || metric == "avg_resolution_time" || metric == "reply_time"
}
