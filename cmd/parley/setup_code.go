package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"

	"github.com/parleydesk/parley/db"
)

// setupCode is what the first run asks for where the browser is on another machine, so that the first stranger who
// finds the page does not become the administrator. Replicas with the same key have the same code; without a key each
// process has its own.
func setupCode(keys *db.Keys) string {
	raw := keys.Derive("set-up code")
	if raw == nil {
		raw = make([]byte, 32)
		_, _ = rand.Read(raw) // never fails
	}
	text := base32.StdEncoding.EncodeToString(raw)
	return text[:4] + "-" + text[4:8]
}

// logSetupCode writes the code into the log while the first run is ahead.
func (s *server) logSetupCode(ctx context.Context, code string) error {
	ahead, err := db.New(s.database.pool).NeedsSetUp(ctx)
	if err == nil && ahead {
		s.log.Info("waiting for the first run", "page", s.cfg.BaseURL+"/setup", "code", code)
	}
	return err
}
