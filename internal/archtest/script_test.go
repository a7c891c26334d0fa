package archtest

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Pages, script and stylesheet know each other by names alone: data attributes, ids and classes. TestNamesMeet fails for
// a name that one side uses and no other side has; each exception says why it is none.
func TestNamesMeet(t *testing.T) {
	t.Parallel()
	root := read(t).root
	page, js, css := pageNames(t, root), scriptNames(t, root), styleNames(t, root)
	for _, c := range []struct {
		what       string
		used, made names
		except     map[string]string
	}{
		{"the script reads the attribute", js.readsData, join(page.data, js.writesData), nil},
		{"the stylesheet reads the attribute", css.data, join(page.data, js.writesData), nil},
		{"a page writes the attribute", page.data, join(js.readsData, css.data), nil},
		{"the script writes the attribute", js.writesData, join(js.readsData, css.data), nil},
		{"the script looks for the id", js.ids, join(page.ids, js.writesIDs), nil},
		{"the stylesheet looks for the id", css.ids, join(page.ids, js.writesIDs), nil},
		{"a page has the id", page.ownIDs, idsInUse(t, root, page.ownIDs), nil},
		{"a page points to the id", page.idRefs, join(page.ids, js.writesIDs), nil},
		{"the script looks for the class", js.classes, join(page.classes, js.writesClasses), nil},
		{"the stylesheet looks for the class", css.classes, join(page.classes, js.writesClasses), nil},
	} {
		for _, name := range slices.Sorted(maps.Keys(c.used)) {
			if c.made[name] == "" && c.except[name] == "" {
				t.Errorf("%s %s (%s), and nothing else knows it", c.what, name, c.used[name])
			}
		}
		for name := range c.except {
			if c.used[name] == "" || c.made[name] != "" {
				t.Errorf("%s %s: the exception is none", c.what, name)
			}
		}
	}
}

// names are where each name was found first.
type names map[string]string

func (n names) add(name, where string) {
	if n[name] == "" {
		n[name] = where
	}
}

func join(all ...names) names {
	joined := names{}
	for _, each := range all {
		maps.Copy(joined, each)
	}
	return joined
}

// page is what the templates and the Go code of views write. ownIDs are the ids that nothing but themselves needs.
type page struct{ data, ids, ownIDs, idRefs, classes names }

var (
	dataName     = regexp.MustCompile(`\bdata-[a-z][a-z0-9-]*[a-z0-9]\b`)
	classWritten = regexp.MustCompile(`\bclass=("[^"]*"|\{[^}]*\})|"class": *"[^"]*"|ui\.Tabs\("[^"]*"`)
	quoted       = regexp.MustCompile("\"[^\"\n]*\"|`[^`]*`|'[^'\n]*'")
	className    = regexp.MustCompile(`[A-Za-z][\w-]*`)
	idWritten    = regexp.MustCompile(`\bid="([a-z][\w-]*)"|"id": *"([a-z][\w-]*)"`)
	idOfField    = regexp.MustCompile(`\bID: *"([a-z][\w-]*)"`)
	fieldName    = regexp.MustCompile(`\bName: *"([a-z][\w-]*)"`)
	idPointed    = regexp.MustCompile(
		`\s(?:popovertarget|commandfor|aria-labelledby|aria-controls|form|for)="([a-z][\w-]*)"|href="#([a-z][\w-]*)"|hx-target="#([\w-]+)"`,
	)
	goComment = regexp.MustCompile(`(?m)(^|\s)//.*$`)
)

