package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// TestWebhooksSurvive posts messages while parley is killed and the receiver is slow, answers 500 or is away. Every
// event arrives at least once, always under one id, and no event of a conversation is seen first after a later one.
func TestWebhooksSurvive(t *testing.T) {
	t.Parallel()
	const rounds, each = 4, 12
	pool := dbtest.New(t)
	settings := []string{
		"DATABASE_URL=" + pool.Config().ConnString(), "PARLEY_SECRET_KEY=" + dbtest.SecretKey,
		"PARLEY_DATA=" + t.TempDir(), "PARLEY_OUTBOUND_ALLOW=127.0.0.1", "PARLEY_WEBHOOK_TIMEOUT=300ms",
	}
	account := dbtest.Account(t, pool, "Example")
	inbox := dbtest.Inbox(t, pool, account, "Shop")
	receiver := newReceiver(t)
	run(
		t, pool,
		"INSERT INTO webhooks (account_id, url, secret, subscriptions) VALUES ($1, $2, 's', '{message_created}')",
		account.ID, receiver.URL,
	)
	var threads []db.Conversation
	for range 3 {
		threads = append(threads, dbtest.Conversation(t, pool, inbox, ""))
	}
	for round := range rounds {
		p := serveParley(t, settings).ready()
		for n := range each {
			dbtest.Message(t, pool, threads[n%len(threads)], fmt.Sprintf("message %d of round %d", n, round))
		}
		// Some calls are under way now, some wait for their next try.
		receiver.waitFor(t, (round+1)*each/3)
		p.kill()
		hurry(t, pool, 0)
	}
	receiver.recover()
	serveParley(t, settings).ready()
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		var left int
		err := pool.QueryRow(
			t.Context(),
			"SELECT (SELECT count(*) FROM messages) - (SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered')",
		).Scan(&left)
		if err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d events are not delivered", left)
		}
		hurry(t, pool, 3*time.Second)
	}
	receiver.inspect(t, rounds*each)
}

// hurry makes time pass: what is put off is due, and what a killed process held is given up. Jobs that have run for
// less than alive may belong to a process that lives.
func hurry(t *testing.T, pool *pgxpool.Pool, alive time.Duration) {
	t.Helper()
	run(t, pool, "UPDATE webhook_deliveries SET next_try_at = now() - interval '1 second' WHERE state = 'pending'")
	run(t, pool, `UPDATE river_job SET scheduled_at = now(), state = 'available'
		WHERE state IN ('scheduled', 'retryable') OR state = 'running' AND attempted_at < $1`, time.Now().Add(-alive))
}

func run(t *testing.T, pool *pgxpool.Pool, query string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(context.Background(), query, args...); err != nil {
		t.Fatal(query, err)
	}
}

// receiver is an unreliable one.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	well  bool
	calls []received
}

type received struct {
	id   string
	body struct {
		ID           int64
		Event        string
		Conversation struct{ ID int64 }
	}
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, request *http.Request) {
	raw, _ := io.ReadAll(request.Body)
	c := received{id: request.Header.Get("webhook-id")}
	if err := json.Unmarshal(raw, &c.body); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.calls = append(r.calls, c)
	well := r.well
	r.mu.Unlock()
	if well {
		return
	}
	switch rand.IntN(4) {
	case 0:
		w.WriteHeader(http.StatusInternalServerError)
	case 1:
		// Slow: sometimes too slow, and often still at it when parley is killed.
		select {
		case <-time.After(time.Duration(rand.IntN(500)) * time.Millisecond):
		case <-request.Context().Done():
		}
	case 2:
		if hijacker, ok := w.(http.Hijacker); ok {
			if conn, _, err := hijacker.Hijack(); err == nil {
				conn.Close() // away
			}
		}
	}
}

func (r *receiver) recover() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.well = true
}

func (r *receiver) waitFor(t *testing.T, calls int) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		r.mu.Lock()
		n := len(r.calls)
		r.mu.Unlock()
		if n >= calls {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d calls only", n)
		}
	}
}

func (r *receiver) inspect(t *testing.T, messages int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	ids, newest := map[int64]string{}, map[int64]int64{}
	for _, c := range r.calls {
		had, again := ids[c.body.ID]
		if again && had != c.id {
			t.Errorf("message %d came under two ids", c.body.ID)
		}
		if again {
			continue
		}
		ids[c.body.ID] = c.id
		if thread := c.body.Conversation.ID; c.body.ID < newest[thread] {
			t.Errorf("message %d came after %d", c.body.ID, newest[thread])
		} else {
			newest[thread] = c.body.ID
		}
	}
	if len(ids) != messages {
		t.Errorf("%d of %d messages arrived", len(ids), messages)
	}
	t.Logf("%d calls for %d messages", len(r.calls), messages)
}
