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

// database is the one database of ours in the cluster.
const database = "parley"

// Server is a running PostgreSQL on a data directory: one that this process started and
// will stop, or one that another process of ours started and that this one only uses.
type Server struct {
	home   home
	socket string   // the directory it listens in
	pid    int      // the postmaster
	lock   *os.File // held by the owner, nil otherwise
	exited chan struct{}
	closed chan struct{} // ends the watch of a server that is not our child
}

// Start returns a server on dir/postgres that accepts connections and has the database
// parley. It makes the cluster if there is none, and attaches if another process of ours
// runs the server already. It waits for a recovery as long as ctx allows.
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

// ownOrAttach tries once. Neither server nor error means that someone is about to start
// or stop one.
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
				running.lock = lock // its owner died without stopping it: now it is ours
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

// running describes the server that postmaster.pid tells of, nil if its process is gone.
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
	// Linux knows a process that has ended for as long as nobody has asked how; in containers without an init nobody does.
	stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	state := stat[bytes.LastIndexByte(stat, ')')+1:]
	return !bytes.HasPrefix(state, []byte(" Z"))
}

// started reads which postmaster the last holder of the lock has started, 0 if none, and whether only for a moment.
func started(lock io.ReaderAt) (pid int, brief bool) {
	text, _ := io.ReadAll(io.NewSectionReader(lock, 0, 32))
	first, rest, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	pid, _ = strconv.Atoi(first)
	return pid, rest == briefly
}

// briefly is what stands behind the process in the lock of a server that will soon be stopped.
const briefly = "brief"

// brief reports whether the server that someone else owns will soon be stopped.
func (h home) brief() bool {
	lock, err := os.Open(filepath.Join(h.dir, "lock"))
	if err != nil {
		return false
	}
	defer lock.Close()
	_, brief := started(lock)
	return brief
}

// own starts the server on a directory whose lock we hold. A server that is still going
// down, or children of one that was killed, keep the files for a moment: then PostgreSQL
// refuses to start, and we ask again.
func (h home) own(ctx context.Context, lock *os.File, f finder) (*Server, error) {
	b, err := h.binaries(ctx, f)
	if err != nil {
		return nil, err
	}
	if err := h.claim(); err != nil {
		return nil, err
	}
	patience := time.Now().Add(2 * time.Minute) // on a slow disk even a clean end takes its time
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

// launch starts postgres and waits until it answers. busy means that it found the files
// still in use.
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
		// The kernel's promise to stop the server is tied to the thread that started it, so
		// this one lives as long as the server does.
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

// quoteList writes one path as an element of a setting that is a list.
func quoteList(path string) string { return `"` + strings.ReplaceAll(path, `"`, `""`) + `"` }

// openLog opens the log to add to it, keeping one older log, and tells where it ends now.
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

// logSince is the end of what the server wrote since the log was that long.
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

// createDatabase makes ours if it is missing. Owner and guests may do it at the same time.
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
		return nil // someone else was faster
	}
	return err
}

// URL is the address of the database parley on this server.
func (s *Server) URL() string { return s.url(database) }

func (s *Server) url(name string) string {
	q := url.Values{"host": {s.socket}, "port": {"5432"}, "sslmode": {"disable"}}
	// A plus is a plus to PostgreSQL's clients, and no space.
	query := strings.ReplaceAll(q.Encode(), "+", "%20")
	return (&url.URL{Scheme: "postgres", User: url.User("parley"), Path: "/" + name, RawQuery: query}).String()
}

// Owned reports whether Stop will stop the server: false when another process runs it.
func (s *Server) Owned() bool { return s.lock != nil }

// PID is the server's main process.
func (s *Server) PID() int { return s.pid }

// Exited is closed when the server is gone, for whatever reason. Whoever did not ask for
// it should end as well: its connections are dead.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// watch closes exited when a server that is not our child has gone.
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

// Stop ends the server if this process owns it: open transactions are rolled back, what is
// committed is on disk. Call it once, after HTTP and jobs have drained. When ctx ends first,
// the server is told to stop at once; the next start then replays its log.
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