func pageNames(t *testing.T, root string) page {
	p := page{names{}, names{}, names{}, names{}, names{}}
	eachFile(t, root, "views", func(path, text string) {
		if strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "gallery") {
			return
		}
		text = goComment.ReplaceAllString(text, "")
		for _, name := range dataName.FindAllString(text, -1) {
			p.data.add(name, path)
		}
		for _, m := range classWritten.FindAllString(text, -1) {
			for _, q := range quoted.FindAllString(m, -1) {
				for _, class := range className.FindAllString(q, -1) {
					p.classes.add(class, path)
				}
			}
		}
		addGroups(p.ids, idWritten, text, path)
		addGroups(p.ownIDs, idWritten, text, path)
		addGroups(p.ids, idOfField, text, path)
		for _, m := range fieldName.FindAllStringSubmatch(text, -1) {
			p.ids.add("f-"+m[1], path) // as ui.Input makes it
		}
		addGroups(p.idRefs, idPointed, text, path)
	})
	return p
}

// idsInUse are the ids that something else names: another attribute of the page, a handler that sends the part alone, the
// script, the stylesheet or a test.
func idsInUse(t *testing.T, root string, ids names) names {
	var text strings.Builder
	for _, dir := range []string{"views", "web", "static/js", "static/css", "cmd/parley"} {
		eachFile(t, root, dir, func(path, content string) {
			if !strings.HasSuffix(path, "_templ.go") && !strings.HasPrefix(path, "web/api/") && !strings.HasSuffix(path, ".md") {
				text.WriteString(content)
			}
		})
	}
	all, used := text.String(), names{}
	for id := range ids {
		named := regexp.MustCompile("[#\"'` ]" + regexp.QuoteMeta(id) + "[\"'` )?.\\[]")
		if len(named.FindAllStringIndex(all, 2)) == 2 {
			used.add(id, id)
		}
	}
	return used
}

// script is what the script reads, looks for, and puts into the page itself.
type script struct{ readsData, writesData, ids, writesIDs, classes, writesClasses names }

var (
	jsString   = regexp.MustCompile("'(?:[^'\\\\\n]|\\\\.)*'|`[^`]*`")
	inSelector = regexp.MustCompile(`\[data-[a-z-]+`)
	jsDataset  = regexp.MustCompile(`dataset\.(\w+)( [+-]?= )?`)
	jsInData   = regexp.MustCompile(`'(\w+)' in \w+\.dataset`)
	jsDatasets = regexp.MustCompile(`Object\.assign\(\w+\.dataset, \{([^}]*)\}`)
	jsAttr     = regexp.MustCompile(`\b(has|get|set|toggle|remove)Attribute\('(data-[a-z-]+)'`)
	jsAttrList = regexp.MustCompile(`\['(data-[a-z-]+)'|name === '(data-[a-z-]+)'`)
	jsNode     = regexp.MustCompile(`'(data-[a-z-]+)': `)
	jsSelector = regexp.MustCompile(
		"(?:querySelector(?:All)?|closest|matches)\\??\\.?\\(\\s*('[^']*'|`[^`]*`)|within\\(\\w+, ('[^']*')|" +
			"\\bon\\('\\w+', ('[^']*'|`[^`]*`)|const (?:held|forms) = ('[^']*')",
	)
	jsPlace    = regexp.MustCompile(`\$\{[^}]*\}`)
	jsID       = regexp.MustCompile(`getElementById\('([\w-]+)'\)`)
	jsWritesID = regexp.MustCompile(`\.id = '([\w-]+)'|\bid: '([\w-]+)'`)
	jsClass    = regexp.MustCompile(`className = '([^']*)'|class: '([^']*)'|classList\.toggle\('([^']*)'|make\('\w+', '([^']*)'`)
	classIn    = regexp.MustCompile(`\.([a-z][\w-]*)`)
	idIn       = regexp.MustCompile(`#([a-z][\w-]*)`)
	attribute  = regexp.MustCompile(`\[[^\]]*\]`)
	camel      = regexp.MustCompile(`[A-Z]`)
)

// dynamic are the names that the script puts together: no text shows them whole.
var dynamic = map[string][]string{
	"static/js/composer.js": {"data-label-reply", "data-label-note"},
	"static/js/suggest.js":  {"data-canned-url", "data-mention-url"},
	"static/js/theme.js":    {"data-theme-set", "data-density-set", "data-keys-set"},
}

