package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) labelRoutes() []api.Route {
	labels, label := v1+"/labels", v1+"/labels/:label"
	return append([]api.Route{
		api.Get(labels, api.Member, h.listLabels),
		api.Post(labels, api.Admin, h.createLabel),
		api.Get(label, api.Admin, h.showLabel),
		api.Delete(label, api.Admin, h.deleteLabel),
	}, api.Update(label, api.Admin, h.updateLabel)...)
}

type labelJSON struct {
	ID            int64   `json:"id"`
	Title         string  `json:"title"`
	Description   *string `json:"description"`
	Color         string  `json:"color"`
	ShowOnSidebar bool    `json:"show_on_sidebar"`
}

func labelOf(l db.Label) labelJSON {
	return labelJSON{l.ID, l.Title, shape.NilIfEmpty(l.Description), l.Color, l.ShowOnSidebar}
}

func (h *handlers) listLabels(c *api.Call) error {
	rows, err := api.Labels(c, h.q)
	if err != nil {
		return err
	}
	list := make([]labelJSON, len(rows))
	for i, row := range rows {
		list[i] = labelOf(row)
	}
	return c.Answer(payload(list))
}

func (h *handlers) showLabel(c *api.Call) error {
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	row, err := h.q.GetLabel(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	return c.Single(labelOf(row))
}

func (h *handlers) createLabel(c *api.Call) error {
	var in api.LabelInput
	if err := c.Read(&in, "label"); err != nil {
		return err
	}
	l := db.Label{Color: "#1f93ff", ShowOnSidebar: true}
	if err := in.Apply(&l); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.CreateLabel(ctx, l)
		return labelOf(row), api.TitleTaken(err)
	})
}

func (h *handlers) updateLabel(c *api.Call) error {
	var in api.LabelInput
	if err := c.Read(&in, "label"); err != nil {
		return err
	}
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateLabel(ctx, id, in.Apply)
		return labelOf(row), api.TitleTaken(err)
	})
}

func (h *handlers) deleteLabel(c *api.Call) error {
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return api.Empty(), t.DeleteLabel(ctx, id) })
}
