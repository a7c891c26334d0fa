package chatwoot_test

import (
	"flag"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

var update = flag.Bool("update", false, "write the golden files")

func profileRows() map[string]apitest.Row {
	return map[string]apitest.Row{
		"GET /api":                                 {},
		"GET /api/v1/profile":                      {},
		"PUT /api/v1/profile":                      {Body: `{"display_name": "Me"}`},
		"PATCH /api/v1/profile":                    {Body: `{"profile": {"display_name": "Me"}}`},
		"DELETE /api/v1/profile/avatar":            {},
		"POST /api/v1/profile/resend_confirmation": {},
		"POST /api/v1/profile/reset_access_token":  {},
		// The body names an account, of which the administrator of another account is no member.
		"POST /api/v1/profile/availability": {
			Body: `{"profile": {"account_id": {account}, "availability": "busy"}}`,
			But:  map[apitest.Caller]int{apitest.Foreign: 404},
		},
		"POST /api/v1/profile/auto_offline": {
			Body: `{"profile": {"account_id": {account}, "auto_offline": false}}`,
			But:  map[apitest.Caller]int{apitest.Foreign: 404},
		},
		"PUT /api/v1/profile/set_active_account": {
			Body: `{"profile": {"account_id": {account}}}`,
			But:  map[apitest.Caller]int{apitest.Foreign: 404},
		},
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	w := apitest.NewFixture(t, apitest.New(t, chatwoot.Routes))

	t.Run("tells who the token's user is, by the contract's keys", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "GET", "/api/v1/profile", "").Want(200)
		apitest.Golden(t, *update, "profile", got.Body.Bytes())
		if token := got.Object()["access_token"]; token != w.Tokens[apitest.Admin] {
			t.Errorf("access_token %v is not the token that was sent", token)
		}
		if token, _ := got.Object()["pubsub_token"].(string); len(token) != 32 {
			t.Errorf("pubsub_token %q opens no realtime channel", token)
		}
	})

	t.Run("takes the token in every header that clients use", func(t *testing.T) {
		token := w.Tokens[apitest.Admin]
		for _, h := range [][]string{
			{"api_access_token", token},
			{"Api-Access-Token", token},
			{"api_access_token", token, "Authorization", "Bearer something else"},
			{"Authorization", "Bearer " + token},
		} {
			w.Server.Do(t, "", "GET", "/api/v1/profile", nil, h...).Want(200)
		}
	})

	t.Run("answers 304 to who has it already", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "GET", "/api/v1/profile/", "").Want(200)
		w.Do(t, apitest.Admin, "GET", "/api/v1/profile", "", "If-None-Match", got.Header().Get("Etag")).Want(304)
	})

	t.Run("says what is wrong with a token in the contract's words", func(t *testing.T) {
		none := w.Do(t, apitest.Nobody, "GET", "/api/v1/profile", "").Want(401)
		apitest.Golden(t, *update, "error_no_token", none.Body.Bytes())
		bad := w.Do(t, apitest.Garbage, "GET", "/api/v1/profile", "").Want(401)
		apitest.Golden(t, *update, "error_bad_token", bad.Body.Bytes())
		if none.Header().Get("X-Request-Id") == "" {
			t.Error("no request id")
		}
	})
}
