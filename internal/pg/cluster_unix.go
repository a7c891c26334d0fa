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

// longestSocket is the longest path that fits a socket address on every system of ours;
// Linux would take four bytes more.
const longestSocket = 103

// home is everything of one embedded server on disk.
type home struct {
	dir     string // absolute, links resolved
	account account
	options Options
}

func openHome(dir string, o Options) (home, error) {
	// Passable but not listable: root's data directory has to let the server's user through.
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

// lock takes the ownership of the server, or returns nil if another process has it. The
// kernel gives it back when the holder dies.
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

// major is the version that made the cluster, 0 if there is none yet.
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

// binaries finds what can run this cluster, making the cluster if there is none.
// The caller holds the lock.
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

// initdb makes the cluster under another name first, so that one that was interrupted is
// never mistaken for one that is whole. The name is new each time, because children of an
// interrupted initdb may still be writing under the last one.
func (h home) initdb(ctx context.Context, b Binaries) error {
	h.options.log().Info("making a new database", "directory", h.data(), "postgresql", b.Major)
	left, err := filepath.Glob(h.data() + ".new-*")
	if err != nil {
		return err
	}
	for _, dir := range left {
		_ = os.RemoveAll(dir) // what cannot go now goes next time
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
	// As in launch: the kernel stops the child with the thread that started it.
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

// explainStart adds what a person can do where the system refused the change of user.
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

// environment is ours without what would change the server's mind: a stray PGDATA, PGPORT
// or locale.
func environment() []string {
	mine := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PG") || strings.HasPrefix(v, "LC_") || strings.HasPrefix(v, "LANG")
	})
	return append(mine, "LC_ALL=C", "TZ=UTC")
}

// socketDirectory makes the directory for the server's socket: beside the data, or
// somewhere short if the path would not fit or the server's user could not get there.
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

// A comma would part two hosts in the server's address.
func (h home) fits(dir string) bool {
	return !strings.Contains(dir, ",") && len(filepath.Join(dir, ".s.PGSQL.5432")) <= longestSocket &&
		h.account.blocked(filepath.Dir(dir)) == ""
}

// claim gives files that root brought back from a backup to the server's user.
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
