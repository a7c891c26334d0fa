package chatwoot

import (
	"context"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	webhooksPath = v1 + "/webhooks"
	webhookPath  = webhooksPath + "/:webhook"
)

func (h *handlers) webhookRoutes() []api.Route {
	return append([]api.Route{
		api.Get(webhooksPath, api.Admin, h.listWebhooks),
		api.Post(webhooksPath, api.Admin, h.createWebhook),
		api.Delete(webhookPath, api.Admin, h.deleteWebhook),
		api.Get(webhookPath+"/deliveries", api.Admin, h.listDeliveries),
		api.Get(webhookPath+"/deliveries/:delivery", api.Admin, h.showDelivery),
		api.Post(webhookPath+"/replay", api.Admin, h.replayDeliveries),
		api.Post(webhookPath+"/reset_secret", api.Admin, h.resetWebhookSecret),
	}, api.Update(webhookPath, api.Admin, h.updateWebhook)...)
}

// webhookJSON is a webhook. The time and the reason of a pause are additions.
type webhookJSON struct {
	ID            int64             `json:"id"`
	Name          *string           `json:"name"`
	URL           string            `json:"url"`
	AccountID     int64             `json:"account_id"`
	Subscriptions []string          `json:"subscriptions"`
	Secret        db.Secret         `json:"secret"`
	Inbox         *webhookInboxJSON `json:"inbox,omitempty"`
	PausedAt      *string           `json:"paused_at,omitempty"`
	PausedReason  string            `json:"paused_reason,omitempty"`
}

type webhookInboxJSON struct {
	ID   int64   `json:"id"`
	Name *string `json:"name"`
}

func webhookOf(w db.Webhook, inboxName *string) webhookJSON {
	j := webhookJSON{
		ID: w.ID, Name: shape.NilIfEmpty(w.Name), URL: w.Url, AccountID: w.AccountID, Subscriptions: w.Subscriptions, Secret: w.Secret,
		PausedAt: shape.ISOPtr(w.PausedAt), PausedReason: w.PausedReason,
	}
	if w.InboxID != nil {
		j.Inbox = &webhookInboxJSON{*w.InboxID, inboxName}
	}
	return j
}

type oneWebhookJSON struct {
	Webhook webhookJSON `json:"webhook"`
}

// oneWebhook returns a webhook in its envelope.
func oneWebhook(ctx context.Context, q *db.Queries, w db.Webhook) (any, error) {
	var name *string
	if w.InboxID != nil {
		i, err := q.GetInbox(ctx, w.AccountID, *w.InboxID)
		if err != nil {
			return nil, err
		}
		name = &i.Name
	}
	return payload(oneWebhookJSON{webhookOf(w, name)}), nil
}

func (h *handlers) listWebhooks(c *api.Call) error {
	rows, err := api.PageByID(c, api.MaxUncut, func(p api.Position) ([]db.ListWebhooksRow, error) {
		return h.q.ListWebhooks(c.Ctx(), db.ListWebhooksParams{AccountID: c.Account(), AfterID: p.ID, Most: p.Most})
	}, func(r db.ListWebhooksRow) int64 { return r.Webhook.ID })
	if err != nil {
		return err
	}
	out := struct {
		Webhooks []webhookJSON `json:"webhooks"`
	}{make([]webhookJSON, len(rows))}
	for n, r := range rows {
		out.Webhooks[n] = webhookOf(r.Webhook, r.InboxName)
	}
	return c.Answer(payload(out))
}

type webhookInput struct {
	URL           api.Text     `json:"url"`
	Name          api.Text     `json:"name"`
	InboxID       api.ID       `json:"inbox_id"`
	Subscriptions *api.Strings `json:"subscriptions"`
}

// apply sets the fields of a webhook that were sent, and checks the webhook.
func (in webhookInput) apply(w *db.Webhook) error {
	invalid := fault.Fields{}
	if in.URL.Set {
		w.Url = strings.TrimSpace(in.URL.Value)
	}
	setIfGiven(&w.Name, in.Name.Given())
	if in.InboxID.Present {
		w.InboxID = in.InboxID.Ptr()
	}
	if in.Subscriptions != nil {
		w.Subscriptions = in.Subscriptions.Values
	}
	if !isWebURL(w.Url) {
		invalid["url"] = "Url is invalid"
	}
	if len(w.Name) > 255 {
		invalid["name"] = "Name is too long (maximum is 255 characters)"
	}
	known := db.WebhookEvents()
	if len(w.Subscriptions) == 0 ||
		slices.ContainsFunc(w.Subscriptions, func(name string) bool { return !slices.Contains(known, name) }) {
		invalid["subscriptions"] = "Subscriptions Invalid events"
	}
	if len(invalid) > 0 {
		return invalid
	}
	return nil
}

func webhookError(err error) error {
	switch {
	case db.IsDuplicate(err, "webhooks_url_key"):
		return fault.Field("url", "Url has already been taken")
	case db.IsMissing(err):
		return fault.Field("inbox", "Inbox must exist")
	}
	return err
}

func (h *handlers) createWebhook(c *api.Call) error {
	var in webhookInput
	if err := c.Read(&in, "webhook"); err != nil {
		return err
	}
	// by default, the first eight
	w := db.Webhook{Dialect: db.DialectChatwoot, Subscriptions: db.WebhookEvents()[:8], Secret: newSigningKey()}
	if err := in.apply(&w); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		w, err := t.SaveWebhook(ctx, w)
		if err != nil {
			return nil, webhookError(err)
		}
		return oneWebhook(ctx, t.Queries(), w)
	})
}

// updateWebhook also ends a pause, because whoever changes a webhook has taken care of it, and sends the waiting
// deliveries.
func (h *handlers) updateWebhook(c *api.Call) error {
	var in webhookInput
	if err := c.Read(&in, "webhook"); err != nil {
		return err
	}
	id, err := c.ID("webhook")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		w, err := t.Queries().LockWebhook(ctx, db.LockWebhookParams{AccountID: t.Account(), ID: id, Dialect: db.DialectChatwoot})
		if err != nil {
			return nil, err
		}
		if err := in.apply(&w); err != nil {
			return nil, err
		}
		w, err = t.SaveWebhook(ctx, w)
		if err != nil {
			return nil, webhookError(err)
		}
		return oneWebhook(ctx, t.Queries(), w)
	})
}

func (h *handlers) deleteWebhook(c *api.Call) error {
	id, err := c.ID("webhook")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		return api.Empty(), t.DeleteWebhook(ctx, db.DialectChatwoot, id)
	})
}

// resetWebhookSecret creates a new key for the webhook's signatures. The old one signs as well for a while.
func (h *handlers) resetWebhookSecret(c *api.Call) error {
	id, err := c.ID("webhook")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		if _, err := t.Queries().LockWebhook(ctx, db.LockWebhookParams{AccountID: t.Account(), ID: id, Dialect: db.DialectChatwoot}); err != nil {
			return nil, err
		}
		w, err := t.Queries().
			RotateWebhook(ctx, db.RotateWebhookParams{AccountID: t.Account(), ID: id, Secret: newSigningKey(), Now: t.Now})
		if err != nil {
			return nil, err
		}
		return oneWebhook(ctx, t.Queries(), w)
	})
}
