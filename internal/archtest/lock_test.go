package archtest

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// TestPlaceholdersAreReadBeforeTheLock: no conversation is locked while a text is parsed. In each function, the calls
// that parse placeholders come before those that lock a conversation or take the account's next number.
func TestPlaceholdersAreReadBeforeTheLock(t *testing.T) {
	t.Parallel()
	reads := []string{"desk.ParseTemplate", "ParseTemplate", "rule.Actions", "Actions", "h.newMessage", "templateMessage", "in.message"}
	locks := []string{"t.Conversation", "t.lock", "a.ChangeConversation", "t.Open", "h.openConversation"}
	s, found := read(t), 0
	for _, f := range s.files {
		for _, d := range f.Decls {
			locked := false
			ast.Inspect(d, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || called(call) == "in.message" && len(call.Args) > 0 { // a sentence for a toast
					return true
				}
				switch name := called(call); {
				case slices.Contains(locks, name):
					locked = true
				case slices.Contains(reads, name) && strings.Contains(f.pkg, "rule") == (name == "Actions"):
					found++
					if locked {
						t.Errorf("%s: %s comes after what locks", s.at(call), name)
					}
				}
				return true
			})
		}
	}
	if found < 10 {
		t.Errorf("only %d calls are known to read placeholders", found)
	}
}

// called is the name of what a call calls, with the last word of what stands before it: x in both x.Name and y.x.Name.
func called(call *ast.CallExpr) string {
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		return fn.Name
	case *ast.SelectorExpr:
		on := nameOf(fn.X)
		if inner, ok := fn.X.(*ast.SelectorExpr); ok {
			on = inner.Sel.Name
		}
		return on + "." + fn.Sel.Name
	}
	return ""
}
