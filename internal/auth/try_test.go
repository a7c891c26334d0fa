package auth_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestAnIPv6NetworkIsOneCaller(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"2001:db8:1:2::3": "2001:db8:1:2::/64", "2001:db8:1:2:ffff::9": "2001:db8:1:2::/64", "2001:db8:1:3::3": "2001:db8:1:3::/64",
		"fe80::1%eth0": "fe80::/64", "192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "::ffff:192.0.2.7", "": "",
	} {
		if got := auth.Network(address); got != want {
			t.Errorf("%q counts as %q, want %q", address, got, want)
		}
	}
}

func TestTry(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 9, 1, 0, 0, time.UTC)
	try := func(q *db.Queries, email, address string) time.Duration {
		t.Helper()
		wait, err := auth.Try(t.Context(), q, now, email, address)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}

	t.Run("an owner is refused after ten tries from a network, and starts anew after getting in", func(t *testing.T) {
		t.Parallel()
		q := db.New(dbtest.New(t))
		for n := range 10 {
			if wait := try(q, "ann@example.test", "192.0.2.1"); wait != 0 {
				t.Fatalf("try %d waits %s", n+1, wait)
			}
		}
		if wait := try(q, "ann@example.test", "192.0.2.1"); wait != 14*time.Minute {
			t.Errorf("one more waits %s", wait)
		}
		if err := auth.ForgetTries(t.Context(), q, "ann@example.test", "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
		if wait := try(q, "ann@example.test", "192.0.2.1"); wait != 0 {
			t.Errorf("after getting in: %s", wait)
		}
	})

	t.Run("strangers cannot lock an owner out", func(t *testing.T) {
		t.Parallel()
		q := db.New(dbtest.New(t))
		for n := range 4 {
			for range 12 {
				try(q, "ann@example.test", fmt.Sprintf("192.0.2.%d", n))
			}
		}
		if wait := try(q, "ann@example.test", "198.51.100.7"); wait != 0 {
			t.Errorf("the owner waits %s", wait)
		}
	})

	t.Run("a network over its limit counts for nobody else", func(t *testing.T) {
		t.Parallel()
		q := db.New(dbtest.New(t))
		for n := range 100 {
			try(q, fmt.Sprintf("user%d@example.test", n), "192.0.2.1")
		}
		for range 20 {
			if try(q, "ann@example.test", "192.0.2.1") == 0 {
				t.Fatal("one more is taken")
			}
		}
		n, err := q.AddSignInAttempt(t.Context(), "email:ann@example.test", now.Truncate(15*time.Minute))
		if err != nil || n != 1 {
			t.Errorf("%d tries were counted for the address, %v", n-1, err)
		}
	})

	t.Run("who changes their address within an IPv6 network is one caller", func(t *testing.T) {
		t.Parallel()
		q := db.New(dbtest.New(t))
		for n := range 100 {
			if wait := try(q, fmt.Sprintf("user%d@example.test", n), fmt.Sprintf("2001:db8::%x", n+1)); wait != 0 {
				t.Fatalf("try %d waits %s", n+1, wait)
			}
		}
		if try(q, "next@example.test", "2001:db8::ffff") == 0 {
			t.Error("a hundred more addresses are a hundred more tries")
		}
		if try(q, "next@example.test", "2001:db8:0:1::1") != 0 {
			t.Error("the network beside it waits")
		}
	})

	t.Run("tries without an address are not everybody's", func(t *testing.T) {
		t.Parallel()
		q := db.New(dbtest.New(t))
		for n := range 20 {
			if wait := try(q, "", fmt.Sprintf("192.0.2.%d", n)); wait != 0 {
				t.Fatalf("try %d waits %s", n+1, wait)
			}
		}
	})
}
