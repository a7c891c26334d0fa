package auth

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
)

// EndAccess ends what a user's password has opened, for a new one: sessions, sign-ins but for one (0 for all), and links
// to a new password. Tokens that they made for a program stay.
func EndAccess(ctx context.Context, q *db.Queries, userID, keepToken int64) error {
	if err := q.DeleteUserSessions(ctx, userID); err != nil {
		return err
	}
	if err := q.DeleteOtherSignIns(ctx, userID, keepToken); err != nil {
		return err
	}
	return q.DeletePasswordResets(ctx, userID)
}

// Accept spends an invitation and makes its person a member, with the inboxes that it names. name and stored, the
// form of a password, are for someone new; empty they leave a known user as they are. pgx.ErrNoRows if the link was
// spent or has ended. A password is for someone who has none and works nowhere else: whoever holds the link may be the
// administrator who made it, and must not come into another account.
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
		if err != nil && !db.IsNone(err) { // none: a member already, which is what was wanted
			return err
		}
		// Who makes a link to a new password in one account must not have one to another.
		if err := q.DeletePasswordResets(ctx, u.ID); err != nil {
			return err
		}
		return q.JoinInboxes(ctx, db.JoinInboxesParams{AccountID: i.AccountID, UserID: u.ID, InboxIds: i.InboxIds})
	})
	return userID, err
}

// Reset spends a link to a new password and ends all that its user's old one has opened. pgx.ErrNoRows if it was spent or has ended.
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
