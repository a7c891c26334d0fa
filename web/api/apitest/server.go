package apitest

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/edge"
)

// BaseURL begins the links in answers.
const BaseURL = "https://desk.example"

// Server is a dialect on a database of its own.
type Server struct {
	Pool *pgxpool.Pool
	Desk *desk.Desk
	Blob blob.Store
	API  *api.API
	Echo *echo.Echo
	// Careless is set by tests that send what no client should: their requests are not compared with the document.
	Careless bool
	// Sign puts a token into a request; New sets Chatwoot's header.
	Sign func(h http.Header, token string)
}

// New mounts a dialect, as in New(t, chatwoot.Routes). Before that, change may change the settings.
func New(t testing.TB, mount func(*echo.Echo, *api.API), change ...func(*api.Config)) *Server {
	t.Helper()
	pool := dbtest.New(t)
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &Server{Pool: pool, Desk: dbtest.Desk(t, pool, nil), Blob: store, Echo: echo.New()}
	b.Sign = func(h http.Header, token string) { h.Set("api_access_token", token) }
	c := api.Config{
		Pool:      pool,
		Desk:      b.Desk,
		Blob:      store,
		BaseURL:   BaseURL,
		RateLimit: -1,
		Version:   "test",
		Logger:    logger(t),
	}
	for _, fn := range change {
		fn(&c)
	}
	b.API = api.New(c)
	edge.Install(b.Echo, edge.Config{Logger: c.Logger, IsAPI: b.API.Owns})
	mount(b.Echo, b.API)
	return b
}

// Still stops the API's clock, so that limits by the minute or the day do not depend on how fast the machine is.
func Still(c *api.Config) {
	now := time.Now()
	c.Clock = func() time.Time { return now }
}

// logger writes to the test's log. A fuzz test may not log while it runs.
func logger(t testing.TB) *slog.Logger {
	if _, fuzzes := t.(*testing.F); fuzzes {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(testLog{t}, nil))
}

// testLog writes the log to the test, which shows it if it fails.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", bytes.TrimRight(p, "\n"))
	return len(p), nil
}

// Answer is a response.
type Answer struct {
	*httptest.ResponseRecorder
	t testing.TB
}

// Do sends a request with token, or without one if it is "". body is nil, a string or bytes that are sent as they are, or
// a value that is sent as JSON. headers are pairs of name and value, which replace what Do would set.
func (s *Server) Do(t testing.TB, token, method, path string, body any, headers ...string) Answer {
	t.Helper()
	var sent []byte
	switch v := body.(type) {
	case nil:
	case string:
		sent = []byte(v)
	case []byte:
		sent = v
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		sent = raw
	}
	req := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(sent))
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		s.Sign(req.Header, token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Echo.ServeHTTP(w, req)
	s.held(t, req, sent, w)
	return Answer{w, t}
}

// Want fails the test at once unless the answer has this status.
func (a Answer) Want(status int) Answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status %d, want %d: %s", a.Code, status, a.Body)
	}
	return a
}

// Into decodes the answer's JSON into v.
func (a Answer) Into(v any) Answer {
	a.t.Helper()
	if err := json.Unmarshal(a.Body.Bytes(), v); err != nil {
		a.t.Fatalf("%v: %s", err, a.Body)
	}
	return a
}

// Object returns the answer's JSON as a map.
func (a Answer) Object() map[string]any {
	a.t.Helper()
	m := map[string]any{}
	a.Into(&m)
	return m
}
