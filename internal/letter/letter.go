// Package letter sends the e-mails that Parley writes by itself: invitations, new passwords, transcripts, what rules
// tell teams, webhooks that were paused. A letter is a row and a job, both inserted in the transaction that gives the
// reason for it (desk.Tx.Mail); here it is written from its facts, sent, tried again and given up.
//
// Not here: how a letter looks (views/letters), mail as a channel (package mail).
package letter

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views/letters"
)

// Config is what sending letters needs.
type Config struct {
	Pool *pgxpool.Pool
	Desk *desk.Desk
	// Server takes them; nil where none is set up: what was ordered before waits for one.
	Server  *Server
	BaseURL string
	Logger  *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Post sends letters.
type Post struct {
	q       *db.Queries
	desk    *desk.Desk
	server  *Server
	baseURL string
	log     *slog.Logger
	clock   func() time.Time
}

// New makes it. The desk should have the same clock.
func New(c Config) *Post {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Post{q: db.New(c.Pool), desk: c.Desk, server: c.Server, baseURL: c.BaseURL, log: c.Logger, clock: c.Now}
}

func (p *Post) now() time.Time { return p.clock().UTC().Truncate(time.Microsecond) }

// AddWorkers registers the jobs of this package.
func (p *Post) AddWorkers(w *river.Workers) {
	river.AddWorker(w, &worker{post: p})
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.MailPasswordLink]) error {
		return p.mailPasswordLink(ctx, j.ID, j.Args.Email)
	}))
}

// worker makes one try.
type worker struct {
	river.WorkerDefaults[job.SendOutgoingMail]
	post *Post
}

// Timeout is longer than the longest try.
func (w *worker) Timeout(*river.Job[job.SendOutgoingMail]) time.Duration { return 5 * time.Minute }

func (w *worker) Work(ctx context.Context, j *river.Job[job.SendOutgoingMail]) error {
	next, err := w.post.Send(ctx, j.Args.OutgoingMailID)
	if err != nil || next.IsZero() {
		return err
	}
	return river.JobSnooze(max(next.Sub(w.post.now()), 0) + 10*time.Millisecond)
}

// lease is how long a try may be under way before another process may make one.
func (p *Post) lease() time.Duration {
	if p.server == nil {
		return time.Minute
	}
	return p.server.longest() + 2*time.Second
}

