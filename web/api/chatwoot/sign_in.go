package chatwoot

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) authRoutes() []api.Route {
	return append([]api.Route{
		api.Post("/auth/sign_in", api.Public, h.signIn),
		api.Delete("/auth/sign_out", api.User, h.signOut),
		api.Get("/auth/validate_token", api.User, h.validateToken),
		api.Post("/auth/password", api.Public, h.requestPasswordReset),
	}, api.Update("/auth/password", api.Public, h.resetPassword)...)
}

// signInSpan is how long a sign-in lasts: two months.
const signInSpan = 60 * 24 * time.Hour

// refusedJSON is the JSON with which the sign-in endpoints refuse.
type refusedJSON struct {
	Success bool     `json:"success"`
	Errors  []string `json:"errors"`
}

func refuseSignIn(status int, sentence string) error {
	return api.RefuseWith(status, refusedJSON{Errors: []string{sentence}})
}

type signedInJSON struct {
	Data profileJSON `json:"data"`
}

// signInInput is an address with a password, or with the token of a one-time link.
type signInInput struct {
	Email    api.Text `json:"email"`
	Password api.Text `json:"password"`
	Token    api.Text `json:"sso_auth_token"`
}

// signIn answers an address and a password, or a one-time token, with a token: in the contract's headers, which the
// requests of a session must send together, and as access_token in the body.
func (h *handlers) signIn(c *api.Call) error {
	var in signInInput
	if err := c.Read(&in); err != nil {
		return err
	}
	email, err := auth.NormalEmail(in.Email.Value)
	if err != nil {
		email = "" // counted and checked like a valid one, so that the answer reveals nothing
	}
	if err := h.a.CountTry(c, email); err != nil {
		return err
	}
	u, err := h.userOf(c.Ctx(), in, email)
	if db.IsNone(err) {
		return refuseSignIn(http.StatusUnauthorized, "Invalid login credentials. Please try again.")
	}
	if err != nil {
		return err
	}
	if err := auth.ForgetTries(c.Ctx(), h.q, email, c.RealIP()); err != nil {
		return err
	}
	return h.answerSignedIn(c, h.q, u)
}

// userOf finds the user who has this address and the password or the one-time token that were sent, or returns
// pgx.ErrNoRows. A token is used up by it.
func (h *handlers) userOf(ctx context.Context, in signInInput, email string) (db.User, error) {
	if in.Token.Value != "" {
		id, err := h.q.UseLoginLink(ctx, db.UseLoginLinkParams{TokenHash: auth.HashToken(in.Token.Value), Email: email, Now: h.a.Now()})
		if err != nil {
			return db.User{}, err
		}
		return h.q.GetUser(ctx, id)
	}
	u, err := h.q.GetUserForSignIn(ctx, email)
	if err != nil && !db.IsNone(err) {
		return u, err
	}
	ok, err := h.a.Passwords.Check(ctx, in.Password.Value, u.PasswordHash)
	if err == nil && !ok {
		err = pgx.ErrNoRows
	}
	return u, err
}

// answerSignedIn answers with the token of a sign-in.
func (h *handlers) answerSignedIn(c *api.Call, q *db.Queries, u db.User) error {
	secret, until := auth.NewSecret(), h.a.Now().Add(signInSpan)
	_, err := q.InsertAccessToken(c.Ctx(), db.InsertAccessTokenParams{
		TokenHash: secret.Hash, Kind: db.TokenKindUser, UserID: &u.ID, Name: "Signed in", Hint: secret.Hint, ExpiresAt: &until,
	})
	if err != nil {
		return err
	}
	p, err := h.profileOf(c.Ctx(), q, u.ID, secret.Token)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("access-token", secret.Token)
	header.Set("token-type", "Bearer")
	header.Set("client", secret.Hint)
	header.Set("expiry", strconv.FormatInt(until.Unix(), 10))
	header.Set("uid", u.Email)
	header.Set("Cache-Control", "no-store")
	return c.Answer(signedInJSON{p})
}

