package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/qlara"
)

func TestClientAddress(t *testing.T) {
	t.Parallel()
	proxies := networks{}
	if err := proxies.UnmarshalText([]byte("10.0.0.0/8, 192.0.2.7, 2001:db8::/32")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, peer, forwarded, want string
		trusted                     networks
	}{
		{"nobody is trusted by default, not even this machine", "127.0.0.1:1", "203.0.113.9", "127.0.0.1", nil},
		{"a private address is not a trusted one", "192.168.1.1:1", "203.0.113.9", "192.168.1.1", proxies},
		{"a stranger's word is not taken", "198.51.100.1:1", "203.0.113.9", "198.51.100.1", proxies},
		{"a trusted proxy is believed", "10.1.2.3:1", "203.0.113.9", "203.0.113.9", proxies},
		{"a single address can be trusted", "192.0.2.7:1", "203.0.113.9", "203.0.113.9", proxies},
		{"so can one of version 6", "[2001:db8::1]:1", "203.0.113.9", "203.0.113.9", proxies},
		{"what stands before the nearest stranger is not read", "10.1.2.3:1", "1.1.1.1, 203.0.113.9, 10.9.9.9", "203.0.113.9", proxies},
		{"without the header it is the peer", "10.1.2.3:1", "", "10.1.2.3", proxies},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.peer
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			if got := clientAddress(c.trusted)(r); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestInsiders(t *testing.T) {
	t.Parallel()
	cfg := Config{}
	for to, text := range map[*networks]string{&cfg.TrustedProxies: "10.0.0.1", &cfg.Metrics: "203.0.113.0/24"} {
		if err := to.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	inside := insiders(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }),
		clientAddress(cfg.TrustedProxies),
		cfg,
	)
	for _, c := range []struct {
		name, peer, forwarded string
		want                  int
	}{
		{"this machine", "127.0.0.1:1", "", 200},
		{"this machine, version 6", "[::1]:1", "", 200},
		{"a private network", "192.168.0.9:1", "", 200},
		{"the internet", "198.51.100.1:1", "", 404},
		{"a network that was let in", "203.0.113.9:1", "", 200},
		{"the internet through a trusted proxy", "10.0.0.1:1", "198.51.100.1", 404},
		{"a private network through a trusted proxy", "10.0.0.1:1", "192.168.0.9", 200},
		{"anybody through a proxy on this machine that nobody told us of", "127.0.0.1:1", "127.0.0.1", 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			r.RemoteAddr = c.peer
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
			w := httptest.NewRecorder()
			inside.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d", w.Code, c.want)
			}
		})
	}
}

func TestAnyTraceOfAProxyMakesARequestAnOutsiders(t *testing.T) {
	t.Parallel()
	inside := insiders(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }),
		clientAddress(nil),
		Config{},
	)
	for _, header := range []string{
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Server", "Forwarded", "X-Real-IP", "Via",
		"CF-Connecting-IP", "True-Client-IP", "X-Client-IP",
	} {
		for _, value := range []string{"127.0.0.1", ""} {
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			r.RemoteAddr = "127.0.0.1:1"
			r.Header.Set(header, value)
			w := httptest.NewRecorder()
			if inside.ServeHTTP(w, r); w.Code != 404 {
				t.Errorf("%s: %q is answered %d", header, value, w.Code)
			}
			if onThisMachine(r) {
				t.Errorf("%s: %q comes from this machine", header, value)
			}
		}
	}
}

func TestSameOrigin(t *testing.T) {
	t.Parallel()
	apis := slices.Concat(chatwoot.Dialect().Prefixes, ndoto.Dialect().Prefixes, qlara.Dialect().Prefixes)
	app := echo.New()
	app.Any("/*", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	guarded, err := sameOrigin(app, apis, Config{BaseURL: "https://desk.example"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, method, path, header, value string
		want                              int
	}{
		{"a form of our own", "POST", "/login", "Sec-Fetch-Site", "same-origin", 200},
		{"a form of another site", "POST", "/login", "Sec-Fetch-Site", "cross-site", 403},
		{"a form of a sibling host", "POST", "/login", "Sec-Fetch-Site", "same-site", 403},
		{"another origin, from an old browser", "POST", "/login", "Origin", "https://evil.example", 403},
		{"no origin at all", "POST", "/login", "Origin", "null", 403},
		{"the base URL, though a proxy changed the host", "POST", "/login", "Origin", "https://desk.example", 200},
		{"a write that is no form", "DELETE", "/accounts/1/uploads/x", "Sec-Fetch-Site", "cross-site", 403},
		{"reading", "GET", "/login", "Sec-Fetch-Site", "cross-site", 200},
		{"no browser", "POST", "/login", "", "", 200},
		{"the API of Chatwoot", "POST", "/api/v1/accounts/1/contacts", "Sec-Fetch-Site", "cross-site", 200},
		{"the public API", "POST", "/public/api/v1/inboxes/x/contacts", "Origin", "https://shop.example", 200},
		{"the platform API", "POST", "/platform/api/v1/users", "Origin", "https://shop.example", 200},
		{"the API of Ndoto", "POST", "/ndoto/api/v1/inbox", "Origin", "https://shop.example", 200},
		{"the API of Qlara", "POST", "/qlara/conversations", "Origin", "https://shop.example", 200},
		{"signing in to the API", "POST", "/auth/sign_in", "Origin", "https://shop.example", 200},
		{"a page whose name only begins like an API's", "POST", "/apis", "Origin", "https://shop.example", 403},
		{"a page that hides behind an API's path", "POST", "/api/../login", "Origin", "https://shop.example", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(c.method, c.path, nil)
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			w := httptest.NewRecorder()
			guarded.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d", w.Code, c.want)
			}
		})
	}
}
