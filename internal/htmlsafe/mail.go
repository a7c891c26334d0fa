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

// tidy works on sanitised HTML: it closes what is open, drops what closes nothing,
// bounds the depth, sets each link's rel and target, and hides pictures.
func tidy(safe string, images Images) string {
	var out strings.Builder
	out.Grow(len(safe) + len(safe)/8)
	var open []string
	z := html.NewTokenizer(strings.NewReader(safe))
	for {
		switch z.Next() {
		case html.ErrorToken:
			for i := len(open) - 1; i >= 0; i-- {
				out.WriteString("</" + open[i] + ">")
			}
			return out.String()
		case html.TextToken:
			out.WriteString(html.EscapeString(string(z.Text())))
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if !void(t.DataAtom) {
				if len(open) >= maxDepth {
					continue
				}
				open = append(open, t.Data)
			}
			t.Type = html.StartTagToken
			switch t.DataAtom {
			case atom.Img:
				if t.Attr = hidden(t.Attr, images); len(t.Attr) == 0 {
					continue
				}
			case atom.A:
				t.Attr = outward(t.Attr)
			}
			out.WriteString(t.String())
		case html.EndTagToken:
			name, _ := z.TagName()
			open = closeTo(&out, open, string(name))
		}
	}
}

// closeTo closes the innermost element of that name and what is inside it, or nothing if none is open.
func closeTo(out *strings.Builder, open []string, name string) []string {
	for i := len(open) - 1; i >= 0; i-- {
		if open[i] != name {
			continue
		}
		for j := len(open) - 1; j >= i; j-- {
			out.WriteString("</" + open[j] + ">")
		}
		return open[:i]
	}
	return open
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
