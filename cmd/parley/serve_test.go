package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// onTestDatabase is the settings of a Parley on a database of the test's own.
func onTestDatabase(t *testing.T) []string {
	t.Helper()
	return []string{
		"DATABASE_URL=" + dbtest.New(t).Config().ConnString(), "PARLEY_SECRET_KEY=" + dbtest.SecretKey,
		"PARLEY_DATA=" + t.TempDir(),
	}
}

// installation is one that is set up, on a database of the test's own, with one conversation.
type installation struct {
	settings []string
	pool     *pgxpool.Pool
	token    string
	thread   db.Conversation
}

func newInstallation(t *testing.T) installation {
	t.Helper()
	w := installation{pool: dbtest.New(t)}
	w.settings = []string{
		"DATABASE_URL=" + w.pool.Config().ConnString(), "PARLEY_SECRET_KEY=" + dbtest.SecretKey,
		"PARLEY_DATA=" + t.TempDir(),
	}
	w.token = setUp(t, w.settings)
	w.thread = dbtest.Conversation(t, w.pool, dbtest.Inbox(t, w.pool, db.Account{ID: 1}, "Shop"), "Printer on fire")
	return w
}

// messages is where messages of the conversation are posted to.
func (w installation) messages() string {
	return fmt.Sprintf("/api/v1/accounts/%d/conversations/%d/messages", w.thread.AccountID, w.thread.DisplayID)
}

// embedded is the settings of a Parley with a PostgreSQL of its own.
func embedded(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	// A Parley that the test leaves running is killed when the test ends, and its PostgreSQL stops by itself a moment
	// later: only then can the directory go.
	t.Cleanup(func() {
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if _, err := os.Stat(filepath.Join(dir, "postgres", "data", "postmaster.pid")); os.IsNotExist(err) {
				return
			}
		}
	})
	return []string{"PARLEY_DATA=" + dir}
}

// setUp makes the first account and returns the administrator's token.
func setUp(t *testing.T, settings []string) string {
	t.Helper()
	r := runParley(
		t,
		settings,
		"setup",
		"--account",
		"Acme",
		"--name",
		"Ann",
		"--email",
		"Ann@Example.com",
		"--password",
		"correct horse",
	)
	var made struct {
		AccountID   int64  `json:"account_id"`
		UserID      int64  `json:"user_id"`
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(r.out), &made); err != nil || r.code != 0 || made.AccountID == 0 || made.UserID == 0 ||
		made.AccessToken == "" {
		t.Fatalf("setup ended with %d, said %q and printed %q (%v)", r.code, r.errors, r.out, err)
	}
	return made.AccessToken
}

