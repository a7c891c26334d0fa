package chatwoot

import (
	"errors"
	"net/http"
	"testing"

	"github.com/parleydesk/parley/web/api"
)

func TestCableDoor(t *testing.T) {
	t.Parallel()
	d := newDoor()
	d.most, d.strangers = 4, 2
	enter := func(network string, want int) *guest {
		t.Helper()
		g, err := d.enter(network)
		var f api.Failure
		if errors.As(err, &f); f.Status != want || want != 0 && f.RetryAfter == 0 {
			t.Fatalf("from %s: %d, want %d", network, f.Status, want)
		}
		return g
	}
	one, two := enter("a", 0), enter("a", 0)
	enter("a", http.StatusTooManyRequests)
	one.introduce()
	one.introduce()
	three := enter("a", 0)
	enter("a", http.StatusTooManyRequests)
	four := enter("b", 0)
	enter("c", http.StatusServiceUnavailable)
	two.leave()
	enter("a", 0).leave()
	one.leave()
	three.leave()
	four.leave()
	if d.open != 0 || len(d.nobody) != 0 {
		t.Errorf("all have left, and %d are there, %v", d.open, d.nobody)
	}
}
