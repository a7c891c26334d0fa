// Package mailer sends the e-mails that Parley writes by itself: invitations, password links, transcripts, what rules
// write to teams, notices of paused webhooks. An outgoing mail is a row and a job, both inserted in the transaction that
// gives the reason for it (desk.Tx.Mail). This package writes it from its facts, sends it, retries and gives up.
//
// Not here: mail as a channel (package mail).
package mailer

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/link"
)

// Config is what a Mailer needs.
type Config struct {
	Pool *pgxpool.Pool
	Desk *desk.Desk
	// Server is nil where no mail server is set up: mails that were ordered before wait for one.
	Server  *Server
	BaseURL string
	Logger  *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Mailer sends
type Mailer struct {
	q       *db.Queries
	desk    *desk.Desk
	server  *Server
	baseURL string
	log     *slog.Logger
	clock   func() time.Time
}

// New makes a Mailer. Its desk should have the same clock.
func New(c Config) *Mailer {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Mailer{q: db.New(c.Pool), desk: c.Desk, server: c.Server, baseURL: c.BaseURL, log: c.Logger, clock: c.Now}
}

func (p *Mailer) now() time.Time { return p.clock().UTC().Truncate(time.Microsecond) }

// AddWorkers registers the jobs of this package.
func (p *Mailer) AddWorkers(w *river.Workers) {
	river.AddWorker(w, &worker{mailer: p})
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.MailPasswordLink]) error {
		return p.mailPasswordLink(ctx, j.ID, j.Args.Email)
	}))
}

// worker makes one try.
type worker struct {
	river.WorkerDefaults[job.SendOutgoingMail]
	mailer *Mailer
}

// Timeout is longer than the longest try.
func (w *worker) Timeout(*river.Job[job.SendOutgoingMail]) time.Duration { return 5 * time.Minute }

func (w *worker) Work(ctx context.Context, j *river.Job[job.SendOutgoingMail]) error {
	next, err := w.mailer.Send(ctx, j.Args.OutgoingMailID)
	if err != nil || next.IsZero() {
		return err
	}
	return river.JobSnooze(max(next.Sub(w.mailer.now()), 0) + 10*time.Millisecond)
}

// lease is how long a try may be under way before another process may make one.
func (p *Mailer) lease() time.Duration {
	if p.server == nil {
		return time.Minute
	}
	return p.server.longest() + 2*time.Second
}

// Send tries to send a mail, unless it has ended or is not due. It returns when to try next, or zero once the mail has
// ended.
func (p *Mailer) Send(ctx context.Context, id int64) (next time.Time, err error) {
	l, err := p.q.ClaimOutgoingMail(ctx, db.ClaimOutgoingMailParams{ID: id, Now: p.now(), Lease: p.now().Add(p.lease())})
	if db.IsNone(err) {
		return p.notDue(ctx, id)
	}
	if err != nil {
		return next, err
	}
	o, err := p.try(ctx, l)
	if err != nil {
		o = outcome{reason: "It could not be written"}
		p.log.Error("write an outgoing mail", "mail", l.ID, "kind", l.Kind, "error", err)
	}
	// The server may have taken the mail, so the outcome is recorded even when ctx has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		next, err := p.end(ctx, l, o)
		if err == nil || ctx.Err() != nil {
			return next, err
		}
		time.Sleep(pause)
	}
}

// notDue handles a mail that could not be claimed: it has ended, or it is to be tried later.
func (p *Mailer) notDue(ctx context.Context, id int64) (next time.Time, err error) {
	l, err := p.q.GetOutgoingMail(ctx, id)
	if db.IsNone(err) || err == nil && l.Ended() {
		return next, nil
	}
	return l.NextTryAt, err
}

