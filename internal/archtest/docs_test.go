package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// texts are all files of ours with one of these endings, by their path from the root.
func texts(t *testing.T, endings ...string) map[string]string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || slices.Contains([]string{"testdata", "node_modules", "data", "bin"}, name)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !slices.Contains(endings, filepath.Ext(name)) {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		found[filepath.ToSlash(rel)] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestDecisions holds the index of the decisions complete, and their numbers single.
func TestDecisions(t *testing.T) {
	t.Parallel()
	pages := texts(t, ".md")
	index := pages["docs/decisions/README.md"]
	numbers := map[string]string{}
	for path, text := range pages {
		name, ok := strings.CutPrefix(path, "docs/decisions/")
		if !ok || name == "README.md" {
			continue
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
		if !strings.Contains(index, "- ["+title+"]("+name+")\n") {
			t.Errorf("docs/decisions/README.md lacks the line - [%s](%s)", title, name)
		}
		if number, _, _ := strings.Cut(name, "-"); numbers[number] != "" {
			t.Errorf("%s and %s have the same number", numbers[number], name)
		} else if numbers[number] = name; !strings.HasPrefix(title, number+" ") {
			t.Errorf("%s begins with %q", name, title)
		}
	}
}

// TestReferences looks for each page and heading that a comment or a page refers to.
func TestReferences(t *testing.T) {
	t.Parallel()
	pages := texts(t, ".md")
	check := func(from, page, heading string) {
		t.Helper()
		text, ok := pages[page]
		switch {
		case !ok:
			t.Errorf("%s refers to %s, which is not there", from, page)
		case heading != "" && !slices.Contains(headings(text), heading):
			t.Errorf("%s refers to %s#%s, and no heading is so", from, page, heading)
		}
	}
	cited := regexp.MustCompile(`\bdocs/[a-z0-9/-]+\.md(?:#([a-z0-9-]+))?`)
	section := regexp.MustCompile(`(?i)\bsections? \d|§ ?\d`)
	for path, text := range texts(t, ".go", ".sql", ".templ", ".css", ".js", ".yml", ".yaml") {
		for _, m := range cited.FindAllStringSubmatch(text, -1) {
			page, _, _ := strings.Cut(m[0], "#")
			check(path, page, m[1])
		}
		if m := section.FindString(text); m != "" && path != "internal/archtest/docs_test.go" {
			t.Errorf("%s refers to %q: of what? Name a page and a heading", path, m)
		}
	}
	link := regexp.MustCompile(`\]\(([^):#]*\.md)?(?:#([^)]+))?\)`)
	for path, text := range pages {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			page := path
			if m[1] != "" {
				page = filepath.ToSlash(filepath.Join(filepath.Dir(path), m[1]))
			}
			check(path, page, m[2])
		}
	}
}

// TestPagesNameWhatIsThere looks for each test and each file that a page names.
func TestPagesNameWhatIsThere(t *testing.T) {
	t.Parallel()
	pages := texts(t, ".md")
	named, tests := regexp.MustCompile("`(Test[A-Z]\\w*)`"), map[string]bool{}
	for _, names := range testsByPackage(t, filepath.Join("..", "..")) {
		for name := range names {
			tests[name] = true
		}
	}
	for path, text := range pages {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			if !tests[m[1]] {
				t.Errorf("%s names %s, which is no test", path, m[1])
			}
		}
	}
	place := regexp.MustCompile("`((?:cmd|web|views|queries|db|internal|static|docs)/[a-z0-9_./-]+)`")
	for path, text := range pages {
		for _, m := range place.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", "..", m[1])); err != nil && !strings.Contains(m[1], "/x.") && !strings.Contains(m[1], "_x.") {
				t.Errorf("%s names %s, which is not there", path, m[1])
			}
		}
	}
}

// headings are the anchors of a page's headings.
func headings(page string) (anchors []string) {
	marks := regexp.MustCompile(`[^a-z0-9 _-]`)
	for line := range strings.Lines(page) {
		if title := strings.TrimLeft(line, "#"); title != line {
			anchor := marks.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			anchors = append(anchors, strings.ReplaceAll(anchor, " ", "-"))
		}
	}
	return anchors
}

// TestDependencies holds the table of decision 008 to go.mod: each direct dependency has its place, and no other module has.
func TestDependencies(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	page := texts(t, ".md")["docs/decisions/008-dependencies.md"]
	var direct, listed []string
	version := regexp.MustCompile(`/v\d+$`)
	for _, m := range regexp.MustCompile(`(?m)^\s(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1) {
		direct = append(direct, version.ReplaceAllString(m[1], ""))
	}
	for _, m := range regexp.MustCompile("`([a-z.]+\\.[a-z]+/[^`]+)`").FindAllStringSubmatch(page, -1) {
		listed = append(listed, m[1])
	}
	if len(direct) < 20 {
		t.Fatalf("only %d modules are found in go.mod", len(direct))
	}
	for _, module := range direct {
		if !slices.Contains(listed, module) {
			t.Errorf("docs/decisions/008-dependencies.md does not say what %s is for", module)
		}
	}
	for _, module := range listed {
		if !slices.Contains(direct, module) {
			t.Errorf("docs/decisions/008-dependencies.md lists %s, which go.mod does not require directly", module)
		}
	}
}

// TestSecurityNamesFuzzTargetsThatExist holds the table of limits to the tests.
func TestSecurityNamesFuzzTargetsThatExist(t *testing.T) {
	t.Parallel()
	var tests strings.Builder
	for path, text := range texts(t, ".go") {
		if strings.HasSuffix(path, "_test.go") {
			tests.WriteString(text)
		}
	}
	named := regexp.MustCompile("`(Fuzz[A-Za-z]+)`").FindAllStringSubmatch(texts(t, ".md")["docs/security.md"], -1)
	if len(named) < 10 {
		t.Errorf("only %d fuzz targets are named", len(named))
	}
	for _, m := range named {
		if !strings.Contains(tests.String(), "func "+m[1]+"(f *testing.F)") {
			t.Errorf("docs/security.md names %s, which is not there", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`func (Fuzz[A-Za-z]+)\(f \*testing\.F\)`).FindAllStringSubmatch(tests.String(), -1) {
		if !slices.ContainsFunc(named, func(n []string) bool { return n[1] == m[1] }) {
			t.Errorf("docs/security.md does not name %s", m[1])
		}
	}
}
