package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// The rules themselves: each line is what they would be asked about.
func TestMutable(t *testing.T) {
	t.Parallel()
	for code, breaks := range map[string]bool{
		`var ErrGone = errors.New("gone")`:                false,
		`var word = regexp.MustCompile("a")`:              false,
		`var table = map[string]func(){"a": f}`:           false,
		`var _ io.Reader = (*x)(nil)`:                     false,
		`var buffers = sync.Pool{New: f}`:                 false,
		"//go:embed *.sql\nvar files embed.FS":            false,
		`var cache = make(map[string]int)`:                true,
		`var count int`:                                   true,
		`var mu = sync.Mutex{}`:                           true,
		`var state = &App{}`:                              true,
		`var hits = prometheus.NewCounter(options)`:       true,
		"var n = 1\nfunc f() { n++ }":                     true,
		"var m = map[int]int{}\nfunc f() { m[1] = 2 }":    true,
		"var m = map[int]int{}\nfunc f() { delete(m,1) }": true,
		"var n = 1\nfunc f() { n := 2; n = 3; use(n) }":   false,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n\n"+code, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		got, names := false, map[string]bool{}
		for _, d := range f.Decls {
			if group, ok := d.(*ast.GenDecl); ok && group.Tok == token.VAR {
				v := group.Specs[0].(*ast.ValueSpec)
				got = got || mutable(group, v) != ""
				names[v.Names[0].Name] = true
			}
		}
		got = got || len(changes(f, names)) > 0
		if got != breaks {
			t.Errorf("%s: wrong is %v, want %v", code, got, breaks)
		}
	}
}
