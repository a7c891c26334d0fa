package webhook

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	// slotsPerReceiver is how many calls to one receiver are under way at once, in one process: a receiver that hangs must not
	// hold up the others.
	slotsPerReceiver = 8
	// patience is how long a call waits for its turn at a receiver that answers.
	patience = 3 * time.Second
	slow     = 2 * time.Second
)

// caller counts the calls to one receiver.
type caller struct {
	free chan struct{}
	// poor tells that the last call failed or took long: then nobody waits for a turn.
	poor bool
}

type slot struct {
	h *Hooks
	c *caller
}

// acquireSlot waits for a free place among the calls to a receiver. ok is false when there is none soon: come back later.
func (h *Hooks) acquireSlot(ctx context.Context, receiver string) (t slot, ok bool) {
	h.mu.Lock()
	c := h.callers[receiver]
	if c == nil {
		c = &caller{free: make(chan struct{}, slotsPerReceiver)}
		h.callers[receiver] = c
	}
	poor := c.poor
	h.mu.Unlock()
	select {
	case c.free <- struct{}{}:
		return slot{h, c}, true
	default:
	}
	if poor {
		return slot{}, false
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case c.free <- struct{}{}:
		return slot{h, c}, true
	case <-wait.C:
	case <-ctx.Done():
	}
	return slot{}, false
}

func (t slot) release() { <-t.c.free }

func (t slot) note(o outcome) {
	t.h.mu.Lock()
	defer t.h.mu.Unlock()
	t.c.poor = o.reason != "" || o.took > slow
}

// crowded is when to come back to a receiver that has no place free.
func crowded() time.Duration { return 2*time.Second + rand.N(8*time.Second) } //nolint:gosec // jitter
