// Package api is what every REST dialect needs and none should write twice: who calls (token.go), how often they may
// (limit.go), what they sent (read.go, form.go, value.go, upload.go), writing once (write.go), answering
// (answer.go, page.go) and saying what went wrong (fail.go). JSON only.
//
// Not here: any endpoint, any field name, any error body. Those are a dialect's: one package each beside this one,
// which declares a Dialect, a table of Routes, and mounts both:
//
//	func Routes(e *echo.Echo, a *api.API) { a.Mount(e, dialect(), Table(a)) }
//
//	func (h *handlers) labelRoutes() []api.Route {
//		return []api.Route{
//			api.Get("/api/v1/accounts/:account/labels", api.Member, h.listLabels),
//			api.Post("/api/v1/accounts/:account/labels", api.Admin, h.createLabel),
//		}
//	}
//
// A read calls a query and answers; a write is one sitting at the desk. Both return their errors: rows that are not
// there (pgx.ErrNoRows), package fault's kinds, or Refuse for a status and a sentence of the contract's own. A dialect's
// contract is docs/api/contract-chatwoot.md, contract-ndoto.md or contract-qlara.md.
//
//	func (h *handlers) listLabels(c *api.Call) error {
//		rows, err := h.q.ListLabels(c.Ctx(), c.Account())
//		if err != nil {
//			return err
//		}
//		return c.Answer(labelsJSON(rows)) // c.Single for one resource: ETag and 304
//	}
//
//	func (h *handlers) createLabel(c *api.Call) error {
//		var in struct {
//			Title api.Text `json:"title"` // absent, null and "" are the same: in.Title.Ptr() == nil
//		}
//		if err := c.Read(&in, "label"); err != nil { // flat, or under the root key "label"; JSON or form
//			return err
//		}
//		return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { // claims the Idempotency-Key
//			row, err := t.CreateLabel(ctx, …)
//			return labelJSON(row), err // nil answers null, api.Empty() nothing, api.Status its own
//		})
//	}
package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/live"
)

// Config is what the APIs are made from.
type Config struct {
	Pool *pgxpool.Pool
	Desk *desk.Desk
	Blob blob.Store
	// Live and Presence are for the realtime channel, which is closed without them.
	Live     *live.Bus
	Presence *live.Presence
	// Passwords checks them, for signing in; the pages' own, so that both together compute no more at once.
	Passwords *auth.Passwords
	// BaseURL stands in front of every link that goes out, without a slash at its end.
	BaseURL string
	// RateLimit is how many requests a token may make in a minute: 0 takes the dialect's own figure, below 0 none.
	RateLimit int
	// MaxFile is the largest attachment in bytes; 0 is 40 MB.
	MaxFile int64
	// Pulse is how often a client of the realtime channel is asked for a sign of life; 0 is 15 seconds.
	Pulse time.Duration
	// Fetch gets files from other servers without reaching into private networks; nil fetches none.
	Fetch *http.Client
	// Closing ends open streams when the server stops; nil never does.
	Closing <-chan struct{}
	Logger  *slog.Logger
	// Clock is time.Now when nil.
	Clock func() time.Time
	// Version is what GET /api tells.
	Version string
}

// API is what the dialects share.
type API struct {
	Config
	// Q reads outside a sitting.
	Q *db.Queries
	// Pages makes deep pages of conversations cost what the first does.
	Pages *db.PageMap

	thumbs   *blob.Thumbnailer
	limits   *limits
	basics   *basics
	buffers  sync.Pool
	dialects []*Dialect
	touched  sync.Map // token id → the day it was last noted as used
	held     sync.WaitGroup
}

// Hold keeps the server from stopping until done is called: for connections that are taken from the HTTP server. They
// end when Closing does.
func (a *API) Hold() (done func()) {
	a.held.Add(1)
	return a.held.Done
}

// Wait returns when nothing is held any more, or when ctx ends.
func (a *API) Wait(ctx context.Context) error {
	free := make(chan struct{})
	go func() {
		defer close(free)
		a.held.Wait()
	}()
	select {
	case <-free:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// New makes the shared part. Mount the dialects after the pages' routes and error handler.
func New(c Config) *API {
	if c.MaxFile == 0 {
		c.MaxFile = 40 << 20
	}
	if c.Pulse == 0 {
		c.Pulse = 15 * time.Second
	}
	if c.Passwords == nil {
		c.Passwords = auth.NewPasswords()
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	return &API{Config: c, Q: db.New(c.Pool), Pages: db.NewPageMap(), thumbs: blob.NewThumbnailer(2), limits: newLimits(), basics: newBasics()}
}

// Mount adds a dialect's routes to e. The first one also teaches e to take an API path with a slash at its end, to
// tell browsers which paths pages of other sites may call, and to answer in a dialect's words where no handler got the request: unknown paths, wrong methods.
func (a *API) Mount(e *echo.Echo, d *Dialect, table []Route) {
	if len(a.dialects) == 0 {
		pages := e.HTTPErrorHandler
		e.HTTPErrorHandler = func(err error, c echo.Context) {
			if d := a.dialectOf(c.Request().URL.Path); d != nil {
				a.fail(c, d, err)
				return
			}
			pages(err, c)
		}
		e.Pre(a.trimSlash, a.otherOrigins())
	}
	a.dialects = append(a.dialects, d)
	for _, r := range table {
		e.Add(r.Method, r.Path, a.handle(d, r))
	}
}

// dialectOf finds the dialect with the longest prefix of the path.
func (a *API) dialectOf(path string) *Dialect {
	var best *Dialect
	length := 0
	for _, d := range a.dialects {
		if n := longestPrefix(path, d.Prefixes); n > length {
			best, length = d, n
		}
	}
	return best
}

// Owns reports whether path is under a prefix of a mounted dialect.
func (a *API) Owns(path string) bool { return a.dialectOf(path) != nil }

// trimSlash takes /inboxes/ for /inboxes: a redirect would lose a POST's body.
func (a *API) trimSlash(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if n := len(u.Path); n > 1 && u.Path[n-1] == '/' && a.Owns(u.Path) {
			u.Path, u.RawPath = u.Path[:n-1], strings.TrimSuffix(u.RawPath, "/")
		}
		return next(c)
	}
}

// Now is the clock of the APIs.
func (a *API) Now() time.Time { return a.Clock() }
