package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCoverageIsTrue holds docs/api/coverage.md to its word: a test, a golden answer or a script that it names is there,
// where it says.
func TestCoverageIsTrue(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(root, "docs", "api", "coverage.md"))
	if err != nil {
		t.Fatal(err)
	}
	var (
		tests   = testsByPackage(t, root)
		named   = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`")
		script  = regexp.MustCompile("`(\\w+\\.mjs)`")
		goldens = regexp.MustCompile("goldens?((?:,? `[a-z0-9_*]+`)+)")
		quoted  = regexp.MustCompile("`([^`]+)`")
		count   int
	)
	dialect := "web/api/chatwoot"
	for i, line := range strings.Split(string(raw), "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			dialect = "web/api/chatwoot"
			for _, other := range []string{"web/api/ndoto", "web/api/qlara"} {
				if strings.Contains(heading, "`"+other+"`") {
					dialect = other
				}
			}
		}
		// A dialect's packages count as the dialect. What stands beside a test's name may say where it is, in full or by
		// the last word.
		places := []string{dialect, "web/api", "cmd/parley"}
		for place := range tests {
			if strings.HasPrefix(place, dialect+"/") ||
				strings.Contains(line, "`"+place+"`") || strings.Contains(line, "("+filepath.Base(place)+")") {
				places = append(places, place)
			}
		}
		for _, m := range named.FindAllStringSubmatch(line, -1) {
			count++
			if !slices.ContainsFunc(places, func(place string) bool { return tests[place][m[1]] }) {
				t.Errorf("line %d names %s, which is not in %v", i+1, m[1], places)
			}
		}
		for _, m := range script.FindAllStringSubmatch(line, -1) {
			if _, err := os.Stat(filepath.Join(root, "cmd/parley/testdata/clients", m[1])); err != nil {
				t.Errorf("line %d names a script that is not there: %v", i+1, err)
			}
		}
		for _, list := range goldens.FindAllStringSubmatch(line, -1) {
			for _, m := range quoted.FindAllStringSubmatch(list[1], -1) {
				if found, _ := filepath.Glob(filepath.Join(root, dialect, "testdata", m[1]+".json")); len(found) == 0 {
					t.Errorf("line %d names the golden answer %s, which is not in %s", i+1, m[1], dialect)
				}
			}
		}
	}
	if count < 100 {
		t.Errorf("%d names of tests found: the document is written in another way than this test reads it", count)
	}
}

// testsByPackage lists the tests of each directory.
func testsByPackage(t *testing.T, root string) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "data") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		place := filepath.ToSlash(rel)
		if found[place] == nil {
			found[place] = map[string]bool{}
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				found[place][f.Name.Name] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
