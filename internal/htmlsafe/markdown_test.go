package htmlsafe_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/parleydesk/parley/internal/htmlsafe"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, in, want string }{
		{
			"emphasis and code", "**b** *i* _u_ `c` ~~s~~",
			"<p><strong>b</strong> <em>i</em> <em>u</em> <code>c</code> <del>s</del></p>",
		},
		{"a line break is a line break", "one\ntwo", "<p>one<br>\ntwo</p>"},
		{
			"tags are text", "a <b>bold</b> <script>x</script>",
			"<p>a &lt;b&gt;bold&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;</p>",
		},
		{"a block of tags is text", "<div>\nx\n</div>", "<p>&lt;div&gt;<br>\nx<br>\n&lt;/div&gt;</p>"},
		{"a comment is text", "<!-- call back -->", "<p>&lt;!-- call back --&gt;</p>"},
		{
			"an address becomes a link", "see https://x.example/a?b=c.",
			`<p>see ` + a("https://x.example/a?b=c", "https://x.example/a?b=c") + `.</p>`,
		},
		{
			"a picture becomes a link", "![cat](https://x.example/c.png)",
			`<p>` + a("https://x.example/c.png", "cat (x.example)") + `</p>`,
		},
		{"a script link is text", "[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"},
		{
			"a link without words is text", "[](https://x.example)",
			"<p>[](" + a("https://x.example", "https://x.example") + ")</p>",
		},
		{
			"a link with a title is text", `[Rechnung](https://x.example/1 "bezahlt")`,
			`<p>[Rechnung](` + a("https://x.example/1", "https://x.example/1") + ` &#34;bezahlt&#34;)</p>`,
		},
		{"a link within the site is text", "[x](/accounts/1)", "<p>[x](/accounts/1)</p>"},
		{
			"a link says where it leads", "[*here*](https://x.example/a)",
			"<p>" + a("https://x.example/a", "<em>here</em> (x.example)") + "</p>",
		},
		{
			"a link whose words lie says so", "[bank.example](https://x.example)",
			"<p>" + a("https://x.example", "bank.example (x.example)") + "</p>",
		},
		{
			"a link whose words say it says it once", "[x.example](https://x.example/a)",
			"<p>" + a("https://x.example/a", "x.example") + "</p>",
		},
		{"no link in code", "`https://x.example` ann@x.example\n\n    https://x.example", "<p><code>https://x.example</code> " +
			a("mailto:ann@x.example", "ann@x.example") + "</p>\n<pre><code>https://x.example\n</code></pre>"},
		{
			"a mention is a name", "ask [@Ann B](mention://user/7/Ann%20B)'s team",
			"<p>ask <strong>@Ann B</strong>&#39;s team</p>",
		},
		{"a list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"},
		{
			"numbers stay", "1. a\n1. b\n7. c",
			"<ol>\n<li value=\"1\">a</li>\n<li value=\"1\">b</li>\n<li value=\"7\">c</li>\n</ol>",
		},
		{"a number with zeros stays", "007. James", "<p>007. James</p>"},
		{"special characters", `a & b < c "d"`, "<p>a &amp; b &lt; c &#34;d&#34;</p>"},
		{"entities are text", "AT&amp;T &nbsp; &#65;", "<p>AT&amp;amp;T &amp;nbsp; &amp;#65;</p>"},
		{"a definition is text", "[Ticket]: ABC-42", "<p>[Ticket]: ABC-42</p>"},
		{"a definition with a use is text", "See [1]\n\n[1]: see-the-file", "<p>See [1]</p>\n<p>[1]: see-the-file</p>"},
		{"a footnote is text", "a[^1]\n\n[^1]: b", "<p>a[^1]</p>\n<p>[^1]: b</p>"},
		{
			"backslashes and stars of paths and sums stay", `\\fileserver\share\_neu und C:\Users\ann\.config, 2*3*4`,
			`<p>\\fileserver\share\_neu und C:\Users\ann\.config, 2*3*4</p>`,
		},
		{
			"a backslash at a line's end stays", "C:\\Users\\\nD:\\\n\\\n\\",
			"<p>C:\\Users\\<br>\nD:\\<br>\n\\<br>\n\\</p>",
		},
		{"a backslash keeps a mark", `\*no\*`, `<p>\*no\*</p>`},
		{
			"names keep their marks", "snake_case_name __init__.py **/*.go 5*x and 6*y /*c*/ a~~b~~c",
			"<p>snake_case_name __init__.py **/*.go 5*x and 6*y /*c*/ a~~b~~c</p>",
		},
		{"marks in scripts without spaces", "这是**重要**的", "<p>这是<strong>重要</strong>的</p>"},
		{"one tilde is a tilde", "~5 or ~6~", "<p>~5 or ~6~</p>"},
		{"a heading", "# C #", "<h1>C #</h1>"},
		{"a line below is no heading", "Thanks\n--\nAnn\n==", "<p>Thanks<br>\n--<br>\nAnn<br>\n==</p>"},
		{
			"a table", "|a|b|\n|-|-|\n|1|2|",
			"<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>",
		},
		{"a table with a cell too many is text", "|a|\n|-|\n|1|2|", "<p>|a|<br>\n|-|<br>\n|1|2|</p>"},
		{"a fence with its language", "```go\nx\n```", "<pre><code>x\n</code></pre>"},
		{"words behind a fence stay", "```hello there\nx\n```", "<p>```hello there<br>\nx<br>\n```</p>"},
		{"what shows nothing is text", "#", "<p>#</p>"},
		{"an empty quote is text", ">", "<p>&gt;</p>"},
		{"an empty item is text", "-", "<p>-</p>"},
		{"an empty fence is text", "```\n```", "<p>```<br>\n```</p>"},
		{"an empty link is text", "[]() ![]()", "<p>[]() ![]()</p>"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if got := strings.TrimSpace(htmlsafe.Markdown(c.in)); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if lost := lostCharacter(c.in, htmlsafe.Markdown(c.in)); lost != "" {
				t.Errorf("%q is lost at %q", c.in, lost)
			}
		})
	}
}

