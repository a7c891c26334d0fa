package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// actAsProgram makes the test binary be parley itself, so that tests kill and signal the real thing.
const actAsProgram = "PARLEY_TEST_ACT_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(actAsProgram) != "" {
		main()
		return
	}
	code := m.Run()
	for _, fn := range ends.all {
		fn()
	}
	os.Exit(code)
}

// ends is what is to be stopped after the last test: what tests share.
var ends struct {
	mu  sync.Mutex
	all []func()
}

func atEnd(fn func()) {
	ends.mu.Lock()
	defer ends.mu.Unlock()
	ends.all = append(ends.all, fn)
}

// patience is how long anything may take before a test fails. It costs nothing where all is well; on a disk that others
// use too, making a database has taken more than a minute.
const patience = 3 * time.Minute

// parley prepares a command with nothing but the given settings.
func parley(ctx context.Context, settings []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(
		[]string{actAsProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.Getenv("TMPDIR")},
		settings...,
	)
	return cmd
}

// result is how a command ended.
type result struct {
	code        int
	out, errors string
}

// runParley runs a command to its end.
func runParley(t *testing.T, settings []string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := parley(ctx, settings, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// instance is a Parley that serves, in a process of its own.
type instance struct {
	t     *testing.T
	cmd   *exec.Cmd
	url   string
	log   *logLines
	ended chan struct{} // closed when the process has ended
}

// serveParley starts "parley serve" on a free port and returns as soon as it listens. It is killed when the test
// ends, if it still runs.
func serveParley(t *testing.T, settings []string, args ...string) *instance {
	t.Helper()
	i := &instance{t: t, log: newLogLines(), ended: make(chan struct{})}
	i.cmd = parley(context.Background(), settings, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	stderr, err := i.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := i.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(i.ended)
		i.log.read(stderr)
		_ = i.cmd.Wait()
	}()
	t.Cleanup(func() {
		i.kill()
		if t.Failed() {
			t.Logf("what parley said last:\n%s", i.log)
		}
	})
	i.url = "http://" + i.waitForLog(`msg=listening address=(\S+)`)
	return i
}

// in is the same instance in another test.
func (i *instance) in(t *testing.T) *instance {
	other := *i
	other.t = t
	return &other
}

// waitForLog waits for a line of the log and returns the expression's first group.
func (i *instance) waitForLog(expression string) string {
	i.t.Helper()
	match := i.log.wait(regexp.MustCompile(expression), i.ended)
	if match == nil {
		i.t.Fatalf("parley never said %s", expression)
	}
	return match[len(match)-1]
}

// ready waits until it can serve.
func (i *instance) ready() *instance {
	i.t.Helper()
	i.waitForLog("msg=ready")
	return i
}

func (i *instance) signal(s os.Signal) {
	i.t.Helper()
	if err := i.cmd.Process.Signal(s); err != nil {
		i.t.Fatal(err)
	}
}

// exitCode waits for the end; -1 means that a signal ended it.
func (i *instance) exitCode() int {
	i.t.Helper()
	select {
	case <-i.ended:
	case <-time.After(patience):
		i.t.Fatal("parley does not end")
	}
	return i.cmd.ProcessState.ExitCode()
}

func (i *instance) kill() {
	_ = i.cmd.Process.Signal(syscall.SIGKILL)
	<-i.ended
}

// get asks for a path and returns the status and the body.
func (i *instance) get(path string, headers ...string) (int, string) {
	i.t.Helper()
	return i.send(http.MethodGet, path, "", headers...)
}

func (i *instance) send(method, path, body string, headers ...string) (int, string) {
	i.t.Helper()
	r, err := http.NewRequestWithContext(i.t.Context(), method, i.url+path, strings.NewReader(body))
	if err != nil {
		i.t.Fatal(err)
	}
	for n := 0; n+1 < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	client := http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		i.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		i.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// signIn returns a browser's cookie.
func (i *instance) signIn(email, password string) string {
	i.t.Helper()
	form := url.Values{"email": {email}, "password": {password}}
	client := http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.PostForm(i.url+"/login", form)
	if err != nil {
		i.t.Fatal(err)
	}
	defer answer.Body.Close()
	if len(answer.Cookies()) == 0 {
		i.t.Fatalf("signing in answers %s and gives no cookie", answer.Status)
	}
	return answer.Cookies()[0].Name + "=" + answer.Cookies()[0].Value
}

// open begins to read a stream, which is cut when a test waits in vain.
func (i *instance) open(path string, headers ...string) *bufio.Reader {
	i.t.Helper()
	ctx, cancel := context.WithTimeout(i.t.Context(), patience)
	i.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, i.url+path, nil)
	if err != nil {
		i.t.Fatal(err)
	}
	for n := 0; n+1 < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		i.t.Fatalf("%s answers %s", path, answer.Status)
	}
	return bufio.NewReader(answer.Body)
}

// logLines is a log that can be waited on.
type logLines struct {
	mu   sync.Mutex
	text []string
	more chan struct{} // closed and replaced by each line
}

func newLogLines() *logLines { return &logLines{more: make(chan struct{})} }

func (l *logLines) read(r io.Reader) {
	for s := bufio.NewScanner(r); s.Scan(); {
		l.mu.Lock()
		l.text = append(l.text, s.Text())
		close(l.more)
		l.more = make(chan struct{})
		l.mu.Unlock()
	}
}

// wait returns the first line's match, or nil when there will be none.
func (l *logLines) wait(expression *regexp.Regexp, ended <-chan struct{}) []string {
	deadline := time.After(patience)
	for last, read := false, 0; ; {
		l.mu.Lock()
		text, more := l.text[read:], l.more
		read = len(l.text)
		l.mu.Unlock()
		for _, line := range text {
			if match := expression.FindStringSubmatch(line); match != nil {
				return match
			}
		}
		if last {
			return nil
		}
		select {
		case <-more:
		case <-ended:
			last = true
		case <-deadline:
			return nil
		}
	}
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.text[max(0, len(l.text)-100):], "\n")
}
