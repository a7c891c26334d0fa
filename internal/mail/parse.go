package mail

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"github.com/parleydesk/parley/internal/htmlsafe"
	"github.com/parleydesk/parley/internal/mimetext"
)

// Parse parses a mail. It never panics, the limits above bound its time, and all its errors are ErrUnreadable.
func Parse(raw []byte) (m Mail, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = Mail{}, fmt.Errorf("%w: %v", ErrUnreadable, p)
		}
	}()
	if err := bounded(raw); err != nil {
		return Mail{}, err
	}
	root, err := reader().ReadParts(&source{in: bytes.NewReader(raw), until: time.Now().Add(maxTime)})
	if err != nil {
		return Mail{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	b := body{declared: declared(root)}
	m = headers(root.Header, b.declared)
	b.walk(root)
	m.Files = b.files
	m.Text, m.QuotedText = htmlsafe.SplitQuote(b.text.String())
	m.HTML, m.QuotedHTML = htmlsafe.SplitQuoteHTML(b.html.String())
	if strings.TrimSpace(m.Text) == "" && m.HTML != "" {
		m.Text, m.QuotedText = htmlsafe.Text(m.HTML), htmlsafe.Text(m.QuotedHTML)
	}
	m.Text = strings.TrimSpace(m.Text)
	return m, nil
}

// reader is enmime for the structure alone. This package decodes transfer encodings and charsets itself, because enmime
// guesses charsets, decodes text after the end of base64, and keeps an error for each byte that is not base64.
var reader = sync.OnceValue(func() *enmime.Parser {
	return enmime.NewParser(
		enmime.SkipMalformedParts(true),
		enmime.MultipartWOBoundaryAsSinglePart(true),
		enmime.MaxStoredPartErrors(10),
		enmime.RawContent(true),
		enmime.SetReadPartErrorPolicy(func(*enmime.Part, error) bool { return true }), // keep the part up to the damage
		enmime.SetCustomParseMediaType(func(s string) (string, map[string]string, []string, error) {
			f, err := mimetext.ParseField(s, "")
			if err != nil {
				panic(err) // an error would only skip the part
			}
			params := map[string]string{}
			if f.Boundary != "" {
				params["boundary"] = f.Boundary
			}
			return f.Value, params, nil, nil
		}),
	)
})

var boundaryParameter = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)boundary(\*[0-9*]*)?\s*=\s*"?([^"\s;\\]{0,200})`)
})

// source feeds the parser, and panics when the parser reads at the end again and again: with nested parts that are
// never closed, each level doubles the number of these reads.
type source struct {
	in    *bytes.Reader
	ends  int
	until time.Time
}

const (
	maxEnds = 200_000
	maxTime = time.Minute // a hundred times what an ordinary mail of that size takes
)

func (s *source) Read(p []byte) (int, error) {
	n, err := s.in.Read(p)
	if err != nil {
		s.ends++
	}
	if s.ends > maxEnds || s.ends == 0 && time.Now().After(s.until) {
		panic("its parts are nested too deep") // after an error the parser would start the next level
	}
	return n, err
}

// bounded refuses, in one pass before parsing, mails whose structure would make parsing slow: too many parts, parts
// nested too deeply, too long a header.
func bounded(raw []byte) error {
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return fmt.Errorf("%w: it is empty", ErrUnreadable)
	case len(raw) > MaxBytes:
		return fmt.Errorf("%w: it is larger than %d MB", ErrUnreadable, MaxBytes>>20)
	}
	if end := headerEnd(raw); end > maxHeader {
		return fmt.Errorf("%w: its header is larger than %d KB", ErrUnreadable, maxHeader>>10)
	}
	boundaries := map[string]bool{}
	for i, b := range boundaryParameter().FindAllSubmatch(raw, maxBoundaries+1) {
		if i == maxBoundaries {
			return fmt.Errorf("%w: more than %d multiparts", ErrUnreadable, maxBoundaries)
		}
		if len(b[1]) > 0 { // split or percent-encoded: any line may be its delimiter
			b[2] = nil
		}
		boundaries[string(b[2])] = true
	}
	if len(boundaries) == 0 {
		return nil
	}
	parts := 0
	for line := range bytes.Lines(raw) {
		if !bytes.HasPrefix(line, []byte("--")) || !delimits(line[2:], boundaries) {
			continue
		}
		if parts++; parts > maxParts {
			return fmt.Errorf("%w: more than %d parts", ErrUnreadable, maxParts)
		}
	}
	return nil
}

func delimits(line []byte, boundaries map[string]bool) bool {
	for b := range boundaries {
		if bytes.HasPrefix(line, []byte(b)) {
			return true
		}
	}
	return false
}

func headerEnd(raw []byte) int {
	end := len(raw)
	for _, blank := range []string{"\n\n", "\n\r\n"} {
		if i := bytes.Index(raw[:end], []byte(blank)); i >= 0 {
			end = i
		}
	}
	return end
}

// body collects the content of a mail's parts.
type body struct {
	text, html strings.Builder
	files      []File
	declared   string // the charset of the mail, for raw bytes in names
}

func (b *body) walk(p *enmime.Part) {
	if p.FirstChild == nil {
		b.leaf(p)
		return
	}
	if p.ContentType == "multipart/alternative" {
		b.alternative(p)
		return
	}
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		b.walk(c)
	}
}

// alternative reads parts that have the same content in several forms: one text, one HTML, and all files among them,
// such as the calendar entry of an invitation.
func (b *body) alternative(p *enmime.Part) {
	one := body{declared: b.declared}
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		form := body{declared: b.declared}
		form.walk(c)
		if one.text.Len() == 0 {
			one.text.WriteString(form.text.String())
		}
		if one.html.Len() == 0 {
			one.html.WriteString(form.html.String())
		}
		one.files = append(one.files, form.files...)
	}
	appendPart(&b.text, one.text.String(), "\n\n")
	appendPart(&b.html, one.html.String(), "<hr>")
	b.files = append(b.files, one.files...)
}

func (b *body) leaf(p *enmime.Part) {
	name := fileName(p, b.declared)
	named := name != "" || p.Disposition == "attachment"
	content, behind := transferred(p)
	switch {
	case strings.HasPrefix(p.ContentType, "multipart/"):
		if !named && len(bytes.TrimSpace(content)) > 0 { // a multipart without its boundary is readable text
			appendPart(&b.text, mimetext.Decode(content, ""), "\n\n")
		}
	case !named && (p.ContentType == "text/plain" || p.ContentType == ""):
		text := mimetext.Decode(content, charsetOf(p))
		if behind != nil {
			text = strings.TrimSpace(text) + "\n\n" + mimetext.Decode(behind, "")
		}
		appendPart(&b.text, text, "\n\n")
		if b.html.Len() > 0 { // a footer below an HTML body
			appendPart(&b.html, htmlsafe.TextToHTML(text), "<hr>")
		}
	case !named && p.ContentType == "text/html":
		text := mimetext.DecodeHTML(content, charsetOf(p))
		if b.html.Len() == 0 && b.text.Len() > 0 {
			appendPart(&b.html, htmlsafe.TextToHTML(b.text.String()), "")
		}
		appendPart(&b.text, htmlsafe.Text(text), "\n\n")
		appendPart(&b.html, text, "<hr>")
	default:
		b.file(p, name, content)
	}
}

// appendPart joins parts, up to maxText.
func appendPart(to *strings.Builder, text, between string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if to.Len() > 0 {
		to.WriteString(between)
	}
	if room := max(maxText-to.Len(), 0); len(text) > room {
		text = strings.ToValidUTF8(text[:room], "")
	}
	to.WriteString(text)
}

func (b *body) file(p *enmime.Part, name string, content []byte) {
	if name == "" {
		name = nameFor(p)
	}
	b.files = append(b.files, File{
		Name:        name,
		ContentType: strings.ToLower(mimetext.StripControl(p.ContentType)),
		ContentID:   mimetext.StripControl(strings.Trim(p.ContentID, "<> ")),
		Inline:      p.Disposition == "inline" || p.Disposition == "" && p.ContentID != "",
		Content:     content,
	})
}

// fileName is the file name in a part's header, or "".
func fileName(p *enmime.Part, declared string) string {
	for _, at := range []struct{ header, param string }{
		{"Content-Disposition", "filename"},
		{"Content-Type", "name"},
		{"Content-Disposition", "name"},
		{"Content-Type", "filename"},
		{"Content-Type", "file"},
	} {
		if name := field(p, at.header, declared).Params[at.param]; name != "" {
			return name
		}
	}
	return ""
}

func field(p *enmime.Part, header, declared string) mimetext.Field {
	f, err := mimetext.ParseField(p.Header.Get(header), declared)
	if err != nil {
		panic(err) // as when the structure was read
	}
	return f
}

// nameFor makes a name for a file without one.
func nameFor(p *enmime.Part) string {
	switch p.ContentType {
	case "message/rfc822":
		return "message.eml"
	case "text/calendar":
		return "invite.ics"
	case "application/ms-tnef":
		return "winmail.dat"
	case "text/html":
		return "page.html"
	case "message/delivery-status":
		return "delivery-status.txt"
	}
	if kind, sub, ok := strings.Cut(p.ContentType, "/"); ok && (kind == "image" || kind == "audio" || kind == "video") && len(sub) < 6 {
		return kind + "." + sub
	}
	return "file"
}

func charsetOf(p *enmime.Part) string { return field(p, "Content-Type", "").Params["charset"] }

// declared is the first known charset of the mail's texts. Raw bytes in headers most likely have it, too.
func declared(p *enmime.Part) string {
	if label := charsetOf(p); mimetext.IsCharset(label) {
		return label
	}
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		if label := declared(c); label != "" {
			return label
		}
	}
	return ""
}
