package chatwoot

import (
	"context"
	"slices"

	"github.com/parleydesk/parley/web/api"
)

// Reports are made from what is there when they are asked for: conversations and messages by when they were made, and
// reporting events, which the reactions write, by when they ended. Every range is bounded.
func (s *surface) reportRoutes() []api.Route {
	r := v2 + "/reports"
	return []api.Route{
		api.Get(r, api.Admin, s.report),
		api.Get(r+"/summary", api.Admin, s.reportSummary),
		api.Get(r+"/bot_summary", api.Admin, s.reportBotSummary),
		api.Get(r+"/bot_metrics", api.Admin, s.reportBotMetrics),
		api.Get(r+"/conversations", api.Admin, s.reportConversations),
		api.Get(r+"/inbox_label_matrix", api.Admin, s.reportMatrix),
		api.Get(r+"/first_response_time_distribution", api.Admin, s.reportDistribution),
		api.Get(r+"/outgoing_messages_count", api.Admin, s.reportOutgoing),
		api.Get(r+"/agents", api.Admin, s.reportCSV("agent", "Agent name")),
		api.Get(r+"/inboxes", api.Admin, s.reportCSV("inbox", "Inbox name")),
		api.Get(r+"/labels", api.Admin, s.reportCSV("label", "Label")),
		api.Get(r+"/teams", api.Admin, s.reportCSV("team", "Team name")),
		api.Get(r+"/conversations_summary", api.Admin, s.reportDaysCSV),
		api.Get(r+"/conversation_traffic", api.Admin, s.reportTrafficCSV),
		api.Get(v2+"/summary_reports/agent", api.Admin, s.summaryReport("agent")),
		api.Get(v2+"/summary_reports/team", api.Admin, s.summaryReport("team")),
		api.Get(v2+"/summary_reports/inbox", api.Admin, s.summaryReport("inbox")),
		api.Get(v2+"/summary_reports/label", api.Admin, s.labelReport),
		api.Get(v2+"/summary_reports/channel", api.Admin, s.channelReport),
		api.Get(v2+"/live_reports/conversation_metrics", api.Admin, s.liveReport),
		api.Get(v2+"/live_reports/grouped_conversation_metrics", api.Admin, s.groupedLiveReport),
	}
}

type pointJSON struct {
	Value     float64 `json:"value"`
	Timestamp int64   `json:"timestamp"`
	Count     *int64  `json:"count,omitempty"`
}

// report is one metric as a series of steps, those without anything too.
func (s *surface) report(c *api.Call) error {
	metric := c.QueryParam("metric")
	p, err := s.period(c)
	if err != nil {
		return err
	}
	if err := s.about(c, &p); err != nil {
		return err
	}
	if metricEvents[metric] == "" && !slices.Contains([]string{"conversations_count", "incoming_messages_count", "outgoing_messages_count"}, metric) {
		return c.Answer(struct{}{})
	}
	steps, err := p.steps()
	if err != nil {
		return err
	}
	all, err := s.figures(c.Ctx(), c.Account(), p, metric)
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

func (s *surface) summaryOf(ctx context.Context, accountID int64, p period) (summaryJSON, error) {
	p.unit = "year"
	all, err := s.figures(ctx, accountID, p, "conversations_count", "incoming_messages_count", "avg_first_response_time", "avg_resolution_time", "reply_time")
	return summaryJSON{
		ConversationsCount: all.sum("conversations_count").n, IncomingMessagesCount: all.sum("incoming_messages_count").n,
		OutgoingMessagesCount: all.sum("outgoing_messages_count").n, AvgFirstResponseTime: all.sum("avg_first_response_time").mean(),
		AvgResolutionTime: all.sum("avg_resolution_time").mean(), ResolutionsCount: all.sum("resolutions_count").n, ReplyTime: all.sum("reply_time").mean(),
	}, err
}

func (s *surface) reportSummary(c *api.Call) error {
	p, err := s.period(c)
	if err != nil {
		return err
	}
	if err := s.about(c, &p); err != nil {
		return err
	}
	now, err := s.summaryOf(c.Ctx(), c.Account(), p)
	if err != nil {
		return err
	}
	previous, err := s.summaryOf(c.Ctx(), c.Account(), p.before())
	if err != nil {
		return err
	}
	now.Previous = &previous
	return c.Answer(now)
}
