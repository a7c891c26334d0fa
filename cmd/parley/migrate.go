package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleydesk/parley/db"
)

// migrate brings the schema to this binary's version; with --check it only reports whether that is needed, by its
// exit code.
func migrate(ctx context.Context, p *program, args []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	f := p.flags("migrate", &cfg)
	check := f.Bool("check", false, "change nothing; exit 1 if the schema is older than this binary")
	if err := p.parse(f, args, &cfg); err != nil {
		return err
	}
	d, err := openDatabase(ctx, cfg, p.logger(cfg.LogLevel), briefly)
	if err != nil {
		return err
	}
	return errors.Join(d.migrate(ctx, p, *check), d.close())
}

func (d *database) migrate(ctx context.Context, p *program, check bool) error {
	pending, err := db.Pending(ctx, d.pool)
	if err != nil {
		return err
	}
	if check && pending {
		return errors.New("the schema is older than this binary: run \"parley migrate\"")
	}
	if !check {
		if err := db.Migrate(ctx, d.pool); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(p.out, "the schema is current")
	return err
}
