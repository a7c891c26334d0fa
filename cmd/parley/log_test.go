package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/qlara"
	"github.com/parleydesk/parley/web/edge"
)

// everyRoute is the application without a database, so that whatever asks for one fails and is logged.
func everyRoute(log *slog.Logger) (*echo.Echo, *api.API) {
	e, apis := echo.New(), api.New(api.Config{Logger: log})
	edge.Install(e, edge.Config{Logger: log, IsAPI: apis.Owns})
	web.New(web.Config{Logger: log}).Routes(e)
	apis.Mount(e, chatwoot.Dialect(), chatwoot.Table(apis))
	apis.Mount(e, ndoto.Dialect(), ndoto.Table(apis))
	apis.Mount(e, qlara.Dialect(), qlara.Table(apis))
	return e, apis
}

// Who reads the log must not be able to open what the addresses in it open: one-time links, files, a contact's side.
func TestNoLineOfTheLogHoldsAKeyOfAnAddress(t *testing.T) {
	t.Parallel()
	const secretWord, secretNumber = "S3cretWord", "77310426"
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e, apis := everyRoute(logger)
	guarded, err := sameOrigin(e, apis.Prefixes(), Config{BaseURL: "https://desk.example"}, logger)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]bool{
		"token": true, "key": true, "uuid": true, "survey": true, "source": true, "identifier": true, "hash": true, "name": true,
	}
	ask := func(route *echo.Route, site string) {
		method, template := route.Method, route.Path
		var path []string
		for part := range strings.SplitSeq(template, "/") {
			switch {
			case strings.HasPrefix(part, ":") && secrets[part[1:]]:
				path = append(path, secretNumber)
			case strings.HasPrefix(part, ":"), part == "*":
				path = append(path, secretWord)
			default:
				path = append(path, part)
			}
		}
		if method == echo.RouteNotFound {
			method = http.MethodGet
		}
		r := httptest.NewRequestWithContext(t.Context(), method, strings.Join(path, "/")+"?q="+secretWord, nil)
		r.Header.Set("Sec-Fetch-Site", site)
		log.Reset()
		guarded.ServeHTTP(httptest.NewRecorder(), r)
		if log.Len() == 0 {
			t.Errorf("%s %s: no line of the log", route.Method, template)
		}
		if strings.Contains(log.String(), secretWord) || strings.Contains(log.String(), secretNumber) {
			t.Errorf("%s %s: the log holds what is in its address: %s", route.Method, template, log.String())
		}
	}
	for _, route := range e.Routes() {
		ask(route, "same-origin")
		ask(route, "cross-site")
	}

	for target, want := range map[string]string{
		"/accounts/41/conversations/7/thread": "" +
			"path=/accounts/:account/conversations/:conversation/thread params.account=41 params.conversation=7",
		"/password-resets/12345": "path=/password-resets/:token status",
	} {
		log.Reset()
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s: the log lacks %q: %s", target, want, log.String())
		}
	}
}
