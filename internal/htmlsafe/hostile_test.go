package htmlsafe_test

import (
	"testing"

	"github.com/parleydesk/parley/internal/hostile"
	"github.com/parleydesk/parley/internal/htmlsafe"
)

func TestHostileMarkdownIsHarmlessWholeAndCheap(t *testing.T) {
	hostile.Check(t, hostile.Inputs(1, 3000, pieces...), 400_000, 3000, func(in string) {
		for _, out := range []string{htmlsafe.Markdown(in), htmlsafe.LinkedText(in)} {
			if found := harm(out); found != "" {
				t.Errorf("%s\n in:  %q\n out: %q", found, in, out)
			}
			if lost := lostCharacter(in, out); lost != "" {
				t.Errorf("lost %.40q\n in:  %q\n out: %q", lost, in, out)
			}
		}
	})
}

func TestHostileHTMLIsHarmlessAndCheap(t *testing.T) {
	short := []string{
		"<b>", "</b>", "<a href=https://x.example>", "</a>", "<table>", "<td>", "<p style='color:red;x:url(y)'>",
		"<!--", "-->", "<![CDATA[", "&amp", "&#x0;",
	}
	for _, attack := range attacks {
		if len(attack) < 200 {
			short = append(short, attack)
		}
	}
	hostile.Check(t, hostile.Inputs(2, 3000, short...), 400_000, 6000, func(in string) {
		if found := harm(htmlsafe.Mail(in, nil)); found != "" {
			t.Errorf("%s\n in:  %q\n out: %q", found, in, htmlsafe.Mail(in, nil))
		}
		fresh, quoted := htmlsafe.SplitQuoteHTML(in)
		if fresh+quoted != in {
			t.Errorf("parts of %q do not join", in)
		}
		_ = htmlsafe.Text(in)
	})
}
