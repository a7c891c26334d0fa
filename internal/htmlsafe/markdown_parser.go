package htmlsafe

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extensionast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// syntaxKey keeps in the parser's context which bytes were read as syntax and are drawn in another way.
var syntaxKey = parser.NewContextKey()

func noteSyntax(pc parser.Context, start, stop int) {
	had, _ := pc.Get(syntaxKey).([]text.Segment)
	pc.Set(syntaxKey, append(had, text.NewSegment(start, stop)))
}

// marks parses the marks around words. Those inside a word, a path or a sum are text: 2*3*4, src/*.go, snake_case.
type marks struct {
	chars    string
	min, max int
	node     func(length int) ast.Node
}

func emphasis() marks {
	return marks{"*_", 1, 1 << 20, func(length int) ast.Node { return ast.NewEmphasis(length) }}
}

func strikethrough() marks {
	return marks{"~", 2, 2, func(int) ast.Node { return extensionast.NewStrikethrough() }}
}

func (m marks) Trigger() []byte                                  { return []byte(m.chars) }
func (m marks) IsDelimiter(b byte) bool                          { return strings.IndexByte(m.chars, b) >= 0 }
func (m marks) CanOpenCloser(open, close *parser.Delimiter) bool { return open.Char == close.Char }
func (m marks) OnMatch(length int) ast.Node                      { return m.node(length) }

func (m marks) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	d := parser.ScanDelimiter(line, before, m.min, m)
	if d == nil || d.OriginalLength > m.max || before == rune(d.Char) {
		return nil
	}
	after, size := utf8.DecodeRune(line[d.OriginalLength:])
	next, _ := utf8.DecodeRune(line[min(d.OriginalLength+size, len(line)):])
	d.CanOpen = d.CanOpen && !glued(before) && !strings.ContainsRune(`/\)]},;`, after)
	d.CanClose = d.CanClose && !glued(after) && !strings.ContainsRune(`/\([{`, before) && (after != '.' || !unicode.IsLetter(next))
	d.Segment = segment.WithStop(segment.Start + d.OriginalLength)
	block.Advance(d.OriginalLength)
	pc.PushDelimiter(d)
	return d
}

// glued reports whether a character beside a mark makes the mark a part of a word, a path or a sum.
func glued(r rune) bool { return wordly(r) || strings.ContainsRune(`/\=@#&$%+^`, r) }

// numberedItems keeps the number that is written before an item, whatever numbers stand before it.
type numberedItems struct{ parser.BlockParser }

var itemNumber = regexp.MustCompile(`^[ \t]*((0|[1-9]\d{0,8})[.)])`)

func (p numberedItems) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	node, state := p.BlockParser.Open(parent, reader, pc)
	if at := itemNumber.FindSubmatchIndex(line); node != nil && at != nil {
		n, err := strconv.Atoi(string(line[at[4]:at[5]]))
		if err != nil {
			return node, state
		}
		node.SetAttributeString("value", strconv.Itoa(n))
		noteSyntax(pc, segment.Start-segment.Padding+at[2], segment.Start-segment.Padding+at[3])
	}
	return node, state
}

// wholeHeadings keeps the # at the end of a heading: "C #" is a name.
type wholeHeadings struct{ parser.BlockParser }

func (p wholeHeadings) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	_, segment := reader.PeekLine()
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node != nil && node.Lines().Len() == 1 {
		first := node.Lines().At(0)
		first.Stop = segment.Stop
		node.Lines().Set(0, first.TrimRightSpace(reader.Source()))
	}
	return node, state
}

// barredTables are tables whose second line has a bar: two dashes alone begin a signature.
type barredTables struct{ parser.ParagraphTransformer }

func (t barredTables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	for i := range node.Lines().Len() {
		line := node.Lines().At(i)
		if row := string(line.Value(reader.Source())); strings.Trim(row, "-: \t\n") == "" && i > 0 {
			return
		}
	}
	t.ParagraphTransformer.Transform(node, reader, pc)
}

// openLinks makes links of [words](address) whose address people may follow and which hide nothing: a title, or an
// empty or unknown address, stays text. A mention of a colleague becomes their name in bold.
type openLinks struct{ parser.InlineParser }

// mention is the address of a colleague or a team, as all APIs write it.
var mention = regexp.MustCompile(`^mention://(?:user|team)/\d{1,18}/[^)\s]*$`)

