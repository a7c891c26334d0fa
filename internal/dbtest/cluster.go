package dbtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/parleydesk/parley/internal/pg"
)

// serverURL returns the server for the tests' databases: TEST_DATABASE_URL, or a throwaway server
// that all test processes of this user share.
func serverURL(ctx context.Context) (string, error) {
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		return given, nil
	}
	dir := filepath.Join(base(), "parley-test-"+strconv.Itoa(os.Geteuid()))
	if err := stayAlive(dir); err != nil {
		return "", err
	}
	warnings := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})
	options := pg.Options{Throwaway: true, Log: slog.New(warnings)}
	server, err := pg.Start(ctx, dir, options)
	if errors.Is(err, pg.ErrNoBinaries) {
		return "", fmt.Errorf("the tests need PostgreSQL: %w\n(for tests the variable is TEST_DATABASE_URL)", err)
	}
	if err != nil {
		return "", fmt.Errorf("the tests' PostgreSQL: %w\nIt holds nothing of worth: if in doubt, remove %s", err, dir)
	}
	if !server.Owned() {
		return server.URL(), nil
	}
	// This process holds the server's lock until it ends. The server stays, and the next process
	// that needs it takes the lock.
	return server.URL(), keep(dir, server.PID())
}

// base is the directory of the throwaway server. It is in memory if there is room, because making a test's database
// copies some 500 small files, which takes ten times as long on a disk. If TMPDIR is set, it is used.
func base() string {
	if os.Getenv("TMPDIR") == "" && roomy(memoryDir) {
		return memoryDir
	}
	return os.TempDir()
}

const memoryDir = "/dev/shm"

// heartbeat is a file that test processes touch. Its age shows whether any is still running.
const heartbeat = "alive"

func stayAlive(dir string) error {
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return err
	}
	file := filepath.Join(dir, heartbeat)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return err
	}
	go func() {
		for now := range time.Tick(10 * time.Second) {
			_ = os.Chtimes(file, now, now)
		}
	}()
	return nil
}

// keeper stops the server when the heartbeat is two minutes old. It is a shell script because it
// has to outlive every test process.
const keeper = `
while sleep 5 && kill -0 "$2" 2>/dev/null; do
	[ -n "$(find "$1/alive" -mmin -2 2>/dev/null)" ] || kill -INT "$2"
done`

// keep starts the keeper of a server, unless it runs already.
func keep(dir string, pid int) error {
	note := filepath.Join(dir, "keeper")
	if text, err := os.ReadFile(note); err == nil && string(text) == strconv.Itoa(pid) {
		return nil
	}
	cmd := exec.Command("sh", "-c", keeper, "parley-test-keeper", dir, strconv.Itoa(pid))
	cmd.Dir = "/"
	cmd.SysProcAttr = ownSession()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the keeper of the tests' PostgreSQL: %w", err)
	}
	return os.WriteFile(note, []byte(strconv.Itoa(pid)), 0o600)
}
