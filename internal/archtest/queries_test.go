package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notTables are the query files that are not named after a table, each with its reason.
func notTables() map[string]string {
	return map[string]string{
		"cable":     "what the realtime channel of the chatwoot dialect reads",
		"members":   "memberships with their users: the product calls them members",
		"ndoto":     "what only the ndoto dialect reads",
		"platform":  "what only the platform API of the chatwoot dialect reads and writes",
		"presences": "who is connected: members and contacts, from two tables",
		"public":    "what only the public client API of the chatwoot dialect reads",
		"qlara":     "what only the qlara dialect reads and writes",
		"reports":   "sums over conversations, messages and reporting events",
		"retention": "what the hourly job deletes, from many tables",
		"search":    "one search over conversations, messages and contacts",
		"seed":      "what only the demo data needs",
		"viewers":   "who looks at a page: session, membership and scope in one read",
	}
}

// TestQueryFilesAreNamedAfterTables keeps the queries of a noun in one file.
func TestQueryFilesAreNamedAfterTables(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tables := tablesOfMigrations(t, root)
	paths, err := filepath.Glob(filepath.Join(root, "queries", "*.sql"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no query files: %v", err)
	}
	files := map[string]bool{}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".sql")
		files[name] = true
		if !tables[name] && notTables()[name] == "" {
			t.Errorf("queries/%s.sql is not named after a table, and notTables gives no reason", name)
		}
	}
	for name := range notTables() {
		if !files[name] {
			t.Errorf("notTables names %s, and there is no queries/%s.sql", name, name)
		}
	}
}

// tablesOfMigrations lists every table that a migration creates or renames.
func tablesOfMigrations(t *testing.T, root string) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "db", "migrations", "*.sql"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	statement := regexp.MustCompile(`(?im)^\s*(?:CREATE (?:UNLOGGED )?TABLE|ALTER TABLE \w+ RENAME TO) (\w+)`)
	tables := map[string]bool{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range statement.FindAllStringSubmatch(string(text), -1) {
			tables[m[1]] = true
		}
	}
	return tables
}
