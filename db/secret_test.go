package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

const (
	oneKey     = "b25lIGtleSBvZiBleGFjdGx5IHRoaXJ0eS10d28gYnk="
	anotherKey = "YW5vdGhlciBrZXkgb2YgYWxzbyB0aGlydHktdHdvIGI="
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	inbox := dbtest.Inbox(t, pool, dbtest.Account(t, pool, "Kestrel"), "Shop")
	stored := func() (token, settings string) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), `SELECT hmac_token, settings FROM inboxes`).Scan(&token, &settings); err != nil {
			t.Fatal(err)
		}
		return token, settings
	}
	// with opens the same database with other keys and tells the inbox as they read it.
	with := func(texts ...string) (db.Inbox, error) {
		t.Helper()
		keys, err := db.NewKeys(texts...)
		if err != nil {
			t.Fatal(err)
		}
		other, err := db.Open(t.Context(), pool.Config().ConnString(), keys)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if err := keys.Reseal(t.Context(), other); err != nil {
			return db.Inbox{}, err
		}
		return db.New(other).GetInbox(t.Context(), inbox.AccountID, inbox.ID)
	}

	token, _ := stored()
	if !strings.HasPrefix(token, "sealed:") || strings.Contains(token, string(inbox.HmacToken)) {
		t.Fatalf("the database holds %q", token)
	}
	if _, err := with(oneKey); !errors.Is(err, db.ErrNoKey) {
		t.Fatalf("a server with another key: %v", err)
	}
	if _, err := with(); !errors.Is(err, db.ErrNoKey) {
		t.Fatalf("a server without a key: %v", err)
	}

	// As they are stored where no key is set.
	if _, err := pool.Exec(
		t.Context(),
		`UPDATE inboxes SET hmac_token = 'plain', webhook_secret = 'too', settings = '{"imap_password": "pw"}'`,
	); err != nil {
		t.Fatal(err)
	}
	if got, err := with(); err != nil || got.HmacToken != "plain" {
		t.Fatalf("without a key: %v, %v", string(got.HmacToken), err)
	}
	if got, err := with(oneKey); err != nil || got.HmacToken != "plain" || string(got.Settings) != `{"imap_password": "pw"}` {
		t.Fatalf("with a first key: %v, %v, %v", string(got.HmacToken), string(got.Settings), err)
	}
	// A letter that waits holds a link; it must outlive its key.
	if _, err := pool.Exec(
		t.Context(),
		`INSERT INTO outgoing_mails (kind, recipient, secret, next_try_at, give_up_at) VALUES ('password', `+
			`'ann@example.test', '/password-resets/x', now(), now())`,
	); err != nil {
		t.Fatal(err)
	}
	if _, err := with(oneKey); err != nil {
		t.Fatal(err)
	}
	first, settings := stored()
	if !strings.HasPrefix(first, "sealed:") || strings.Contains(settings, "imap_password") {
		t.Fatalf("a first key left %q, %q", first, settings)
	}
	if got, err := with(anotherKey, oneKey); err != nil || got.HmacToken != "plain" {
		t.Fatalf("with a new key before the old one: %v, %v", string(got.HmacToken), err)
	}
	if got, err := with(anotherKey); err != nil || got.HmacToken != "plain" {
		t.Fatalf("with the new key alone: %v, %v", string(got.HmacToken), err)
	}
	if _, err := with(oneKey); !errors.Is(err, db.ErrNoKey) {
		t.Fatalf("with the old key alone: %v", err)
	}
	var secret string
	if err := pool.QueryRow(t.Context(), `SELECT secret FROM outgoing_mails`).Scan(&secret); err != nil {
		t.Fatal(err)
	}
	if now, _ := stored(); !strings.HasPrefix(secret, now[:len("sealed:12345678:")]) {
		t.Errorf("the letter's link is under the old key still: %q", secret)
	}
	if got := fmt.Sprintf("%v %s %+v %#v", inbox.HmacToken, inbox.Settings, inbox, inbox); strings.Contains(got, string(inbox.HmacToken)) {
		t.Errorf("prints %s", got)
	}
}

func TestKeysAreThirtyTwoBytes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "short", "c2hvcnQ=", oneKey + "!"} {
		if _, err := db.NewKeys(text); err == nil {
			t.Errorf("takes %q", text)
		}
	}
}
