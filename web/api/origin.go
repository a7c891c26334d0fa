package api

import (
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// otherOrigins lets pages of any site call the paths in Dialect.OtherOrigins. This is safe because those paths identify
// the caller by a header or by the path, never by a cookie: a page gets nothing unless it sends the secret itself. For the
// same reason credentials are not allowed.
func (a *API) otherOrigins() echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		Skipper: func(c echo.Context) bool {
			path := c.Request().URL.Path
			d := a.dialectOf(path)
			return d == nil || longestPrefix(path, d.OtherOrigins) == 0
		},
		AllowOrigins: []string{"*"},
		ExposeHeaders: []string{
			"Link", "ETag", "Retry-After", "X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining",
			"X-RateLimit-Reset", "Idempotency-Replayed",
		},
		MaxAge: 7200,
	})
}

// longestPrefix returns the length of the longest prefix that is path or a directory above it, or 0.
func longestPrefix(path string, prefixes []string) int {
	length := 0
	for _, p := range prefixes {
		if len(p) > length && strings.HasPrefix(path, p) && (len(path) == len(p) || path[len(p)] == '/') {
			length = len(p)
		}
	}
	return length
}
