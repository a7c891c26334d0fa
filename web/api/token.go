package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// Token is the access token of a call. ID 0 means that there is none.
type Token struct {
	ID   int64
	Kind db.TokenKind
	// PlatformAppID is the owner of the token on platform routes.
	PlatformAppID int64
	// Secret is the token itself: the profile shows the caller the token that they sent.
	Secret string
}

// authenticate finds the caller with one query, and refuses them if the route's policy does not admit them.
func (a *API) authenticate(c *Call) error {
	if c.Route.Policy == Public {
		return nil
	}
	secret := c.dialect.Credential(c.Request())
	refused := unauthorized(NoToken, "You need to sign in or sign up before continuing.")
	if secret == "" || len(secret) > 512 {
		return refused
	}
	account, err := pathAccount(c)
	if err != nil {
		return err
	}
	if token := a.signedIn(c); token != "" {
		secret = token
	}
	row, err := a.Q.Authenticate(c.Ctx(), account, auth.HashToken(secret))
	if errors.Is(err, pgx.ErrNoRows) {
		if row, secret, err = a.authenticateByPassword(c, account); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return unauthorized(BadToken, "Invalid Access Token")
	}
	if err != nil {
		return err
	}
	if c.dialect.Fits != nil && !c.dialect.Fits(c.Request(), row) {
		return refused
	}
	c.Token = Token{ID: row.ID, Kind: row.Kind, Secret: secret}
	a.touch(row)
	return c.admit(row, account)
}

// Readmit authenticates the caller again, for an answer that goes on: it fails once the token is revoked, and renews what
// the caller may see.
func (c *Call) Readmit() error { return c.api.authenticate(c) }

// pathAccount returns the account id in the path, or 0 for a route without one. Anything but a positive number is
// fault.NotFound.
func pathAccount(c *Call) (int64, error) {
	s := c.Param("account")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, fault.NotFound
	}
	return n, nil
}

// admit sets the actor, or refuses the caller: no other place decides who may call a route.
func (c *Call) admit(row db.AuthenticateRow, account int64) error {
	switch c.Route.Policy {
	case Platform:
		return c.admitPlatform(row)
	case User:
		if row.Kind != db.TokenKindUser || row.UserID == nil {
			return notForBots()
		}
		c.Actor = desk.User(deref(row.UserName), db.Scope{UserID: *row.UserID})
		return nil
	}
	switch row.Kind {
	case db.TokenKindPlatform:
		return notForBots()
	case db.TokenKindBot:
		return c.admitBot(row, account)
	case db.TokenKindAccount:
		return c.admitKey(row)
	}
	return c.admitMember(row)
}

func (c *Call) admitPlatform(row db.AuthenticateRow) error {
	if row.Kind != db.TokenKindPlatform || row.PlatformAppID == nil {
		return unauthorized(BadToken, "Invalid access_token")
	}
	c.Token.PlatformAppID = *row.PlatformAppID
	return nil
}

func (c *Call) admitMember(row db.AuthenticateRow) error {
	if err := checkActive(row); err != nil {
		return err
	}
	if row.Role == nil || row.UserID == nil {
		return unauthorized(NotMember, "You are not authorized to access this account")
	}
	c.Actor = desk.User(deref(row.UserName), db.Scope{
		AccountID: *row.AccountID,
		UserID:    *row.UserID,
		Role:      *row.Role,
		SeesAll:   *row.Role == db.RoleAdministrator,
		InboxIDs:  row.InboxIds,
		TeamIDs:   row.TeamIds,
	})
	if c.Route.Policy == Admin && !c.Actor.Scope.Admin() {
		return fault.Forbidden
	}
	return nil
}

// admitBot admits a bot to the account that owns it. It sees every inbox there: the contract checks the owner alone.
func (c *Call) admitBot(row db.AuthenticateRow, account int64) error {
	if c.Route.Policy != MemberOrBot {
		return notForBots()
	}
	if err := checkActive(row); err != nil {
		return err
	}
	if row.BotID == nil || row.OwnAccountID == nil || *row.OwnAccountID != account {
		return unauthorized(NotMember, "Bot is not authorized to access this account")
	}
	c.Actor = desk.Bot(db.AgentBot{ID: *row.BotID, Name: deref(row.BotName)}, db.Everything(account))
	return nil
}

// admitKey admits an account's key to its own account, as the key's user or else as the account.
func (c *Call) admitKey(row db.AuthenticateRow) error {
	if c.Route.Policy != Key {
		return notForBots()
	}
	if err := checkActive(row); err != nil {
		return err
	}
	everything := db.Everything(*row.AccountID)
	if row.UserID == nil || row.Role == nil {
		c.Actor = desk.AccountKey(row.Name, *row.AccountID)
		return nil
	}
	everything.UserID, everything.Role = *row.UserID, *row.Role
	c.Actor = desk.User(deref(row.UserName), everything)
	return nil
}

// checkActive refuses an account that does not exist or is suspended.
func checkActive(row db.AuthenticateRow) error {
	if row.AccountID == nil || row.AccountStatus == nil {
		return fault.NotFound
	}
	if *row.AccountStatus == db.AccountStatusSuspended {
		return unauthorized(Suspended, "Account is suspended")
	}
	return nil
}

func notForBots() error {
	return unauthorized(NotForBots, "Access to this endpoint is not authorized for bots")
}

func unauthorized(kind Kind, sentence string) Failure {
	return Failure{Kind: kind, Status: http.StatusUnauthorized, Sentence: sentence}
}

// touch notes the day on which a token was used: once a day, and without making the call wait.
func (a *API) touch(row db.AuthenticateRow) {
	today := a.Now().UTC().Truncate(24 * time.Hour)
	if row.LastUsedOn != nil && !row.LastUsedOn.Before(today) {
		return
	}
	if had, ok := a.touched.Swap(row.ID, today); ok && had == today {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := a.Q.TouchToken(ctx, today, row.ID); err != nil {
			a.Logger.Debug("token's day of use not noted", "err", err)
		}
	}()
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