// a is a link as pages show it.
func a(href, text string) string {
	return `<a href="` + html.EscapeString(href) + `" rel="noopener noreferrer nofollow" target="_blank">` + text + `</a>`
}

func TestLinkedTextLinksWhatPeopleCanFollow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, in, want string }{
		{"lines and tags", "a <b>\r\nc", "a &lt;b&gt;<br>\nc"},
		{
			"an address in a sentence", "(see HTTPS://X.example/a_(b)?q=1&r=2).",
			"(see " + a("https://x.example/a_(b)?q=1&r=2", "HTTPS://X.example/a_(b)?q=1&amp;r=2") + ").",
		},
		{
			"between quotes and brackets", `"https://x.example/a" <https://x.example/b>`,
			`&#34;` + a("https://x.example/a", "https://x.example/a") + `&#34; &lt;` +
				a("https://x.example/b", "https://x.example/b") + `&gt;`,
		},
		{"among Chinese", "请看https://x.example/a。谢谢", "请看" + a("https://x.example/a", "https://x.example/a") + "。谢谢"},
		{"without a scheme", "www.x.example/a", a("http://www.x.example/a", "www.x.example/a")},
		{"a mailbox", "mail Ann@X.example, o'neil@x.example!", "mail " + a("mailto:Ann@x.example", "Ann@X.example") + ", " +
			a("mailto:o'neil@x.example", "o&#39;neil@x.example") + "!"},
		{"a mailbox with its scheme", "mailto:ann@x.example", a("mailto:ann@x.example", "mailto:ann@x.example")},
		{
			"numbers", "+49 (30) 1234-567 or tel:112.",
			a("tel:+49301234567", "+49 (30) 1234-567") + " or " + a("tel:112", "tel:112") + ".",
		},
		{
			"no numbers", "1+2345678=2345679, 2026-11-30, +49, #4711, 5+10",
			"1+2345678=2345679, 2026-11-30, +49, #4711, 5+10",
		},
		{
			"other schemes", "javascript:alert(1) ftp://x.example data:text/html,x xhttps://x.example",
			"javascript:alert(1) ftp://x.example data:text/html,x xhttps://x.example",
		},
		{
			"a name before the host", "https://bank.example@evil.example/a",
			a("https://bank.example@evil.example/a", "https://bank.example@evil.example/a (evil.example)"),
		},
		{
			"a backslash ends the host", `https://evil.example\@bank.example`,
			a("https://evil.example", "https://evil.example") + `\@bank.example`,
		},
		{
			"letters that look alike", "https://b\u0430nk.example/",
			a("https://xn--bnk-6cd.example/", "https://b\u0430nk.example/ (xn--bnk-6cd.example)"),
		},
		{"hosts that are none", "https:// https://-/ https://a..b/ http://[::1 https://%41.example%00/", "https:// "},
		{"a word of another script before a mailbox", "müller@x.example", "müller@x.example"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			got := htmlsafe.LinkedText(c.in)
			if c.want == "https:// " {
				if strings.Contains(got, "%00/\"") || strings.Contains(got, "a..b/\"") {
					t.Errorf("links to no host: %s", got)
				}
			} else if got != "<p>"+c.want+"</p>" {
				t.Errorf("\n got %s\nwant <p>%s</p>", got, c.want)
			}
			if lost := lostCharacter(c.in, got); lost != "" {
				t.Errorf("%q is lost at %q", c.in, lost)
			}
		})
	}
}

