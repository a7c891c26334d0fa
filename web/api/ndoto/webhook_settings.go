package ndoto

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) webhookRoutes() []api.Route {
	const webhooks, webhook = v1 + "/webhooks", v1 + "/webhooks/:webhook"
	return append([]api.Route{
		api.Get(webhooks, api.Admin, h.listWebhooks),
		api.Post(webhooks, api.Admin, h.createWebhook),
		api.Delete(webhook, api.Admin, h.deleteWebhook),
	}, api.Update(webhook, api.Admin, h.updateWebhook)...)
}

// webhookJSON is a webhook. active is false during a pause.
type webhookJSON struct {
	ID            int64    `json:"id"`
	URL           string   `json:"url"`
	Name          string   `json:"name"`
	Subscriptions []string `json:"subscriptions"`
	Active        bool     `json:"active"`
}

func webhookShape(w db.Webhook) webhookJSON {
	return webhookJSON{w.ID, w.Url, w.Name, w.Subscriptions, w.PausedAt == nil}
}

// subscribable has the seven documented events. By default a webhook gets all of them.
func subscribable() []string {
	return []string{
		"conversation_created", "conversation_updated", "conversation_status_changed", "message_created", "message_updated",
		"contact_created", "contact_updated",
	}
}

func (h *handlers) listWebhooks(c *api.Call) error {
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.Webhook, error) {
		return h.q.ListNdotoWebhooks(c.Ctx(), db.ListNdotoWebhooksParams{AccountID: c.Account(), AfterID: p.ID, Most: p.Most})
	}, func(w db.Webhook) int64 { return w.ID })
	if err != nil {
		return err
	}
	out := struct {
		Payload []webhookJSON `json:"payload"`
	}{make([]webhookJSON, len(rows))}
	for i, r := range rows {
		out.Payload[i] = webhookShape(r)
	}
	return c.Answer(out)
}

type webhookInput struct {
	URL           api.Text    `json:"url"`
	Name          api.Text    `json:"name"`
	Subscriptions api.Strings `json:"subscriptions"`
}

func (in webhookInput) apply(w *db.Webhook) error {
	if in.URL.Set {
		w.Url = strings.TrimSpace(in.URL.Value)
	}
	if in.Name.Set {
		w.Name = in.Name.Value
	}
	if in.Subscriptions.Present {
		w.Subscriptions = in.Subscriptions.Values
	}
	invalid := fault.Fields{}
	if !isWebURL(w.Url) {
		invalid["url"] = "url is not an address that can be called"
	}
	if len(w.Subscriptions) == 0 ||
		slices.ContainsFunc(w.Subscriptions, func(e string) bool { return !slices.Contains(subscribable(), e) }) {
		invalid["subscriptions"] = "subscriptions must be some of " + strings.Join(subscribable(), ", ")
	}
	if utf8.RuneCountInString(w.Name) > 255 {
		invalid["name"] = "name is too long (maximum is 255 characters)"
	}
	if len(invalid) > 0 {
		return invalid
	}
	return nil
}

func urlTaken(err error) error {
	if db.IsDuplicate(err, "webhooks_url_key") {
		return fault.Field("url", "url has already been taken")
	}
	return err
}

func (h *handlers) createWebhook(c *api.Call) error {
	var in webhookInput
	if err := c.Read(&in); err != nil {
		return err
	}
	w := db.Webhook{Dialect: db.DialectNdoto, Subscriptions: subscribable(), Secret: db.Secret(auth.NewSecret().Token)}
	if err := in.apply(&w); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.SaveWebhook(ctx, w)
		return api.Status{Code: createdStatus, Body: webhookShape(row)}, urlTaken(err)
	})
}

func (h *handlers) updateWebhook(c *api.Call) error {
	id, err := c.ID("webhook")
	if err != nil {
		return err
	}
	var in webhookInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		w, err := t.Queries().LockWebhook(ctx, db.LockWebhookParams{AccountID: t.Account(), ID: id, Dialect: db.DialectNdoto})
		if err != nil {
			return nil, err
		}
		if err := in.apply(&w); err != nil {
			return nil, err
		}
		row, err := t.SaveWebhook(ctx, w)
		return webhookShape(row), urlTaken(err)
	})
}

func (h *handlers) deleteWebhook(c *api.Call) error {
	id, err := c.ID("webhook")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return struct{}{}, t.DeleteWebhook(ctx, db.DialectNdoto, id)
	})
}
