package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// privateWords are words that no part of a name may be: helpdesks have another word for each. docs/glossary.md explains
// the few words of our own that names do use.
func privateWords() []string {
	return []string{
		"beside", "careful", "chore", "chores", "door", "hooked", "house", "lane", "lanes", "letter", "letters",
		"said", "sitting", "sittings", "spoilt", "surface", "teller", "telling", "thing", "things", "told",
	}
}

// vagueWords are words that are no name by themselves, because they do not say of what.
func vagueWords() []string {
	return []string{
		"again", "clean", "follow", "hear", "heard", "kept", "lines", "opening", "people", "person", "place", "places",
		"plain", "room", "say", "says", "story", "tell", "tells", "turn", "turns", "word", "words", "wrong",
	}
}

// plainNames are names that hold such a word all the same, each with its reason.
func plainNames() map[string]string {
	return map[string]string{
		"views/ui wordmarkLetters": "the letters of the product's name, as a picture",
		"web again":                "one of the four endings of a handler: page, part, done, again",
	}
}

// TestPlainWords reads the names that readers look for: of files, and of package-level functions, types, variables and
// constants, methods and fields.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	check := func(where, pkg, name string) {
		word := notPlain(name)
		if word == "" {
			return
		}
		key := pkg + " " + name
		used[key] = true
		if plainNames()[key] == "" {
			t.Errorf("%s: the name %s holds %q: use the field's word, or add %q to plainNames with a reason", where, name, word, key)
		}
	}
	set := token.NewFileSet()
	for _, path := range handWritten(t, root) {
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		pkg := filepath.ToSlash(filepath.Dir(rel))
		name := strings.TrimSuffix(filepath.Base(rel), filepath.Ext(rel))
		check(rel, pkg, strings.TrimSuffix(name, "_test"))
		if !strings.HasSuffix(path, ".go") {
			continue
		}
		parsed, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range readNames(parsed) {
			check(rel, pkg, id)
		}
	}
	for key := range plainNames() {
		if !used[key] {
			t.Errorf("plainNames holds %q, which no file uses", key)
		}
	}
}

func TestNotPlain(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Letter": "letter", "sendLetters": "letters", "LetterHTML": "letter", "settings_thing": "thing", "say": "say", "Words": "words",
		"sayHello": "", "lettered": "", "Threads": "", "firstWord": "", "HTMLDoor": "door", "lines": "lines", "maxLines": "",
	} {
		if got := notPlain(name); got != want {
			t.Errorf("notPlain(%q) is %q, want %q", name, got, want)
		}
	}
}

// notPlain is the private or vague word that a name holds; empty for none.
func notPlain(name string) string {
	if lower := strings.ToLower(name); slices.Contains(vagueWords(), lower) {
		return lower
	}
	var part strings.Builder
	for i, r := range name + "_" {
		upper := r >= 'A' && r <= 'Z'
		next := i+1 < len(name) && name[i+1] >= 'a' && name[i+1] <= 'z'
		before := i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z'
		if r == '_' || upper && (before || next) {
			if word := strings.ToLower(part.String()); slices.Contains(privateWords(), word) {
				return word
			}
			part.Reset()
		}
		if r != '_' {
			part.WriteRune(r)
		}
	}
	return ""
}

// readNames lists the names that a file declares for others: not those inside of functions.
func readNames(f *ast.File) (names []string) {
	add := func(ids ...*ast.Ident) {
		for _, id := range ids {
			names = append(names, id.Name)
		}
	}
	fields := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if s, ok := n.(*ast.StructType); ok {
				for _, field := range s.Fields.List {
					add(field.Names...)
				}
			}
			return true
		})
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(d.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name)
					fields(spec)
				case *ast.ValueSpec:
					add(spec.Names...)
				}
			}
		}
	}
	return names
}

// identifiers lists all identifiers of a file, those inside of functions as well.
func identifiers(f *ast.File) (all []*ast.Ident) {
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			all = append(all, id)
		}
		return true
	})
	return all
}

// handWritten lists our files that a person writes. The names in components are read from the Go that templ makes.
func handWritten(t *testing.T, root string) (paths []string) {
	t.Helper()
	skipped := []string{"testdata", "node_modules", "data", "bin", "migrations"}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || slices.Contains(skipped, name)) {
				return filepath.SkipDir
			}
			return nil
		}
		generated := strings.HasSuffix(name, ".sql.go") ||
			filepath.Base(filepath.Dir(path)) == "db" && (name == "models.go" || name == "db.go")
		if !generated && slices.Contains([]string{".go", ".templ", ".sql", ".css", ".js"}, filepath.Ext(name)) {
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
