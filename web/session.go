package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
)

// What a session holds.
const (
	keyUser  = "user"
	keyFlash = "flash"
)

// sessionCookie is the name of the cookie. It holds a token and nothing else.
const sessionCookie = "parley_session"

// hostPrefix begins the name of a cookie that a browser takes only from this very host, by HTTPS, and for all paths: a
// page of a neighbouring host cannot set it.
const hostPrefix = "__Host-"

// newSessions stores sessions in PostgreSQL for two weeks from signing in. There is no idle timeout: it would make
// every request a write.
func newSessions(q *db.Queries, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = sessionStore{q}
	m.Codec = sessionCodec{}
	m.Lifetime = 14 * 24 * time.Hour
	m.Cookie.Name = sessionCookie
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = secure
	if secure {
		m.Cookie.Name = hostPrefix + sessionCookie
	}
	return m
}

// sessionStore is how scs reaches the table sessions. A row holds the token's hash, so that reading the table is not
// enough to sign in, and the user's id, so that a user can be signed out everywhere.
type sessionStore struct{ q *db.Queries }

func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	if had, ok := ctx.Value(keyMemberSession).([]byte); ok {
		return had, true, nil
	}
	data, err := s.q.FindSession(ctx, auth.HashToken(token))
	if db.IsNone(err) {
		return nil, false, nil
	}
	return data, err == nil, err
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	var kept sessionData
	if err := json.Unmarshal(data, &kept); err != nil {
		return err
	}
	p := db.UpsertSessionParams{TokenHash: auth.HashToken(token), Data: data, ExpiresAt: expiry}
	if kept.User != 0 {
		p.UserID = &kept.User
	}
	return s.q.UpsertSession(ctx, p)
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.q.DeleteSession(ctx, auth.HashToken(token))
}

// scs's interface asks for the three without a context. It never calls them, since those above exist.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}
func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// sessionData is a session as it is stored.
type sessionData struct {
	Deadline time.Time `json:"deadline"`
	User     int64     `json:"user,omitempty"`
	Flash    string    `json:"flash,omitempty"`
}

// sessionCodec writes sessions as JSON, which is ten times cheaper to read than scs's own format.
type sessionCodec struct{}

func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	d := sessionData{Deadline: deadline}
	for key, v := range values {
		switch key {
		case keyUser:
			d.User, _ = v.(int64)
		case keyFlash:
			d.Flash, _ = v.(string)
		default:
			return nil, fmt.Errorf("a session has no place for %q", key)
		}
	}
	return json.Marshal(d)
}

func (sessionCodec) Decode(data []byte) (time.Time, map[string]any, error) {
	var d sessionData
	if err := json.Unmarshal(data, &d); err != nil {
		return d.Deadline, nil, err
	}
	values := map[string]any{}
	if d.User != 0 {
		values[keyUser] = d.User
	}
	if d.Flash != "" {
		values[keyFlash] = d.Flash
	}
	return d.Deadline, values, nil
}

// session loads the browser's session. A handler that changes it calls saveSession before it answers. scs's own
// middleware would buffer an event stream.
func (a *App) session(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token := ""
		if k, err := c.Cookie(a.sessions.Cookie.Name); err == nil {
			token = k.Value
		}
		ctx, err := a.sessions.Load(c.Request().Context(), token)
		if err != nil {
			return err
		}
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

// keyMemberSession is where memberSession leaves the session's data for the store.
const keyMemberSession contextKey = "session"

type contextKey string

// memberSession reads the session and what requireMember needs in one round trip: every page of an account begins
// with both.
func (a *App) memberSession(next echo.HandlerFunc) echo.HandlerFunc {
	next = a.session(next)
	return func(c echo.Context) error {
		k, err := c.Cookie(a.sessions.Cookie.Name)
		if err != nil || k.Value == "" {
			return next(c)
		}
		accountID, err := pathID(c, "account")
		if err != nil {
			return next(c) // requireMember answers
		}
		ctx, hash := c.Request().Context(), auth.HashToken(k.Value)
		var data []byte
		var row db.FindViewerBySessionRow
		b := a.q.Batch()
		db.Into(b, &data, (*db.Queries).FindSession, hash).Optional()
		db.Into2(b, &row, (*db.Queries).FindViewerBySession, hash, accountID).Optional()
		if err := b.Run(ctx); err != nil {
			return err
		}
		if data != nil {
			c.SetRequest(c.Request().WithContext(context.WithValue(ctx, keyMemberSession, data)))
		}
		if row.ID != 0 {
			c.Set(keyViewerRow, db.GetViewerRow(row))
		}
		return next(c)
	}
}

func (a *App) saveSession(c echo.Context) error {
	ctx := c.Request().Context()
	token, expiry, err := a.sessions.Commit(ctx)
	if err != nil {
		return err
	}
	a.sessions.WriteSessionCookie(ctx, c.Response(), token, expiry)
	c.Response().Header().Set("Cache-Control", "no-store") // scs sets a weaker one
	return nil
}

// signedIn is the id of the user whose session it is, or 0.
func (a *App) signedIn(c echo.Context) int64 {
	return a.sessions.GetInt64(c.Request().Context(), keyUser)
}

// startSession signs a user in. The token is new, so that a token planted before signing in is worth nothing.
func (a *App) startSession(c echo.Context, userID int64) error {
	ctx := c.Request().Context()
	if err := a.sessions.RenewToken(ctx); err != nil {
		return err
	}
	a.sessions.Put(ctx, keyUser, userID)
	return a.saveSession(c)
}

// endSession signs out.
func (a *App) endSession(c echo.Context) error {
	ctx := c.Request().Context()
	if err := a.sessions.Destroy(ctx); err != nil {
		return err
	}
	a.sessions.WriteSessionCookie(ctx, c.Response(), "", time.Time{})
	return nil
}

// setFlash stores words for the next page that this browser opens.
func (a *App) setFlash(c echo.Context, message string) error {
	a.sessions.Put(c.Request().Context(), keyFlash, message)
	return a.saveSession(c)
}

// flash returns the words for this page and removes them. If they cannot be removed, the next page shows them again.
func (a *App) flash(c echo.Context) string {
	ctx := c.Request().Context()
	message := a.sessions.GetString(ctx, keyFlash)
	if fetchedAnew(c) {
		return "" // the reader does not see what a page reads for itself
	}
	if message != "" {
		a.sessions.Remove(ctx, keyFlash)
		if err := a.saveSession(c); err != nil {
			a.log.Warn("flash", "error", err)
		}
	}
	return message
}
