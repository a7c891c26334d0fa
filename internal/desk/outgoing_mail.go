package desk

import (
	"context"
	"errors"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
)

// ErrNoMail is returned by Mail where no mail server is set up.
var ErrNoMail = errors.New("no mail server is set up")

// outgoingMailSpan is how long Parley tries to send a mail.
const outgoingMailSpan = 3 * 24 * time.Hour

// OutgoingMail is a mail that Parley writes by itself: its kind, recipient and facts.
type OutgoingMail struct {
	Kind  db.OutgoingMailKind
	To    string
	Facts db.OutgoingMailFacts
	// Link is the path of a one-time link in it.
	Link string
	// Once identifies an order that may be given twice: the second one does nothing.
	Once string
}

// WithMail returns the desk for an installation with a mail server.
func (d *Desk) WithMail() *Desk {
	c := *d
	c.mails = true
	return &c
}

// Mails reports whether mails can be ordered.
func (d *Desk) Mails() bool { return d.mails }

// Mails is Desk.Mails.
func (t *Tx) Mails() bool { return t.desk.mails }

// Mail orders a mail, which is sent once the transaction has been committed. ErrNoMail if there is no mail server.
func (t *Tx) Mail(ctx context.Context, l OutgoingMail) error {
	if !t.desk.mails {
		return ErrNoMail
	}
	p := db.InsertOutgoingMailParams{
		Kind:      l.Kind,
		Recipient: l.To,
		Facts:     l.Facts,
		Secret:    db.Secret(l.Link),
		Now:       t.Now,
		GiveUpAt:  t.Now.Add(outgoingMailSpan),
	}
	if t.Account() != 0 {
		account := t.Account()
		p.AccountID = &account
	}
	if l.Once != "" {
		p.Once = &l.Once
	}
	if until := l.Facts.Until; until != nil && until.Before(p.GiveUpAt) {
		p.GiveUpAt = *until // an expired link is of no use
	}
	id, err := t.q.InsertOutgoingMail(ctx, p)
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.Enqueue(ctx, job.SendOutgoingMail{OutgoingMailID: id})
}
