package chatwoot

import (
	"context"
	"embed"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/translate"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	appsPath  = v1 + "/integrations/apps"
	hooksPath = v1 + "/integrations/hooks"
	hookPath  = hooksPath + "/:hook"
)

func (h *handlers) integrationRoutes() []api.Route {
	return append([]api.Route{
		api.Get(appsPath, api.Member, h.listApps),
		api.Get(appsPath+"/:app", api.Member, h.showApp),
		api.Get("/dashboard/images/integrations/:picture", api.Public, h.appPicture),
		api.Post(hooksPath, api.Admin, h.createHook),
		api.Delete(hookPath, api.Admin, h.deleteHook),
		api.Post(hookPath+"/process_event", api.Member, h.processHookEvent),
	}, api.Update(hookPath, api.Admin, h.updateHook)...)
}

type appJSON struct {
	ID                 string     `json:"id"`
	Name               string     `json:"name"`
	Description        string     `json:"description"`
	ShortDescription   string     `json:"short_description"`
	HookType           string     `json:"hook_type"`
	AllowMultipleHooks bool       `json:"allow_multiple_hooks"`
	Logo               string     `json:"logo"`
	Enabled            bool       `json:"enabled"`
	Hooks              []hookJSON `json:"hooks"`
	*appFormJSON
}

// appFormJSON is what an administrator's client makes the form of an app from.
type appFormJSON struct {
	Action            string         `json:"action"`
	Button            string         `json:"button"`
	FormSchema        []appFieldJSON `json:"settings_form_schema"`
	JSONSchema        map[string]any `json:"settings_json_schema"`
	VisibleProperties []string       `json:"visible_properties"`
}

type appFieldJSON struct {
	Label      string `json:"label"`
	Type       string `json:"type"`
	Name       string `json:"name"`
	Validation string `json:"validation"`
}

func appOfProvider(a translate.App, admin bool) appJSON {
	j := appJSON{
		ID: a.ID, Name: a.Name, Description: a.Description, ShortDescription: a.Description, HookType: "account", Logo: a.ID + ".png",
		Hooks: []hookJSON{},
	}
	if admin {
		j.appFormJSON = appForm(a)
	}
	return j
}

// appForm describes the settings of an app. Keys can be written and are shown nowhere.
func appForm(a translate.App) *appFormJSON {
	form := appFormJSON{Action: "/" + a.ID, Button: "/" + a.ID, VisibleProperties: []string{}}
	properties := map[string]any{}
	for _, name := range a.Settings {
		label := strings.ReplaceAll(name, "_", " ")
		field := appFieldJSON{Label: strings.ToUpper(label[:1]) + label[1:], Type: "text", Name: name}
		kind := "string"
		if name == "credentials" {
			field.Type, kind = "textarea", "object"
		}
		if slices.Contains(a.Needed, name) {
			field.Validation = "required"
		}
		if name == "url" || name == "project_id" {
			form.VisibleProperties = append(form.VisibleProperties, name)
		}
		form.FormSchema, properties[name] = append(form.FormSchema, field), map[string]any{"type": kind}
	}
	needed := a.Needed
	if needed == nil {
		needed = []string{}
	}
	form.JSONSchema = map[string]any{"type": "object", "properties": properties, "required": needed, "additionalProperties": false}
	return &form
}

// hookJSON is an account's hook of an app. Clients can write keys in its settings and never read them.
type hookJSON struct {
	ID        int64            `json:"id"`
	AppID     string           `json:"app_id"`
	Status    string           `json:"status"`
	Inbox     *shape.SlimInbox `json:"inbox"`
	AccountID int64            `json:"account_id"`
	HookType  string           `json:"hook_type"`
	Settings  json.RawMessage  `json:"settings,omitempty"`
}

func hookOf(h db.IntegrationHook, admin bool) hookJSON {
	j := hookJSON{ID: h.ID, AppID: h.AppID, Status: "disabled", AccountID: h.AccountID, HookType: "account"}
	if h.Enabled {
		j.Status = "enabled"
	}
	if admin {
		j.Settings = shape.WithoutSecrets(json.RawMessage(h.Settings))
	}
	return j
}

// appsOf returns all apps with the account's hooks.
func (h *handlers) appsOf(c *api.Call) ([]appJSON, error) {
	rows, err := h.q.ListIntegrationHooks(c.Ctx(), c.Account())
	if err != nil {
		return nil, err
	}
	list := make([]appJSON, 0, len(translate.Apps()))
	for _, a := range translate.Apps() {
		j := appOfProvider(a, c.Scope().Admin())
		for _, h := range rows {
			if h.AppID == a.ID {
				j.Hooks = append(j.Hooks, hookOf(h, c.Scope().Admin()))
				j.Enabled = j.Enabled || h.Enabled
			}
		}
		list = append(list, j)
	}
	return list, nil
}

func (h *handlers) listApps(c *api.Call) error {
	list, err := h.appsOf(c)
	if err != nil {
		return err
	}
	return c.Answer(payload(list))
}

