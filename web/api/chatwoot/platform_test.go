package chatwoot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

const plat = "/platform/api/v1"

func platformRows() map[string]apitest.Row {
	return apitest.Each(apitest.Row{}, "POST "+plat+"/users", "GET "+plat+"/users/:user", "PATCH "+plat+"/users/:user", "PUT "+
		plat+"/users/:user",
		"DELETE "+plat+"/users/:user", "GET "+plat+"/users/:user/login", "POST "+plat+"/users/:user/token", "GET "+plat+
			"/accounts", "POST "+plat+"/accounts",
		"GET "+plat+"/accounts/:account", "PATCH "+plat+"/accounts/:account", "PUT "+plat+"/accounts/:account", "DELETE "+plat+
			"/accounts/:account",
		"GET "+plat+"/accounts/:account/account_users", "POST "+plat+"/accounts/:account/account_users", "DELETE "+plat+
			"/accounts/:account/account_users",
		"GET "+plat+"/agent_bots", "POST "+plat+"/agent_bots", "GET "+plat+"/agent_bots/:bot", "PATCH "+plat+
			"/agent_bots/:bot", "PUT "+plat+"/agent_bots/:bot",
		"DELETE "+plat+"/agent_bots/:bot", "DELETE "+plat+"/agent_bots/:bot/avatar")
}

// application is a platform app's token.
const application apitest.Caller = "platform app"

// platformFixture is a fixture with an application without grants.
func platformFixture(t testing.TB) *apitest.Fixture {
	t.Helper()
	w := newFixture(t)
	ctx, q := context.Background(), db.New(w.Server.Pool)
	app, err := q.InsertPlatformApp(ctx, "Provisioner")
	if err != nil {
		t.Fatal(err)
	}
	s := auth.NewSecret()
	if _, err := q.InsertAccessToken(ctx, db.InsertAccessTokenParams{
		TokenHash:     s.Hash,
		Kind:          db.TokenKindPlatform,
		PlatformAppID: &app.ID,
		Name:          app.Name,
		Hint:          s.Hint,
	}); err != nil {
		t.Fatal(err)
	}
	w.Tokens[application] = s.Token
	return w
}

