package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/outbound"
)

// maker writes the event's id as the body.
type maker struct{ broken, panics int64 }

func (maker) Names(e db.Event) []string {
	if e.Kind == "message.created" {
		return []string{"message_created"}
	}
	return nil
}

func (m maker) Body(_ context.Context, _ *db.Queries, e db.Event, name string) (json.RawMessage, error) {
	if e.ID == m.broken {
		return nil, errors.New("a bug")
	}
	if e.ID == m.panics {
		panic("a worse bug")
	}
	return json.RawMessage(fmt.Sprintf(`{"event":%q,"id":%d,"conversation":%d}`, name, e.ID, *e.ConversationID)), nil
}

// world is an account with one webhook to a receiver of the test's own.
type world struct {
	t       *testing.T
	pool    *pgxpool.Pool
	hooks   *Hooks
	account db.Account
	inbox   db.Inbox
	hook    int64

	mu     sync.Mutex
	clock  time.Time
	calls  []call
	answer func(w http.ResponseWriter, r *http.Request)
}

type call struct {
	head http.Header
	body string
	id   string
}

func setup(t *testing.T) *world {
	t.Helper()
	// The clock is ahead of the database's, so that a job which is to run at once is due however long the test takes.
	w := &world{t: t, pool: dbtest.New(t), clock: time.Now().Add(time.Hour)}
	s := httptest.NewServer(http.HandlerFunc(w.receive))
	t.Cleanup(s.Close)
	w.account = dbtest.Account(t, w.pool, "Example")
	w.inbox = dbtest.Inbox(t, w.pool, w.account, "Shop")
	jobs, err := job.NewInserter(w.pool)
	if err != nil {
		t.Fatal(err)
	}
	w.hooks = New(Config{
		Pool: w.pool, Jobs: jobs, Makers: map[db.Dialect]Maker{db.DialectChatwoot: maker{}}, Logger: slog.New(slog.DiscardHandler), Now: w.now,
		Client: outbound.NewGuard(netip.MustParsePrefix("127.0.0.1/32")).Client(time.Minute),
	})
	w.exec(`INSERT INTO webhooks (account_id, url, secret, subscriptions) VALUES ($1, $2, 's3cret', '{message_created}')`, w.account.ID, s.URL)
	w.hook = w.number("SELECT id FROM webhooks")
	w.exec("DELETE FROM events")
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

func (w *world) receive(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	w.calls = append(w.calls, call{r.Header.Clone(), string(body), r.Header.Get("webhook-id")})
	answer := w.answer
	w.mu.Unlock()
	if answer != nil {
		answer(out, r)
	}
}

func (w *world) answers(fn func(http.ResponseWriter, *http.Request)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = fn
}

func (w *world) got() []call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]call{}, w.calls...)
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.pool.Exec(context.Background(), query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) number(query string, args ...any) (n int64) {
	w.t.Helper()
	if err := w.pool.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		w.t.Fatal(query, err)
	}
	return n
}

func (w *world) text(query string, args ...any) (s string) {
	w.t.Helper()
	if err := w.pool.QueryRow(context.Background(), query, args...).Scan(&s); err != nil {
		w.t.Fatal(query, err)
	}
	return s
}

