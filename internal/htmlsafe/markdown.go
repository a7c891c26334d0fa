package htmlsafe

import (
	"html"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	htmlrenderer "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// Markdown renders a message as people type it: a line break is a line break, bare
// addresses are links, tags are shown as the text they are, a picture becomes a link
// to it. Text that Markdown would take too long over is shown as it is.
func Markdown(text string) string {
	if tangled(text) {
		return TextToHTML(text)
	}
	var out strings.Builder
	if err := markdown().Convert([]byte(text), &out); err != nil {
		return TextToHTML(text)
	}
	return tidy(markdownPolicy().Sanitize(out.String()), nil)
}

// TextToHTML is text as HTML: escaped, with its line breaks.
func TextToHTML(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return "<p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n") + "</p>"
}

var markdownPolicy = sync.OnceValue(func() *bluemonday.Policy { return textPolicy() })

// markdown is goldmark without its two parsers of raw HTML, so that "<b>" is text.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
	return goldmark.New(
		goldmark.WithParser(p),
		goldmark.WithExtensions(extension.Linkify, extension.Strikethrough, extension.Table),
		goldmark.WithRendererOptions(htmlrenderer.WithHardWraps(),
			renderer.WithNodeRenderers(util.Prioritized(pictureLinks{}, 100))),
	)
})

// pictureLinks writes ![alt](address) as a link: a picture from elsewhere would tell
// its owner who reads the message, and when.
type pictureLinks struct{}

func (pictureLinks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(`<a href="`)
			_, _ = w.Write(util.EscapeHTML(util.URLEscape(n.(*ast.Image).Destination, true)))
			_, _ = w.WriteString(`">`)
		} else {
			_, _ = w.WriteString("</a>")
		}
		return ast.WalkContinue, nil
	})
}

// tangled reports whether a line nests deeper than any person writes; parsers of
// Markdown take quadratic time over such lines.
func tangled(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if nested(line) > 50 {
			return true
		}
		if len(line) < 1000 {
			continue
		}
		marks := 0
		for _, c := range []byte(line) {
			switch c {
			case '>', '[', ']', '*', '_', '`', '~', '(', '!', '<', '|', '-', '+':
				marks++
			}
		}
		if marks > 500 && marks > len(line)/8 {
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
