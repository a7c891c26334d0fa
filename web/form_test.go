package web

import (
	"testing"

	"github.com/parleydesk/parley/internal/fault"
)

// TestFirstMessage holds that a form with one place for a message shows the same one each time.
func TestFirstMessage(t *testing.T) {
	t.Parallel()
	invalid := fault.Fields{"mode": "third", "body": "first", "file": "second"}
	for range 50 {
		if got := firstMessage(invalid); got != "first" {
			t.Fatalf("got %q, want the message of the field that sorts first", got)
		}
	}
	if got := firstMessage(nil); got != "" {
		t.Fatalf("got %q where nothing is wrong", got)
	}
}