// happen records an event in each of these conversations, in order, and fans all out.
func (w *world) happen(conversations ...int64) (ids []int64) {
	w.t.Helper()
	q := db.New(w.pool)
	for _, c := range conversations {
		id, err := q.InsertEvent(context.Background(), db.InsertEventParams{
			AccountID: w.account.ID, Kind: "message.created", ActorKind: db.ActorKindSystem, ConversationID: &c, InboxID: &w.inbox.ID,
			Data: json.RawMessage("{}"), CreatedAt: time.Now(),
		})
		if err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	ranges, err := q.NumberEvents(context.Background(), 10000)
	if err != nil || len(ranges) != 1 {
		w.t.Fatal(ranges, err)
	}
	if done, err := w.hooks.Fan(context.Background(), w.account.ID, ranges[0].Last); !done || err != nil {
		w.t.Fatalf("fan out: %v, %v", done, err)
	}
	return ids
}

// due are the tries that have a job whose time has come.
func (w *world) due() (args []job.DeliverWebhook) {
	w.t.Helper()
	rows, err := w.pool.Query(context.Background(), "DELETE FROM river_job WHERE kind = 'deliver_webhook' AND scheduled_at <= $1 RETURNING args", w.now().Add(time.Second))
	if err != nil {
		w.t.Fatal(err)
	}
	raw, err := pgx.CollectRows(rows, pgx.RowTo[json.RawMessage])
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range raw {
		var a job.DeliverWebhook
		if err := json.Unmarshal(r, &a); err != nil {
			w.t.Fatal(err)
		}
		args = append(args, a)
	}
	return args
}

// work makes all tries that are due, until none is.
func (w *world) work() {
	w.t.Helper()
	for range 1000 {
		due := w.due()
		if len(due) == 0 {
			return
		}
		for _, a := range due {
			if err := w.hooks.try(context.Background(), a); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	w.t.Fatal("the work does not end")
}

func (w *world) states() string {
	return w.text("SELECT COALESCE(string_agg(state::text, ' ' ORDER BY id), '') FROM webhook_deliveries")
}

func refuse(code int) func(http.ResponseWriter, *http.Request) {
	return func(out http.ResponseWriter, _ *http.Request) {
		out.WriteHeader(code)
		_, _ = io.WriteString(out, "no")
	}
}

func TestDelivery(t *testing.T) {
	t.Parallel()

	t.Run("an event arrives once, signed so that both kinds of verifiers accept it", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.exec("UPDATE webhooks SET previous_secret = 'whsec_' || encode('older', 'base64')")
		w.happen(1)
		w.work()
		calls := w.got()
		if len(calls) != 1 || w.states() != "delivered" {
			t.Fatalf("%d calls, %s", len(calls), w.states())
		}
		c := calls[0]
		if c.id != w.text("SELECT uuid::text FROM webhook_deliveries") || c.head.Get("X-Chatwoot-Delivery") != c.id {
			t.Error("the id is not the delivery's")
		}
		stamp := c.head.Get("webhook-timestamp")
		if want := "sha256=" + hex.EncodeToString(independent("s3cret", stamp+"."+c.body)); c.head.Get("X-Chatwoot-Signature") != want || c.head.Get("X-Chatwoot-Timestamp") != stamp {
			t.Errorf("the signature is %q", c.head.Get("X-Chatwoot-Signature"))
		}
		want := "v1," + base64.StdEncoding.EncodeToString(independent("s3cret", c.id+"."+stamp+"."+c.body)) +
			" v1," + base64.StdEncoding.EncodeToString(independent("older", c.id+"."+stamp+"."+c.body))
		if got := c.head.Get("webhook-signature"); got != want {
			t.Errorf("the standard signature is %q, not %q", got, want)
		}
	})

	t.Run("events of one conversation arrive in order, however the receiver answers", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var n atomic.Int64
		w.answers(func(out http.ResponseWriter, _ *http.Request) {
			if n.Add(1)%3 == 0 {
				out.WriteHeader(http.StatusInternalServerError)
			}
		})
		var conversations []int64
		for i := range 30 {
			conversations = append(conversations, int64(1+i%3))
		}
		ids := w.happen(conversations...)
		for range 12 {
			w.work()
			w.pass(time.Hour)
		}
		w.wantAll(ids)
	})

	t.Run("the next one waits until the one before has ended", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.answers(refuse(500))
		w.happen(1, 1, 2)
		w.work()
		if got := w.states(); got != "pending waiting pending" {
			t.Errorf("the states are %s", got)
		}
		if n := len(w.got()); n != 2 {
			t.Errorf("%d calls", n)
		}
	})

	t.Run("a receiver that is down, slow, redirecting or refused is tried again, and the log says why", func(t *testing.T) {
		t.Parallel()
		for name, c := range map[string]struct {
			url    string
			answer func(http.ResponseWriter, *http.Request)
			want   string
		}{
			"down":        {url: "http://127.0.0.1:1/", want: "could not be reached"},
			"private":     {url: "http://10.0.0.1/hook", want: "not on the public internet"},
			"nonsense":    {url: "://", want: "not a URL"},
			"slow":        {answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, want: "in time"},
			"redirecting": {answer: http.RedirectHandler("/elsewhere", http.StatusTemporaryRedirect).ServeHTTP, want: "redirects"},
			"failing":     {answer: refuse(500), want: "answered 500"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				if c.url != "" {
					w.exec("UPDATE webhooks SET url = $1", c.url)
				}
				if name == "slow" {
					w.hooks.client.Timeout = 500 * time.Millisecond
				}
				w.answers(c.answer)
				w.happen(1)
				w.work()
				if w.states() != "pending" || w.number("SELECT attempts FROM webhook_deliveries") != 1 {
					t.Errorf("%s after the first try", w.states())
				}
				if got := w.text("SELECT error FROM webhook_attempts"); !strings.Contains(got, c.want) {
					t.Errorf("the log says %q", got)
				}
				if calls := w.got(); len(calls) > 1 {
					t.Errorf("%d calls: a redirect was followed", len(calls))
				}
			})
		}
	})

	t.Run("a try that dies on the way is made again with the same id, after its lease", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.happen(1)
		a := w.due()[0]
		ctx, kill := context.WithCancel(context.Background())
		w.answers(func(_ http.ResponseWriter, r *http.Request) { kill(); <-r.Context().Done() })
		if err := w.hooks.try(ctx, a); err == nil {
			t.Fatal("the try ended well")
		}
		w.answers(nil)
		if err := w.hooks.try(context.Background(), a); err == nil {
			t.Error("the try was made again while the first may be under way")
		}
		w.pass(w.hooks.lease() + time.Second)
		if err := w.hooks.try(context.Background(), a); err != nil {
			t.Fatal(err)
		}
		calls := w.got()
		if len(calls) != 2 || calls[0].id != calls[1].id || calls[0].body != calls[1].body || w.states() != "delivered" {
			t.Errorf("%d calls, %s", len(calls), w.states())
		}
		if err := w.hooks.try(context.Background(), a); err != nil || len(w.got()) != 2 {
			t.Error("a try that has been made was made again")
		}
	})

	t.Run("tries go on for three days, then the delivery has failed and the next one begins", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.answers(refuse(503))
		w.happen(1, 1)
		began := w.now()
		for w.number("SELECT count(*) FROM webhook_deliveries WHERE state = 'failed'") == 0 {
			w.pass(20 * time.Minute)
			w.exec("UPDATE webhooks SET failures = 0")
			w.work()
			if w.now().Sub(began) > 100*time.Hour {
				t.Fatalf("still trying: %s", w.states())
			}
		}
		if d := w.now().Sub(began); d < 72*time.Hour {
			t.Errorf("given up after %v", d)
		}
		if n := w.number("SELECT attempts FROM webhook_deliveries ORDER BY id LIMIT 1"); n < 15 || n > 60 {
			t.Errorf("%d tries", n)
		}
		if n := w.number("SELECT count(*) FROM webhook_attempts WHERE delivery_id = (SELECT max(id) FROM webhook_deliveries)"); n == 0 {
			t.Error("the next one was not tried")
		}
	})

	t.Run("a receiver that answers again gets at once what its failures had put off", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.answers(refuse(500))
		ids := w.happen(1, 2, 3, 4, 5)
		for range 9 {
			w.work()
			w.pass(30 * time.Minute)
		}
		w.work()
		w.answers(nil)
		w.pass(2 * time.Hour)
		w.exec("UPDATE webhook_deliveries SET next_try_at = next_try_at + interval '1 day' WHERE lane <> 'conversation:1' AND state = 'pending'")
		w.exec("UPDATE river_job SET scheduled_at = scheduled_at + interval '1 day' WHERE (args->>'delivery_id')::bigint IN (SELECT id FROM webhook_deliveries WHERE lane <> 'conversation:1')")
		w.pass(5 * time.Hour)
		w.work()
		w.wantAll(ids)
	})

	t.Run("an inbox's receiver that answers again is hastened too", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.exec("UPDATE inboxes SET webhook_url = (SELECT url FROM webhooks)")
		w.exec("DELETE FROM webhooks")
		w.answers(refuse(500))
		ids := w.happen(1, 2, 3)
		for range 8 {
			w.work()
			w.pass(30 * time.Minute)
		}
		w.exec("UPDATE webhook_deliveries SET next_try_at = next_try_at + interval '1 day' WHERE lane <> 'conversation:1'")
		w.exec("UPDATE river_job SET scheduled_at = scheduled_at + interval '1 day' WHERE (args->>'delivery_id')::bigint IN (SELECT id FROM webhook_deliveries WHERE lane <> 'conversation:1')")
		w.answers(nil)
		w.pass(7 * time.Hour)
		w.work()
		w.wantAll(ids)
	})

	t.Run("real workers deliver everything at least once, in order, while two processes fan out", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.run()
		var ids []int64
		for i := range 40 {
			ids = append(ids, w.happen(int64(1+i%4))...)
		}
		for end := time.Now().Add(time.Minute); w.number("SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'") < 40; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("not delivered: %s", w.states())
			}
		}
		w.wantAll(ids)
	})
}

