package chatwoot_test

import (
	"image/png"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api/apitest"
)

const hook = v1 + "/integrations/hooks/:hook"

func accountRows() map[string]apitest.Row {
	settings := apitest.Row{Body: `{"auto_resolve_after": 60}`}
	return apitest.Join(
		nil,
		apitest.Each(apitest.Row{}, "GET "+v1, "GET "+v1+"/cache_keys", "POST "+v1+"/update_active_at", "GET "+v1+"/integrations/apps"),
		apitest.Each(settings, "PATCH "+v1, "PUT "+v1),
		apitest.Each(apitest.Row{Make: withHook}, "DELETE "+hook, "POST "+hook+"/process_event"),
		apitest.Each(apitest.Row{Make: withHook, Body: `{"status": "disabled"}`}, "PATCH "+hook, "PUT "+hook),
		map[string]apitest.Row{
			"GET " + v1 + "/integrations/apps/:app": {
				Make: func(_ testing.TB, w *apitest.Fixture) { w.Vars["app"] = "deepl" },
				But:  map[apitest.Caller]int{apitest.Astray: 200}, // every account has the same apps
			},
			"GET /dashboard/images/integrations/:picture": {
				Make: func(_ testing.TB, w *apitest.Fixture) { w.Vars["picture"] = "deepl.png" },
			},
			"POST " + v1 + "/integrations/hooks": {Body: `{"app_id": "deepl", "settings": {"api_key": "k"}}`},
		},
	)
}

// withHook gives the account a LibreTranslate server.
func withHook(t testing.TB, w *apitest.Fixture) {
	got := w.Do(
		t, apitest.Admin, "POST", v1+"/integrations/hooks",
		`{"app_id": "libretranslate", "settings": {"url": "http://localhost:5000", "api_key": "hidden"}}`,
	).Want(200)
	w.Vars["hook"] = number(got.Object()["id"])
}

func TestAccount(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("is shown to everybody in it", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "GET", v1, "").Want(200)
		apitest.Golden(t, *update, "account", got.Body.Bytes())
	})

	t.Run("is changed with its settings, flat as in the contract", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "PATCH", v1, `{"name": "Example Kft", "locale": "hu", "support_email": `+
			`"Help@Example.Test", "domain": "example.test", "timezone": "Europe/Budapest",
			"auto_resolve_after": "1440", "auto_resolve_message": "Closed for silence", "auto_resolve_ignore_waiting": "true", `+
			`"company_size": "10-50"}`).Want(200)
		apitest.Golden(t, *update, "account_updated", got.Body.Bytes())
		off := w.Do(t, apitest.Admin, "PATCH", v1, `{"settings": {"auto_resolve_after": null}}`).Want(200).Object()["settings"].(map[string]any)
		if off["auto_resolve_after"] != nil || off["auto_resolve_message"] != "Closed for silence" {
			t.Errorf("settings %v", off)
		}
	})

	t.Run("says what is wrong with it", func(t *testing.T) {
		for _, body := range []string{
			`{"name": ""}`, `{"auto_resolve_after": 5}`, `{"auto_resolve_after": "soon"}`, `{"support_email": "nobody"}`,
			`{"auto_resolve_after": 99999999}`,
		} {
			w.Do(t, apitest.Admin, "PATCH", v1, body).Want(422)
		}
	})
}

func TestIntegrations(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	withHook(t, w)

	t.Run("are used with settings whose keys are never told", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "GET", v1+"/integrations/apps", "").Want(200)
		apitest.Golden(t, *update, "integration_apps", got.Body.Bytes())
		if strings.Contains(got.Body.String(), "hidden") {
			t.Error("a key is told")
		}
		agents := w.Do(t, apitest.Inside, "GET", v1+"/integrations/apps", "").Want(200)
		if strings.Contains(agents.Body.String(), "localhost:5000") {
			t.Error("an agent is told the settings")
		}
	})

	t.Run("have a picture each, for light and dark pages, and a form", func(t *testing.T) {
		agents := w.Do(t, apitest.Inside, "GET", v1+"/integrations/apps", "").Want(200)
		if strings.Contains(agents.Body.String(), "settings_form_schema") {
			t.Error("an agent is told the form")
		}
		for _, app := range w.Do(t, apitest.Admin, "GET", v1+"/integrations/apps", "").Want(200).Object()["payload"].([]any) {
			app := app.(map[string]any)
			for _, ending := range []string{".png", "-dark.png"} {
				got := w.Do(t, apitest.Nobody, "GET", "/dashboard/images/integrations/"+app["id"].(string)+ending, "").Want(200)
				if _, err := png.Decode(got.Body); err != nil || got.Header().Get("Content-Type") != "image/png" {
					t.Errorf("%v%s: %v %v", app["id"], ending, got.Header(), err)
				}
			}
			if fields, _ := app["settings_form_schema"].([]any); len(fields) == 0 {
				t.Errorf("%v has no form", app["id"])
			}
		}
		for _, name := range []string{"slack.png", "deepl", "deepl.svg", "-dark.png", "..%2Fdeepl.png"} {
			w.Do(t, apitest.Nobody, "GET", "/dashboard/images/integrations/"+name, "").Want(404)
		}
	})

	t.Run("are there once each, with what they need", func(t *testing.T) {
		for _, body := range []string{
			`{"app_id": "libretranslate", "settings": {"url": "http://localhost:5001"}}`, `{"app_id": "slack", "settings": {}}`,
			`{"app_id": "deepl"}`,
			`{"app_id": "deepl", "settings": {"api_key": "k", "colour": "red"}}`, `{"app_id": "apertium", "settings": {"url": ` +
				`"file:///etc/passwd"}}`,
		} {
			w.Do(t, apitest.Admin, "POST", v1+"/integrations/hooks", body).Want(422)
		}
	})

	t.Run("are switched off and keep their key, and end", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "PATCH", hook, `{"hook": {"status": "disabled"}}`).Want(200)
		apitest.Golden(t, *update, "integration_hook", got.Body.Bytes())
		hooks, err := db.New(w.Server.Pool).ListIntegrationHooks(t.Context(), w.Account.ID)
		if err != nil || len(hooks) != 1 || !strings.Contains(string(hooks[0].Settings), `"hidden"`) {
			t.Errorf("the key was deleted (%v)", err)
		}
		w.Do(t, apitest.Admin, "PATCH", hook, `{"hook": {"settings": {"url": "http://localhost:5002"}}}`).Want(200)
		hooks, err = db.New(w.Server.Pool).ListIntegrationHooks(t.Context(), w.Account.ID)
		if err != nil || strings.Contains(string(hooks[0].Settings), `"hidden"`) {
			t.Errorf("the key went to another server (%v)", err)
		}
		w.Do(t, apitest.Admin, "DELETE", hook, "").Want(200)
		w.Do(t, apitest.Admin, "DELETE", hook, "").Want(404)
	})
}
