package db_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What an event says is written by desk.Data alone: a query that made its own would be a second author of the format.
func TestOneQueryWritesEvents(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../queries/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	writers := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		writers += strings.Count(string(text), "INSERT INTO events ")
	}
	if writers != 1 {
		t.Errorf("%d statements insert events; InsertEvent should be the only one", writers)
	}
}
