package db_test

import (
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/dbtest"
)

func TestTimesAreReadInUTCWhateverTheZoneOfTheMachine(t *testing.T) {
	t.Parallel()
	var now time.Time
	if err := dbtest.New(t).QueryRow(t.Context(), "SELECT now()").Scan(&now); err != nil {
		t.Fatal(err)
	}
	if now.Location() != time.UTC {
		t.Errorf("read in %v", now.Location())
	}
}
