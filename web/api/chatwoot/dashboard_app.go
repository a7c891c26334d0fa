package chatwoot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// dashboardAppRoutes serve the pages of other programs that a client shows beside a conversation. Our own pages show none.
func (h *handlers) dashboardAppRoutes() []api.Route {
	all, one := v1+"/dashboard_apps", v1+"/dashboard_apps/:app"
	return append([]api.Route{
		api.Get(all, api.Member, h.listDashboardApps),
		api.Post(all, api.Member, h.createDashboardApp),
		api.Get(one, api.Member, h.showDashboardApp),
		api.Delete(one, api.Member, h.deleteDashboardApp),
	}, api.Update(one, api.Member, h.updateDashboardApp)...)
}

// maxAppPages is the largest number of pages of an app.
const maxAppPages = 20

type dashboardAppJSON struct {
	ID        int64           `json:"id"`
	Title     string          `json:"title"`
	Content   json.RawMessage `json:"content"`
	CreatedAt string          `json:"created_at"`
}

func dashboardAppOf(a db.DashboardApp) dashboardAppJSON {
	return dashboardAppJSON{a.ID, a.Title, a.Content, shape.ISO(a.CreatedAt)}
}

// appPageJSON is a page of an app. Its only type is a frame.
type appPageJSON struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type dashboardAppInput struct {
	Title   api.Text        `json:"title"`
	Content json.RawMessage `json:"content"`
}

// apply writes into an app what was sent, and checks the whole.
func (in dashboardAppInput) apply(a *db.DashboardApp) error {
	if in.Title.Present {
		a.Title = strings.TrimSpace(in.Title.Value)
	}
	if a.Title == "" {
		return fault.Field("title", "Title can't be blank")
	}
	if err := checkLength(255, "title", a.Title); err != nil {
		return err
	}
	if len(in.Content) > 0 {
		a.Content = in.Content
	}
	pages, err := appPages(a.Content)
	if err != nil {
		return err
	}
	a.Content, err = json.Marshal(pages)
	return err
}

// appPages reads the pages of an app: at least one, and each a frame with an address of the web.
func appPages(raw json.RawMessage) ([]appPageJSON, error) {
	var pages []appPageJSON
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&pages); err != nil {
		return nil, fault.Field("content", "Content must be a list of objects with type and url")
	}
	if len(pages) == 0 || len(pages) > maxAppPages {
		return nil, fault.Field("content", fmt.Sprintf("Content must have 1 to %d items", maxAppPages))
	}
	for i, page := range pages {
		if page.Type != "frame" {
			return nil, fault.Field("content", fmt.Sprintf("Content item %d: type must be frame", i+1))
		}
		if _, ok := db.WebURL(page.URL); !ok {
			return nil, fault.Field("content", fmt.Sprintf("Content item %d: url is invalid", i+1))
		}
	}
	return pages, nil
}

func (h *handlers) listDashboardApps(c *api.Call) error {
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.DashboardApp, error) {
		return h.q.ListDashboardApps(c.Ctx(), db.ListDashboardAppsParams{AccountID: c.Account(), AfterID: p.ID, PageSize: p.Most})
	}, func(a db.DashboardApp) int64 { return a.ID })
	if err != nil {
		return err
	}
	list := make([]dashboardAppJSON, len(rows))
	for i, row := range rows {
		list[i] = dashboardAppOf(row)
	}
	return c.Answer(list)
}

func (h *handlers) showDashboardApp(c *api.Call) error {
	id, err := c.ID("app")
	if err != nil {
		return err
	}
	row, err := h.q.GetDashboardApp(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	return c.Single(dashboardAppOf(row))
}

func (h *handlers) createDashboardApp(c *api.Call) error {
	var in dashboardAppInput
	if err := c.Read(&in, "dashboard_app"); err != nil {
		return err
	}
	var a db.DashboardApp
	if err := in.apply(&a); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.Queries().InsertDashboardApp(ctx, db.InsertDashboardAppParams{
			AccountID: t.Account(), Title: a.Title, Content: a.Content,
		})
		return dashboardAppOf(row), err
	})
}

func (h *handlers) updateDashboardApp(c *api.Call) error {
	var in dashboardAppInput
	if err := c.Read(&in, "dashboard_app"); err != nil {
		return err
	}
	id, err := c.ID("app")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		a, err := t.Queries().LockDashboardApp(ctx, t.Account(), id)
		if err != nil {
			return nil, err
		}
		if err := in.apply(&a); err != nil {
			return nil, err
		}
		a, err = t.Queries().UpdateDashboardApp(ctx, db.UpdateDashboardAppParams{
			AccountID: a.AccountID, ID: a.ID, Title: a.Title, Content: a.Content,
		})
		return dashboardAppOf(a), err
	})
}

func (h *handlers) deleteDashboardApp(c *api.Call) error {
	id, err := c.ID("app")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().DeleteDashboardApp(ctx, t.Account(), id)
		return noContent(), fault.Found(n, err)
	})
}
