package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/web/edge"
)

// fixture is an installation with an account, an inbox, and two who work there.
type fixture struct {
	*testing.T
	pool    *pgxpool.Pool
	q       *db.Queries
	app     *App
	echo    *echo.Echo
	bus     *live.Bus
	log     *bytes.Buffer
	account db.Account
	inbox   db.Inbox
	admin   db.User
	agent   db.User
}

// in is the same fixture in a sub-test.
func (h *fixture) in(t *testing.T) *fixture {
	other := *h
	other.T = t
	return &other
}

func setup(t *testing.T) *fixture {
	t.Helper()
	return setupOn(t, dbtest.New(t))
}

// setupOn is setup with a pool that the caller watches.
func setupOn(t *testing.T, pool *pgxpool.Pool) *fixture {
	t.Helper()
	h := bareOn(t, pool)
	h.account = dbtest.Account(t, h.pool, "Kestrel")
	h.inbox = dbtest.Inbox(t, h.pool, h.account, "Support")
	h.admin = dbtest.Admin(t, h.pool, h.account, "Ada Admin")
	h.agent = dbtest.Agent(t, h.pool, h.account, "Bo Agent", h.inbox)
	return h
}

// bare is an installation before its first run.
func bare(t *testing.T) *fixture {
	t.Helper()
	return bareOn(t, dbtest.New(t))
}

func bareOn(t *testing.T, pool *pgxpool.Pool) *fixture {
	t.Helper()
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &fixture{T: t, pool: pool, q: db.New(pool), log: &bytes.Buffer{}}
	logger := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelError}))
	h.bus = live.New(pool, logger)
	h.app = New(Config{
		Pool:      pool,
		Blob:      store,
		Live:      h.bus,
		Presence:  live.NewPresence(pool, h.bus, logger, time.Now),
		Passwords: auth.NewPasswords(),
		BaseURL:   "http://desk.example",
		Logger:    logger,
		Fetch:     http.DefaultClient,
		Desk:      dbtest.Desk(t, pool, h.bus.Publish),
	})
	h.echo = echo.New()
	edge.Install(h.echo, edge.Config{Logger: logger})
	h.app.Routes(h.echo)
	return h
}

// listen runs the bus for as long as the test lives.
func (h *fixture) listen() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { _ = h.bus.Run(ctx); close(ended) }()
	h.Cleanup(func() { cancel(); <-ended })
}

// conversation opens a conversation in which the customer has said something.
func (h *fixture) conversation(subject, text string) db.Conversation {
	h.Helper()
	c := dbtest.Conversation(h, h.pool, h.inbox, subject)
	dbtest.Message(h, h.pool, c, text)
	return dbtest.Reload(h, h.pool, c)
}

// browser is a user's browser, or a visitor's before they sign in.
type browser struct {
	*fixture
	cookies map[string]string
	headers map[string]string
}

func (h *fixture) nobody() *browser {
	return &browser{h, map[string]string{}, map[string]string{}}
}

// as is the browser of a user who has signed in.
func (h *fixture) as(u db.User) *browser {
	h.Helper()
	ctx, err := h.app.sessions.Load(context.Background(), "")
	if err != nil {
		h.Fatal(err)
	}
	h.app.sessions.Put(ctx, keyUser, u.ID)
	token, _, err := h.app.sessions.Commit(ctx)
	if err != nil {
		h.Fatal(err)
	}
	b := h.nobody()
	b.cookies[sessionCookie] = token
	return b
}

// in is the same browser in a sub-test.
func (b *browser) in(t *testing.T) *browser {
	return &browser{b.fixture.in(t), b.cookies, b.headers}
}

// script is the same browser asking as our scripts do, for an element.
func (b *browser) script(target string) *browser {
	return &browser{b.fixture, b.cookies, map[string]string{"HX-Request": "true", "HX-Target": target}}
}

// at says which page the script runs on.
func (b *browser) at(path string) *browser {
	b.headers["HX-Current-URL"] = "http://desk.example" + path
	return b
}

// seen is an answer.
type seen struct {
	*browser
	*httptest.ResponseRecorder
	page *goquery.Document
}

