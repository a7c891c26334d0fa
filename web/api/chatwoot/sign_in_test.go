package chatwoot_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

func authRows() map[string]apitest.Row {
	return map[string]apitest.Row{
		"POST /auth/sign_in":  {Body: `{"email": "x@example.test", "password": "x"}`, Want: 401},
		"POST /auth/password": {Body: `{"email": "x@example.test"}`},
		"PUT /auth/password":  {Body: `{"reset_password_token": "x", "password": "long enough"}`, Want: 422},
		"PATCH /auth/password": {
			Body: `{"reset_password_token": "x", "password": "long enough"}`, Want: 422,
		},
		"GET /auth/validate_token": {},
		// Only tokens of sign-ins can be signed out.
		"DELETE /auth/sign_out": {Want: 404},
	}
}

// withPassword gives a user a password.
func withPassword(t *testing.T, w *apitest.Fixture, u db.User, password string) {
	t.Helper()
	hash, err := auth.NewPasswords().Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Server.Pool.Exec(context.Background(), `UPDATE users SET password_hash = $2 WHERE id = $1`, u.ID, hash); err != nil {
		t.Fatal(err)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := apitest.NewFixture(t, apitest.New(t, chatwoot.Routes, apitest.Still))
	withPassword(t, w, w.Agent, "open sesame now")
	w.Vars["email"] = w.Agent.Email

	t.Run("gives a token that the session's headers carry", func(t *testing.T) {
		got := w.Do(t, apitest.Nobody, "POST", "/auth/sign_in", `{"email": "{email}", "password": "open sesame now"}`).Want(200)
		apitest.Golden(t, *update, "sign_in", got.Body.Bytes())
		h := got.Header()
		if h.Get("uid") != w.Agent.Email || h.Get("token-type") != "Bearer" || h.Get("client") == "" || h.Get("expiry") == "" {
			t.Errorf("headers %v", h)
		}
		session := []string{
			"access-token", h.Get("access-token"), "token-type", "Bearer", "client", h.Get("client"), "expiry",
			h.Get("expiry"), "uid", h.Get("uid"),
		}
		valid := w.Server.Do(t, "", "GET", "/auth/validate_token", nil, session...).Want(200)
		apitest.Golden(t, *update, "validate_token", valid.Body.Bytes())
		w.Server.Do(t, "", "GET", w.Fill(co), nil, session...).Want(200)
		for _, headers := range [][]string{
			{"access-token", h.Get("access-token")},
			{"access-token", h.Get("access-token"), "client", h.Get("client")},
			{"access-token", h.Get("access-token"), "uid", h.Get("uid")},
			{"access-token", h.Get("access-token"), "client", "else", "uid", h.Get("uid")},
			{"access-token", h.Get("access-token"), "client", h.Get("client"), "uid", w.Admin.Email},
		} {
			w.Server.Do(t, "", "GET", w.Fill(co), nil, headers...).Want(401)
		}
		out := w.Server.Do(t, "", "DELETE", "/auth/sign_out", nil, session...).Want(200)
		apitest.Golden(t, *update, "sign_out", out.Body.Bytes())
		w.Server.Do(t, "", "GET", "/auth/validate_token", nil, session...).Want(401)
	})

	t.Run("tells a wrong password and an unknown address alike, and stops guessing", func(t *testing.T) {
		refused := w.Do(t, apitest.Nobody, "POST", "/auth/sign_in", `{"email": "{email}", "password": "guess"}`).Want(401)
		apitest.Golden(t, *update, "error_sign_in", refused.Body.Bytes())
		unknown := w.Do(t, apitest.Nobody, "POST", "/auth/sign_in", `{"email": "nobody@example.test", "password": "guess"}`).Want(401)
		if refused.Body.String() != unknown.Body.String() {
			t.Errorf("%s\n%s", refused.Body, unknown.Body)
		}
		for range 9 {
			w.Do(t, apitest.Nobody, "POST", "/auth/sign_in", `{"email": "{email}", "password": "guess"}`).Want(401)
		}
		late := w.Do(t, apitest.Nobody, "POST", "/auth/sign_in", `{"email": "{email}", "password": "open sesame now"}`).Want(429)
		if late.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	})

	t.Run("lets the owner of a one-time link choose a password, once", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		link := auth.NewSecret()
		_, err := w.Server.Pool.Exec(
			context.Background(), `INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES ($1, $2, $3)`,
			link.Hash, w.Agent.ID, time.Now().Add(time.Hour),
		)
		if err != nil {
			t.Fatal(err)
		}
		w.Vars["link"] = link.Token
		w.Do(
			t, apitest.Nobody, "PUT", "/auth/password",
			`{"reset_password_token": "{link}", "password": "a new one here", "password_confirmation": "another"}`,
		).Want(422)
		w.Do(
			t, apitest.Nobody, "PUT", "/auth/password",
			`{"reset_password_token": "{link}", "password": "a new one here", "password_confirmation": "a new one here"}`,
		).Want(200)
		w.Do(t, apitest.Nobody, "PUT", "/auth/password", `{"reset_password_token": "{link}", "password": "a new one here"}`).Want(422)
	})
}

