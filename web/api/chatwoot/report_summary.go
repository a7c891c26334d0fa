package chatwoot

import (
	"context"
	"net/http"
	"slices"
	"strconv"

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

// summaryEvents are what a summary reads.
func summaryEvents() []string { return []string{evFirstResponse, evReplyTime, evResolved} }

// summaryRows reads the summary of all agents, teams, inboxes or labels, those with nothing too.
func (h *handlers) summaryRows(ctx context.Context, accountID int64, p period, what string) ([]summaryRow, error) {
	whom, err := h.q.ListReportSubjects(ctx, accountID, what)
	if err != nil {
		return nil, err
	}
	rows := make([]summaryRow, len(whom))
	byID, byName := map[int64]*summaryRow{}, map[string]*summaryRow{}
	for i, w := range whom {
		rows[i] = summaryRow{id: w.ID, name: w.Name}
		byID[w.ID], byName[w.Name] = &rows[i], &rows[i]
	}
	if what == "label" {
		return rows, h.fillLabels(ctx, accountID, p, byName)
	}
	counts, err := h.q.GroupConversations(ctx, db.GroupConversationsParams{AccountID: accountID, ByWhat: what, Since: p.since, Until: p.until})
	if err != nil {
		return nil, err
	}
	for _, r := range counts {
		if at := byID[r.Key]; at != nil {
			at.conversations = r.N
		}
	}
	events, err := h.q.GroupReportingEvents(ctx, db.GroupReportingEventsParams{
		AccountID: accountID, ByWhat: what, Names: summaryEvents(), Since: p.since, Until: p.until, BusinessHours: p.businessHours,
	})
	for _, r := range events {
		if at := byID[r.Key]; at != nil {
			at.note(r.Name, figure{r.N, r.Total})
		}
	}
	return rows, err
}

func (h *handlers) fillLabels(ctx context.Context, accountID int64, p period, byName map[string]*summaryRow) error {
	counts, err := h.q.GroupLabelConversations(ctx, db.GroupLabelConversationsParams{AccountID: accountID, Since: p.since, Until: p.until})
	if err != nil {
		return err
	}
	for _, r := range counts {
		if at := byName[r.Label]; at != nil {
			at.conversations += r.N
		}
	}
	events, err := h.q.GroupLabelReportingEvents(ctx, db.GroupLabelReportingEventsParams{
		AccountID: accountID, Names: summaryEvents(), Since: p.since, Until: p.until, BusinessHours: p.businessHours,
	})
	for _, r := range events {
		if at := byName[r.Label]; at != nil {
			at.note(r.Name, figure{r.N, r.Total})
		}
	}
	return err
}

func (r *summaryRow) note(event string, f figure) {
	switch event {
	case evFirstResponse:
		r.firstResponse = f.mean()
	case evReplyTime:
		r.reply = f.mean()
	case evResolved:
		r.resolved, r.resolution = f.n, f.mean()
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
		ID: r.id, ConversationsCount: r.conversations, ResolvedConversationsCount: r.resolved, AvgResolutionTime: r.resolution,
		AvgFirstResponseTime: r.firstResponse, AvgReplyTime: r.reply,
	}
}

func (h *handlers) summaryReport(what string) api.Handler {
	return func(c *api.Call) error {
		p, err := h.period(c)
		if err != nil {
			return err
		}
		rows, err := h.summaryRows(c.Ctx(), c.Account(), p, what)
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

// labelReport has names, and 0 where the others have null.
func (h *handlers) labelReport(c *api.Call) error {
	p, err := h.period(c)
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

// channelReport counts conversations by kind of inbox and status, over half a year at most.
func (h *handlers) channelReport(c *api.Call) error {
	p, err := h.period(c)
	if err != nil {
		return err
	}
	if p.since.AddDate(0, 6, 0).Before(p.until) {
		return refuse("Date range cannot exceed 6 months")
	}
	rows, err := h.q.GroupChannelConversations(c.Ctx(), db.GroupChannelConversationsParams{AccountID: c.Account(), Since: p.since, Until: p.until})
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

type liveJSON struct {
	Open       int64 `json:"open"`
	Unattended int64 `json:"unattended"`
	Unassigned int64 `json:"unassigned"`
	Pending    int64 `json:"pending"`
}

func (h *handlers) live(c *api.Call, team *int64) error {
	n, err := h.q.CountLive(c.Ctx(), c.Account(), team)
	if err != nil {
		return err
	}
	return c.Answer(liveJSON{n.Open, n.Unattended, n.Unassigned, n.Pending})
}

func (h *handlers) liveReport(c *api.Call) error {
	if id, err := strconv.ParseInt(c.QueryParam("team_id"), 10, 64); err == nil && id > 0 {
		if _, err := h.q.GetTeam(c.Ctx(), c.Account(), id); err != nil {
			return err
		}
		return h.live(c, &id)
	}
	return h.live(c, nil)
}

type groupedLiveJSON struct {
	Open       int64  `json:"open"`
	Unattended int64  `json:"unattended"`
	Unassigned int64  `json:"unassigned"`
	TeamID     *int64 `json:"team_id,omitempty"`
	AssigneeID *int64 `json:"assignee_id,omitempty"`
}

// groupedLiveReport counts what is open by team or by assignee; what has none is left out.
func (h *handlers) groupedLiveReport(c *api.Call) error {
	by := c.QueryParam("group_by")
	if by != "team_id" && by != "assignee_id" {
		return refuse("invalid group_by")
	}
	rows, err := h.q.GroupLive(c.Ctx(), by == "team_id", c.Account())
	if err != nil {
		return err
	}
	out := []groupedLiveJSON{}
	for _, r := range rows {
		if r.Key == 0 {
			continue
		}
		j := groupedLiveJSON{Open: r.Open, Unattended: r.Unattended, Unassigned: r.Unassigned}
		if by == "team_id" {
			j.TeamID = &r.Key
		} else {
			j.AssigneeID = &r.Key
		}
		out = append(out, j)
	}
	return c.Answer(out)
}

type agentLoadJSON struct {
	ID           int64         `json:"id"`
	Name         string        `json:"name"`
	Email        string        `json:"email"`
	Thumbnail    string        `json:"thumbnail"`
	Availability string        `json:"availability"`
	Metric       agentOpenJSON `json:"metric"`
}

type agentOpenJSON struct {
	Open       int64 `json:"open"`
	Unattended int64 `json:"unattended"`
}

// agentLoadSize is how many agents a page has.
const agentLoadSize = 25

// reportConversations tells what is open now, in all or by agent.
func (h *handlers) reportConversations(c *api.Call) error {
	switch c.QueryParam("type") {
	case "account":
		return h.live(c, nil)
	case "agent":
		return h.agentLoad(c)
	}
	return api.RefuseWith(http.StatusUnprocessableEntity, nil)
}

func (h *handlers) agentLoad(c *api.Call) error {
	members, err := h.reported(c, "agent", "user_ids")
	if err != nil {
		return err
	}
	if id, err := strconv.ParseInt(c.QueryParam("user_id"), 10, 64); err == nil {
		members = slices.DeleteFunc(members, func(r db.ListReportSubjectsRow) bool { return r.ID != id })
	}
	var after int64
	if ok, err := c.Cursor(&after); err != nil {
		return err
	} else if ok {
		members = slices.DeleteFunc(members, func(r db.ListReportSubjectsRow) bool { return r.ID <= after })
	} else {
		members = members[min((c.PageNumber()-1)*agentLoadSize, len(members)):]
	}
	size := c.Limit(agentLoadSize, 100)
	if len(members) > size {
		members = members[:size]
		if err := c.Next(members[size-1].ID); err != nil {
			return err
		}
	}
	ids := make([]int64, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	loads, err := h.q.GroupLive(c.Ctx(), false, c.Account())
	if err != nil {
		return err
	}
	people, err := h.q.ListMembersByID(c.Ctx(), c.Account(), ids)
	if err != nil {
		return err
	}
	out := make([]agentLoadJSON, len(members))
	for i, m := range members {
		out[i] = agentLoadJSON{ID: m.ID, Name: m.Name, Email: m.Email, Availability: string(db.AvailabilityOffline)}
		for _, p := range people {
			if p.User.ID == m.ID {
				out[i].Thumbnail = h.shape.Avatar(p.User.AvatarHash)
				out[i].Availability = h.shape.Availability(p.Membership.Availability, p.Membership.AutoOffline, p.Membership.ActiveAt)
			}
		}
		for _, l := range loads {
			if l.Key == m.ID {
				out[i].Metric = agentOpenJSON{l.Open, l.Unattended}
			}
		}
	}
	return c.Answer(out)
}
