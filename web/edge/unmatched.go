package edge

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// methods are those that a route may have.
func methods() []string {
	return []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
}

// unmatched looks again at what no route took: another method of the same path may have a route. It answers HEAD as
// GET, OPTIONS with the methods there are, and the rest with 405; echo itself would do so only where no catch-all
// route matches. A path with a slash too many leads to the page without it.
func (g edge) unmatched(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		if !errors.Is(err, echo.ErrNotFound) && !errors.Is(err, echo.ErrMethodNotAllowed) {
			return err
		}
		r, path := c.Request(), echo.GetPath(c.Request())
		if trimmed := "/" + strings.Trim(path, "/"); trimmed != path && r.Method == http.MethodGet && len(allowed(c.Echo(), trimmed)) > 0 {
			if r.URL.RawQuery != "" {
				trimmed += "?" + r.URL.RawQuery
			}
			return c.Redirect(http.StatusPermanentRedirect, trimmed)
		}
		allow := allowed(c.Echo(), path)
		if len(allow) == 0 {
			return err
		}
		if r.Method == http.MethodHead && allow[0] == http.MethodGet && !strings.HasSuffix(path, "/live") { // a stream has no end to wait for
			return g.asGet(c, path)
		}
		c.Response().Header().Set(echo.HeaderAllow, strings.Join(append(allow, http.MethodOptions), ", "))
		if r.Method == http.MethodOptions {
			return c.NoContent(http.StatusNoContent)
		}
		return echo.ErrMethodNotAllowed
	}
}

// asGet answers HEAD by the route of GET; net/http drops the body of an answer to HEAD.
func (g edge) asGet(c echo.Context, path string) error {
	head := c.Request()
	get := head.Clone(head.Context())
	get.Method = http.MethodGet
	c.SetRequest(get)
	c.Echo().Router().Find(http.MethodGet, path, c)
	err := g.boundReads(c.Handler())(c)
	c.SetRequest(head)
	return err
}

// allowed are the methods that have a route for path, GET first, and HEAD with it.
func allowed(e *echo.Echo, path string) []string {
	probe := e.AcquireContext()
	defer e.ReleaseContext(probe)
	routes := e.Routes()
	var found []string
	for _, method := range methods() {
		probe.Reset(nil, nil)
		e.Router().Find(method, path, probe)
		if slices.ContainsFunc(routes, func(r *echo.Route) bool { return r.Method == method && r.Path == probe.Path() }) {
			found = append(found, method)
			if method == http.MethodGet {
				found = append(found, http.MethodHead)
			}
		}
	}
	return found
}
