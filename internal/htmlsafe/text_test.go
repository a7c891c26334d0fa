package htmlsafe_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/parleydesk/parley/internal/htmlsafe"
)

func TestNothingTakesLong(t *testing.T) {
	t.Parallel()
	const size = 150_000
	for _, part := range []string{
		">", "[", "![", "*", "**a ", "_a", "`", "~~a", "(", "[a](", "<", "<div>", "<b>",
		"</b>", "&", "- ", "* a\n ", ">\n", "a\n>", "|a", "|a\n|-\n", "http://a", "a@b.", "\n", "\t", "1. ", "#",
		"<blockquote>", "<li>", "<a href=x>", "On 1 ", "From: a@b\n", "-",
	} {
		in := strings.Repeat(part, size/len(part))
		all, markdown := readAll(in)
		// On a busy machine everything takes long, but a part of it takes a part of the time.
		if all > 3*time.Second {
			if quarter, _ := readAll(in[:len(in)/4]); all > time.Minute || all > 8*quarter {
				t.Errorf("%q × %d took %s (Markdown %s), a quarter of it %s", part, size/len(part), all, markdown, quarter)
			}
		}
	}
}

// readAll does everything with a text, and tells how long that took.
func readAll(in string) (all, markdown time.Duration) {
	began := time.Now()
	htmlsafe.Markdown(in)
	markdown = time.Since(began)
	htmlsafe.Mail(in, nil)
	htmlsafe.Text(in)
	htmlsafe.SplitQuote(in)
	htmlsafe.SplitQuoteHTML(in)
	return time.Since(began), markdown
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, in, want string }{
		{"paragraphs", "<p>One  two\nthree</p><p>Four</p>", "One two three\n\nFour"},
		{"breaks", "a<br>b<br/><br>c", "a\nb\n\nc"},
		{"inline elements join", "a<b>b</b> <i>c</i>d", "ab cd"},
		{"lists", "<ul><li>one</li><li>two</li></ul>", "- one\n- two"},
		{
			"links tell where to", `<a href="https://x.example/a">here</a>, <a href="https://y.example/">y.example</a>`,
			"here (https://x.example/a), y.example",
		},
		{"quotes", "<p>yes</p><blockquote><p>really?</p><p>sure?</p></blockquote>", "yes\n\n> really?\n>\n> sure?"},
		{"code keeps its lines", "<pre>a\n  b</pre>", "a\n  b"},
		{"cells stand apart", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
		{"styles and scripts are not read", "<style>p{}</style><title>t</title>x<script>1</script>", "x"},
		{"entities", "&lt;b&gt; &amp; &nbsp;&euro;", "<b> & €"},
		{"divs of web mail", "<div>Hi</div><div><br></div><div>Bye</div>", "Hi\n\nBye"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if got := htmlsafe.Text(c.in); got != c.want {
				t.Errorf("\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"short", 10, "short"},
		{"exactly10!", 10, "exactly10!"},
		{"two\n\n  lines\there", 50, "two lines here"},
		{"the quick brown fox jumps", 18, "the quick brown…"},
		{"報告報告報告報告", 4, "報告報…"},
		{"x", 0, ""},
		{"a\x00b", 5, "a b"},
		{"   ", 5, ""},
	} {
		if got := htmlsafe.Excerpt(c.in, c.n); got != c.want || utf8.RuneCountInString(got) > c.n {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestSplitQuote(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, fresh, quoted string }{
		{"nothing quoted", "Hello\nthere\n", ""},
		{"Gmail", "Thanks!\n\n", "On Tue, Nov 3, 2026 at 10:14 AM Ann <ann@x.example> wrote:\n\n> hello\n> there\n"},
		{
			"Gmail, wrapped", "Thanks!\n\n",
			"On Tue, Nov 3, 2026 at 10:14 AM Ann Verylongname\n<ann@x.example> wrote:\n> hello\n",
		},
		{"German", "Danke\n\n", "Am 03.11.26 um 10:14 schrieb Ann:\n> Hallo\n"},
		{"French", "Merci\n\n", "Le mar. 3 nov. 2026 à 10:14, Ann <a@x.example> a écrit :\n> Bonjour\n"},
		{
			"Outlook", "See below.\n\n",
			"________________________________\nFrom: Ann <ann@x.example>\nSent: Tuesday\nTo: Bob\nSubject: Hi\n\nhello\n",
		},
		{"old Outlook", "ok\n\n", "-----Original Message-----\nFrom: Ann\nhello\n"},
		{"bare quotes at the end", "I agree.\n", "> one\n> two\n\n-- \nBob\n"},
		{"answers between the quotes stay", "On 3 Nov 2026 Ann wrote:\n> one?\nyes\n> two?\nno\n", ""},
		{"only a quote stays", "> hello\n", ""},
		{"a forward is the message", "FYI\n\n---------- Forwarded message ---------\nFrom: Ann <a@x.example>\nDate: " +
			"Tue\nSubject: Hi\n\ntext\n", ""},
		{"a sentence that ends in wrote: stays", "In 2019 he wrote:\nsomething nice\n", ""},
		{"a list of headers in a text stays", "Please fill in:\nFrom: \nTo: \nDate: \n", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			fresh, quoted := htmlsafe.SplitQuote(c.fresh + c.quoted)
			if fresh != c.fresh || quoted != c.quoted {
				t.Errorf("got\n%q\n%q\nwant\n%q\n%q", fresh, quoted, c.fresh, c.quoted)
			}
		})
	}
}

func TestSplitQuoteHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, fresh, quoted string }{
		{
			"Gmail", `<div dir="ltr">Thanks</div><br>`,
			`<div class="gmail_quote"><div class="gmail_attr">On … wrote:</div><blockquote>old</blockquote></div>`,
		},
		{"Thunderbird", `<p>Ok</p>`, `<div class="moz-cite-prefix">On …</div><blockquote type="cite">old</blockquote>`},
		{"Outlook", `<style>p{}</style><p>Ok</p>`, `<div id="divRplyFwdMsg"><b>From:</b> x</div><div>old</div>`},
		{"answered below", `<blockquote type="cite">old</blockquote><p>My answer</p>`, ""},
		{"answered below a greeting", `<p>Hi</p><blockquote type="cite">old</blockquote><p>My answer</p>`, ""},
		{"a forward", `<p>FYI</p><div class="gmail_quote">---------- Forwarded message ---------<br>text</div>`, ""},
		{"nothing quoted", `<p>Hi</p>`, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			fresh, quoted := htmlsafe.SplitQuoteHTML(c.fresh + c.quoted)
			if fresh != c.fresh || quoted != c.quoted {
				t.Errorf("got\n%q\n%q", fresh, quoted)
			}
		})
	}
}
