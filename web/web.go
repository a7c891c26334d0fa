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
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/static"
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
	// Secure says that browsers come by HTTPS: cookies then travel by nothing else.
	Secure bool
	// Version stands at the foot of the sign-in page.
	Version string
	// Fetch calls other servers without reaching into private networks: who translates. Nil calls none.
	Fetch *http.Client
	// Replay sends webhook deliveries that ended again; nil where nothing is delivered.
	Replay func(ctx context.Context, accountID int64, deliveryIDs []int64) error
}

// App holds what handlers need.
type App struct {
	pool      *pgxpool.Pool
	q         *db.Queries
	desk      *desk.Desk
	blobs     blob.Store
	thumbs    *blob.Thumbnailer
	live      *live.Bus
	presence  *live.Presence
	passwords *auth.Passwords
	sessions  *scs.SessionManager
	baseURL   string
	version   string
	fetch     *http.Client
	replay    func(ctx context.Context, accountID int64, deliveryIDs []int64) error
	secure    bool
	log       *slog.Logger
	now       func() time.Time
	// beat is the pause between two signs of life on an event line.
	beat time.Duration
}

// New makes the pages.
func New(c Config) *App {
	q := db.New(c.Pool)
	log := c.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &App{
		pool: c.Pool, q: q, desk: c.Desk, blobs: c.Blob, thumbs: blob.NewThumbnailer(2), live: c.Live, presence: c.Presence, passwords: c.Passwords,
		sessions: newSessions(q, c.Secure), baseURL: c.BaseURL, version: c.Version, fetch: c.Fetch, replay: c.Replay, secure: c.Secure, log: log,
		now: time.Now, beat: 15 * time.Second,
	}
}

// Routes is the whole table of pages. It also gives the echo what every answer passes through, the APIs' included.
func (a *App) Routes(e *echo.Echo) {
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = a.fail
	if e.IPExtractor == nil {
		e.IPExtractor = echo.ExtractIPDirect() // a client's own X-Forwarded-For says nothing
	}
	e.Use(a.requestID, a.accessLog, a.recover, secureHeaders, compressJSON, plainAddress, unmatched)

	// What browsers keep, and what has its permission in its address.
	e.GET("/static/*", echo.WrapHandler(static.Handler()))
	e.HEAD("/static/*", echo.WrapHandler(static.Handler()))
	e.GET("/favicon.ico", func(c echo.Context) error { return c.Redirect(http.StatusFound, static.URL("img/mark.svg")) })
	e.GET("/files/:key/thumb", a.thumb)
	e.GET("/files/:key/:name", a.file)
	e.GET("/avatars/:hash", a.avatar)
	e.GET("/avatars/:hash/:name", a.avatar)

	// Doors: for whoever comes.
	door := e.Group("", a.session)
	door.GET("/", a.home)
	door.GET("/setup", a.setupPage)
	door.POST("/setup", a.setUp)
	door.GET("/login", a.loginPage)
	door.POST("/login", a.signIn)
	door.POST("/logout", a.signOut)
	door.GET("/login-links/:token", a.useLoginLink)
	door.GET("/survey/responses/:survey", a.surveyPage)
	door.POST("/survey/responses/:survey", a.rateSurvey)

	// An account's pages: for its members.
	g := e.Group("/accounts/:account", a.memberSession, a.requireMember)
	g.GET("", a.accountHome)
	g.GET("/live", a.events)
	g.GET("/search", a.searchPage)
	g.GET("/conversations", a.inboxPage)
	g.GET("/conversations/new", a.newConversationPage)
	g.POST("/conversations", a.createConversation)
	g.GET("/conversations/bulk", a.bulkPart)
	g.POST("/conversations/bulk", a.changeMany)
	g.GET("/canned", a.cannedPart)
	g.GET("/notifications", a.notificationsPage)
	g.POST("/notifications/reading", a.readNotifications)
	g.GET("/notifications/:id", a.openNotification)
	g.POST("/uploads", a.upload)
	g.DELETE("/uploads/:key", a.dropUpload)

	g.GET("/conversations/:conversation", a.conversationPage)
	g.GET("/conversations/:conversation/thread", a.threadPart)
	g.GET("/conversations/:conversation/head", a.headPart)
	g.GET("/conversations/:conversation/details", a.detailsPart)
	g.GET("/conversations/:conversation/people", a.peoplePart)
	g.GET("/conversations/:conversation/writers", a.writersPart)
	g.POST("/conversations/:conversation/writers", a.markTyping)
	g.POST("/conversations/:conversation/messages", a.postMessage)
	g.POST("/conversations/:conversation/messages/:message/retry", a.retryMessage)
	g.POST("/conversations/:conversation/messages/:message/deletion", a.deleteMessage)
	g.POST("/conversations/:conversation/messages/:message/translation", a.translateMessage)
	g.GET("/conversations/:conversation/messages/:message/mail", a.mailFrame)
	g.PUT("/conversations/:conversation/draft", a.saveDraft)
	g.POST("/conversations/:conversation/reading", a.markRead)
	g.POST("/conversations/:conversation/unreading", a.markUnread)
	g.POST("/conversations/:conversation/status", a.setStatus)
	g.POST("/conversations/:conversation/assignee", a.setAssignee)
	g.POST("/conversations/:conversation/team", a.setTeam)
	g.POST("/conversations/:conversation/priority", a.setPriority)
	g.POST("/conversations/:conversation/labels", a.setLabels)
	g.POST("/conversations/:conversation/macros", a.runMacro)
	g.POST("/conversations/:conversation/attributes", a.setAttribute)

	// Settings, contacts, profile and invitations: settings_*.go, contact.go, profile.go, invitation.go.
	a.settingsRoutes(e, g)
}
