package placeholder

import (
	"strconv"
	"strings"
)

const (
	// maxSource bounds a text with placeholders, in bytes. A longer one is left as it is.
	maxSource = 20_000
	// maxPlaceholders bounds how many expressions and tags one text has.
	maxPlaceholders = 200
)

// mark encloses the number of a literal. PostgreSQL's texts cannot contain it, so no stored text has one.
const mark = "\x00"

// divided is a text in which marks replace the literals (code between backticks, text between raw and endraw), so that
// the library does not look for placeholders in them.
type divided struct {
	source   string
	literals []string
}

// restore puts the literals back into the filled text.
func (d divided) restore(filled string) string {
	if len(d.literals) == 0 {
		return filled
	}
	pairs := make([]string, 0, 2*len(d.literals))
	for i, literal := range d.literals {
		pairs = append(pairs, mark+strconv.Itoa(i)+mark, literal)
	}
	return strings.NewReplacer(pairs...).Replace(filled)
}

// divide reads a text once, from its beginning to its end. It returns false for a text that must not be filled in,
// because it is too long, leaves a placeholder open when the next begins, or has an unknown tag.
func divide(text string) (divided, bool) {
	d := divider{rest: text}
	if len(text) > maxSource || strings.Contains(text, mark) {
		return divided{}, false
	}
	for d.rest != "" {
		if !d.step() {
			return divided{}, false
		}
	}
	return divided{source: d.source.String(), literals: d.literals}, true
}

type divider struct {
	rest         string
	source       strings.Builder
	literals     []string
	placeholders int
}

// step consumes the text up to the next code or placeholder, and that code or placeholder.
func (d *divider) step() bool {
	at := strings.IndexAny(d.rest, "`{")
	if at < 0 {
		d.take(len(d.rest))
		return true
	}
	d.take(at)
	switch {
	case d.rest[0] == '`':
		d.code()
		return true
	case strings.HasPrefix(d.rest, "{{"):
		return d.placeholder("}}")
	case strings.HasPrefix(d.rest, "{%"):
		return d.tag()
	}
	d.take(1)
	return true
}

func (d *divider) take(n int) {
	d.source.WriteString(d.rest[:n])
	d.rest = d.rest[n:]
}

// literal consumes n bytes as a literal.
func (d *divider) literal(n int) {
	d.source.WriteString(mark + strconv.Itoa(len(d.literals)) + mark)
	d.literals = append(d.literals, d.rest[:n])
	d.rest = d.rest[n:]
}

// code consumes a span between three backticks or between single ones. A backtick without its partner is text.
func (d *divider) code() {
	for _, fence := range []string{"```", "`"} {
		inner, is := strings.CutPrefix(d.rest, fence)
		if !is {
			continue
		}
		if end := strings.Index(inner, fence); end >= 0 {
			d.literal(end + 2*len(fence))
			return
		}
	}
	d.take(1)
}

// placeholder consumes a placeholder that ends with end, if it ends before another one begins.
func (d *divider) placeholder(end string) bool {
	if d.placeholders++; d.placeholders > maxPlaceholders {
		return false
	}
	n := strings.Index(d.rest, end)
	if n < 0 || strings.Contains(d.rest[2:n], "{{") || strings.Contains(d.rest[2:n], "{%") {
		return false
	}
	d.take(n + len(end))
	return true
}

func (d *divider) tag() bool {
	n := strings.Index(d.rest, "%}")
	if n < 0 {
		return false
	}
	name, _, _ := strings.Cut(strings.TrimSpace(strings.Trim(d.rest[2:n], "-")), " ")
	switch name {
	case "raw":
		return d.raw(n + 2)
	case "if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "comment", "endcomment", "assign":
		return d.placeholder("%}")
	}
	return false
}

// raw consumes the text between raw, whose tag is n bytes long, and endraw.
func (d *divider) raw(n int) bool {
	inner := d.rest[n:]
	for from := 0; ; {
		begin := strings.Index(inner[from:], "{%")
		if begin < 0 {
			return false
		}
		begin += from
		end := strings.Index(inner[begin:], "%}")
		if end < 0 {
			return false
		}
		if strings.TrimSpace(strings.Trim(inner[begin+2:begin+end], "-")) == "endraw" {
			d.rest = inner
			d.literal(begin)
			d.rest = d.rest[end+2:]
			return true
		}
		from = begin + 2
	}
}
