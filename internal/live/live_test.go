package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/internal/poke"
)

const patience = time.Minute

// start runs a bus, as one replica does, and waits until it listens.
func start(t *testing.T, pool *pgxpool.Pool) *live.Bus {
	t.Helper()
	bus := live.New(pool, slog.New(slog.DiscardHandler))
	ready := bus.Subscribe(0) // told to resync once the bus listens
	defer ready.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := bus.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	if got := receive(t, ready); got.Topic != live.Resync {
		t.Fatalf("the first poke is %v", got)
	}
	return bus
}

func receive(t *testing.T, s *live.Subscription) poke.Poke {
	t.Helper()
	select {
	case p, open := <-s.C:
		if !open {
			t.Fatal("the subscription is closed")
		}
		return p
	case <-time.After(patience):
		t.Fatal("no poke came")
	}
	return poke.Poke{}
}

// until collects what comes before last, which the database delivers after everything that was sent before it.
func until(t *testing.T, s *live.Subscription, last poke.Poke) []poke.Poke {
	t.Helper()
	var got []poke.Poke
	for {
		p := receive(t, s)
		if p == last {
			return got
		}
		got = append(got, p)
	}
}

func conversation(account int64, n int) poke.Poke {
	return poke.Poke{AccountID: account, Topic: fmt.Sprintf("conversation:%d", n), InboxID: 3, TeamID: 4}
}

func TestBus(t *testing.T) {
	t.Parallel()

	t.Run("both replicas hear what one publishes, whole and in order", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		one, two := start(t, pool), start(t, pool)
		here, there := one.Subscribe(7), two.Subscribe(7)
		want := []poke.Poke{conversation(7, 1), {AccountID: 7, Topic: "members"}, conversation(7, 2)}
		one.Publish(want)
		end := poke.Poke{AccountID: 7, Topic: "end"}
		one.Publish([]poke.Poke{end})
		for name, s := range map[string]*live.Subscription{"here": here, "there": there} {
			if diff := cmp.Diff(want, until(t, s, end)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})

	t.Run("another account hears nothing", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		bus := start(t, pool)
		ours, theirs := bus.Subscribe(1), bus.Subscribe(2)
		bus.Publish([]poke.Poke{conversation(1, 5), {AccountID: 2, Topic: "end"}})
		if got := receive(t, ours); got != conversation(1, 5) {
			t.Errorf("got %v", got)
		}
		if before := until(t, theirs, poke.Poke{AccountID: 2, Topic: "end"}); len(before) != 0 {
			t.Errorf("the other account heard %v", before)
		}
	})

	t.Run("a thousand pokes arrive in few notifications, each once", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		one, two := start(t, pool), start(t, pool)
		conn, err := pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Release()
		if _, err := conn.Exec(t.Context(), "LISTEN parley_live"); err != nil {
			t.Fatal(err)
		}
		s := two.Subscribe(1)
		heard := make(chan map[poke.Poke]int)
		end := poke.Poke{AccountID: 1, Topic: "end"}
		go func() {
			counts := map[poke.Poke]int{}
			for p := range s.C {
				if counts[p]++; p == end {
					break
				}
			}
			heard <- counts
		}()
		for n := range 1000 {
			one.Publish([]poke.Poke{conversation(1, n), conversation(1, n)})
		}
		one.Publish([]poke.Poke{end})
		select {
		case counts := <-heard:
			resync := counts[poke.Poke{AccountID: 1, Topic: live.Resync}] > 0
			for n := range 1000 {
				if c := counts[conversation(1, n)]; c > 1 || c == 0 && !resync {
					t.Fatalf("conversation %d was poked %d times", n, c)
				}
			}
		case <-time.After(patience):
			t.Fatal("the last poke did not come")
		}
		notifications := 0
		for seen := false; !seen; notifications++ {
			n, err := conn.Conn().WaitForNotification(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(n.Payload) >= 8000 {
				t.Errorf("a payload of %d bytes", len(n.Payload))
			}
			seen = strings.Contains(n.Payload, `"end"`)
		}
		if notifications > 200 {
			t.Errorf("%d notifications for a thousand pokes", notifications)
		}
	})
}

func TestBusBreaks(t *testing.T) {
	t.Parallel()

	t.Run("whoever does not read gets one resync instead of what was dropped, and nobody waits for it", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		bus := start(t, pool)
		slow, quick := bus.Subscribe(1), bus.Subscribe(1)
		last := conversation(1, 999)
		for n := range 1000 {
			bus.Publish([]poke.Poke{conversation(1, n)})
			if n%50 == 49 { // the quick one keeps pace
				until(t, quick, conversation(1, n))
			}
		}
		got := until(t, slow, last)
		if len(got) > 64 {
			t.Errorf("%d pokes were kept for a subscriber who does not read", len(got))
		}
		resyncs := 0
		for _, p := range got {
			if p.Topic == live.Resync {
				resyncs++
			}
		}
		if resyncs != 1 {
			t.Errorf("%d resyncs among %v", resyncs, got)
		}
	})

	t.Run("after its connections were cut, subscribers are told to resync and pokes arrive again", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		one, two := start(t, pool), start(t, pool)
		s := two.Subscribe(1)
		one.Publish([]poke.Poke{conversation(1, 1)}) // so that the sending connection is open too
		until(t, s, conversation(1, 1))

		var cut int
		err := pool.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name LIKE 'parley live %'`).Scan(&cut)
		if err != nil || cut != 3 {
			t.Fatalf("cut %d connections: %v", cut, err)
		}
		resync := poke.Poke{AccountID: 1, Topic: live.Resync}
		if got := receive(t, s); got != resync {
			t.Fatalf("got %v", got)
		}
		one.Publish([]poke.Poke{conversation(1, 2)})
		until(t, s, conversation(1, 2))
	})

	t.Run("what is published in the last moment is sent before Run returns", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		s := start(t, pool).Subscribe(1)
		dying := live.New(pool, slog.New(slog.DiscardHandler))
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		dying.Publish([]poke.Poke{conversation(1, 1)})
		if err := dying.Run(ended); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, s); got != conversation(1, 1) {
			t.Errorf("got %v", got)
		}
	})

	t.Run("hanging up ends every subscription, those to come as well", func(t *testing.T) {
		t.Parallel()
		bus := live.New(dbtest.New(t), slog.New(slog.DiscardHandler))
		before := bus.Subscribe(1)
		bus.HangUp()
		after := bus.Subscribe(1)
		for _, s := range []*live.Subscription{before, after} {
			if _, open := <-s.C; open {
				t.Error("still open")
			}
			s.Close()
		}
		if n := bus.Subscribers(); n != 0 {
			t.Errorf("%d subscribers", n)
		}
	})
}
