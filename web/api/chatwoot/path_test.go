package chatwoot_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

// Clients put a base address with a slash at its end before a path, or leave an id empty, or name the format.
func TestPaths(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Server.Careless = true
	do := func(t *testing.T, c apitest.Caller, method, path, body string) apitest.Answer {
		t.Helper()
		return w.Do(t, c, method, path, body)
	}

	t.Run("slashes that follow one another are one, whatever the method", func(t *testing.T) {
		for _, path := range []string{
			v1 + "//", "/" + v1, "//api/v1/profile", "/api//v1/profile", "/api/v1//profile///", v1 + "//conversations",
			cs + "//", cs + "/:conversation//messages", "//api//v2/accounts/:account/summary_reports//agent/",
		} {
			do(t, apitest.Admin, "GET", path, "").Want(200)
		}
		do(t, apitest.Admin, "POST", "/"+v1+"/contacts", `{"name": "Twice"}`).Want(200)
		do(t, apitest.Admin, "PATCH", v1+"//", `{"name": "Kestrel"}`).Want(200)
		if got := do(t, apitest.Admin, "GET", v1, "").Want(200).Object(); got["name"] != "Kestrel" {
			t.Errorf("the account is %v", got)
		}
		do(t, apitest.Nobody, "GET", "//public//api/v1/inboxes/nowhere/", "").Want(404)
		do(t, apitest.Nobody, "POST", "//auth//sign_in/", `{}`).Want(401)
		do(t, apitest.Nobody, "GET", "//platform/api//v1/accounts", "").Want(401)
		do(t, apitest.Nobody, "GET", "//cable//", "").Want(426)
	})

	t.Run("a page of another site may ask by such a path", func(t *testing.T) {
		req := httptest.NewRequest("OPTIONS", "//api/v1//profile", strings.NewReader(""))
		req.Header.Set("Origin", "https://shop.example")
		req.Header.Set("Access-Control-Request-Method", "GET")
		rec := httptest.NewRecorder()
		w.Server.Echo.ServeHTTP(rec, req)
		if rec.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("the preflight: %d %v", rec.Code, rec.Header())
		}
	})

	t.Run("an encoded slash is none, and the query stays as it is", func(t *testing.T) {
		do(t, apitest.Admin, "GET", "/api%2Fv1/profile", "").Want(404)
		do(t, apitest.Admin, "GET", v1+"/conversations%2F%2F", "").Want(404)
		got := do(t, apitest.Admin, "GET", v1+"//contacts//search/?q=a%2F%2Fb//", "").Want(200)
		if got.Header().Get("Location") != "" {
			t.Errorf("headers %v", got.Header())
		}
	})

	t.Run("a POST may name another method in its header", func(t *testing.T) {
		override := func(method, path, body string, want int) apitest.Answer {
			return w.Do(t, apitest.Admin, "POST", path, body, "X-HTTP-Method-Override", method).Want(want)
		}
		if got := override("PATCH", v1, `{"name": "Kestrel 2"}`, 200).Object(); got["name"] != "Kestrel 2" {
			t.Errorf("the account is %v", got)
		}
		id := number(w.Do(t, apitest.Admin, "POST", v1+"/labels", `{"title": "later"}`).Want(200).Object()["id"])
		override("delete", v1+"/labels/"+id, "", 200)
		override("GET", v1, "", 405)
		override("TRACE", v1, "", 405)
	})

	t.Run(".json at the end names the format", func(t *testing.T) {
		for _, path := range []string{
			"/api/v1/profile.json", "/api/v1/accounts/{account}.json", cs + ".json", cs + "/{conversation}.json", v1 + "/labels.json/",
		} {
			do(t, apitest.Admin, "GET", path, "").Want(200)
		}
		do(t, apitest.Admin, "POST", v1+"/contacts.json", `{"name": "Json"}`).Want(200)
		do(t, apitest.Nobody, "POST", "/auth/sign_in.json", `{}`).Want(401)
		do(t, apitest.Admin, "GET", "/api/v1/profile.xml", "").Want(404)
	})
}
