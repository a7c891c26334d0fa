package main

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/internal/auth"
)

// setup makes the first account from a script, as the page /setup does.
func setup(ctx context.Context, p *program, args []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	var first auth.FirstRun
	f := p.flags("setup", &cfg)
	f.StringVar(&first.Account, "account", "", "name of the account, such as the company's")
	f.StringVar(&first.Name, "name", "", "name of the administrator")
	f.StringVar(&first.Email, "email", "", "the administrator's e-mail address, to sign in with")
	f.StringVar(&first.Password, "password", "", "the administrator's password")
	if err := p.parse(f, args, &cfg); err != nil {
		return err
	}
	return p.withDatabase(ctx, cfg, func(pool *pgxpool.Pool) error {
		made, err := auth.SetUp(ctx, pool, auth.NewPasswords(), first)
		if err != nil {
			return err
		}
		return p.print(struct {
			AccountID   int64  `json:"account_id"`
			UserID      int64  `json:"user_id"`
			AccessToken string `json:"access_token"`
		}{made.Account.ID, made.User.ID, made.Token})
	})
}