func dataOf(property string) string {
	return "data-" + camel.ReplaceAllStringFunc(property, func(s string) string { return "-" + strings.ToLower(s) })
}

func scriptNames(t *testing.T, root string) script {
	s := script{names{}, names{}, names{}, names{}, names{}, names{}}
	eachFile(t, root, "static/js", func(path, text string) {
		if !strings.HasSuffix(path, ".js") {
			return
		}
		for _, name := range dynamic[path] {
			s.readsData.add(name, path)
		}
		text = goComment.ReplaceAllString(text, "")
		s.attributes(path, text)
		for _, m := range jsSelector.FindAllStringSubmatch(text, -1) {
			selector := attribute.ReplaceAllString(jsPlace.ReplaceAllString(strings.Join(m[1:], ""), ""), "")
			addGroups(s.classes, classIn, selector, path)
			addGroups(s.ids, idIn, selector, path)
		}
		addGroups(s.ids, jsID, text, path)
		addGroups(s.writesIDs, jsWritesID, text, path)
		for _, m := range jsClass.FindAllStringSubmatch(text, -1) {
			for _, class := range strings.Fields(strings.Join(m[1:], "")) {
				s.writesClasses.add(class, path)
			}
		}
	})
	s.writesData.add("data-theme", "theme.js")
	s.writesData.add("data-density", "theme.js")
	s.writesData.add("data-keys", "theme.js")
	s.writesData.add("data-context", "dialog.js")
	return s
}

// attributes sorts the data attributes of a module into what it reads and what it writes.
func (s script) attributes(path, text string) {
	for _, m := range jsString.FindAllString(text, -1) {
		for _, name := range inSelector.FindAllString(m, -1) {
			s.readsData.add(strings.TrimSuffix(name[1:], "-"), path)
		}
	}
	for _, m := range jsDataset.FindAllStringSubmatch(text, -1) {
		if m[2] != "" {
			s.writesData.add(dataOf(m[1]), path)
		} else {
			s.readsData.add(dataOf(m[1]), path)
		}
	}
	for _, m := range jsDatasets.FindAllStringSubmatch(text, -1) {
		for _, property := range strings.Split(m[1], ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(property), ":")
			s.writesData.add(dataOf(name), path)
		}
	}
	for _, m := range jsAttr.FindAllStringSubmatch(text, -1) {
		switch m[1] {
		case "has", "get":
			s.readsData.add(m[2], path)
		case "set", "toggle":
			s.writesData.add(m[2], path)
		}
	}
	for _, m := range jsInData.FindAllStringSubmatch(text, -1) {
		s.readsData.add(dataOf(m[1]), path)
	}
	addGroups(s.writesData, jsNode, text, path)
	addGroups(s.readsData, jsAttrList, text, path)
}

// style is what the stylesheet looks for.
type style struct{ data, ids, classes names }

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssRule    = regexp.MustCompile(`([^{};]*)\{`)
	cssAttr    = regexp.MustCompile(`\[(data-[a-z-]+)|attr\((data-[a-z-]+)`)
)

func styleNames(t *testing.T, root string) style {
	s := style{names{}, names{}, names{}}
	eachFile(t, root, "static/css", func(path, text string) {
		text = cssComment.ReplaceAllString(text, "")
		addGroups(s.data, cssAttr, text, path)
		for _, m := range cssRule.FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(strings.TrimSpace(m[1]), "@") {
				continue
			}
			selector := attribute.ReplaceAllString(m[1], "")
			addGroups(s.classes, classIn, selector, path)
			addGroups(s.ids, idIn, selector, path)
		}
	})
	return s
}

// addGroups adds the one group of each match that is not empty.
func addGroups(to names, expression *regexp.Regexp, text, path string) {
	for _, m := range expression.FindAllStringSubmatch(text, -1) {
		for _, group := range m[1:] {
			if group != "" {
				to.add(group, path)
			}
		}
	}
}

func eachFile(t *testing.T, root, dir string, fn func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		fn(filepath.ToSlash(rel), string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
