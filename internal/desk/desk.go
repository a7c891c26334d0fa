// Package desk holds what people do at a helpdesk: the verbs. A verb is a method on *Tx, and a *Tx exists only inside
// a transaction with a named actor, so nothing can be changed outside one. Each verb locks what it changes, checks
// that the actor may change it, maintains the derived columns that lists need, and records one event. Timeline,
// webhooks, rules, notifications and live pages all start from events, after commit.
//
// Not here: reading for display (queries), anything slow (file contents, mail, HTTP), JSON and HTML. A write that
// needs no event (a canned reply's text) is a handler calling one query.
package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/poke"
)

// Desk opens transactions.
type Desk struct {
	pool *pgxpool.Pool
	jobs *job.Inserter
	// after receives the pokes of each committed transaction, so that live pages and the sequencer wake up.
	after func([]poke.Poke)
	now   func() time.Time
	mails bool
}

// New makes a desk. after is called once for each committed transaction that recorded an event; it must not block.
func New(pool *pgxpool.Pool, jobs *job.Inserter, after func([]poke.Poke)) *Desk {
	if after == nil {
		after = func([]poke.Poke) {}
	}
	return &Desk{pool: pool, jobs: jobs, after: after, now: time.Now}
}

// At returns the desk with another clock than this machine's.
func (d *Desk) At(now func() time.Time) *Desk {
	c := *d
	c.now = now
	return &c
}

// Tx is one transaction: one actor, one account, any number of verbs.
type Tx struct {
	Actor Actor
	// Now is the time of the transaction, in UTC with microseconds, as the database stores it.
	Now time.Time

	q     *db.Queries
	tx    pgx.Tx
	desk  *Desk
	pokes []poke.Poke
	// held are the conversations locked so far, as the verbs left them; channels are those of their inboxes.
	held     map[int64]*db.Conversation
	channels map[int64]inboxChannel
}

// Do runs fn in a transaction, which commits if fn returns nil. Nothing slow belongs inside.
func (d *Desk) Do(ctx context.Context, who Actor, fn func(t *Tx) error) error {
	t := &Tx{
		Actor:    who,
		Now:      d.now().UTC().Truncate(time.Microsecond),
		desk:     d,
		held:     map[int64]*db.Conversation{},
		channels: map[int64]inboxChannel{},
	}
	err := db.Tx(ctx, d.pool, func(tx pgx.Tx) error {
		t.tx, t.q = tx, db.New(tx)
		return fn(t)
	})
	if err == nil && len(t.pokes) > 0 {
		d.after(t.pokes)
	}
	return err
}

// Queries is for the caller's own reads and bookkeeping within the transaction. A change that needs an event goes
// through a verb.
func (t *Tx) Queries() *db.Queries { return t.q }

// Enqueue adds a job that runs once the transaction has been committed, or never.
func (t *Tx) Enqueue(ctx context.Context, args job.Args) error {
	return t.desk.jobs.Insert(ctx, t.tx, args)
}

// Account is the account of the transaction's actor; every verb works within it.
func (t *Tx) Account() int64 { return t.Actor.Scope.AccountID }

// Conversation locks a conversation by its display id for the rest of the transaction and returns it as it stands. It
// returns pgx.ErrNoRows if there is none, or the actor may not see it. Lock two in the order of their ids.
func (t *Tx) Conversation(ctx context.Context, displayID int64) (db.Conversation, error) {
	for _, c := range t.held {
		if c.DisplayID == displayID {
			return *c, nil
		}
	}
	s := t.Actor.Scope
	c, err := t.q.LockConversationByDisplay(ctx, db.LockConversationByDisplayParams{
		AccountID: s.AccountID, DisplayID: displayID, SeesAll: s.SeesAll, InboxIds: s.InboxIDs, TeamIds: s.TeamIDs,
	})
	if err != nil {
		return c.Conversation, err
	}
	return *t.hold(&c.Conversation, c.InboxKind, c.InboxAttributes), nil
}

// lock is Conversation by the row's id. The pointer is the transaction's one copy: a verb writes its changes into it,
// so that the next verb need not read again.
func (t *Tx) lock(ctx context.Context, id int64) (*db.Conversation, error) {
	if c := t.held[id]; c != nil {
		return c, nil
	}
	s := t.Actor.Scope
	c, err := t.q.LockConversation(ctx, db.LockConversationParams{
		AccountID: s.AccountID, ID: id, SeesAll: s.SeesAll, InboxIds: s.InboxIDs, TeamIds: s.TeamIDs,
	})
	if err != nil {
		return nil, err
	}
	return t.hold(&c.Conversation, c.InboxKind, c.InboxAttributes), nil
}

// inboxChannel is the kind of a conversation's inbox and its reply window in hours.
type inboxChannel struct {
	channel.Kind
	window string
}

// hold remembers a conversation that the transaction has locked or made.
func (t *Tx) hold(c *db.Conversation, kind db.InboxKind, attributes json.RawMessage) *db.Conversation {
	t.held[c.ID], t.channels[c.ID] = c, inboxChannel{channel.Of(kind), channel.WindowHours(attributes)}
	return c
}

// Held returns a conversation that the transaction has locked, as its verbs left it.
func (t *Tx) Held(id int64) (db.Conversation, bool) {
	c := t.held[id]
	if c == nil {
		return db.Conversation{}, false
	}
	return *c, true
}

// requireAdmin refuses everyone but an administrator and the system's own actors.
func (t *Tx) requireAdmin() error {
	if t.Actor.Kind == db.ActorKindUser && !t.Actor.Scope.Admin() {
		return fault.Forbidden
	}
	return nil
}

func (t *Tx) poke(topic string, inboxID int64, teamID *int64) {
	p := poke.Poke{AccountID: t.Account(), Topic: topic, InboxID: inboxID}
	if teamID != nil {
		p.TeamID = *teamID
	}
	for _, had := range t.pokes {
		if had == p {
			return
		}
	}
	t.pokes = append(t.pokes, p)
}

// object returns raw, or the empty JSON object where it is empty: the columns are never null.
func object(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return json.RawMessage("{}")
	}
	return raw
}
