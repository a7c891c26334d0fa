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

// fixture is an account with one webhook to a receiver of the test's own.
type fixture struct {
	t       *testing.T
	pool    *pgxpool.Pool
	hooks   *Hooks
	account db.Account
	inbox   db.Inbox
	hook    int64

	mu     sync.Mutex
	clock  time.Time
	calls  []call
	answer func(f http.ResponseWriter, r *http.Request)
}

type call struct {
	head http.Header
	body string
	id   string
}

func setup(t *testing.T) *fixture {
	t.Helper()
	// The clock is ahead of the database's, so that a job which is to run at once is due however long the test takes.
	f := &fixture{t: t, pool: dbtest.New(t), clock: time.Now().Add(time.Hour)}
	s := httptest.NewServer(http.HandlerFunc(f.receive))
	t.Cleanup(s.Close)
	f.account = dbtest.Account(t, f.pool, "Example")
	f.inbox = dbtest.Inbox(t, f.pool, f.account, "Shop")
	jobs, err := job.NewInserter(f.pool, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	f.hooks = New(Config{
		Pool: f.pool, Jobs: jobs, Makers: map[db.Dialect]Maker{db.DialectChatwoot: maker{}}, Logger: slog.New(slog.DiscardHandler), Now: f.now,
		Client: outbound.NewGuard(netip.MustParsePrefix("127.0.0.1/32")).Client(10 * time.Second),
	})
	f.exec(`INSERT INTO webhooks (account_id, url, secret, subscriptions) VALUES ($1, $2, 's3cret', '{message_created}')`, f.account.ID, s.URL)
	f.hook = f.number("SELECT id FROM webhooks")
	f.exec("DELETE FROM events")
	return f
}

func (f *fixture) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.clock
}

func (f *fixture) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock = f.clock.Add(d)
}

func (f *fixture) receive(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.calls = append(f.calls, call{r.Header.Clone(), string(body), r.Header.Get("webhook-id")})
	answer := f.answer
	f.mu.Unlock()
	if answer != nil {
		answer(out, r)
	}
}

func (f *fixture) answers(fn func(http.ResponseWriter, *http.Request)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = fn
}

func (f *fixture) got() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]call{}, f.calls...)
}

func (f *fixture) exec(query string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(context.Background(), query, args...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) number(query string, args ...any) (n int64) {
	f.t.Helper()
	if err := f.pool.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		f.t.Fatal(query, err)
	}
	return n
}

func (f *fixture) text(query string, args ...any) (s string) {
	f.t.Helper()
	if err := f.pool.QueryRow(context.Background(), query, args...).Scan(&s); err != nil {
		f.t.Fatal(query, err)
	}
	return s
}

