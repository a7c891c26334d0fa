package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/parleydesk/parley/internal/auth"
)

// fill gives an installation that is not set up yet something to look at, and says how to sign in. One that is set
// up stays as it is.
func (s *server) fill(ctx context.Context) error {
	first := auth.First{Account: "Parley demo", Name: "Ada Admin", Email: "ada@example.com", Password: "parley-demo"}
	_, err := auth.SetUp(ctx, s.database.pool, auth.NewPasswords(), first)
	if errors.Is(err, auth.ErrSetUp) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.program.err, "\n  Parley: %s\n  sign in with %s and the password %s\n\n", s.cfg.BaseURL, first.Email, first.Password)
	return err
}
