package htmlsafe

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text reads HTML as a person would: paragraphs and lists on lines of their own, quotes
// behind "> ", the address of a link after its words when they differ.
func Text(body string) string {
	w := &textWriter{}
	z := html.NewTokenizer(strings.NewReader(body))
	skipping := atom.Atom(0)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return strings.TrimSpace(w.out.String())
		}
		t := z.Token()
		switch {
		case skipping != 0:
			if kind == html.EndTagToken && t.DataAtom == skipping {
				skipping = 0
			}
		case kind == html.TextToken:
			w.writeText(t.Data)
		case kind == html.StartTagToken && unread(t.DataAtom):
			skipping = t.DataAtom
		case kind == html.StartTagToken, kind == html.SelfClosingTagToken:
			w.enter(t)
		case kind == html.EndTagToken:
			w.leave(t.DataAtom)
		}
	}
}

// unread are elements whose content is not for reading. The tokenizer gives the
// first three as raw text, so their end tag cannot be missed.
func unread(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Svg, atom.Math, atom.Iframe, atom.Object:
		return true
	}
	return false
}

// textWriter collects words, and line breaks only once a word follows them.
type textWriter struct {
	out    strings.Builder
	breaks int // newlines owed before the next word
	space  bool
	quotes int
	before int // quotes of the line above
	href   string
	linkAt int
	pre    int
}

func (w *textWriter) writeText(s string) {
	if w.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				w.breaks++
			}
			if line != "" {
				w.writeWord(line)
			}
		}
		return
	}
	if s != "" && unicode.IsSpace(firstRune(s)) {
		w.space = true
	}
	for word := range strings.FieldsSeq(s) {
		w.writeWord(word)
		w.space = true
	}
	if s != "" && !unicode.IsSpace(lastRune(s)) {
		w.space = false
	}
}

func (w *textWriter) writeWord(s string) {
	if w.out.Len() == 0 || w.breaks > 0 {
		if w.out.Len() > 0 {
			for i := range min(w.breaks, 2) {
				w.out.WriteByte('\n')
				if i == 0 && w.breaks > 1 {
					w.out.WriteString(strings.TrimSpace(strings.Repeat("> ", min(w.before, w.quotes))))
				}
			}
		}
		w.out.WriteString(strings.Repeat("> ", w.quotes))
		w.breaks, w.before = 0, w.quotes
	} else if w.space {
		w.out.WriteByte(' ')
	}
	w.space = false
	w.out.WriteString(s)
}

func (w *textWriter) line(n int) {
	if n > 0 {
		w.breaks, w.space = max(w.breaks, n), false
	}
}

func (w *textWriter) enter(t html.Token) {
	switch t.DataAtom {
	case atom.Br:
		w.breaks, w.space = w.breaks+1, false
	case atom.Li:
		w.line(1)
		w.writeWord("-")
		w.space = true
	case atom.Td, atom.Th:
		w.space = true
	case atom.Blockquote:
		w.line(2)
		w.quotes = min(w.quotes+1, 20)
	case atom.Pre:
		w.line(2)
		w.pre++
	case atom.A:
		w.href, w.linkAt = attribute(t, "href"), w.out.Len()
	default:
		w.line(apart(t.DataAtom))
	}
}

func (w *textWriter) leave(a atom.Atom) {
	switch a {
	case atom.Blockquote:
		w.line(2)
		w.quotes = max(w.quotes-1, 0)
	case atom.Pre:
		w.line(2)
		w.pre = max(w.pre-1, 0)
	case atom.A:
		w.address()
	default:
		w.line(apart(a))
	}
}

// address adds where a link leads, unless its words say so.
func (w *textWriter) address() {
	href := w.href
	w.href = ""
	if w.out.Len() <= w.linkAt || !strings.HasPrefix(href, "http") || len(href) > 500 {
		return
	}
	text := w.out.String()[w.linkAt:]
	bareHref := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(href, "https://"), "http://"), "/")
	if !strings.Contains(text, bareHref) {
		w.out.WriteString(" (" + href + ")")
	}
}

// apart is how far an element stands from its neighbours, in newlines.
func apart(a atom.Atom) int {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol, atom.Dl, atom.Hr:
		return 2
	case atom.Div, atom.Tr, atom.Li, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Center, atom.Address:
		return 1
	}
	return 0
}

func attribute(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
func lastRune(s string) rune  { r, _ := utf8.DecodeLastRuneInString(s); return r }

// Excerpt is the start of text on one line: at most n runes, the last of them "…"
// when something was left out, cut between words where a word ends near.
func Excerpt(text string, n int) string {
	var out []rune
	space := false
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = len(out) > 0
			continue
		}
		if space {
			out, space = append(out, ' '), false
		}
		out = append(out, r)
		if len(out) > n {
			return cut(out, n)
		}
	}
	return string(out)
}

func cut(out []rune, n int) string {
	if n <= 0 {
		return ""
	}
	end := n - 1
	for i := end; i > end-end/4; i-- {
		if out[i] == ' ' {
			end = i
			break
		}
	}
	return strings.TrimRight(string(out[:end]), " ") + "…"
}
