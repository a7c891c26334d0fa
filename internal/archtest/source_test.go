package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const module = "github.com/parleydesk/parley/"

// file is one Go file of ours that is not a test.
type file struct {
	*ast.File
	pkg       string // its directory, from the root
	path      string
	generated bool
}

// source is the tree as it stands. The tests read the files themselves, instead of asking
// `go list`, so that go test's cache knows what their result depends on.
type source struct {
	root  string
	files []file
	set   *token.FileSet
}

func read(t *testing.T) source {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	s := source{root: root, set: token.NewFileSet()}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || name == "data" || name == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(s.set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		pkg := "."
		if i := strings.LastIndex(rel, "/"); i >= 0 {
			pkg = rel[:i]
		}
		s.files = append(s.files, file{parsed, pkg, rel, ast.IsGenerated(parsed)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at is where a node stands, for a message.
func (s source) at(n ast.Node) string {
	p := s.set.Position(n.Pos())
	rel, err := filepath.Rel(s.root, p.Filename)
	if err != nil {
		rel = p.Filename
	}
	p.Filename = filepath.ToSlash(rel)
	return p.String()
}

// imports lists what a file imports.
func (f file) imports() (paths []string) {
	for _, spec := range f.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

// matches reports whether a package is what a pattern names: itself, or with /* all below it.
func matches(pattern, pkg string) bool {
	if below, ok := strings.CutSuffix(pattern, "/*"); ok {
		return strings.HasPrefix(pkg, below+"/")
	}
	return pattern == pkg
}

func anyMatches(patterns []string, pkg string) bool {
	for _, pattern := range patterns {
		if matches(pattern, pkg) {
			return true
		}
	}
	return false
}

// writers lists the queries that write a table whose changes others must hear of, by the
// SQL that they stand for.
func (s source) writers(t *testing.T) map[string]bool {
	t.Helper()
	var (
		name   = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+\s*$`)
		writes = regexp.MustCompile(
			`(?is)\b(insert\s+into|update|delete\s+from)\s+(conversations|messages|events)\b|\b(update|delete\s+from)\s+attachments\b`,
		)
		found = map[string]bool{}
	)
	paths, err := filepath.Glob(filepath.Join(s.root, "queries", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sql := string(text)
		heads := name.FindAllStringSubmatchIndex(sql, -1)
		for i, head := range heads {
			end := len(sql)
			if i+1 < len(heads) {
				end = heads[i+1][0]
			}
			if writes.MatchString(withoutComments(sql[head[1]:end])) {
				found[sql[head[2]:head[3]]] = true
			}
		}
	}
	return found
}

func withoutComments(sql string) string {
	return regexp.MustCompile(`--[^\n]*`).ReplaceAllString(sql, "")
}
