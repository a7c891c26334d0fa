package mimetext

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Decode turns the bytes of a text into clean UTF-8. The declared charset counts unless it is unknown or the bytes
// contradict it: single bytes that are plainly UTF-8 are the commonest lie. Only what is undeclared is guessed.
func Decode(content []byte, label string) string {
	return StripControl(decode(content, lookup(label), nil))
}

// DecodeHTML is Decode for a page, which may declare its charset itself.
func DecodeHTML(content []byte, label string) string {
	page := func() *knownCharset {
		if e, name, certain := charset.DetermineEncoding(content, ""); certain || name != "windows-1252" && name != "replacement" {
			return &knownCharset{familyOf(name), decoderOf(e)}
		}
		return nil
	}
	return StripControl(decode(content, lookup(label), page))
}

// IsCharset reports whether a label names a charset that can be decoded.
func IsCharset(label string) bool { return lookup(label) != nil }

func decode(content []byte, known *knownCharset, page func() *knownCharset) string {
	ascii := isASCII(content)
	switch {
	case known != nil && known.family == wide && utf8.Valid(content) && !bytes.Contains(content, []byte{0}):
		return string(content)
	case known != nil && (known.family == sevenBit || known.family == wide):
		return known.decode(content)
	case ascii && sniffISO2022(content) && (known == nil || known.family != multiByte):
		return decodeISO2022(content)
	case ascii:
		return string(content)
	case hasWideMark(content):
		return decoderOf(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM))(content)
	case utf8.Valid(content) && (known == nil || known.family != multiByte || mostlyLongRunes(content)):
		return string(content)
	}
	if known != nil && known.family == isUTF8 && !mostlyUTF8(content) {
		known = nil
	}
	if known == nil && page != nil {
		known = page()
	}
	if known == nil {
		return decoderOf(guess(content))(content)
	}
	text := known.decode(content)
	if lost := strings.Count(text, "\uFFFD"); lost > 0 && known.family == multiByte && 4*lost > utf8.RuneCountInString(text) {
		if other := decoderOf(guess(content))(content); 2*strings.Count(other, "\uFFFD") < lost {
			return other
		}
	}
	return text
}

func isASCII(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// hasWideMark reports whether UTF-16 announces itself by its byte order mark.
func hasWideMark(b []byte) bool {
	return len(b) >= 4 && len(b)%2 == 0 && (b[0] == 0xFF && b[1] == 0xFE || b[0] == 0xFE && b[1] == 0xFF)
}

// mostlyLongRunes reports whether most letters beyond ASCII in valid UTF-8 take three bytes or more. Bytes of another
// charset can look like letters of two bytes by chance, but hardly like these.
func mostlyLongRunes(b []byte) bool {
	short, long := 0, 0
	for _, r := range string(b) {
		switch {
		case r >= 0x800:
			long++
		case r >= utf8.RuneSelf:
			short++
		}
	}
	return long > short
}

// mostlyUTF8 reports whether more of the bytes beyond ASCII are letters of UTF-8 than are not.
func mostlyUTF8(b []byte) bool {
	letters, broken := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			broken++
		case r >= utf8.RuneSelf:
			letters++
		}
		b = b[n:]
	}
	return letters > 0 && letters >= broken
}

const (
	// sampleBytes is how much of a text its statistics are made of.
	sampleBytes = 64 << 10
	// minForStatistics is how many characters beyond ASCII statistics need, where they stand among ASCII letters.
	minForStatistics = 12
	// sureEnough is the detector's confidence, of 100, that is believed where Windows-1252 is possible too.
	sureEnough = 60
)

// guess says what undeclared bytes may be: letters alone among ASCII letters are Western, words of them are what
// their statistics say.
func guess(content []byte) encoding.Encoding {
	sample := content[:min(len(content), sampleBytes)]
	beyond, dense := density(sample)
	if beyond < minForStatistics && !dense {
		return charmap.Windows1252
	}
	best, err := chardet.NewTextDetector().DetectBest(sample)
	if err == nil && (dense && best.Confidence >= 10 || best.Confidence >= sureEnough) {
		if e, name := charset.Lookup(best.Charset); usable(e) && (!dense || name != "windows-1252") {
			return e
		}
	}
	if dense && looksCyrillic(sample) {
		return charmap.Windows1251
	}
	return charmap.Windows1252
}

// density counts the bytes beyond ASCII and reports whether most of them stand in runs of three or more.
func density(b []byte) (beyond int, dense bool) {
	inRuns, run := 0, 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] >= utf8.RuneSelf {
			run++
			continue
		}
		if beyond += run; run >= 3 {
			inRuns += run
		}
		run = 0
	}
	return beyond, 2*inRuns > beyond
}

// looksCyrillic reports whether the bytes beyond ASCII are letters of Windows-1251.
func looksCyrillic(b []byte) bool {
	letters, others := 0, 0
	for _, c := range b {
		switch {
		case c >= 0xC0, c == 0xA8, c == 0xB8:
			letters++
		case c >= utf8.RuneSelf:
			others++
		}
	}
	return letters > 4*others
}

// StripControl leaves valid UTF-8 with "\n" line ends, and without NUL and other controls, which PostgreSQL refuses or
// people cannot see.
func StripControl(s string) string {
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

// oneLine is a text with its white space made single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