// run works jobs as the program does.
func (w *world) run() {
	w.t.Helper()
	workers := river.NewWorkers()
	w.hooks.clock = time.Now
	w.hooks.AddWorkers(workers)
	r, err := job.NewRunner(w.pool, workers, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := r.Start(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		if err := r.Stop(ctx); err != nil {
			w.t.Error(err)
		}
	})
}

// wantAll checks that every event arrived, that all calls about one had one id, and that no event was seen first
// after a later one of its conversation.
func (w *world) wantAll(events []int64) {
	w.t.Helper()
	id := map[int64]string{}
	newest := map[int64]int64{}
	for _, c := range w.got() {
		var body struct{ ID, Conversation int64 }
		if err := json.Unmarshal([]byte(c.body), &body); err != nil {
			w.t.Fatal(err)
		}
		if had, again := id[body.ID]; again {
			if had != c.id {
				w.t.Errorf("event %d came under two ids", body.ID)
			}
			continue
		}
		id[body.ID] = c.id
		if body.ID < newest[body.Conversation] {
			w.t.Errorf("event %d came after %d", body.ID, newest[body.Conversation])
		}
		newest[body.Conversation] = body.ID
	}
	for _, e := range events {
		if id[e] == "" {
			w.t.Errorf("event %d never arrived", e)
		}
	}
}

