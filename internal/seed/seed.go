// Package seed fills an account with made data: a bicycle shop's helpdesk, as large as asked for, for demos and
// benchmarks. What it makes is the same each time for the same seed, save for secrets, and stands as the verbs of
// package desk would have left it: every kept figure agrees with the messages.
//
// It is the one writer beside package desk that touches conversations and messages: a million of them come in with
// COPY, in one transaction, without events. Not here: test fixtures (package dbtest).
package seed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/fault"
)

// Password is what everyone in made data signs in with.
const Password = "kestrel-demo"

// Options say how much to make. Zero means what a small account has; less is an error.
type Options struct {
	// AccountID is the account to fill; 0 is the only one, or a new one where there is none.
	AccountID     int64
	Conversations int
	// Messages is the mean number of messages in a conversation.
	Messages int
	Agents   int
	Contacts int
	Inboxes  int
	// Seed makes the data differ; the same seed gives the same data.
	Seed uint64
	// Now is the moment at which the data ends, three years after it begins; the real one when zero.
	Now time.Time
}

func (o Options) withDefaults() Options {
	if o.Conversations == 0 {
		o.Conversations = 1000
	}
	if o.Messages == 0 {
		o.Messages = 5
	}
	if o.Agents == 0 {
		o.Agents = 6
	}
	if o.Contacts == 0 {
		o.Contacts = max(10, o.Conversations*3/10)
	}
	if o.Inboxes == 0 {
		o.Inboxes = len(inboxTable)
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	o.Now = o.Now.UTC().Truncate(time.Microsecond)
	return o
}

// SignIn is someone who can sign in to what was made.
type SignIn struct {
	Name     string  `json:"name"`
	Email    string  `json:"email"`
	Password string  `json:"password"`
	Role     db.Role `json:"role"`
}

// namedSignIns is how many sign-ins a result names; the others differ in nothing.
const namedSignIns = 10

// Result is what was made.
type Result struct {
	AccountID     int64    `json:"account_id"`
	Conversations int      `json:"conversations"`
	Messages      int      `json:"messages"`
	SignIns       []SignIn `json:"sign_ins"`
}

// check refuses what would make less than nothing.
func (o Options) check() error {
	if min(o.Conversations, o.Messages, o.Agents, o.Contacts, o.Inboxes) < 0 {
		return errNegative
	}
	return nil
}

var errNegative = errors.New("a number of things to make cannot be less than zero")

// Run adds made data to an account; all of it or, on an error, none. Other writers wait until it is in: a moment for
// some thousands of conversations, minutes for a million.
func Run(ctx context.Context, pool *pgxpool.Pool, passwords *auth.Passwords, o Options) (Result, error) {
	if err := o.check(); err != nil {
		return Result{}, err
	}
	o = o.withDefaults()
	return in(ctx, pool, passwords, o, func(w *world) error {
		w.customer = w.makeCustomer
		w.plan = w.makePlan
		return nil
	})
}

// in makes the account's people and places, lets fill say what happened there, and loads it.
func in(ctx context.Context, pool *pgxpool.Pool, passwords *auth.Passwords, o Options, fill func(*world) error) (Result, error) {
	hash, err := passwords.Hash(ctx, Password)
	if err != nil {
		return Result{}, err
	}
	w := &world{Options: o}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return Result{}, err
	}
	defer conn.Release()
	if err := registerEnums(ctx, conn.Conn()); err != nil {
		return Result{}, err
	}
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := w.settle(ctx, db.New(tx), hash); err != nil {
			return err
		}
		if err := fill(w); err != nil {
			return err
		}
		return w.load(ctx, tx)
	})
	if err != nil {
		return Result{}, err
	}
	return w.result(ctx, passwords, hash), tidy(ctx, conn.Conn(), o.Conversations)
}

// result names those who sign in with the demo's password; who had a password before has kept it.
func (w *world) result(ctx context.Context, passwords *auth.Passwords, hash string) Result {
	r := Result{AccountID: w.AccountID, Conversations: w.Conversations, Messages: w.messages}
	for _, p := range w.agents[:min(len(w.agents), namedSignIns)] {
		ok := p.passwordHash != nil && *p.passwordHash == hash
		if !ok {
			ok, _ = passwords.Check(ctx, Password, p.passwordHash) // at worst a sign-in is not listed
		}
		if ok {
			r.SignIns = append(r.SignIns, SignIn{Name: p.name, Email: p.email, Password: Password, Role: p.role})
		}
	}
	return r
}

// errMany is for an installation where "the only account" says nothing.
var errMany = fault.Field("account", "There are several accounts: say which one with --account")

// tidy lets the planner know what has come in, in small tables as well: it takes one that was never analysed for
// almost empty, and then reads it once for each conversation of a list. A large load is vacuumed too, so that the
// first reads do not pay for what the load left to do.
func tidy(ctx context.Context, conn *pgx.Conn, conversations int) error {
	commands := []string{"ANALYZE"}
	if conversations >= large {
		commands = nil
		for _, table := range loaded {
			commands = append(commands, "VACUUM (ANALYZE) "+table)
		}
		commands = append(commands, "ANALYZE")
	}
	for _, command := range commands {
		if _, err := conn.Exec(ctx, command); err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
	}
	return nil
}
