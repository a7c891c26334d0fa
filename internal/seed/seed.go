// Package seed fills an account with made data for demos and benchmarks: a bicycle shop's helpdesk of any size. Except
// for secrets, the same seed makes the same data. The rows are as the verbs of package desk would leave them: every
// counter agrees with the messages.
//
// It is the only package besides desk that writes conversations and messages: it loads a million of them with COPY, in
// one transaction, without events. Not here: test fixtures (package dbtest).
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

// Password is the password of all users in made data.
const Password = "kestrel-demo"

// Options say how much data to make. For zero, Run takes the number of a small account. Negative numbers are errors.
type Options struct {
	// AccountID is the account to fill. 0 means the only one, or a new one if there is none.
	AccountID     int64
	Conversations int
	// Messages is the mean number of messages in a conversation.
	Messages int
	Agents   int
	Contacts int
	Inboxes  int
	// Seed selects the data: the same seed makes the same data.
	Seed uint64
	// Now is the time at which the data ends, three years after it begins. Zero means the real time.
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

// SignIn is a user who can sign in to the made account.
type SignIn struct {
	Name     string  `json:"name"`
	Email    string  `json:"email"`
	Password string  `json:"password"`
	Role     db.Role `json:"role"`
}

// namedSignIns is how many sign-ins a result contains. The others are alike.
const namedSignIns = 10

// Result describes the made data.
type Result struct {
	AccountID     int64    `json:"account_id"`
	Conversations int      `json:"conversations"`
	Messages      int      `json:"messages"`
	SignIns       []SignIn `json:"sign_ins"`
}

// check refuses negative numbers.
func (o Options) check() error {
	if min(o.Conversations, o.Messages, o.Agents, o.Contacts, o.Inboxes) < 0 {
		return errNegative
	}
	return nil
}

var errNegative = errors.New("a number of things to make cannot be less than zero")

// Run adds made data to an account, in one transaction. Other writers wait until it is committed: seconds for some
// thousands of conversations, minutes for a million.
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

// in makes the account's users, inboxes and so on, lets fill plan its conversations, and loads all of it.
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

// result lists the users who sign in with the demo's password. Users who existed before keep their own.
func (w *world) result(ctx context.Context, passwords *auth.Passwords, hash string) Result {
	r := Result{AccountID: w.AccountID, Conversations: w.Conversations, Messages: w.messages}
	for _, p := range w.agents[:min(len(w.agents), namedSignIns)] {
		ok := p.passwordHash != nil && *p.passwordHash == hash
		if !ok {
			ok, _ = passwords.Check(ctx, Password, p.passwordHash) // after an error a sign-in is missing in the list
		}
		if ok {
			r.SignIns = append(r.SignIns, SignIn{Name: p.name, Email: p.email, Password: Password, Role: p.role})
		}
	}
	return r
}

// errMany is the error for an installation with several accounts if none was named.
var errMany = fault.Field("account", "There are several accounts: say which one with --account")

// tidy updates the planner's statistics, of small tables as well: the planner takes a table that was never analysed for
// almost empty, and then reads all of it for each conversation of a list. After a large load tidy also vacuums, so that
// the first reads need not do that work.
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
