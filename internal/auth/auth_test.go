package auth

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/fault"
)

func TestAnUnknownAddressCostsWhatAKnownOneDoes(t *testing.T) {
	t.Parallel()
	hash, err := NewPasswords().Hash(t.Context(), "a long password")
	if err != nil {
		t.Fatal(err)
	}
	costs, _, _ := strings.Cut(strings.TrimPrefix(hash, "$argon2id$v=19$"), "$")
	if !strings.HasPrefix(nobody, "$argon2id$v=19$"+costs+"$") {
		t.Errorf("a hash costs %s, nobody's is %s", costs, nobody)
	}
}

func TestAnAddressTriedFromEverywhereIsSlowedDown(t *testing.T) {
	t.Parallel()
	for tries, want := range map[int32]time.Duration{1: 0, 50: 0, 52: 100 * time.Millisecond, 1000: maxDelay} {
		if got := delay(tries); got != want {
			t.Errorf("try %d takes %s more, want %s", tries, got, want)
		}
	}
}

func TestPasswordsWaitInABoundedQueueAndLeaveWithTheirCaller(t *testing.T) {
	t.Parallel()
	p := NewPasswords()
	for range parallelHashes {
		if err := p.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, waitingHashes)
	for range waitingHashes {
		go func() { _, err := p.Check(ctx, "a password", nil); left <- err }()
	}
	for p.waiting.Load() < waitingHashes {
		runtime.Gosched()
	}
	if _, err := p.Hash(t.Context(), "one too many"); !errors.Is(err, fault.Busy) {
		t.Errorf("got %v", err)
	}
	leave()
	for range waitingHashes {
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if n := p.waiting.Load(); n != 0 {
		t.Errorf("%d still wait", n)
	}
}
