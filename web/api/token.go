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

// Token is the access token that a call came with. ID 0 is none.
type Token struct {
	ID   int64
	Kind db.TokenKind
	// PlatformAppID is whose token it is on platform routes.
	PlatformAppID int64
	// Secret is the token itself: the profile gives it back to whoever sent it.
	Secret string
}

// authenticate fills in who calls, by one read, and refuses whom the route's policy does not let in.
func (a *API) authenticate(c *Call) error {
	if c.Route.Policy == Public {
		return nil
	}
	secret, refused := c.dialect.Credential(c.Request()), Failure{Kind: NoToken, Status: http.StatusUnauthorized, Sentence: "You need to sign in or sign up before continuing."}
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
		return Failure{Kind: BadToken, Status: http.StatusUnauthorized, Sentence: "Invalid Access Token"}
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

// pathAccount is the account in the path, or 0 for a route without one; a garbled one is not found.
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

// admit is the whole table of who may call what.
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
		return Failure{Kind: BadToken, Status: http.StatusUnauthorized, Sentence: "Invalid access_token"}
	}
	c.Token.PlatformAppID = *row.PlatformAppID
	return nil
}

func (c *Call) admitMember(row db.AuthenticateRow) error {
	if err := checkActive(row); err != nil {
		return err
	}
	if row.Role == nil || row.UserID == nil {
		return Failure{Kind: NotMember, Status: http.StatusUnauthorized, Sentence: "You are not authorized to access this account"}
	}
	c.Actor = desk.User(deref(row.UserName), db.Scope{
		AccountID: *row.AccountID, UserID: *row.UserID, Role: *row.Role, SeesAll: *row.Role == db.RoleAdministrator,
		InboxIDs: row.InboxIds, TeamIDs: row.TeamIds,
	})
	if c.Route.Policy == Admin && !c.Actor.Scope.Admin() {
		return fault.Forbidden
	}
	return nil
}

// admitBot lets a bot into the account that owns it, all of it: the contract's check is by ownership, not by inbox.
func (c *Call) admitBot(row db.AuthenticateRow, account int64) error {
	if c.Route.Policy != MemberOrBot {
		return notForBots()
	}
	if err := checkActive(row); err != nil {
		return err
	}
	if row.BotID == nil || row.OwnAccountID == nil || *row.OwnAccountID != account {
		return Failure{Kind: NotMember, Status: http.StatusUnauthorized, Sentence: "Bot is not authorized to access this account"}
	}
	c.Actor = desk.Bot(db.AgentBot{ID: *row.BotID, Name: deref(row.BotName)}, db.Everything(account))
	return nil
}

// admitKey lets an account's key into its own account, as the user it names, else as the account.
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

// checkActive refuses an account that is not there or is suspended.
func checkActive(row db.AuthenticateRow) error {
	if row.AccountID == nil || row.AccountStatus == nil {
		return fault.NotFound
	}
	if *row.AccountStatus == db.AccountStatusSuspended {
		return Failure{Kind: Suspended, Status: http.StatusUnauthorized, Sentence: "Account is suspended"}
	}
	return nil
}

func notForBots() error {
	return Failure{Kind: NotForBots, Status: http.StatusUnauthorized, Sentence: "Access to this endpoint is not authorized for bots"}
}

// touch notes the day on which a token was used, beside the call and once a day.
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
