package pg

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
)

// oldest is the first major version of PostgreSQL on which Parley's schema works.
const oldest = 15

// Binaries is a directory that holds postgres and initdb of one major version.
type Binaries struct {
	Dir   string
	Major int
}

func (b Binaries) path(name string) string { return filepath.Join(b.Dir, name) }

// finder looks for binaries. Tests replace its fields.
type finder struct {
	nextToExecutable []string // directories of our own, next to the executable
	path             string   // a list of directories like $PATH
	globs            []string // where systems install binaries outside of PATH
	release          string   // the os-release file, for the advice
}

func newFinder() finder {
	f := finder{
		path:    os.Getenv("PATH"),
		release: "/etc/os-release",
		globs: []string{
			"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
			"/usr/pgsql-*/bin",          // PostgreSQL's own packages for Red Hat's family
			"/usr/lib/postgresql*/bin",  // SUSE
			"/usr/libexec/postgresql*",  // Alpine
			"/usr/local/pgsql/bin",      // built from source
			"/opt/homebrew/opt/postgresql@*/bin",
			"/usr/local/opt/postgresql@*/bin",
			"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin",
		},
	}
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		f.nextToExecutable = []string{filepath.Join(filepath.Dir(exe), "postgresql", "bin")}
	}
	return f
}

// find returns the binaries for a new cluster, or for one of the given major if that is not 0.
func (f finder) find(ctx context.Context, major int) (Binaries, error) {
	var seen []string
	for _, dir := range f.candidates() {
		have, err := majorOf(ctx, dir)
		if err != nil {
			continue
		}
		if have == major || major == 0 && have >= oldest {
			return Binaries{Dir: dir, Major: have}, nil
		}
		seen = append(seen, fmt.Sprintf("%d (%s)", have, dir))
	}
	if major != 0 && len(seen) > 0 {
		return Binaries{}, &failure{ErrOtherMajor, fmt.Sprintf(
			"the data was made by PostgreSQL %d, and this machine has only %s", major, strings.Join(seen, ", "))}
	}
	text := fmt.Sprintf("no PostgreSQL %d or newer was found on this machine.", oldest)
	if major != 0 {
		text = fmt.Sprintf("the data was made by PostgreSQL %d, and no PostgreSQL was found on this machine.", major)
	}
	return Binaries{}, &failure{ErrNoBinaries, text + "\nTo install it:\n\n    " + f.advice() +
		"\n\nor name a server of your own: DATABASE_URL=postgres://user:password@host:5432/parley"}
}

// candidates lists directories with both programs in them, links resolved, best first.
func (f finder) candidates() []string {
	dirs := append([]string{}, f.nextToExecutable...)
	for _, dir := range filepath.SplitList(f.path) {
		// A program on PATH may be a link into the directory that has both.
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres")); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	var found []string
	for _, glob := range f.globs {
		matches, _ := filepath.Glob(glob)
		found = append(found, matches...)
	}
	sort.SliceStable(found, func(i, j int) bool { return numberIn(found[i]) > numberIn(found[j]) })
	dirs = append(dirs, found...)

	var whole []string
	for _, dir := range dirs {
		if executable(filepath.Join(dir, "postgres")) && executable(filepath.Join(dir, "initdb")) {
			whole = append(whole, dir)
		}
	}
	return whole
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// numberIn returns the version in a directory's name, or 0.
func numberIn(dir string) float64 {
	numbers := regexp.MustCompile(`\d+(\.\d+)?`).FindAllString(dir, -1)
	if numbers == nil {
		return 0
	}
	n, _ := strconv.ParseFloat(numbers[len(numbers)-1], 64)
	return n
}

// majorOf asks the program, because the name of a directory may be wrong.
func majorOf(ctx context.Context, dir string) (int, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
	match := regexp.MustCompile(`^postgres \(.*?\) (\d+)`).FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("%s/postgres --version said %q", dir, out)
	}
	return strconv.Atoi(string(match[1]))
}

// advice returns the command that installs PostgreSQL on this system.
func (f finder) advice() string {
	if runtime.GOOS == "darwin" {
		return "brew install postgresql@17"
	}
	sudo := "sudo "
	if os.Geteuid() == 0 {
		sudo = ""
	}
	for _, id := range systemIDs(f.release) {
		switch id {
		case "debian", "ubuntu":
			return sudo + "apt-get update && " + sudo + "apt-get install -y postgresql"
		case "fedora", "rhel", "centos", "amzn":
			return sudo + "dnf install -y postgresql-server postgresql-contrib"
		case "alpine":
			return sudo + "apk add postgresql postgresql-contrib"
		case "arch":
			return sudo + "pacman -S --noconfirm postgresql"
		case "suse", "opensuse":
			return sudo + "zypper install -y postgresql-server postgresql-contrib"
		}
	}
	return "install the PostgreSQL server (15 or newer) with your system's package manager"
}

// systemIDs reads ID and ID_LIKE, so that derivatives of a system get its advice.
func systemIDs(release string) []string {
	file, err := os.Open(release)
	if err != nil {
		return nil
	}
	defer file.Close()
	var ids []string
	for lines := bufio.NewScanner(file); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		if key == "ID" || key == "ID_LIKE" {
			ids = append(ids, strings.Fields(strings.Trim(value, `"'`))...)
		}
	}
	return ids
}