func (h *handlers) showApp(c *api.Call) error {
	list, err := h.appsOf(c)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.ID == c.Param("app") {
			return c.Answer(a)
		}
	}
	return fault.NotFound
}

type hookInput struct {
	AppID    api.Text   `json:"app_id"`
	Status   api.Text   `json:"status"`
	Settings api.Object `json:"settings"`
}

// enabled reads the status by name or by Chatwoot's number. If it is absent, the status stays.
func (in hookInput) enabled(was bool) (bool, error) {
	switch in.Status.Value {
	case "":
		return was, nil
	case "enabled", "1", "true":
		return true, nil
	case "disabled", "0", "false":
		return false, nil
	}
	return was, fault.Field("status", "Status is not included in the list")
}

// merged replaces stored settings by those that were sent, converted to texts.
func (in hookInput) merged(a translate.App, was json.RawMessage) (db.SealedJSON, error) {
	had, sent := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := json.Unmarshal(was, &had); err != nil {
		return nil, err
	}
	if in.Settings != nil {
		if err := json.Unmarshal(in.Settings, &sent); err != nil {
			return nil, err
		}
	}
	for name, raw := range sent {
		var t api.Text
		if name == "credentials" || t.UnmarshalJSON(raw) != nil {
			continue
		}
		var err error
		if sent[name], err = json.Marshal(t.Value); err != nil {
			return nil, err
		}
	}
	all, err := a.Merge(had, sent)
	if invalid := fault.In(err); invalid["url"] != "" && len(sent["url"]) > 2 {
		return nil, fault.Field("settings", "Settings : Url is invalid")
	} else if invalid != nil {
		return nil, fault.Field("settings", "Settings : Invalid settings data")
	}
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(all)
	return raw, err
}

func appOf(id string) (translate.App, error) {
	a, ok := translate.AppOf(id)
	if !ok {
		return a, fault.Field("app_id", "App is not known")
	}
	return a, nil
}

func (h *handlers) createHook(c *api.Call) error {
	var in hookInput
	if err := c.Read(&in, "hook"); err != nil {
		return err
	}
	a, err := appOf(in.AppID.Value)
	if err != nil {
		return err
	}
	enabled, err := in.enabled(true)
	if err != nil {
		return err
	}
	settings, err := in.merged(a, json.RawMessage("{}"))
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q := t.Queries()
		if _, err := q.LockAccount(ctx, t.Account()); err != nil { // so that two requests at once do not make two hooks of an app
			return nil, err
		}
		had, err := q.ListIntegrationHooks(ctx, t.Account())
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(had, func(h db.IntegrationHook) bool { return h.AppID == a.ID }) {
			return nil, fault.Field("app_id", "App has already been taken")
		}
		h, err := q.InsertIntegrationHook(ctx, db.InsertIntegrationHookParams{
			AccountID: t.Account(),
			AppID:     a.ID,
			Enabled:   enabled,
			Settings:  settings,
		})
		return hookOf(h, true), err
	})
}

func (h *handlers) updateHook(c *api.Call) error {
	var in hookInput
	if err := c.Read(&in, "hook"); err != nil {
		return err
	}
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		h, err := t.Queries().LockIntegrationHook(ctx, t.Account(), id)
		if err != nil {
			return nil, err
		}
		a, err := appOf(h.AppID)
		if err != nil {
			return nil, err
		}
		enabled, err := in.enabled(h.Enabled)
		if err != nil {
			return nil, err
		}
		settings, err := in.merged(a, json.RawMessage(h.Settings))
		if err != nil {
			return nil, err
		}
		h, err = t.Queries().UpdateIntegrationHook(ctx, db.UpdateIntegrationHookParams{
			AccountID: t.Account(),
			ID:        id,
			Enabled:   enabled,
			Settings:  settings,
			UpdatedAt: t.Now,
		})
		return hookOf(h, true), err
	})
}

func (h *handlers) deleteHook(c *api.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().DeleteIntegrationHook(ctx, t.Account(), id)
		return api.Empty(), fault.Found(n, err)
	})
}

// processHookEvent answers without a message, because no app here supports commands.
func (h *handlers) processHookEvent(c *api.Call) error {
	id, err := c.ID("hook")
	if err != nil {
		return err
	}
	rows, err := h.q.ListIntegrationHooks(c.Ctx(), c.Account())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(rows, func(h db.IntegrationHook) bool { return h.ID == id }) {
		return fault.NotFound
	}
	return c.Answer(struct {
		Message *string `json:"message"`
	}{})
}

//go:embed img/*.png
var appPictures embed.FS

// appPicture answers the picture that Chatwoot's dashboard shows of an app: under its id, and once more for a dark page.
func (h *handlers) appPicture(c *api.Call) error {
	id, found := strings.CutSuffix(c.Param("picture"), ".png")
	file := "img/translate.png"
	if light, dark := strings.CutSuffix(id, "-dark"); dark {
		id, file = light, "img/translate-dark.png"
	}
	if _, known := translate.AppOf(id); !known || !found {
		return fault.NotFound
	}
	picture, err := appPictures.ReadFile(file)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.Blob(http.StatusOK, "image/png", picture)
}
