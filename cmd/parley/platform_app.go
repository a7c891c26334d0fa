package main

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
)

// platformApp makes an application for the platform API and prints its access token, which cannot be printed again.
// It may manage what it makes itself, and what the flags name.
func platformApp(ctx context.Context, p *program, args []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	f := p.flags("platform-app", &cfg)
	name := f.String("name", "", "what the application is called")
	account := f.Int64("account", 0, "an account that is there already and that it may manage")
	user := f.Int64("user", 0, "a user who is there already and whom it may manage")
	if err := p.parse(f, args, &cfg); err != nil {
		return err
	}
	if strings.TrimSpace(*name) == "" {
		return usage("what is the application called? --name is missing")
	}
	return p.withDatabase(ctx, cfg, func(pool *pgxpool.Pool) error {
		secret := auth.NewSecret()
		err := db.Tx(ctx, pool, func(tx pgx.Tx) error {
			q := db.New(tx)
			app, err := q.InsertPlatformApp(ctx, strings.TrimSpace(*name))
			if err != nil {
				return err
			}
			if *account != 0 {
				if _, err := q.GetAccount(ctx, *account); err != nil {
					return errors.New("there is no such account")
				}
				if err := q.Grant(ctx, db.GrantParams{PlatformAppID: app.ID, Kind: "account", ObjectID: *account}); err != nil {
					return err
				}
			}
			if *user != 0 {
				if _, err := q.GetUser(ctx, *user); err != nil {
					return errors.New("there is no such user")
				}
				if err := q.Grant(ctx, db.GrantParams{PlatformAppID: app.ID, Kind: "user", ObjectID: *user}); err != nil {
					return err
				}
			}
			_, err = q.InsertAccessToken(ctx, db.InsertAccessTokenParams{
				TokenHash:     secret.Hash,
				Kind:          db.TokenKindPlatform,
				PlatformAppID: &app.ID,
				Name:          app.Name,
				Hint:          secret.Hint,
			})
			return err
		})
		if err != nil {
			return err
		}
		return p.print(struct {
			AccessToken string `json:"access_token"`
		}{secret.Token})
	})
}
