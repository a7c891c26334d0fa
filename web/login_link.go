package web

import (
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/link"
)

// useLoginLink signs in a user that a platform app sends here with a link that it asked for. The link can be used
// once. Its path is that of Chatwoot's page to sign in, and without a token it leads to ours.
func (a *App) useLoginLink(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	token := c.QueryParam("sso_auth_token")
	if token == "" {
		return c.Redirect(http.StatusSeeOther, link.Login)
	}
	email, err := auth.NormalEmail(c.QueryParam("email"))
	if err != nil {
		return pgx.ErrNoRows
	}
	user, err := a.q.UseLoginLink(c.Request().Context(), db.UseLoginLinkParams{TokenHash: auth.HashToken(token), Email: email, Now: a.now()})
	if err != nil {
		return err
	}
	if err := a.startSession(c, user); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/")
}
