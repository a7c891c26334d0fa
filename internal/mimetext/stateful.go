package mimetext

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// The seven-bit charsets are decoded here because golang.org/x/text has no ISO-2022-KR and ISO-2022-CN, and drops the
// ASCII letter behind a "~" that is no shift of HZ. Escapes that are unknown are left out; ASCII is always kept.

// set is a set of letters that an ISO 2022 escape can choose.
type set int

const (
	setASCII set = iota
	setKana
	setJIS
	setJISSupplement
	setGB
	setKS
	setLatin
	setCNS     // the first plane of CNS 11643
	setUnknown // of two bytes
)

// escapes are the sequences of ISO-2022-JP and its extensions, -KR and -CN; shifted ones wait for SO.
var escapes = []struct {
	bytes   string
	set     set
	shifted bool
}{
	{"\x1b(B", setASCII, false},
	{"\x1b(J", setASCII, false},
	{"\x1b(I", setKana, false},
	{"\x1b$@", setJIS, false},
	{"\x1b$B", setJIS, false},
	{"\x1b$(D", setJISSupplement, false},
	{"\x1b$(O", setJIS, false},
	{"\x1b$(P", setUnknown, false},
	{"\x1b$(Q", setJIS, false},
	{"\x1b$(B", setJIS, false},
	{"\x1b$A", setGB, false},
	{"\x1b$(C", setKS, false},
	{"\x1b$(A", setGB, false},
	{"\x1b$)C", setKS, true},
	{"\x1b$)A", setGB, true},
	{"\x1b$)G", setCNS, true},
	{"\x1b$)E", setGB, true},
	{"\x1b)I", setKana, true},
	{"\x1b&@", setASCII, false},
}

// singleShifts choose the sets of which "\x1bN" and "\x1bO" take one letter. They change nothing else.
var singleShifts = []string{"\x1b$*H", "\x1b$+I", "\x1b$+J", "\x1b$+K", "\x1b$+L", "\x1b$+M"}

// sniffISO2022 reports whether seven-bit bytes contain an escape to letters of two bytes.
func sniffISO2022(b []byte) bool {
	for _, e := range []string{"\x1b$B", "\x1b$@", "\x1b$(", "\x1b$)", "\x1b$*", "\x1b$A", "\x1b(I"} {
		if bytes.Contains(b, []byte(e)) {
			return true
		}
	}
	return false
}

func decodeISO2022(b []byte) string {
	var out strings.Builder
	plain, shifted, so := setASCII, setKS, false
	for len(b) > 0 {
		switch c := b[0]; {
		case len(b) >= 4 && c == 0x1b && (b[1] == 'N' || b[1] == 'O'): // one letter of the second plane of CNS, or of others
			out.WriteString(decodeCNS(int(b[1]-'N'+2), b[2:4]))
			b = b[4:]
		case c == 0x1b:
			n := 1
			for _, e := range escapes {
				if bytes.HasPrefix(b, []byte(e.bytes)) {
					n = len(e.bytes)
					if e.shifted {
						shifted = e.set
					} else {
						plain = e.set
					}
					break
				}
			}
			for _, shift := range singleShifts {
				if bytes.HasPrefix(b, []byte(shift)) {
					n = len(shift)
				}
			}
			b = b[n:]
		case c == 0x0e, c == 0x0f:
			so, b = c == 0x0e, b[1:]
		case c == '\n' || c == '\r': // a line begins in ASCII
			out.WriteByte(c)
			plain, so, b = setASCII, false, b[1:]
		default:
			n := bytes.IndexAny(b, "\x1b\x0e\x0f\r\n")
			if n < 0 {
				n = len(b)
			}
			in := plain
			if so {
				in = shifted
			}
			out.WriteString(decodeSet(in, b[:n]))
			b = b[n:]
		}
	}
	return out.String()
}

// decodeSet decodes a run of bytes of one set.
func decodeSet(s set, run []byte) string {
	switch s {
	case setKana:
		return highBit(japanese.ShiftJIS, run, nil)
	case setJIS:
		return highBit(japanese.EUCJP, run, nil)
	case setJISSupplement:
		return highBit(japanese.EUCJP, run, []byte{0x8f})
	case setGB:
		return highBit(simplifiedchinese.GBK, run, nil)
	case setKS:
		return highBit(korean.EUCKR, run, nil)
	case setCNS:
		return decodeCNS(1, run)
	case setUnknown:
		return strings.Repeat("\uFFFD", (len(run)+1)/2)
	}
	if utf8.Valid(run) {
		return string(run)
	}
	return decoderOf(japanese.ShiftJIS)(run) // eight-bit katakana among seven-bit text
}

// highBit decodes letters of two seven-bit bytes in the charset that writes them with the highest bit, with a prefix
// before each. A space is a space in every set.
func highBit(e encoding.Encoding, run, prefix []byte) string {
	wide := make([]byte, 0, len(run)*(1+len(prefix)))
	for i, c := range run {
		if c <= 0x20 || c == 0x7f {
			wide = append(wide, c)
			continue
		}
		if i%2 == 0 {
			wide = append(wide, prefix...)
		}
		wide = append(wide, c|0x80)
	}
	return decoderOf(e)(wide)
}

// decodeHZ decodes RFC 1843: ~{ and ~} stand around two-byte letters, ~~ is a tilde, a tilde at a line's end joins.
func decodeHZ(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		n := bytes.IndexByte(b, '~')
		if n < 0 || n+1 == len(b) {
			out.Write(b)
			break
		}
		out.Write(b[:n])
		next := b[n+1]
		b = b[n+2:]
		switch next {
		case '{':
			end := bytes.IndexAny(b, "\n\r")
			if end < 0 {
				end = len(b)
			}
			if close := bytes.Index(b[:end], []byte("~}")); close >= 0 {
				out.WriteString(highBit(simplifiedchinese.GBK, b[:close], nil))
				b = b[close+2:]
			} else {
				out.WriteString(highBit(simplifiedchinese.GBK, b[:end], nil))
				b = b[end:]
			}
		case '~':
			out.WriteByte('~')
		case '\n', '}':
		default:
			out.Write([]byte{'~', next})
		}
	}
	return out.String()
}

// decodeUTF7 decodes RFC 2152. What is no base64 behind a plus sign stays as it is written.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		plus := bytes.IndexByte(b, '+')
		if plus < 0 {
			out.Write(b)
			break
		}
		out.Write(b[:plus])
		b = b[plus+1:]
		n := 0
		for n < len(b) && isBase64(b[n]) {
			n++
		}
		units, ok := utf16Units(b[:n])
		switch {
		case n == 0 && len(b) > 0 && b[0] == '-':
			out.WriteByte('+')
		case n == 0 || !ok:
			out.WriteByte('+')
			out.Write(b[:n])
			b = b[n:]
			continue
		default:
			out.WriteString(string(utf16.Decode(units)))
		}
		if b = b[n:]; len(b) > 0 && b[0] == '-' {
			b = b[1:]
		}
	}
	return out.String()
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

func utf16Units(b []byte) ([]uint16, bool) {
	raw, err := base64.RawStdEncoding.DecodeString(string(b))
	if err != nil || len(raw) < 2 {
		return nil, false
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return units, true
}
