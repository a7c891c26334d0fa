package chatwoot_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	again := func() *apitest.Fixture { return apitest.NewFixture(t, w.Server) }
	apitest.Malformed(t, chatwoot.Table(w.Server.API), again, 1000, 7, apitest.Admin, apitest.Admin, apitest.Inside, apitest.Bot)
}

func FuzzFilter(f *testing.F) {
	w := newFixture(f)
	for _, seed := range []string{
		`[{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"]}]`,
		`[{"attribute_key": "created_at", "filter_operator": "days_before", "values": [3], "query_operator": "or"}, ` +
			`{"attribute_key": "labels", "filter_operator": "is_present"}]`,
		`[{"attribute_key": "referer", "filter_operator": "contains", "values": ["%_\\"]}]`, `[{}]`, `{}`, `null`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		if got := w.Do(t, apitest.Admin, "POST", cs+"/filter", `{"payload": `+payload+`}`); got.Code >= 500 {
			t.Errorf("%d: %s", got.Code, got.Body)
		}
	})
}

func TestErrorsOutsideOfHandlers(t *testing.T) {
	t.Parallel()
	mount := func(e *echo.Echo, a *api.API) {
		chatwoot.Routes(e, a)
		a.Mount(e, chatwoot.Dialect(), []api.Route{api.Get("/api/v1/panic", api.Public, func(*api.Call) error { panic("secret") })})
	}
	w := apitest.NewFixture(t, apitest.New(t, mount, apitest.Still, func(c *api.Config) { c.RateLimit = 3 }))

	t.Run("an unknown path, a wrong method and a panic speak the dialect", func(t *testing.T) {
		apitest.Golden(t, *update, "error_not_found", w.Do(t, apitest.Nobody, "GET", "/api/v1/nowhere", "").Want(404).Body.Bytes())
		apitest.Golden(t, *update, "error_method", w.Do(t, apitest.Nobody, "DELETE", "/api/v1/profile", "").Want(405).Body.Bytes())
		got := w.Do(t, apitest.Nobody, "GET", "/api/v1/panic", "").Want(500)
		apitest.Golden(t, *update, "error_internal", got.Body.Bytes())
		if strings.Contains(got.Body.String(), "secret") || got.Header().Get("X-Request-Id") == "" {
			t.Errorf("%v %s", got.Header(), got.Body)
		}
	})

	t.Run("a request that says it is too large is not read", func(t *testing.T) {
		req := httptest.NewRequest("POST", w.Fill(ms), strings.NewReader("x"))
		req.ContentLength = 61 << 20
		w.Server.Sign(req.Header, w.Tokens[apitest.Inside])
		rec := httptest.NewRecorder()
		w.Server.Echo.ServeHTTP(rec, req)
		if rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d, want 413", rec.Code)
		}
	})

	t.Run("a token that asks too often is told when to come back", func(t *testing.T) {
		for i := range 3 {
			got := w.Do(t, apitest.Admin, "GET", "/api/v1/profile", "").Want(200)
			//lint:ignore SA1008 sent in the contract's own spelling
			if left := got.Header()["X-RateLimit-Remaining"]; len(left) != 1 || left[0] != fmt.Sprint(2-i) {
				t.Errorf("remaining %v, want %d", left, 2-i)
			}
		}
		got := w.Do(t, apitest.Admin, "GET", "/api/v1/profile", "").Want(429)
		apitest.Golden(t, *update, "error_rate_limit", got.Body.Bytes())
		//lint:ignore SA1008 sent in the contract's own spelling
		if got.Header().Get("Retry-After") == "" || got.Header()["X-RateLimit-Limit"][0] != "3" {
			t.Errorf("headers %v", got.Header())
		}
		w.Do(t, apitest.Inside, "GET", "/api/v1/profile", "").Want(200)
	})
}
