package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

const (
	badCredentials    = "Email or password is wrong."
	tooManyTriesWords = "Too many tries. Wait %d minutes, then try again."
)

func (a *App) loginPage(c echo.Context) error {
	if a.signedIn(c) != 0 {
		return c.Redirect(http.StatusSeeOther, inner(c.QueryParam("next")))
	}
	open, err := a.q.NeedsSetUp(c.Request().Context())
	if err != nil {
		return err
	}
	if open {
		return c.Redirect(http.StatusSeeOther, link.Setup)
	}
	return page(c, views.LoginPage(a.signinLayout(c), views.Login{Next: inner(c.QueryParam("next")), Flash: a.flash(c)}))
}

// signIn gives the same answer, and takes the same time, whether the address is unknown, the password is wrong or the
// user is deactivated.
func (a *App) signIn(c echo.Context) error {
	ctx := c.Request().Context()
	in := views.Login{Email: strings.TrimSpace(c.FormValue("email")), Next: inner(c.FormValue("next"))}
	email, err := auth.NormalEmail(in.Email)
	if err != nil {
		email = "" // counted and checked like any other, so that the answer reveals nothing
	}
	if wait, err := a.countTry(c, email); err != nil {
		return err
	} else if wait > 0 {
		in.Invalid = tooManyTries(c, wait)
		return again(c, http.StatusTooManyRequests, views.LoginPage(a.signinLayout(c), in))
	}
	user, err := a.q.GetUserForSignIn(ctx, email)
	if err != nil && !db.IsNone(err) {
		return err
	}
	ok, err := a.passwords.Check(ctx, c.FormValue("password"), user.PasswordHash)
	if err != nil {
		return err
	}
	if !ok {
		in.Invalid = fault.Field("", badCredentials)
		return again(c, http.StatusUnprocessableEntity, views.LoginPage(a.signinLayout(c), in))
	}
	if err := auth.ForgetTries(ctx, a.q, email, c.RealIP()); err != nil {
		return err
	}
	if err := a.startSession(c, user.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, in.Next)
}

// tooManyTries is the message of a form that has to wait; it sets the answer's Retry-After too.
func tooManyTries(c echo.Context, wait time.Duration) fault.Fields {
	c.Response().Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
	return fault.Field("", fmt.Sprintf(tooManyTriesWords, int(wait.Minutes())+1))
}

// countTry counts this try and returns how long to wait if it is one too many.
func (a *App) countTry(c echo.Context, email string) (time.Duration, error) {
	return auth.Try(c.Request().Context(), a.q, a.now(), email, c.RealIP())
}

func (a *App) signOut(c echo.Context) error {
	if err := a.endSession(c); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.Login)
}

// inner is next if that is a path of ours, or else the start. It is never another site.
func inner(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// signinLayout is what the pages before signing in show around their form.
func (a *App) signinLayout(c echo.Context) views.SigninLayout {
	return views.SigninLayout{Version: a.version, Look: lookOf(c)}
}
