// Package web is the pages for agents: handlers, one file per page or resource, that read with queries, write with
// the verbs of the desk, and answer in HTML. A handler returns an error or ends in one of the four ways of
// answer.go; what an error looks like is decided in fail.go alone.
//
// Not here: what happens at a helpdesk (internal/desk), how a page looks (views, static), and JSON (web/api).
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/live"
)

// Config is what the pages need from the rest of the program.
type Config struct {
	Pool      *pgxpool.Pool
	Desk      *desk.Desk
	Blob      blob.Store
	Live      *live.Bus
	Presence  *live.Presence
	Passwords *auth.Passwords
	// BaseURL is how people reach Parley, without a slash at its end; links in messages begin with it.
	BaseURL string
	Logger  *slog.Logger
	// Secure is set where browsers use HTTPS: cookies are then sent over nothing else.
	Secure bool
	// Version is shown on the sign-in page.
	Version string
	// Fetch calls translation providers without reaching into private networks. Nil calls none.
	Fetch *http.Client
	// SecurityContacts are where a vulnerability is reported, as URLs.
	SecurityContacts []string
	// SetupCode is what the first run asks for, but of a browser on this very machine, as OnThisMachine says. Empty: of
	// nobody.
	SetupCode     string
	OnThisMachine func(*http.Request) bool
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Replay sends finished webhook deliveries again; nil where nothing is delivered.
	Replay func(ctx context.Context, accountID int64, deliveryIDs []int64) error
}

// App holds what handlers need.
type App struct {
	pool      *pgxpool.Pool
	q         *db.Queries
	desk      *desk.Desk
	blobs     blob.Store
	live      *live.Bus
	presence  *live.Presence
	passwords *auth.Passwords
	sessions  *scs.SessionManager
	baseURL   string
	version   string
	fetch     *http.Client
	replay    func(ctx context.Context, accountID int64, deliveryIDs []int64) error
	secure    bool
	setupCode func(*http.Request) string
	// securityContacts are where a vulnerability is reported.
	securityContacts []string
	log              *slog.Logger
	now              func() time.Time
	// beat is the pause between two keep-alive events of a stream.
	beat time.Duration
	// look is how often a stream reads again whether its reader is signed in, and what they may see.
	look time.Duration
}

// New makes the pages.
func New(c Config) *App {
	q := db.New(c.Pool)
	if c.Now == nil {
		c.Now = time.Now
	}
	log := c.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	code := func(r *http.Request) string {
		if c.OnThisMachine != nil && c.OnThisMachine(r) {
			return ""
		}
		return c.SetupCode
	}
	return &App{
		setupCode:        code,
		securityContacts: c.SecurityContacts,
		pool:             c.Pool,
		q:                q,
		desk:             c.Desk,
		blobs:            c.Blob,
		live:             c.Live,
		presence:         c.Presence,
		passwords:        c.Passwords,
		sessions:         newSessions(q, c.Secure),
		baseURL:          c.BaseURL,
		version:          c.Version,
		fetch:            c.Fetch,
		replay:           c.Replay,
		secure:           c.Secure,
		log:              log,
		now:              c.Now,
		beat:             15 * time.Second,
		look:             15 * time.Second,
	}
}
