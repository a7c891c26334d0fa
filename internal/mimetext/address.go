package mimetext

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// Address is a name and an e-mail address in lower case, as they stand in a header.
type Address struct {
	Name, Email string
	// Bracketed reports whether the address stood in <…>.
	Bracketed bool
	// Joined reports whether another address follows without a comma between.
	Joined bool
}

const (
	// maxAddresses bounds how many addresses of one header are read.
	maxAddresses = 200
	// maxAddressHeader is how many bytes of a header are looked at.
	maxAddressHeader = 64 << 10
)

// Addresses reads a list of addresses. It takes more than the standard library does, which refuses a whole list for one
// odd entry: what stands in <…> is the address, whatever the name says; a comma without quotes may belong to a name;
// quotes of any kind around a name or an address are not part of it.
func Addresses(header, declared string) []Address {
	header = header[:min(len(header), maxAddressHeader)]
	var out []Address
	var before []string // parts without an at sign, which a comma cut off the name that follows
	for _, e := range entries(raw(header, declared)) {
		if len(out) == maxAddresses {
			break
		}
		a, ok := e.address()
		switch {
		case ok && a.Bracketed && len(before) > 0:
			a.Name = cleanName(strings.Join(append(before, a.Name), ", "), a.Email)
			fallthrough
		case ok:
			out, before = append(out, a), nil
		case e.name() != "" && !e.closed:
			before = append(before, cleanName(e.name(), ""))
		default:
			before = nil
		}
	}
	if len(out) == 0 {
		return strays(header, declared)
	}
	return out
}

// entry is one part of a list: what stands outside of brackets and comments, in <…>, and in (…).
type entry struct {
	text, bracket, comment string
	bracketed, joined      bool
	closed                 bool // by ";", which ends a group and cannot stand in a name
}

// entries splits a list at its commas and semicolons. A quote or a bracket that is never closed is an ordinary letter.
func entries(s string) []entry {
	var all []entry
	var now entry
	var text strings.Builder
	end := func(closed bool) {
		if now.closed = closed; !now.bracketed {
			now.text = text.String()
		}
		if strings.TrimSpace(now.text+now.comment) != "" || now.bracketed {
			all = append(all, now)
		}
		now = entry{}
		text.Reset()
	}
	var open closers
	lastGroup := strings.LastIndexByte(s, ';') // a group is ended by a semicolon
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			if n := open.quote(s, i); n > 0 {
				text.WriteString(s[i:n])
				i = n - 1
				continue
			}
		case '(':
			if n := open.comment(s, i); n > 0 {
				now.comment += s[i+1 : n-1]
				i = n - 1
				continue
			}
		case '<':
			name := text.String()
			if now.bracketed { // a second address without a comma between
				now.joined = true
				end(false)
			}
			text.Reset()
			n := strings.IndexByte(s[i:], '>')
			inside := s[i+1:]
			if n >= 0 {
				inside, n = s[i+1:i+n], i+n
			} else {
				n = len(s)
			}
			if k := strings.LastIndexByte(inside, '<'); k >= 0 {
				inside = inside[k+1:]
			}
			now.text, now.bracket, now.bracketed = name, inside, true
			i = n
			continue
		case ',', ';':
			end(c == ';')
			continue
		case ':': // the name of a group
			if i < lastGroup && !strings.Contains(text.String(), "@") && !now.bracketed {
				text.Reset()
				continue
			}
		case '>':
			continue
		case '\\':
			if i+1 < len(s) {
				i++
			}
			text.WriteByte(s[i])
			continue
		}
		text.WriteByte(s[i])
	}
	end(false)
	return all
}

// closers finds the ends of quotes and comments, and remembers that there is none, so that the whole stays linear.
type closers struct{ noQuote, noComment bool }

// quote is the place behind the quoted string that begins at i, or 0.
func (c *closers) quote(s string, i int) int {
	for k := i + 1; !c.noQuote && k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case '"':
			return k + 1
		}
	}
	c.noQuote = true
	return 0
}

func (c *closers) comment(s string, i int) int {
	depth := 0
	for k := i; !c.noComment && k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return k + 1
			}
		}
	}
	c.noComment = true
	return 0
}

func (e entry) name() string { return strings.TrimSpace(e.text) }