// happen records an event in each of these conversations, in order, and fans all out.
func (f *fixture) happen(conversations ...int64) (ids []int64) {
	f.t.Helper()
	q := db.New(f.pool)
	for _, c := range conversations {
		id, err := q.InsertEvent(context.Background(), db.InsertEventParams{
			AccountID: f.account.ID, Kind: "message.created", ActorKind: db.ActorKindSystem, ConversationID: &c, InboxID: &f.inbox.ID,
			Data: json.RawMessage("{}"), CreatedAt: time.Now(),
		})
		if err != nil {
			f.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	ranges, err := q.NumberEvents(context.Background(), 10000)
	if err != nil || len(ranges) != 1 {
		f.t.Fatal(ranges, err)
	}
	if done, err := f.hooks.Fan(context.Background(), f.account.ID, ranges[0].Last); !done || err != nil {
		f.t.Fatalf("fan out: %v, %v", done, err)
	}
	return ids
}

// addressed leaves one receiver of a kind, at an address.
func (f *fixture) addressed(kind, url string) {
	f.t.Helper()
	switch kind {
	case ToWebhook:
		f.exec("UPDATE webhooks SET url = $1", url)
		return
	case ToInbox:
		f.exec("UPDATE inboxes SET webhook_url = $1", url)
	case ToBot:
		f.exec("INSERT INTO agent_bots (account_id, name, outgoing_url, secret) VALUES ($1, 'Bot', $2, 's')", f.account.ID, url)
		f.exec("UPDATE inboxes SET agent_bot_id = (SELECT id FROM agent_bots)")
	}
	f.exec("DELETE FROM webhooks")
}

// sendForRules makes the deliveries that a rule asks for, one for each event so far.
func (f *fixture) sendForRules(kind, url string) {
	f.t.Helper()
	if kind != ToRule {
		return
	}
	rows, err := f.pool.Query(context.Background(), "SELECT id FROM events ORDER BY id")
	if err != nil {
		f.t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		f.t.Fatal(err)
	}
	for _, id := range ids {
		order := job.SendRuleWebhook{AccountID: f.account.ID, RuleID: 4, EventID: id, EventName: "message_created", URL: url}
		if err := f.hooks.SendForRule(context.Background(), order); err != nil {
			f.t.Fatal(err)
		}
	}
}

// happenAt is happen for one event and a receiver of a kind.
func (f *fixture) happenAt(kind, url string, conversation int64) int64 {
	f.t.Helper()
	id := f.happen(conversation)[0]
	f.sendForRules(kind, url)
	return id
}

// due are the tries that have a job whose time has come.
func (f *fixture) due() (args []job.DeliverWebhook) {
	f.t.Helper()
	rows, err := f.pool.Query(context.Background(),
		"DELETE FROM river_job WHERE kind = 'deliver_webhook' AND scheduled_at <= $1 RETURNING args", f.now())
	if err != nil {
		f.t.Fatal(err)
	}
	raw, err := pgx.CollectRows(rows, pgx.RowTo[json.RawMessage])
	if err != nil {
		f.t.Fatal(err)
	}
	for _, r := range raw {
		var a job.DeliverWebhook
		if err := json.Unmarshal(r, &a); err != nil {
			f.t.Fatal(err)
		}
		args = append(args, a)
	}
	return args
}

// work makes all tries that are due, until none is.
func (f *fixture) work() {
	f.t.Helper()
	for range 1000 {
		due := f.due()
		if len(due) == 0 {
			return
		}
		for _, a := range due {
			if err := f.hooks.try(context.Background(), a); err != nil {
				f.t.Fatal(err)
			}
		}
	}
	f.t.Fatal("the work does not end")
}

func (f *fixture) states() string {
	return f.text("SELECT COALESCE(string_agg(state::text, ' ' ORDER BY id), '') FROM webhook_deliveries")
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
		f := setup(t)
		f.exec("UPDATE webhooks SET previous_secret = 'whsec_' || encode('older', 'base64')")
		f.happen(1)
		f.work()
		calls := f.got()
		if len(calls) != 1 || f.states() != "delivered" {
			t.Fatalf("%d calls, %s", len(calls), f.states())
		}
		c := calls[0]
		if c.id != f.text("SELECT uuid::text FROM webhook_deliveries") || c.head.Get("X-Chatwoot-Delivery") != c.id {
			t.Error("the id is not the delivery's")
		}
		stamp := c.head.Get("webhook-timestamp")
		if want := "sha256=" + hex.EncodeToString(independent("s3cret",
			stamp+"."+c.body)); c.head.Get("X-Chatwoot-Signature") != want || c.head.Get("X-Chatwoot-Timestamp") != stamp {
			t.Errorf("the signature is %q", c.head.Get("X-Chatwoot-Signature"))
		}
		want := "v1," + base64.StdEncoding.EncodeToString(independent("s3cret", c.id+"."+stamp+"."+c.body)) +
			" v1," + base64.StdEncoding.EncodeToString(independent("older", c.id+"."+stamp+"."+c.body))
		if got := c.head.Get("webhook-signature"); got != want {
			t.Errorf("the standard signature is %q, not %q", got, want)
		}
	})

	t.Run("a receiver that is down, slow or redirecting is tried again, and the log says why", func(t *testing.T) {
		t.Parallel()
		for name, c := range map[string]struct {
			url    string
			answer func(http.ResponseWriter, *http.Request)
			want   string
		}{
			"down":        {url: "http://127.0.0.1:1/", want: "could not be reached"},
			"slow":        {answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, want: "in time"},
			"redirecting": {answer: http.RedirectHandler("/elsewhere", http.StatusTemporaryRedirect).ServeHTTP, want: "redirects"},
			"failing":     {answer: refuse(500), want: "answered 500"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				f := setup(t)
				if c.url != "" {
					f.exec("UPDATE webhooks SET url = $1", c.url)
				}
				if name == "slow" {
					f.hooks.client.Timeout = 500 * time.Millisecond
				}
				f.answers(c.answer)
				f.happen(1)
				f.work()
				if f.states() != "pending" || f.number("SELECT attempts FROM webhook_deliveries") != 1 {
					t.Errorf("%s after the first try", f.states())
				}
				if got := f.text("SELECT error FROM webhook_attempts"); !strings.Contains(got, c.want) {
					t.Errorf("the log says %q", got)
				}
				if calls := f.got(); len(calls) > 1 {
					t.Errorf("%d calls: a redirect was followed", len(calls))
				}
			})
		}
	})

	t.Run("a receiver whose address must not be called fails at once, and the next event with it", func(t *testing.T) {
		t.Parallel()
		for name, c := range map[string]struct{ url, want string }{
			"private":  {"http://10.0.0.1/hook", "Not called: the address is not on the public internet"},
			"mapped":   {"http://[::ffff:10.0.0.1]/hook", "Not called: the address is not on the public internet"},
			"metadata": {"http://169.254.169.254/latest", "Not called: the address is not on the public internet"},
			"nonsense": {"://", "Not called: the address is not a URL"},
		} {
			for _, kind := range []string{ToWebhook, ToInbox, ToBot, ToRule} {
				t.Run(name+" of a "+kind, func(t *testing.T) {
					t.Parallel()
					f := setup(t)
					f.addressed(kind, c.url)
					f.happen(1, 1)
					f.sendForRules(kind, c.url)
					f.work()
					if got := f.states(); got != "failed failed" {
						t.Errorf("the states are %s", got)
					}
					if got := f.text("SELECT max(last_error) FROM webhook_deliveries"); !strings.Contains(got, c.want) {
						t.Errorf("the reason is %q", got)
					}
					if n := f.number("SELECT max(attempts) FROM webhook_deliveries"); n != 1 {
						t.Errorf("%d tries", n)
					}
				})
			}
		}
	})

	t.Run("the number of the event tells the order", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.happen(1, 2, 1)
		f.work()
		numbers := map[string]string{}
		for _, c := range f.got() {
			numbers[c.body] = c.head.Get("Parley-Event-Number")
		}
		rows, err := f.pool.Query(t.Context(), "SELECT d.body, e.number::text FROM webhook_deliveries d JOIN events e ON e.id = d.event_id")
		if err != nil {
			t.Fatal(err)
		}
		want, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pair [2]string, err error) {
			return pair, row.Scan(&pair[0], &pair[1])
		})
		if err != nil || len(want) != 3 {
			t.Fatal(want, err)
		}
		for _, pair := range want {
			if numbers[pair[0]] != pair[1] {
				t.Errorf("the event %s came with the number %q, not %s", pair[0], numbers[pair[0]], pair[1])
			}
		}
	})

	t.Run("real workers deliver everything at least once, in order, while two processes fan out", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.run()
		var ids []int64
		for i := range 40 {
			ids = append(ids, f.happen(int64(1+i%4))...)
		}
		for end := time.Now().Add(time.Minute); f.number("SELECT count(*) FROM webhook_deliveries WHERE state = "+
			"'delivered'") < 40; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("not delivered: %s", f.states())
			}
		}
		f.wantAll(ids)
	})
}

