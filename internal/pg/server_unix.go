//go:build unix

package pg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// database is the name of Parley's database in the cluster.
const database = "parley"

// Server is a running PostgreSQL on a data directory. Either this process started it and will stop it, or another
// process of ours did.
type Server struct {
	home   home
	socket string   // the directory it listens in
	pid    int      // the postmaster
	lock   *os.File // held by the owner, nil otherwise
	exited chan struct{}
	closed chan struct{} // closed to end watch, for a server that is not our child
}

// Start returns a server on dir/postgres that accepts connections and has the database parley. It creates the cluster
// if there is none, and attaches if another process of ours runs the server already. It waits for a recovery until ctx
// ends.
func Start(ctx context.Context, dir string, o Options) (*Server, error) {
	return start(ctx, dir, o, newFinder())
}

func start(ctx context.Context, dir string, o Options, f finder) (*Server, error) {
	h, err := openHome(dir, o)
	if err != nil {
		return nil, err
	}
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for try := 0; ; try++ {
		if try == 50 {
			o.log().Info("waiting for another process that has the database", "directory", h.dir)
		}
		s, err := h.ownOrAttach(ctx, f)
		if err != nil {
			return nil, err
		}
		if s != nil {
			if err := s.createDatabase(ctx); err != nil {
				return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
			}
			return s, nil
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("another process owns the database in %s, and it is not ready: %w", h.dir, ctx.Err())
		}
	}
}

// ownOrAttach tries once. It returns neither server nor error if another process is about to start or stop the server.
func (h home) ownOrAttach(ctx context.Context, f finder) (*Server, error) {
	lock, err := h.lock()
	if err != nil {
		return nil, err
	}
	running := h.running()
	if running != nil {
		if answers(ctx, running.url("postgres")) != nil {
			running = nil
		}
	}
	if lock == nil && (running == nil || h.brief()) {
		return nil, nil
	}
	if running != nil {
		if lock != nil {
			if pid, _ := started(lock); pid == running.pid {
				running.lock = lock // its owner ended without stopping it, so we own it now
				if err := noteStarted(lock, running.pid, h.options.Brief); err != nil {
					return nil, errors.Join(err, lock.Close())
				}
			} else {
				lock.Close()
			}
		}
		go running.watch()
		return running, nil
	}
	s, err := h.own(ctx, lock, f)
	if err != nil {
		lock.Close()
	}
	return s, err
}

// running returns the server that postmaster.pid describes, or nil if its process has ended.
func (h home) running() *Server {
	text, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if err != nil {
		return nil
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || len(lines) < 5 || !alive(pid) {
		return nil
	}
	return &Server{home: h, pid: pid, socket: strings.TrimSpace(lines[4]), exited: make(chan struct{}), closed: make(chan struct{})}
}

func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	// Linux lists a process that has ended until its parent waits for it. In a container without an init, no parent
	// does.
	stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	state := stat[bytes.LastIndexByte(stat, ')')+1:]
	return !bytes.HasPrefix(state, []byte(" Z"))
}

// started reads the postmaster that the latest owner of the lock started, or 0, and reports whether it is brief.
func started(lock io.ReaderAt) (pid int, brief bool) {
	text, _ := io.ReadAll(io.NewSectionReader(lock, 0, 32))
	first, rest, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	pid, _ = strconv.Atoi(first)
	return pid, rest == briefly
}

// briefly follows the process id in the lock file of a brief server.
const briefly = "brief"

// brief reports whether another process owns the server and will soon stop it.
func (h home) brief() bool {
	lock, err := os.Open(filepath.Join(h.dir, "lock"))
	if err != nil {
		return false
	}
	defer lock.Close()
	_, brief := started(lock)
	return brief
}

