//go:build unix

package pg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// TestMain lets the test program be a second process: it starts a server, prints its address, and stops it on request.
func TestMain(m *testing.M) {
	dir := os.Getenv("PARLEY_TEST_SERVE")
	if dir == "" {
		os.Exit(m.Run())
	}
	asked, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := Start(asked, dir, Options{})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println(s.PID(), s.Owned(), s.URL())
	<-asked.Done()
	if err := s.Stop(context.Background()); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// patience is how long a step may take before a test fails. On a busy disk, creating a database has taken more than a
// minute.
const patience = 3 * time.Minute

// other is such a second process.
type other struct {
	cmd   *exec.Cmd
	pid   int // of its postgres
	owned bool
	url   string
}

func serve(t *testing.T, dir string, change ...func(*exec.Cmd)) other {
	t.Helper()
	o, line := spawn(t, dir, change...)
	if _, err := fmt.Sscan(line, &o.pid, &o.owned, &o.url); err != nil {
		t.Fatalf("the other process said %q", line)
	}
	return o
}

// spawn starts the process and returns the first line of its output.
func spawn(t *testing.T, dir string, change ...func(*exec.Cmd)) (other, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PARLEY_TEST_SERVE="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(cmd)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	all := bufio.NewReader(out)
	line, err := all.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return other{cmd: cmd}, line
}

func begin(t *testing.T, dir string) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, err := Start(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func end(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, url, query string) (answer T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// storedValue reads the value in a table, or 0 while the server does not answer.
func storedValue(ctx context.Context, url string) (x int) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0
	}
	defer conn.Close(context.Background())
	if conn.QueryRow(ctx, "SELECT x FROM kept").Scan(&x) != nil {
		return 0
	}
	return x
}

func do(t *testing.T, url, command string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), command); err != nil {
		t.Fatal(err)
	}
}

