package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// callsOut are the names of the standard library that reach another server by themselves. Elsewhere than in
// internal/outbound they would pass by its guard, its deadlines and its limits.
func callsOut() map[string][]string {
	return map[string][]string{
		"net/http": {"DefaultClient", "DefaultTransport", "Client", "Transport", "Get", "Head", "Post", "PostForm"},
		"net": {
			"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "Resolver", "DefaultResolver",
			"LookupHost", "LookupIP", "LookupAddr", "LookupMX", "LookupTXT", "LookupCNAME", "LookupNS", "LookupSRV",
		},
		"crypto/tls":        {"Dial", "DialWithDialer", "Dialer"},
		"net/smtp":          {"Dial", "SendMail"},
		"net/http/httputil": {"ReverseProxy", "NewSingleHostReverseProxy"},
	}
}

// mayCallOut are the packages that reach servers in another way, each with its reason.
func mayCallOut() map[string]string {
	return map[string]string{
		"internal/outbound": "makes the clients",
		"db":                "connects to the database that the operator names",
		"cmd/bench":         "measures a server on this machine, and is no part of Parley",
		"web/api/apitest":   "is for tests only",
	}
}

// handedClients are the options of libraries that call other servers, with the field that takes what internal/outbound made.
// Without it they would make a client of their own.
func handedClients() map[string]string {
	return map[string]string{
		"github.com/minio/minio-go/v7 Options":          "Transport",
		"github.com/SherClockHolmes/webpush-go Options": "HTTPClient",
	}
}

func TestOnlyOutboundCallsOtherServers(t *testing.T) {
	t.Parallel()
	handed := 0
	defer func() {
		if handed < len(handedClients()) {
			t.Errorf("%d libraries get a client, want %d: is the list still right?", handed, len(handedClients()))
		}
	}()
	for _, f := range read(t).files {
		for _, options := range optionsOf(f) {
			if handed++; !options.has {
				t.Errorf("%s: the %s need the field %s", f.path, options.name, handedClients()[options.name])
			}
		}
		if _, ok := mayCallOut()[f.pkg]; ok {
			continue
		}
		for _, name := range outwardCalls(f.File) {
			t.Errorf("%s uses %s: servers elsewhere are called through internal/outbound", f.path, name)
		}
	}
}

func TestCallsToOtherServersAreFound(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		`import "net/http"; var _ = http.DefaultClient`:                                     "http.DefaultClient",
		`import web "net/http"; func f() { web.Get("http://a.example") }`:                   "web.Get",
		`import "net/http"; func f() { (&http.Client{}).Get("") }`:                          "http.Client",
		`import "net/http"; type t struct { client *http.Client }`:                          "",
		`import "net/http"; func f(c *http.Client, t http.RoundTripper) *http.Client`:       "",
		`import "net/http"; func f() { x := new(http.Client) }`:                             "http.Client",
		`import "net/http"; func f() { var x http.Client }`:                                 "http.Client",
		`import "net"; func f() { net.Dial("tcp", "a.example:1") }`:                         "net.Dial",
		`import "net"; func f() { var d net.Dialer }`:                                       "net.Dialer",
		`import "net/http"; func f() { http.NewRequest("GET", "", nil) }`:                   "",
		`import "net/url"; func f() { url.Parse("") }`:                                      "",
		`import "net/http"; func f(r *http.Request) { http.Error(nil, "", http.StatusOK) }`: "",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+code, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(outwardCalls(f), " "); got != want {
			t.Errorf("%s: found %q, want %q", code, got, want)
		}
	}
}

// outwardCalls are the uses of callsOut in a file. A pointer to a client is none: it is handed in, made by
// internal/outbound.
func outwardCalls(f *ast.File) (found []string) {
	packages := map[string][]string{}
	for _, spec := range f.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		names, ok := callsOut()[path]
		if !ok {
			continue
		}
		local := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			local = spec.Name.Name
		}
		packages[local] = names
	}
	handedIn := map[ast.Node]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			handedIn[n.X] = true
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			if ok && !handedIn[n] && slices.Contains(packages[pkg.Name], n.Sel.Name) {
				found = append(found, pkg.Name+"."+n.Sel.Name)
			}
		}
		return true
	})
	return found
}

type clientOptions struct {
	name string
	has  bool
}

// optionsOf are the literals of handedClients in a file, and whether each has its field.
func optionsOf(f file) (found []clientOptions) {
	ast.Inspect(f.File, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		of, ok := literal.Type.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		for name, field := range handedClients() {
			path, kind, _ := strings.Cut(name, " ")
			if of.Sel.Name != kind || !slices.Contains(f.imports(), path) || !strings.Contains(path, nameOf(of.X)) {
				continue
			}
			found = append(found, clientOptions{name, slices.ContainsFunc(literal.Elts, func(e ast.Expr) bool {
				pair, ok := e.(*ast.KeyValueExpr)
				return ok && nameOf(pair.Key) == field
			})})
		}
		return true
	})
	return found
}