func (p openLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, at := block.Position()
	node := p.InlineParser.Parse(parent, block, pc)
	var destination, title []byte
	opening := "["
	switch n := node.(type) {
	case *ast.Link:
		destination, title = n.Destination, n.Title
	case *ast.Image:
		destination, title, opening = n.Destination, n.Title, "!["
	default:
		return node
	}
	if shown := p.shown(node, destination, nodeText(node, block.Source())); shown != nil && len(title) == 0 {
		_, end := block.Position()
		noteSyntax(pc, at.Start, end.Start)
		return adopt(shown, node)
	}
	block.SetPosition(line, at)
	block.Advance(1)
	parent.AppendChild(parent, ast.NewString([]byte(opening)))
	adopt(parent, node)
	return ast.NewTextSegment(at.WithStop(at.Start + 1))
}

// shown is what a link or a picture is drawn as, or nil for the text that it is.
func (openLinks) shown(node ast.Node, destination []byte, text string) ast.Node {
	to, ok := parseTarget(string(destination))
	_, isLink := node.(*ast.Link)
	switch {
	case isLink && strings.HasPrefix(text, "@") && mention.Match(destination):
		return ast.NewEmphasis(2)
	case ok && strings.TrimSpace(text) != "" && (isLink || strings.HasPrefix(to.href, "http")):
		link := ast.NewLink()
		link.Destination = destination
		return link
	}
	return nil
}

func (p openLinks) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if closer, ok := p.InlineParser.(parser.CloseBlocker); ok {
		closer.CloseBlock(parent, block, pc)
	}
}

// adopt moves a node's children below another.
func adopt(to, from ast.Node) ast.Node {
	for c := from.FirstChild(); c != nil; {
		next := c.NextSibling()
		to.AppendChild(to, c)
		c = next
	}
	return to
}

// keepBackslashes gives back the backslashes at the ends of lines, which the parser takes for marks of a line break.
func keepBackslashes(doc ast.Node, source []byte) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		t, ok := n.(*ast.Text)
		if ok && entering && t.HardLineBreak() && bytes.HasPrefix(source[t.Segment.Stop:], []byte{'\\'}) {
			t.Segment = t.Segment.WithStop(t.Segment.Stop + 1)
		}
		return ast.WalkContinue, nil
	})
}

// nodeText is the text in a node.
func nodeText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(source))
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// loses reports whether drawing a document would lose a visible character, or show nothing. Marks that are drawn in
// another way do not count.
func loses(source []byte, doc ast.Node, pc parser.Context) bool {
	kept := make([]bool, len(source))
	keep := func(s text.Segment) {
		for i := s.Start; i < min(s.Stop, len(kept)); i++ {
			kept[i] = true
		}
	}
	visible := false
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			keep(n.Segment)
			visible = visible || strings.TrimSpace(string(n.Segment.Value(source))) != ""
		case *ast.ThematicBreak:
			visible = true
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			for _, line := range n.Lines().Sliced(0, n.Lines().Len()) {
				keep(line)
				visible = visible || strings.TrimSpace(string(line.Value(source))) != ""
			}
			if fenced, ok := n.(*ast.FencedCodeBlock); ok && named(fenced, source) {
				keep(fenced.Info.Segment)
			}
		}
		return ast.WalkContinue, nil
	})
	segments, _ := pc.Get(syntaxKey).([]text.Segment)
	for _, s := range segments {
		keep(s)
	}
	for i, c := range source {
		if !kept[i] && (c >= utf8.RuneSelf || !strings.ContainsRune(" \t\n*_~`#>-+|:[]()!", rune(c))) {
			return true
		}
	}
	return !visible && strings.TrimSpace(string(source)) != ""
}

var language = regexp.MustCompile(`^[A-Za-z0-9+#._-]{1,20}$`)

// named reports whether the word behind a fence is a language: one word, with code below it, and a fence that ends it.
func named(n *ast.FencedCodeBlock, source []byte) bool {
	lines := n.Lines()
	if n.Info == nil || lines.Len() == 0 || !language.Match(n.Info.Segment.Value(source)) {
		return false
	}
	end := lines.At(lines.Len() - 1).Stop
	rest := strings.TrimLeft(string(source[end:min(end+20, len(source))]), " \t\n>")
	return strings.HasPrefix(rest, "```") || strings.HasPrefix(rest, "~~~")
}
