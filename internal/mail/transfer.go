package mail

import (
	"bytes"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"github.com/parleydesk/parley/internal/mimetext"
)

// transferred is a part's content without its transfer encoding, and the text that somebody wrote behind the end of
// base64, such as a list's footer; nil when there is none.
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

// unbase64 decodes lines of base64 up to the padding, or to the first line that is none. A bad byte within a line is
// left out.
func unbase64(content []byte) (decoded, behind []byte) {
	var text []byte
	rest := content
	blank, ended := false, false // a blank line came, or the padding
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0:
			blank = len(text) > 0
		case !continues(line, blank, ended):
			return mimetext.Base64(text), bytes.TrimSpace(rest)
		default:
			text = append(text, line...)
			ended, blank = bytes.HasSuffix(line, []byte("=")), false
		}
		rest = after
	}
	return mimetext.Base64(text), nil
}

// wholeLine is the length from which a line behind a blank one is taken for base64 without its padding.
const wholeLine = 40

// continues reports whether a line is more base64. Behind the padding, and behind a blank line, only a line is that
// could stand alone.
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