// address makes an address of an entry, if it holds one.
func (e entry) address() (Address, bool) {
	if e.bracketed {
		email, ok := bareEmail(e.bracket)
		name := e.name()
		if name == "" {
			name = e.comment
		}
		return Address{cleanName(name, email), email, true, e.joined}, ok
	}
	if email, ok := bareEmail(e.text); ok {
		return Address{Name: cleanName(e.comment, email), Email: email}, true
	}
	// a name and an address without brackets: the last word is the address
	if i := strings.LastIndexAny(e.name(), " \t\r\n"); i > 0 {
		if email, ok := bareEmail(e.name()[i:]); ok && !strings.Contains(e.name()[:i], "@") {
			return Address{Name: cleanName(e.name()[:i], email), Email: email}, true
		}
	}
	return Address{}, false
}

// bareEmail is what an address is without what programs put around it, and whether it is one that can be written to, as
// far as its form goes.
func bareEmail(s string) (string, bool) {
	s = strings.TrimSpace(decodeEncodedWords(s))
	s = strings.ToLower(StripControl(strings.Trim(s, " \t\r\n,;")))
	for {
		inside, ok := insideQuotes(s)
		if i := strings.LastIndexByte(s, ':'); !ok && i >= 0 && !strings.ContainsAny(s[:i], " \t[") { // mailto:, or the route of RFC 822
			inside, ok = s[i+1:], true
		}
		if !ok {
			break
		}
		s = inside
	}
	if local, domain, ok := strings.Cut(s, "@"); ok && len(local) > 2 && local[0] == '"' && strings.HasSuffix(local, `"`) {
		s = local[1:len(local)-1] + "@" + domain
	}
	for _, q := range "'\"`‘’“”„«»" { // one half of a pair
		if quote := string(q); strings.Count(s, quote) == 1 {
			s = strings.TrimSuffix(strings.TrimPrefix(s, quote), quote)
		}
	}
	s = strings.TrimSuffix(s, ".")
	return s, Plausible(s)
}

// quotes are the pairs that programs put around a whole name or a whole address.
var quotes = [][2]string{{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"`", "'"}, {"‘", "’"}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"[", "]"}}

func insideQuotes(s string) (string, bool) {
	for _, q := range quotes {
		if len(s) > len(q[0])+len(q[1]) && strings.HasPrefix(s, q[0]) && strings.HasSuffix(s, q[1]) {
			return strings.TrimSpace(s[len(q[0]) : len(s)-len(q[1])]), true
		}
	}
	return s, false
}

// cleanName is a name in one line, without quotes around it. A name that only repeats the address is none.
func cleanName(name, email string) string {
	name = oneLine(StripControl(decodeEncodedWords(unquote(name))))
	for {
		inside, ok := insideQuotes(name)
		if !ok || strings.HasPrefix(name, "[") {
			break
		}
		name = inside
	}
	if strings.EqualFold(name, email) {
		return ""
	}
	return name
}

// unquote takes the double quotes out of a phrase, with their backslashes.
func unquote(s string) string {
	var out strings.Builder
	var open closers
	for i := 0; i < len(s); i++ {
		n := 0
		if s[i] == '"' {
			n = open.quote(s, i)
		}
		if n == 0 {
			out.WriteByte(s[i])
			continue
		}
		for k := i + 1; k < n-1; k++ {
			if s[k] == '\\' && k+1 < n-1 {
				k++
			}
			out.WriteByte(s[k])
		}
		i = n - 1
	}
	return out.String()
}

var anyAddress = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[^\s<>"(),:;@\[\]\\]+@[^\s<>"(),:;@\[\]\\]+`)
})

// strays finds anything with an at sign in a header that is no list of addresses.
func strays(header, declared string) (out []Address) {
	for _, found := range anyAddress().FindAllString(DecodeHeader(header, declared), maxAddresses) {
		if email, ok := bareEmail(found); ok {
			out = append(out, Address{Email: email})
		}
	}
	return out
}

// Plausible reports whether an address can be written to, as far as its form goes.
func Plausible(email string) bool {
	local, domain, ok := strings.Cut(email, "@")
	return ok && local != "" && domain != "" && len(email) <= 254 && !strings.Contains(domain, "@") &&
		!strings.ContainsFunc(email, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>",;`, r)
		})
}