// signOut deletes the token of a sign-in. It keeps tokens that users created for programs.
func (h *handlers) signOut(c *api.Call) error {
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		n, err := t.Queries().DeleteSignIn(ctx, c.Token.ID)
		if err == nil && n == 0 {
			err = refuseSignIn(http.StatusNotFound, "User was not found or was not logged in.")
		}
		return struct {
			Success bool `json:"success"`
		}{true}, err
	})
}

func (h *handlers) validateToken(c *api.Call) error {
	p, err := h.profileOf(c.Ctx(), h.q, c.Scope().UserID, c.Token.Secret)
	if err != nil {
		return err
	}
	return c.Answer(payload(struct {
		Success bool        `json:"success"`
		Data    profileJSON `json:"data"`
	}{true, p}))
}

// requestPasswordReset answers the same, and as fast, for every address. The user with that address gets a mail with a
// one-time link.
func (h *handlers) requestPasswordReset(c *api.Call) error {
	var in struct {
		Email api.Text `json:"email"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	email, err := auth.NormalEmail(in.Email.Value)
	if err != nil {
		return err
	}
	if wait, err := auth.Post(c.Ctx(), h.q, h.a.Now(), "password-reset", c.RealIP()); err != nil || wait > 0 {
		return cmp.Or(err, api.TooManyRequests(wait))
	}
	answer := struct {
		Message string `json:"message"`
	}{"If somebody here has this address, a mail with a link to choose a new password is on its way."}
	if !h.a.Desk.Mails() {
		answer.Message = "Ask an administrator of your account for a link to choose a new password."
		return c.Answer(answer)
	}
	// After the first mail no further ones are sent for a while. The answer stays the same.
	if ok, err := auth.MayMailReset(c.Ctx(), h.q, h.a.Now(), email); err != nil {
		return err
	} else if !ok {
		return c.Answer(answer)
	}
	// The job looks for the user, so that the time of this answer does not reveal whether there is one.
	err = h.a.Desk.Do(c.Ctx(), desk.Actor{Kind: db.ActorKindSystem}, func(t *desk.Tx) error {
		return t.Enqueue(c.Ctx(), job.MailPasswordLink{Email: email})
	})
	if err != nil {
		return err
	}
	return c.Answer(answer)
}

// resetPassword sets a new password with the token of a one-time link, ends all sessions and tokens of sign-ins, and
// signs the user in.
func (h *handlers) resetPassword(c *api.Call) error {
	var in struct {
		Token api.Text `json:"reset_password_token"`
		passwordInput
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if strings.TrimSpace(in.Password.Value) == "" {
		return refuseSignIn(http.StatusUnprocessableEntity, "Password can't be blank")
	}
	if err := h.a.CountTry(c, ""); err != nil {
		return err
	}
	hash, err := in.hash(c.Ctx(), h.a.Passwords)
	if err != nil {
		return err
	}
	var u db.User
	err = h.a.Desk.Do(c.Ctx(), desk.Actor{Kind: db.ActorKindSystem}, func(t *desk.Tx) error {
		u, err = useResetToken(c.Ctx(), t.Queries(), t.Now, in.Token.Value, hash)
		return err
	})
	if db.IsNone(err) {
		return invalidToken()
	}
	if err != nil {
		return err
	}
	return h.answerSignedIn(c, h.q, u)
}

// useResetToken marks a one-time link as used and sets its owner's password.
func useResetToken(ctx context.Context, q *db.Queries, now time.Time, token string, hash *string) (db.User, error) {
	id, err := q.UsePasswordReset(ctx, now, auth.HashToken(token))
	if err != nil {
		return db.User{}, err
	}
	if err := auth.EndAccess(ctx, q, id, 0); err != nil {
		return db.User{}, err
	}
	if err := q.SetUserPassword(ctx, *hash, id); err != nil {
		return db.User{}, err
	}
	return q.GetUser(ctx, id)
}

// invalidToken refuses the token of a mailed link, and says where to go on.
func invalidToken() error {
	return api.RefuseWith(http.StatusUnprocessableEntity, struct {
		Message     string `json:"message"`
		RedirectURL string `json:"redirect_url"`
	}{"Invalid token", "/"})
}
