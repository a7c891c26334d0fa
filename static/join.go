package static

import (
	"bytes"
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
	"rail", "places", "list", "thread", "message", "composer", "context",
	"search", "contact", "report", "door", "narrow", "utility",
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
	imports = regexp.MustCompile(`(?m)^import .* from '\./([\w-]+\.js)';\n`)
	exports = regexp.MustCompile(`(?m)^export `)
)

// script joins a module and all that it imports into one module, each after what
// it needs. The modules keep to one form of import, `import { a } from './b.js';`,
// and to names of their own at the top level, which the tests hold them to.
func script(from fs.FS, entry string) []byte {
	var b bytes.Buffer
	done := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if done[name] {
			return
		}
		done[name] = true
		source := join(from, "js/"+name)
		for _, m := range imports.FindAllSubmatch(source, -1) {
			add(string(m[1]))
		}
		source = imports.ReplaceAll(source, nil)
		b.WriteString("\n// " + strings.TrimSuffix(name, ".js") + "\n")
		b.Write(exports.ReplaceAll(source, nil))
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
