package report

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// summaryRow is one agent, team, inbox or label in a summary.
type summaryRow struct {
	id                               int64
	name                             string
	conversations, resolved          int64
	resolution, firstResponse, reply *float64
}

// summaryEvents are the reporting events of a summary.
func summaryEvents() []string { return []string{firstResponse, replyTime, resolved} }

// summaryRows reads the summary of all agents, teams, inboxes or labels, with those who did nothing.
func (h *handlers) summaryRows(ctx context.Context, accountID int64, p period, subject string) ([]summaryRow, error) {
	subjects, err := h.q.ListReportSubjects(ctx, accountID, subject)
	if err != nil {
		return nil, err
	}
	rows := make([]summaryRow, len(subjects))
	byID, byName := map[int64]*summaryRow{}, map[string]*summaryRow{}
	for i, w := range subjects {
		rows[i] = summaryRow{id: w.ID, name: w.Name}
		byID[w.ID], byName[w.Name] = &rows[i], &rows[i]
	}
	if subject == "label" {
		return rows, h.fillLabels(ctx, accountID, p, byName)
	}
	counts, err := h.q.GroupConversations(ctx, db.GroupConversationsParams{
		AccountID: accountID,
		ByWhat:    subject,
		Since:     p.since,
		Until:     p.until,
	})
	if err != nil {
		return nil, err
	}
	for _, r := range counts {
		if at := byID[r.Key]; at != nil {
			at.conversations = r.N
		}
	}
	events, err := h.q.GroupReportingEvents(ctx, db.GroupReportingEventsParams{
		AccountID:     accountID,
		ByWhat:        subject,
		Names:         summaryEvents(),
		Since:         p.since,
		Until:         p.until,
		BusinessHours: p.businessHours,
	})
	for _, r := range events {
		if at := byID[r.Key]; at != nil {
			at.add(r.Name, measure{r.N, r.Total})
		}
	}
	return rows, err
}

func (h *handlers) fillLabels(ctx context.Context, accountID int64, p period, byName map[string]*summaryRow) error {
	counts, err := h.q.GroupLabelConversations(ctx, db.GroupLabelConversationsParams{
		AccountID: accountID,
		Since:     p.since,
		Until:     p.until,
	})
	if err != nil {
		return err
	}
	for _, r := range counts {
		if at := byName[r.Label]; at != nil {
			at.conversations += r.N
		}
	}
	events, err := h.q.GroupLabelReportingEvents(ctx, db.GroupLabelReportingEventsParams{
		AccountID:     accountID,
		Names:         summaryEvents(),
		Since:         p.since,
		Until:         p.until,
		BusinessHours: p.businessHours,
	})
	for _, r := range events {
		if at := byName[r.Label]; at != nil {
			at.add(r.Name, measure{r.N, r.Total})
		}
	}
	return err
}

func (r *summaryRow) add(event string, f measure) {
	switch event {
	case firstResponse:
		r.firstResponse = f.mean()
	case replyTime:
		r.reply = f.mean()
	case resolved:
		r.resolved, r.resolution = f.count, f.mean()
	}
}

type summaryRowJSON struct {
	ID                         int64    `json:"id"`
	Name                       *string  `json:"name,omitempty"`
	ConversationsCount         int64    `json:"conversations_count"`
	ResolvedConversationsCount int64    `json:"resolved_conversations_count"`
	AvgResolutionTime          *float64 `json:"avg_resolution_time"`
	AvgFirstResponseTime       *float64 `json:"avg_first_response_time"`
	AvgReplyTime               *float64 `json:"avg_reply_time"`
}

func (r summaryRow) json() summaryRowJSON {
	return summaryRowJSON{
		ID:                         r.id,
		ConversationsCount:         r.conversations,
		ResolvedConversationsCount: r.resolved,
		AvgResolutionTime:          r.resolution,
		AvgFirstResponseTime:       r.firstResponse,
		AvgReplyTime:               r.reply,
	}
}

func (h *handlers) summaryReport(subject string) api.Handler {
	return func(c *api.Call) error {
		p, err := h.readPeriod(c)
		if err != nil {
			return err
		}
		rows, err := h.summaryRows(c.Ctx(), c.Account(), p, subject)
		if err != nil {
			return err
		}
		out := make([]summaryRowJSON, len(rows))
		for i, r := range rows {
			out[i] = r.json()
		}
		return c.Answer(out)
	}
}

// labelReport has the names of labels, and 0 where the other summaries have null.
func (h *handlers) labelReport(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	rows, err := h.summaryRows(c.Ctx(), c.Account(), p, "label")
	if err != nil {
		return err
	}
	out := make([]summaryRowJSON, len(rows))
	for i, r := range rows {
		out[i] = r.json()
		out[i].Name = &rows[i].name
		for _, mean := range []**float64{&out[i].AvgResolutionTime, &out[i].AvgFirstResponseTime, &out[i].AvgReplyTime} {
			if *mean == nil {
				*mean = new(float64)
			}
		}
	}
	return c.Answer(out)
}

type channelJSON struct {
	Open     int64 `json:"open"`
	Resolved int64 `json:"resolved"`
	Pending  int64 `json:"pending"`
	Snoozed  int64 `json:"snoozed"`
	Total    int64 `json:"total"`
}

// channelReport counts conversations by kind of inbox and status, over six months at most.
func (h *handlers) channelReport(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	if p.since.AddDate(0, 6, 0).Before(p.until) {
		return api.Unprocessable("Date range cannot exceed 6 months")
	}
	rows, err := h.q.GroupChannelConversations(c.Ctx(), db.GroupChannelConversationsParams{
		AccountID: c.Account(),
		Since:     p.since,
		Until:     p.until,
	})
	if err != nil {
		return err
	}
	out := map[string]*channelJSON{}
	for _, r := range rows {
		at := out[api.Channel(r.Kind)]
		if at == nil {
			at = &channelJSON{}
			out[api.Channel(r.Kind)] = at
		}
		at.Total += r.N
		switch r.Status {
		case db.ConversationStatusOpen:
			at.Open += r.N
		case db.ConversationStatusResolved:
			at.Resolved += r.N
		case db.ConversationStatusPending:
			at.Pending += r.N
		case db.ConversationStatusSnoozed:
			at.Snoozed += r.N
		}
	}
	return c.Answer(out)
}