// gone waits until no process has the pid.
func gone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(patience); alive(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

// tree is every file below dir with its size, mode and time.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		all[path] = fmt.Sprint(info.Mode(), info.Size(), info.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func asRoot(t *testing.T) bool { return os.Geteuid() == 0 }

func TestStart(t *testing.T) {
	t.Parallel()

	t.Run("a new directory gets a database that speaks UTF-8 and keeps what is committed", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := begin(t, dir)
		do(t, s.URL(), "CREATE TABLE kept (x text); INSERT INTO kept VALUES ('größer')")
		want := map[string]string{
			"server_encoding": "UTF8", "lc_collate": "C.UTF-8", "fsync": "on", "synchronous_commit": "on",
			"full_page_writes": "on", "data_checksums": "on", "listen_addresses": "", "jit": "off", "max_connections": "100",
		}
		got := map[string]string{}
		for name := range want {
			got[name] = ask[string](t, s.URL(), "SHOW "+name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		end(t, s)
		gone(t, s.PID())

		s = begin(t, dir)
		defer end(t, s)
		if got := ask[string](t, s.URL(), "SELECT upper(x) FROM kept"); got != "GRÖSSER" && got != "GRÖßER" {
			t.Errorf("got %q", got)
		}
	})

	t.Run("the server has a process group of its own, so that Ctrl-C reaches us first", func(t *testing.T) {
		t.Parallel()
		s := begin(t, t.TempDir())
		defer end(t, s)
		group, err := syscall.Getpgid(s.PID())
		if err != nil || group != s.PID() {
			t.Errorf("its process group is %d (%v), want %d", group, err, s.PID())
		}
	})

	t.Run("root's server runs as another user, even if that user may not enter the directory above", func(t *testing.T) {
		t.Parallel()
		if !asRoot(t) {
			return // only root changes the user
		}
		private := filepath.Join(t.TempDir(), "private")
		if err := os.Mkdir(private, 0o700); err != nil {
			t.Fatal(err)
		}
		s := begin(t, filepath.Join(private, "data"))
		defer end(t, s)
		if owner, _ := ownerOf(filepath.Join(private, "data", "postgres", "data", "PG_VERSION")); owner.uid == 0 {
			t.Error("the files belong to root")
		}
		if mode := mode(t, private); mode != 0o700 {
			t.Errorf("the directory above was opened to %o", mode)
		}
		do(t, s.URL(), "CREATE DATABASE another")
	})

	t.Run("nobody else can read the data or reach the socket", func(t *testing.T) {
		t.Parallel()
		s := begin(t, t.TempDir())
		defer end(t, s)
		for _, dir := range []string{s.home.dir, s.home.data(), s.socket} {
			if mode := mode(t, dir); mode != 0o700 {
				t.Errorf("%s has mode %o", dir, mode)
			}
		}
	})

	t.Run("a path that is too long for a socket is no hindrance", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
		s := begin(t, dir)
		if len(s.socket) > longestSocket {
			t.Errorf("the socket is in %s", s.socket)
		}
		second := serve(t, dir)
		if second.owned || second.url != s.URL() {
			t.Errorf("a second process got %+v, want %s", second, s.URL())
		}
		end(t, s)
	})

	t.Run("a directory may have any name", func(t *testing.T) {
		t.Parallel()
		s := begin(t, filepath.Join(open(t), `My data, 100% + "more"`)) // where the socket is beside it, even root's
		defer end(t, s)
		if got := ask[int](t, s.URL(), "SELECT 1"); got != 1 {
			t.Errorf("got %d", got)
		}
	})

	t.Run("what an interrupted initdb left behind is not taken for a database", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		left := filepath.Join(dir, "postgres", "data.new-1", "base")
		if err := os.MkdirAll(left, 0o700); err != nil {
			t.Fatal(err)
		}
		s := begin(t, dir)
		defer end(t, s)
		if _, err := os.Stat(filepath.Join(dir, "postgres", "data.new-1")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the left-over directory is still there: %v", err)
		}
	})

	t.Run("when initdb is killed half-way, the next start makes the database", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PARLEY_TEST_SERVE="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		until(t, func() bool {
			begun, err := filepath.Glob(filepath.Join(dir, "postgres", "data.new-*", "global"))
			return err == nil && len(begun) == 1
		})
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		s := begin(t, dir)
		defer end(t, s)
		if got := ask[string](t, s.URL(), "SELECT current_database()"); got != database {
			t.Errorf("got %q", got)
		}
	})

	t.Run("settings in the environment that are meant for other servers change nothing", func(t *testing.T) {
		t.Parallel()
		o := serve(t, t.TempDir(), func(cmd *exec.Cmd) {
			cmd.Env = append(cmd.Env, "PGPORT=6543", "PGDATA=/nowhere", "PGOPTIONS=-c work_mem=1MB", "LC_ALL=tr_TR.UTF-8", "PGHOST=example.com")
		})
		if got := ask[string](t, o.url, "SHOW port"); got != "5432" {
			t.Errorf("port %s", got)
		}
	})
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// until polls with a deadline.
func until(t *testing.T, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !true(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()

	t.Run("data of another major is left alone, and the sentence says what to do", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		end(t, begin(t, dir))
		version := filepath.Join(dir, "postgres", "data", "PG_VERSION")
		if err := os.WriteFile(version, []byte("12\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		before := tree(t, filepath.Join(dir, "postgres", "data"))

		_, err := Start(t.Context(), dir, Options{})

		if !errors.Is(err, ErrOtherMajor) {
			t.Fatalf("got %v", err)
		}
		mentions(t, err, "PostgreSQL 12", "DATABASE_URL", "untouched")
		if diff := cmp.Diff(before, tree(t, filepath.Join(dir, "postgres", "data"))); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("a directory without PG_VERSION is not overwritten", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		precious := filepath.Join(dir, "postgres", "data", "precious")
		if err := os.MkdirAll(precious, 0o700); err != nil {
			t.Fatal(err)
		}
		_, err := Start(t.Context(), dir, Options{})
		mentions(t, err, "PG_VERSION", "Nothing was changed")
		if _, err := os.Stat(precious); err != nil {
			t.Error(err)
		}
	})

	t.Run("without PostgreSQL the error holds the one line to type", func(t *testing.T) {
		t.Parallel()
		_, err := start(t.Context(), t.TempDir(), Options{}, finder{release: "testdata/debian"})
		if !errors.Is(err, ErrNoBinaries) {
			t.Fatalf("got %v", err)
		}
		mentions(t, err, "apt-get install -y postgresql", "DATABASE_URL=")
	})

	t.Run("a user id without a name is told so", func(t *testing.T) {
		t.Parallel()
		if !asRoot(t) {
			return // only root can become such a user
		}
		dir := open(t)
		_, said := spawn(t, dir, func(cmd *exec.Cmd) {
			cmd.Path = copyOfThisTest(t, dir)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 54321, Gid: 54321}}
		})
		if !strings.Contains(said, "54321") || !strings.Contains(said, "DATABASE_URL") {
			t.Errorf("it said %q", said)
		}
	})

	t.Run("the data of another user is not taken", func(t *testing.T) {
		t.Parallel()
		if !asRoot(t) {
			return // only root can become another user
		}
		dir := open(t)
		end(t, begin(t, dir))
		_, said := spawn(t, dir, func(cmd *exec.Cmd) {
			cmd.Path = copyOfThisTest(t, dir)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		})
		if !strings.Contains(said, "belongs to user") {
			t.Errorf("it said %q", said)
		}
	})

	t.Run("a server that cannot start is quoted", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		end(t, begin(t, dir))
		if err := os.Remove(filepath.Join(dir, "postgres", "data", "global", "pg_control")); err != nil {
			t.Fatal(err)
		}
		_, err := Start(t.Context(), dir, Options{})
		mentions(t, err, "did not start", "pg_control")
	})
}

