package mailer

import (
	"context"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
)

// resetSpan is how long a password link works that was asked for by mail.
const resetSpan = time.Hour

// mailPasswordLink orders the mail with a new password link for the user of an address, once for each job.
func (p *Mailer) mailPasswordLink(ctx context.Context, order int64, email string) error {
	u, err := p.q.GetUserForSignIn(ctx, email)
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.desk.Do(ctx, desk.Actor{Kind: db.ActorKindSystem}, func(t *desk.Tx) error {
		secret, until := auth.NewSecret(), t.Now.Add(resetSpan)
		if err := t.Queries().InsertPasswordReset(ctx, db.InsertPasswordResetParams{
			TokenHash: secret.Hash,
			UserID:    u.ID,
			ExpiresAt: until,
		}); err != nil {
			return err
		}
		return t.Mail(ctx, desk.OutgoingMail{
			Kind: db.OutgoingMailKindPassword, To: u.Email, Once: "password:" + strconv.FormatInt(order, 10),
			Link: link.PasswordReset(secret.Token), Facts: db.OutgoingMailFacts{Until: &until},
		})
	})
}
