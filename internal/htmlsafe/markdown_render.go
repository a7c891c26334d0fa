package htmlsafe

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// renderers draw text with its addresses as links, and links that say where they lead.
type renderers struct{}

func (renderers) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindText, renderText)
	r.Register(ast.KindLink, renderLink)
}

func renderText(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	t, ok := n.(*ast.Text)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	text := t.Segment.Value(source)
	if inLink(n) {
		_, _ = w.Write(util.EscapeHTML(text))
	} else {
		var b strings.Builder
		writeLinked(&b, string(text))
		_, _ = w.WriteString(b.String())
	}
	if t.SoftLineBreak() || t.HardLineBreak() {
		_, _ = w.WriteString("<br>\n")
	}
	return ast.WalkContinue, nil
}

func inLink(n ast.Node) bool {
	for n = n.Parent(); n != nil; n = n.Parent() {
		if n.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}

func renderLink(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	link, ok := n.(*ast.Link)
	if !ok {
		return ast.WalkContinue, nil
	}
	to, _ := parseTarget(string(link.Destination))
	if entering {
		_, _ = w.WriteString(`<a href="` + string(util.EscapeHTML([]byte(to.href))) + `">`)
		return ast.WalkContinue, nil
	}
	if !namesTarget(nodeText(n, source), to) {
		_, _ = w.WriteString(" (" + string(util.EscapeHTML([]byte(to.shown))) + ")")
	}
	_, _ = w.WriteString("</a>")
	return ast.WalkContinue, nil
}
