package web

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
)

// policy is the content security policy of every page. No inline script or style passes it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; frame-src 'self'"

// secureHeaders sets what every answer carries. A handler that serves foreign bytes replaces the policy by a narrower one.
func secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		if c.IsTLS() || c.Request().Header.Get("X-Forwarded-Proto") == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

// requestID names the request, for people to quote and for the log. A proxy's own name is kept if it is plain.
func (a *App) requestID(next echo.HandlerFunc) echo.HandlerFunc {
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

func requestIDOf(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// accessLog writes one line for each request, once it is over. It carries no query: people search for names.
func (a *App) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		if err := next(c); err != nil {
			c.Error(err) // answered here, so that the line knows the status
		}
		r := c.Request()
		level := slog.LevelInfo
		if strings.HasPrefix(r.URL.Path, "/static/") || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics" {
			level = slog.LevelDebug
		}
		if !a.log.Enabled(r.Context(), level) {
			return nil
		}
		line := []slog.Attr{
			slog.String("id", requestIDOf(c)), slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", c.Response().Status), slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", time.Since(began)), slog.String("from", c.RealIP()),
		}
		if v := viewerOf(c); v != nil {
			line = append(line, slog.Int64("user", v.ID))
		}
		a.log.LogAttrs(r.Context(), level, "request", line...)
		return nil
	}
}

// recover turns a panic into an error, with where it came from. http.ErrAbortHandler passes: it is no fault.
func (a *App) recover(next echo.HandlerFunc) echo.HandlerFunc {
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

// compressJSON is for the APIs. Pages compress themselves (answer.go), since their whole text is in hand; files are
// compressed already, and an event line must not wait for a block to fill.
func compressJSON(next echo.HandlerFunc) echo.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.CompressionLevel(1), gzhttp.ContentTypes([]string{"application/json"}))
	if err != nil {
		panic(err) // the options are wrong, not the world
	}
	return func(c echo.Context) error {
		if !isAPI(c.Request().URL.Path) || !strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
			return next(c)
		}
		outer := c.Response()
		defer c.SetResponse(outer)
		wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.SetResponse(echo.NewResponse(w, c.Echo()))
			if err := next(c); err != nil {
				c.Error(err)
			}
		})).ServeHTTP(outer, c.Request()) // through the outer answer, which counts what is sent
		return nil
	}
}

// isAPI tells paths that programs use from those that browsers do.
func isAPI(path string) bool {
	for _, prefix := range []string{"/api/", "/public/", "/platform/", "/auth/", "/ndoto/", "/qlara/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}
