package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/auth"
)

// useLoginLink signs in a user that a platform app sends here with a link that it asked for. The link can be used
// once.
func (a *App) useLoginLink(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	user, err := a.q.UseLoginLink(c.Request().Context(), auth.HashToken(c.Param("token")), a.now())
	if err != nil {
		return err
	}
	if err := a.startSession(c, user); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/")
}
