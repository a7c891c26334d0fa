package main

import (
	"context"
	"fmt"
	"net/url"
	"runtime/debug"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/seed"
)

// demo is an account that was just filled with demo data; the zero value is none.
type demo struct{ accountID int64 }

// fill fills an installation that is not set up yet with demo data, and prints how to sign in. One that is set up
// stays as it is.
func (s *server) fill(ctx context.Context, store blob.Store) (demo, error) {
	var fresh demo
	empty, err := db.New(s.database.pool).NeedsSetUp(ctx)
	if err != nil {
		return fresh, err
	}
	if empty {
		made, err := seed.Demo(ctx, s.database.pool, auth.NewPasswords(), store)
		if err != nil {
			return fresh, err
		}
		fresh.accountID = made.AccountID
		debug.FreeOSMemory() // drawing pictures and hashing passwords took much memory that serving does not need
	}
	return fresh, s.printSignIns(ctx)
}

// call makes two members ask the administrator for help. Demo data is loaded without events and so without
// notifications: these come from the desk, as on any other day.
func (d demo) call(ctx context.Context, pool *pgxpool.Pool, helpdesk *desk.Desk) error {
	if d.accountID == 0 {
		return nil
	}
	q := db.New(pool)
	sam, err := q.GetUserByEmail(ctx, "sam@kestrel.example")
	if err != nil {
		return err
	}
	err = d.as(ctx, q, helpdesk, "ines@kestrel.example", "Twelve bikes for the club", func(t *desk.Tx, conversation int64) error {
		return t.Assign(ctx, conversation, sam.ID)
	})
	if err != nil {
		return err
	}
	question := fmt.Sprintf(
		"[@%s](mention://user/%d/%s) the workshop calls it a warranty case, I call it wear. Who is right?", sam.Name,
		sam.ID, url.PathEscape(sam.Name),
	)
	return d.as(ctx, q, helpdesk, "emil@kestrel.example", "Schaltung springt im dritten Gang", func(t *desk.Tx, conversation int64) error {
		_, err := t.Post(ctx, conversation, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true, Content: &question})
		return err
	})
}

// as runs a verb on a conversation as a member.
func (d demo) as(
	ctx context.Context, q *db.Queries, helpdesk *desk.Desk, email, subject string,
	do func(t *desk.Tx, conversation int64) error,
) error {
	who, err := q.GetUserByEmail(ctx, email)
	if err != nil {
		return err
	}
	scope, err := q.GetScope(ctx, d.accountID, who.ID)
	if err != nil {
		return err
	}
	conversation, err := q.FindDemoConversation(ctx, d.accountID, subject)
	if err != nil {
		return err
	}
	return helpdesk.Do(ctx, desk.User(who.Name, scope.Scope(d.accountID, who.ID)), func(t *desk.Tx) error { return do(t, conversation) })
}

// printSignIns prints who can sign in with the demo's password, an administrator first; it prints nothing in an
// installation without demo data.
func (s *server) printSignIns(ctx context.Context) error {
	people, err := db.New(s.database.pool).ListDemoSignIns(ctx)
	if err != nil || len(people) == 0 {
		return err
	}
	fmt.Fprintf(s.program.err, "\n  Parley with demo data: %s\n\n", s.cfg.BaseURL)
	for _, p := range people {
		fmt.Fprintf(s.program.err, "  %-28s %-14s %s\n", p.Email, seed.Password, p.Role)
	}
	_, err = fmt.Fprintln(s.program.err)
	return err
}
