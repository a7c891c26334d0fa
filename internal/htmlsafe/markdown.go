package htmlsafe

import (
	"html"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	htmlrenderer "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Markdown renders a message as people type it. A line break is a line break, and bare addresses are links. What is
// typed stays visible: tags, entities, backslashes and definitions are the text they are, numbers of lists are kept,
// and a link says which host it leads to. A picture becomes a link to it. Marks count as such only at the edge of
// words, so that sums, paths and names keep theirs. Text that would lose a character, or that Markdown would take too
// long over, is shown as it is.
func Markdown(source string) string {
	if tangled(source) {
		return LinkedText(source)
	}
	raw, pc := []byte(strings.ReplaceAll(source, "\r\n", "\n")), parser.NewContext()
	doc := markdown().Parser().Parse(text.NewReader(raw), parser.WithContext(pc))
	keepBackslashes(doc, raw)
	if loses(raw, doc, pc) {
		return LinkedText(source)
	}
	var out strings.Builder
	if err := markdown().Renderer().Render(&out, raw, doc); err != nil {
		return LinkedText(source)
	}
	return tidy(markdownPolicy().Sanitize(out.String()), nil)
}

// LinkedText is text of a customer as HTML: escaped, with its line breaks, its addresses and numbers as links.
func LinkedText(source string) string {
	var out strings.Builder
	out.WriteString("<p>")
	for i, line := range strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n") {
		if i > 0 {
			out.WriteString("<br>\n")
		}
		writeLinked(&out, line)
	}
	out.WriteString("</p>")
	return tidy(out.String(), nil)
}

// TextToHTML is text as HTML: escaped, with its line breaks, without links.
func TextToHTML(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return "<p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n") + "</p>"
}

var markdownPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := textPolicy()
	p.AllowAttrs("value").Matching(bluemonday.Integer).OnElements("li")
	return p
})

// markdown is goldmark without what hides text: raw HTML, definitions of links, underlined headings, and addresses
// between < and >.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(numberedItems{parser.NewListItemParser()}, 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(wholeHeadings{parser.NewATXHeadingParser()}, 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(openLinks{parser.NewLinkParser()}, 200),
			util.Prioritized(emphasis(), 500),
			util.Prioritized(strikethrough(), 500),
		),
		parser.WithParagraphTransformers(util.Prioritized(barredTables{extension.NewTableParagraphTransformer()}, 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
	return goldmark.New(
		goldmark.WithParser(p),
		goldmark.WithRendererOptions(htmlrenderer.WithHardWraps(), htmlrenderer.WithWriter(asTyped{htmlrenderer.DefaultWriter}),
			renderer.WithNodeRenderers(
				util.Prioritized(renderers{}, 100),
				util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
				util.Prioritized(extension.NewTableHTMLRenderer(), 500),
			)),
	)
})

// asTyped writes text without resolving entities and backslashes.
type asTyped struct{ htmlrenderer.Writer }

func (w asTyped) Write(out util.BufWriter, source []byte) { w.RawWrite(out, source) }

// maxMarks bounds the marks of one paragraph: the parser looks back from each to all before it.
const maxMarks = 2000

// tangled reports whether a paragraph has more marks, or a line nests deeper, than a person writes.
func tangled(text string) bool {
	inParagraph := 0
	for line := range strings.SplitSeq(text, "\n") {
		if nested(line) > 50 {
			return true
		}
		if strings.TrimSpace(line) == "" {
			inParagraph = 0
		}
		marks := 0
		for _, c := range []byte(line) {
			switch c {
			case '[', ']', '*', '_', '`', '~', '!':
				inParagraph++
				marks++
			case '>', '(', '<', '|', '-', '+':
				marks++
			}
		}
		if inParagraph > maxMarks || marks > 500 && marks > len(line)/8 {
			return true
		}
	}
	return false
}

// nested counts the lists and quotes that one line opens.
func nested(line string) (depth int) {
	for {
		rest := strings.TrimLeft(line, " \t")
		if digits := strings.TrimLeft(rest, "0123456789"); digits != rest {
			rest = digits
		}
		if rest == "" || !strings.Contains(">*+-.)", rest[:1]) {
			return depth
		}
		line = rest[1:]
		depth++
	}
}
