package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/seed"
)

// seedData fills an account with made data, for demos and benchmarks.
func seedData(ctx context.Context, p *program, args []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	var o seed.Options
	f := p.flags("seed", &cfg)
	f.Int64Var(&o.AccountID, "account", 0, "account to fill; the only one if not given, a new one if there is none")
	f.IntVar(&o.Conversations, "conversations", 1000, "how many conversations, over three years")
	f.IntVar(&o.Messages, "messages-per-conversation", 5, "how many messages a conversation has on average")
	f.IntVar(&o.Agents, "agents", 6, "how many people work there")
	f.IntVar(&o.Contacts, "contacts", 0, "how many customers (three tenths of the conversations if not given)")
	f.IntVar(&o.Inboxes, "inboxes", 5, "how many inboxes")
	f.Uint64Var(&o.Seed, "seed", 1, "the same number gives the same data")
	if err := p.parse(f, args, &cfg); err != nil {
		return err
	}
	return p.withDatabase(ctx, cfg, func(pool *pgxpool.Pool) error {
		made, err := seed.Run(ctx, pool, auth.NewPasswords(), o)
		if err != nil {
			return err
		}
		fmt.Fprintf(
			p.err,
			"Everybody made here signs in with a password that is written in the source code: keep such an installation to yourself.\n",
		)
		return p.print(made)
	})
}
