package ndoto

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) labelRoutes() []api.Route {
	const labels, label = v1 + "/labels", v1 + "/labels/:label"
	return append([]api.Route{
		api.Get(labels, api.Member, h.listLabels),
		api.Post(labels, api.Admin, h.createLabel),
		api.Delete(label, api.Admin, h.deleteLabel),
		api.Get(v1+"/canned_responses", api.Member, h.listCannedReplies),
	}, api.Update(label, api.Admin, h.updateLabel)...)
}

// labelJSON is a label of the account.
type labelJSON struct {
	ID            int64  `json:"id"`
	Title         string `json:"title"`
	Description   string `json:"description"`
	Color         string `json:"color"`
	ShowOnSidebar bool   `json:"show_on_sidebar"`
	CreatedAt     int64  `json:"created_at"`
}

func labelShape(l db.Label) labelJSON {
	return labelJSON{l.ID, l.Title, l.Description, l.Color, l.ShowOnSidebar, seconds(l.CreatedAt)}
}

func (h *handlers) listLabels(c *api.Call) error {
	rows, err := api.Labels(c, h.q)
	if err != nil {
		return err
	}
	out := struct {
		Payload []labelJSON `json:"payload"`
	}{make([]labelJSON, len(rows))}
	for i, r := range rows {
		out.Payload[i] = labelShape(r)
	}
	return c.Answer(out)
}

func (h *handlers) createLabel(c *api.Call) error {
	var in api.LabelInput
	if err := c.Read(&in); err != nil {
		return err
	}
	l := db.Label{Color: "#1f93ff", ShowOnSidebar: true}
	if err := in.Apply(&l); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.CreateLabel(ctx, l)
		return api.Status{Code: createdStatus, Body: labelShape(row)}, api.TitleTaken(err)
	})
}

func (h *handlers) updateLabel(c *api.Call) error {
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	var in api.LabelInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateLabel(ctx, id, in.Apply)
		return labelShape(row), api.TitleTaken(err)
	})
}

func (h *handlers) deleteLabel(c *api.Call) error {
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return struct{}{}, t.DeleteLabel(ctx, id) })
}

// cannedReplyJSON is a canned reply in a list.
type cannedReplyJSON struct {
	ID        int64  `json:"id"`
	AccountID int64  `json:"account_id"`
	ShortCode string `json:"short_code"`
	Content   string `json:"content"`
}

func (h *handlers) listCannedReplies(c *api.Call) error {
	rows, err := api.CannedReplies(c, h.q)
	if err != nil {
		return err
	}
	list := make([]cannedReplyJSON, len(rows))
	for i, r := range rows {
		list[i] = cannedReplyJSON{r.ID, r.AccountID, r.ShortCode, r.Content}
	}
	return c.Answer(list)
}
