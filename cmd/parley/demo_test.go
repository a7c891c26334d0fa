package main

import (
	"syscall"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/dbtest"
)

func TestDemoBell(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	settings := []string{"DATABASE_URL=" + pool.Config().ConnString(), "PARLEY_SECRET_KEY=" + dbtest.SecretKey, "PARLEY_DATA=" + t.TempDir()}
	notified := func() (kinds string) {
		err := pool.QueryRow(t.Context(), `
			SELECT coalesce(string_agg(n.kind::text, ' ' ORDER BY n.kind::text), '') FROM notifications n JOIN users u ON u.id = n.user_id
			WHERE u.email = 'sam@kestrel.example' AND n.read_at IS NULL`).Scan(&kinds)
		if err != nil {
			t.Fatal(err)
		}
		return kinds
	}
	want := "conversation_assignment conversation_mention"
	for range 2 { // a second start tells nothing again
		p := serveParley(t, settings, "--demo").ready()
		for begun := time.Now(); notified() != want; time.Sleep(20 * time.Millisecond) {
			if time.Since(begun) > 20*time.Second {
				t.Fatalf("told of %q, want %q", notified(), want)
			}
		}
		p.signal(syscall.SIGTERM)
		p.exitCode()
	}
}
