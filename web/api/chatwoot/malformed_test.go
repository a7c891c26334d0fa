package chatwoot_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

// Whatever is sent, it is the sender's mistake: 1,000 malformed requests over the whole table, no 5xx.
func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	w := world(t)
	w.Bench.Careless = true
	table := chatwoot.Table(w.Bench.API)
	r := rand.New(rand.NewPCG(7, 9))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	junk := func() string {
		return pick("null", "true", "-1", "0", "1e999", "99999999999999999999", `""`, `"\ud800"`, `"a\u0000"`, `"'; DROP TABLE messages; --"`, "[]", "[[]]", "{}",
			`{"a": null}`, `"`+strings.Repeat("x", 3000)+`"`, `["a", {"b": [1]}]`, "[-1, 0, \"x\"]", `"2026-13-45"`, `"\\x"`, "1.5", `{"\ud800": "\udfff"}`)
	}
	keys := []string{
		"content", "message_type", "content_type", "content_attributes", "private", "attachments", "source_id", "inbox_id", "contact_id", "status", "snoozed_until",
		"priority", "labels", "user_ids", "assignee_id", "team_id", "payload", "custom_attributes", "additional_attributes", "message", "name", "email", "phone_number",
		"identifier", "ids", "fields", "type", "external_created_at", "template_params", "blob", "draft_message", "sender_id", "echo_id", "color", "title", "url", "subscriptions",
		"settings", "conditions", "actions", "values", "role", "availability", "channel", "working_hours", "attribute_key", "since", "until", "metric",
	}
	object := func() string {
		var b strings.Builder
		b.WriteString("{")
		for i := range 1 + r.IntN(6) {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%q: %s", keys[r.IntN(len(keys))], junk())
		}
		return b.String() + "}"
	}
	for i := range 1000 {
		route := table[r.IntN(len(table))]
		path := route.Path
		for name := range w.Vars {
			if r.IntN(6) == 0 && name != "account" {
				path = strings.ReplaceAll(path, ":"+name, pick("-1", "0", "abc", "99999999999999999999", "1%00", "%ff", "..", "1;2", "%2e%2e"))
			}
		}
		path = w.Fill(path)
		if r.IntN(5) == 0 {
			path += "?" + keys[r.IntN(len(keys))] + "=" + pick("%00", "%ff", "-1", "abc", "9223372036854775808", "[]", "1e9", "%27") + "&page=" + pick("0", "-1", "x", "99999999999", "1e3") +
				"&" + pick("cursor", "limit", "before", "after", "sort_by", "sort", "q", "status", "since") + "=" + pick("AA", "-5", "W251bGwsbnVsbF0", "%f0%28", "9e99", "'")
		}
		body := pick(object(), object(), object(), object(), object(), object(), object(), object(), object(), object(), junk(), "{", "\xff\xfe", strings.Repeat("[", 500), `{"payload": [{"attribute_key": "status", "filter_operator": "equal_to", "values": `+junk()+`}]}`)
		kind := pick("application/json", "application/json", "application/json", "application/json", "application/json", "application/json", "application/json", "application/json", "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/html", "")
		caller := []apitest.Caller{apitest.Admin, apitest.Admin, apitest.Inside, apitest.Bot}[r.IntN(4)]
		if strings.HasSuffix(route.Path, "/events") {
			kind = "application/json"
		}
		got := w.Bench.Do(t, w.Tokens[caller], route.Method, path, body, "Content-Type", kind, "Idempotency-Key", pick("", "", "k", "\x01"))
		if got.Code >= 500 {
			t.Errorf("%d: %s %s as %s\n%s: %.300s\n%s", i, route.Method, path, caller, kind, body, got.Body)
		}
	}
}

func FuzzFilter(f *testing.F) {
	w := world(f)
	for _, seed := range []string{
		`[{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"]}]`,
		`[{"attribute_key": "created_at", "filter_operator": "days_before", "values": [3], "query_operator": "or"}, {"attribute_key": "labels", "filter_operator": "is_present"}]`,
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
	w := apitest.NewWorld(t, apitest.New(t, mount, func(c *api.Config) { c.RateLimit = 3 }))

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
		w.Bench.Sign(req.Header, w.Tokens[apitest.Inside])
		rec := httptest.NewRecorder()
		w.Bench.Echo.ServeHTTP(rec, req)
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
