package edge_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/edge"
)

func TestReadsAreBoundedAndWritesAndStreamsAreNot(t *testing.T) {
	t.Parallel()
	e := echo.New()
	edge.Install(e, edge.Config{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), ReadLimit: time.Millisecond})
	var seen error
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if seen = err; c.Request().Context().Err() != nil {
			t.Error("the error's page has no time")
		}
		_ = c.NoContent(http.StatusServiceUnavailable)
	}
	handler := func(c echo.Context) error {
		if limit, bounded := c.Request().Context().Deadline(); !bounded || time.Until(limit) > time.Second {
			return c.NoContent(http.StatusNoContent)
		}
		<-c.Request().Context().Done()
		return c.Request().Context().Err()
	}
	for _, route := range []string{
		"/page", "/api/filter", "/reports/agents", "/csat/download", "/files/:key", "/live", "/cable", "/live_reports/agents", "/events",
	} {
		e.GET(route, handler)
		e.POST(route, handler)
	}
	for _, test := range []struct {
		method, target string
		code           int
	}{
		{http.MethodGet, "/page", 503},
		{http.MethodHead, "/page", 503},
		{http.MethodPost, "/page", 204},
		{http.MethodPost, "/api/filter", 503},
		{http.MethodGet, "/reports/agents", 204}, // a minute
		{http.MethodGet, "/csat/download", 204},
		{http.MethodGet, "/live_reports/agents", 204},
		{http.MethodGet, "/files/key", 204},
		{http.MethodGet, "/live", 204},
		{http.MethodGet, "/cable", 204},
		{http.MethodGet, "/events", 503},
	} {
		seen = nil
		if got := ask(t, e, test.method, test.target); got.Code != test.code || (test.code == 503) != errors.Is(seen, edge.ErrSlow) {
			t.Errorf("%s %s: %d, %v", test.method, test.target, got.Code, seen)
		}
	}
	if got := ask(t, e, http.MethodGet, "/events", "Accept", "text/event-stream"); got.Code != 204 {
		t.Errorf("a stream of events: %d", got.Code)
	}
	if got := ask(t, e, http.MethodGet, "/page", "Accept", "text/event-stream"); got.Code != 503 {
		t.Errorf("a page that is asked for as a stream: %d", got.Code)
	}
}