func (b *browser) do(method, path, kind string, body io.Reader) *seen {
	b.Helper()
	r := httptest.NewRequest(method, path, body)
	r.Host = "desk.example"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for name, v := range b.headers {
		r.Header.Set(name, v)
	}
	for name, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: v})
	}
	w := httptest.NewRecorder()
	b.echo.ServeHTTP(w, r)
	for _, k := range w.Result().Cookies() {
		b.cookies[k.Name] = k.Value
	}
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		b.Fatal(err)
	}
	return &seen{b, w, page}
}

func (b *browser) get(path string) *seen { b.Helper(); return b.do(http.MethodGet, path, "", nil) }

func (b *browser) post(path string, form url.Values) *seen {
	b.Helper()
	return b.do(http.MethodPost, path, echo.MIMEApplicationForm, strings.NewReader(form.Encode()))
}

// postAndOpen posts a form that leads to another page, and opens that.
func (b *browser) postAndOpen(path string, form url.Values) *seen {
	b.Helper()
	return b.get(b.post(path, form).status(http.StatusSeeOther).Header().Get("Location")).status(http.StatusOK)
}

func (b *browser) put(path string, form url.Values) *seen {
	b.Helper()
	return b.do(http.MethodPut, path, echo.MIMEApplicationForm, strings.NewReader(form.Encode()))
}

// send posts a form with files, as a browser without scripts does.
func (b *browser) send(path string, form url.Values, files map[string]string) *seen {
	b.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, v := range values {
			_ = w.WriteField(name, v)
		}
	}
	for name, content := range files {
		p, err := w.CreateFormFile("file", name)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = p.Write([]byte(content))
	}
	_ = w.Close()
	return b.do(http.MethodPost, path, w.FormDataContentType(), &body)
}

func (s *seen) status(want int) *seen {
	s.Helper()
	if s.Code != want {
		s.Fatalf("status %d, want %d: %s\n%s", s.Code, want, s.text("body"), s.log)
	}
	return s
}

// to tells where the answer leads.
func (s *seen) to(want string) *seen {
	s.Helper()
	s.status(http.StatusSeeOther)
	if got := s.Header().Get("Location"); got != want {
		s.Fatalf("leads to %q, want %q", got, want)
	}
	return s
}

// text is the text of what a selector finds, with single spaces.
func (s *seen) text(selector string) string {
	return strings.Join(strings.Fields(s.page.Find(selector).Text()), " ")
}

// has wants so many of what a selector finds.
func (s *seen) has(selector string, want int) *seen {
	s.Helper()
	if got := s.page.Find(selector).Length(); got != want {
		s.Fatalf("%d of %s, want %d:\n%s", got, selector, want, s.Body.String()[:min(s.Body.Len(), 3000)])
	}
	return s
}

// reads wants a selector's text to hold words.
func (s *seen) reads(selector, want string) *seen {
	s.Helper()
	if got := s.text(selector); !strings.Contains(got, want) {
		s.Fatalf("%s reads %q, want %q in it", selector, got, want)
	}
	return s
}

// attr is an attribute of the first that a selector finds.
func (s *seen) attr(selector, name string) string {
	v, _ := s.page.Find(selector).First().Attr(name)
	return v
}

// events are the kinds of a conversation's events in their order.
func (h *fixture) events(c db.Conversation) []string {
	h.Helper()
	const query = "SELECT kind FROM events WHERE account_id = $1 AND conversation_id = $2 ORDER BY id"
	rows, err := h.pool.Query(h.Context(), query, c.AccountID, c.ID)
	if err != nil {
		h.Fatal(err)
	}
	kinds, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		h.Fatal(err)
	}
	return kinds
}

// messages are what was said in a conversation, oldest first.
func (h *fixture) messages(c db.Conversation) []db.ListThreadRow {
	h.Helper()
	rows, err := h.q.ListThread(context.Background(), db.ListThreadParams{
		AccountID:      c.AccountID,
		ConversationID: c.ID,
		BeforeID:       1 << 60,
		PageSize:       100,
	})
	if err != nil {
		h.Fatal(err)
	}
	var talk []db.ListThreadRow
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Message.Kind != db.MessageKindActivity {
			talk = append(talk, rows[i])
		}
	}
	return talk
}