func TestStart(t *testing.T) {
	t.Parallel()

	t.Run("it is healthy before it has a database, and ready only with one", func(t *testing.T) {
		t.Parallel()
		silent, err := net.Listen("tcp", "127.0.0.1:0") // a server that takes connections and says nothing
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		p := serveParley(t, []string{
			"PARLEY_DATA=" + t.TempDir(),
			"DATABASE_URL=postgres://parley@" + silent.Addr().String() + "/parley?sslmode=disable",
		})
		for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/metrics": 200, "/": 503, "/api/v1/profile": 503} {
			if status, body := p.get(path); status != want {
				t.Errorf("%s answers %d %q, want %d", path, status, body, want)
			}
		}
		p.signal(syscall.SIGTERM)
		if code := p.exitCode(); code != 0 {
			t.Errorf("told to stop while starting, it exits with %d", code)
		}
	})

	t.Run("it becomes ready, and ends with 0", func(t *testing.T) {
		t.Parallel()
		p := serveParley(t, onTestDatabase(t)).ready()
		for _, path := range []string{"/healthz", "/readyz"} {
			if status, body := p.get(path); status != 200 {
				t.Errorf("%s answers %d %q", path, status, body)
			}
		}
		p.signal(syscall.SIGINT)
		if code := p.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})

	t.Run("a database that is not there ends it with one sentence", func(t *testing.T) {
		t.Parallel()
		r := runParley(
			t, []string{"PARLEY_DATA=" + t.TempDir(), "DATABASE_URL=postgres://parley@127.0.0.1:1/parley"}, "serve",
			"--listen", "127.0.0.1:0",
		)
		if r.code != 1 || !strings.Contains(r.errors, "parley serve: database: ") {
			t.Errorf("exit code %d, said %q", r.code, r.errors)
		}
	})

	t.Run("with its own database warm it is ready within a second", func(t *testing.T) {
		t.Parallel()
		settings := embedded(t)
		first := serveParley(t, settings).ready()
		first.signal(syscall.SIGTERM)
		first.exitCode()
		begun := time.Now()
		second := serveParley(t, settings).ready()
		took := time.Since(begun)
		t.Logf(
			"cold start %s, warm start %s, process included %s", first.waitForLog(`msg=ready.* after=(\S+)`),
			second.waitForLog(`msg=ready.* after=(\S+)`), took.Round(time.Millisecond),
		)
		if took > 20*time.Second {
			t.Error("that is not warm")
		}
	})
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	w := newInstallation(t)
	p := serveParley(t, w.settings).ready()
	p.get(fmt.Sprintf("/api/v1/accounts/1/conversations/%d", w.thread.DisplayID), "api_access_token", w.token)
	p.get("/no/such/page/17")
	p.send("DANCE", "/login", "")
	_, text := p.get("/metrics")
	for what, line := range map[string]string{
		"a route is counted by its template": `parley_http_request_duration_seconds_count\{method="GET",` +
			`route="/api/v1/accounts/:account/conversations/:[a-z_]+",status="200"\} 1`,
		"the pool tells how it is used": `parley_database_connections\{state="idle"\} \d`,
		"streams are counted":           `parley_live_subscribers 0`,
	} {
		if !regexp.MustCompile(line).MatchString(text) {
			t.Errorf("%s: no %s in\n%s", what, line, text)
		}
	}
	for what, part := range map[string]string{"a path that somebody made up": "such", "a method that somebody made up": "DANCE"} {
		if strings.Contains(text, part) {
			t.Errorf("%s is a label", what)
		}
	}
}

func TestSetup(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*testing.T) []string{
		"with DATABASE_URL": onTestDatabase, "with the built-in database": embedded,
	} {
		t.Run(name+" it works once, and its token and another one are taken", func(t *testing.T) {
			t.Parallel()
			settings := settings(t)
			p := serveParley(t, settings).ready()
			tokens := []string{setUp(t, settings)}

			again := runParley(
				t, settings, "setup", "--account", "Evil", "--name", "Eve", "--email", "eve@example.com", "--password",
				"correct horse",
			)
			if again.code != 1 || again.out != "" || again.errors != "parley setup: this installation is set up already\n" {
				t.Errorf("the second setup: exit code %d, printed %q, said %q", again.code, again.out, again.errors)
			}
			r := runParley(t, settings, "token", "--email", "ann@example.com")
			var made struct {
				AccessToken string `json:"access_token"`
			}
			if err := json.Unmarshal([]byte(r.out), &made); err != nil || r.code != 0 {
				t.Fatalf("token: exit code %d, printed %q, said %q", r.code, r.out, r.errors)
			}
			for _, token := range append(tokens, made.AccessToken) {
				if status, body := p.get("/api/v1/profile", "api_access_token", token); status != 200 ||
					!strings.Contains(body, "ann@example.com") {
					t.Errorf("the profile answers %d %s", status, body)
				}
			}
			r = runParley(t, settings, "platform-app", "--name", "Provisioner", "--user", "1")
			if err := json.Unmarshal([]byte(r.out), &made); err != nil || r.code != 0 {
				t.Fatalf("platform-app: exit code %d, printed %q, said %q", r.code, r.out, r.errors)
			}
			var login struct{ URL string }
			status, body := p.get("/platform/api/v1/users/1/login", "api_access_token", made.AccessToken)
			if err := json.Unmarshal([]byte(body), &login); err != nil || status != 200 {
				t.Fatalf("the login link answers %d %s", status, body)
			}
			link, err := url.Parse(login.URL)
			if err != nil {
				t.Fatal(err)
			}
			for n, want := range []string{"303", "404"} { // it leads into the account, and is spent by that
				if status, _ := p.get(link.RequestURI()); strconv.Itoa(status) != want {
					t.Errorf("use %d of the link answers %d, want %s", n+1, status, want)
				}
			}
			if status, _ := p.get("/api/v1/profile", "api_access_token", "made up"); status != 401 {
				t.Errorf("a token that nobody made: %d", status)
			}
		})
	}

	t.Run("wrong input is refused in words", func(t *testing.T) {
		t.Parallel()
		settings := onTestDatabase(t)
		for want, args := range map[string][]string{
			"parley setup: Your name can't be blank": {"setup", "--account", "A", "--email", "a@b.c", "--password", "correct horse"},
			"Password is too short":                  {"setup", "--account", "A", "--name", "N", "--email", "a@b.c", "--password", "short"},
			"there is no user with the address":      {"token", "--email", "nobody@example.com"},
		} {
			if r := runParley(t, settings, args...); r.code != 1 || !strings.Contains(r.errors, want) ||
				strings.Count(r.errors, "\n") != 1 {
				t.Errorf("%v: exit code %d, said %q, want %q", args, r.code, r.errors, want)
			}
		}
	})
}

