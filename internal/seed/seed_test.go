package seed_test

import (
	"context"
	"crypto/md5"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/seed"
)

func small() seed.Options {
	return seed.Options{
		Conversations: 400, Messages: 6, Agents: 7, Contacts: 90, Inboxes: 6, Seed: 7, Now: time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC),
	}
}

func run(t *testing.T, pool *pgxpool.Pool, o seed.Options) seed.Result {
	t.Helper()
	r, err := seed.Run(t.Context(), pool, auth.NewPasswords(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRun(t *testing.T) {
	t.Parallel()

	t.Run("the same seed gives the same rows, another seed others", func(t *testing.T) {
		t.Parallel()
		one, two, other := dbtest.New(t), dbtest.New(t), dbtest.New(t)
		run(t, one, small())
		run(t, two, small())
		o := small()
		o.Seed++
		run(t, other, o)
		for table, columns := range repeatable() {
			a, b, c := sum(t, one, table, columns), sum(t, two, table, columns), sum(t, other, table, columns)
			if a != b {
				t.Errorf("%s differ between two runs", table)
			}
			if a == c {
				t.Errorf("%s do not depend on the seed", table)
			}
		}
	})

	t.Run("every kept figure equals what can be counted", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		r := run(t, pool, small())
		checkCounters(t, pool, r)
	})

	t.Run("seeding twice adds conversations and doubles nothing else", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		first := run(t, pool, small())
		second := run(t, pool, small())
		if first.AccountID != second.AccountID {
			t.Fatalf("accounts %d and %d", first.AccountID, second.AccountID)
		}
		second.Conversations += first.Conversations
		second.Messages += first.Messages
		checkCounters(t, pool, second)
		for table, want := range map[string]int{"users": 7, "inboxes": 6, "teams": 3} {
			if got := count(t, pool, "SELECT count(*) FROM "+table); got != want {
				t.Errorf("%d %s, want %d", got, table, want)
			}
		}
	})

	t.Run("every inbox is one that something sends for", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		run(t, pool, small())
		rows, err := pool.Query(t.Context(), "SELECT kind FROM inboxes")
		if err != nil {
			t.Fatal(err)
		}
		kinds, err := pgx.CollectRows(rows, pgx.RowTo[db.InboxKind])
		if err != nil || len(kinds) != small().Inboxes {
			t.Fatalf("%d inboxes, %v", len(kinds), err)
		}
		for _, kind := range kinds {
			if !channel.Of(kind).Sends() {
				t.Errorf("a reply in an inbox of kind %s would reach nobody", kind)
			}
		}
	})

	t.Run("everybody can sign in", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		r := run(t, pool, small())
		if len(r.SignIns) != 7 {
			t.Fatalf("%d sign-ins", len(r.SignIns))
		}
		for _, s := range r.SignIns {
			var hash string
			if err := pool.QueryRow(t.Context(), "SELECT password_hash FROM users WHERE email = $1", s.Email).Scan(&hash); err != nil {
				t.Fatal(err)
			}
			if ok, err := auth.NewPasswords().Check(t.Context(), s.Password, &hash); !ok {
				t.Errorf("%s cannot sign in: %v", s.Email, err)
			}
		}
	})

	t.Run("a user with the address of a made one keeps their password, and is not listed with another", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		email, own := "sam@kestrel.example", "an own password"
		if _, err := auth.SetUp(t.Context(), pool, auth.NewPasswords(), auth.FirstRun{
			Account: "Kestrel Cycles", Name: "Sam", Email: email, Password: own,
		}); err != nil {
			t.Fatal(err)
		}
		r := run(t, pool, small())
		var hash string
		if err := pool.QueryRow(t.Context(), "SELECT password_hash FROM users WHERE email = $1", email).Scan(&hash); err != nil {
			t.Fatal(err)
		}
		if ok, err := auth.NewPasswords().Check(t.Context(), own, &hash); !ok {
			t.Errorf("the password is another now: %v", err)
		}
		if len(r.SignIns) != 6 {
			t.Errorf("%d sign-ins, want those of the other six", len(r.SignIns))
		}
	})

	t.Run("with indexes put aside, all of them come back and the figures agree", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("twenty thousand conversations")
		}
		pool := dbtest.New(t)
		before := structure(t, pool)
		o := small()
		o.Conversations, o.Messages, o.Contacts = 20_000, 3, 3000
		checkCounters(t, pool, run(t, pool, o))
		if after := structure(t, pool); after != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
	})
}

