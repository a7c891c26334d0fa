// Package edge is what every request passes through, whether a page or an API answers it: the request's id, the access
// log, recovery from panics, the headers of every answer, compression of JSON, text in addresses, and what no route took.
//
// Not here: who asks and what they may (web, web/api), and how an error looks. The error handler of the echo decides that.
package edge

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"
)

// Config is what the edge needs to know of the program behind it.
type Config struct {
	Logger *slog.Logger
	// IsAPI reports whether a path belongs to programs rather than to browsers. Nil is no path.
	IsAPI func(path string) bool
	// ReadLimit is how long the reads of one answer may take; 0 is the constant of that name.
	ReadLimit time.Duration
}

// edge is a Config in use.
type edge struct {
	log       *slog.Logger
	isAPI     func(path string) bool
	readLimit time.Duration
}

// Install puts the edge in front of all routes of e.
func Install(e *echo.Echo, c Config) {
	g := edge{log: c.Logger, isAPI: c.IsAPI, readLimit: cmp.Or(c.ReadLimit, ReadLimit)}
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	if g.isAPI == nil {
		g.isAPI = func(string) bool { return false }
	}
	if e.IPExtractor == nil {
		e.IPExtractor = echo.ExtractIPDirect() // a client's own X-Forwarded-For proves nothing
	}
	e.Use(requestID, g.accessLog, recovery, newShares().hold, secureHeaders, g.compressJSON, g.textAddress, g.unmatched, g.boundReads)
	e.RouteNotFound("/*", echo.NotFoundHandler) // so that unmatched alone answers what no route took
}

// requestID names the request, for people to quote and for the log. It keeps a proxy's own name if that is plain.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !plainID(id) {
			var raw [8]byte
			_, _ = rand.Read(raw[:])
			id = hex.EncodeToString(raw[:])
		}
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

func plainID(id string) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}

// RequestID is the name that the request has in the log.
func RequestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// recovery turns a panic into an error that says where it came from. http.ErrAbortHandler passes: with it a handler
// breaks an answer off on purpose.
func recovery(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}()
		return next(c)
	}
}
