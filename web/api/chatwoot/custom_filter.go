package chatwoot

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
	"github.com/parleydesk/parley/web/api/filter"
)

// This dialect calls views custom filters. Each user has their own.
func (h *handlers) customFilterRoutes() []api.Route {
	all, one := v1+"/custom_filters", v1+"/custom_filters/:filter"
	return append([]api.Route{
		api.Get(all, api.Member, h.listFilters),
		api.Post(all, api.Member, h.createFilter),
		api.Get(one, api.Member, h.showFilter),
		api.Delete(one, api.Member, h.deleteFilter),
	}, api.Update(one, api.Member, h.updateFilter)...)
}

// maxFilters is how many a user may have.
const maxFilters = 1000

type filterJSON struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	FilterType string          `json:"filter_type"`
	Query      json.RawMessage `json:"query"`
	CreatedAt  string          `json:"created_at"`
	UpdatedAt  string          `json:"updated_at"`
}

func filterOf(v db.View) filterJSON {
	return filterJSON{v.ID, v.Name, v.FilterType, v.Query, shape.ISO(v.CreatedAt), shape.ISO(v.UpdatedAt)}
}

// noContent is 204, the answer of two of the contract's deletes.
func noContent() api.Status { return api.Status{Code: http.StatusNoContent} }

func filterType(word string) (string, error) {
	kind, ok := enumOf(word, []string{"conversation", "contact", "report"})
	if !ok {
		return "", fault.Field("filter_type", "'"+word+"' is not a valid filter_type")
	}
	return kind, nil
}

func (h *handlers) listFilters(c *api.Call) error {
	kind := "conversation"
	if word := c.QueryParam("filter_type"); word != "" {
		var err error
		if kind, err = filterType(word); err != nil {
			return err
		}
	}
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.View, error) {
		return h.q.ListViews(c.Ctx(), db.ListViewsParams{
			AccountID: c.Account(), UserID: c.Scope().UserID, FilterType: kind, AfterID: p.ID, PageSize: p.Most,
		})
	}, func(v db.View) int64 { return v.ID })
	if err != nil {
		return err
	}
	list := make([]filterJSON, len(rows))
	for i, row := range rows {
		list[i] = filterOf(row)
	}
	return c.Answer(list)
}

func (h *handlers) pathFilter(ctx context.Context, c *api.Call, q *db.Queries) (db.View, error) {
	id, err := c.ID("filter")
	if err != nil {
		return db.View{}, err
	}
	return q.GetView(ctx, db.GetViewParams{AccountID: c.Account(), UserID: c.Scope().UserID, ID: id})
}

func (h *handlers) showFilter(c *api.Call) error {
	row, err := h.pathFilter(c.Ctx(), c, h.q)
	if err != nil {
		return err
	}
	return c.Single(filterOf(row))
}

type filterBody struct {
	Name  api.Text   `json:"name"`
	Type  api.Text   `json:"filter_type"`
	Query api.Object `json:"query"`
}

func (in filterBody) apply(v *db.View) (err error) {
	if in.Name.Set {
		v.Name = strings.TrimSpace(in.Name.Value)
	}
	if in.Type.Value != "" {
		if v.FilterType, err = filterType(in.Type.Value); err != nil {
			return err
		}
	}
	if in.Query != nil {
		if err := filter.CheckStored(json.RawMessage(in.Query)); err != nil {
			return err
		}
		v.Query = json.RawMessage(in.Query)
	}
	switch {
	case v.Name == "":
		return fault.Field("name", "Name can't be blank")
	case utf8.RuneCountInString(v.Name) > 255:
		return fault.Field("name", "Name is too long (maximum is 255 characters)")
	}
	return nil
}

func (h *handlers) createFilter(c *api.Call) error {
	var in filterBody
	if err := c.Read(&in, "custom_filter"); err != nil {
		return err
	}
	v := db.View{FilterType: "conversation", Query: json.RawMessage("{}")}
	if err := in.apply(&v); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().CountViews(ctx, t.Account(), t.Actor.ID)
		if err != nil {
			return nil, err
		}
		if n >= maxFilters {
			return nil, fault.Field("base", "The maximum number of allowed custom filters for a user per account is 1000.")
		}
		row, err := t.Queries().InsertView(ctx, db.InsertViewParams{
			AccountID:  t.Account(),
			UserID:     t.Actor.ID,
			Name:       v.Name,
			FilterType: v.FilterType,
			Query:      v.Query,
		})
		return filterOf(row), err
	})
}

func (h *handlers) updateFilter(c *api.Call) error {
	var in filterBody
	if err := c.Read(&in, "custom_filter"); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		v, err := h.pathFilter(ctx, c, t.Queries())
		if err != nil {
			return nil, err
		}
		if err := in.apply(&v); err != nil {
			return nil, err
		}
		row, err := t.Queries().UpdateView(ctx, db.UpdateViewParams{
			AccountID:  v.AccountID,
			UserID:     v.UserID,
			ID:         v.ID,
			Name:       v.Name,
			FilterType: v.FilterType,
			Query:      v.Query,
		})
		return filterOf(row), err
	})
}

func (h *handlers) deleteFilter(c *api.Call) error {
	id, err := c.ID("filter")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().DeleteView(ctx, db.DeleteViewParams{AccountID: t.Account(), UserID: t.Actor.ID, ID: id})
		return noContent(), fault.Found(n, err)
	})
}
