package mimetext

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Charsets are the names of the charsets that Detect may find, the likeliest first; each is also one that a person may
// choose for a file.
func Charsets() []string {
	return []string{
		"utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1250", "windows-1251", "windows-1254", "windows-1257",
		"windows-1255", "koi8-r", "windows-1253", "windows-1256", "euc-kr", "gbk", "shift_jis", "euc-jp", "big5", "windows-874", "windows-1258",
		"iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15",
		"macintosh", "ibm437", "ibm850", "ibm852", "ibm866",
	}
}

// firstPage and lastPage are the places in Charsets between which the words that come out decide.
const firstPage, lastPage = 3, 17

// DecodeAs decodes bytes by the charset that a person chose, whatever they look like. ok is false where its name is
// unknown.
func DecodeAs(content []byte, label string) (text string, ok bool) {
	known := lookup(label)
	if known == nil {
		return "", false
	}
	return StripControl(known.decode(content)), true
}

// Detect finds the charset of a file about which nothing is declared, or "" where no charset makes words of it. Between
// code pages it decides by what stands within words: letters of one script, no signs, no capital behind a small letter.
func Detect(content []byte) string {
	switch {
	case hasWideMark(content) && content[0] == 0xFF:
		return "utf-16le"
	case hasWideMark(content):
		return "utf-16be"
	case bytes.IndexByte(content, 0) >= 0:
		return detectWide(content)
	case utf8.Valid(content), bytes.HasPrefix(content, []byte("\ufeff")), mostlyUTF8(content):
		return "utf-8"
	}
	sample := linesBeyondASCII(content)
	best, least, ties := "", len(bytes.Runes(sample))+1, map[string]bool{}
	for _, label := range Charsets()[firstPage : lastPage+1] {
		switch cost := implausible(lookup(label).decode(sample), rareRune(label)); {
		case cost < least:
			best, least, ties = label, cost, map[string]bool{label: true}
		case cost == least:
			ties[label] = true
		}
	}
	if beyond, _ := density(sample); least > 2*beyond {
		return ""
	}
	if found, err := chardet.NewTextDetector().DetectBest(sample); err == nil && found.Confidence >= sureEnough {
		if _, name := charset.Lookup(found.Charset); ties[name] {
			return name
		}
	}
	return best
}

// detectWide is UTF-16's name where each other byte of a file without a mark is mostly NUL, or "".
func detectWide(content []byte) string {
	if len(content)%2 != 0 {
		return ""
	}
	var zeros [2]int
	for i, c := range content {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(content) / 2; {
	case zeros[0] > 0 && zeros[1] == 0 && 3*zeros[0] >= half:
		return "utf-16be"
	case zeros[1] > 0 && zeros[0] == 0 && 3*zeros[1] >= half:
		return "utf-16le"
	}
	return ""
}

// linesBeyondASCII is a sample of the lines that have bytes beyond ASCII.
func linesBeyondASCII(content []byte) []byte {
	var sample []byte
	for line := range bytes.FieldsFuncSeq(content, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if len(sample)+len(line) > sampleBytes {
			break
		}
		if !isASCII(line) {
			sample = append(append(sample, line...), '\n')
		}
	}
	if sample == nil {
		return content[:min(len(content), sampleBytes)]
	}
	return sample
}

// implausible says how little a decoded text looks like one that people wrote. rare reports whether a letter is so rare
// in a charset that few names have it.
func implausible(text string, rare func(r rune) bool) int {
	cost, latins := voweless(text), 0
	runes := append([]rune(text), ' ')
	before := ' '
	for i, r := range runes[:len(runes)-1] {
		after := runes[i+1]
		if r >= utf8.RuneSelf {
			cost += oddRune(before, r, after)
			if rare(r) {
				cost += 2
			}
		}
		if r >= utf8.RuneSelf && unicode.Is(unicode.Latin, r) {
			if latins++; latins >= 3 {
				cost += 2
			}
		} else {
			latins = 0
		}
		before = r
	}
	return cost
}

// rareRune finds the letters of a charset that its first standard did not have, and kana in Chinese.
func rareRune(label string) func(r rune) bool {
	script, e := unicode.Han, encoding.Encoding(simplifiedchinese.GBK)
	switch label {
	case "gbk":
	case "euc-kr":
		script, e = unicode.Hangul, korean.EUCKR
	default:
		return func(rune) bool { return false }
	}
	return func(r rune) bool {
		if !unicode.Is(script, r) {
			return unicode.In(r, unicode.Hiragana, unicode.Katakana)
		}
		b, err := e.NewEncoder().Bytes([]byte(string(r)))
		return err == nil && (len(b) != 2 || b[0] < 0xB0 || b[1] < 0xA1)
	}
}

// voweless counts Cyrillic and Greek words without vowels.
func voweless(text string) (cost int) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.In(r, unicode.Cyrillic, unicode.Greek) }) {
		if utf8.RuneCountInString(word) >= 3 && !strings.ContainsAny(strings.ToLower(word), "аеёиоуыэюяіїєўαεηιουωάέήίόύώϊϋΐΰ") {
			cost += 3
		}
	}
	return cost
}

// oddRune says how odd a character beyond ASCII is between its neighbours.
func oddRune(before, r, after rune) int {
	switch {
	case r == utf8.RuneError || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Co, r):
		return 10
	case unicode.IsLetter(r):
		cost := 0
		for _, beside := range []rune{before, after} {
			if unicode.IsLetter(beside) && scriptOf(beside) != scriptOf(r) {
				cost += 5
			}
		}
		if unicode.IsUpper(r) && unicode.IsLower(before) || unicode.IsLower(r) && unicode.IsUpper(after) {
			cost += 4
		}
		if strings.ContainsRune("ÞþÐðݦЂЃѓЉЊЌЋЏђљњќћџװױײ", r) || r >= 0xFF61 && r <= 0xFF9F || !unicode.IsLetter(before) && r == 'ß' {
			cost++
		}
		return cost
	case unicode.IsMark(r):
		if !unicode.IsLetter(before) && !unicode.IsMark(before) {
			return 3
		}
		return 0
	case strings.ContainsRune("’‘·–—“”„«»‹›…•€\u00a0", r):
		return 0
	case unicode.IsLetter(before) && unicode.IsLetter(after):
		return 5
	case unicode.IsLetter(before) || unicode.IsLetter(after):
		return 2
	}
	return 0
}

// scriptOf is a number for the script of a letter; those that are written together have one.
func scriptOf(r rune) int {
	for i, of := range [][]*unicode.RangeTable{
		{unicode.Latin},
		{unicode.Cyrillic},
		{unicode.Greek},
		{unicode.Hebrew},
		{unicode.Arabic},
		{unicode.Thai},
		{unicode.Hangul},
		{unicode.Han, unicode.Hiragana, unicode.Katakana},
	} {
		if unicode.In(r, of...) {
			return i
		}
	}
	return -1
}
