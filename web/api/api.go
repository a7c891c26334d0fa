// Package api holds what all REST dialects need: authentication (token.go, password.go), rate limits (limit.go), reading
// input (read.go, form.go, value.go, upload.go), idempotent writes (write.go), answers and paging (answer.go, page.go),
// and errors (fail.go). It speaks JSON only.
//
// Not here: endpoints, field names, error bodies. Those belong to the dialects. Each is a package beside this one, which
// declares a Dialect and a table of Routes, and mounts both:
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
// A read calls a query and answers; a write is one transaction of the desk. Both return their errors: pgx.ErrNoRows for
// a missing row, a kind of package fault, or Refuse for a status and a sentence that the contract defines. A dialect's
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
//			Title api.Text `json:"title"` // in.Title.Ptr() is nil if the title is absent, null or ""
//		}
//		if err := c.Read(&in, "label"); err != nil { // JSON or a form; flat, or under the key "label"
//			return err
//		}
//		return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { // claims the Idempotency-Key
//			row, err := t.CreateLabel(ctx, …)
//			return labelJSON(row), err // nil answers null; api.Empty() and api.Status say what to answer
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
	// Live and Presence serve the realtime channel. If they are nil, it accepts no connection.
	Live     *live.Bus
	Presence *live.Presence
	// Passwords checks passwords at sign-in. The pages use the same one, so that it bounds the work of both together.
	Passwords *auth.Passwords
	// BaseURL begins every link in answers and webhooks. New removes a slash at its end.
	BaseURL string
	// RateLimit is how many requests a token may make in a minute: 0 takes the dialect's own limit, a negative value
	// turns limits off.
	RateLimit int
	// MaxFile is the largest attachment in bytes; 0 is 40 MB.
	MaxFile int64
	// Pulse is how often the realtime channel pings its clients; 0 is 15 seconds.
	Pulse time.Duration
	// Fetch gets files from other servers, but not from private networks. If it is nil, no files are fetched.
	Fetch *http.Client
	// Closing is closed when the server stops, which ends open streams. It may be nil.
	Closing <-chan struct{}
	Logger  *slog.Logger
	// Clock is time.Now if nil.
	Clock func() time.Time
	// Version is shown by GET /api.
	Version string
}

// API is what the dialects share.
type API struct {
	Config
	// Q is for reads outside a transaction.
	Q *db.Queries
	// Pages makes every page of conversations as cheap as the first.
	Pages *db.PageMap

	limits   *limits
	basics   *basics
	buffers  sync.Pool
	dialects []*Dialect
	touched  sync.Map // token id → the day on which its use was last noted
	held     sync.WaitGroup
}

// Hold keeps Wait from returning until done is called. Connections that were hijacked from the HTTP server use it; they
// end when Closing is closed.
func (a *API) Hold() (done func()) {
	a.held.Add(1)
	return a.held.Done
}

// Wait returns when every Hold is done, or when ctx ends.
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

// New returns the part that the dialects share. Mount them after the pages' routes and error handler.
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
	return &API{
		Config: c,
		Q:      db.New(c.Pool),
		Pages:  db.NewPageMap(),
		limits: newLimits(),
		basics: newBasics(),
	}
}

// Mount adds a dialect's routes to e. The first call also sets up what holds for all dialects: needless slashes in a
// path are ignored, CORS headers name the paths that pages of other sites may call, and errors outside of handlers
// (unknown paths, wrong methods) get the body of the path's dialect.
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
		e.Pre(a.tidyPath, a.otherOrigins())
	}
	a.dialects = append(a.dialects, d)
	for _, r := range table {
		e.Add(r.Method, r.Path, a.handle(d, r))
	}
}

// dialectOf returns the dialect with the longest prefix of path, or nil.
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

// Prefixes are the paths under which a mounted dialect answers.
func (a *API) Prefixes() (all []string) {
	for _, d := range a.dialects {
		all = append(all, d.Prefixes...)
	}
	return all
}

// Owns reports whether path is under a prefix of a mounted dialect.
func (a *API) Owns(path string) bool { return a.dialectOf(path) != nil }

// Now returns the time by the API's clock.
func (a *API) Now() time.Time { return a.Clock() }
