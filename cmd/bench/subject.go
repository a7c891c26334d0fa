package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/internal/pg"
)

// subject is the server being measured.
type subject struct {
	options
	address string
	cmd     *exec.Cmd
	pool    *pgxpool.Pool
	seeded  seeded
	token   string
	// cookies are the sessions of two users.
	cookies [2]string
	startup time.Duration
	idle    resident
	peak    float64
}

// seeded is the output of parley seed.
type seeded struct {
	AccountID int64 `json:"account_id"`
	SignIns   []struct {
		Email, Password string
	} `json:"sign_ins"`
}

func newSubject(ctx context.Context, o options) (*subject, error) {
	s := &subject{options: o}
	if err := s.seed(ctx); err != nil {
		return nil, err
	}
	var made struct {
		AccessToken string `json:"access_token"`
	}
	if err := s.run(ctx, &made, "token", "--data", s.data, "--email", s.seeded.SignIns[0].Email); err != nil {
		return nil, err
	}
	s.token = made.AccessToken
	if err := s.start(ctx); err != nil { // the first start is not measured: caches are cold
		return nil, err
	}
	s.stop()
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	time.Sleep(3 * time.Second) // until what the server does at its start is over
	s.idle = s.memory()
	return s, s.signIn(ctx)
}

// seed fills the data directory, unless it is filled already.
func (s *subject) seed(ctx context.Context) error {
	note := filepath.Join(s.data, "bench.json")
	if raw, err := os.ReadFile(note); err == nil {
		return json.Unmarshal(raw, &s.seeded)
	}
	begun := time.Now()
	err := s.run(ctx, &s.seeded, "seed", "--data", s.data,
		"--conversations", fmt.Sprint(s.conversations), "--messages-per-conversation", fmt.Sprint(s.messages),
		"--agents", fmt.Sprint(s.agents), "--inboxes", fmt.Sprint(s.inboxes))
	if err != nil {
		return err
	}
	fmt.Printf("seeded in %s\n", time.Since(begun).Round(time.Second))
	raw, err := json.Marshal(s.seeded)
	if err != nil {
		return err
	}
	return os.WriteFile(note, raw, 0o600)
}

// run runs a command of the program and decodes the JSON that it prints.
func (s *subject) run(ctx context.Context, answer any, args ...string) error {
	cmd := exec.CommandContext(ctx, s.parley, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("parley %s: %w", args[0], err)
	}
	return json.Unmarshal(out, answer)
}

func (s *subject) start(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.address = l.Addr().String()
	_ = l.Close()
	log, err := os.Create(filepath.Join(s.data, "bench.log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	s.cmd = exec.Command(s.parley, "serve", "--data", s.data, "--listen", s.address)
	s.cmd.Env = append(os.Environ(), "PARLEY_RATE_LIMIT=off", "PARLEY_LOG_LEVEL=warn")
	s.cmd.Stderr = log
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return err
	}
	deadline := begun.Add(time.Minute)
	for ; time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(2 * time.Millisecond) {
		answer, err := http.Get("http://" + s.address + "/readyz")
		if err != nil {
			continue
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			s.startup = time.Since(begun)
			return s.attach(ctx)
		}
	}
	s.stop()
	return fmt.Errorf("the server did not start: see %s", log.Name())
}

// attach connects to the server's database, to see whether events and jobs are done.
func (s *subject) attach(ctx context.Context) error {
	server, err := pg.Start(ctx, s.data, pg.Options{})
	if err != nil {
		return err
	}
	s.pool, err = pgxpool.New(ctx, server.URL())
	return err
}

func (s *subject) stop() {
	if s.pool != nil {
		s.pool.Close()
		s.pool = nil
	}
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(os.Interrupt)
		_ = s.cmd.Wait()
	}
}

func (s *subject) memory() resident {
	r := residentOf(s.cmd.Process.Pid)
	s.peak = math.Max(s.peak, r.server)
	return r
}

func (s *subject) signIn(ctx context.Context) error {
	for i := range s.cookies {
		who := s.seeded.SignIns[i]
		form := url.Values{"email": {who.Email}, "password": {who.Password}}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/login", strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultTransport.RoundTrip(r) // without following the redirect, whose answer has no cookie
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		for _, c := range answer.Cookies() {
			s.cookies[i] = "Cookie: " + c.Name + "=" + c.Value
		}
		if s.cookies[i] == "" {
			return errors.New("signing in gave no session: " + answer.Status)
		}
	}
	return nil
}

// waiting counts what is left to do after a run: events without a number, and jobs.
func (s *subject) waiting(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT (SELECT count(*) FROM events WHERE number IS NULL)
		+ (SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable'))`).Scan(&n)
	return n, err
}

// drained waits until nothing is left to do. It returns how much was left at first and how long it took.
func (s *subject) drained(ctx context.Context) (left int, took time.Duration, err error) {
	begun := time.Now()
	if left, err = s.waiting(ctx); err != nil {
		return left, 0, err
	}
	for n := left; n > 0 && time.Since(begun) < time.Minute; time.Sleep(20 * time.Millisecond) {
		if n, err = s.waiting(ctx); err != nil {
			return left, 0, err
		}
	}
	return left, time.Since(begun), nil
}