func mentions(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, word := range texts {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not mention %q: %v", word, err)
		}
	}
}

// open creates a directory that every user may use.
func open(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "parley-open-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// copyOfThisTest is a copy of this program that every user may run.
func copyOfThisTest(t *testing.T, dir string) string {
	t.Helper()
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "again")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSharing(t *testing.T) {
	t.Parallel()

	t.Run("a second process attaches, and its end does not stop the first one's database", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := begin(t, dir)
		defer end(t, s)
		second := serve(t, dir)
		if second.owned || second.pid != s.PID() {
			t.Fatalf("got %+v, want the server %d of the first", second, s.PID())
		}
		if err := second.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := second.cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		if got := ask[int](t, s.URL(), "SELECT 1"); got != 1 {
			t.Error("the database does not answer")
		}
	})

	t.Run("who attached hears when the server goes", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		first := serve(t, dir)
		s := begin(t, dir)
		if err := first.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		select {
		case <-s.Exited():
		case <-time.After(patience):
			t.Error("nothing was heard")
		}
		end(t, s)
	})

	t.Run("of many that start at once on a new directory, one owns the server and all can use it", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		var all sync.WaitGroup
		others := make([]other, 6)
		for i := range others {
			all.Go(func() { others[i] = serve(t, dir) })
		}
		all.Wait()
		owners := 0
		for _, o := range others {
			if o.owned {
				owners++
			}
			if o.url == "" || ask[int](t, o.url, "SELECT 1") != 1 {
				t.Errorf("%+v has no database", o)
			}
		}
		if owners != 1 {
			t.Errorf("%d owners", owners)
		}
	})

	t.Run("a command's brief server is not shared: who comes meanwhile waits for one of their own", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		command, err := Start(t.Context(), dir, Options{Brief: true})
		if err != nil {
			t.Fatal(err)
		}
		started := make(chan *Server, 1)
		go func() {
			s, err := Start(t.Context(), dir, Options{})
			if err != nil {
				t.Error(err)
			}
			started <- s
		}()
		select {
		case s := <-started:
			t.Fatalf("got server %d (owned %v) while the command runs", s.PID(), s.Owned())
		case <-time.After(300 * time.Millisecond): // Start must still wait
		}
		end(t, command)
		s := <-started
		if s == nil {
			return
		}
		if !s.Owned() || s.PID() == command.PID() {
			t.Errorf("got server %d (owned %v), the command's was %d", s.PID(), s.Owned(), command.PID())
		}
		second := begin(t, dir)
		if second.Owned() || second.PID() != s.PID() {
			t.Errorf("a lasting server is not shared: got %d (owned %v), want %d", second.PID(), second.Owned(), s.PID())
		}
		end(t, second)
		end(t, s)
	})

	t.Run("takes over a live server whose owner has ended, and stops it in the end", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		orphan, err := Start(t.Context(), dir, Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		orphan.lock.Close() // as if its process had crashed on a system that keeps the server running
		s := begin(t, dir)
		if s.PID() != orphan.PID() || !s.Owned() {
			t.Errorf("got server %d (owned %v), want %d", s.PID(), s.Owned(), orphan.PID())
		}
		end(t, s)
		gone(t, s.PID())
	})
}

