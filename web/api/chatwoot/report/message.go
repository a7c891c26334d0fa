package report

import (
	"net/http"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// showDistribution counts first replies by channel and by how long they took.
func (h *handlers) showDistribution(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	rows, err := h.q.GroupFirstResponses(c.Ctx(), db.GroupFirstResponsesParams{
		AccountID: c.Account(),
		Since:     p.since,
		Until:     p.until,
	})
	if err != nil {
		return err
	}
	names := [...]string{"0-1h", "1-4h", "4-8h", "8-24h", "24h+"}
	out := map[string]map[string]int64{}
	for _, r := range rows {
		at := api.Channel(r.Kind)
		if out[at] == nil {
			out[at] = map[string]int64{}
			for _, name := range names {
				out[at][name] = 0
			}
		}
		out[at][names[r.Step]] += r.N
	}
	return c.Answer(out)
}

type outgoingJSON struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Count int64  `json:"outgoing_messages_count"`
}

// listOutgoing counts outgoing messages by agent, team, inbox or label. Those without any are left out.
func (h *handlers) listOutgoing(c *api.Call) error {
	subject := c.QueryParam("group_by")
	if !slices.Contains([]string{"agent", "team", "inbox", "label"}, subject) {
		return api.RefuseWith(http.StatusUnprocessableEntity, nil)
	}
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	subjects, err := h.q.ListReportSubjects(c.Ctx(), c.Account(), subject)
	if err != nil {
		return err
	}
	counts := map[int64]int64{}
	if subject == "label" {
		rows, err := h.q.GroupLabelOutgoing(c.Ctx(), db.GroupLabelOutgoingParams{
			AccountID: c.Account(),
			Since:     p.since,
			Until:     p.until,
		})
		if err != nil {
			return err
		}
		for _, w := range subjects {
			for _, r := range rows {
				if r.Label == w.Name {
					counts[w.ID] = r.N
				}
			}
		}
	} else {
		rows, err := h.q.GroupOutgoing(c.Ctx(), db.GroupOutgoingParams{
			AccountID: c.Account(),
			ByWhat:    subject,
			Since:     p.since,
			Until:     p.until,
		})
		if err != nil {
			return err
		}
		for _, r := range rows {
			counts[r.Key] = r.N
		}
	}
	out := []outgoingJSON{}
	for _, w := range subjects {
		if counts[w.ID] > 0 {
			out = append(out, outgoingJSON{w.ID, w.Name, counts[w.ID]})
		}
	}
	return c.Answer(out)
}
