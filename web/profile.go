package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/push"
	"github.com/parleydesk/parley/views"
)

// maxPicture is the largest picture of a person, in bytes, and maxSignature the longest signature, in characters.
const (
	maxPicture   = 10 << 20
	maxSignature = 2000
)

// requireSelf is requireMember for a user's own pages, which belong to no account. Their frame shows the account that
// the user used last.
func (a *App) requireSelf(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		userID := a.signedIn(c)
		if userID == 0 {
			return a.toLogin(c)
		}
		accounts, err := a.q.ListUserMemberships(c.Request().Context(), userID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(accounts, func(m db.ListUserMembershipsRow) bool { return m.AccountStatus == db.AccountStatusActive })
		if at < 0 {
			return a.toLogin(c)
		}
		c.SetParamNames("account")
		c.SetParamValues(formatID(accounts[at].Membership.AccountID))
		return a.requireMember(next)(c)
	}
}

func (a *App) profilePage(c echo.Context) error {
	return a.showProfile(c, http.StatusOK, func(*views.Profile) {})
}

// showProfile shows the page; as fills in what was typed and what is wrong with it.
func (a *App) showProfile(c echo.Context, status int, as func(*views.Profile)) error {
	f, err := a.frame(c, "Your profile", "profile")
	if err != nil {
		return err
	}
	row, err := a.q.GetMember(c.Request().Context(), f.AccountID, f.Me.ID)
	if err != nil {
		return err
	}
	key, _, err := push.Keys(c.Request().Context(), a.q)
	if err != nil {
		return err
	}
	p := views.Profile{User: row.User, Membership: row.Membership, Email: row.User.Email, PushKey: key, Invalid: fault.Fields{}}
	as(&p)
	return render(c, status, views.ProfilePage(f, p))
}

func (a *App) profileAgain(c echo.Context, as func(*views.Profile)) error {
	return a.showProfile(c, http.StatusUnprocessableEntity, as)
}

// updateProfile saves name, display name and signature.
func (a *App) updateProfile(c echo.Context) error {
	name, display := strings.TrimSpace(c.FormValue("name")), strings.TrimSpace(c.FormValue("display_name"))
	signature := normalizeNewlines(c.FormValue("signature"))
	invalid := fault.Fields{}
	if name == "" || utf8.RuneCountInString(name) > 255 || !db.IsText(name) {
		invalid["name"] = "Say what colleagues call you, in at most 255 characters"
	}
	if utf8.RuneCountInString(display) > 255 || !db.IsText(display) {
		invalid["display_name"] = "At most 255 characters"
	}
	if utf8.RuneCountInString(signature) > maxSignature || !db.IsText(signature) {
		invalid["signature"] = "At most 2,000 characters"
	}
	if len(invalid) > 0 {
		return a.profileAgain(c, func(p *views.Profile) {
			p.User.Name, p.User.DisplayName, p.User.MessageSignature, p.Invalid = name, &display, &signature, invalid
		})
	}
	err := a.q.SetProfile(c.Request().Context(), db.SetProfileParams{
		ID:               viewerOf(c).ID,
		Name:             name,
		DisplayName:      textOrNil(display),
		MessageSignature: textOrNil(signature),
	})
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Saved", link.Profile)
}

// updateEmail changes the address that the viewer signs in with. It needs the password: an open browser that is left
// alone must not be enough to take the user over.
func (a *App) updateEmail(c echo.Context) error {
	ctx, me, typed := c.Request().Context(), viewerOf(c), strings.TrimSpace(c.FormValue("email"))
	again := func(field, message string) error {
		return a.profileAgain(c, func(p *views.Profile) { p.Email, p.Invalid = typed, fault.Field(field, message) })
	}
	email, err := auth.NormalEmail(typed)
	if err != nil {
		return again("email", "An address looks like ines@kestrel.example")
	}
	if message, err := a.provesItself(c, "current_password"); err != nil || message != "" {
		if err != nil {
			return err
		}
		return again("email_password", message)
	}
	err = a.q.SetUserEmail(ctx, email, me.ID)
	if db.IsDuplicate(err, "users_email_key") {
		return again("email", "Someone already uses this address")
	}
	if err != nil {
		return err
	}
	// Password reset links went to the old address.
	if err := a.q.DeletePasswordResets(ctx, me.ID); err != nil {
		return err
	}
	return a.redirectWithFlash(c, "You sign in with "+email+" from now on", link.Profile)
}