func TestKill(t *testing.T) {
	t.Parallel()

	t.Run("a process that has ended does not count, even before its parent waits for it", func(t *testing.T) {
		t.Parallel()
		if openDirectoryPath == "" {
			return // Linux reports such processes as zombies
		}
		cmd := exec.Command("true")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		gone(t, cmd.Process.Pid)
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("kill -9 of our process stops the server cleanly, and the next start has every row", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		o := serve(t, dir)
		rows := write(t, o.url, func() {
			if err := o.cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		})
		_ = o.cmd.Wait()
		if openDirectoryPath != "" { // Linux
			gone(t, o.pid)
			log, err := os.ReadFile(filepath.Join(dir, "postgres", "log"))
			if err != nil || !strings.Contains(string(log), "database system is shut down") {
				t.Errorf("the server was not stopped cleanly (%v):\n%s", err, log)
			}
		}
		s := begin(t, dir)
		defer end(t, s)
		hasAll(t, s.URL(), rows)
	})

	t.Run("a start right after kill -9 waits for the old server to go", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		o := serve(t, dir)
		do(t, o.url, "CREATE TABLE kept (x int)")
		_ = o.cmd.Process.Kill()
		_ = o.cmd.Wait()
		s := begin(t, dir)
		defer end(t, s)
		do(t, s.URL(), "INSERT INTO kept VALUES (1)")
	})

	t.Run("kill -9 of every server process under load loses no acknowledged row", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := begin(t, dir)
		rows := write(t, s.URL(), func() {
			for _, pid := range append(children(t, s.PID()), s.PID()) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		})
		<-s.Exited()
		end(t, s)
		s = begin(t, dir)
		defer end(t, s)
		hasAll(t, s.URL(), rows)
	})

	t.Run("kill -9 of the main server process alone, whose children linger", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s := begin(t, dir)
		rows := write(t, s.URL(), func() { _ = syscall.Kill(s.PID(), syscall.SIGKILL) })
		<-s.Exited()
		end(t, s)
		s = begin(t, dir)
		defer end(t, s)
		hasAll(t, s.URL(), rows)
	})

	t.Run("after kill -9 of one connection's process the server mends itself", func(t *testing.T) {
		t.Parallel()
		s := begin(t, t.TempDir())
		defer end(t, s)
		do(t, s.URL(), "CREATE TABLE kept AS SELECT 1 AS x")
		conn, err := pgx.Connect(t.Context(), s.URL())
		if err != nil {
			t.Fatal(err)
		}
		_ = syscall.Kill(int(conn.PgConn().PID()), syscall.SIGKILL)
		until(t, func() bool { return conn.Ping(t.Context()) != nil })
		// It answers until the main process has noticed, and then closes its connections.
		until(t, func() bool { return storedValue(t.Context(), s.URL()) == 1 })
	})

	t.Run("kill -9 of ours and of the server at once", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		o := serve(t, dir)
		rows := write(t, o.url, func() {
			_ = o.cmd.Process.Kill()
			_ = syscall.Kill(o.pid, syscall.SIGKILL)
		})
		_ = o.cmd.Wait()
		s := begin(t, dir)
		defer end(t, s)
		hasAll(t, s.URL(), rows)
	})
}

// write has 8 writers commit rows until kill, called once a thousand are acknowledged, ends
// them. It returns the acknowledged rows.
func write(t *testing.T, url string, kill func()) map[int64]bool {
	t.Helper()
	do(t, url, "CREATE TABLE acknowledged (id bigint PRIMARY KEY, filler text NOT NULL)")
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var (
		mu      sync.Mutex
		rows    = map[int64]bool{}
		enough  = make(chan struct{})
		once    sync.Once
		writers sync.WaitGroup
	)
	for writer := range int64(8) {
		writers.Go(func() {
			for n := int64(0); ; n++ {
				id := writer*1_000_000 + n
				if _, err := pool.Exec(t.Context(), "INSERT INTO acknowledged VALUES ($1, repeat('x', 500))", id); err != nil {
					once.Do(func() { close(enough) })
					return
				}
				mu.Lock()
				rows[id] = true
				if len(rows) == 1000 {
					once.Do(func() { close(enough) })
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	kill()
	writers.Wait()
	if len(rows) < 1000 {
		t.Fatalf("only %d rows were written", len(rows))
	}
	return rows
}

// hasAll allows each writer one row that was committed but not acknowledged.
func hasAll(t *testing.T, url string, want map[int64]bool) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	found, err := conn.Query(t.Context(), "SELECT id FROM acknowledged")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(found, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	have := map[int64]bool{}
	for _, id := range ids {
		have[id] = true
	}
	for id := range want {
		if !have[id] {
			t.Errorf("row %d was acknowledged and is lost", id)
		}
	}
	if len(have) > len(want)+8 {
		t.Errorf("%d rows, and only %d were acknowledged", len(have), len(want))
	}
}

func children(t *testing.T, parent int) (pids []int) {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[1] == strconv.Itoa(parent) {
			pid, _ := strconv.Atoi(fields[0])
			pids = append(pids, pid)
		}
	}
	return pids
}
