package web

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := setup(t)
	got := h.as(h.agent).get(link.Conversations(h.account.ID)).status(200)
	csp := got.Header().Get("Content-Security-Policy")
	if strings.Contains(csp, "unsafe") || !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'; style-src 'self'") ||
		!strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("policy %q", csp)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		"Referrer-Policy": "same-origin",
	} {
		if v := got.Header().Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	got.has("[style]", 0).has("script:not([src])", 0).has("style", 0)
	got.page.Find("*").Each(func(_ int, e *goquery.Selection) {
		for _, a := range e.Nodes[0].Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("an inline handler: %s", a.Key)
			}
		}
	})
}

func TestCompression(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as(h.agent)
	b.headers["Accept-Encoding"] = "gzip"
	got := b.get(link.Conversations(h.account.ID)).status(200)
	z, err := gzip.NewReader(got.Body)
	if err != nil || got.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal(err, got.Header())
	}
	plain, err := io.ReadAll(z)
	if err != nil || !strings.Contains(string(plain), "</html>") {
		t.Fatal(err)
	}
}

func TestUnmatched(t *testing.T) {
	t.Parallel()
	h := setup(t)
	inbox := link.Conversations(h.account.ID)
	b := h.as(h.agent)
	ask := func(t *testing.T, method, path string) *seen { return b.in(t).do(method, path, "", nil) }

	t.Run("a wrong method is told from a wrong address", func(t *testing.T) {
		if allow := ask(t, http.MethodDelete, inbox+"/new").status(405).Header().Get("Allow"); allow != "GET, HEAD, OPTIONS" {
			t.Errorf("Allow: %q", allow)
		}
		if allow := ask(t, http.MethodPut, "/login").status(405).Header().Get("Allow"); allow != "GET, HEAD, POST, OPTIONS" {
			t.Errorf("Allow: %q", allow)
		}
		ask(t, http.MethodGet, "/logout").status(405)
		ask(t, http.MethodGet, "/nowhere").status(404)
		ask(t, http.MethodDelete, link.Account(h.account.ID)+"/nowhere").status(404)
	})

	t.Run("what can be read can be asked for by HEAD, and told by OPTIONS", func(t *testing.T) {
		ask(t, http.MethodHead, inbox).status(200)
		ask(t, http.MethodHead, link.Account(h.account.ID)+"/live").status(405) // a stream has no end
		ask(t, http.MethodHead, "/nowhere").status(404)
		ask(t, http.MethodOptions, inbox).status(204)
	})

	t.Run("a slash too many leads to the page", func(t *testing.T) {
		got := ask(t, http.MethodGet, inbox+"/?view=all").status(308)
		if to := got.Header().Get("Location"); to != inbox+"?view=all" {
			t.Errorf("leads to %q", to)
		}
		ask(t, http.MethodGet, "//elsewhere.example/login/").status(404)
	})

	t.Run("an address that is no text does not come to the database", func(t *testing.T) {
		ask(t, http.MethodGet, "/files/%00/name").status(400)
		ask(t, http.MethodGet, "/files/%ff/name").status(400)
	})
}

func TestFailures(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.echo.GET("/panics", func(echo.Context) error { panic("the secret plan") })
	h.echo.GET("/fails", func(echo.Context) error { return errors.New("the secret reason") })

	h.echo.GET("/asks", func(c echo.Context) error {
		_, err := h.q.AddTeamMember(c.Request().Context(), db.AddTeamMemberParams{AccountID: h.account.ID, TeamID: 404, UserID: h.agent.ID})
		return err
	})
	h.nobody().get("/asks").status(http.StatusInternalServerError)
	if !strings.Contains(h.log.String(), "AddTeamMember: ") {
		t.Errorf("the log does not name the query that failed: %s", h.log)
	}

	for _, path := range []string{"/panics", "/fails"} {
		got := h.nobody().get(path).status(http.StatusInternalServerError).reads("h1", "Something went wrong")
		if id := got.Header().Get("X-Request-Id"); id == "" || !strings.Contains(got.Body.String(), id) || !strings.Contains(h.log.String(), id) {
			t.Errorf("the id %q leads from the page to the log", id)
		}
		if strings.Contains(got.Body.String(), "secret") || !strings.Contains(h.log.String(), "secret") {
			t.Error("the reason belongs into the log and nowhere else")
		}
	}
	h.nobody().script("x").get("/fails").status(http.StatusInternalServerError).has(".callout[data-state=failed]", 1).has("html link", 0)
	h.nobody().get("/no/such/page").status(http.StatusNotFound).reads("h1", "Nothing here")
	got := h.nobody()
	got.headers["X-Request-Id"] = "from-the-proxy-1"
	if id := got.get("/login").Header().Get("X-Request-Id"); id != "from-the-proxy-1" {
		t.Errorf("the proxy's id became %q", id)
	}
	got.headers["X-Request-Id"] = "<script>alert(1)</script>"
	if id := got.get("/login").Header().Get("X-Request-Id"); strings.Contains(id, "<") {
		t.Errorf("a forged id passed: %q", id)
	}
}
