// Package placeholder fills in placeholders in texts, such as the contact's name. The language is Liquid, in which
// canned replies and integrations are written. Code between backticks stays as it is, and so does a text that is not
// valid Liquid.
//
// No text can keep the server busy: there are no loops, no captured text and no included files, and the output and all
// filters that lengthen it share one bound.
package placeholder

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/osteele/liquid/parser"
	"github.com/osteele/liquid/render"
	"github.com/osteele/liquid/tags"
)

// Values are the objects to which a text may refer, such as contact and agent, each with its fields.
type Values map[string]any

// maxBytes bounds the output of a text together with all intermediate output of its filters.
const maxBytes = 600_000

var errTooMuch = errors.New("the text grows without end")

// Template is a text with placeholders that has been read.
type Template struct {
	text string
	divided
	node render.Node
}

// Parse reads a text, in time proportional to its length. It returns nil for a text without placeholders, and for one
// that stays as it is: it is too long, has too many placeholders, leaves one open, or is not valid Liquid.
func Parse(text string) (t *Template) {
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") {
		return nil
	}
	d, ok := divide(text)
	if !ok {
		return nil
	}
	defer func() {
		if recover() != nil { // the library panics for some unexpected expressions
			t = nil
		}
	}()
	c := engine()
	node, err := c.Compile(d.source, parser.SourceLoc{})
	if err != nil {
		return nil
	}
	return &Template{text: text, divided: d, node: node}
}

// Fill returns the text with its placeholders filled in, or as it is where that fails.
func (t *Template) Fill(v Values) (filled string) {
	defer func() {
		if recover() != nil {
			filled = t.text
		}
	}()
	var out bounded
	if err := render.Render(t.node, &out, v, engine()); err != nil || !utf8.ValidString(out.String()) {
		return t.text
	}
	return t.restore(out.String())
}

// engine has the filters for texts. An unknown filter returns its input, as in Liquid.
func engine() render.Config {
	c := render.NewConfig()
	c.LaxFilters = true
	tags.AddStandardTags(&c)
	left := maxBytes
	grow := func(s string) (string, error) {
		if left -= len(s); left < 0 {
			return "", errTooMuch
		}
		return s, nil
	}
	// The input of a filter counts as well, because a filter reads all of it: a chain of thousands would take minutes.
	each := func(change func(string) string) func(string) (string, error) {
		return func(s string) (string, error) {
			s, err := grow(s)
			return change(s), err
		}
	}
	c.AddFilter("append", func(s, more string) (string, error) { return grow(s + more) })
	c.AddFilter("prepend", func(s, more string) (string, error) { return grow(more + s) })
	c.AddFilter("replace", func(s, old, with string) (string, error) {
		if _, err := grow(s); err != nil || strings.Count(s, old)*len(with) > left {
			return "", errTooMuch
		}
		return grow(strings.ReplaceAll(s, old, with))
	})
	c.AddFilter("remove", func(s, old string) (string, error) {
		s, err := grow(s)
		return strings.ReplaceAll(s, old, ""), err
	})
	c.AddFilter("capitalize", each(capitalize))
	c.AddFilter("upcase", each(strings.ToUpper))
	c.AddFilter("downcase", each(strings.ToLower))
	c.AddFilter("strip", each(strings.TrimSpace))
	c.AddFilter("size", func(s string) (int, error) {
		s, err := grow(s)
		return utf8.RuneCountInString(s), err
	})
	c.AddFilter("truncate", func(s string, n int) (string, error) {
		s, err := grow(s)
		return truncate(s, n), err
	})
	c.AddFilter("default", func(value, otherwise any) any {
		if value == nil || value == false || value == "" {
			return otherwise
		}
		return value
	})
	return c
}

func capitalize(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + strings.ToLower(string(r[1:]))
}

func truncate(s string, n int) string {
	r := []rune(s)
	if n < 3 || len(r) <= n {
		return s
	}
	return string(r[:n-3]) + "..."
}

// bounded is the output, up to the bound.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxBytes {
		return 0, errTooMuch
	}
	return b.Builder.Write(p)
}
