package main

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web"
)

// capability is one thing that the interface offers. The journey is the test that does it in a real browser; when it
// ends, its browsers must have asked for each route and pressed each key.
type capability struct {
	does    string
	journey string
	routes  []string
	keys    []string
}

// routesWithoutPage are those that no page leads to.
var routesWithoutPage = map[string]string{
	"HEAD /static/*":                "for proxies",
	"GET /favicon.ico":              "for browsers that look there by themselves: pages name the icon",
	"GET /avatars/:hash/:name":      "the address that the APIs give",
	"GET /.well-known/security.txt": "for who looks for where to report a vulnerability",
}

// TestCapabilities fails for a route, a key or a button of the pages that no journey uses, and for a journey that is not
// there.
func TestCapabilities(t *testing.T) {
	t.Parallel()
	offered, tests := pageRoutes(), testNames(t)
	covered, keys := map[string]bool{}, map[string]bool{}
	for _, c := range capabilities() {
		if !tests[c.journey] {
			t.Errorf("%s: there is no journey %q", c.does, c.journey)
		}
		for _, route := range c.routes {
			covered[route] = true
			if !offered[route] {
				t.Errorf("%s: there is no route %s", c.does, route)
			}
		}
		for _, key := range c.keys {
			keys[key] = true
		}
	}
	for route := range offered {
		if !covered[route] && routesWithoutPage[route] == "" {
			t.Errorf("%s: no capability names this route", route)
		}
	}
	for key, where := range pageKeys(t) {
		if !keys[key] {
			t.Errorf("%s: no capability names the key %q", where, key)
		}
	}
	pressed := pressedNames(t)
	for label, where := range buttonLabels(t) {
		if !slices.ContainsFunc(pressed, func(name string) bool { return strings.HasPrefix(name, label) }) {
			t.Errorf("%s: no journey presses %q", where, label)
		}
	}
}

// keepsItsWord wants a test that has ended to have done what the capabilities say of it.
func (f fixture) keepsItsWord() {
	if f.t.Failed() {
		return
	}
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	for _, c := range capabilities() {
		if c.journey != f.t.Name() {
			continue
		}
		for _, route := range c.routes {
			if !slices.ContainsFunc(f.log.asked, matcher(route).MatchString) {
				f.t.Errorf("%s: the browser did not ask for %s", c.does, route)
			}
		}
		for _, key := range c.keys {
			if !slices.Contains(f.log.pressed, key) {
				f.t.Errorf("%s: the key %q was not pressed", c.does, key)
			}
		}
	}
}

// matcher matches the requests for a route.
func matcher(route string) *regexp.Regexp {
	pattern := regexp.MustCompile(`:\w+`).ReplaceAllString(regexp.QuoteMeta(route), `[^/]+`)
	return regexp.MustCompile("^" + strings.ReplaceAll(pattern, `\*`, ".*") + "$")
}

// pageRoutes are the routes of the pages, with those of the API's reference.
func pageRoutes() map[string]bool {
	e := echo.New()
	web.New(web.Config{}).Routes(e)
	all := map[string]bool{"GET " + link.Docs: true, "GET " + link.Reference("chatwoot"): true, "GET " + link.OpenAPI("chatwoot"): true}
	for _, r := range e.Routes() {
		if r.Method != "echo_route_not_found" {
			all[r.Method+" "+r.Path] = true
		}
	}
	return all
}

var (
	keyWritten = regexp.MustCompile(
		`data-key(?:-row)?="([^"]+)"|"data-key": "([^"]+)"|Key: "([^"]+)"|"(g [a-z])"|modeTab\(.*, "([a-z])"\)|Picker\(.*\}, "([a-z])"\)`,
	)
	keyBound = regexp.MustCompile(`bind\('([^']+)'`)
	label    = regexp.MustCompile(`ui\.(?:Button|IconButton|ButtonLink|IconLink|MenuItem|MenuButton|Confirm)\(.*Label: "([^"]+)"`)
)

// pageKeys are the keys that pages give to their buttons and that the script gives to itself, with where.
func pageKeys(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	eachSource(t, func(path, text string) {
		for _, m := range append(keyWritten.FindAllStringSubmatch(text, -1), keyBound.FindAllStringSubmatch(text, -1)...) {
			key := strings.Join(m[1:], "")
			if unquoted, err := strconv.Unquote(`"` + key + `"`); err == nil {
				key = unquoted
			}
			if !strings.Contains(key, "$") { // what the script looks for
				found[key] = path
			}
		}
	})
	return found
}

// buttonLabels are the words on buttons and on links that look like one, with where.
func buttonLabels(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	eachSource(t, func(path, text string) {
		for _, m := range label.FindAllStringSubmatch(text, -1) {
			found[m[1]] = path
		}
	})
	return found
}

// eachSource reads the templates and the modules of the script.
func eachSource(t *testing.T, fn func(path, text string)) {
	t.Helper()
	for _, dir := range []string{"../../views", "../../static/js"} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			ext := filepath.Ext(path)
			if err != nil || entry.IsDir() || ext != ".templ" && ext != ".js" || strings.Contains(path, "gallery") {
				return err
			}
			text, err := os.ReadFile(path)
			fn(path, string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// testNames are the tests of this package, and the journeys of TestJourneys.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for name := range journeys() {
		all["TestJourneys/"+name] = true
	}
	eachTestFile(t, func(file *ast.File) {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				all[f.Name.Name] = true
			}
		}
	})
	return all
}

// pressedNames are the names that journeys press.
func pressedNames(t *testing.T) (all []string) {
	t.Helper()
	eachTestFile(t, func(file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if method, ok := call.Fun.(*ast.SelectorExpr); !ok || method.Sel.Name != "press" {
				return true
			}
			ast.Inspect(call.Args[1], func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && text.Kind == gotoken.STRING {
					if name, err := strconv.Unquote(text.Value); err == nil {
						all = append(all, name)
					}
				}
				return true
			})
			return true
		})
	})
	return all
}

func eachTestFile(t *testing.T, fn func(*ast.File)) {
	t.Helper()
	paths, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		fn(file)
	}
}
