package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestOnlyChannelAsksForTheKind: what is true of a kind of inbox is a field of its row in internal/channel. Elsewhere
// nobody compares kinds, switches over them or keeps a map by them.
func TestOnlyChannelAsksForTheKind(t *testing.T) {
	t.Parallel()
	s := read(t)
	for _, f := range s.files {
		if f.pkg == "db" || f.pkg == "internal/channel" {
			continue
		}
		for _, n := range kindQuestions(f.File) {
			t.Errorf("%s: ask channel.Of(kind) for what you need to know of it", s.at(n))
		}
	}
}

func TestQuestionsForTheKindAreFound(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]int{
		"switch k { case db.InboxKindApi, db.InboxKindSms: }":     2,
		"use(k == db.InboxKindSms || db.InboxKindSms != k)":       2,
		"use(map[db.InboxKind]int{db.InboxKindSms: 1})":           1,
		"use(desk.NewInbox{Kind: db.InboxKindApi}, db.InboxKind)": 0,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n\nfunc f() { "+code+" }", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(kindQuestions(f)); got != want {
			t.Errorf("%s: %d questions, want %d", code, got, want)
		}
	}
}

// kindQuestions are the places where code asks which kind of inbox it has before it.
func kindQuestions(f *ast.File) (found []ast.Node) {
	ask := func(e ast.Expr) {
		if sel, ok := e.(*ast.SelectorExpr); ok && nameOf(sel.X) == "db" && strings.HasPrefix(sel.Sel.Name, "InboxKind") &&
			sel.Sel.Name != "InboxKind" {
			found = append(found, e)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CaseClause:
			for _, e := range n.List {
				ask(e)
			}
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				ask(n.X)
				ask(n.Y)
			}
		case *ast.CompositeLit:
			if _, isMap := n.Type.(*ast.MapType); isMap {
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						ask(kv.Key)
					}
				}
			}
		}
		return true
	})
	return found
}
