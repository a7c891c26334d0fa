package db_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// TestUpgrade brings a database of the first migration, with rows in every table, to the newest version.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	old := dbtest.NewEmpty(t)
	restore(t, old, "testdata/0001.sql")
	before := tables(t, old)
	kept := map[string][]string{}
	for name, columns := range before {
		if kept[name] = contents(t, old, name, columns); len(kept[name]) == 0 {
			t.Errorf("testdata/0001.sql has no row in %s", name)
		}
	}

	if err := db.Migrate(t.Context(), old); err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff(catalog(t, dbtest.New(t)), catalog(t, old)); diff != "" {
		t.Errorf("an upgraded database differs from a new one (-new +upgraded):\n%s", diff)
	}
	for name, columns := range before {
		moved := movedTables()[name]
		if moved.grows {
			continue
		}
		now, renamed := moved.columns, moved.name
		if now == "" {
			now = columns
		}
		if renamed == "" {
			renamed = name
		}
		if diff := cmp.Diff(kept[name], contents(t, old, renamed, now)); diff != "" {
			t.Errorf("the rows of %s have changed (-before +after):\n%s", name, diff)
		}
	}
}

// moved is where the rows of a table of the first migration are today, and how what they held is read now.
type moved struct {
	name, columns string
	// grows: migrating adds rows.
	grows bool
}

func movedTables() map[string]moved {
	return map[string]moved{
		"goose_db_version": {grows: true},
		"river_migration":  {grows: true},
		"letters":          {name: "outgoing_mails"},
		"idempotency_keys": {columns: `CASE owner_kind WHEN 'user' THEN -owner_id ELSE owner_id END,
			route, key, request_hash, status, body, created_at`},
		"attachments": {columns: `account_id, id, message_id, conversation_id, uploader_id, key, file_kind, name, content_type, size, blob_hash,
			(SELECT t.thumb_hash FROM thumbnails t WHERE t.blob_hash = attachments.blob_hash), width, height, latitude, longitude,
			fallback_title, external_url, meta, created_at`},
	}
}

func TestUpgradeSaysWhoOwnsAKey(t *testing.T) {
	t.Parallel()
	pool := dbtest.NewEmpty(t)
	restore(t, pool, "testdata/0001.sql")
	if err := db.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	got := textColumn(t, pool, "SELECT key || ': ' || owner_kind || ' ' || owner_id FROM idempotency_keys ORDER BY key")
	if diff := cmp.Diff([]string{"by a token: token 3", "by a user: user 2", "by a visitor: visitor 0"}, got); diff != "" {
		t.Error(diff)
	}
}