// independent is an HMAC-SHA256 by its definition (RFC 2104), so that the test does not share the code's mistakes.
func independent(secret, text string) []byte {
	var inner, outer [64]byte
	copy(inner[:], secret)
	copy(outer[:], secret)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	first := sha256.Sum256(append(inner[:], text...))
	second := sha256.Sum256(append(outer[:], first[:]...))
	if short := hmac.New(sha256.New, []byte(secret)); short.Size() != len(second) {
		return nil
	}
	return second[:]
}

func TestPause(t *testing.T) {
	t.Parallel()

	t.Run("open pages hear that an inbox's receiver begins to fail, and that it works again", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.exec("UPDATE inboxes SET webhook_url = (SELECT url FROM webhooks)")
		w.exec("DELETE FROM webhooks")
		shown := func(want int64) {
			t.Helper()
			if n := w.number("SELECT count(*) FROM river_job WHERE kind = 'show_undelivered'"); n != want {
				t.Errorf("pages are told %d times, want %d", n, want)
			}
		}
		w.answers(refuse(500))
		w.happen(1)
		for range 3 {
			w.work()
			w.pass(time.Minute)
		}
		shown(1)
		w.answers(nil)
		w.pass(time.Hour)
		w.work()
		shown(2)
		w.happen(1)
		w.work()
		shown(2)
	})

	t.Run("a webhook that fails a hundred times over a day is paused, keeps what it misses, and gets it when resumed", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.answers(refuse(500))
		ids := w.happen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
		for range 30 {
			w.work()
			w.pass(time.Hour)
		}
		if w.number("SELECT count(*) FROM webhooks WHERE paused_at IS NOT NULL AND paused_reason LIKE '%answered 500%'") != 1 {
			t.Fatalf("not paused after %d failures", w.number("SELECT failures FROM webhooks"))
		}
		if n := w.number("SELECT count(*) FROM river_job WHERE kind = 'tell_paused'"); n != 1 {
			t.Errorf("administrators are told by %d jobs", n)
		}
		before := len(w.got())
		ids = append(ids, w.happen(1, 11)...)
		w.pass(time.Hour)
		w.work()
		if n := len(w.got()); n != before {
			t.Errorf("%d calls while paused", n-before)
		}
		w.answers(nil)
		if _, err := db.New(w.pool).ResumeWebhook(context.Background(), w.account.ID, w.hook); err != nil {
			t.Fatal(err)
		}
		if err := w.hooks.Resume(context.Background(), w.account.ID, w.hook); err != nil {
			t.Fatal(err)
		}
		w.work()
		w.wantAll(ids)
		if n := w.number("SELECT count(*) FROM webhook_deliveries WHERE state <> 'delivered'"); n != 0 {
			t.Errorf("%d are not delivered", n)
		}
	})

	t.Run("a hundred failures within a day pause nothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.answers(refuse(500))
		w.exec("UPDATE webhooks SET failures = 500, failing_since = $1", w.now().Add(-23*time.Hour))
		w.happen(1)
		w.work()
		if w.number("SELECT count(*) FROM webhooks WHERE paused_at IS NOT NULL") != 0 {
			t.Error("paused")
		}
	})

	t.Run("what waits for a paused webhook is dropped after three days, and can be replayed", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.exec("UPDATE webhooks SET paused_at = now()")
		ids := w.happen(1, 1)
		w.work()
		w.pass(73 * time.Hour)
		if n, err := db.New(w.pool).DropPausedDeliveries(context.Background(), w.now()); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		w.exec("UPDATE webhooks SET paused_at = NULL")
		deliveries := []int64{w.number("SELECT min(id) FROM webhook_deliveries"), w.number("SELECT max(id) FROM webhook_deliveries")}
		if err := w.hooks.Replay(context.Background(), w.account.ID, deliveries); err != nil {
			t.Fatal(err)
		}
		w.work()
		w.wantAll(ids)
	})
}

