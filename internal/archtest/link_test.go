package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOnlyLinkSpellsURLs: a page's address is a function of internal/link, so that a route has one spelling beside its
// row in web/routes.go. Elsewhere no text begins with a page's first part, and nobody adds a path or a query to an address.
func TestOnlyLinkSpellsURLs(t *testing.T) {
	t.Parallel()
	root := read(t).root
	first := firstParts(t, root)
	for _, path := range handwritten(t, root, "views", "web", "internal") {
		if strings.HasPrefix(path, "internal/link/") || strings.HasPrefix(path, "web/api/") || spellsURLs()[path] != "" {
			continue
		}
		code := text(t, root, path)
		ours := !strings.HasPrefix(path, "internal/") || strings.Contains(code, `parley/internal/link"`)
		for i, line := range strings.Split(code, "\n") {
			if found := spelledURL(line, first, ours); found != "" {
				t.Errorf("%s:%d: %s is spelled by hand: add or use a function of internal/link", path, i+1, found)
			}
		}
	}
}

// spellsURLs are files that may spell URLs, each with its reason.
func spellsURLs() map[string]string {
	return map[string]string{
		"web/routes.go":          "the table of routes itself",
		"web/edge/log.go":        "names the paths that it logs quietly",
		"web/edge/unmatched.go":  "works on the paths of requests",
		"views/ui/gallery.templ": "shows components, and leads nowhere",
	}
}

var (
	addedPath   = regexp.MustCompile(`\+ ?"[/?&][^" ]*"|"[/?&][a-z][^" ]*" ?\+`)
	writtenPath = regexp.MustCompile(
		`\b(?:href|src|action|formaction|hx-(?:get|post|put|patch|delete)|data-[a-z-]*(?:url|src))="[/?][^"]*"`,
	)
	quotedPath   = regexp.MustCompile("[\"`](/[a-z][a-z-]*)[/?\"`]")
	routeOfTable = regexp.MustCompile(`"(/[a-z][a-z-]*)[/"]`)
)

// spelledURL is what of a line is an address that was put together by hand, or "". Where addresses are another
// program's, as in a client of its API, ours is false: then only the first part of one of our pages counts.
func spelledURL(line string, first map[string]bool, ours bool) string {
	if !strings.ContainsAny(line, "/?&") || !strings.ContainsAny(line, "\"`") {
		return ""
	}
	line = goComment.ReplaceAllString(line, "")
	if m := addedPath.FindString(line); m != "" && ours {
		return m
	}
	if m := writtenPath.FindString(line); m != "" {
		return m
	}
	for _, m := range quotedPath.FindAllStringSubmatch(line, -1) {
		if first[m[1]] {
			return m[0]
		}
	}
	return ""
}

func TestSpelledURLsAreFound(t *testing.T) {
	t.Parallel()
	first := map[string]bool{"/accounts": true, "/login": true}
	for line, want := range map[string]bool{
		`hx-post={ addressOf(c.Open) + "/messages" }`:                true,
		`to := link.Contact(a, id)+"?tab=notes"`:                     true,
		`<form method="post" action="/elsewhere">`:                   true,
		`return "/accounts/" + id(account)`:                          true,
		`c.Redirect(303, "/login")`:                                  true,
		`hx-post={ at(c.Open, link.Messages) }`:                      false,
		`link.With(link.Contact(a, id), "tab", "notes")`:             false,
		`info, _ := os.ReadFile("/proc/meminfo")`:                    false,
		`<a href={ templ.SafeURL(link.Docs) }>API</a>`:               false,
		`// GET "/accounts/" + id is a comment`:                      false,
		`<use href={ static.URL("img/icons.svg") + "#i-" + name }/>`: false,
	} {
		if got := spelledURL(line, first, true); (got != "") != want {
			t.Errorf("%s: found %q, want found %v", line, got, want)
		}
	}
}

// firstParts are the first parts of the paths of all pages.
func firstParts(t *testing.T, root string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, m := range routeOfTable.FindAllStringSubmatch(text(t, root, "web/routes.go"), -1) {
		all[m[1]] = true
	}
	if len(all) < 10 {
		t.Fatalf("the table of routes has the first parts %v only", all)
	}
	return all
}

// handwritten are the Go and templ files under dirs that people write, without tests.
func handwritten(t *testing.T, root string, dirs ...string) []string {
	t.Helper()
	return filesUnder(t, root, dirs, func(name string) bool {
		made := strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, ".sql.go") || name == "db/models.go" || name == "db/db.go"
		return !made && !strings.HasSuffix(name, "_test.go") && (strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".templ"))
	})
}

// tests are all files of tests.
func tests(t *testing.T, root string) []string {
	t.Helper()
	return filesUnder(t, root, []string{"."}, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// queries are the files of SQL that sqlc reads.
func queries(t *testing.T, root string) []string {
	t.Helper()
	return filesUnder(t, root, []string{"queries"}, func(name string) bool { return strings.HasSuffix(name, ".sql") })
}

// filesUnder are the files under dirs whose path from the root is wanted.
func filesUnder(t *testing.T, root string, dirs []string, wanted func(path string) bool) (paths []string) {
	t.Helper()
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name := entry.Name()
			if entry.IsDir() && path != root && (name == "testdata" || name == "data" || name == "bin" || strings.HasPrefix(name, ".")) {
				return filepath.SkipDir
			}
			rel, err := filepath.Rel(root, path)
			if rel = filepath.ToSlash(rel); !entry.IsDir() && wanted(rel) {
				paths = append(paths, rel)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

func text(t *testing.T, root, path string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