func TestPlatform(t *testing.T) {
	t.Parallel()
	w := platformFixture(t)
	do := func(method, path, body string) apitest.Answer {
		t.Helper()
		return w.Do(t, application, method, plat+path, body)
	}
	id := func(a apitest.Answer) string { return fmt.Sprint(int64(a.Object()["id"].(float64))) }

	t.Run("touches nothing that it did not make and was not granted", func(t *testing.T) {
		apitest.Golden(t, *update, "error_platform_token", w.Do(t, apitest.Admin, "GET", plat+"/accounts", "").Want(401).Body.Bytes())
		for route := range platformRows() {
			method, path, _ := strings.Cut(route, " ")
			if !strings.Contains(path, "/:") {
				continue
			}
			got := w.Do(t, application, method, path, `{"user_id": {user}, "name": "x"}`).Want(401)
			if !strings.Contains(got.Body.String(), "Non permissible resource") {
				t.Errorf("%s: %s", route, got.Body)
			}
		}
		do("POST", "/agent_bots", `{"name": "Robin", "account_id": {account}}`).Want(401)
		do("GET", "/users/999999", "").Want(401)
		do("POST", "/agent_bots", `{"name": "Nobody's"}`).Want(422)
		w.Do(t, application, "GET", co, "").Want(401)
		if body := do("GET", "/accounts", "").Want(200).Body.String(); body != "[]" {
			t.Errorf("accounts %s, want none", body)
		}
	})

	t.Run("makes accounts, users, memberships and bots, and takes them away", func(t *testing.T) {
		account := do(
			"POST", "/accounts",
			`{"name": "Tenant Ltd", "locale": "pt_BR", "support_email": "help@tenant.example", "features": {"crm": true}, `+
				`"limits": {"agents": 5}, "custom_attributes": {"plan": "pro"}}`,
		).Want(200)
		apitest.Golden(t, *update, "platform_account", account.Body.Bytes())
		a := "/accounts/" + id(account)
		do("PATCH", a, `{"custom_attributes": {"seats": 3}, "status": "suspended"}`).Want(200)
		changed := do("PATCH", a, `{"status": "active", "name": "Tenant GmbH"}`).Want(200)
		apitest.Golden(t, *update, "platform_account_updated", changed.Body.Bytes())
		do("PATCH", a, `{"status": "asleep"}`).Want(422)
		do("GET", a, "").Want(200)

		body := `{"name": "Tess Tenant", "display_name": "Tess", "email": "Tess@tenant.example", "password": "correct ` +
			`horse", "custom_attributes": {"staff": 1}}`
		user := do("POST", "/users", body).Want(200)
		apitest.Golden(t, *update, "platform_user", user.Body.Bytes())
		u := "/users/" + id(user)
		if again := do("POST", "/users", body).Want(200); id(again) != id(user) || again.Object()["access_token"] != nil {
			t.Errorf("a known address makes %s", again.Body)
		}
		do("POST", "/users", `{"email": "nonsense", "name": "x"}`).Want(422)
		do("POST", "/users", `{"email": "x@y.example", "password": "short"}`).Want(422)

		member := do("POST", a+"/account_users", `{"user_id": `+id(user)+`, "role": "administrator"}`).Want(200)
		apitest.Golden(t, *update, "platform_account_user", member.Body.Bytes())
		do("POST", a+"/account_users", `{"user_id": `+id(user)+`, "role": "administrator"}`).Want(200)
		do("POST", a+"/account_users", `{"user_id": {user}}`).Want(401)
		do("POST", a+"/account_users", `{"user_id": `+id(user)+`, "role": "king"}`).Want(422)
		apitest.Golden(t, *update, "platform_account_users", do("GET", a+"/account_users", "").Want(200).Body.Bytes())
		apitest.Golden(
			t, *update, "platform_user_updated",
			do("PATCH", u, `{"name": "Tess T.", "custom_attributes": {"floor": 2}}`).Want(200).Body.Bytes(),
		)

		token := do("POST", u+"/token", "").Want(200)
		apitest.Golden(t, *update, "platform_token", token.Body.Bytes())
		w.Tokens["tess"] = token.Object()["access_token"].(string)
		w.Do(t, "tess", "GET", "/api/v1/profile", "").Want(200)
		w.Do(t, "tess", "GET", "/api/v1"+a+"/conversations", "").Want(200)

		login := do("GET", u+"/login", "").Want(200).Object()["url"].(string)
		link, err := url.Parse(login)
		if err != nil || !strings.HasPrefix(login, apitest.BaseURL+"/app/login?") || link.Query().Get("email") != "tess@tenant.example" {
			t.Fatalf("the link is %s, %v", login, err)
		}
		once := link.Query().Get("sso_auth_token")
		signIn := func(body map[string]any) apitest.Answer { return w.Server.Do(t, "", "POST", "/auth/sign_in", body) }
		signIn(map[string]any{"email": "tess@tenant.example", "sso_auth_token": once + "x"}).Want(401)
		signIn(map[string]any{"email": "ann@tenant.example", "sso_auth_token": once}).Want(401)
		signedIn := signIn(map[string]any{"email": "Tess@tenant.example", "sso_auth_token": once}).Want(200)
		w.Server.Do(t, signedIn.Header().Get("access-token"), "GET", "/api/v1/profile", nil).Want(200)
		refused := signIn(map[string]any{"email": "tess@tenant.example", "sso_auth_token": once}).Want(401).Object()
		if refused["success"] != false || refused["errors"] == nil {
			t.Errorf("a used token: %v", refused)
		}

		bot := do(
			"POST", "/agent_bots",
			`{"name": "Robin", "description": "answers", "outgoing_url": "https://bot.example/hook", "account_id": `+id(account)+`}`,
		).Want(200)
		apitest.Golden(t, *update, "platform_bot", bot.Body.Bytes())
		b := "/agent_bots/" + id(bot)
		if got := do("PATCH", b, `{"name": "Robin II"}`).Want(200).Object(); got["name"] != "Robin II" || got["description"] != "answers" {
			t.Errorf("the bot is %v", got)
		}
		do("GET", b, "").Want(200)
		var list []json.RawMessage
		if do("GET", "/agent_bots", "").Want(200).Into(&list); len(list) != 1 {
			t.Errorf("%d bots, want 1", len(list))
		}
		alone := do("POST", "/agent_bots", `{"name": "Nobody's"}`).Want(200)
		if got := fmt.Sprint(alone.Object()["account_id"]); got != id(account) {
			t.Errorf("a bot without account is in %s, want %s: the application has one account alone", got, id(account))
		}
		do("DELETE", "/agent_bots/"+id(alone), "").Want(200)
		do("DELETE", b, "").Want(200)
		do("GET", b, "").Want(401)

		// The application may remove the account's last administrator, because it can add another.
		do("DELETE", a+"/account_users", `{"user_id": `+id(user)+`}`).Want(200)
		do("POST", a+"/account_users", `{"user_id": `+id(user)+`, "role": "administrator"}`).Want(200)
		do("DELETE", u, "").Want(200)
		w.Do(t, "tess", "GET", "/api/v1/profile", "").Want(401)
		do("GET", u, "").Want(401)
	})

	t.Run("removes a whole account", func(t *testing.T) {
		q := db.New(w.Server.Pool)
		other := dbtest.Account(t, w.Server.Pool, "Leaving")
		inbox := dbtest.Inbox(t, w.Server.Pool, other, "Post")
		dbtest.Message(t, w.Server.Pool, dbtest.Conversation(t, w.Server.Pool, inbox, "Bye"), "Bye")
		if err := q.Grant(t.Context(), db.GrantParams{PlatformAppID: 1, Kind: "account", ObjectID: other.ID}); err != nil {
			t.Fatal(err)
		}
		member := dbtest.Admin(t, w.Server.Pool, other, "Max")
		token, mine := dbtest.Token(t, w.Server.Pool, member), fmt.Sprint("/api/v1/accounts/", other.ID, "/conversations")
		w.Server.Do(t, token, "GET", mine, nil).Want(200)
		do("PATCH", fmt.Sprint("/accounts/", other.ID), `{"status": "deleted"}`).Want(422)
		do("DELETE", fmt.Sprint("/accounts/", other.ID), "").Want(200)
		w.Server.Do(t, token, "GET", mine, nil).Want(404)
		do("GET", fmt.Sprint("/accounts/", other.ID), "").Want(401)
		if _, err := q.GetUserForSignIn(t.Context(), member.Email); !db.IsNone(err) {
			t.Errorf("who worked there alone can sign in (%v)", err)
		}
		if a, err := q.GetAccount(t.Context(), other.ID); err != nil || a.Status != db.AccountStatusDeleted {
			t.Errorf("the account is %s (%v)", a.Status, err)
		}
		var jobs int
		if err := w.Server.Pool.QueryRow(
			t.Context(), "SELECT count(*) FROM river_job WHERE kind = 'delete_account' AND args->>'account_id' = $1",
			fmt.Sprint(other.ID),
		).Scan(&jobs); err != nil || jobs != 1 {
			t.Errorf("%d jobs (%v)", jobs, err)
		}
	})

	t.Run("makes one account for one key", func(t *testing.T) {
		first := w.Do(t, application, "POST", plat+"/accounts", `{"name": "Once"}`, "Idempotency-Key", "k").Want(200)
		if again := w.Do(t, application, "POST", plat+"/accounts", `{"name": "Once"}`, "Idempotency-Key", "k").
			Want(200); !bytes.Equal(again.Body.Bytes(), first.Body.Bytes()) {
			t.Errorf("%s, then %s", first.Body, again.Body)
		}
	})
}
