package edge

import (
	"log/slog"
	"net/http"
	"slices"
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
		}
		line = append(line, Route(c)...)
		line = append(line,
			slog.Int("status", c.Response().Status),
			slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", time.Since(began)),
			slog.String("from", c.RealIP()),
		)
		if user, ok := c.Get(keyUser).(int64); ok {
			line = append(line, slog.Int64("user", user))
		}
		g.log.LogAttrs(r.Context(), level, "request", line...)
		return nil
	}
}

// Route is what a line of the log says about the address of a request: the template of its route, and those of its
// parameters that are ids. The address itself stays out, because one-time links, the keys of files and the source ids
// of contacts are part of it: reading the log must not open what they open.
func Route(c echo.Context) []slog.Attr {
	attrs := []slog.Attr{slog.String("path", c.Path())}
	var ids []any
	for i, name := range c.ParamNames() {
		if value := c.ParamValues()[i]; isID(name, value) {
			ids = append(ids, slog.String(name, value))
		}
	}
	if len(ids) > 0 {
		attrs = append(attrs, slog.Group("params", ids...))
	}
	return attrs
}

// RouteOf is the template of the route that takes r, for what answers r before e does.
func RouteOf(e *echo.Echo, r *http.Request) string {
	c := e.AcquireContext()
	defer e.ReleaseContext(c)
	c.Reset(r, nil)
	e.Router().Find(r.Method, echo.GetPath(r), c)
	return c.Path()
}

// isID reports whether a parameter holds the number of a row. The name counts too, because the source id of a contact
// may be made of digits alone.
func isID(name, value string) bool {
	return slices.Contains(idParams(), name) && len(value) <= len("9223372036854775807") && strings.Trim(value, "0123456789") == ""
}

// idParams are the parameters that the log may show.
func idParams() []string {
	return []string{
		"account", "attribute", "bot", "contact", "conversation", "delivery", "export", "filter", "hook", "id", "import", "inbox",
		"label", "macro", "message", "note", "notification", "reply", "rule", "team", "user", "webhook",
	}
}

// quiet are paths that are asked for all the time and say little.
func quiet(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/healthz" || path == "/readyz" || path == "/metrics"
}