func TestPasswordByMail(t *testing.T) {
	t.Parallel()
	w := apitest.NewFixture(t, apitest.New(t, chatwoot.Routes, apitest.WithMail))
	box := w.Server.SendMail(t)
	// linkIn waits for the mail to a user and returns the token in its link.
	linkIn := func(t *testing.T, to string) string {
		t.Helper()
		m := box.Next(t)
		_, rest, found := strings.Cut(m.Text, apitest.BaseURL+"/password-resets/")
		if m.To != to || !found {
			t.Fatalf("mail to %s: %s", m.To, m.Text)
		}
		token := strings.Fields(rest)[0]
		if !strings.Contains(m.HTML, "/password-resets/"+token) {
			t.Error("the link is not in the HTML")
		}
		return token
	}

	t.Run("a forgotten one is chosen anew", func(t *testing.T) {
		w.Vars["email"] = w.Agent.Email
		known := w.Do(t, apitest.Nobody, "POST", "/auth/password", `{"email": "{email}"}`).Want(200)
		w.Vars["link"] = linkIn(t, w.Agent.Email)
		unknown := w.Do(t, apitest.Nobody, "POST", "/auth/password", `{"email": "nobody@example.test"}`).Want(200)
		if known.Body.String() != unknown.Body.String() {
			t.Error("the answer tells whether an address is known")
		}
		w.Do(t, apitest.Nobody, "PUT", "/auth/password", `{"reset_password_token": "{link}", "password": "a new one here"}`).Want(200)
		w.Do(t, apitest.Nobody, "POST", "/auth/sign_in", `{"email": "{email}", "password": "a new one here"}`).Want(200)
	})

	t.Run("an invited colleague chooses one", func(t *testing.T) {
		w.Do(t, apitest.Admin, "POST", v1+"/agents", `{"email": "dora@example.test"}`).Want(200)
		w.Vars["link"] = linkIn(t, "dora@example.test")
		got := w.Do(t, apitest.Nobody, "PUT", "/auth/password", `{"reset_password_token": "{link}", "password": "a new one here"}`).Want(200)
		if name := got.Object()["data"].(map[string]any)["name"]; name != "dora" {
			t.Errorf("name %v", name)
		}
	})
}

