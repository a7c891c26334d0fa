package edge

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
)

// textAddress refuses an address that cannot be text before it reaches the database, which would refuse it too. A
// page reads its query by itself and drops what is no text; an API says that the query is wrong.
func (g edge) textAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if !g.isAPI(u.Path) {
			if !db.IsText(u.Path) {
				return echo.NewHTTPError(http.StatusBadRequest, "The address contains bytes that are no text.")
			}
			return next(c)
		}
		if !db.IsText(u.Path) || !db.IsText(u.RawQuery) {
			return echo.NewHTTPError(http.StatusBadRequest, "The address contains bytes that are no text")
		}
		if u.RawQuery != "" && !isTextQuery(u.Query()) {
			return echo.NewHTTPError(http.StatusBadRequest, "The query contains bytes that are no text")
		}
		return next(c)
	}
}

func isTextQuery(query url.Values) bool {
	for name, values := range query {
		if !db.IsText(name) {
			return false
		}
		for _, v := range values {
			if !db.IsText(v) {
				return false
			}
		}
	}
	return true
}
