//go:build unix

package pg

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// longestSocket is the longest path that fits a socket address on all supported systems. Linux alone would allow four
// bytes more.
const longestSocket = 103

// home is the directory of an embedded server.
type home struct {
	dir     string // absolute, links resolved
	account account
	options Options
}

func openHome(dir string, o Options) (home, error) {
	// Passable but not listable: the server's user must pass root's data directory.
	mode := os.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return home{}, fmt.Errorf("make the data directory: %w", err)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return home{}, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return home{}, err
	}
	h := home{dir: filepath.Join(dir, "postgres"), options: o}
	if h.account, err = accountFor(h.data()); err != nil {
		return home{}, err
	}
	if err := h.account.directory(h.dir); err != nil {
		return home{}, fmt.Errorf("the database's directory: %w", err)
	}
	return h, nil
}

func (h home) data() string    { return filepath.Join(h.dir, "data") }
func (h home) logFile() string { return filepath.Join(h.dir, "log") }

// lock takes the ownership of the server, or returns nil if another process has it. The kernel releases it when the
// process ends.
func (h home) lock() (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(h.dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
}

// major returns the version that created the cluster, or 0 if there is none.
func (h home) major() (int, error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(h.data()); err == nil {
			return 0, fmt.Errorf(
				"%s exists but holds no PostgreSQL database (there is no PG_VERSION in it). Nothing was changed: move it away, or "+
					"put the missing files back",
				h.data(),
			)
		}
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION says %q, which is no version of PostgreSQL that Parley knows", h.data(), text)
	}
	return major, nil
}

// binaries finds the binaries that can run this cluster, and creates the cluster if there is none. The caller holds the
// lock.
func (h home) binaries(ctx context.Context, f finder) (Binaries, error) {
	major, err := h.major()
	if err != nil {
		return Binaries{}, err
	}
	b, err := f.find(ctx, major)
	if errors.Is(err, ErrOtherMajor) {
		return b, &failure{
			ErrOtherMajor,
			fmt.Sprintf(
				"%v.\nThe files in %s are untouched. Install PostgreSQL %d, or move the data with pg_dump and name the new server by DATABASE_URL",
				err, h.data(), major,
			),
		}
	}
	if err != nil || major != 0 {
		return b, err
	}
	return b, h.initdb(ctx, b)
}

// initdb creates the cluster under another name and renames it, so that an interrupted one never looks complete. It
// takes a new name each time, because children of an interrupted initdb may still be writing.
func (h home) initdb(ctx context.Context, b Binaries) error {
	h.options.log().Info("making a new database", "directory", h.data(), "postgresql", b.Major)
	left, err := filepath.Glob(h.data() + ".new-*")
	if err != nil {
		return err
	}
	for _, dir := range left {
		_ = os.RemoveAll(dir) // what cannot be removed now is removed next time
	}
	fresh := fmt.Sprintf("%s.new-%d", h.data(), time.Now().UnixNano())
	if err := h.account.directory(fresh); err != nil {
		return err
	}
	arguments := []string{"--username=parley", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"}
	if h.options.Throwaway {
		arguments = append(arguments, "--no-sync")
	}
	cmd, done, err := h.command(b.path("initdb"), fresh, arguments...)
	if err != nil {
		return err
	}
	defer done()
	// As in launch, the kernel stops the child with the thread that started it.
	runtime.LockOSThread()
	out, err := cmd.CombinedOutput()
	runtime.UnlockOSThread()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return h.explainInitdb(err, out)
	}
	if err := os.Rename(fresh, h.data()); err != nil {
		return err
	}
	return syncDirectory(h.dir)
}

func (h home) explainInitdb(err error, out []byte) error {
	if bytes.Contains(out, []byte("could not look up effective user ID")) {
		return fmt.Errorf(
			"this process runs as user id %d, which has no name on this system, and PostgreSQL does not accept that: add it to "+
				"/etc/passwd, or set DATABASE_URL to a server of your own",
			h.account.uid,
		)
	}
	return h.explainStart(fmt.Errorf("initdb failed: %w\n%s", err, bytes.TrimSpace(out)))
}

