package report

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

type liveJSON struct {
	Open       int64 `json:"open"`
	Unattended int64 `json:"unattended"`
	Unassigned int64 `json:"unassigned"`
	Pending    int64 `json:"pending"`
}

func (h *handlers) answerLive(c *api.Call, team *int64) error {
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
		return h.answerLive(c, &id)
	}
	return h.answerLive(c, nil)
}

type groupedLiveJSON struct {
	Open       int64  `json:"open"`
	Unattended int64  `json:"unattended"`
	Unassigned int64  `json:"unassigned"`
	TeamID     *int64 `json:"team_id,omitempty"`
	AssigneeID *int64 `json:"assignee_id,omitempty"`
}

// groupedLiveReport counts what is open by team or by assignee. Conversations without one are not counted.
func (h *handlers) groupedLiveReport(c *api.Call) error {
	by := c.QueryParam("group_by")
	if by != "team_id" && by != "assignee_id" {
		return api.Unprocessable("invalid group_by")
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

// listLiveConversations counts what is open now, in the account or by agent.
func (h *handlers) listLiveConversations(c *api.Call) error {
	switch c.QueryParam("type") {
	case "account":
		return h.answerLive(c, nil)
	case "agent":
		return h.listAgentLoads(c)
	}
	return api.RefuseWith(http.StatusUnprocessableEntity, nil)
}

func (h *handlers) listAgentLoads(c *api.Call) error {
	members, err := h.listSubjects(c, "agent", "user_ids")
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
