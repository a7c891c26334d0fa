// Package report is the part of Chatwoot's API that counts: the reports of an account and the answers to its surveys.
//
// Reports are made from what is there when they are asked for: conversations and messages by when they were made, and
// reporting events, which package react writes, by when they ended. Every range is bounded.
//
// Not here: answering a survey, which is the contact's and stands in the public API.
package report

import (
	"context"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// handlers holds what the handlers use.
type handlers struct {
	a     *api.API
	q     *db.Queries
	shape shape.Writer
}

// The paths that begin with an account.
const (
	v1 = "/api/v1/accounts/:account"
	v2 = "/api/v2/accounts/:account"
)

// Routes are the routes of reports and of the answers to surveys.
func Routes(a *api.API, w shape.Writer) []api.Route {
	h := &handlers{a: a, q: a.Q, shape: w}
	return append(h.reportRoutes(), h.csatRoutes()...)
}

func (h *handlers) reportRoutes() []api.Route {
	r := v2 + "/reports"
	return []api.Route{
		api.Get(r, api.Admin, h.listMetric),
		api.Get(r+"/summary", api.Admin, h.showSummary),
		api.Get(r+"/bot_summary", api.Admin, h.showBotSummary),
		api.Get(r+"/bot_metrics", api.Admin, h.showBotMetrics),
		api.Get(r+"/conversations", api.Admin, h.listLiveConversations),
		api.Get(r+"/inbox_label_matrix", api.Admin, h.showMatrix),
		api.Get(r+"/first_response_time_distribution", api.Admin, h.showDistribution),
		api.Get(r+"/outgoing_messages_count", api.Admin, h.listOutgoing),
		api.Get(r+"/agents", api.Admin, h.summaryCSV("agent", "Agent name")),
		api.Get(r+"/inboxes", api.Admin, h.summaryCSV("inbox", "Inbox name")),
		api.Get(r+"/labels", api.Admin, h.summaryCSV("label", "Label")),
		api.Get(r+"/teams", api.Admin, h.summaryCSV("team", "Team name")),
		api.Get(r+"/conversations_summary", api.Admin, h.seriesCSV),
		api.Get(r+"/conversation_traffic", api.Admin, h.trafficCSV),
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

// listMetric answers one metric by step, with the steps in which nothing happened.
func (h *handlers) listMetric(c *api.Call) error {
	metric := c.QueryParam("metric")
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	if err := h.readSubject(c, &p); err != nil {
		return err
	}
	counts := []string{"conversations_count", "incoming_messages_count", "outgoing_messages_count"}
	if metricEvents[metric] == "" && !slices.Contains(counts, metric) {
		return c.Answer(struct{}{})
	}
	steps, err := p.steps()
	if err != nil {
		return err
	}
	all, err := h.readMetrics(c.Ctx(), c.Account(), p, metric)
	if err != nil {
		return err
	}
	points := make([]pointJSON, len(steps))
	for i, at := range steps {
		f := all[metric][at]
		points[i] = pointJSON{Value: float64(f.count), Timestamp: at}
		if isMean(metric) {
			points[i].Value, points[i].Count = 0, &f.count
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

func (h *handlers) readSummary(ctx context.Context, accountID int64, p period) (summaryJSON, error) {
	p.unit = "year"
	all, err := h.readMetrics(ctx, accountID, p, summaryMetrics()...)
	return summaryJSON{
		ConversationsCount:    all.sum("conversations_count").count,
		IncomingMessagesCount: all.sum("incoming_messages_count").count,
		OutgoingMessagesCount: all.sum("outgoing_messages_count").count,
		AvgFirstResponseTime:  all.sum("avg_first_response_time").mean(),
		AvgResolutionTime:     all.sum("avg_resolution_time").mean(),
		ResolutionsCount:      all.sum("resolutions_count").count,
		ReplyTime:             all.sum("reply_time").mean(),
	}, err
}

func (h *handlers) showSummary(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	if err := h.readSubject(c, &p); err != nil {
		return err
	}
	now, err := h.readSummary(c.Ctx(), c.Account(), p)
	if err != nil {
		return err
	}
	previous, err := h.readSummary(c.Ctx(), c.Account(), p.previous())
	if err != nil {
		return err
	}
	now.Previous = &previous
	return c.Answer(now)
}
