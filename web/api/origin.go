package api

import (
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// otherOrigins lets pages of other sites call the paths that a dialect names (Dialect.OtherOrigins), from any origin:
// who calls is told by a header or by the path, never by a cookie, so a foreign page gets nothing that it does not bring
// the secret for. That is also why credentials are not allowed.
func (a *API) otherOrigins() echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		Skipper: func(c echo.Context) bool {
			path := c.Request().URL.Path
			d := a.dialectOf(path)
			return d == nil || longestPrefix(path, d.OtherOrigins) == 0
		},
		AllowOrigins: []string{"*"},
		ExposeHeaders: []string{
			"Link", "ETag", "Retry-After", "X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Idempotency-Replayed",
		},
		MaxAge: 7200,
	})
}

// longestPrefix is the length of the longest of some paths that path is, or lies under; 0 for none.
func longestPrefix(path string, prefixes []string) int {
	length := 0
	for _, p := range prefixes {
		if len(p) > length && strings.HasPrefix(path, p) && (len(path) == len(p) || path[len(p)] == '/') {
			length = len(p)
		}
	}
	return length
}
