package edge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	// ReadLimit is how long the reads of one answer may take, and reportLimit those of a report or of a file of one.
	ReadLimit   = 10 * time.Second
	reportLimit = time.Minute
)

// ErrSlow is the error of a read that took too long.
var ErrSlow = errors.New("the answer takes too long to read")

// boundReads ends the queries of a read that takes too long: the database stops them, so no answer keeps it busy for
// minutes. Writes are left to finish, and so are streams and files, which are sent for as long as they last.
func (g edge) boundReads(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		whole := c.Request()
		limit := g.limitOf(whole, c.Path())
		if limit == 0 {
			return next(c)
		}
		ctx, cancel := context.WithTimeout(whole.Context(), limit)
		defer cancel()
		c.SetRequest(whole.WithContext(ctx))
		defer c.SetRequest(whole) // an error page is drawn with time, after a panic too
		return Slow(ctx, next(c))
	}
}

// Slow adds ErrSlow to the error of a request whose context has ended by the limit.
func Slow(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrSlow, err)
	}
	return err
}

// limitOf is the limit of a request for a route, and 0 for none. Filters are reads that come as POST.
func (g edge) limitOf(r *http.Request, route string) time.Duration {
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	feed := strings.HasSuffix(route, "/events") && strings.Contains(r.Header.Get("Accept"), "text/event-stream")
	switch {
	case !read && !strings.HasSuffix(route, "/filter"), feed, isStream(route):
		return 0
	case strings.Contains(route, "reports") || strings.HasSuffix(route, "/download"):
		return reportLimit
	}
	return g.readLimit
}

// isStream reports whether a route's answer lasts as long as its reader wants, or is as long as a file.
func isStream(route string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(route, "/"), "/")
	return slices.Contains([]string{"files", "avatars", "static", "cable"}, first) || strings.HasSuffix(route, "/live")
}
