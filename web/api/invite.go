package api

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
)

// Invite orders a letter with a link to choose a password, for somebody who has none yet. Without a mail server an
// administrator makes the link on the page of the colleague.
func Invite(ctx context.Context, t *desk.Tx, u db.User) error {
	if !t.Mails() || u.PasswordHash != nil {
		return nil
	}
	account, err := t.Queries().GetAccountName(ctx, t.Account())
	if err != nil {
		return err
	}
	secret, until := auth.NewSecret(), t.Now.Add(inviteSpan)
	if err := t.Queries().InsertPasswordReset(ctx, db.InsertPasswordResetParams{TokenHash: secret.Hash, UserID: u.ID, ExpiresAt: until}); err != nil {
		return err
	}
	facts := db.LetterFacts{Until: &until, Account: account}
	if t.Actor.Kind == db.ActorKindUser {
		facts.By = t.Actor.Name
	}
	return t.Mail(ctx, desk.OutgoingMail{Kind: db.OutgoingMailKindInvitation, To: u.Email, Link: link.PasswordReset(secret.Token), Facts: facts})
}

// inviteSpan is how long an invited colleague may take.
const inviteSpan = 7 * 24 * time.Hour
