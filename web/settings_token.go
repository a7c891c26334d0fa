package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// tokensPage shows the viewer's own access tokens, without their secrets.
func (a *App) tokensPage(c echo.Context) error {
	made := a.takeSecret(c)
	return a.showTokens(c, http.StatusOK, views.NewToken{Name: made.Name, Made: made.Secret})
}

func (a *App) showTokens(c echo.Context, status int, in views.NewToken) error {
	f, err := a.frame(c, "Access tokens", "settings")
	if err != nil {
		return err
	}
	tokens, err := a.q.ListOwnTokens(c.Request().Context(), f.Me.ID)
	if err != nil {
		return err
	}
	return render(c, status, views.TokensPage(f, tokens, in))
}

// createToken creates an access token of the viewer's. The page that follows shows it, once.
func (a *App) createToken(c echo.Context) error {
	in := views.NewToken{Name: strings.TrimSpace(c.FormValue("name"))}
	if in.Name == "" || utf8.RuneCountInString(in.Name) > 100 || !db.IsText(in.Name) {
		in.Invalid = fault.Field("name", "Say what the token is for, in at most 100 characters")
		return a.showTokens(c, http.StatusUnprocessableEntity, in)
	}
	me := viewerOf(c)
	token, err := auth.NewUserToken(c.Request().Context(), a.q, me.ID, in.Name)
	if err != nil {
		return err
	}
	page := link.Settings(me.Scope.AccountID, "access-tokens")
	return a.redirectWithSecret(c, shownOnce{Page: page, Name: in.Name, Secret: token})
}

// revokeToken revokes one of the viewer's tokens.
func (a *App) revokeToken(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	me := viewerOf(c)
	n, err := a.q.DeleteOwnToken(c.Request().Context(), me.ID, id)
	if err := fault.Found(n, err); err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Revoked: the token opens nothing any more", link.Settings(me.Scope.AccountID, "access-tokens"))
}
