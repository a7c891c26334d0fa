package static

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func get(t *testing.T, url string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w
}

func TestVendoredFilesEqualTheirSums(t *testing.T) {
	t.Parallel()
	lock, err := os.Open("vendor.lock")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	locked := map[string]bool{}
	for lines := bufio.NewScanner(lock); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		name, version, file, sum := f[0], f[1], f[2], f[3]
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(content); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s is not the file that was pinned", file)
		}
		if !strings.Contains(file, version) {
			t.Errorf("%s does not carry the version %s of %s", file, version, name)
		}
		locked[file] = true
	}
	for _, pattern := range []string{"vendor/*", "testdata/*.js"} {
		found, _ := filepath.Glob(pattern)
		for _, file := range found {
			if !locked[file] {
				t.Errorf("%s is not in vendor.lock", file)
			}
		}
	}
}

func TestServing(t *testing.T) {
	t.Parallel()

	t.Run("the address with the hash is kept for ever", func(t *testing.T) {
		t.Parallel()
		w := get(t, URL("css/parley.css"))
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("got %d, %q", w.Code, w.Header().Get("Cache-Control"))
		}
	})

	t.Run("an address of another release gets today's file and must ask again", func(t *testing.T) {
		t.Parallel()
		for _, url := range []string{Prefix + "000000000000/img/mark.svg", Prefix + "img/mark.svg"} {
			w := get(t, url)
			if w.Code != 200 || w.Header().Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: got %d, %q", url, w.Code, w.Header().Get("Cache-Control"))
			}
		}
	})

	t.Run("each coding unpacks to the same bytes", func(t *testing.T) {
		t.Parallel()
		for name := range shelf() {
			want := Read(name)
			br, _ := io.ReadAll(brotli.NewReader(get(t, URL(name), "Accept-Encoding", "gzip, br").Body))
			zr, err := gzip.NewReader(get(t, URL(name), "Accept-Encoding", "br;q=0, gzip").Body)
			if err != nil {
				t.Fatal(err)
			}
			gz, _ := io.ReadAll(zr)
			if !bytes.Equal(br, want) || !bytes.Equal(gz, want) {
				t.Errorf("%s comes out differently", name)
			}
		}
	})

	t.Run("a browser that has it gets 304", func(t *testing.T) {
		t.Parallel()
		first := get(t, URL("js/htmx.js"), "Accept-Encoding", "br")
		again := get(t, URL("js/htmx.js"), "Accept-Encoding", "br", "If-None-Match", first.Header().Get("ETag"))
		if again.Code != 304 || again.Body.Len() != 0 {
			t.Errorf("got %d with %d bytes", again.Code, again.Body.Len())
		}
	})

	t.Run("what is not on the shelf is 404", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"", "css/", "testdata/axe-4.14.1.min.js", "../static.go", "css/tokens.css", "x/y/z"} {
			if w := get(t, Prefix+path); w.Code != 404 {
				t.Errorf("%q: got %d", path, w.Code)
			}
		}
	})
}

func TestWeight(t *testing.T) {
	t.Parallel()
	weigh := func(names ...string) (n int) {
		for _, name := range names {
			n += get(t, URL(name), "Accept-Encoding", "gzip").Body.Len()
		}
		return n
	}
	css, js, icons := weigh("css/parley.css"), weigh("js/htmx.js", "js/parley.js"), weigh("img/icons.svg")
	t.Logf("gzip: css %d, js %d, icons %d", css, js, icons)
	if css > 20_000 || js > 45_000 || icons > 8_000 {
		t.Errorf("too heavy: css %d, js %d, icons %d bytes", css, js, icons)
	}
}

func TestStylesheet(t *testing.T) {
	t.Parallel()
	sheet := string(Read("css/parley.css"))

	t.Run("every part is in it", func(t *testing.T) {
		t.Parallel()
		parts, _ := filepath.Glob("css/*.css")
		if len(parts) != len(layers) {
			t.Errorf("%d files in css/, %d in layers", len(parts), len(layers))
		}
	})

	t.Run("braces are balanced and no comment is left", func(t *testing.T) {
		t.Parallel()
		if strings.Count(sheet, "{") != strings.Count(sheet, "}") {
			t.Error("braces are not balanced")
		}
		if strings.Contains(sheet, "/*") {
			t.Error("a comment is left")
		}
	})

	t.Run("every custom property that is used is set somewhere", func(t *testing.T) {
		t.Parallel()
		for _, m := range regexp.MustCompile(`var\((--[\w-]+)\)`).FindAllStringSubmatch(sheet, -1) {
			if !strings.Contains(sheet, m[1]+":") {
				t.Errorf("%s is used and never set", m[1])
			}
		}
	})

	t.Run("sides are logical", func(t *testing.T) {
		t.Parallel()
		physical := regexp.MustCompile(`[;{\s](margin|padding|border)-(left|right|top|bottom)|[;{\s](left|right):`)
		if m := physical.FindString(sheet); m != "" {
			t.Errorf("found %q", m)
		}
	})
}

func TestScript(t *testing.T) {
	t.Parallel()
	modules, _ := filepath.Glob("js/*.js")

	t.Run("every module is in it", func(t *testing.T) {
		t.Parallel()
		joined := string(Read("js/parley.js"))
		for _, m := range modules {
			if name := strings.TrimSuffix(filepath.Base(m), ".js"); !strings.Contains(joined, "const $"+name+" = ") {
				t.Errorf("%s is imported by nobody", m)
			}
		}
		if regexp.MustCompile(`(?m)^(import|export)\b`).MatchString(joined) {
			t.Error("an import or export is left; keep to the one form that README.md names")
		}
	})

	t.Run("it stays under 2,000 lines of code", func(t *testing.T) {
		t.Parallel()
		lines := bytes.Count(margin.ReplaceAll(Read("js/parley.js"), []byte("\n")), []byte("\n"))
		t.Logf("%d lines", lines)
		if lines >= 2000 {
			t.Errorf("%d lines", lines)
		}
	})
}
