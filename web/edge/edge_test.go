package edge_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/edge"
)

// behind is an echo with the edge in front of a few routes; paths under /api are a program's.
func behind(log io.Writer) *echo.Echo {
	e := echo.New()
	edge.Install(e, edge.Config{
		Logger: slog.New(slog.NewJSONHandler(log, nil)),
		IsAPI:  func(path string) bool { return strings.HasPrefix(path, "/api/") },
	})
	long := map[string]string{"words": strings.Repeat("word ", 1000)}
	e.GET("/page", func(c echo.Context) error {
		edge.SetUser(c, 7)
		return c.JSON(http.StatusOK, long)
	})
	e.POST("/page", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	e.GET("/api/rows", func(c echo.Context) error { return c.JSON(http.StatusOK, long) })
	e.GET("/api/panic", func(echo.Context) error { panic("the secret plan") })
	e.GET("/abort", func(echo.Context) error { panic(http.ErrAbortHandler) })
	return e
}

// ask sends a request with headers in pairs.
func ask(t *testing.T, e *echo.Echo, method, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, r)
	return rec
}

func TestARequestHasAnIdAndALineOfTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	got := ask(t, behind(&log), http.MethodGet, "/page?q=a+name", "X-Request-Id", "from-the-proxy-1")
	if id := got.Header().Get("X-Request-Id"); id != "from-the-proxy-1" {
		t.Errorf("the proxy's id became %q", id)
	}
	var line struct {
		ID, Path, Method string
		Status, User     int
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err, log.String())
	}
	if line.ID != "from-the-proxy-1" || line.Path != "/page" || line.Method != "GET" || line.Status != 200 || line.User != 7 {
		t.Errorf("the line is %s", log.String())
	}
	if strings.Contains(log.String(), "name") {
		t.Errorf("the query is in the log: %s", log.String())
	}
	for _, forged := range []string{"short", "<script>alert(1)</script>", strings.Repeat("a", 65)} {
		id := ask(t, behind(io.Discard), http.MethodGet, "/page", "X-Request-Id", forged).Header().Get("X-Request-Id")
		if id == forged || len(id) != 16 {
			t.Errorf("%q passed as %q", forged, id)
		}
	}
}

func TestAPanicIsAnErrorAndAnAbortIsNot(t *testing.T) {
	t.Parallel()
	e, seen := behind(io.Discard), ""
	answer := e.HTTPErrorHandler
	e.HTTPErrorHandler = func(err error, c echo.Context) { seen = err.Error(); answer(err, c) }
	got := ask(t, e, http.MethodGet, "/api/panic", "Accept-Encoding", "gzip")
	if got.Code != http.StatusInternalServerError || strings.Contains(got.Body.String(), "secret") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if !strings.Contains(seen, "the secret plan") || !strings.Contains(seen, "edge_test.go") {
		t.Errorf("the error says %q, want the reason and where it came from", seen)
	}
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("an aborted answer looks like a whole one")
		}
	}()
	ask(t, e, http.MethodGet, "/abort")
}

func TestOnlyAnAPIsJSONIsCompressed(t *testing.T) {
	t.Parallel()
	e := behind(io.Discard)
	got := ask(t, e, http.MethodGet, "/api/rows", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(got.Body)
	if err != nil || got.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal(err, got.Header())
	}
	if raw, err := io.ReadAll(z); err != nil || !json.Valid(raw) {
		t.Fatal(err)
	}
	for _, plain := range [][]string{{"/page", "Accept-Encoding", "gzip"}, {"/api/rows"}, {
		"/api/rows", "Accept-Encoding", "gzip", "Upgrade", "websocket",
	}} {
		if got := ask(t, e, http.MethodGet, plain[0], plain[1:]...); got.Header().Get("Content-Encoding") != "" || got.Code != 200 {
			t.Errorf("%v: %d %v", plain, got.Code, got.Header())
		}
	}
}

func TestAnAddressIsText(t *testing.T) {
	t.Parallel()
	e := behind(io.Discard)
	for target, want := range map[string]int{
		"/page?q=%00": 200, "/page%00": 400, "/page%ff": 400, // a page cleans its query itself
		"/api/rows?q=%00": 400, "/api/rows?%ff=1": 400, "/api/rows?q=%C3%A9": 200, "/api/rows%00": 400,
	} {
		if got := ask(t, e, http.MethodGet, target); got.Code != want {
			t.Errorf("%s: %d, want %d", target, got.Code, want)
		}
	}
}

func TestWhatNoRouteTakes(t *testing.T) {
	t.Parallel()
	e := behind(io.Discard)
	for _, test := range []struct {
		method, target string
		code           int
		header, want   string
	}{
		{http.MethodHead, "/page", 200, "Allow", ""},
		{http.MethodDelete, "/page", 405, "Allow", "GET, HEAD, POST, OPTIONS"},
		{http.MethodOptions, "/page", 204, "Allow", "GET, HEAD, POST, OPTIONS"},
		{http.MethodGet, "/page/?q=1", 308, "Location", "/page?q=1"},
		{http.MethodGet, "/nowhere", 404, "Allow", ""},
	} {
		got := ask(t, e, test.method, test.target)
		if got.Code != test.code || got.Header().Get(test.header) != test.want {
			t.Errorf(
				"%s %s: %d, %s %q; want %d, %q", test.method, test.target, got.Code, test.header, got.Header().Get(test.header),
				test.code, test.want,
			)
		}
	}
}