// provesItself checks the viewer's password, which a form repeats, and returns what is wrong with it. Tries count
// together with those of signing in.
func (a *App) provesItself(c echo.Context, field string) (problem string, err error) {
	ctx, me := c.Request().Context(), viewerOf(c)
	if wait, err := a.countTry(c, me.Email); err != nil || wait > 0 {
		return "Too many tries. Wait a few minutes, then try again.", err
	}
	u, err := a.q.GetUser(ctx, me.ID)
	if err != nil {
		return "", err
	}
	ok, err := a.passwords.Check(ctx, c.FormValue(field), u.PasswordHash)
	if err != nil {
		return "", err
	}
	if !ok {
		return "This is not your current password", nil
	}
	return "", auth.ForgetTries(ctx, a.q, me.Email, c.RealIP())
}

// updatePassword gives the viewer a new password and ends all their other sessions.
func (a *App) updatePassword(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c)
	again := func(field, message string) error {
		return a.profileAgain(c, func(p *views.Profile) { p.Invalid = fault.Field(field, message) })
	}
	if message, err := a.provesItself(c, "current_password"); err != nil || message != "" {
		if err != nil {
			return err
		}
		return again("current_password", message)
	}
	hash, err := a.passwords.Hash(ctx, c.FormValue("password"))
	if invalid := fault.In(err); invalid != nil {
		return again("password", invalid["password"])
	}
	if err != nil {
		return err
	}
	if err := a.q.SetUserPassword(ctx, hash, me.ID); err != nil {
		return err
	}
	if err := auth.EndAccess(ctx, a.q, me.ID, 0); err != nil {
		return err
	}
	if err := a.startSession(c, me.ID); err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Your password is changed; you are signed out everywhere else", link.Profile)
}

// updatePicture sets the viewer's picture or removes it.
func (a *App) updatePicture(c echo.Context) error {
	ctx := c.Request().Context()
	again := func(message string) error {
		return a.profileAgain(c, func(p *views.Profile) { p.Invalid = fault.Field("picture", message) })
	}
	if c.Request().ContentLength > maxPicture+maxFields {
		c.Response().Header().Set("Connection", "close")
		return again("The picture is too large: at most 10 MB are taken")
	}
	form, files, err := a.readForm(c)
	if err != nil {
		return err
	}
	if form.Get("remove") != "" {
		return a.setPicture(ctx, c, nil, "Your picture is gone")
	}
	if len(files) != 1 || files[0].BlobHash == nil {
		return again("Choose a picture first")
	}
	f := files[0]
	if f.Kind != db.FileKindImage || !f.Readable {
		return again("This is no picture that can be shown: a JPEG, PNG, GIF or WebP is")
	}
	return a.setPicture(ctx, c, &f, "Your picture is set")
}

// setPicture shows a stored picture of the viewer, or none.
func (a *App) setPicture(ctx context.Context, c echo.Context, f *desk.File, message string) error {
	v := viewerOf(c)
	err := a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error {
		if f == nil {
			return t.Queries().SetUserPicture(ctx, nil, v.ID)
		}
		if _, err := t.AddUpload(ctx, *f); err != nil {
			return err
		}
		return t.Queries().SetUserPicture(ctx, f.BlobHash, v.ID)
	})
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, message, link.Profile)
}

// updateAvailability sets the viewer's availability.
func (a *App) updateAvailability(c echo.Context) error {
	ctx, to := c.Request().Context(), db.Availability(c.FormValue("availability"))
	if !to.Valid() {
		return fault.Field("availability", "Choose online, busy or offline")
	}
	err := a.desk.Do(ctx, viewerOf(c).Actor(), func(t *desk.Tx) error {
		return t.SetAvailability(ctx, to, c.FormValue("auto_offline") != "")
	})
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Saved", link.Profile)
}

// updateLook sets theme, density and single-key shortcuts in cookies. With script the browser does so itself.
func (a *App) updateLook(c echo.Context) error {
	for name, of := range map[string][]string{"theme": {"light", "dark"}, "density": {"compact"}, "keys": {"off"}} {
		// nolint:gosec // the script reads it too
		k := &http.Cookie{Name: "parley_" + name, Path: "/", SameSite: http.SameSiteLaxMode, Secure: a.secure, MaxAge: -1}
		if v := c.FormValue(name); slices.Contains(of, v) {
			k.Value, k.MaxAge = v, 365*24*60*60
		}
		c.SetCookie(k)
	}
	return a.redirectWithFlash(c, "Saved", link.Profile)
}
