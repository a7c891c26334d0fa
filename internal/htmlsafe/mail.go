package htmlsafe

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Images decides about one picture in a mail: given its address (https:…, http:… or
// cid:…) it returns the address to show it from, or "" to keep it hidden.
type Images func(src string) string

// Mail makes the HTML body of a mail harmless: no scripts, forms, frames, style sheets,
// ids or classes; links lead to http, https, mailto and tel only and open elsewhere
// without telling where from. Pictures stay hidden, their address in data-src, unless
// images gives them one; nil hides all. Every tag that the result opens it closes, so
// it cannot break out of the element it is put into.
func Mail(body string, images Images) string {
	return tidy(mailPolicy().Sanitize(body), images)
}

// mailPolicy is built once: it compiles some forty expressions.
var mailPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := textPolicy()
	p.AllowElements("div", "span", "font", "center", "u", "small", "big", "sub", "sup", "address", "abbr", "cite",
		"dl", "dt", "dd", "figure", "figcaption", "section", "article", "header", "footer", "caption", "colgroup", "col")
	number := regexp.MustCompile(`^[0-9]{1,4}%?$`)
	colour := regexp.MustCompile(`^(#[0-9a-fA-F]{3,6}|[a-zA-Z]{3,20})$`)
	p.AllowAttrs("width", "height").Matching(number).OnElements("table", "td", "th", "col", "img")
	p.AllowAttrs("cellpadding", "cellspacing", "border").Matching(number).OnElements("table")
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[0-9]{1,2}$`)).OnElements("td", "th")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("table", "tr", "td", "th", "p", "div", "h1", "h2", "h3", "img")
	p.AllowAttrs("valign").Matching(bluemonday.CellVerticalAlign).OnElements("tr", "td", "th")
	p.AllowAttrs("bgcolor").Matching(colour).OnElements("table", "tr", "td", "th")
	p.AllowAttrs("color").Matching(colour).OnElements("font")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`(?i)^(rtl|ltr|auto)$`)).Globally()
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("data-src").Matching(regexp.MustCompile(`^(https?|cid):`)).OnElements("img") // our own output, read again
	p.AllowDataURIImages()
	p.AllowURLSchemes("cid")
	p.AllowStyles("color", "background-color", "font-weight", "font-style", "text-align", "text-decoration").Globally()
	return p
})

// textPolicy is what Markdown can say; mails may say more.
func textPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "b", "strong", "i", "em", "s", "del", "ins", "code", "pre", "kbd", "blockquote",
		"ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr", "td", "th")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true) // adds rel=noopener
	return p
}

// maxDepth is below what browsers nest before they flatten (512).
const maxDepth = 256

// tidy works on sanitised HTML: it closes what is open, drops what closes nothing, bounds the depth, sets each link's
// rel and target, says where a link leads whose words name another host, and hides pictures.
func tidy(safe string, images Images) string {
	w := &tidyWriter{}
	w.out.Grow(len(safe) + len(safe)/8)
	z := html.NewTokenizer(strings.NewReader(safe))
	for {
		switch z.Next() {
		case html.ErrorToken:
			w.closeFrom(0)
			return w.out.String()
		case html.TextToken:
			w.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			w.start(z.Token(), images)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.close(string(name))
		}
	}
}

type tidyWriter struct {
	out  strings.Builder
	open []string
	// link is where the open link leads, and label what it says so far.
	link  target
	label strings.Builder
}

func (w *tidyWriter) text(s string) {
	w.out.WriteString(html.EscapeString(s))
	if w.link.shown != "" && w.label.Len() < maxLinkWords {
		w.label.WriteString(s)
	}
}

// maxLinkWords is how much of a link's words is compared with where it leads.
const maxLinkWords = 4096

func (w *tidyWriter) start(t html.Token, images Images) {
	if t.DataAtom == atom.A { // a link in a link would be taken out of the box, with what is around it
		if i := slices.Index(w.open, "a"); i >= 0 {
			w.closeFrom(i)
		}
	}
	if !w.fits(t.Data) || !void(t.DataAtom) && len(w.open) >= maxDepth {
		return
	}
	if !void(t.DataAtom) {
		w.open = append(w.open, t.Data)
	}
	t.Type = html.StartTagToken
	switch t.DataAtom {
	case atom.Img:
		if t.Attr = hidden(t.Attr, images); len(t.Attr) == 0 {
			return
		}
	case atom.A:
		t.Attr = outward(t.Attr)
		if len(t.Attr) > 0 {
			w.link, _ = parseTarget(t.Attr[0].Val)
		}
	}
	w.out.WriteString(t.String())
}

// tableParts are the elements of a table and those that one may stand in, the nearest first. What stands elsewhere in a
// table, browsers move out of it.
var tableParts = map[string][]string{
	"td": {"tr"}, "th": {"tr"}, "tr": {"tbody", "thead", "tfoot", "table"}, "col": {"colgroup", "table"},
	"tbody": {"table"}, "thead": {"table"}, "tfoot": {"table"}, "caption": {"table"}, "colgroup": {"table"},
}

// fits closes what an element ends by its start, and reports whether it may stand there.
func (w *tidyWriter) fits(name string) bool {
	parents := tableParts[name]
	if parents == nil {
		rows := []string{"table", "tbody", "thead", "tfoot", "tr", "colgroup"}
		return len(w.open) == 0 || !slices.Contains(rows, w.open[len(w.open)-1])
	}
	for i := len(w.open) - 1; i >= 0; i-- {
		switch {
		case slices.Contains(parents, w.open[i]):
			w.closeFrom(i + 1)
			return true
		case w.open[i] == "table" || parents[0] == "tr" && w.open[i] == "tbody":
			if w.closeFrom(i + 1); len(w.open) >= maxDepth || !w.fits("tr") {
				return false
			}
			w.open = append(w.open, "tr")
			w.out.WriteString("<tr>")
			return true
		}
	}
	return false
}

// close closes the innermost element of that name and what is inside it, or nothing if none is open in this cell.
func (w *tidyWriter) close(name string) {
	for i := len(w.open) - 1; i >= 0; i-- {
		if w.open[i] == name {
			w.closeFrom(i)
			return
		}
		if name != "table" && tableParts[name] == nil && slices.Contains([]string{"td", "th", "caption", "table"}, w.open[i]) {
			return
		}
	}
}

func (w *tidyWriter) closeFrom(first int) {
	for i := len(w.open) - 1; i >= first; i-- {
		if w.open[i] == "a" {
			if misleads(w.label.String(), w.link) {
				w.out.WriteString(html.EscapeString(" (" + w.link.shown + ")"))
			}
			w.link = target{}
			w.label.Reset()
		}
		w.out.WriteString("</" + w.open[i] + ">")
	}
	w.open = w.open[:first]
}

func void(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Hr, atom.Img, atom.Col, atom.Wbr:
		return true
	}
	return false
}

// hidden moves a picture's address to data-src unless images gives it one to show. Nil is a picture of nothing.
func hidden(attrs []html.Attribute, images Images) []html.Attribute {
	kept := make([]html.Attribute, 0, len(attrs)+2)
	for _, a := range attrs {
		if a.Key == "data-src" {
			a.Key = "src"
		}
		if a.Key == "src" && strings.HasPrefix(a.Val, "data:") && !pixels(a.Val) {
			continue
		}
		if a.Key == "src" && !strings.HasPrefix(a.Val, "data:") {
			shown := ""
			if images != nil {
				shown = images(a.Val)
			}
			if shown == "" {
				a.Key = "data-src"
			} else {
				a.Val = shown
			}
		}
		kept = append(kept, a)
	}
	if !slices.ContainsFunc(kept, func(a html.Attribute) bool { return a.Key == "src" || a.Key == "data-src" || a.Key == "alt" }) {
		return nil
	}
	return append(kept, html.Attribute{Key: "loading", Val: "lazy"}, html.Attribute{Key: "referrerpolicy", Val: "no-referrer"})
}

// pixels reports whether a data: address holds a picture that is nothing else.
func pixels(src string) bool {
	for _, kind := range []string{"png", "jpeg", "gif", "webp"} {
		if strings.HasPrefix(src, "data:image/"+kind+";base64,") {
			return true
		}
	}
	return false
}

// outward keeps only a link's address, if people may follow it, and where it opens.
func outward(attrs []html.Attribute) []html.Attribute {
	for _, a := range attrs {
		if a.Key != "href" {
			continue
		}
		scheme, _, _ := strings.Cut(strings.ToLower(a.Val), ":")
		switch scheme {
		case "http", "https", "mailto", "tel":
			return []html.Attribute{a, {Key: "rel", Val: "noopener noreferrer nofollow"}, {Key: "target", Val: "_blank"}}
		}
	}
	return nil
}
