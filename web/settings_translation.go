package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/translate"
	"github.com/parleydesk/parley/views"
)

// hiddenSetting reports whether a provider's setting is stored and never shown.
func hiddenSetting(name string) bool { return name == "api_key" || name == "credentials" }

// translationPage shows who translates messages for the account.
func (a *App) translationPage(c echo.Context) error {
	hooks, err := a.q.ListIntegrationHooks(c.Request().Context(), viewerOf(c).Scope.AccountID)
	if err != nil {
		return err
	}
	return a.showTranslation(c, http.StatusOK, translationView(hooks))
}

func (a *App) showTranslation(c echo.Context, status int, v views.TranslationView) error {
	f, err := a.frame(c, "Translation", "settings")
	if err != nil {
		return err
	}
	return render(c, status, views.TranslationPage(f, v))
}

// translationView is the form for the stored hooks. The provider in use is the first hook that is on.
func translationView(hooks []db.IntegrationHook) views.TranslationView {
	v := views.TranslationView{}
	for _, h := range hooks {
		if _, ok := translate.AppOf(h.AppID); ok && h.Enabled && v.Chosen == "" {
			v.Chosen = h.AppID
		}
	}
	for _, app := range translate.Apps() {
		set, p := settingsOf(hooks, app), views.TranslationProvider{ID: app.ID, Name: app.Name}
		for _, name := range app.Settings {
			field := views.TranslationField{Name: name}
			if hiddenSetting(name) {
				field.Stored = len(set[name]) > 2
			} else {
				_ = json.Unmarshal(set[name], &field.Value) // a text, or not there
			}
			p.Fields = append(p.Fields, field)
		}
		v.Providers = append(v.Providers, p)
	}
	return v
}

// settingsOf are the settings of the account's hook of an app; empty where there is none.
func settingsOf(hooks []db.IntegrationHook, app translate.App) map[string]json.RawMessage {
	set := map[string]json.RawMessage{}
	for _, h := range hooks {
		if h.AppID == app.ID {
			_ = json.Unmarshal(h.Settings, &set) // a column of our own: an object
		}
	}
	return set
}

// saveTranslation chooses a provider, switches the others off and, if asked to, tries the new one.
func (a *App) saveTranslation(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c)
	var v views.TranslationView
	err := a.desk.Do(ctx, me.Actor(), func(t *desk.Tx) error {
		q := t.Queries()
		if _, err := q.LockAccount(ctx, t.Account()); err != nil { // so that two requests at once still make one hook for each app
			return err
		}
		hooks, err := q.ListIntegrationHooks(ctx, t.Account())
		if err != nil {
			return err
		}
		v = translationView(hooks)
		v.Chosen = c.FormValue("provider")
		return chooseProvider(c, t, hooks, &v)
	})
	if invalid := fault.In(err); invalid != nil {
		v.Invalid = invalid
		return a.showTranslation(c, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	if c.FormValue("try") == "" || v.Chosen == "" {
		return a.redirectWithFlash(c, "Saved", link.Settings(me.Scope.AccountID, "translation"))
	}
	v.Tried, err = a.tryTranslation(ctx, me.Scope.AccountID)
	if errors.Is(err, translate.ErrFailed) {
		v.Failed = "T" + err.Error()[1:] + "."
	} else if err != nil {
		return err
	}
	return a.showTranslation(c, http.StatusOK, v)
}

// chooseProvider writes the form into the hooks. v keeps the form's values, except hidden ones.
func chooseProvider(c echo.Context, t *desk.Tx, hooks []db.IntegrationHook, v *views.TranslationView) error {
	ctx, q := c.Request().Context(), t.Queries()
	for i := range v.Providers {
		p := &v.Providers[i]
		app, _ := translate.AppOf(p.ID)
		sent, err := sentSettings(c, p)
		if p.ID != v.Chosen {
			continue
		}
		if err != nil {
			return err
		}
		all, err := app.Merge(settingsOf(hooks, app), sent)
		if invalid := fault.In(err); invalid != nil {
			named := fault.Fields{}
			for name, message := range invalid {
				named[p.ID+"-"+name] = message
			}
			return named
		}
		if err != nil {
			return err
		}
		if err := keepHook(ctx, t, hooks, app, all); err != nil {
			return err
		}
	}
	for _, h := range hooks {
		if _, ok := translate.AppOf(h.AppID); !ok || h.AppID == v.Chosen || !h.Enabled {
			continue
		}
		_, err := q.UpdateIntegrationHook(ctx, db.UpdateIntegrationHookParams{
			AccountID: t.Account(),
			ID:        h.ID,
			Enabled:   false,
			Settings:  h.Settings,
			UpdatedAt: t.Now,
		})
		if err != nil {
			return err
		}
	}
	if _, ok := translate.AppOf(v.Chosen); v.Chosen != "" && !ok {
		return fault.Field("provider", "Choose one of these")
	}
	return nil
}

func keepHook(ctx context.Context, t *desk.Tx, hooks []db.IntegrationHook, app translate.App, settings map[string]json.RawMessage) error {
	raw, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		if h.AppID == app.ID {
			_, err = t.Queries().UpdateIntegrationHook(ctx, db.UpdateIntegrationHookParams{
				AccountID: t.Account(),
				ID:        h.ID,
				Enabled:   true,
				Settings:  raw,
				UpdatedAt: t.Now,
			})
			return err
		}
	}
	_, err = t.Queries().InsertIntegrationHook(ctx, db.InsertIntegrationHookParams{
		AccountID: t.Account(),
		AppID:     app.ID,
		Enabled:   true,
		Settings:  raw,
	})
	return err
}

// sentSettings are a provider's fields as they were filled in, without hidden ones that were left empty.
func sentSettings(c echo.Context, p *views.TranslationProvider) (map[string]json.RawMessage, error) {
	sent := map[string]json.RawMessage{}
	for i := range p.Fields {
		field := &p.Fields[i]
		value := strings.TrimSpace(c.FormValue(p.ID + "-" + field.Name))
		if !db.IsText(value) {
			return nil, fault.Field(p.ID+"-"+field.Name, "This holds characters that cannot be kept")
		}
		switch {
		case field.Name == "credentials" && value != "":
			var account map[string]any
			if json.Unmarshal([]byte(value), &account) != nil {
				return nil, fault.Field(p.ID+"-"+field.Name, "This is not the JSON file of a service account")
			}
			sent[field.Name], field.Stored = json.RawMessage(value), true
		case hiddenSetting(field.Name) && value == "":
		default:
			raw, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			sent[field.Name] = raw
			if hiddenSetting(field.Name) {
				field.Stored = true
			} else {
				field.Value = value
			}
		}
	}
	return sent, nil
}

// tryTranslation translates a sentence into Spanish, which every provider knows.
func (a *App) tryTranslation(ctx context.Context, accountID int64) (string, error) {
	provider, _, err := translate.Of(ctx, a.q, a.fetch, accountID)
	if err != nil || provider == nil {
		return "", err
	}
	return provider.Translate(ctx, translate.Text{Content: views.TrialSentence, From: "en", To: "es"})
}