func TestOrder(t *testing.T) {
	t.Parallel()

	t.Run("events of one conversation arrive in order, however the receiver answers", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		var n atomic.Int64
		f.answers(func(out http.ResponseWriter, _ *http.Request) {
			if n.Add(1)%3 == 0 {
				out.WriteHeader(http.StatusInternalServerError)
			}
		})
		var conversations []int64
		for i := range 30 {
			conversations = append(conversations, int64(1+i%3))
		}
		ids := f.happen(conversations...)
		for range 60 {
			f.work()
			f.pass(7 * time.Second)
		}
		f.wantAll(ids)
	})

	for _, kind := range []string{ToWebhook, ToInbox, ToRule} {
		t.Run("an event that a "+kind+" refuses holds the later ones for two minutes at most", func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			url := f.text("SELECT url FROM webhooks")
			f.addressed(kind, url)
			f.answers(func(out http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Parley-Event-Number") == "1" {
					out.WriteHeader(http.StatusInternalServerError)
				}
			})
			f.exec("UPDATE event_counters SET number = 0")
			f.happen(1, 1, 1)
			f.sendForRules(kind, url)
			for range 20 {
				f.work()
				if !strings.Contains(f.states(), "waiting") {
					break
				}
				f.pass(6 * time.Second)
			}
			if got := f.states(); got != "pending delivered delivered" {
				t.Fatalf("the states after two minutes are %s", got)
			}
			if n := f.number("SELECT max(attempts) FROM webhook_deliveries"); n < 3 {
				t.Errorf("the lane was left after %d tries", n)
			}
			later := f.happenAt(kind, url, 1)
			f.work()
			if !strings.Contains(f.text("SELECT state::text FROM webhook_deliveries WHERE event_id = $1", later), "delivered") {
				t.Error("an event that came later waits for the refused one")
			}
			f.answers(nil)
			f.pass(7 * time.Hour)
			f.work()
			ids := map[string]bool{}
			for _, c := range f.got() {
				if c.head.Get("Parley-Event-Number") == "1" {
					ids[c.id] = true
				}
			}
			if got := f.states(); len(ids) != 1 || strings.Contains(got, "pending") {
				t.Errorf("the refused event came under %d ids; the states are %s", len(ids), got)
			}
		})
	}

	t.Run("a receiver that asks for an hour does not hold the lane so long", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.answers(func(out http.ResponseWriter, r *http.Request) {
			if len(f.got()) == 1 {
				out.Header().Set("Retry-After", "3600")
				out.WriteHeader(http.StatusTooManyRequests)
			}
		})
		f.happen(1, 1)
		f.work()
		if got := f.states(); got != "pending delivered" {
			t.Errorf("the states are %s", got)
		}
	})

	t.Run("a try that dies, and one whose receiver is busy, hold the lane no longer", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.happen(1, 1)
		a := f.due()[0]
		ctx, kill := context.WithCancel(context.Background())
		f.answers(func(_ http.ResponseWriter, r *http.Request) { kill(); <-r.Context().Done() })
		if err := f.hooks.try(ctx, a); err == nil {
			t.Fatal("the try ended well")
		}
		f.answers(nil)
		f.pass(holdSpan)
		if err := f.hooks.Mend(context.Background()); err != nil {
			t.Fatal(err)
		}
		f.work()
		if got := f.states(); got != "pending delivered" {
			t.Errorf("the states are %s", got)
		}
		f.happen(1, 1)
		f.exec("UPDATE webhook_deliveries SET state = 'waiting' WHERE id > $1", a.DeliveryID)
		f.due()
		for range slotsPerReceiver {
			turn, ok := f.hooks.acquireSlot(t.Context(), receiverName(ToWebhook, f.hook))
			if !ok {
				t.Fatal("no slot is free")
			}
			turn.c.poor = true
			t.Cleanup(turn.release)
		}
		if err := f.hooks.try(context.Background(), a); err == nil {
			t.Error("a call was made without a slot")
		}
		if n := len(f.due()); n != 1 {
			t.Errorf("%d later deliveries begin", n)
		}
	})

	t.Run("an event that is refused for ever is not tried at each success of another", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.answers(func(out http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Parley-Event-Number") == "1" {
				out.WriteHeader(http.StatusInternalServerError)
			}
		})
		f.exec("UPDATE event_counters SET number = 0")
		f.happen(1)
		for range 50 {
			f.work()
			f.happen(2)
			f.work()
			f.pass(time.Second)
		}
		if n := f.number("SELECT max(attempts) FROM webhook_deliveries"); n > 5 {
			t.Errorf("%d tries within a minute", n)
		}
	})

	t.Run("the next one waits until the one before has ended", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.answers(refuse(500))
		f.happen(1, 1, 2)
		f.work()
		if got := f.states(); got != "pending waiting pending" {
			t.Errorf("the states are %s", got)
		}
		if n := len(f.got()); n != 2 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestRetries(t *testing.T) {
	t.Parallel()

	t.Run("a try that dies on the way is made again with the same id, after its lease", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.happen(1)
		a := f.due()[0]
		ctx, kill := context.WithCancel(context.Background())
		f.answers(func(_ http.ResponseWriter, r *http.Request) { kill(); <-r.Context().Done() })
		if err := f.hooks.try(ctx, a); err == nil {
			t.Fatal("the try ended well")
		}
		f.answers(nil)
		if err := f.hooks.try(context.Background(), a); err == nil {
			t.Error("the try was made again while the first may be under way")
		}
		f.pass(f.hooks.lease() + time.Second)
		if err := f.hooks.try(context.Background(), a); err != nil {
			t.Fatal(err)
		}
		calls := f.got()
		if len(calls) != 2 || calls[0].id != calls[1].id || calls[0].body != calls[1].body || f.states() != "delivered" {
			t.Errorf("%d calls, %s", len(calls), f.states())
		}
		if err := f.hooks.try(context.Background(), a); err != nil || len(f.got()) != 2 {
			t.Error("a try that has been made was made again")
		}
	})

	t.Run("tries go on for three days, then the delivery has failed and the next one begins", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.answers(refuse(503))
		f.happen(1, 1)
		began := f.now()
		for f.number("SELECT count(*) FROM webhook_deliveries WHERE state = 'failed'") == 0 {
			f.pass(20 * time.Minute)
			f.exec("UPDATE webhooks SET failures = 0")
			f.work()
			if f.now().Sub(began) > 100*time.Hour {
				t.Fatalf("still trying: %s", f.states())
			}
		}
		if d := f.now().Sub(began); d < 72*time.Hour {
			t.Errorf("given up after %v", d)
		}
		if n := f.number("SELECT attempts FROM webhook_deliveries ORDER BY id LIMIT 1"); n < 15 || n > 60 {
			t.Errorf("%d tries", n)
		}
		if n := f.number("SELECT count(*) FROM webhook_attempts WHERE delivery_id = (SELECT max(id) FROM webhook_deliveries)"); n == 0 {
			t.Error("the next one was not tried")
		}
	})

	t.Run("a receiver that answers again gets at once what its failures had put off", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.answers(refuse(500))
		ids := f.happen(1, 2, 3, 4, 5)
		for range 9 {
			f.work()
			f.pass(30 * time.Minute)
		}
		f.work()
		f.answers(nil)
		f.pass(2 * time.Hour)
		f.exec("UPDATE webhook_deliveries SET next_try_at = next_try_at + interval '1 day' WHERE lane <> 'conversation:1' AND state = 'pending'")
		f.exec("UPDATE river_job SET scheduled_at = scheduled_at + interval '1 day' WHERE (args->>'delivery_id')::bigint " +
			"IN (SELECT id FROM webhook_deliveries WHERE lane <> 'conversation:1')")
		f.pass(5 * time.Hour)
		f.work()
		f.wantAll(ids)
	})

	t.Run("an inbox's receiver that answers again is hastened too", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("UPDATE inboxes SET webhook_url = (SELECT url FROM webhooks)")
		f.exec("DELETE FROM webhooks")
		f.answers(refuse(500))
		ids := f.happen(1, 2, 3)
		for range 8 {
			f.work()
			f.pass(30 * time.Minute)
		}
		f.exec("UPDATE webhook_deliveries SET next_try_at = next_try_at + interval '1 day' WHERE lane <> 'conversation:1'")
		f.exec("UPDATE river_job SET scheduled_at = scheduled_at + interval '1 day' WHERE (args->>'delivery_id')::bigint " +
			"IN (SELECT id FROM webhook_deliveries WHERE lane <> 'conversation:1')")
		f.answers(nil)
		f.pass(7 * time.Hour)
		f.work()
		f.wantAll(ids)
	})
}

