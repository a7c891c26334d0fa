// Package placeholder fills in what stands for a customer's name and the like in a text. The language is Liquid, because
// canned replies and integrations are written in it. Code between backticks is left alone, and a text that is no good
// Liquid is left as it is.
//
// Nobody's text may keep the server busy: there are no loops, no pieces that can be shown twice and no files to include,
// the filters that lengthen share a bound, and so does what comes out.
package placeholder

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/osteele/liquid/parser"
	"github.com/osteele/liquid/render"
	"github.com/osteele/liquid/tags"
)

// Values are what a text may refer to: contact, agent and so on, each with its own.
type Values map[string]any

// maxBytes bounds what comes out, and all that the filters of one text make on the way.
const maxBytes = 600_000

var errTooMuch = errors.New("the text grows without end")

// Fill fills in a text. It costs time in proportion to the text: one that is too long, has too many placeholders, or one
// that is not closed, is returned as it is before the library sees it.
func Fill(text string, v Values) (filled string) {
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") {
		return text
	}
	t, ok := divide(text)
	if !ok {
		return text
	}
	defer func() {
		if recover() != nil { // the library's, for an expression that it did not expect
			filled = text
		}
	}()
	c := engine()
	node, err := c.Compile(t.source, parser.SourceLoc{})
	if err != nil {
		return text
	}
	var out bounded
	if err := render.Render(node, &out, v, c); err != nil || !utf8.ValidString(out.String()) {
		return text
	}
	return t.restore(out.String())
}

// engine knows the filters that words need. One that it does not know passes the value on, as Liquid does.
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
	// Every filter reads all that it is given, so what goes in counts too: a chain of thousands would take minutes.
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

// bounded is what comes out, up to the bound.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxBytes {
		return 0, errTooMuch
	}
	return b.Builder.Write(p)
}
