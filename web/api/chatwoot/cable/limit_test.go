package cable

import (
	"errors"
	"net/http"
	"testing"

	"github.com/parleydesk/parley/web/api"
)

func TestConnLimit(t *testing.T) {
	t.Parallel()
	d := newConnLimit()
	d.maxOpen, d.maxAnonymous = 4, 2
	enter := func(network string, want int) *connSlot {
		t.Helper()
		g, err := d.acquire(network)
		var f api.Failure
		if errors.As(err, &f); f.Status != want || want != 0 && f.RetryAfter == 0 {
			t.Fatalf("from %s: %d, want %d", network, f.Status, want)
		}
		return g
	}
	one, two := enter("a", 0), enter("a", 0)
	enter("a", http.StatusTooManyRequests)
	one.markAuthenticated()
	one.markAuthenticated()
	three := enter("a", 0)
	enter("a", http.StatusTooManyRequests)
	four := enter("b", 0)
	enter("c", http.StatusServiceUnavailable)
	two.release()
	enter("a", 0).release()
	one.release()
	three.release()
	four.release()
	if d.open != 0 || len(d.anonymous) != 0 {
		t.Errorf("all have left, and %d are there, %v", d.open, d.anonymous)
	}
}