func TestCommands(t *testing.T) {
	t.Parallel()

	t.Run("migrate --check tells by its exit code whether there is something to do", func(t *testing.T) {
		t.Parallel()
		pool := dbtest.New(t)
		settings := []string{
			"DATABASE_URL=" + pool.Config().ConnString(),
			"PARLEY_SECRET_KEY=" + dbtest.SecretKey,
			"PARLEY_DATA=" + t.TempDir(),
		}
		if r := runParley(t, settings, "migrate", "--check"); r.code != 0 {
			t.Errorf("on a current schema: exit code %d, said %q", r.code, r.errors)
		}
		if _, err := pool.Exec(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
			t.Fatal(err)
		}
		if r := runParley(t, settings, "migrate", "--check"); r.code != 1 || !strings.Contains(r.errors, "parley migrate") {
			t.Errorf("on an empty database: exit code %d, said %q", r.code, r.errors)
		}
		for range 2 {
			if r := runParley(t, settings, "migrate"); r.code != 0 {
				t.Errorf("migrate: exit code %d, said %q", r.code, r.errors)
			}
		}
		if r := runParley(t, settings, "migrate", "--check"); r.code != 0 {
			t.Errorf("after migrating: exit code %d, said %q", r.code, r.errors)
		}
	})

	t.Run("without DATABASE_URL it uses its own database, whatever PG* variables say", func(t *testing.T) {
		t.Parallel()
		data := t.TempDir()
		r := runParley(t, []string{
			"PARLEY_DATA=" + data, "PGHOST=db.invalid", "PGPORT=1", "PGUSER=root", "PGDATABASE=nowhere", "PGSSLMODE=verify-full",
			"PGSERVICE=missing", "PGOPTIONS=-c work_mem=none", "PGTARGETSESSIONATTRS=standby", "PGDATA=/nowhere",
		}, "migrate")
		if r.code != 0 {
			t.Errorf("exit code %d, said %q", r.code, r.errors)
		}
		if _, err := os.Stat(filepath.Join(data, "postgres")); err != nil {
			t.Error("no database of its own was started")
		}
		if !strings.Contains(r.errors, "PGHOST is ignored") {
			t.Errorf("said %q, not that PGHOST is ignored", r.errors)
		}
	})

	t.Run("a call that makes no sense exits with 2 and one sentence", func(t *testing.T) {
		t.Parallel()
		for _, args := range [][]string{{"dance"}, {"serve", "--lisen", ":1"}, {"setup", "Acme"}, {"token"}} {
			if r := runParley(t, nil, args...); r.code != 2 || r.out != "" || strings.Count(r.errors, "\n") != 1 {
				t.Errorf("%v: exit code %d, printed %q, said %q", args, r.code, r.out, r.errors)
			}
		}
	})

	t.Run("a setting that cannot be meant is named", func(t *testing.T) {
		t.Parallel()
		for _, invalid := range []string{
			"PARLEY_LISTEN=8080", "PARLEY_RATE_LIMIT=many", "PARLEY_OUTBOUND_ALLOW=10.0.0.0/64", "PARLEY_TRUSTED_PROXIES=localhost",
			"PARLEY_BASE_URL=desk.example", "PARLEY_BASE_URL=https://desk.example/parley", "PARLEY_SMTP=mail.example:25",
			"PARLEY_SMTP=smtp://mail.example?timeout=long",
			"PARLEY_DRAIN_DELAY=soon", "PARLEY_LOG_LEVEL=loud", "DATABASE_URL=db.example",
		} {
			name, _, _ := strings.Cut(invalid, "=")
			if r := runParley(t, []string{"PARLEY_DATA=" + t.TempDir(), invalid}, "serve"); r.code != 1 ||
				!strings.Contains(r.errors, name) || strings.Count(r.errors, "\n") != 1 {
				t.Errorf("%s: exit code %d, said %q", invalid, r.code, r.errors)
			}
		}
	})

	t.Run("help and version print to stdout", func(t *testing.T) {
		t.Parallel()
		for _, args := range [][]string{{}, {"help"}, {"version"}} {
			if r := runParley(t, nil, args...); r.code != 0 || !strings.Contains(strings.ToLower(r.out), "parley") || r.errors != "" {
				t.Errorf("%v: exit code %d, printed %q, said %q", args, r.code, r.out, r.errors)
			}
		}
	})
}

