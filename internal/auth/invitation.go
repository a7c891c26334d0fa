package auth

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
)

// Accept spends an invitation and makes its person a member, with the inboxes that it names. name and stored, the
// form of a password, are for somebody new; empty they leave a known user as they are. pgx.ErrNoRows if the link was
// spent or has ended.
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
		return q.JoinInboxes(ctx, db.JoinInboxesParams{AccountID: i.AccountID, UserID: u.ID, InboxIds: i.InboxIds})
	})
	return userID, err
}

// Reset spends a link to a new password and ends all sessions of its user. pgx.ErrNoRows if it was spent or has ended.
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
		return q.DeleteUserSessions(ctx, userID)
	})
}
