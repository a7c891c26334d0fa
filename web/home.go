package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/link"
)

// home leads to the viewer's inbox, to signing in, or to the first run.
func (a *App) home(c echo.Context) error {
	userID := a.signedIn(c)
	if userID == 0 {
		return c.Redirect(http.StatusSeeOther, link.Login)
	}
	accounts, err := a.q.ListUserAccounts(c.Request().Context(), userID)
	if err != nil {
		return err
	}
	if len(accounts) == 0 { // deactivated in the meantime
		if err := a.endSession(c); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, link.Login)
	}
	return c.Redirect(http.StatusSeeOther, link.Conversations(accounts[0].ID))
}

// accountHome leads to the account's inbox.
func (a *App) accountHome(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, link.Conversations(viewerOf(c).Scope.AccountID))
}