// run works jobs as the program does.
func (f *fixture) run() {
	f.t.Helper()
	workers := river.NewWorkers()
	f.hooks.clock = time.Now
	f.hooks.AddWorkers(workers)
	r, err := job.NewRunner(f.pool, workers, nil, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := r.Start(context.Background()); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		if err := r.Stop(ctx); err != nil {
			f.t.Error(err)
		}
	})
}

// wantAll checks that every event arrived, that all calls about one had one id, and that no event was seen first
// after a later one of its conversation.
func (f *fixture) wantAll(events []int64) {
	f.t.Helper()
	id := map[int64]string{}
	newest := map[int64]int64{}
	for _, c := range f.got() {
		var body struct{ ID, Conversation int64 }
		if err := json.Unmarshal([]byte(c.body), &body); err != nil {
			f.t.Fatal(err)
		}
		if had, again := id[body.ID]; again {
			if had != c.id {
				f.t.Errorf("event %d came under two ids", body.ID)
			}
			continue
		}
		id[body.ID] = c.id
		if body.ID < newest[body.Conversation] {
			f.t.Errorf("event %d came after %d", body.ID, newest[body.Conversation])
		}
		newest[body.Conversation] = body.ID
	}
	for _, e := range events {
		if id[e] == "" {
			f.t.Errorf("event %d never arrived", e)
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
		f := setup(t)
		f.exec("UPDATE inboxes SET webhook_url = (SELECT url FROM webhooks)")
		f.exec("DELETE FROM webhooks")
		shown := func(want int64) {
			t.Helper()
			if n := f.number("SELECT count(*) FROM river_job WHERE kind = 'show_undelivered'"); n != want {
				t.Errorf("pages are told %d times, want %d", n, want)
			}
		}
		f.answers(refuse(500))
		f.happen(1)
		for range 3 {
			f.work()
			f.pass(time.Minute)
		}
		shown(1)
		f.answers(nil)
		f.pass(time.Hour)
		f.work()
		shown(2)
		f.happen(1)
		f.work()
		shown(2)
	})

	t.Run("a webhook that fails a hundred times over a day is paused, keeps what it misses, and gets it when resumed", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.answers(refuse(500))
		ids := f.happen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
		for range 30 {
			f.work()
			f.pass(time.Hour)
		}
		if f.number("SELECT count(*) FROM webhooks WHERE paused_at IS NOT NULL AND paused_reason LIKE '%answered 500%'") != 1 {
			t.Fatalf("not paused after %d failures", f.number("SELECT failures FROM webhooks"))
		}
		if n := f.number("SELECT count(*) FROM river_job WHERE kind = 'tell_paused'"); n != 1 {
			t.Errorf("administrators are told by %d jobs", n)
		}
		before := len(f.got())
		ids = append(ids, f.happen(1, 11)...)
		f.pass(time.Hour)
		f.work()
		if n := len(f.got()); n != before {
			t.Errorf("%d calls while paused", n-before)
		}
		f.answers(nil)
		if _, err := db.New(f.pool).ResumeWebhook(context.Background(), f.account.ID, f.hook); err != nil {
			t.Fatal(err)
		}
		if err := f.hooks.Resume(context.Background(), f.account.ID, f.hook); err != nil {
			t.Fatal(err)
		}
		f.work()
		f.wantAll(ids)
		if n := f.number("SELECT count(*) FROM webhook_deliveries WHERE state <> 'delivered'"); n != 0 {
			t.Errorf("%d are not delivered", n)
		}
	})

	t.Run("a hundred failures within a day pause nothing", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.answers(refuse(500))
		f.exec("UPDATE webhooks SET failures = 500, failing_since = $1", f.now().Add(-23*time.Hour))
		f.happen(1)
		f.work()
		if f.number("SELECT count(*) FROM webhooks WHERE paused_at IS NOT NULL") != 0 {
			t.Error("paused")
		}
	})

	t.Run("what waits for a paused webhook is dropped after three days, and can be replayed", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("UPDATE webhooks SET paused_at = now()")
		ids := f.happen(1, 1)
		f.work()
		f.pass(73 * time.Hour)
		if n, err := db.New(f.pool).DropPausedDeliveries(context.Background(), f.now()); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		f.exec("UPDATE webhooks SET paused_at = NULL")
		deliveries := []int64{f.number("SELECT min(id) FROM webhook_deliveries"), f.number("SELECT max(id) FROM webhook_deliveries")}
		if err := f.hooks.Replay(context.Background(), f.account.ID, deliveries); err != nil {
			t.Fatal(err)
		}
		f.work()
		f.wantAll(ids)
	})
}

