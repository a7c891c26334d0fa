// Package placeholder fills in what stands for a customer's name and the like in a text. The language is Liquid, because
// canned replies and integrations are written in it. Code between backticks is left alone, and a text that is no good
// Liquid is left as it is.
//
// Nobody's text may keep the server busy: there are no loops, no pieces that can be shown twice and no files to include,
// the filters that lengthen share a bound, and so does what comes out.
package placeholder

import (
	"errors"
	"regexp"
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

var (
	code   = regexp.MustCompile("(?s)```.*?```|`[^`]*`")
	broken = regexp.MustCompile(`\{\{|\{%`)
)

// Fill fills in a text.
func Fill(text string, v Values) (filled string) {
	if !broken.MatchString(text) {
		return text
	}
	defer func() {
		if recover() != nil { // the library's, for an expression that it did not expect
			filled = text
		}
	}()
	for _, span := range code.FindAllString(text, -1) {
		if strings.Contains(span, "endraw") {
			return text // it would end the raw that we put around it
		}
	}
	source := code.ReplaceAllString(text, "{% raw %}$0{% endraw %}")
	if !harmless(source) {
		return text
	}
	c := engine()
	node, err := c.Compile(source, parser.SourceLoc{})
	if err != nil {
		return text
	}
	var out bounded
	if err := render.Render(node, &out, v, c); err != nil || !utf8.ValidString(out.String()) {
		return text
	}
	return out.String()
}

// harmless reports whether a text has only the tags that are given here, each of them closed. What stands in raw is text.
func harmless(source string) bool {
	raw := false
	for _, token := range parser.Scan(source, parser.SourceLoc{}, nil) {
		switch token.Type {
		case parser.TextTokenType:
			if !raw && broken.MatchString(token.Source) {
				return false
			}
		case parser.TagTokenType:
			switch token.Name {
			case "raw", "endraw":
				if raw == (token.Name == "raw") {
					return false // code that itself speaks of raw
				}
				raw = !raw
			case "if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "comment", "endcomment", "assign":
			default:
				if !raw {
					return false
				}
			}
		}
	}
	return true
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