// A database in use has many notifications of one conversation: the newest stays, and what was unread stays unread.
func TestUpgradeKeepsOneNotificationOfAConversation(t *testing.T) {
	t.Parallel()
	pool := dbtest.NewEmpty(t)
	restore(t, pool, "testdata/0001.sql")
	_, err := pool.Exec(t.Context(), `
		DELETE FROM notifications WHERE conversation_id IS NOT NULL;
		INSERT INTO conversations (account_id, id, display_id, inbox_id, contact_id, contact_inbox_id)
			SELECT account_id, 100 + n, 100 + n, inbox_id, contact_id, contact_inbox_id
			FROM conversations, generate_series(1, 3) n WHERE id = 1;
		INSERT INTO notifications (account_id, user_id, kind, conversation_id, event_id, read_at) VALUES
			(1, 1, 'conversation_creation', 101, 11, NULL), (1, 1, 'conversation_mention', 101, 12, NULL),
			(1, 1, 'conversation_assignment', 101, 13, now()),
			(1, 2, 'conversation_creation', 101, 11, NULL),
			(1, 1, 'conversation_creation', 102, 14, now()), (1, 1, 'conversation_assignment', 102, 15, now()),
			(1, 1, 'assigned_conversation_new_message', 103, 17, NULL), (1, 1, 'conversation_assignment', 103, 16, NULL)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	got := textColumn(t, pool, `SELECT concat_ws(' ', user_id, conversation_id, kind, CASE WHEN read_at IS NULL THEN 'unread' END)
		FROM notifications WHERE conversation_id IS NOT NULL ORDER BY user_id, conversation_id`)
	want := []string{
		"1 101 conversation_assignment unread", "1 102 conversation_assignment", "1 103 assigned_conversation_new_message unread",
		"2 101 conversation_creation unread",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if rest := textColumn(t, pool, "SELECT kind FROM notifications WHERE webhook_id IS NOT NULL"); len(rest) != 1 {
		t.Errorf("of paused webhooks there are %v", rest)
	}
}

// restore runs a dump. What it sets for its connection goes with the connection.
func restore(t *testing.T, pool *pgxpool.Pool, file string) {
	t.Helper()
	dump, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.PgConn().Exec(t.Context(), string(dump)).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

// tables are the tables of a database with their columns as SQL.
func tables(t *testing.T, pool *pgxpool.Pool) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, line := range textColumn(t, pool, `
		SELECT c.relname || ' ' || (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
			WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`) {
		name, columns, _ := strings.Cut(line, " ")
		found[name] = columns
	}
	return found
}

// contents are the rows of a table as text.
func contents(t *testing.T, pool *pgxpool.Pool, table, columns string) []string {
	t.Helper()
	rows := textColumn(t, pool, fmt.Sprintf("SELECT ROW(%s)::text FROM %s", columns, table))
	slices.Sort(rows)
	return rows
}

func textColumn(t *testing.T, pool *pgxpool.Pool, query string) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return found
}

// catalog is everything that a schema consists of, as sorted lines.
func catalog(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	var all []string
	for what, query := range catalogQueries() {
		found := textColumn(t, pool, query)
		if len(found) == 0 {
			t.Errorf("the catalog has no %s", what)
		}
		for _, line := range found {
			all = append(all, what+" "+line)
		}
	}
	slices.Sort(all)
	return all
}

// catalogQueries ask for the objects of our schema. Those of extensions belong to the extension.
func catalogQueries() map[string]string {
	const ours = `= 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = o.oid AND x.deptype = 'e')`
	return map[string]string{
		"extension": `SELECT extname FROM pg_extension`,
		"relation": `SELECT concat_ws(' ', o.relname, o.relkind, o.relpersistence, o.reloptions) FROM pg_class o
			WHERE o.relkind NOT IN ('i', 'c') AND o.relnamespace ` + ours,
		"column": `SELECT concat_ws(' ', o.relname, row_number() OVER (PARTITION BY o.oid ORDER BY a.attnum), a.attname,
				format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attstorage, pg_get_expr(d.adbin, d.adrelid))
			FROM pg_class o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
			LEFT JOIN pg_attrdef d ON d.adrelid = o.oid AND d.adnum = a.attnum
			WHERE o.relkind IN ('r', 'v', 'c') AND o.relnamespace ` + ours,
		"constraint": `SELECT concat_ws(' ', o.conrelid::regclass, o.conname, pg_get_constraintdef(o.oid)) FROM pg_constraint o
			WHERE o.connamespace ` + ours,
		"index":    `SELECT pg_get_indexdef(o.oid) FROM pg_class o WHERE o.relkind = 'i' AND o.relnamespace ` + ours,
		"view":     `SELECT concat_ws(' ', o.relname, pg_get_viewdef(o.oid)) FROM pg_class o WHERE o.relkind = 'v' AND o.relnamespace ` + ours,
		"function": `SELECT pg_get_functiondef(o.oid) FROM pg_proc o WHERE o.pronamespace ` + ours,
		// without parentheses: a dump writes a OR b OR c as (a OR b) OR c
		"trigger": `SELECT translate(pg_get_triggerdef(t.oid), '()', '') FROM pg_trigger t
			JOIN pg_class o ON o.oid = t.tgrelid WHERE NOT t.tgisinternal AND o.relnamespace ` + ours,
		"enum": `SELECT concat_ws(' ', o.typname, 
				(SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = o.oid))
			FROM pg_type o WHERE o.typtype = 'e' AND o.typnamespace ` + ours,
		"sequence": `SELECT concat_ws(' ', o.relname, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle,
				(SELECT concat(d.refobjid::regclass, '.', d.refobjsubid) FROM pg_depend d WHERE d.objid = o.oid AND d.deptype IN ('a', 'i')))
			FROM pg_sequence s JOIN pg_class o ON o.oid = s.seqrelid WHERE o.relnamespace ` + ours,
		"text search": `SELECT concat_ws(' ', o.cfgname, m.maptokentype, m.mapseqno, m.mapdict::regdictionary) FROM pg_ts_config o
			JOIN pg_ts_config_map m ON m.mapcfg = o.oid WHERE o.cfgnamespace ` + ours,
		"comment": `SELECT concat_ws(' ', i.type, i.identity, o.description) FROM pg_description o,
			LATERAL pg_identify_object(o.classoid, o.objoid, o.objsubid) i
			WHERE o.objoid IN (SELECT oid FROM pg_extension) OR i.schema = 'public'
				AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = o.objoid AND x.deptype = 'e')`,
	}
}