func TestFan(t *testing.T) {
	t.Parallel()

	t.Run("each event becomes one delivery, however many processes fan out", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var all sync.WaitGroup
		for c := range 4 {
			w.exec(`INSERT INTO events (account_id, number, kind, actor_kind, conversation_id, inbox_id) SELECT $1, $2 + n, 'message.created', 'system', $3, $4 FROM generate_series(1, 150) n`,
				w.account.ID, 150*c, c, w.inbox.ID)
		}
		for range 4 {
			all.Go(func() {
				for {
					done, err := w.hooks.Fan(context.Background(), w.account.ID, 600)
					if err != nil {
						t.Error(err)
					}
					if done || err != nil {
						return
					}
				}
			})
		}
		all.Wait()
		if n := w.number("SELECT count(DISTINCT event_id) FROM webhook_deliveries"); n != 600 {
			t.Errorf("%d events have a delivery", n)
		}
		if n := w.number("SELECT count(*) FROM webhook_deliveries"); n != 600 {
			t.Errorf("%d deliveries", n)
		}
		if n := w.number("SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'"); n != 4 {
			t.Errorf("%d have begun", n)
		}
	})

	t.Run("an event whose body cannot be made is noted, and the others go on", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		next := w.number("SELECT COALESCE(max(id), 0) FROM events") + 1
		if seq := w.number("SELECT nextval(pg_get_serial_sequence('events', 'id'))"); seq >= next {
			next = seq + 1
		}
		w.hooks.makers[db.DialectChatwoot] = maker{broken: next + 1, panics: next + 2}
		w.happen(1, 1, 1, 1)
		w.work()
		if got := w.states(); got != "delivered failed failed delivered" {
			t.Errorf("the states are %s", got)
		}
	})

	t.Run("an inbox's URL hears of its inbox only, and a bot of where it works", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		other := dbtest.Inbox(t, w.pool, w.account, "Other")
		w.exec("DELETE FROM webhooks")
		w.exec("INSERT INTO agent_bots (account_id, name, outgoing_url, secret) VALUES ($1, 'Bot', 'http://127.0.0.1:1', 's')", w.account.ID)
		w.exec("UPDATE inboxes SET webhook_url = 'http://127.0.0.1:1' WHERE id = $1", other.ID)
		w.exec("UPDATE inboxes SET agent_bot_id = (SELECT id FROM agent_bots) WHERE id = $1", w.inbox.ID)
		w.exec("DELETE FROM events")
		w.happen(1)
		mine := w.inbox
		w.inbox = other
		w.happen(2)
		w.inbox = mine
		got := w.text("SELECT string_agg(split_part(receiver, ':', 1) || ' ' || lane, ', ' ORDER BY id) FROM webhook_deliveries")
		if got != "bot conversation:1, inbox conversation:2" {
			t.Errorf("the deliveries are %s", got)
		}
	})

	t.Run("a bot gets three tries, then its loss is followed up", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.exec("DELETE FROM webhooks")
		w.exec("INSERT INTO agent_bots (account_id, name, outgoing_url, secret) VALUES ($1, 'Bot', 'http://127.0.0.1:1', 's')", w.account.ID)
		w.exec("UPDATE inboxes SET agent_bot_id = (SELECT id FROM agent_bots)")
		w.happen(1)
		for range 4 {
			w.work()
			w.pass(4 * time.Second)
		}
		if w.states() != "failed" || w.number("SELECT attempts FROM webhook_deliveries") != 3 {
			t.Errorf("%s", w.states())
		}
		if w.number("SELECT count(*) FROM river_job WHERE kind = 'follow_lost_delivery'") != 1 {
			t.Error("nobody follows it up")
		}
	})

	t.Run("a lane that stands still and a try whose job was lost are mended", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		ids := w.happen(1, 1, 2)
		w.due() // lost
		w.exec("UPDATE webhook_deliveries SET state = 'waiting', next_try_at = NULL WHERE lane = 'conversation:2'")
		w.pass(11 * time.Minute)
		if err := w.hooks.Mend(context.Background()); err != nil {
			t.Fatal(err)
		}
		w.work()
		w.wantAll(ids)
	})
}
