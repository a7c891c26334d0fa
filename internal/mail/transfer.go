package mail

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"

	"github.com/parleydesk/parley/internal/mimetext"
)

// transferred returns a part's content without its transfer encoding, and the plain text after the end of base64, such
// as a list's footer, or nil if there is none.
func transferred(p *enmime.Part) (content, behind []byte) {
	encoding, _, _ := strings.Cut(p.Header.Get("Content-Transfer-Encoding"), ";")
	switch strings.ToLower(strings.Trim(encoding, " \t\"'")) {
	case "base64":
		return unbase64(p.Content)
	case "quoted-printable":
		return mimetext.QuotedPrintable(p.Content), nil
	}
	return p.Content, nil
}

// unbase64 decodes lines of base64 up to the padding or to the first other line. It leaves bad bytes within a line out.
func unbase64(content []byte) (decoded, behind []byte) {
	var text []byte
	rest := content
	blank, ended := false, false // after a blank line, or after the padding
	tried := false
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0:
			blank = len(text) > 0
		case !continues(line, blank, ended), !tried && breaks(text, line):
			return mimetext.Base64(text), bytes.TrimSpace(rest)
		default:
			tried = tried || len(line)%4 != 0 // once, so that the whole stays linear
			text = append(text, line...)
			ended, blank = bytes.HasSuffix(line, []byte("=")), false
		}
		rest = after
	}
	return mimetext.Base64(text), nil
}

// breaks reports whether a line is a word rather than the end of base64: what stands before it is whole and is text, and
// with it is none.
func breaks(text, line []byte) bool {
	if len(text) == 0 || len(text)%4 != 0 || len(line)%4 == 0 || !mimetext.IsBase64(line) || !utf8.Valid(mimetext.Base64(text)) {
		return false
	}
	return !utf8.Valid(mimetext.Base64(slices.Concat(text, line)))
}

// wholeLine is the length from which a line after a blank one counts as base64 without padding.
const wholeLine = 40

// continues reports whether a line continues the base64. After the padding or a blank line, only a line that is
// complete base64 does.
func continues(line []byte, blank, ended bool) bool {
	padding := len(line) - len(bytes.TrimRight(line, "="))
	strict := len(line)%4 == 0 && padding <= 2 && mimetext.IsBase64(line[:len(line)-padding])
	switch {
	case ended && blank:
		return false
	case ended:
		return strict
	case blank:
		return strict && (len(line) >= wholeLine || padding > 0)
	}
	return strict || !bytes.ContainsAny(line, " \t") && !bytes.HasPrefix(line, []byte("__")) && !bytes.HasPrefix(line, []byte("--"))
}
