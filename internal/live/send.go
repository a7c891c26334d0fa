package live

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/internal/poke"
)

const (
	// gather is how long the first poke of a batch waits for others: a notification's commit takes a lock that all
	// databases of the server share, so there should be few.
	gather = 3 * time.Millisecond
	// patience is how long sending the last batch may take when the bus ends.
	patience = 2 * time.Second
	// mostWaiting is how many different pokes may wait for the database before each account's become one Resync.
	mostWaiting = 20_000
)

// outbox holds pokes that wait to be sent, each once.
type outbox struct {
	mu      sync.Mutex
	waiting map[poke.Poke]struct{}
	order   []poke.Poke
	wake    chan struct{} // holds one token while something waits
}

func newOutbox() outbox {
	return outbox{waiting: map[poke.Poke]struct{}{}, wake: make(chan struct{}, 1)}
}

func (o *outbox) add(pokes []poke.Poke) {
	if len(pokes) == 0 {
		return
	}
	o.mu.Lock()
	for _, p := range pokes {
		o.put(p)
	}
	if len(o.order) > mostWaiting {
		had := o.order
		o.order, o.waiting = nil, map[poke.Poke]struct{}{}
		for _, p := range had {
			o.put(poke.Poke{AccountID: p.AccountID, Topic: Resync})
		}
	}
	o.mu.Unlock()
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outbox) put(p poke.Poke) {
	if _, there := o.waiting[p]; there {
		return
	}
	o.waiting[p] = struct{}{}
	o.order = append(o.order, p)
}

// take empties the outbox.
func (o *outbox) take() []poke.Poke {
	o.mu.Lock()
	defer o.mu.Unlock()
	batch := o.order
	o.order, o.waiting = nil, map[poke.Poke]struct{}{}
	return batch
}

// send keeps one connection sending until ctx ends, and then sends the rest.
func (b *Bus) send(ctx context.Context) {
	var conn *pgx.Conn
	defer func() {
		if conn != nil {
			closeConn(ctx, conn)
		}
	}()
	failures := 0
	for last := false; !last; {
		select {
		case <-b.out.wake:
			pause(ctx, gather)
		case <-ctx.Done():
			last = true
		}
		batch := b.out.take()
		if len(batch) == 0 {
			continue
		}
		var err error
		if conn, err = b.sendBatch(ctx, conn, batch); err == nil {
			failures = 0
			continue
		}
		b.log.Warn("live updates cannot be sent", "error", err, "waiting", len(batch))
		b.out.add(batch)
		pause(ctx, backOff(failures))
		failures++
	}
}

// sendBatch sends one batch in one transaction, connecting first if need be. The connection it returns is nil
// after a failure.
func (b *Bus) sendBatch(ctx context.Context, conn *pgx.Conn, batch []poke.Poke) (_ *pgx.Conn, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if conn == nil {
		// Nothing is written, so there is no disk to wait for.
		if conn, err = b.connect(ctx, "parley live send", map[string]string{"synchronous_commit": "off"}); err != nil {
			return nil, err
		}
	}
	if _, err := conn.Exec(ctx, "SELECT pg_notify('"+channel+"', p) FROM unnest($1::text[]) p", encode(batch)); err != nil {
		closeConn(ctx, conn)
		return nil, err
	}
	return conn, nil
}

// longest is the longest notification: PostgreSQL takes less than 8000 bytes.
const longest = 7900

// wire is a poke in a notification: [account, topic, inbox, team].
type wire [4]any

// encode packs pokes into payloads, JSON arrays of wire.
func encode(pokes []poke.Poke) []string {
	var payloads []string
	payload := []byte{'['}
	for _, p := range pokes {
		one, err := json.Marshal(wire{p.AccountID, p.Topic, p.InboxID, p.TeamID})
		if err != nil || len(one)+2 > longest { // no topic of ours is that long
			one, _ = json.Marshal(wire{p.AccountID, Resync, 0, 0})
		}
		if len(payload)+1+len(one)+1 > longest {
			payloads = append(payloads, string(append(payload, ']')))
			payload = []byte{'['}
		}
		if len(payload) > 1 {
			payload = append(payload, ',')
		}
		payload = append(payload, one...)
	}
	return append(payloads, string(append(payload, ']')))
}

func decode(payload string) ([]poke.Poke, error) {
	var packed [][4]json.RawMessage
	if err := json.Unmarshal([]byte(payload), &packed); err != nil {
		return nil, err
	}
	pokes := make([]poke.Poke, len(packed))
	for i, w := range packed {
		p := &pokes[i]
		for j, into := range []any{&p.AccountID, &p.Topic, &p.InboxID, &p.TeamID} {
			if err := json.Unmarshal(w[j], into); err != nil {
				return nil, err
			}
		}
	}
	return pokes, nil
}