// Send makes a try at a letter, unless it has ended or is not due. It returns when the next one is to be made; zero
// once the letter has ended.
func (p *Post) Send(ctx context.Context, id int64) (next time.Time, err error) {
	l, err := p.q.ClaimLetter(ctx, db.ClaimLetterParams{ID: id, Now: p.now(), Lease: p.now().Add(p.lease())})
	if db.IsNone(err) {
		return p.notDue(ctx, id)
	}
	if err != nil {
		return next, err
	}
	o, err := p.try(ctx, l)
	if err != nil {
		o = outcome{wrong: "It could not be written"}
		p.log.Error("write a letter", "letter", l.ID, "kind", l.Kind, "error", err)
	}
	// The server has answered, whatever becomes of us: that is noted even if our time is over.
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

// notDue looks why a try cannot be made: the letter has ended, or its time has not come.
func (p *Post) notDue(ctx context.Context, id int64) (next time.Time, err error) {
	l, err := p.q.GetLetter(ctx, id)
	if db.IsNone(err) || err == nil && l.Ended() {
		return next, nil
	}
	return l.NextTryAt, err
}

func (p *Post) try(ctx context.Context, l db.Letter) (outcome, error) {
	if p.server == nil {
		return outcome{wrong: "No mail server is set up"}, nil
	}
	words, err := p.words(ctx, l)
	if db.IsNone(err) {
		return outcome{wrong: "What it is about is gone", last: true}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	var html bytes.Buffer
	if err := letters.Page(words).Render(ctx, &html); err != nil {
		return outcome{}, err
	}
	return p.server.send(ctx, envelope{
		id: l.Uuid.String(), to: l.Recipient, subject: words.Subject, text: words.Text(), html: html.String(), at: l.CreatedAt,
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

// end notes how a try ended, and tells the rule's run, or whoever ran the macro, when its letter is given up.
func (p *Post) end(ctx context.Context, l db.Letter, o outcome) (next time.Time, err error) {
	now := p.now()
	e := db.EndLetterTryParams{ID: l.ID, Attempts: l.Attempts, State: db.LetterStateWaiting, LastError: o.wrong, NextTryAt: now.Add(pauseAfter(l.Attempts))}
	if o.unclear {
		e.Unclear = 1
	}
	switch {
	case o.wrong == "":
		e.State = db.LetterStateSent
	case o.last || e.NextTryAt.After(l.GiveUpAt):
		e.State = db.LetterStateFailed
	}
	if e.State != db.LetterStateWaiting {
		e.FinishedAt = &now
	}
	who := desk.Actor{Kind: db.ActorKindSystem}
	if l.AccountID != nil {
		who = desk.System(*l.AccountID)
	}
	err = p.desk.Do(ctx, who, func(t *desk.Tx) error {
		n, err := t.Queries().EndLetterTry(ctx, e)
		if err != nil || n == 0 || e.State != db.LetterStateFailed || l.AccountID == nil {
			return err
		}
		return tellFailed(ctx, t, l, o.wrong)
	})
	if err != nil {
		return next, err
	}
	switch {
	case e.State == db.LetterStateFailed:
		p.log.Error("letter given up", "letter", l.ID, "kind", l.Kind, "account", l.AccountID, "reason", o.wrong)
	case o.wrong != "":
		p.log.Warn("letter not sent yet", "letter", l.ID, "kind", l.Kind, "account", l.AccountID, "tries", l.Attempts, "reason", o.wrong)
	}
	if e.FinishedAt != nil {
		return next, nil
	}
	return e.NextTryAt, nil
}

// tellFailed tells those who wait for what a letter says that it was given up. What it was about may be gone.
func tellFailed(ctx context.Context, t *desk.Tx, l db.Letter, why string) error {
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

// maxTranscript bounds a transcript; the newest messages are in it.
const maxTranscript = 1000

// words writes a letter from its facts. pgx.ErrNoRows if what it is about is gone.
func (p *Post) words(ctx context.Context, l db.Letter) (letters.Letter, error) {
	f, until := l.Facts, l.GiveUpAt
	if f.Until != nil {
		until = *f.Until
	}
	switch l.Kind {
	case db.LetterKindPassword:
		return letters.Password(p.baseURL+string(l.Secret), until), nil
	case db.LetterKindInvitation:
		return letters.Invitation(f.By, f.Account, p.baseURL+string(l.Secret), until), nil
	}
	if l.AccountID == nil {
		return letters.Letter{}, pgx.ErrNoRows
	}
	account, err := p.q.GetAccountName(ctx, *l.AccountID)
	if err != nil {
		return letters.Letter{}, err
	}
	switch l.Kind {
	case db.LetterKindTranscript:
		said, err := p.said(ctx, *l.AccountID, f)
		return letters.Transcript(account, f.DisplayID, said), err
	case db.LetterKindTeam:
		return letters.Team(account, f.DisplayID, f.Message, p.baseURL+link.Conversation(*l.AccountID, f.DisplayID)), nil
	case db.LetterKindWebhookPaused:
		return letters.WebhookPaused(account, f.URL, f.Reason, p.baseURL+link.Settings(*l.AccountID, "webhooks/"+strconv.FormatInt(f.WebhookID, 10))), nil
	}
	return letters.Letter{}, errors.New("letter: unknown kind " + string(l.Kind))
}

// said reads what was said up to the moment of the order, without notes.
func (p *Post) said(ctx context.Context, accountID int64, f db.LetterFacts) ([]letters.Said, error) {
	rows, err := p.q.ListThreadBack(ctx, db.ListThreadBackParams{
		AccountID: accountID, ConversationID: f.ConversationID, BeforeID: min(f.UpTo, math.MaxInt64-1) + 1, TalkOnly: true, PageSize: maxTranscript,
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for n, m := range rows {
		ids[n] = m.ID
	}
	files, err := p.q.ListMessageAttachments(ctx, accountID, ids)
	if err != nil {
		return nil, err
	}
	said := make([]letters.Said, 0, len(rows))
	for _, m := range slices.Backward(rows) {
		s := letters.Said{Who: first(m.ContactName, m.UserName, m.BotName), At: m.CreatedAt, Text: first(m.Content)}
		if s.Who == "" {
			s.Who = "System"
		}
		for _, a := range files {
			if a.MessageID != nil && *a.MessageID == m.ID && a.Name != "" {
				s.Files = append(s.Files, a.Name)
			}
		}
		said = append(said, s)
	}
	return said, nil
}

func first(all ...*string) string {
	for _, s := range all {
		if s != nil && *s != "" {
			return *s
		}
	}
	return ""
}
