package qlara_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/qlara"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	fixture := func(change func(*api.Config)) *apitest.Fixture {
		b := apitest.New(t, qlara.Routes, change, apitest.Still)
		sign(b)
		return apitest.NewFixture(t, b)
	}
	figure := func(h http.Header, name string) string { return strings.Join(h["X-RateLimit-"+name], ",") }

	t.Run("a key may ask 1,000 times a minute, 50 of them in a second, and every answer counts down", func(t *testing.T) {
		t.Parallel()
		w := fixture(func(c *api.Config) { c.RateLimit = 0 })
		first := w.Do(t, apitest.Key, "GET", inbox+"/assignable-users", "")
		if figure(first.Header(), "Limit") != "1000" || figure(first.Header(), "Remaining") != "999" || figure(first.Header(), "Reset") == "" {
			t.Errorf("headers %v", first.Header())
		}
		refused := 0
		for range 200 {
			if w.Do(t, apitest.Key, "GET", "/api/partner-gateway/v1/messages/status", "").Code == 429 {
				refused++
			}
		}
		if refused != 151 { // the first call counts towards the fifty
			t.Errorf("%d of 200 were refused", refused)
		}
		if got := w.Do(t, apitest.Nobody, "GET", inbox, "").Want(401); figure(got.Header(), "Limit") != "1000" ||
			figure(got.Header(), "Remaining") == "" {
			t.Errorf("headers of a refusal: %v", got.Header())
		}
	})

	t.Run("beyond the limit the body says for how long, as the header does", func(t *testing.T) {
		t.Parallel()
		w := fixture(func(c *api.Config) { c.RateLimit = 1 })
		w.Do(t, apitest.Key, "GET", inbox, "").Want(200)
		got := w.Do(t, apitest.Key, "GET", inbox, "").Want(429)
		body := got.Object()
		wait := got.Header().Get("Retry-After")
		if body["status"] != 429.0 || body["error"] != "Too Many Requests" || body["retryAfter"] != 60.0 || wait != "60" ||
			!strings.Contains(body["message"].(string), "60 seconds") {
			t.Errorf("%v, Retry-After %s", body, wait)
		}
	})
}