// repeatable are the columns that contain no secrets and do not depend on a clock.
func repeatable() map[string]string {
	return map[string]string{
		"contacts":         "t.*",
		"contact_inboxes":  "id, contact_id, inbox_id, source_id, created_at",
		"conversations":    "t.*",
		"messages":         "t.*",
		"reporting_events": "t.*",
	}
}

func sum(t *testing.T, pool *pgxpool.Pool, table, columns string) string {
	t.Helper()
	rows, err := pool.Query(t.Context(), "SELECT ROW("+columns+")::text FROM "+table+" t ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %x", len(all), md5.Sum([]byte(strings.Join(all, "\n"))))
}

func count(t *testing.T, pool *pgxpool.Pool, query string, args ...any) int {
	t.Helper()
	var n int
	if err := pool.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// structure lists indexes, constraints and triggers.
func structure(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated::text `+
		`FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL SELECT tgrelid::regclass || ' ' || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// checkCounters compares the counters that the verbs keep with counted rows.
func checkCounters(t *testing.T, pool *pgxpool.Pool, r seed.Result) {
	t.Helper()
	if n := count(t, pool, "SELECT count(*) FROM conversations WHERE account_id = $1", r.AccountID); n != r.Conversations {
		t.Errorf("%d conversations, want %d", n, r.Conversations)
	}
	if n := count(t, pool, "SELECT count(*) FROM messages WHERE account_id = $1", r.AccountID); n != r.Messages {
		t.Errorf("%d messages, want %d", n, r.Messages)
	}
	for what, query := range brokenRules() {
		if n := count(t, pool, query); n != 0 {
			t.Errorf("%s: %d times", what, n)
		}
	}
	if n := count(t, pool, "SELECT count(DISTINCT status) FROM conversations"); n != 4 {
		t.Errorf("%d kinds of status, want all four", n)
	}
}

// brokenRules counts rows that break a rule; each must give 0.
func brokenRules() map[string]string {
	return map[string]string{
		"a kept figure of a conversation differs from its messages": `
			SELECT count(*) FROM conversations c JOIN LATERAL (
				SELECT max(id) AS message, max(id) FILTER (WHERE kind <> 'activity') AS talk,
				       max(id) FILTER (WHERE kind <> 'activity' AND NOT private) AS public, max(id) FILTER (WHERE kind = 'incoming') AS incoming,
				       count(*) FILTER (WHERE kind = 'incoming' AND deleted_at IS NULL AND id > c.agents_read_up_to) AS unread,
				       min(created_at) FILTER (WHERE kind = 'outgoing' AND NOT private AND sender_kind = 'user') AS first_reply,
				       max(created_at) AS activity
				FROM messages m WHERE m.account_id = c.account_id AND m.conversation_id = c.id) m ON true
			WHERE (c.last_message_id, c.last_talk_id, c.last_public_id, c.last_incoming_id, c.unread_count, c.first_reply_at, c.last_activity_at)
			      IS DISTINCT FROM (m.message, m.talk, m.public, m.incoming, m.unread, m.first_reply, m.activity)`,
		"a kept time differs from its message": `
			SELECT count(*) FROM conversations c
			LEFT JOIN messages p ON p.account_id = c.account_id AND p.id = c.last_public_id
			LEFT JOIN messages i ON i.account_id = c.account_id AND i.id = c.last_incoming_id
			WHERE (c.last_public_at, c.last_incoming_at) IS DISTINCT FROM (p.created_at, i.created_at)`,
		"a wait begins at another time than with the first unanswered message": `
			SELECT count(*) FROM conversations c WHERE c.waiting_since IS DISTINCT FROM (CASE WHEN c.status = 'resolved' THEN NULL ELSE
				(SELECT CASE WHEN r.id IS NULL THEN c.created_at ELSE
					(SELECT min(created_at) FROM messages m WHERE m.account_id = c.account_id AND m.conversation_id = c.id AND ` +
			`m.kind = 'incoming' AND m.id > r.id) END
				 FROM (SELECT max(id) AS id FROM messages m WHERE m.account_id = c.account_id AND m.conversation_id = c.id AND ` +
			`kind = 'outgoing' AND NOT private AND sender_kind IS NOT NULL) r) END)`,
		"ids do not grow with time": `
			SELECT count(*) FROM (SELECT created_at, lag(created_at) OVER (ORDER BY id) AS before FROM messages WHERE id <= ` +
			`(SELECT min(last_value) FROM (SELECT max(id) AS last_value FROM messages GROUP BY account_id) x)) m
			WHERE created_at < before AND before - created_at < interval '1 year'`,
		"a customer was heard of at another time than their last message": `
			SELECT count(*) FROM contacts k WHERE last_activity_at IS DISTINCT FROM (
				SELECT max(m.created_at) FROM messages m JOIN conversations c ON (c.account_id, c.id) = (m.account_id, m.conversation_id)
				WHERE c.account_id = k.account_id AND c.contact_id = k.id AND m.kind = 'incoming')`,
		"a conversation's inbox is not its messages'": `
			SELECT count(*) FROM messages m JOIN conversations c ON (c.account_id, c.id) = (m.account_id, m.conversation_id) ` +
			`WHERE m.inbox_id <> c.inbox_id`,
		"the counts beside the views differ from the conversations": `
			WITH kept AS (SELECT account_id, status, assignee_id, inbox_id, team_id, sum(n) AS n FROM conversation_counts GROUP BY 1, 2, 3, 4, 5),
			real AS (
				SELECT account_id, status, COALESCE(assignee_id, 0) AS assignee_id, inbox_id, COALESCE(team_id, 0) AS team_id, ` +
			`count(*) AS n FROM conversations GROUP BY 1, 2, 3, 4, 5
				UNION ALL SELECT account_id, status, -1, inbox_id, COALESCE(team_id, 0), count(*) FROM conversations GROUP BY 1, 2, 4, 5)
			SELECT count(*) FROM kept FULL JOIN real USING (account_id, status, assignee_id, inbox_id, team_id) WHERE kept.n ` +
			`IS DISTINCT FROM real.n`,
		"the account's next conversation number is taken": `
			SELECT count(*) FROM account_counters a JOIN conversations c USING (account_id) WHERE c.display_id > a.conversations`,
		"display ids have gaps": `
			SELECT count(*) FROM account_counters a WHERE conversations <> (SELECT count(*) FROM conversations c WHERE c.account_id = a.account_id)`,
		"a snoozed conversation has woken, or another one sleeps": `
			SELECT count(*) FROM conversations WHERE snoozed_until IS NOT NULL AND status <> 'snoozed'`,
		"something happens after the end": `
			SELECT count(*) FROM messages WHERE created_at > '2026-11-20 15:04:05Z' AND created_at > now()`,
		"a message has no words": `SELECT count(*) FROM messages WHERE content = '' OR content LIKE '%{%'`,
		"an attachment count differs": `
			SELECT count(*) FROM messages m WHERE attachment_count <> (SELECT count(*) FROM attachments a WHERE a.account_id = ` +
			`m.account_id AND a.message_id = m.id)`,
		"a sequence would give a taken id": `
			SELECT count(*) FROM messages WHERE id >= nextval(pg_get_serial_sequence('messages', 'id'))`,
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	store, err := blob.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := seed.Demo(t.Context(), pool, auth.NewPasswords(), store)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("its figures agree", func(t *testing.T) { checkCounters(t, pool, r) })

	t.Run("it is about sixty conversations, the newest of a moment ago", func(t *testing.T) {
		if r.Conversations < 50 || r.Conversations > 80 {
			t.Errorf("%d conversations", r.Conversations)
		}
		if n := count(t, pool, "SELECT extract(epoch FROM now() - max(created_at))::int FROM messages"); n < 0 || n > 600 {
			t.Errorf("the last message is %d s old", n)
		}
	})

	t.Run("its attachments can be read", func(t *testing.T) {
		rows, err := pool.Query(t.Context(),
			"SELECT blob_hash FROM attachments UNION ALL SELECT thumb_hash FROM thumbnails")
		if err != nil {
			t.Fatal(err)
		}
		hashes, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(hashes) < 5 {
			t.Fatalf("%d attachments: %v", len(hashes), err)
		}
		for _, h := range hashes {
			if ok, err := store.Exists(t.Context(), h); err != nil || !ok {
				t.Errorf("%s is not in the store (%v)", h, err)
			}
		}
	})
}
