package auth

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// ErrSetUp means that the installation has its first account already.
var ErrSetUp = errors.New("this installation is set up already")

// FirstRun is the input of SetUp.
type FirstRun struct {
	Account, Name, Email, Password string
}

// Made is what SetUp made. Token is the administrator's access token, shown once.
type Made struct {
	Account db.Account
	User    db.User
	Token   string
}

// SetUp makes the first account and its administrator, once in an installation's life: ErrSetUp after that,
// fault.Fields for wrong input.
func SetUp(ctx context.Context, pool *pgxpool.Pool, passwords *Passwords, in FirstRun) (Made, error) {
	var made Made
	invalid := fault.Fields{}
	if strings.TrimSpace(in.Account) == "" {
		invalid["account"] = "Account name can't be blank"
	}
	if strings.TrimSpace(in.Name) == "" {
		invalid["name"] = "Your name can't be blank"
	}
	email, err := NormalEmail(in.Email)
	if err != nil {
		invalid["email"] = err.Error()
	}
	if err := CheckLength(in.Password); err != nil {
		invalid["password"] = fault.In(err)["password"]
	}
	if len(invalid) > 0 {
		return made, invalid
	}
	// Asked before the costly hash, and again under the lock.
	if open, err := db.New(pool).NeedsSetUp(ctx); err != nil || !open {
		return made, cmp.Or(err, ErrSetUp)
	}
	hash, err := passwords.Hash(ctx, in.Password)
	if err != nil {
		return made, err
	}
	err = db.Tx(ctx, pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		if _, err := q.LockInstallation(ctx); err != nil {
			return err
		}
		if open, err := q.NeedsSetUp(ctx); err != nil || !open {
			return cmp.Or(err, ErrSetUp)
		}
		now := time.Now()
		if made.Account, err = NewAccount(ctx, q, strings.TrimSpace(in.Account)); err != nil {
			return err
		}
		if made.User, err = q.InsertUser(ctx, db.InsertUserParams{
			Name:         strings.TrimSpace(in.Name),
			Email:        email,
			PasswordHash: &hash,
			ConfirmedAt:  &now,
		}); err != nil {
			return err
		}
		if _, err = q.InsertMembership(ctx, db.InsertMembershipParams{
			AccountID: made.Account.ID,
			UserID:    made.User.ID,
			Role:      db.RoleAdministrator,
		}); err != nil {
			return err
		}
		if made.Token, err = NewUserToken(ctx, q, made.User.ID, "First run"); err != nil {
			return err
		}
		return q.SetInstallationSetUp(ctx, now)
	})
	return made, err
}

// NewAccount adds an account with the counters that it needs.
func NewAccount(ctx context.Context, q *db.Queries, name string) (db.Account, error) {
	a, err := q.InsertAccount(ctx, db.InsertAccountParams{Name: name, Locale: "en", TimeZone: "UTC"})
	if err != nil {
		return a, err
	}
	if err := q.InsertAccountCounters(ctx, a.ID); err != nil {
		return a, err
	}
	return a, q.InsertEventCounter(ctx, a.ID)
}

// NewUserToken adds an access token for a user and returns it; it cannot be read again.
func NewUserToken(ctx context.Context, q *db.Queries, userID int64, name string) (string, error) {
	s := NewSecret()
	_, err := q.InsertAccessToken(ctx, db.InsertAccessTokenParams{
		TokenHash: s.Hash,
		Kind:      db.TokenKindUser,
		UserID:    &userID,
		Name:      name,
		Hint:      s.Hint,
	})
	return s.Token, err
}
