package qlara

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/web/api"
)

// callbackRoutes returns the routes for the one URL that gets an account's deliveries and inbound messages.
func (h *handlers) callbackRoutes(base string) []api.Route {
	return []api.Route{
		api.Post(base, api.Key, h.createCallback),
		api.Get(base, api.Key, h.getCallback),
		api.Put(base, api.Key, h.replaceCallback),
		api.Delete(base, api.Key, h.deleteCallback),
	}
}

func callbackShape(w db.Webhook) callbackJSON {
	status := "ACTIVE"
	if w.PausedAt != nil {
		status = "PAUSED"
	}
	return callbackJSON{ID: strconv.FormatInt(w.ID, 10), CallbackURL: w.Url, Status: status, CreatedAt: iso(w.CreatedAt)}
}

// createCallback answers 409 for a second callback, as documented. PUT replaces the first.
func (h *handlers) createCallback(c *api.Call) error {
	if err := mayManage(c); err != nil {
		return err
	}
	target, err := readCallback(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		if _, err := t.Queries().GetQlaraWebhook(ctx, t.Account()); err == nil {
			return nil, conflict()
		}
		w, err := t.Queries().InsertQlaraWebhook(ctx, db.InsertQlaraWebhookParams{
			AccountID: t.Account(),
			Url:       target,
			Secret:    db.Secret(auth.NewSecret().Token),
		})
		if db.IsDuplicate(err, "webhooks_qlara_key") {
			return nil, conflict()
		}
		return api.Status{Code: http.StatusCreated, Body: callbackShape(w)}, err
	})
}

func conflict() error {
	return api.Refuse(http.StatusConflict, "A callback is configured already; replace it with PUT")
}

func (h *handlers) getCallback(c *api.Call) error {
	if err := mayManage(c); err != nil {
		return err
	}
	w, err := h.q.GetQlaraWebhook(c.Ctx(), c.Account())
	if err != nil {
		return err
	}
	return c.Single(callbackShape(w))
}

func (h *handlers) replaceCallback(c *api.Call) error {
	if err := mayManage(c); err != nil {
		return err
	}
	target, err := readCallback(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		w, err := t.Queries().SetQlaraWebhookURL(ctx, target, t.Account())
		if err != nil {
			return nil, err
		}
		// It may have been paused, so send the deliveries that wait.
		return callbackShape(w), t.Enqueue(ctx, job.ResumeWebhook{AccountID: w.AccountID, WebhookID: w.ID})
	})
}

func (h *handlers) deleteCallback(c *api.Call) error {
	if err := mayManage(c); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().DeleteQlaraWebhook(ctx, t.Account())
		if err == nil && n == 0 {
			return nil, api.Refuse(http.StatusNotFound, "No callback is configured")
		}
		return noContent(), err
	})
}

// readCallback requires HTTPS. Only for the loopback address, for development, it accepts HTTP.
func readCallback(c *api.Call) (string, error) {
	var in struct {
		CallbackURL api.Text `json:"callbackUrl"`
	}
	if err := c.Read(&in); err != nil {
		return "", err
	}
	u, err := url.Parse(in.CallbackURL.Value)
	if err != nil || u.Hostname() == "" || len(in.CallbackURL.Value) > 2048 ||
		(u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname()))) {
		return "", api.Refuse(http.StatusBadRequest, "callbackUrl must be an https:// address")
	}
	return in.CallbackURL.Value, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
