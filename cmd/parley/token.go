package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
)

// token makes an access token for a user. It cannot print one that was made before: only hashes are stored.
func token(ctx context.Context, p *program, args []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	f := p.flags("token", &cfg)
	email := f.String("email", "", "the user's e-mail address")
	if err := p.parse(f, args, &cfg); err != nil {
		return err
	}
	if *email == "" {
		return usage("whose token? --email is missing")
	}
	return p.withDatabase(ctx, cfg, func(pool *pgxpool.Pool) error {
		address, err := auth.NormalEmail(*email)
		if err != nil {
			return err
		}
		q := db.New(pool)
		user, err := q.GetUserByEmail(ctx, address)
		if db.IsNone(err) {
			return fmt.Errorf("there is no user with the address %s", address)
		}
		if err != nil {
			return err
		}
		secret, err := auth.NewUserToken(ctx, q, user.ID, "Command line")
		if err != nil {
			return err
		}
		return p.print(struct {
			AccessToken string `json:"access_token"`
		}{secret})
	})
}