func TestFan(t *testing.T) {
	t.Parallel()

	t.Run("each event becomes one delivery, however many processes fan out", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		var all sync.WaitGroup
		for c := range 4 {
			f.exec(`INSERT INTO events (account_id, number, kind, actor_kind, conversation_id, inbox_id) SELECT $1, $2 + n, `+
				`'message.created', 'system', $3, $4 FROM generate_series(1, 150) n`,
				f.account.ID, 150*c, c, f.inbox.ID)
		}
		for range 4 {
			all.Go(func() {
				for {
					done, err := f.hooks.Fan(context.Background(), f.account.ID, 600)
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
		if n := f.number("SELECT count(DISTINCT event_id) FROM webhook_deliveries"); n != 600 {
			t.Errorf("%d events have a delivery", n)
		}
		if n := f.number("SELECT count(*) FROM webhook_deliveries"); n != 600 {
			t.Errorf("%d deliveries", n)
		}
		if n := f.number("SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'"); n != 4 {
			t.Errorf("%d have begun", n)
		}
	})

	t.Run("an event whose body cannot be made is noted, and the others go on", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		next := f.number("SELECT COALESCE(max(id), 0) FROM events") + 1
		if seq := f.number("SELECT nextval(pg_get_serial_sequence('events', 'id'))"); seq >= next {
			next = seq + 1
		}
		f.hooks.makers[db.DialectChatwoot] = maker{broken: next + 1, panics: next + 2}
		f.happen(1, 1, 1, 1)
		f.work()
		if got := f.states(); got != "delivered failed failed delivered" {
			t.Errorf("the states are %s", got)
		}
	})

	t.Run("an inbox's URL hears of its inbox only, and a bot of where it works", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		other := dbtest.Inbox(t, f.pool, f.account, "Other")
		f.exec("DELETE FROM webhooks")
		f.exec("INSERT INTO agent_bots (account_id, name, outgoing_url, secret) VALUES ($1, 'Bot', 'http://127.0.0.1:1', 's')", f.account.ID)
		f.exec("UPDATE inboxes SET webhook_url = 'http://127.0.0.1:1' WHERE id = $1", other.ID)
		f.exec("UPDATE inboxes SET agent_bot_id = (SELECT id FROM agent_bots) WHERE id = $1", f.inbox.ID)
		f.exec("DELETE FROM events")
		f.happen(1)
		mine := f.inbox
		f.inbox = other
		f.happen(2)
		f.inbox = mine
		got := f.text("SELECT string_agg(split_part(receiver, ':', 1) || ' ' || lane, ', ' ORDER BY id) FROM webhook_deliveries")
		if got != "bot conversation:1, inbox conversation:2" {
			t.Errorf("the deliveries are %s", got)
		}
	})

	t.Run("a bot gets three tries, then its loss is followed up", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("DELETE FROM webhooks")
		f.exec("INSERT INTO agent_bots (account_id, name, outgoing_url, secret) VALUES ($1, 'Bot', 'http://127.0.0.1:1', 's')", f.account.ID)
		f.exec("UPDATE inboxes SET agent_bot_id = (SELECT id FROM agent_bots)")
		f.happen(1)
		for range 4 {
			f.work()
			f.pass(4 * time.Second)
		}
		if f.states() != "failed" || f.number("SELECT attempts FROM webhook_deliveries") != 3 {
			t.Errorf("%s", f.states())
		}
		if f.number("SELECT count(*) FROM river_job WHERE kind = 'follow_lost_delivery'") != 1 {
			t.Error("nobody follows it up")
		}
	})

	t.Run("a lane that stands still and a try whose job was lost are mended", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		ids := f.happen(1, 1, 2)
		f.due() // lost
		f.exec("UPDATE webhook_deliveries SET state = 'waiting', next_try_at = NULL WHERE lane = 'conversation:2'")
		f.pass(11 * time.Minute)
		if err := f.hooks.Mend(context.Background()); err != nil {
			t.Fatal(err)
		}
		f.work()
		f.wantAll(ids)
	})
}
