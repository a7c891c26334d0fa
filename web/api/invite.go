package api

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
)

// Invite sends u a mail with a link to choose a password, if u has none yet. Without a mail server it does nothing: an
// administrator makes the link on the member's page.
func Invite(ctx context.Context, t *desk.Tx, u db.User) error {
	if !t.Mails() || u.PasswordHash != nil {
		return nil
	}
	account, err := t.Queries().GetAccountName(ctx, t.Account())
	if err != nil {
		return err
	}
	secret, until := auth.NewSecret(), t.Now.Add(inviteSpan)
	err = t.Queries().InsertPasswordReset(ctx, db.InsertPasswordResetParams{
		TokenHash: secret.Hash,
		UserID:    u.ID,
		ExpiresAt: until,
	})
	if err != nil {
		return err
	}
	facts := db.OutgoingMailFacts{Until: &until, Account: account}
	if t.Actor.Kind == db.ActorKindUser {
		facts.By = t.Actor.Name
	}
	return t.Mail(ctx, desk.OutgoingMail{
		Kind:  db.OutgoingMailKindInvitation,
		To:    u.Email,
		Link:  link.PasswordReset(secret.Token),
		Facts: facts,
	})
}

// inviteSpan is how long the link in an invitation is valid.
const inviteSpan = 7 * 24 * time.Hour
