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

// BaseURL stands in front of the links that answers hold.
const BaseURL = "https://desk.example"

// Bench is a dialect at work on a database of its own.
type Bench struct {
	Pool *pgxpool.Pool
	Desk *desk.Desk
	Blob blob.Store
	API  *api.API
	Echo *echo.Echo
	// Careless is a test that sends what no client should: its requests are not held against the document.
	Careless bool
	// Sign puts a token into a request; New gives Chatwoot's header.
	Sign func(h http.Header, token string)
}

// New mounts a dialect: New(t, chatwoot.Routes). change, if any, alters the settings first.
func New(t testing.TB, mount func(*echo.Echo, *api.API), change ...func(*api.Config)) *Bench {
	t.Helper()
	pool := dbtest.New(t)
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &Bench{Pool: pool, Desk: dbtest.Desk(t, pool, nil), Blob: store, Echo: echo.New()}
	b.Sign = func(h http.Header, token string) { h.Set("api_access_token", token) }
	c := api.Config{Pool: pool, Desk: b.Desk, Blob: store, BaseURL: BaseURL, RateLimit: -1, Version: "test", Logger: slog.New(slog.NewTextHandler(testLog{t}, nil))}
	for _, fn := range change {
		fn(&c)
	}
	b.API = api.New(c)
	edge.Install(b.Echo, edge.Config{Logger: c.Logger, IsAPI: b.API.Owns})
	mount(b.Echo, b.API)
	return b
}

// Still stops the clock of a bench: what counts by the minute or the day counts the same on a slow machine.
func Still(c *api.Config) {
	now := time.Now()
	c.Clock = func() time.Time { return now }
}

// testLog writes the log where a failing test shows it.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", bytes.TrimRight(p, "\n"))
	return len(p), nil
}

// Answer is what came back.
type Answer struct {
	*httptest.ResponseRecorder
	t testing.TB
}

// Do sends a request as the owner of token ("" for nobody). body is nil, a string that is sent as it is, or a value
// that is sent as JSON; headers come in pairs and win.
func (b *Bench) Do(t testing.TB, token, method, path string, body any, headers ...string) Answer {
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
		b.Sign(req.Header, token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.Echo.ServeHTTP(w, req)
	b.held(t, req, sent, w)
	return Answer{w, t}
}

// Want ends the test unless the answer has this status.
func (a Answer) Want(status int) Answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status %d, want %d: %s", a.Code, status, a.Body)
	}
	return a
}

// Into decodes the answer's JSON.
func (a Answer) Into(v any) Answer {
	a.t.Helper()
	if err := json.Unmarshal(a.Body.Bytes(), v); err != nil {
		a.t.Fatalf("%v: %s", err, a.Body)
	}
	return a
}

// Object is the answer's JSON as a map.
func (a Answer) Object() map[string]any {
	a.t.Helper()
	m := map[string]any{}
	a.Into(&m)
	return m
}
