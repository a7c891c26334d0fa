package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

func (a *App) webhooksPage(c echo.Context) error {
	f, err := a.frame(c, "Webhooks", "settings")
	if err != nil {
		return err
	}
	rows, err := a.q.ListWebhooks(c.Request().Context(), db.ListWebhooksParams{AccountID: f.AccountID, Most: settingsListLimit})
	if err != nil {
		return err
	}
	return page(c, views.WebhooksPage(f, rows))
}

func (a *App) newWebhookPage(c echo.Context) error {
	return a.showWebhook(c, http.StatusOK, views.WebhookView{
		Webhook: db.Webhook{Subscriptions: []string{"message_created", "conversation_created", "conversation_status_changed"}},
	})
}

// webhookPage shows a webhook with its deliveries. show=secret uncovers its secret.
func (a *App) webhookPage(c echo.Context) error {
	w, err := a.webhookOf(c)
	if err != nil {
		return err
	}
	return a.showWebhook(c, http.StatusOK, views.WebhookView{Webhook: w, Show: c.QueryParam("show") == "secret"})
}

// webhookOf reads the webhook in the path. These pages know those of one dialect only.
func (a *App) webhookOf(c echo.Context) (db.Webhook, error) {
	id, err := pathID(c, "id")
	if err != nil {
		return db.Webhook{}, err
	}
	w, err := a.q.GetWebhook(c.Request().Context(), viewerOf(c).Scope.AccountID, id)
	if err == nil && w.Dialect != db.DialectChatwoot {
		err = fault.NotFound
	}
	return w, err
}

func (a *App) showWebhook(c echo.Context, status int, v views.WebhookView) error {
	f, err := a.frame(c, "Webhook", "settings")
	if err != nil {
		return err
	}
	if v.Inboxes, err = a.q.ListInboxNames(c.Request().Context(), f.AccountID); err != nil {
		return err
	}
	if v.Webhook.ID != 0 {
		if v.Log, err = a.deliveryLog(c, v.Webhook.Receiver()); err != nil {
			return err
		}
	}
	return render(c, status, views.WebhookPage(f, v))
}

// fillWebhook writes the form into a webhook.
func fillWebhook(c echo.Context, w *db.Webhook) fault.Fields {
	form, err := c.FormParams()
	if err != nil {
		return fault.Field("", "The form cannot be read")
	}
	w.Url, w.Name, w.Subscriptions, w.InboxID = strings.TrimSpace(c.FormValue("url")), strings.TrimSpace(c.FormValue("name")), []string{}, nil
	for _, e := range views.WebhookEvents() {
		if slices.Contains(form["subscription"], e.Name) {
			w.Subscriptions = append(w.Subscriptions, e.Name)
		}
	}
	if ids := formIDs(c, "inbox"); len(ids) > 0 {
		w.InboxID = &ids[0]
	}
	invalid := fault.Fields{}
	if w.Url == "" || !isWebAddress(w.Url) {
		invalid["url"] = webAddressHint
	}
	if len(w.Name) > 255 || !db.IsText(w.Name) {
		invalid["name"] = "At most 255 characters"
	}
	if len(w.Subscriptions) == 0 {
		invalid["subscriptions"] = "Choose at least one event"
	}
	return invalid
}

// saveWebhook creates a webhook or changes the one in the path.
func (a *App) saveWebhook(c echo.Context) error {
	w := db.Webhook{Dialect: db.DialectChatwoot, Secret: db.Secret(auth.NewSecret().Token)}
	return a.saveSetting(c, "webhooks", func(t *desk.Tx, id int64) (err error) {
		ctx := c.Request().Context()
		if id != 0 {
			if w, err = t.Queries().LockWebhook(ctx, db.LockWebhookParams{AccountID: t.Account(), ID: id, Dialect: db.DialectChatwoot}); err != nil {
				return err
			}
		}
		if invalid := fillWebhook(c, &w); len(invalid) > 0 {
			return invalid
		}
		_, err = t.SaveWebhook(ctx, w)
		switch {
		case db.IsDuplicate(err, "webhooks_url_key"):
			return fault.Field("url", "There is a webhook to this address")
		case db.IsMissing(err):
			return fault.Field("inbox", "This inbox is gone")
		}
		return err
	}, func(invalid fault.Fields) error {
		return a.showWebhook(c, http.StatusUnprocessableEntity, views.WebhookView{Webhook: w, Invalid: invalid})
	})
}

// resumeWebhook ends a pause: waiting deliveries are sent, and so are new ones.
func (a *App) resumeWebhook(c echo.Context) error {
	w, err := a.webhookOf(c)
	if err != nil {
		return err
	}
	err = a.desk.Do(c.Request().Context(), viewerOf(c).Actor(), func(t *desk.Tx) error { return t.ResumeWebhook(c.Request().Context(), w.ID) })
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "The webhook is called again; what waited is sent now", link.Setting(w.AccountID, "webhooks", w.ID))
}

// renewWebhookSecret gives a webhook a new secret; the one before signs as well for a while.
func (a *App) renewWebhookSecret(c echo.Context) error {
	w, err := a.webhookOf(c)
	if err != nil {
		return err
	}
	_, err = a.q.RotateWebhook(c.Request().Context(), db.RotateWebhookParams{
		AccountID: w.AccountID,
		ID:        w.ID,
		Secret:    db.Secret(auth.NewSecret().Token),
		Now:       a.now(),
	})
	if err != nil {
		return err
	}
	return a.redirectWithFlash(
		c, "There is a new secret; the one before signs as well for a day",
		link.With(link.Setting(w.AccountID, "webhooks", w.ID), "show", "secret"),
	)
}

func (a *App) deleteWebhook(c echo.Context) error {
	return a.changeSetting(c, "webhooks", "The webhook is gone", func(t *desk.Tx, id int64) error {
		return t.DeleteWebhook(c.Request().Context(), db.DialectChatwoot, id)
	})
}
