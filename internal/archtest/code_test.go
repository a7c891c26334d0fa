package archtest

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestViewsHoldNoQueries(t *testing.T) {
	t.Parallel()
	s := read(t)
	for _, f := range s.files {
		if f.pkg != "views" && !strings.HasPrefix(f.pkg, "views/") {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && nameOf(sel.X) == "db" && (sel.Sel.Name == "Queries" || sel.Sel.Name == "New") {
				t.Errorf("%s: a component takes data, never a service: db.%s", s.at(sel), sel.Sel.Name)
			}
			return true
		})
	}
}

// TestPagesKnowPgxByOneError: rows reach web through queries, so all that it needs of the
// driver is the error for no row.
func TestPagesKnowPgxByOneError(t *testing.T) {
	t.Parallel()
	s := read(t)
	for _, f := range s.files {
		if f.pkg != "web" {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && nameOf(sel.X) == "pgx" && sel.Sel.Name != "ErrNoRows" {
				t.Errorf("%s: web must not use pgx.%s", s.at(sel), sel.Sel.Name)
			}
			return true
		})
	}
}

// TestOnlyTheDeskWrites: what others must hear of happens in a verb. Calls are recognised by
// the query's name on a value that is called as the house calls its queries.
func TestOnlyTheDeskWrites(t *testing.T) {
	t.Parallel()
	s := read(t)
	writers := s.writers(t)
	allowed := []string{"internal/desk", "internal/dbtest", "internal/seed"}
	// The sequencer gives events their numbers after the verbs' commit.
	// A file that a macro or a rule sends, or that waits for its message, has none: keeping and dropping it changes nothing
	// that anybody else sees.
	exceptions := []string{"internal/react NumberEvents", "internal/rule KeepAttachments", "web DeleteUpload"}
	for _, f := range s.files {
		if f.generated || slices.Contains(allowed, f.pkg) || strings.HasPrefix(f.path, "cmd/parley/seed") {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if ok && writers[sel.Sel.Name] && isQueries(sel.X) && !slices.Contains(exceptions, f.pkg+" "+sel.Sel.Name) {
				t.Errorf("%s: %s writes what others must hear of: use a verb of internal/desk", s.at(call), sel.Sel.Name)
			}
			return true
		})
	}
}

func TestWritersAreFound(t *testing.T) {
	t.Parallel()
	s := read(t)
	writers := s.writers(t)
	if !writers["InsertMessage"] && !writers["InsertConversation"] {
		t.Errorf("no query is known to write messages or conversations: %v", writers)
	}
	if writers["InsertAttachment"] {
		t.Error("an upload is not a write that others must hear of")
	}
}

// isQueries recognises q, a.q, h.queries, db.New(pool) and t.Queries().
func isQueries(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "q" || e.Name == "queries"
	case *ast.SelectorExpr:
		return isQueries(e.Sel)
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		return ok && (sel.Sel.Name == "New" && nameOf(sel.X) == "db" || sel.Sel.Name == "Queries" || sel.Sel.Name == "WithTx")
	}
	return false
}

func nameOf(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

func TestNoInit(t *testing.T) {
	t.Parallel()
	s := read(t)
	for _, f := range s.files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: no init(): serve.go wires what has to be wired", s.at(fn))
			}
		}
	}
}

// TestNoMutablePackageVariable allows what is decided when the program is compiled or starts
// and never changes: errors, regular expressions, embedded files, tables, pools of buffers.
func TestNoMutablePackageVariable(t *testing.T) {
	t.Parallel()
	s := read(t)
	testing := []string{"internal/dbtest"} // imported by tests only
	byPackage := map[string][]file{}
	for _, f := range s.files {
		if !slices.Contains(testing, f.pkg) {
			byPackage[f.pkg] = append(byPackage[f.pkg], f)
		}
	}
	for _, files := range byPackage {
		variables := map[string]bool{}
		for _, f := range files {
			for _, d := range f.Decls {
				group, ok := d.(*ast.GenDecl)
				if !ok || group.Tok != token.VAR || f.generated {
					continue
				}
				for _, spec := range group.Specs {
					v := spec.(*ast.ValueSpec)
					if why := mutable(group, v); why != "" {
						t.Errorf("%s: package variable %s: %s", s.at(v), v.Names[0].Name, why)
					}
					for _, name := range v.Names {
						variables[name.Name] = true
					}
				}
			}
		}
		for _, f := range files {
			for _, n := range changes(f.File, variables) {
				t.Errorf("%s: changes a package variable", s.at(n))
			}
		}
	}
}

