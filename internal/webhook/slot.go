package webhook

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	// slotsPerReceiver is how many calls to one receiver run at once in one process: a receiver that hangs must not
	// delay the others.
	slotsPerReceiver = 8
	// patience is how long a call waits for a slot at a receiver that answers.
	patience = 3 * time.Second
	slow     = 2 * time.Second
)

// caller holds the slots of one receiver.
type caller struct {
	free chan struct{}
	// poor is true if the last call failed or was slow: then no call waits for a slot.
	poor bool
}

type slot struct {
	h *Hooks
	c *caller
}

// acquireSlot waits for a free slot of a receiver. ok is false when none becomes free soon: try again later.
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

// crowded is when to try again at a receiver without a free slot.
func crowded() time.Duration { return 2*time.Second + rand.N(8*time.Second) } //nolint:gosec // jitter
