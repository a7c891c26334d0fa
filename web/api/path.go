package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// tidyPath routes what clients make of a path as the server that they were written for does: slashes that follow one
// another are one, a slash at the end is none, .json at the end names the format where the dialect has formats, and a
// header may name another method than POST. A redirect would lose the body of a POST, and a page of another site may not
// follow it.
func (a *API) tidyPath(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if path, err := url.PathUnescape(squeeze(r.URL.EscapedPath())); err == nil {
			if d := a.dialectOf(path); d != nil {
				a.setPath(r, d)
				setMethod(r)
			}
		}
		return next(c)
	}
}

// setPath replaces the path of a request of a dialect by the one that routes have.
func (a *API) setPath(r *http.Request, d *Dialect) {
	tidy := func(path string) string {
		path = squeeze(path)
		if longestPrefix(path, d.Formats) > 0 {
			path = strings.TrimSuffix(path, ".json")
		}
		return path
	}
	if r.URL.RawPath == "" {
		r.URL.Path = tidy(r.URL.Path)
		return
	}
	// The path is squeezed as it was sent: an encoded slash is part of a name.
	raw := tidy(r.URL.RawPath)
	if path, err := url.PathUnescape(raw); err == nil {
		r.URL.Path, r.URL.RawPath = path, raw
	}
}

// setMethod gives a POST the method that its header names instead: some proxies and clients let nothing else through.
func setMethod(r *http.Request) {
	if r.Method != http.MethodPost {
		return
	}
	switch method := strings.ToUpper(r.Header.Get("X-Http-Method-Override")); method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		r.Method = method
	}
}

// squeeze makes one slash of several, and drops one at the end.
func squeeze(path string) string {
	return "/" + strings.Join(strings.FieldsFunc(path, func(r rune) bool { return r == '/' }), "/")
}
