package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

func (s *surface) labelRoutes() []api.Route {
	labels, label := v1+"/labels", v1+"/labels/:label"
	return append([]api.Route{
		api.Get(labels, api.Member, s.listLabels),
		api.Post(labels, api.Admin, s.createLabel),
		api.Get(label, api.Admin, s.showLabel),
		api.Delete(label, api.Admin, s.deleteLabel),
	}, api.Update(label, api.Admin, s.updateLabel)...)
}

type labelJSON struct {
	ID            int64   `json:"id"`
	Title         string  `json:"title"`
	Description   *string `json:"description"`
	Color         string  `json:"color"`
	ShowOnSidebar bool    `json:"show_on_sidebar"`
}

func labelOf(l db.Label) labelJSON {
	return labelJSON{l.ID, l.Title, orNil(l.Description), l.Color, l.ShowOnSidebar}
}

func (s *surface) listLabels(c *api.Call) error {
	rows, err := api.Labels(c, s.q)
	if err != nil {
		return err
	}
	list := make([]labelJSON, len(rows))
	for i, row := range rows {
		list[i] = labelOf(row)
	}
	return c.Answer(payload(list))
}

func (s *surface) showLabel(c *api.Call) error {
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	row, err := s.q.GetLabel(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	return c.Single(labelOf(row))
}

func (s *surface) createLabel(c *api.Call) error {
	var in api.LabelInput
	if err := c.Read(&in, "label"); err != nil {
		return err
	}
	l := db.Label{Color: "#1f93ff", ShowOnSidebar: true}
	if err := in.Onto(&l); err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.CreateLabel(ctx, l)
		return labelOf(row), api.TitleTaken(err)
	})
}

func (s *surface) updateLabel(c *api.Call) error {
	var in api.LabelInput
	if err := c.Read(&in, "label"); err != nil {
		return err
	}
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.UpdateLabel(ctx, id, in.Onto)
		return labelOf(row), api.TitleTaken(err)
	})
}

func (s *surface) deleteLabel(c *api.Call) error {
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return api.Empty(), t.DeleteLabel(ctx, id) })
}
