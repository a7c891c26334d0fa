package desk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// noVerbs are the methods of a Tx that change nothing, or not by themselves.
func noVerbs() []string {
	return []string{"Account", "Conversation", "Enqueue", "Held", "Mails", "Notified", "Queries"}
}

func TestEachVerbHasATest(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	verbs, tests := map[string]string{}, map[string]string{} // name → file
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			fn, ok := d.(*ast.FuncDecl)
			switch {
			case !ok:
			case strings.HasSuffix(file, "_test.go"):
				if verb, ok := strings.CutPrefix(fn.Name.Name, "Test"); ok && calls(fn, verb) {
					tests[verb] = file
				}
			case isVerb(fn) && !slices.Contains(noVerbs(), fn.Name.Name):
				verbs[fn.Name.Name] = file
			}
		}
	}
	if len(verbs) < 60 {
		t.Fatalf("only %d verbs are found", len(verbs))
	}
	rows := rights()
	for verb, file := range verbs {
		if tests[verb] == "" {
			t.Errorf("%s (%s) has no Test%s that calls it", verb, file, verb)
		}
		if rows[verb].call == nil {
			t.Errorf("%s (%s) has no row in the table of rights", verb, file)
		}
	}
	for verb := range rows {
		if verbs[verb] == "" {
			t.Errorf("the table of rights has a row for %s, which is no verb", verb)
		}
	}
}

// isVerb reports whether fn is an exported method of *Tx.
func isVerb(fn *ast.FuncDecl) bool {
	if fn.Recv == nil || !fn.Name.IsExported() {
		return false
	}
	star, ok := fn.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := star.X.(*ast.Ident)
	return ok && name.Name == "Tx"
}

// calls reports whether fn calls a method of this name.
func calls(fn *ast.FuncDecl, method string) (found bool) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok {
				found = found || s.Sel.Name == method
			}
		}
		return !found
	})
	return found
}
