package db_test

import (
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestMigrateSaysThatADatabaseIsOfAnEarlierState(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	if err := db.Migrate(t.Context(), pool); err != nil {
		t.Fatal("a database of this state: ", err)
	}
	if _, err := pool.Exec(t.Context(), "COMMENT ON TABLE accounts IS 'edition of yesterday'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), pool); err == nil || !strings.Contains(err.Error(), "earlier development version") {
		t.Errorf("of another: %v", err)
	}
}
