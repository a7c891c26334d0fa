package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/singleflight"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
)

// basicSpan is how long a password that came by HTTP Basic is not asked for again.
const basicSpan = time.Hour

// CountTry counts a try to give a password before it is made; beyond the limit, which is also the pages', the call ends
// here.
func (a *API) CountTry(c *Call, email string) error {
	wait, err := auth.Try(c.Ctx(), a.Q, a.Now(), email, c.RealIP())
	if err == nil && wait > 0 {
		err = Failure{Kind: TooMany, Status: http.StatusTooManyRequests, Sentence: "Too many requests. Please try again later", RetryAfter: wait}
	}
	return err
}

// basics are the sign-ins by HTTP Basic. A password is made slow to check, and comes with every request: the first one
// signs in, and the others of an hour take that sign-in's token. Who changes their password ends it. In memory stands
// no password, only its keyed hash.
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

// sum is what a pair is known by in this process.
func (b *basics) sum(email, password string) string {
	mac := hmac.New(sha256.New, b.key[:])
	mac.Write([]byte(email + "\x00" + password))
	return string(mac.Sum(nil))
}

// password is the address and the password that a request carries, where its dialect takes them.
func (c *Call) password() (email, password string, ok bool) {
	if !c.dialect.Passwords {
		return "", "", false
	}
	user, password, _ := c.Request().BasicAuth()
	email, err := auth.NormalEmail(user)
	return email, password, err == nil && strings.Contains(user, "@") && password != ""
}

// signedIn is the token of a sign-in that was made before with what the request carries, or nothing.
func (a *API) signedIn(c *Call) string {
	email, password, ok := c.password()
	if !ok {
		return ""
	}
	token, _ := a.basics.tokens.Load(a.basics.sum(email, password))
	s, _ := token.(string)
	return s
}

// authenticateByPassword is Authenticate by the token of a new sign-in; pgx.ErrNoRows where the request does not give
// one.
func (a *API) authenticateByPassword(c *Call, account int64) (row db.AuthenticateRow, secret string, err error) {
	if secret, err = a.signIn(c); err == nil && secret == "" {
		err = pgx.ErrNoRows
	}
	if err == nil {
		row, err = a.Q.Authenticate(c.Ctx(), account, auth.HashToken(secret))
	}
	return row, secret, err
}

// signIn checks the password that the request carries, and gives the token of a new sign-in; nothing where there is
// none, or a wrong one. Calls that come together are one try.
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
		if !a.Passwords.Check(password, u.PasswordHash) {
			return "", nil
		}
		if err := auth.ForgetTries(c.Ctx(), a.Q, email); err != nil {
			return "", err
		}
		secret, until := auth.NewSecret(), a.Now().Add(basicSpan)
		_, err = a.Q.InsertAccessToken(c.Ctx(), db.InsertAccessTokenParams{
			TokenHash: secret.Hash, Kind: db.TokenKindUser, UserID: &u.ID, Name: "Signed in by HTTP Basic", Hint: secret.Hint, ExpiresAt: &until,
		})
		if err == nil {
			a.basics.tokens.Store(sum, secret.Token)
		}
		return secret.Token, err
	})
	s, _ := token.(string)
	return s, err
}
