package edge

import (
	"log/slog"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// keyUser is where SetUser leaves the user's id.
const keyUser = "edge user"

// SetUser names the user in the request's line of the log.
func SetUser(c echo.Context, id int64) { c.Set(keyUser, id) }

// accessLog writes one line for each request once it is over. It leaves the query out: people search for names.
func (g edge) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		if err := next(c); err != nil {
			c.Error(err) // answered here, so that the line knows the status
		}
		r, level := c.Request(), slog.LevelInfo
		if quiet(r.URL.Path) {
			level = slog.LevelDebug
		}
		if !g.log.Enabled(r.Context(), level) {
			return nil
		}
		line := []slog.Attr{
			slog.String("id", RequestID(c)),
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", c.Response().Status),
			slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", time.Since(began)),
			slog.String("from", c.RealIP()),
		}
		if user, ok := c.Get(keyUser).(int64); ok {
			line = append(line, slog.Int64("user", user))
		}
		g.log.LogAttrs(r.Context(), level, "request", line...)
		return nil
	}
}

// quiet are paths that are asked for all the time and say little.
func quiet(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/healthz" || path == "/readyz" || path == "/metrics"
}