func TestStop(t *testing.T) {
	t.Parallel()

	t.Run("a request that has begun is finished, new ones are not taken", func(t *testing.T) {
		t.Parallel()
		w := newInstallation(t)
		p := serveParley(t, w.settings).ready()
		slow := begin(t, p, w)
		p.signal(syscall.SIGTERM)
		p.waitForLog("msg=stopping")
		waitUntilClosed(t, p)
		slow.finish(t, 200)
		if code := p.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		var n int
		if err := w.pool.QueryRow(t.Context(), "SELECT count(*) FROM messages WHERE content = 'slowly'").Scan(&n); err != nil || n != 1 {
			t.Errorf("%d messages were stored (%v)", n, err)
		}
	})

	t.Run("live streams are closed, and nobody waits for them", func(t *testing.T) {
		t.Parallel()
		w := newInstallation(t)
		p := serveParley(t, w.settings).ready()
		stream := p.open("/accounts/1/live", "Cookie", p.signIn("ann@example.com", "correct horse"))
		if line, err := stream.ReadString('\n'); err != nil || line != "event: stale\n" {
			t.Fatalf("the stream begins with %q (%v)", line, err)
		}
		begun := time.Now()
		p.signal(syscall.SIGTERM)
		if _, err := io.Copy(io.Discard, stream); err != nil {
			t.Errorf("the stream was cut instead of ended: %v", err)
		}
		if code := p.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		if took := time.Since(begun); took >= grace { // as long as a request that does not end would be waited for
			t.Errorf("it took %s", took)
		}
	})

	t.Run("clients that keep it waiting do not hold it up", func(t *testing.T) {
		t.Parallel()
		w := newInstallation(t)
		p := serveParley(t, w.settings).ready()
		begin(t, p, w) // and never finish
		cookie := p.signIn("ann@example.com", "correct horse")
		for _, request := range []string{
			"", "GET /login HTTP/1.1\r\nHost:", "GET /accounts/1/live HTTP/1.1\r\nHost: parley\r\nCookie: " + cookie + "\r\n\r\n",
			"GET /api/v1/accounts/1/events HTTP/1.1\r\nHost: parley\r\nAccept: text/event-stream\r\napi_access_token: " + w.token + "\r\n\r\n",
			"POST /login HTTP/1.1\r\nHost: parley\r\nContent-Type: application/x-www-request-urlencoded\r\nContent-Length: 90\r\n\r\nemail=",
		} {
			conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			fmt.Fprint(conn, request)
		}
		begun := time.Now()
		p.signal(syscall.SIGTERM)
		if code := p.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		if took := time.Since(begun); took > grace/2 { // 3 seconds where the machine has nothing else to do
			t.Errorf("it took %s", took)
		}
	})

	t.Run("clients of the realtime channel are told to come back", func(t *testing.T) {
		t.Parallel()
		w := newInstallation(t)
		p := serveParley(t, w.settings).ready()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		ws, _, err := websocket.Dial(ctx, p.url+"/cable", &websocket.DialOptions{Subprotocols: []string{"actioncable-v1-json"}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = ws.CloseNow() }()
		p.signal(syscall.SIGTERM)
		last := ""
		for {
			_, frame, err := ws.Read(ctx)
			if err != nil {
				if websocket.CloseStatus(err) != websocket.StatusGoingAway {
					t.Errorf("ended by %v", err)
				}
				break
			}
			last = string(frame)
		}
		if last != `{"type":"disconnect","reason":"server_restart","reconnect":true}` {
			t.Errorf("the last frame is %s", last)
		}
		if code := p.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})

	t.Run("a second signal ends it at once", func(t *testing.T) {
		t.Parallel()
		w := newInstallation(t)
		p := serveParley(t, w.settings).ready()
		begin(t, p, w)
		p.signal(syscall.SIGTERM)
		p.waitForLog("msg=stopping")
		p.signal(syscall.SIGTERM)
		if code := p.exitCode(); code != 130 {
			t.Errorf("exit code %d", code)
		}
	})

	t.Run("with a delay it says that it is not ready while the door is still open", func(t *testing.T) {
		t.Parallel()
		p := serveParley(t, append(onTestDatabase(t), "PARLEY_DRAIN_DELAY=5s")).ready()
		p.signal(syscall.SIGTERM)
		p.waitForLog("msg=stopping")
		if status, _ := p.get("/readyz"); status != 503 {
			t.Errorf("/readyz answers %d", status)
		}
		if status, _ := p.get("/healthz"); status != 200 {
			t.Errorf("/healthz answers %d", status)
		}
		if code := p.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestPeers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ settings, from string }{
		"a stranger's X-Forwarded-For changes neither the log nor the limit's key": {"PARLEY_TRUSTED_PROXIES=10.0.0.0/8", "127.0.0.1"},
		"a trusted proxy's does": {"PARLEY_TRUSTED_PROXIES=127.0.0.1", "203.0.113.9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newInstallation(t)
			p := serveParley(t, append(w.settings, c.settings)).ready()
			status, _ := p.send(
				"POST", "/login", "email=ann@example.com&password=wrong", "Content-Type", "application/x-www-form-urlencoded",
				"X-Forwarded-For", "203.0.113.9",
			)
			if status != 422 {
				t.Errorf("a wrong password answers %d", status)
			}
			if from := p.waitForLog(`msg=request .*path=/login .*from=(\S+)`); from != c.from {
				t.Errorf("logged as from %s", from)
			}
			var key string
			if err := w.pool.QueryRow(t.Context(), "SELECT key FROM sign_in_attempts WHERE key LIKE 'address:%'").
				Scan(&key); err != nil || key != "address:"+c.from {
				t.Errorf("counted for %q (%v)", key, err)
			}
		})
	}

	t.Run("another site's form is refused, the token API is not", func(t *testing.T) {
		t.Parallel()
		w := newInstallation(t)
		p := serveParley(t, w.settings).ready()
		for name, headers := range map[string][]string{
			"cross-site": {"Sec-Fetch-Site", "cross-site"}, "a sibling host": {"Sec-Fetch-Site", "same-site"}, "a foreign origin": {
				"Origin", "https://evil.example",
			},
		} {
			form := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
			if status, body := p.send("POST", "/login", "email=ann@example.com&password=correct+horse", form...); status != 403 ||
				!strings.Contains(body, "another site") {
				t.Errorf("%s: the form answers %d %q", name, status, body)
			}
			call := append([]string{"Content-Type", "application/json", "api_access_token", w.token}, headers...)
			if status, body := p.send("POST", w.messages(), `{"content":"hello"}`, call...); status != 200 {
				t.Errorf("%s: the API answers %d %q", name, status, body)
			}
		}
		if p.signIn("ann@example.com", "correct horse") == "" {
			t.Error("our own form does not work")
		}
	})
}

func TestOneDirectory(t *testing.T) {
	t.Parallel()

	t.Run("a second serve uses the first one's database, and leaves it running", func(t *testing.T) {
		t.Parallel()
		settings := embedded(t)
		first := serveParley(t, settings).ready()
		token := setUp(t, settings)
		second := serveParley(t, settings).ready()
		for _, p := range []*instance{first, second} {
			if status, _ := p.get("/api/v1/profile", "api_access_token", token); status != 200 {
				t.Errorf("the profile answers %d", status)
			}
		}
		second.signal(syscall.SIGINT)
		if code := second.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		if status, _ := first.get("/api/v1/profile", "api_access_token", token); status != 200 {
			t.Errorf("after the second has stopped, the first answers %d", status)
		}
	})

	t.Run("commands and a server that start at the same moment share one database", func(t *testing.T) {
		t.Parallel()
		settings := embedded(t)
		setUp(t, settings)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if r := runParley(t, settings, "token", "--email", "ann@example.com"); r.code != 0 {
					t.Errorf("token: exit code %d, said %q", r.code, r.errors)
				}
			})
		}
		p := serveParley(t, settings).ready()
		all.Wait()
		for end := time.Now().Add(patience); ; { // it may have to take the database over from a command
			if status, body := p.get("/readyz"); status == 200 {
				break
			} else if time.Now().After(end) {
				t.Fatalf("not ready: %s", body)
			}
		}
		p.signal(syscall.SIGTERM)
		if code := p.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})

	t.Run("when the first stops, the second takes the database over", func(t *testing.T) {
		t.Parallel()
		settings := embedded(t)
		first := serveParley(t, settings).ready()
		token := setUp(t, settings)
		second := serveParley(t, settings).ready()
		first.signal(syscall.SIGINT)
		if code := first.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
		second.waitForLog("the database is back")
		if status, _ := second.get("/api/v1/profile", "api_access_token", token); status != 200 {
			t.Errorf("the profile answers %d", status)
		}
		second.signal(syscall.SIGINT)
		if code := second.exitCode(); code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	w := newInstallation(t)
	here, there := serveParley(t, w.settings).ready(), serveParley(t, w.settings).ready()
	stream := there.open("/accounts/1/live", "Cookie", here.signIn("ann@example.com", "correct horse"))
	topic := fmt.Sprintf("conversation:%d", w.thread.DisplayID)
	if !upTo(stream, "event: stale") {
		t.Fatal("the stream did not begin")
	}
	begun := time.Now()
	if status, body := here.send(
		"POST", w.messages(), `{"content":"hello"}`, "Content-Type", "application/json", "api_access_token", w.token,
	); status != 200 {
		t.Fatalf("posting answers %d %s", status, body)
	}
	if !upTo(stream, topic) {
		t.Errorf("the stream of the other replica ended without %s", topic)
	}
	t.Logf("a message posted on one replica was told on the other's stream after %s", time.Since(begun).Round(time.Millisecond))

	// A replica that dies takes nothing with it.
	here.kill()
	if status, body := there.send(
		"POST", w.messages(), `{"content":"still here"}`, "Content-Type", "application/json", "api_access_token", w.token,
	); status != 200 {
		t.Errorf("after the other's death, posting answers %d %s", status, body)
	}
	if !upTo(stream, topic) {
		t.Errorf("the stream ended without %s", topic)
	}
}

// upTo reads to the line that holds a part.
func upTo(r *bufio.Reader, part string) bool {
	for {
		line, err := r.ReadString('\n')
		if strings.Contains(line, part) {
			return true
		}
		if err != nil {
			return false
		}
	}
}

// slowRequest is one whose handler waits for the rest of the body.
type slowRequest struct {
	net.Conn
	answers *bufio.Reader
	rest    string
}

// begin sends the first half of a request and returns when its handler reads: the server says "100 Continue" then.
func begin(t *testing.T, p *instance, w installation) *slowRequest {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	body := `{"content":"slowly"}`
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: parley\r\nContent-Type: application/json\r\nContent-Length: "+
		"%d\r\nExpect: 100-continue\r\napi_access_token: %s\r\n\r\n",
		w.messages(), len(body), w.token)
	s := &slowRequest{conn, bufio.NewReader(conn), body[10:]}
	if line, err := s.answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the server does not read: %q %v", line, err)
	}
	fmt.Fprint(conn, body[:10])
	return s
}

func (s *slowRequest) finish(t *testing.T, want int) {
	t.Helper()
	fmt.Fprint(s, s.rest)
	if _, err := s.answers.ReadString('\n'); err != nil { // the empty line after 100 Continue
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(s.answers, nil)
	if err != nil {
		t.Fatalf("the request was cut: %v", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != want {
		t.Errorf("status %d, want %d", answer.StatusCode, want)
	}
}

// waitUntilClosed waits until nobody can connect any more.
func waitUntilClosed(t *testing.T, p *instance) {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			return
		}
		conn.Close()
		if time.Now().After(end) {
			t.Fatal("the door stays open")
		}
	}
}