func (p *Mailer) try(ctx context.Context, l db.OutgoingMail) (outcome, error) {
	if p.server == nil {
		return outcome{reason: "No mail server is set up"}, nil
	}
	c, err := p.content(ctx, l)
	if db.IsNone(err) {
		return outcome{reason: "What it is about is gone", last: true}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	var html bytes.Buffer
	if err := htmlPage(c).Render(ctx, &html); err != nil {
		return outcome{}, err
	}
	return p.server.send(ctx, envelope{
		id: l.Uuid.String(), to: l.Recipient, subject: c.Subject, text: c.Text(), html: html.String(), at: l.CreatedAt,
	}), nil
}

const (
	firstPause = 30 * time.Second
	longest    = 6 * time.Hour
)

// pauseAfter doubles with the tries, a fifth more or less.
func pauseAfter(tries int32) time.Duration {
	d := longest
	if tries < 12 {
		d = min(firstPause<<(max(tries, 1)-1), longest)
	}
	return d + time.Duration((rand.Float64()-0.5)*0.4*float64(d)) //nolint:gosec // jitter
}

// end records how a try ended. When the mail is given up, the failure is reported to the rule's run or the macro's user.
func (p *Mailer) end(ctx context.Context, l db.OutgoingMail, o outcome) (next time.Time, err error) {
	now := p.now()
	e := db.EndOutgoingMailTryParams{
		ID:        l.ID,
		Attempts:  l.Attempts,
		State:     db.OutgoingMailStateWaiting,
		LastError: o.reason,
		NextTryAt: now.Add(pauseAfter(l.Attempts)),
	}
	if o.unclear {
		e.Unclear = 1
	}
	switch {
	case o.reason == "":
		e.State = db.OutgoingMailStateSent
	case o.last || e.NextTryAt.After(l.GiveUpAt):
		e.State = db.OutgoingMailStateFailed
	}
	if e.State != db.OutgoingMailStateWaiting {
		e.FinishedAt = &now
	}
	who := desk.Actor{Kind: db.ActorKindSystem}
	if l.AccountID != nil {
		who = desk.System(*l.AccountID)
	}
	err = p.desk.Do(ctx, who, func(t *desk.Tx) error {
		n, err := t.Queries().EndOutgoingMailTry(ctx, e)
		if err != nil || n == 0 || e.State != db.OutgoingMailStateFailed || l.AccountID == nil {
			return err
		}
		return reportFailure(ctx, t, l, o.reason)
	})
	if err != nil {
		return next, err
	}
	switch {
	case e.State == db.OutgoingMailStateFailed:
		p.log.Error("outgoing mail given up", "mail", l.ID, "kind", l.Kind, "account", l.AccountID, "reason", o.reason)
	case o.reason != "":
		p.log.Warn("outgoing mail not sent yet", "mail", l.ID, "kind", l.Kind, "account", l.AccountID, "tries", l.Attempts, "reason", o.reason)
	}
	if e.FinishedAt != nil {
		return next, nil
	}
	return e.NextTryAt, nil
}

// reportFailure reports to the rule's run or the macro's user that a mail was given up. The run or the conversation may
// have been deleted meanwhile.
func reportFailure(ctx context.Context, t *desk.Tx, l db.OutgoingMail, why string) error {
	problem := "The mail to " + l.Recipient + " was not sent: " + why
	switch f := l.Facts; {
	case f.RuleID != 0:
		return t.Queries().NoteRuleRun(ctx, db.NoteRuleRunParams{AccountID: t.Account(), RuleID: f.RuleID, EventID: f.EventID, Problem: problem})
	case f.MacroBy != 0:
		if err := t.MacroFailed(ctx, f.ConversationID, f.MacroBy, problem); !db.IsNone(err) {
			return err
		}
	}
	return nil
}

// maxTranscript is how many messages a transcript holds; the newest are kept.
const maxTranscript = 1000

// content writes a mail from its facts. It returns pgx.ErrNoRows if what the facts refer to was deleted.
func (p *Mailer) content(ctx context.Context, l db.OutgoingMail) (content, error) {
	f, until := l.Facts, l.GiveUpAt
	if f.Until != nil {
		until = *f.Until
	}
	switch l.Kind {
	case db.OutgoingMailKindPassword:
		return passwordReset(p.baseURL+string(l.Secret), until), nil
	case db.OutgoingMailKindInvitation:
		return invitation(f.By, f.Account, p.baseURL+string(l.Secret), until), nil
	}
	if l.AccountID == nil {
		return content{}, pgx.ErrNoRows
	}
	account, err := p.q.GetAccountName(ctx, *l.AccountID)
	if err != nil {
		return content{}, err
	}
	switch l.Kind {
	case db.OutgoingMailKindTranscript:
		messages, err := p.transcript(ctx, *l.AccountID, f)
		return transcript(account, f.DisplayID, messages), err
	case db.OutgoingMailKindTeam:
		return teamNotice(account, f.DisplayID, f.Message, p.baseURL+link.Conversation(*l.AccountID, f.DisplayID)), nil
	case db.OutgoingMailKindWebhookPaused:
		return webhookPaused(account, f.URL, f.Reason, p.baseURL+link.Setting(*l.AccountID, "webhooks", f.WebhookID)), nil
	}
	return content{}, errors.New("mailer: unknown kind " + string(l.Kind))
}

// transcript reads the messages up to the moment when the mail was ordered, without private notes.
func (p *Mailer) transcript(ctx context.Context, accountID int64, f db.OutgoingMailFacts) ([]quotedMessage, error) {
	rows, err := p.q.ListThreadBack(ctx, db.ListThreadBackParams{
		AccountID: accountID, ConversationID: f.ConversationID, BeforeID: min(f.UpTo, math.MaxInt64-1) +
			1, TalkOnly: true, PageSize: maxTranscript,
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for n, r := range rows {
		ids[n] = r.Message.ID
	}
	files, err := p.q.ListMessageAttachments(ctx, accountID, ids)
	if err != nil {
		return nil, err
	}
	messages := make([]quotedMessage, 0, len(rows))
	for _, r := range slices.Backward(rows) {
		m, sender := r.Message, r.MessageSender
		s := quotedMessage{
			Author: firstNonEmpty(sender.ContactName, sender.UserName, sender.BotName),
			At:     m.CreatedAt,
			Text:   firstNonEmpty(m.Content),
		}
		if s.Author == "" {
			s.Author = "System"
		}
		for _, a := range files {
			if a.MessageID != nil && *a.MessageID == m.ID && a.Name != "" {
				s.Files = append(s.Files, a.Name)
			}
		}
		messages = append(messages, s)
	}
	return messages, nil
}

func firstNonEmpty(all ...*string) string {
	for _, s := range all {
		if s != nil && *s != "" {
			return *s
		}
	}
	return ""
}