var (
	// syntax are the marks that Markdown may draw in another way.
	syntax = strings.NewReplacer("*", "", "_", "", "~", "", "`", "", "#", "", ">", "", "-", "", "+", "", "|", "", ":", "",
		"[", "", "]", "", "(", "", ")", "", "!", "")
	fence   = regexp.MustCompile("(?m)^([ \t>]*(?:```|~~~)[`~]*)[ \t]*[A-Za-z0-9+#._-]{1,20}[ \t]*$")
	mention = regexp.MustCompile(`\]\(mention://(user|team)/[^)\s]*\)`)
)

// lostCharacter is the rest of a text from the first visible character that its HTML does not show, or "". What a
// link has in its address and a list in its numbers counts as shown; marks of Markdown do not count.
func lostCharacter(in, out string) string {
	read := reading(out)
	if strings.TrimSpace(in) != "" && strings.TrimSpace(read) == "" && !strings.Contains(out, "<hr") {
		return in
	}
	in, shown := syntax.Replace(mention.ReplaceAllString(fence.ReplaceAllString(in, "$1"), "")), []rune(syntax.Replace(read))
	for i, r := range in {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar {
			continue
		}
		at := slices.Index(shown, r)
		if at < 0 {
			return in[i:]
		}
		shown = shown[at+1:]
	}
	return ""
}

// reading is the text of a page, with the addresses of links behind them and the numbers of lists.
func reading(out string) string {
	var b strings.Builder
	var hrefs []string
	z := html.NewTokenizer(strings.NewReader(out))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(string(z.Text()))
		case html.StartTagToken:
			for t := z.Token(); len(t.Attr) > 0; t.Attr = t.Attr[1:] {
				switch t.Attr[0].Key {
				case "href":
					hrefs = append(hrefs, t.Attr[0].Val)
				case "value":
					b.WriteString(t.Attr[0].Val + ".")
				}
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "a" && len(hrefs) > 0 {
				plain, err := url.PathUnescape(hrefs[len(hrefs)-1])
				if err != nil {
					plain = ""
				}
				b.WriteString(hrefs[len(hrefs)-1] + plain)
				hrefs = hrefs[:len(hrefs)-1]
			}
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, piece := range pieces {
		f.Add(piece + "x" + piece)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, out := range []string{htmlsafe.Markdown(in), htmlsafe.LinkedText(in)} {
			if found := harm(out); found != "" {
				t.Fatalf("%s\n in:  %q\n out: %q", found, in, out)
			}
			if lost := lostCharacter(in, out); lost != "" {
				t.Fatalf("lost from %q\n in:  %q\n out: %q", lost, in, out)
			}
		}
	})
}

// pieces are what messages are made of, to be put together at random.
var pieces = []string{
	"*", "**", "_", "__", "~~", "~", "`", "``", "```", "```go\n", "[", "]", "(", ")", "![", "](", "[x](", "[x]: ",
	"[^1]: ", "<", ">", "> ", "- ", "* ", "+ ", "1. ", "7) ", "007. ", "# ", "### ", " #", "|", "|-|-|\n",
	"---\n", "===\n", "\n", "\n\n", "\r\n", "    ", "\t", " ", "\\", "\\\n", "\\*", "&amp;", "&#0;", "&nbsp;",
	"<b>", "</b>", "<!--", "https://x.example/a_b*c", "https://a@b.example", "www.x.example", "ann@x.example",
	"+49 30 1234567", "tel:112", "mailto:a@b.example", "javascript:x", "\"t\")", "word", "Zoë", "重要", "б", "5",
	".", ",", ":", "!", "'", "\"", "\u202e", "\u200b", "@", "mention://user/1/x)", "[@A](mention://user/1/A)",
	"- [ ] ", "\x00", "\xff", "$x^2$", "==", "{#id}", "::", "^",
}