// own starts the server on a directory whose lock we hold. While an earlier server shuts down, or children of a killed
// one still run, PostgreSQL refuses to start, and own tries again.
func (h home) own(ctx context.Context, lock *os.File, f finder) (*Server, error) {
	b, err := h.binaries(ctx, f)
	if err != nil {
		return nil, err
	}
	if err := h.claim(); err != nil {
		return nil, err
	}
	patience := time.Now().Add(2 * time.Minute) // on a slow disk even a clean shutdown takes long
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		s, busy, err := h.launch(ctx, lock, b)
		if err == nil || !busy || time.Now().After(patience) {
			return s, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// launch starts postgres and waits until it answers. busy reports whether it found the files still in use.
func (h home) launch(ctx context.Context, lock *os.File, b Binaries) (_ *Server, busy bool, _ error) {
	socket, err := h.socketDirectory()
	if err != nil {
		return nil, false, err
	}
	log, from, err := h.openLog()
	if err != nil {
		return nil, false, err
	}
	defer log.Close()
	arguments := []string{"-c", "unix_socket_directories=" + quoteList(socket)}
	for _, setting := range settings(memory(), h.options.Throwaway) {
		arguments = append(arguments, "-c", setting)
	}
	cmd, done, err := h.command(b.path("postgres"), h.data(), arguments...)
	if err != nil {
		return nil, false, err
	}
	cmd.Stdout, cmd.Stderr = log, log

	s := &Server{home: h, socket: socket, lock: lock, exited: make(chan struct{}), closed: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel stops the server when the thread that started it ends, so this thread lives as long as the server.
		runtime.LockOSThread()
		err := cmd.Start()
		done()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(s.exited)
		}
	}()
	if err := <-started; err != nil {
		return nil, false, h.explainStart(fmt.Errorf("start postgres: %w", err))
	}
	s.pid = cmd.Process.Pid
	if err := noteStarted(lock, s.pid, h.options.Brief); err != nil {
		return nil, false, errors.Join(err, s.halt(ctx))
	}

	for pause := time.NewTicker(5 * time.Millisecond); ; {
		if answers(ctx, s.url("postgres")) == nil {
			return s, false, nil
		}
		select {
		case <-pause.C:
		case <-s.exited:
			said := h.logSince(from)
			busy := strings.Contains(said, "pre-existing shared memory block") || strings.Contains(said, `lock file "postmaster.pid" already exists`)
			return nil, busy, fmt.Errorf("PostgreSQL did not start; it said:\n%s\n(the whole log is %s)", said, h.logFile())
		case <-ctx.Done():
			return nil, false, errors.Join(fmt.Errorf("PostgreSQL was not ready in time (its log is %s): %w", h.logFile(), ctx.Err()),
				s.halt(context.WithoutCancel(ctx)))
		}
	}
}

func noteStarted(lock *os.File, pid int, brief bool) error {
	text := strconv.Itoa(pid)
	if brief {
		text += " " + briefly
	}
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err := lock.WriteAt([]byte(text), 0)
	return err
}

// quoteList quotes a path as an element of a setting that is a list.
func quoteList(path string) string { return `"` + strings.ReplaceAll(path, `"`, `""`) + `"` }

// openLog opens the log for appending, keeps one older log, and returns the log's size.
func (h home) openLog() (*os.File, int64, error) {
	if info, err := os.Stat(h.logFile()); err == nil && info.Size() > 16*megabyte {
		if err := os.Rename(h.logFile(), h.logFile()+".old"); err != nil {
			return nil, 0, err
		}
	}
	file, err := os.OpenFile(h.logFile(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, 0, err
	}
	end, err := file.Seek(0, io.SeekEnd)
	return file, end, err
}

// logSince returns the end of the log, from the given size on.
func (h home) logSince(from int64) string {
	text, err := os.ReadFile(h.logFile())
	if err != nil || int64(len(text)) < from {
		return ""
	}
	text = bytes.TrimSpace(text[from:])
	return string(text[max(0, len(text)-2000):])
}

func answers(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// createDatabase creates Parley's database if it is missing. Several processes may try at the same time.
func (s *Server) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&exists)
	if err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+database)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (refused.Code == "42P04" || refused.Code == "23505") {
		return nil // another process was faster
	}
	return err
}

// URL returns the address of the database parley on this server.
func (s *Server) URL() string { return s.url(database) }

func (s *Server) url(name string) string {
	q := url.Values{"host": {s.socket}, "port": {"5432"}, "sslmode": {"disable"}}
	// PostgreSQL's clients read a plus as a plus, and not as a space.
	query := strings.ReplaceAll(q.Encode(), "+", "%20")
	return (&url.URL{Scheme: "postgres", User: url.User("parley"), Path: "/" + name, RawQuery: query}).String()
}

// Owned reports whether this process runs the server, so that Stop will stop it.
func (s *Server) Owned() bool { return s.lock != nil }

// PID returns the id of the server's main process.
func (s *Server) PID() int { return s.pid }

// Exited returns a channel that is closed when the server has ended. A process that did not stop the server should end
// as well, because its connections are dead.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// watch closes exited when a server that is not our child has ended.
func (s *Server) watch() {
	for pause := time.NewTicker(100 * time.Millisecond); ; {
		if !alive(s.pid) {
			close(s.exited)
			return
		}
		select {
		case <-pause.C:
		case <-s.closed:
			return
		}
	}
}

// Stop stops the server if this process owns it. The server rolls open transactions back and writes committed ones to
// disk. Call Stop once, after HTTP and jobs have drained. If ctx ends first, the server stops at once, and the next
// start replays its log.
func (s *Server) Stop(ctx context.Context) error {
	if !s.Owned() {
		close(s.closed)
		return nil
	}
	defer s.lock.Close()
	if err := s.halt(ctx); err != nil {
		return err
	}
	if s.socket != filepath.Join(s.home.dir, "run") {
		_ = os.Remove(s.socket) // a runtime directory of ours, empty now
	}
	return nil
}

func (s *Server) halt(ctx context.Context) error {
	_ = syscall.Kill(s.pid, syscall.SIGINT)
	select {
	case <-s.exited:
		return nil
	case <-ctx.Done():
	}
	_ = syscall.Kill(s.pid, syscall.SIGQUIT)
	select {
	case <-s.exited:
		return fmt.Errorf("PostgreSQL was stopped at once: %w", ctx.Err())
	case <-time.After(10 * time.Second):
		return fmt.Errorf("PostgreSQL (process %d) does not stop", s.pid)
	}
}
