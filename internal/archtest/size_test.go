package archtest

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// What one screen and one diff can show.
const (
	maxTemplLines = 300
	maxColumns    = 140
	mostFunctions = 30 // lines of nine functions in ten
)

func TestTemplFilesAreShort(t *testing.T) {
	t.Parallel()
	root := read(t).root
	for _, file := range handwritten(t, root, "views", "internal") {
		if n := strings.Count(text(t, root, file), "\n"); strings.HasSuffix(file, ".templ") && n > maxTemplLines {
			t.Errorf("%s has %d lines, more than %d: split it by what it shows", file, n, maxTemplLines)
		}
	}
}

// wideFiles have lines that cannot be broken, each with its reason.
func wideFiles() map[string]string {
	return map[string]string{
		"internal/mailer/content.templ": "the style of a mail stands in its elements",
	}
}

func TestLinesAreNarrow(t *testing.T) {
	t.Parallel()
	root := read(t).root
	for _, file := range slices.Concat(handwritten(t, root, "."), tests(t, root), queries(t, root)) {
		for i, line := range strings.Split(text(t, root, file), "\n") {
			n := utf8.RuneCountInString(line)
			if n > maxColumns && wideFiles()[file] == "" {
				t.Errorf("%s:%d has %d columns, more than %d", file, i+1, n, maxColumns)
			}
		}
	}
}

func TestFunctionsAreShort(t *testing.T) {
	t.Parallel()
	s := read(t)
	var lengths []int
	for _, f := range s.files {
		if f.generated {
			continue
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				lengths = append(lengths, s.set.Position(fn.End()).Line-s.set.Position(fn.Pos()).Line+1)
			}
		}
	}
	slices.Sort(lengths)
	if len(lengths) < 1000 {
		t.Fatalf("only %d functions were found", len(lengths))
	}
	if at := lengths[len(lengths)*9/10]; at > mostFunctions {
		t.Errorf("one function in ten has more than %d lines; at most %d are meant", at, mostFunctions)
	}
}
