package db_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// TestClearAccount fills every table that can grow, and looks at every table that there is: one that is added later is
// looked at, too.
func TestClearAccount(t *testing.T) {
	t.Parallel()
	ctx, pool := context.Background(), dbtest.New(t)
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := pool.Exec(ctx, query, args...); err != nil {
			t.Fatal(query, err)
		}
	}
	account, other := dbtest.Account(t, pool, "Gone"), dbtest.Account(t, pool, "Stays")
	for _, a := range []db.Account{account, other} {
		inbox := dbtest.Inbox(t, pool, a, "Shop")
		user := dbtest.Agent(t, pool, a, "Ann", inbox)
		dbtest.Team(t, pool, a, "billing", user)
		for range 3 {
			c := dbtest.Conversation(t, pool, inbox, "Printer on fire")
			m := dbtest.Message(t, pool, c, "Help")
			run("INSERT INTO read_marks (account_id, user_id, conversation_id, up_to) VALUES ($1, $2, $3, 1)", a.ID, user.ID, c.ID)
			run("INSERT INTO mentions (account_id, user_id, conversation_id, message_id) VALUES ($1, $2, $3, $4)", a.ID, user.ID, c.ID, m.ID)
			run(
				"INSERT INTO csat_responses (account_id, conversation_id, message_id, contact_id, rating) VALUES ($1, $2, $3, $4, 5)",
				a.ID, c.ID, m.ID, c.ContactID,
			)
			run("INSERT INTO notifications (account_id, user_id, kind, conversation_id, event_id) VALUES ($1, $2, 'x', $3, $3)", a.ID, user.ID, c.ID)
			run("INSERT INTO blobs (account_id, hash, size, content_type) VALUES ($1, 'h', 1, 'text/plain') ON CONFLICT DO NOTHING", a.ID)
			run("INSERT INTO attachments (account_id, message_id, conversation_id, blob_hash) VALUES ($1, $2, $3, 'h')", a.ID, m.ID, c.ID)
			run(
				"INSERT INTO inbound_mail (account_id, inbox_id, key, blob_hash, message_id) VALUES ($1, $2, $3::bigint::text, 'h', $3)",
				a.ID, inbox.ID, m.ID,
			)
			run(
				"WITH d AS (INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name) VALUES ($1, 'inbox:1', "+
					"$2, 'x') RETURNING id) INSERT INTO webhook_attempts (account_id, delivery_id) SELECT $1, id FROM d",
				a.ID, m.ID,
			)
			run("INSERT INTO outgoing_mails (account_id, kind, recipient, next_try_at, give_up_at) VALUES ($1, 'team', 'x', now(), now())", a.ID)
		}
	}
	if _, err := db.ClearAccount(ctx, pool, other.ID, 0); err != nil {
		t.Fatal(err)
	}
	run("UPDATE accounts SET status = 'deleted' WHERE id = $1", account.ID)
	calls := 0
	for more := true; more; calls++ {
		var err error
		if more, err = db.ClearAccount(ctx, pool, account.ID, 2); err != nil {
			t.Fatal(err)
		}
	}
	if calls < 20 {
		t.Errorf("all was deleted by %d statements of two rows", calls)
	}
	rows, err := pool.Query(
		ctx,
		"SELECT c.table_name::text FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, "+
			"table_name) WHERE c.column_name = 'account_id' AND c.table_schema = 'public' AND t.table_type = 'BASE TABLE'",
	)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 30 {
		t.Fatal(tables, err)
	}
	for _, table := range append(tables, "accounts") {
		column := "account_id"
		if table == "accounts" {
			column = "id"
		}
		var gone, stays int
		query := "SELECT count(*) FILTER (WHERE " + column + " = $1), count(*) FILTER (WHERE " + column + " = $2) FROM " + table
		if err := pool.QueryRow(ctx, query, account.ID, other.ID).Scan(&gone, &stays); err != nil {
			t.Fatal(err)
		}
		if gone != 0 {
			t.Errorf("%s has %d rows of an account that was deleted", table, gone)
		}
		if table == "messages" && stays != 3 || table == "accounts" && stays != 1 || table == "events" && stays == 0 ||
			table == "event_counters" && stays != 1 {
			t.Errorf("%s has %d rows of the other account", table, stays)
		}
	}
}
