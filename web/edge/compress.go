package edge

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
)

// compressJSON is for the APIs. Pages compress themselves, since they have their whole text in hand; files are
// compressed already, and an event stream must not wait for a block to fill.
func (g edge) compressJSON(next echo.HandlerFunc) echo.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.CompressionLevel(1), gzhttp.ContentTypes([]string{"application/json"}))
	if err != nil {
		panic(err) // the options above are wrong
	}
	return func(c echo.Context) error {
		if !g.compressible(c.Request()) {
			return next(c)
		}
		outer := c.Response()
		defer c.SetResponse(outer)
		wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			c.SetResponse(echo.NewResponse(w, c.Echo()))
			if err := next(c); err != nil {
				c.Error(err)
			}
		})).ServeHTTP(outer, c.Request()) // through the outer answer, which counts what is sent
		return nil
	}
}

// compressible reports whether r may get a compressed answer. A request that upgrades takes the connection over.
func (g edge) compressible(r *http.Request) bool {
	return g.isAPI(r.URL.Path) && r.Header.Get("Upgrade") == "" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}
