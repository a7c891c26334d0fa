package mail

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// decode turns the bytes of a body or a header into clean text. The declared charset
// counts unless it is unknown, or names single bytes where the bytes are plainly
// UTF-8, which is the commonest lie. Undeclared bytes are UTF-8 if they can be, else
// what their statistics say, else Windows-1252.
func decode(content []byte, label string, isHTML bool) string {
	known, name := charset.Lookup(strings.Trim(label, `"' `))
	if utf8.Valid(content) && (known == nil || singleByte(name)) && !escaped(content, name) {
		return stripControl(string(content))
	}
	if name == "utf-8" && !multiByte(content) {
		known = nil // nothing in it is UTF-8
	}
	if known == nil && isHTML {
		if e, _, certain := charset.DetermineEncoding(content, ""); certain {
			known = e
		}
	}
	if known == nil {
		known = guess(content)
	}
	out, err := known.NewDecoder().Bytes(content)
	if err != nil {
		return stripControl(string(content))
	}
	return stripControl(string(out))
}

// escaped reports whether seven-bit content is Japanese in disguise.
func escaped(content []byte, name string) bool {
	return name == "" && strings.Contains(string(content[:min(len(content), 4096)]), "\x1b$")
}

func singleByte(name string) bool {
	for _, family := range []string{"iso-8859", "windows-125", "windows-874", "koi8", "macintosh", "x-mac", "ibm866", "utf-8"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}

// multiByte reports whether at least one letter is proper UTF-8 beyond ASCII.
func multiByte(content []byte) bool {
	for _, r := range string(content) {
		if r >= utf8.RuneSelf && r != utf8.RuneError {
			return true
		}
	}
	return false
}

func guess(content []byte) encoding.Encoding {
	if escaped(content, "") {
		e, _ := charset.Lookup("iso-2022-jp")
		return e
	}
	if best, err := chardet.NewTextDetector().DetectBest(content[:min(len(content), 64<<10)]); err == nil && best.Confidence >= 60 {
		if e, _ := charset.Lookup(best.Charset); e != nil {
			return e
		}
	}
	return charmap.Windows1252
}

func charsetReader(label string, r io.Reader) (io.Reader, error) {
	e, _ := charset.Lookup(label)
	if e == nil {
		return nil, fmt.Errorf("unknown charset %q", label)
	}
	return transform.NewReader(r, e.NewDecoder()), nil
}

// stripControl leaves valid UTF-8 with "\n" line ends, and without NUL and other controls,
// which PostgreSQL refuses or people cannot see.
func stripControl(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n', r == '\t':
			return r
		case r < 0x20, r == 0x7F, r >= 0x80 && r < 0xA0, r == 0xFEFF:
			return -1
		}
		return r
	}, s)
}
