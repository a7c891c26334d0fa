package pg

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// installed creates a directory with programs that report this version of PostgreSQL.
func installed(t *testing.T, dir, version string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\necho '" + name + " (PostgreSQL) " + version + "'\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFind(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	lib := func(version string) string { return filepath.Join(root, "lib", version, "bin") }
	for _, version := range []string{"9.6", "14", "16", "17"} {
		installed(t, lib(version), version+".4 (Debian)")
	}
	onPath := installed(t, filepath.Join(root, "opt"), "15.2")
	links := filepath.Join(root, "links")
	if err := os.Mkdir(links, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(onPath, "postgres"), filepath.Join(links, "postgres")); err != nil {
		t.Fatal(err)
	}
	clientOnly := filepath.Join(root, "client")
	if err := os.MkdirAll(clientOnly, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(clientOnly, "psql"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	nextToData := installed(t, filepath.Join(root, "beside"), "18beta1")
	globs := []string{filepath.Join(root, "lib", "*", "bin")}

	for name, test := range map[string]struct {
		finder finder
		major  int
		want   string
	}{
		"our own binaries come first": {
			finder{nextToExecutable: []string{nextToData}, path: links, globs: globs}, 0, nextToData,
		},
		"then PATH, with links resolved":       {finder{path: links, globs: globs}, 0, onPath},
		"then the highest that the system has": {finder{path: clientOnly, globs: globs}, 0, lib("17")},
		"existing data takes binaries of its major only": {
			finder{nextToExecutable: []string{nextToData}, path: links, globs: globs}, 16, lib("16"),
		},
		"and a major too old for new data still runs its": {finder{path: links, globs: globs}, 14, lib("14")},
		"a client alone is not a server":                  {finder{path: clientOnly}, 0, ""},
		"nothing old enough to refuse is taken":           {finder{globs: []string{lib("14"), lib("9.6")}}, 0, ""},
		"no other major stands in for a missing one":      {finder{path: links, globs: globs}, 13, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.finder.find(t.Context(), test.major)
			if got.Dir != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q (%v), want %q", got.Dir, err, test.want)
			}
		})
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]string{
		"testdata/debian": "apt-get install -y postgresql",
		"testdata/mint":   "apt-get install -y postgresql",
		"testdata/rocky":  "dnf install -y postgresql-server postgresql-contrib",
		"testdata/absent": "package manager",
	} {
		if got := (finder{release: release}).advice(); !strings.Contains(got, want) {
			t.Errorf("%s: %q", release, got)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for gigabytes, want := range map[int64]string{0: "128MB", 1: "128MB", 2: "256MB", 64: "512MB"} {
		got := strings.Join(settings(gigabytes*1024*megabyte, false), " ")
		if !strings.Contains(got, "shared_buffers="+want+" ") {
			t.Errorf("%d GB: %s", gigabytes, got)
		}
		if !strings.Contains(got, "fsync=on") {
			t.Errorf("not durable: %s", got)
		}
	}
}
