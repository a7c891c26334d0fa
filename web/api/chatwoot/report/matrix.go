package report

import (
	"encoding/json"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

type matrixJSON struct {
	Inboxes []matrixInboxJSON `json:"inboxes"`
	Labels  []matrixLabelJSON `json:"labels"`
	Matrix  [][]int64         `json:"matrix"`
}

type matrixInboxJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type matrixLabelJSON struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
}

// showMatrix counts conversations by inbox, a row each, and by label that the account offers, a column each.
func (h *handlers) showMatrix(c *api.Call) error {
	p, err := h.readPeriod(c)
	if err != nil {
		return err
	}
	inboxes, err := h.listSubjects(c, "inbox", "inbox_ids")
	if err != nil {
		return err
	}
	labels, err := h.listSubjects(c, "label", "label_ids")
	if err != nil {
		return err
	}
	rows, err := h.q.GroupLabelConversations(c.Ctx(), db.GroupLabelConversationsParams{
		AccountID: c.Account(),
		Since:     p.since,
		Until:     p.until,
	})
	if err != nil {
		return err
	}
	out := matrixJSON{Inboxes: []matrixInboxJSON{}, Labels: []matrixLabelJSON{}, Matrix: make([][]int64, len(inboxes))}
	for i, inbox := range inboxes {
		out.Inboxes = append(out.Inboxes, matrixInboxJSON{inbox.ID, inbox.Name})
		out.Matrix[i] = make([]int64, len(labels))
		for k, label := range labels {
			for _, r := range rows {
				if r.InboxID == inbox.ID && r.Label == label.Name {
					out.Matrix[i][k] = r.N
				}
			}
		}
	}
	for _, label := range labels {
		out.Labels = append(out.Labels, matrixLabelJSON{label.ID, label.Name})
	}
	return c.Answer(out)
}

// listSubjects lists the agents, teams, inboxes or labels of the account, or those that the query names.
func (h *handlers) listSubjects(c *api.Call, subject, chosen string) ([]db.ListReportSubjectsRow, error) {
	var in map[string]json.RawMessage
	if err := c.ReadQuery(&in); err != nil {
		return nil, err
	}
	var ids api.IDs
	if raw := in[chosen]; len(raw) > 0 {
		if err := ids.UnmarshalJSON(raw); err != nil {
			return nil, api.Unprocessable(chosen + " must be numbers")
		}
	}
	rows, err := h.q.ListReportSubjects(c.Ctx(), c.Account(), subject)
	if some := ids.Some(); len(some) > 0 {
		rows = slices.DeleteFunc(rows, func(r db.ListReportSubjectsRow) bool { return !slices.Contains(some, r.ID) })
	}
	return rows, err
}
