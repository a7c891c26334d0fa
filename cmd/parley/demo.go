package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/seed"
)

// fill gives an installation that is not set up yet something to look at, and says how to sign in. One that is set
// up stays as it is.
func (s *server) fill(ctx context.Context, store blob.Store) error {
	installation, err := db.New(s.database.pool).GetInstallation(ctx)
	if err != nil {
		return err
	}
	if installation.SetUpAt == nil {
		if _, err := seed.Demo(ctx, s.database.pool, auth.NewPasswords(), store); err != nil {
			return err
		}
		debug.FreeOSMemory() // drawing pictures and hashing passwords took much that serving does not need
	}
	return s.tellSignIns(ctx)
}

// tellSignIns names those who sign in with the demo's password, an administrator first; nobody in an installation
// that was not filled by the demo.
func (s *server) tellSignIns(ctx context.Context) error {
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
