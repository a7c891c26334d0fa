package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
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
		row, err := t.Queries().InsertLabel(ctx, db.InsertLabelParams{
			AccountID: t.Account(), Title: l.Title, Description: l.Description, Color: l.Color, ShowOnSidebar: l.ShowOnSidebar,
		})
		return labelOf(row), api.TitleTaken(err)
	})
}

// updateLabel changes a label; a new title goes to all that carries the old one, by a job.
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
		l, err := t.Queries().LockLabel(ctx, t.Account(), id)
		if err != nil {
			return nil, err
		}
		before := l.Title
		if err := in.Onto(&l); err != nil {
			return nil, err
		}
		row, err := t.Queries().UpdateLabel(ctx, db.UpdateLabelParams{
			AccountID: l.AccountID, ID: l.ID, Title: l.Title, Description: l.Description, Color: l.Color, ShowOnSidebar: l.ShowOnSidebar,
		})
		if err != nil {
			return nil, api.TitleTaken(err)
		}
		if row.Title != before {
			err = t.Enqueue(ctx, job.ReplaceLabel{AccountID: l.AccountID, From: before, To: row.Title})
		}
		return labelOf(row), err
	})
}

// deleteLabel removes a label, and by a job its title from all that carries it.
func (s *surface) deleteLabel(c *api.Call) error {
	id, err := c.ID("label")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		l, err := t.Queries().LockLabel(ctx, t.Account(), id)
		if err != nil {
			return nil, err
		}
		n, err := t.Queries().DeleteLabel(ctx, t.Account(), id)
		if err := found(n, err); err != nil {
			return nil, err
		}
		return api.Empty(), t.Enqueue(ctx, job.ReplaceLabel{AccountID: l.AccountID, From: l.Title})
	})
}