func TestProfileChange(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	withPassword(t, w, w.Agent, "open sesame now")
	var other int64
	if err := w.Server.Pool.QueryRow(t.Context(), `SELECT id FROM accounts WHERE name = 'Other Ltd' ORDER BY id DESC LIMIT 1`).
		Scan(&other); err != nil {
		t.Fatal(err)
	}
	w.Vars["other"] = fmt.Sprint(other)

	t.Run("is of name, signature and settings, by JSON and by form", func(t *testing.T) {
		got := w.Do(
			t, apitest.Inside, "PUT", "/api/v1/profile",
			`{"profile": {"name": "Ann Marie", "display_name": "Ann", "message_signature": "Kind regards", "ui_settings": {"dark": true}}}`,
		).Want(200)
		apitest.Golden(t, *update, "profile_updated", got.Body.Bytes())
		body, kind := upload(t, map[string]string{"profile[display_name]": "Annie"}, "profile[avatar]", "face.png", picture(t))
		form := w.Server.Do(t, w.Tokens[apitest.Inside], "PUT", "/api/v1/profile", body, "Content-Type", kind).Want(200).Object()
		if form["display_name"] != "Annie" || form["name"] != "Ann Marie" || !strings.HasPrefix(form["avatar_url"].(string), apitest.BaseURL) {
			t.Errorf("profile %v", form)
		}
		if u := w.Do(t, apitest.Inside, "DELETE", "/api/v1/profile/avatar", "").Want(200).Object()["avatar_url"]; u != "" {
			t.Errorf("avatar_url %v", u)
		}
		w.Do(t, apitest.Inside, "PUT", "/api/v1/profile", `{"profile": {"name": ""}}`).Want(422)
	})

	t.Run("of password and address needs the current password, and ends other sign-ins", func(t *testing.T) {
		refused := w.Do(
			t, apitest.Inside, "PUT", "/api/v1/profile",
			`{"profile": {"password": "another secret", "password_confirmation": "another secret", "current_password": "guess"}}`,
		).Want(422)
		apitest.Golden(t, *update, "error_current_password", refused.Body.Bytes())
		w.Do(t, apitest.Inside, "PUT", "/api/v1/profile", `{"profile": {"email": "other@example.test"}}`).Want(422)
		w.Vars["email"] = w.Agent.Email
		session := w.Do(t, apitest.Nobody, "POST", "/auth/sign_in", `{"email": "{email}", "password": "open sesame now"}`).Want(200).Header()
		signedIn := []string{"access-token", session.Get("access-token"), "client", session.Get("client"), "uid", session.Get("uid")}
		w.Server.Do(t, "", "GET", "/api/v1/profile", nil, signedIn...).Want(200)
		w.Do(
			t, apitest.Inside, "PUT", "/api/v1/profile",
			`{"profile": {"password": "another secret", "password_confirmation": "another secret", "current_password": "open sesame now"}}`,
		).Want(200)
		w.Server.Do(t, "", "GET", "/api/v1/profile", nil, signedIn...).Want(http.StatusUnauthorized)
		w.Do(t, apitest.Inside, "GET", "/api/v1/profile", "").Want(200)
		w.Vars["taken"] = w.Admin.Email
		w.Do(t, apitest.Inside, "PUT", "/api/v1/profile", `{"profile": {"email": "{taken}", "current_password": "another secret"}}`).Want(422)
		got := w.Do(
			t, apitest.Inside, "PUT", "/api/v1/profile",
			`{"profile": {"email": "New@Example.Test", "current_password": "another secret"}}`,
		).Want(200).Object()
		if got["email"] != "new@example.test" {
			t.Errorf("email %v", got["email"])
		}
		if got["confirmed"] != false {
			t.Error("the new address counts as confirmed")
		}
		// A user who enters the address of another person does not get into accounts that invite this address.
		w.Do(t, apitest.Foreign, "POST", "/api/v1/accounts/{other}/agents", `{"email": "new@example.test"}`).Want(422)
	})

	t.Run("of presence is of one account", func(t *testing.T) {
		got := w.Do(
			t, apitest.Inside, "POST", "/api/v1/profile/availability",
			`{"profile": {"account_id": {account}, "availability": "busy"}}`,
		).Want(200).Object()
		if a := got["accounts"].([]any)[0].(map[string]any); a["availability"] != "busy" {
			t.Errorf("account %v", a)
		}
		got = w.Do(
			t, apitest.Inside, "POST", "/api/v1/profile/auto_offline",
			`{"profile": {"account_id": {account}, "auto_offline": false}}`,
		).Want(200).Object()
		if a := got["accounts"].([]any)[0].(map[string]any); a["auto_offline"] != false || a["availability_status"] != "busy" {
			t.Errorf("account %v", a)
		}
		w.Do(
			t, apitest.Inside, "POST", "/api/v1/profile/availability",
			`{"profile": {"account_id": {account}, "availability": "asleep"}}`,
		).Want(422)
	})

	t.Run("of the token tells the new one and ends the old one", func(t *testing.T) {
		got := w.Do(t, apitest.Outside, "POST", "/api/v1/profile/reset_access_token", "").Want(200).Object()
		w.Do(t, apitest.Outside, "GET", "/api/v1/profile", "").Want(401)
		w.Server.Do(t, got["access_token"].(string), "GET", "/api/v1/profile", nil).Want(200)
	})
}
