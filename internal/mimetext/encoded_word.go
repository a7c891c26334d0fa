package mimetext

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

var encodedWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)=\?([^?\s]{1,100})\?([bBqQ])\?(.*?)\?=`)
})

// DecodeHeader decodes the encoded words of a header (RFC 2047), and whatever raw bytes a program left there in the charset
// that the mail declares, which may be "". Neighbouring words of one charset are joined as bytes before they are
// decoded, because many programs cut in the middle of a letter.
func DecodeHeader(header, declared string) string {
	return StripControl(decodeEncodedWords(raw(header, declared)))
}

// raw decodes the raw bytes of a header and leaves its encoded words.
func raw(header, declared string) string {
	b, known := []byte(header), lookup(declared)
	shifts := strings.ContainsAny(header, "\x1b\x0e") || strings.Contains(header, "~{")
	if known != nil && (known.family == wide || known.family == sevenBit && !shifts) {
		known = nil // ASCII in it is not what it says
	}
	if isASCII(b) && !sniffISO2022(b) && (known == nil || known.family != sevenBit) {
		return header
	}
	return StripControl(decode(b, known, nil))
}

func decodeEncodedWords(s string) string {
	var out strings.Builder
	var run []charsetBytes
	for {
		m := encodedWord().FindStringSubmatchIndex(s)
		if m == nil {
			break
		}
		between := s[:m[0]]
		next := charsetBytes{s[m[2]:m[3]], payload(s[m[4]:m[5]], s[m[6]:m[7]])}
		blank := strings.TrimSpace(between) == ""
		if len(run) > 0 && (!blank || !run[0].sameCharset(next)) {
			out.WriteString(decodeRun(run))
			if !blank {
				out.WriteString(between)
			}
			run = nil
		} else if len(run) == 0 {
			out.WriteString(between)
		}
		run = append(run, next)
		s = s[m[1]:]
	}
	out.WriteString(decodeRun(run))
	out.WriteString(s)
	return out.String()
}

// charsetBytes is an encoded word's charset and bytes.
type charsetBytes struct {
	charset string
	bytes   []byte
}

func (w charsetBytes) sameCharset(other charsetBytes) bool {
	name := func(s string) string {
		s, _, _ = strings.Cut(s, "*")
		return squash(strings.ToLower(s))
	}
	return name(w.charset) == name(other.charset)
}

// decodeRun decodes neighbouring words of one charset, joined; one by one where joining them breaks letters.
func decodeRun(run []charsetBytes) string {
	if len(run) == 0 {
		return ""
	}
	var all []byte
	for _, w := range run {
		all = append(all, w.bytes...)
	}
	joined := Decode(all, run[0].charset)
	broken := strings.Count(joined, "\uFFFD")
	if broken == 0 || len(run) == 1 {
		return joined
	}
	var single strings.Builder
	for _, w := range run {
		single.WriteString(Decode(w.bytes, w.charset))
	}
	if strings.Count(single.String(), "\uFFFD") < broken {
		return single.String()
	}
	return joined
}

// payload is the bytes that an encoded word holds.
func payload(encoding, text string) []byte {
	if strings.EqualFold(encoding, "q") {
		return unquotePrintable(strings.ReplaceAll(text, "_", " "))
	}
	return unbase64(text)
}

// unquotePrintable decodes =XX and keeps an equals sign that is none.
func unquotePrintable(s string) []byte { return unhexBehind('=', s) }

// unhexBehind decodes two hexadecimal digits behind a mark, and keeps a mark without them.
func unhexBehind(mark byte, s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// unbase64 decodes what is base64 in a text, whether it is padded or not, and several pieces that are padded each.
func unbase64(s string) []byte {
	var out []byte
	for piece := range strings.SplitSeq(s, "=") {
		clean := strings.Map(func(r rune) rune {
			if r < utf8.RuneSelf && isBase64(byte(r)) {
				return r
			}
			return -1
		}, piece)
		if len(clean)%4 == 1 {
			clean = clean[:len(clean)-1]
		}
		decoded, err := base64.RawStdEncoding.DecodeString(clean)
		if err != nil {
			continue
		}
		out = append(out, decoded...)
	}
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// QuotedPrintable decodes a body: =XX, and lines that an equals sign at their end joins.
func QuotedPrintable(content []byte) []byte {
	out := make([]byte, 0, len(content))
	for line := range bytes.Lines(content) {
		bare := bytes.TrimRight(line, " \t\r\n")
		if soft, ok := bytes.CutSuffix(bare, []byte("=")); ok {
			out = append(out, unquotePrintable(string(soft))...)
			continue
		}
		out = append(out, unquotePrintable(string(bare))...)
		if bytes.HasSuffix(line, []byte("\n")) {
			out = append(out, '\n')
		}
	}
	return out
}

// Base64 decodes a body, whatever is between its letters.
func Base64(content []byte) []byte { return unbase64(string(content)) }

// IsBase64 reports whether all bytes are letters of base64.
func IsBase64(b []byte) bool {
	for _, c := range b {
		if !isBase64(c) {
			return false
		}
	}
	return true
}
