package chatwoot_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/edge"
)

func TestASlowReadAnswers503(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Server.Echo = echo.New()
	edge.Install(f.Server.Echo, edge.Config{IsAPI: f.Server.API.Owns, ReadLimit: 300 * time.Millisecond})
	chatwoot.Routes(f.Server.Echo, f.Server.API)

	held, err := f.Server.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback(t.Context()) }()
	if _, err := held.Exec(t.Context(), "LOCK TABLE conversations, contacts IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	name := `{"payload":[{"attribute_key":"name","filter_operator":"contains","values":["a"]}]}`
	for _, read := range []struct{ method, path, body string }{
		{http.MethodGet, "/conversations", ""},
		{http.MethodGet, "/contacts", ""},
		{http.MethodPost, "/contacts/filter", name},
	} {
		got := f.Server.Do(t, f.Tokens[apitest.Admin], read.method, "/api/v1/accounts/"+f.Vars["account"]+read.path, read.body)
		said := got.Header().Get("Retry-After") != "" && strings.Contains(got.Body.String(), "too long")
		if got.Code != http.StatusServiceUnavailable || !said {
			t.Errorf("%s %s: %d %v %s", read.method, read.path, got.Code, got.Header(), got.Body)
		}
	}
}
