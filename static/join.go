package static

import (
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// layers is the order in which the parts of the stylesheet follow each other.
// Cascade layers settle what wins, so the order matters only within `components`,
// where `narrow` has the last word.
var layers = [...]string{
	"reset", "tokens", "base", "layout",
	"button", "field", "avatar", "tag", "menu", "dialog", "toast", "table", "panel", "empty",
	"rail", "sidebar", "list", "thread", "message", "composer", "context",
	"search", "notification", "contact", "reference", "signin", "survey", "narrow", "utility",
}

// stylesheet joins the parts and leaves out comments and indentation.
func stylesheet(from fs.FS) []byte {
	var b bytes.Buffer
	b.WriteString("@layer reset, tokens, base, layout, components, utilities;\n")
	for _, part := range layers {
		b.Write(comment.ReplaceAll(join(from, "css/"+part+".css"), nil))
	}
	return margin.ReplaceAll(b.Bytes(), []byte("\n"))
}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	margin  = regexp.MustCompile(`\s*\n\s*`)
	imports = regexp.MustCompile(`(?m)^import (\{.*\}) from '\./([\w-]+)\.js';$`)
	remarks = regexp.MustCompile(`(?m)^\s*//.*\n`)
	exports = regexp.MustCompile(`(?m)^export ((?:async )?(?:function|const) (\w+))`)
)

// script joins a module and all that it imports into one file, each after what it
// needs and in a scope of its own:
//
//	const $dom = (() => { … return { on, say }; })();
//	const $keys = (() => { const { on } = $dom; … })();
//
// The modules keep to one form of import, `import { a } from './b.js';`, and export
// functions and constants where they are declared; the tests hold them to it.
func script(from fs.FS, entry string) []byte {
	var b bytes.Buffer
	done := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if done[name] {
			return
		}
		done[name] = true
		source := join(from, "js/"+name+".js")
		for _, m := range imports.FindAllSubmatch(source, -1) {
			add(string(m[2]))
		}
		var names []string
		for _, m := range exports.FindAllSubmatch(source, -1) {
			names = append(names, string(m[2]))
		}
		source = remarks.ReplaceAll(source, nil)
		source = imports.ReplaceAll(source, []byte("const $1 = $$$2;"))
		source = exports.ReplaceAll(source, []byte("$1"))
		fmt.Fprintf(&b, "const $%s = (() => {\n%s\nreturn { %s };\n})();\n", name, source, strings.Join(names, ", "))
	}
	add(entry)
	return b.Bytes()
}

// join puts files one after the other. They are embedded, so that a missing one is
// a slip that the first test finds.
func join(from fs.FS, names ...string) []byte {
	var b bytes.Buffer
	for _, name := range names {
		content, err := fs.ReadFile(from, name)
		if err != nil {
			panic("static: " + err.Error())
		}
		b.Write(content)
		b.WriteByte('\n')
	}
	return b.Bytes()
}
