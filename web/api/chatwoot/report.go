package chatwoot

import (
	"context"
	"slices"

	"github.com/parleydesk/parley/web/api"
)

// Reports are made from what is there when they are asked for: conversations and messages by when they were made, and
// reporting events, which the reactions write, by when they ended. Every range is bounded.
func (h *handlers) reportRoutes() []api.Route {
	r := v2 + "/reports"
	return []api.Route{
		api.Get(r, api.Admin, h.report),
		api.Get(r+"/summary", api.Admin, h.reportSummary),
		api.Get(r+"/bot_summary", api.Admin, h.reportBotSummary),
		api.Get(r+"/bot_metrics", api.Admin, h.reportBotMetrics),
		api.Get(r+"/conversations", api.Admin, h.reportConversations),
		api.Get(r+"/inbox_label_matrix", api.Admin, h.reportMatrix),
		api.Get(r+"/first_response_time_distribution", api.Admin, h.reportDistribution),
		api.Get(r+"/outgoing_messages_count", api.Admin, h.reportOutgoing),
		api.Get(r+"/agents", api.Admin, h.reportCSV("agent", "Agent name")),
		api.Get(r+"/inboxes", api.Admin, h.reportCSV("inbox", "Inbox name")),
		api.Get(r+"/labels", api.Admin, h.reportCSV("label", "Label")),
		api.Get(r+"/teams", api.Admin, h.reportCSV("team", "Team name")),
		api.Get(r+"/conversations_summary", api.Admin, h.reportDaysCSV),
		api.Get(r+"/conversation_traffic", api.Admin, h.reportTrafficCSV),
		api.Get(v2+"/summary_reports/agent", api.Admin, h.summaryReport("agent")),
		api.Get(v2+"/summary_reports/team", api.Admin, h.summaryReport("team")),
		api.Get(v2+"/summary_reports/inbox", api.Admin, h.summaryReport("inbox")),
		api.Get(v2+"/summary_reports/label", api.Admin, h.labelReport),
		api.Get(v2+"/summary_reports/channel", api.Admin, h.channelReport),
		api.Get(v2+"/live_reports/conversation_metrics", api.Admin, h.liveReport),
		api.Get(v2+"/live_reports/grouped_conversation_metrics", api.Admin, h.groupedLiveReport),
	}
}

type pointJSON struct {
	Value     float64 `json:"value"`
	Timestamp int64   `json:"timestamp"`
	Count     *int64  `json:"count,omitempty"`
}

// report is one metric as a series of steps, those without anything too.
func (h *handlers) report(c *api.Call) error {
	metric := c.QueryParam("metric")
	p, err := h.period(c)
	if err != nil {
		return err
	}
	if err := h.about(c, &p); err != nil {
		return err
	}
	if metricEvents[metric] == "" && !slices.Contains([]string{"conversations_count", "incoming_messages_count", "outgoing_messages_count"}, metric) {
		return c.Answer(struct{}{})
	}
	steps, err := p.steps()
	if err != nil {
		return err
	}
	all, err := h.figures(c.Ctx(), c.Account(), p, metric)
	if err != nil {
		return err
	}
	points := make([]pointJSON, len(steps))
	for i, at := range steps {
		f := all[metric][at]
		points[i] = pointJSON{Value: float64(f.n), Timestamp: at}
		if isMean(metric) {
			points[i].Value, points[i].Count = 0, &f.n
			if m := f.mean(); m != nil {
				points[i].Value = *m
			}
		}
	}
	return c.Answer(points)
}

type summaryJSON struct {
	ConversationsCount    int64        `json:"conversations_count"`
	IncomingMessagesCount int64        `json:"incoming_messages_count"`
	OutgoingMessagesCount int64        `json:"outgoing_messages_count"`
	AvgFirstResponseTime  *float64     `json:"avg_first_response_time"`
	AvgResolutionTime     *float64     `json:"avg_resolution_time"`
	ResolutionsCount      int64        `json:"resolutions_count"`
	ReplyTime             *float64     `json:"reply_time"`
	Previous              *summaryJSON `json:"previous,omitempty"`
}

func (h *handlers) summaryOf(ctx context.Context, accountID int64, p period) (summaryJSON, error) {
	p.unit = "year"
	all, err := h.figures(ctx, accountID, p, "conversations_count", "incoming_messages_count", "avg_first_response_time", "avg_resolution_time", "reply_time")
	return summaryJSON{
		ConversationsCount: all.sum("conversations_count").n, IncomingMessagesCount: all.sum("incoming_messages_count").n,
		OutgoingMessagesCount: all.sum("outgoing_messages_count").n, AvgFirstResponseTime: all.sum("avg_first_response_time").mean(),
		AvgResolutionTime: all.sum("avg_resolution_time").mean(), ResolutionsCount: all.sum("resolutions_count").n, ReplyTime: all.sum("reply_time").mean(),
	}, err
}

func (h *handlers) reportSummary(c *api.Call) error {
	p, err := h.period(c)
	if err != nil {
		return err
	}
	if err := h.about(c, &p); err != nil {
		return err
	}
	now, err := h.summaryOf(c.Ctx(), c.Account(), p)
	if err != nil {
		return err
	}
	previous, err := h.summaryOf(c.Ctx(), c.Account(), p.before())
	if err != nil {
		return err
	}
	now.Previous = &previous
	return c.Answer(now)
}
