package chatwoot_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

// Conventions of all endpoints.
func TestConventions(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("a session that is none is told like no credentials, an unknown token by name", func(t *testing.T) {
		for _, header := range []string{"Access-Token", "Authorization"} {
			got := w.Server.Do(t, "", "GET", "/api/v1/profile", nil, header, "Bearer nobody").Want(401).Object()
			if errors, _ := got["errors"].([]any); len(errors) != 1 || errors[0] != "You need to sign in or sign up before continuing." {
				t.Errorf("%s: %v", header, got)
			}
		}
		if got := w.Server.Do(t, "nobody", "GET", "/api/v1/profile", nil, "Access-Token", w.Tokens[apitest.Admin]).Want(401).
			Object(); got["error"] != "Invalid Access Token" {
			t.Errorf("the session was asked although there was a token: %v", got)
		}
	})

	t.Run("a form stands under its root key, JSON may be flat", func(t *testing.T) {
		const form = "application/x-www-form-urlencoded"
		got := w.Server.Do(t, w.Tokens[apitest.Admin], "POST", w.Fill(v1+"/teams"), "name=Flat", "Content-Type", form).Want(422).Object()
		if got["error"] != "param is missing or the value is empty: team" {
			t.Errorf("a flat form: %v", got)
		}
		w.Server.Do(t, w.Tokens[apitest.Admin], "POST", w.Fill(v1+"/teams"), "team[name]=Nested", "Content-Type", form).Want(200)
		w.Do(t, apitest.Admin, "POST", v1+"/teams", `{"name": "Flat"}`).Want(200)
	})

	t.Run("pages of other sites may call what takes a token or is public, without cookies", func(t *testing.T) {
		for path, want := range map[string]string{
			"/public/api/v1/inboxes/x/contacts": "*", "/api/v1/profile": "*", "/api/v1/nowhere": "*", "/auth/sign_in": "",
			"/platform/api/v1/users": "",
		} {
			for _, method := range []string{"OPTIONS", "GET"} {
				req := httptest.NewRequest(method, path, strings.NewReader(""))
				req.Header.Set("Origin", "https://shop.example")
				req.Header.Set("Access-Control-Request-Method", "PATCH")
				req.Header.Set("Access-Control-Request-Headers", "api_access_token,content-type")
				rec := httptest.NewRecorder()
				w.Server.Echo.ServeHTTP(rec, req)
				h := rec.Header()
				if got := h.Get("Access-Control-Allow-Origin"); got != want || h.Get("Access-Control-Allow-Credentials") != "" {
					t.Errorf("%s %s: %v, want origin %q", method, path, h, want)
				}
				if method == "OPTIONS" && want != "" && (!strings.Contains(h.Get("Access-Control-Allow-Methods"), "PATCH") ||
					h.Get("Access-Control-Allow-Headers") != "api_access_token,content-type") {
					t.Errorf("the preflight of %s: %d %v", path, rec.Code, h)
				}
			}
		}
	})
}

// Guessing tokens is limited by address, and valid tokens from the same address still work.
func TestGuesses(t *testing.T) {
	t.Parallel()
	w := apitest.NewFixture(t, apitest.New(t, chatwoot.Routes, apitest.Still, func(c *api.Config) { c.RateLimit = 3 }))
	for range 3 {
		w.Server.Do(t, "nobody", "GET", "/api/v1/profile", nil).Want(401)
	}
	got := w.Server.Do(t, "another", "GET", "/api/v1/profile", nil).Want(429)
	if got.Header().Get("Retry-After") == "" {
		t.Errorf("headers %v", got.Header())
	}
	w.Do(t, apitest.Inside, "GET", "/api/v1/profile", "").Want(200)
}

// Texts have the contract's limits, and the sentence says which.
func TestTooLong(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	a, d := long(256), long(20_001)
	for _, one := range []struct{ method, path, body, attribute, most string }{
		{"POST", v1 + "/teams", `{"name": "` + a + `"}`, "name", "255"},
		{"POST", v1 + "/teams", `{"name": "long", "description": "` + d + `"}`, "description", "20000"},
		{"PATCH", v1 + "/teams/:team", `{"description": "` + d + `"}`, "description", "20000"},
		{"POST", v1 + "/agent_bots", `{"name": "Bot", "description": "` + a + `"}`, "description", "255"},
		{"POST", v1 + "/custom_attribute_definitions", `{"attribute_display_name": "Key", "attribute_key": "` + a + `"}`, "attribute_key", "255"},
		{
			"POST", v1 + "/custom_attribute_definitions",
			`{"attribute_display_name": "Key", "attribute_key": "k", "attribute_description": "` + d + `"}`,
			"attribute_description", "20000",
		},
		{"PATCH", inbox, `{"business_name": "` + a + `"}`, "business_name", "255"},
		{"PUT", "/api/v1/profile", `{"display_name": "` + a + `"}`, "display_name", "255"},
		{"PUT", "/api/v1/profile", `{"message_signature": "` + d + `"}`, "message_signature", "20000"},
	} {
		got := w.Do(t, apitest.Admin, one.method, one.path, one.body).Want(422).Object()
		text, _ := got["message"].(string)
		if names, _ := got["attributes"].([]any); len(names) != 1 || names[0] != one.attribute ||
			!strings.HasSuffix(text, " is too long (maximum is "+one.most+" characters)") {
			t.Errorf("%s %s: %v, want %s", one.method, one.path, got, one.attribute)
		}
	}
}
