package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/singleflight"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
)

// basicSpan is how long a sign-in by HTTP Basic lasts, after which the password is checked again.
const basicSpan = time.Hour

// CountTry counts an attempt to sign in before the password is checked. It returns a failure if there were too many; the
// pages count against the same limit.
func (a *API) CountTry(c *Call, email string) error {
	wait, err := auth.Try(c.Ctx(), a.Q, a.Now(), email, c.RealIP())
	if err == nil && wait > 0 {
		err = TooManyRequests(wait)
	}
	return err
}

// basics are the sign-ins by HTTP Basic. Checking a password is slow on purpose, and every request carries it. So the
// first request signs in, and those of the next hour use the token of that sign-in. Changing the password deletes the
// token. No password is kept in memory, only its keyed hash.
type basics struct {
	key    [32]byte
	tokens sync.Map // keyed hash of address and password → token
	once   singleflight.Group
}

func newBasics() *basics {
	b := &basics{}
	_, _ = rand.Read(b.key[:]) // never fails
	return b
}

// sum returns the keyed hash of an address and a password.
func (b *basics) sum(email, password string) string {
	mac := hmac.New(sha256.New, b.key[:])
	mac.Write([]byte(email + "\x00" + password))
	return string(mac.Sum(nil))
}

// password returns the address and the password of HTTP Basic, if the dialect accepts them.
func (c *Call) password() (email, password string, ok bool) {
	if !c.dialect.Passwords {
		return "", "", false
	}
	user, password, _ := c.Request().BasicAuth()
	email, err := auth.NormalEmail(user)
	return email, password, err == nil && strings.Contains(user, "@") && password != ""
}

// signedIn returns the token of an earlier sign-in with the same address and password, or "".
func (a *API) signedIn(c *Call) string {
	email, password, ok := c.password()
	if !ok {
		return ""
	}
	token, _ := a.basics.tokens.Load(a.basics.sum(email, password))
	s, _ := token.(string)
	return s
}

// authenticateByPassword signs in by HTTP Basic and authenticates the new token. The error is pgx.ErrNoRows if the
// request carries no password or a wrong one.
func (a *API) authenticateByPassword(c *Call, account int64) (row db.AuthenticateRow, secret string, err error) {
	if secret, err = a.signIn(c); err == nil && secret == "" {
		err = pgx.ErrNoRows
	}
	if err == nil {
		row, err = a.Q.Authenticate(c.Ctx(), account, auth.HashToken(secret))
	}
	return row, secret, err
}

// signIn checks the password that the request carries and returns the token of a new sign-in, or "" if there is no
// password or a wrong one. Requests that arrive at the same time count as one attempt.
func (a *API) signIn(c *Call) (string, error) {
	email, password, ok := c.password()
	if !ok {
		return "", nil
	}
	sum := a.basics.sum(email, password)
	token, err, _ := a.basics.once.Do(sum, func() (any, error) {
		a.basics.tokens.Delete(sum)
		if err := a.CountTry(c, email); err != nil {
			return "", err
		}
		u, err := a.Q.GetUserForSignIn(c.Ctx(), email)
		if err != nil && !db.IsNone(err) {
			return "", err
		}
		ok, err := a.Passwords.Check(c.Ctx(), password, u.PasswordHash)
		if err != nil || !ok {
			return "", err
		}
		if err := auth.ForgetTries(c.Ctx(), a.Q, email, c.RealIP()); err != nil {
			return "", err
		}
		secret, until := auth.NewSecret(), a.Now().Add(basicSpan)
		_, err = a.Q.InsertAccessToken(c.Ctx(), db.InsertAccessTokenParams{
			TokenHash: secret.Hash,
			Kind:      db.TokenKindUser,
			UserID:    &u.ID,
			Name:      "Signed in by HTTP Basic",
			Hint:      secret.Hint,
			ExpiresAt: &until,
		})
		if err == nil {
			a.basics.tokens.Store(sum, secret.Token)
		}
		return secret.Token, err
	})
	s, _ := token.(string)
	return s, err
}
