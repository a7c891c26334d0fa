package auth

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
)

// EndAccess ends what a user's old password gave access to: sessions, sign-ins except one (0 for all), and password
// links. Tokens that the user made for programs stay.
func EndAccess(ctx context.Context, q *db.Queries, userID, keepToken int64) error {
	if err := q.DeleteUserSessions(ctx, userID); err != nil {
		return err
	}
	if err := q.DeleteOtherSignIns(ctx, userID, keepToken); err != nil {
		return err
	}
	return q.DeletePasswordResets(ctx, userID)
}

// Accept uses up an invitation and makes its user a member, with the inboxes that it names. name and stored, the hash
// of a password, are for a new user; empty, they leave a known user unchanged. It returns pgx.ErrNoRows if the link
// was used or has expired. A password is accepted only for a user who has none and works nowhere else: whoever holds
// the link may be the administrator who made it, and must not get into another account.
func Accept(ctx context.Context, pool *pgxpool.Pool, now time.Time, tokenHash []byte, name, stored string) (userID int64, err error) {
	err = db.Tx(ctx, pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		i, err := q.UseInvitation(ctx, now, tokenHash)
		if err != nil {
			return err
		}
		u, err := q.InsertInvitedUser(ctx, name, i.Email)
		if err != nil {
			return err
		}
		userID = u.ID
		if stored != "" {
			elsewhere, err := q.WorksElsewhere(ctx, u.ID, i.AccountID)
			if err != nil {
				return err
			}
			if elsewhere || u.PasswordHash != nil {
				return pgx.ErrNoRows
			}
			if err := q.SetUserPassword(ctx, stored, u.ID); err != nil {
				return err
			}
		}
		_, err = q.JoinAccount(ctx, db.JoinAccountParams{
			AccountID: i.AccountID, UserID: u.ID, Role: i.Role, Availability: db.AvailabilityOnline, AutoOffline: true, InviterID: &i.InviterID,
		})
		if err != nil && !db.IsNone(err) { // none: a member already, as wanted
			return err
		}
		// An administrator who makes a password link in one account must not get into another.
		if err := q.DeletePasswordResets(ctx, u.ID); err != nil {
			return err
		}
		_, err = q.JoinInboxes(ctx, db.JoinInboxesParams{AccountID: i.AccountID, UserID: u.ID, InboxIds: i.InboxIds})
		return err
	})
	return userID, err
}

// Reset uses up a password link and ends everything that the user's old password gave access to. It returns
// pgx.ErrNoRows if the link was used or has expired.
func Reset(ctx context.Context, pool *pgxpool.Pool, now time.Time, tokenHash []byte, stored string) error {
	return db.Tx(ctx, pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		userID, err := q.UsePasswordReset(ctx, now, tokenHash)
		if err != nil {
			return err
		}
		if err := q.SetUserPassword(ctx, stored, userID); err != nil {
			return err
		}
		return EndAccess(ctx, q, userID, 0)
	})
}
