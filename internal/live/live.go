// Package live carries pokes between the replicas of Parley and to their open pages: "something about conversation 42
// changed, look for yourself". One connection listens, one sends, both with PostgreSQL's LISTEN and NOTIFY. A
// subscriber that may have missed something gets the topic "resync".
//
// Not here: what changed, who may see it (a subscriber asks with its own rights), and HTTP. A lost poke leaves a page
// out of date for a moment: nothing that must happen may depend on one.
package live

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/internal/poke"
)

// Resync is the topic that means: pokes may have been missed, fetch everything that is open.
const Resync = "resync"

// Numbered is the topic that means: the account's event log has new events.
const Numbered = "events"

// Bus connects publishers and subscribers of all replicas on one database.
type Bus struct {
	pool *pgxpool.Pool
	log  *slog.Logger

	mu          sync.Mutex
	subscribers map[int64]map[*Subscription]struct{} // by account
	hungUp      bool
	marks       map[int64]uint64 // by account: how many pokes came that pages look at
	epoch       string           // since when the pokes are known without a gap; "" before the bus listens

	out outbox
}

// New makes a bus, which does nothing until Run.
func New(pool *pgxpool.Pool, logger *slog.Logger) *Bus {
	return &Bus{
		pool: pool, log: logger,
		subscribers: map[int64]map[*Subscription]struct{}{},
		marks:       map[int64]uint64{},
		out:         newOutbox(),
	}
}

// Run listens and sends until ctx ends; then it sends what is left, for two seconds at most. It survives every outage
// of the database, so its error is always nil or a bug.
func (b *Bus) Run(ctx context.Context) error {
	var both sync.WaitGroup
	both.Go(func() { b.listen(ctx) })
	both.Go(func() { b.send(ctx) })
	both.Wait()
	return nil
}

// Publish sends pokes to every replica, this one included, a few milliseconds later. It never blocks and never fails:
// pokes that wait for the database are merged, and in the worst case become one Resync.
func (b *Bus) Publish(pokes []poke.Poke) { b.out.add(pokes) }

// Subscription receives one account's pokes.
type Subscription struct {
	// C is closed by Close and by Bus.HangUp. A subscriber that reads too slowly loses pokes and gets one Resync
	// instead.
	C <-chan poke.Poke

	c       chan poke.Poke
	account int64
	bus     *Bus
}

// backlog is how many pokes wait for a subscriber before they become one Resync. A page that is 64 pokes behind had
// better reload everything.
const backlog = 64

// Subscribe starts to receive an account's pokes. After HangUp the subscription is closed from the start.
func (b *Bus) Subscribe(accountID int64) *Subscription {
	c := make(chan poke.Poke, backlog)
	s := &Subscription{C: c, c: c, account: accountID, bus: b}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.hungUp {
		close(c)
		return s
	}
	if b.subscribers[accountID] == nil {
		b.subscribers[accountID] = map[*Subscription]struct{}{}
	}
	b.subscribers[accountID][s] = struct{}{}
	return s
}

// Close ends the subscription; it may be called twice.
func (s *Subscription) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	s.bus.drop(s)
}

// drop is called under the lock.
func (b *Bus) drop(s *Subscription) {
	if _, there := b.subscribers[s.account][s]; !there {
		return
	}
	delete(b.subscribers[s.account], s)
	if len(b.subscribers[s.account]) == 0 {
		delete(b.subscribers, s.account)
	}
	close(s.c)
}

// Mark tells apart the states of an account that pages have been poked about. If it is the same before a page is read and
// after its subscription begins, the page has missed nothing. It is "" while that is unknown.
func (b *Bus) Mark(accountID int64) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.epoch == "" {
		return ""
	}
	return b.epoch + "-" + strconv.FormatUint(b.marks[accountID], 10)
}

// HangUp ends all subscriptions, also future ones, so that streams end before the server does. Publish goes on
// working.
func (b *Bus) HangUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hungUp = true
	for _, those := range b.subscribers {
		for s := range those {
			b.drop(s)
		}
	}
}

// Subscribers counts the subscriptions.
func (b *Bus) Subscribers() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, those := range b.subscribers {
		n += len(those)
	}
	return n
}

// deliver passes pokes from the database to this replica's subscribers.
func (b *Bus) deliver(pokes []poke.Poke) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range pokes {
		if p.Topic != Here && p.Topic != Numbered {
			b.marks[p.AccountID]++
		}
		for s := range b.subscribers[p.AccountID] {
			s.offer(p)
		}
	}
}

// resyncAll tells everyone that pokes may have been missed.
func (b *Bus) resyncAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.epoch = rand.Text()
	for account, those := range b.subscribers {
		for s := range those {
			s.offer(poke.Poke{AccountID: account, Topic: Resync})
		}
	}
}

// offer never blocks. It is called under the bus's lock, so that no one else sends on or closes the channel.
func (s *Subscription) offer(p poke.Poke) {
	select {
	case s.c <- p:
		return
	default:
	}
	for {
		select {
		case <-s.c:
			continue
		default:
		}
		break
	}
	s.c <- poke.Poke{AccountID: s.account, Topic: Resync}
}

// backOff is the pause before the nth try in a row to reconnect.
func backOff(n int) time.Duration {
	return min(50*time.Millisecond<<min(n, 10), 5*time.Second)
}

// pause waits, and reports whether ctx has not ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