// mutable says why a declaration makes state, "" if it does not.
func mutable(group *ast.GenDecl, v *ast.ValueSpec) string {
	if v.Names[0].Name == "_" || embedded(group.Doc) || embedded(v.Doc) {
		return ""
	}
	if len(v.Values) == 0 {
		return "it has no value, so it is there to be changed"
	}
	for _, value := range v.Values {
		switch value := value.(type) {
		case *ast.UnaryExpr:
			if value.Op == token.AND {
				return "a pointer to something that can be changed"
			}
		case *ast.CallExpr:
			if name := nameOf(value.Fun); name == "make" || name == "new" {
				return name + " makes something empty, to be filled"
			}
			if sel, ok := value.Fun.(*ast.SelectorExpr); ok && (nameOf(sel.X) == "prometheus" || nameOf(sel.X) == "promauto") {
				return "a metric belongs to what counts it"
			}
		case *ast.CompositeLit:
			sel, ok := value.Type.(*ast.SelectorExpr)
			if ok && (nameOf(sel.X) == "sync" && sel.Sel.Name != "Pool" || nameOf(sel.X) == "atomic") {
				return "a lock or a counter guards state"
			}
		}
	}
	return ""
}

func embedded(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	return slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// changes finds assignments to the named variables, or into them. A local variable of the
// same name hides the package's, so functions that declare one are judged leniently.
func changes(f *ast.File, variables map[string]bool) (found []ast.Node) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		local := declared(fn)
		hit := func(e ast.Expr) bool {
			name := rootOf(e)
			return variables[name] && !local[name]
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE && slices.ContainsFunc(n.Lhs, hit) {
					found = append(found, n)
				}
			case *ast.IncDecStmt:
				if hit(n.X) {
					found = append(found, n)
				}
			case *ast.CallExpr:
				if name := nameOf(n.Fun); (name == "delete" || name == "clear") && len(n.Args) > 0 && hit(n.Args[0]) {
					found = append(found, n)
				}
			}
			return true
		})
	}
	return found
}

// rootOf is x in x, x.field, x[i] and *x.
func rootOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return rootOf(e.X)
	case *ast.IndexExpr:
		return rootOf(e.X)
	case *ast.StarExpr:
		return rootOf(e.X)
	}
	return ""
}

// declared are the names that a function declares: parameters, results, variables.
func declared(fn *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, name := range n.Names {
				names[name.Name] = true
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					names[nameOf(e)] = true
				}
			}
		case *ast.RangeStmt:
			if n.Key != nil {
				names[nameOf(n.Key)] = true
			}
			if n.Value != nil {
				names[nameOf(n.Value)] = true
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				names[name.Name] = true
			}
		}
		return true
	})
	return names
}

// TestPackageComments wants the comment of a package in the file of its name or in doc.go, where a reader looks first.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	documented := map[string]string{}
	all := read(t)
	for _, f := range all.files {
		if f.Doc == nil || f.generated {
			continue
		}
		name := filepath.Base(f.path)
		if name != "doc.go" && name != f.Name.Name+".go" && name != "main.go" {
			t.Errorf("the comment of package %s stands in %s", f.pkg, f.path)
		}
		if other := documented[f.pkg]; other != "" {
			t.Errorf("package %s has comments in %s and %s", f.pkg, other, f.path)
		}
		documented[f.pkg] = f.path
	}
	for _, f := range all.files {
		if documented[f.pkg] == "" {
			t.Errorf("package %s has no comment", f.pkg)
			documented[f.pkg] = f.path
		}
	}
}