// explainStart adds what the operator can do if the system refused the change of user.
func (h home) explainStart(err error) error {
	if h.account.switched && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.EACCES)) {
		return fmt.Errorf(
			"PostgreSQL does not run as root, and it could not be started as user %s (%w): run Parley as an ordinary user, or set DATABASE_URL",
			h.account.name, err,
		)
	}
	return err
}

// command prepares a program of PostgreSQL's to run on a data directory as the account.
// The returned function is to be called once the program has started, or failed to.
func (h home) command(program, data string, arguments ...string) (*exec.Cmd, func(), error) {
	cmd := exec.Command(program)
	cmd.Env = environment()
	cmd.Dir = "/"
	done := func() {}
	if wall := h.account.blocked(filepath.Dir(program)); wall != "" {
		return nil, nil, fmt.Errorf("user %s cannot reach %s, because it may not enter %s", h.account.name, program, wall)
	}
	if wall := h.account.blocked(data); wall != "" {
		if openDirectoryPath == "" {
			return nil, nil, fmt.Errorf(
				"PostgreSQL runs as user %s, who may not enter %s: give --data a directory that this user can reach, such as /var/lib/parley",
				h.account.name, wall,
			)
		}
		open, err := os.Open(data)
		if err != nil {
			return nil, nil, err
		}
		done = func() { open.Close() }
		cmd.ExtraFiles = []*os.File{open}
		data = openDirectoryPath
	}
	cmd.Args = append([]string{program, "-D", data}, arguments...)
	cmd.SysProcAttr = attributes(h.account, h.options.Throwaway)
	return cmd, done, nil
}

// environment is our environment without the variables that would change the server's settings, such as PGDATA, PGPORT
// and the locale.
func environment() []string {
	mine := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PG") || strings.HasPrefix(v, "LC_") || strings.HasPrefix(v, "LANG")
	})
	return append(mine, "LC_ALL=C", "TZ=UTC")
}

// socketDirectory creates the directory for the server's socket: beside the data or, if that path is too long or the
// server's user cannot reach it, in a directory with a short path.
func (h home) socketDirectory() (string, error) {
	nextToData := filepath.Join(h.dir, "run")
	if h.fits(nextToData) {
		return nextToData, h.account.directory(nextToData)
	}
	name := fmt.Sprintf("parley-%x", sha256.Sum256([]byte(h.dir)))[:len("parley-")+12]
	bases := []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"}
	if os.Geteuid() == 0 {
		bases = []string{"/run", os.TempDir(), "/tmp"}
	}
	var failed error
	for _, base := range bases {
		dir := filepath.Join(base, name)
		if base == "" || !h.fits(dir) {
			continue
		}
		if failed = h.account.directory(dir); failed == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("there is no place for PostgreSQL's socket: the path %s is too long or out of reach for user %s, and so are %s (%w)",
		nextToData, h.account.name, strings.Join(bases, ", "), errors.Join(failed, syscall.ENAMETOOLONG))
}

// A comma would separate two hosts in the server's address.
func (h home) fits(dir string) bool {
	return !strings.Contains(dir, ",") && len(filepath.Join(dir, ".s.PGSQL.5432")) <= longestSocket &&
		h.account.blocked(filepath.Dir(dir)) == ""
}

// claim gives files that root restored from a backup to the server's user.
func (h home) claim() error {
	owner, exists := ownerOf(filepath.Join(h.data(), "PG_VERSION"))
	if !exists || !h.account.switched || owner.uid == h.account.uid {
		return nil
	}
	return filepath.WalkDir(h.data(), func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(h.account.uid), int(h.account.gid))
	})
}

func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
