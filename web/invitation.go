package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// invitationPage shows an invitation. One that was used or has expired is not found.
func (a *App) invitationPage(c echo.Context) error {
	row, err := a.q.FindInvitation(c.Request().Context(), auth.HashToken(c.Param("token")), a.now())
	if err != nil {
		return err
	}
	return page(c, views.InvitationPage(a.signinLayout(c), views.Welcome{Row: row, Token: c.Param("token"), Name: row.Invitation.Name}))
}

// acceptInvitation makes the invited person a member of the invitation's inboxes and signs them in. A person who is a
// user already has to give their password: the link alone must not give access to another account.
func (a *App) acceptInvitation(c echo.Context) error {
	ctx, hash := c.Request().Context(), auth.HashToken(c.Param("token"))
	row, err := a.q.FindInvitation(ctx, hash, a.now())
	if err != nil {
		return err
	}
	in := views.Welcome{Row: row, Token: c.Param("token"), Name: strings.TrimSpace(c.FormValue("name")), Invalid: fault.Fields{}}
	stored, err := a.provePassword(c, row, in.Invalid)
	if err != nil {
		return err
	}
	if !row.HasPassword && (in.Name == "" || !db.IsText(in.Name)) {
		in.Invalid["name"] = "Your name can't be blank"
	}
	if len(in.Invalid) > 0 {
		return again(c, http.StatusUnprocessableEntity, views.InvitationPage(a.signinLayout(c), in))
	}
	userID, err := auth.Accept(ctx, a.pool, a.now(), hash, in.Name, stored)
	if err != nil {
		return err
	}
	if err := a.startSession(c, userID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.Conversations(row.Invitation.AccountID))
}

// provePassword returns the hash of a new password, or checks the password of an existing user. Tries count together
// with those of signing in.
func (a *App) provePassword(c echo.Context, row db.FindInvitationRow, invalid fault.Fields) (string, error) {
	ctx, password := c.Request().Context(), c.FormValue("password")
	if !row.HasPassword && row.WorksElsewhere {
		invalid["password"] = "You work in another account already and have no password yet: choose one with the link from there first"
		return "", nil
	}
	if !row.HasPassword {
		stored, err := a.passwords.Hash(ctx, password)
		if f := fault.In(err); f != nil {
			invalid["password"] = f["password"]
			return "", nil
		}
		return stored, err
	}
	if wait, err := a.countTry(c, row.Invitation.Email); err != nil || wait > 0 {
		invalid["password"] = "Too many tries. Wait a few minutes, then try again"
		return "", err
	}
	u, err := a.q.GetUserByEmail(ctx, row.Invitation.Email)
	if err != nil {
		return "", err
	}
	ok, err := a.passwords.Check(ctx, password, u.PasswordHash)
	if err != nil {
		return "", err
	}
	if !ok {
		invalid["password"] = "This is not the password that you use with Parley"
		return "", nil
	}
	return "", auth.ForgetTries(ctx, a.q, row.Invitation.Email, c.RealIP())
}

// passwordResetPage is the form for a new password.
func (a *App) passwordResetPage(c echo.Context) error {
	row, err := a.q.FindPasswordReset(c.Request().Context(), auth.HashToken(c.Param("token")), a.now())
	if err != nil {
		return err
	}
	return page(c, views.PasswordResetPage(a.signinLayout(c), views.NewPassword{Row: row, Token: c.Param("token")}))
}

// setPassword uses the link up, ends all other sessions and signs in.
func (a *App) setPassword(c echo.Context) error {
	ctx, hash := c.Request().Context(), auth.HashToken(c.Param("token"))
	row, err := a.q.FindPasswordReset(ctx, hash, a.now())
	if err != nil {
		return err
	}
	stored, err := a.passwords.Hash(ctx, c.FormValue("password"))
	if invalid := fault.In(err); invalid != nil {
		return again(
			c, http.StatusUnprocessableEntity,
			views.PasswordResetPage(a.signinLayout(c), views.NewPassword{Row: row, Token: c.Param("token"), Invalid: invalid}),
		)
	}
	if err != nil {
		return err
	}
	if err := auth.Reset(ctx, a.pool, a.now(), hash, stored); err != nil {
		return err
	}
	if err := a.startSession(c, row.UserID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/")
}
