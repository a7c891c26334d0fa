package mimetext

import (
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// family says what kind of bytes a charset has.
type family int

const (
	singleByte family = iota
	multiByte
	isUTF8
	wide     // UTF-16 and UTF-32: ASCII is not written as ASCII
	sevenBit // its letters are ASCII bytes behind escapes
)

// knownCharset is a charset that can be decoded.
type knownCharset struct {
	family family
	decode func([]byte) string
}

// lookup finds a charset by its name, or nil. It knows the labels of WHATWG and IANA, and those that Windows, Java,
// Python, MySQL and old mail programs write.
func lookup(label string) *knownCharset {
	label = strings.ToLower(strings.Trim(label, "\"'`<>;, \t\r\n"))
	if len(label) > 100 {
		return nil
	}
	label = strings.TrimPrefix(label, "charset=")
	label, _, _ = strings.Cut(label, "*") // the language of an encoded word
	short := squash(label)
	if asciiName().MatchString(short) { // it has no letter beyond ASCII: bytes beyond it are another charset's
		return nil
	}
	if c := byAlias(short); c != nil {
		return c
	}
	if e, name := charset.Lookup(label); usable(e) && name != "replacement" {
		return &knownCharset{familyOf(name), decoderOf(e)}
	}
	if e, err := ianaindex.MIME.Encoding(label); err == nil && usable(e) {
		return &knownCharset{singleByte, decoderOf(e)}
	}
	return nil
}

func usable(e encoding.Encoding) bool { return e != nil && e != encoding.Replacement }

func decoderOf(e encoding.Encoding) func([]byte) string {
	return func(b []byte) string {
		out, err := e.NewDecoder().Bytes(b)
		if err != nil { // none of these decoders fails: they write U+FFFD
			return string(b)
		}
		return string(out)
	}
}

func familyOf(name string) family {
	switch {
	case name == "utf-8":
		return isUTF8
	case strings.HasPrefix(name, "utf-16"):
		return wide
	}
	for _, p := range []string{"gb", "big5", "euc-", "shift_jis"} {
		if strings.HasPrefix(name, p) {
			return multiByte
		}
	}
	return singleByte
}

// squash is a label's letters and digits without the prefixes that change nothing.
func squash(label string) string {
	label = strings.TrimPrefix(strings.TrimPrefix(label, "x-"), "x-")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, label)
}

var (
	codePage = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:cs)?(?:cp|ibm|ms|win|windows|dos|oem|ccsid|codepage|pc)?0*(\d{3,5})$`)
	})
	isoLatin = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:cs)?(?:(?:we|ee|cl)8)?(?:iso)?8859p?(\d{1,2})(?:i|e|\d{4})?$`)
	})
	asciiName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(us|cs)?ascii|^ansix34|^(iso)?646|^(cp|ibm)?(367|20127)$|^(7|8)bit$`)
	})
	latinName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:cs)?(?:iso)?latin(10|\d)$`) })
)

// byAlias finds a charset by a squashed label: a code page's number, a part of ISO 8859, or a family's first letters.
func byAlias(s string) *knownCharset {
	if m := isoLatin().FindStringSubmatch(s); m != nil {
		if e, _ := charset.Lookup("iso-8859-" + m[1]); usable(e) {
			return &knownCharset{singleByte, decoderOf(e)}
		}
	}
	if m := latinName().FindStringSubmatch(s); m != nil {
		part := map[string]string{"5": "9", "6": "10", "7": "13", "8": "14", "9": "15", "10": "16"}[m[1]]
		if part == "" {
			part = m[1]
		}
		if e, _ := charset.Lookup("iso-8859-" + part); usable(e) {
			return &knownCharset{singleByte, decoderOf(e)}
		}
	}
	if m := codePage().FindStringSubmatch(s); m != nil {
		if c := codePages()[m[1]]; c != nil {
			return c
		}
	}
	for _, f := range aliases() {
		if strings.HasPrefix(s, f.prefix) {
			return f.charset
		}
	}
	return nil
}

var codePages = sync.OnceValue(func() map[string]*knownCharset {
	pages := map[string]*knownCharset{
		"874": {singleByte, decoderOf(charmap.Windows874)}, "1200": utf16of(unicode.LittleEndian), "1201": utf16of(unicode.BigEndian),
		"65000": {sevenBit, decodeUTF7}, "65001": utf8Charset(), "28591": {singleByte, decoderOf(charmap.Windows1252)},
		"20866": {singleByte, decoderOf(charmap.KOI8R)}, "21866": {singleByte, decoderOf(charmap.KOI8U)},
		"819": {singleByte, decoderOf(charmap.Windows1252)}, "10000": {singleByte, decoderOf(charmap.Macintosh)},
		"10007": {singleByte, decoderOf(charmap.MacintoshCyrillic)}, "923": {singleByte, decoderOf(charmap.ISO8859_15)},
	}
	for numbers, e := range map[string]encoding.Encoding{
		"037": charmap.CodePage037, "437": charmap.CodePage437, "850": charmap.CodePage850, "852": charmap.CodePage852,
		"855": charmap.CodePage855, "858": charmap.CodePage858, "860": charmap.CodePage860, "862": charmap.CodePage862,
		"863": charmap.CodePage863, "865": charmap.CodePage865, "866": charmap.CodePage866, "1047": charmap.CodePage1047,
		"1140": charmap.CodePage1140, "1250": charmap.Windows1250, "1251": charmap.Windows1251, "1252": charmap.Windows1252,
		"1253": charmap.Windows1253, "1254": charmap.Windows1254, "1255": charmap.Windows1255, "1256": charmap.Windows1256,
		"1257": charmap.Windows1257, "1258": charmap.Windows1258,
	} {
		pages[numbers] = &knownCharset{singleByte, decoderOf(e)}
	}
	for numbers, e := range map[string]encoding.Encoding{
		"932 943 942": japanese.ShiftJIS, "51932 20932 954 33722": japanese.EUCJP, "949 51949 970 1363 5601": korean.EUCKR,
		"936 1386 51936 20936 1383": simplifiedchinese.GBK, "54936 1392 18030": simplifiedchinese.GB18030,
		"950 951 1375 136": traditionalchinese.Big5,
	} {
		for n := range strings.FieldsSeq(numbers) {
			pages[n] = &knownCharset{multiByte, decoderOf(e)}
		}
	}
	for _, n := range []string{"50220", "50221", "50222", "50225", "50227"} {
		pages[n] = iso2022Charset()
	}
	pages["52936"] = hzCharset()
	return pages
})

type alias struct {
	prefix  string
	charset *knownCharset
}

func utf8Charset() *knownCharset {
	return &knownCharset{isUTF8, func(b []byte) string { return string(b) }}
}

func iso2022Charset() *knownCharset { return &knownCharset{sevenBit, decodeISO2022} }

func hzCharset() *knownCharset { return &knownCharset{sevenBit, decodeHZ} }

func utf16of(order unicode.Endianness) *knownCharset {
	return &knownCharset{wide, decoderOf(unicode.UTF16(order, unicode.UseBOM))}
}

// aliases are tried in this order, by prefix, so that what programs append (mb4, -sig, http-equiv) does no harm.
var aliases = sync.OnceValue(func() []alias {
	many := func(e encoding.Encoding) *knownCharset { return &knownCharset{multiByte, decoderOf(e)} }
	one := func(e encoding.Encoding) *knownCharset { return &knownCharset{singleByte, decoderOf(e)} }
	return []alias{
		{"utf8", utf8Charset()},
		{"cesu8", utf8Charset()},
		{"unicode11utf8", utf8Charset()},
		{"utf7", &knownCharset{sevenBit, decodeUTF7}},
		{"unicode11utf7", &knownCharset{sevenBit, decodeUTF7}},
		{"utf16be", utf16of(unicode.BigEndian)},
		{"utf16", utf16of(unicode.LittleEndian)},
		{"ucs2be", utf16of(unicode.BigEndian)},
		{"ucs2", utf16of(unicode.LittleEndian)},
		{"iso10646ucs2", utf16of(unicode.BigEndian)},
		{"utf32be", &knownCharset{wide, decoderOf(utf32.UTF32(utf32.BigEndian, utf32.UseBOM))}},
		{"utf32", &knownCharset{wide, decoderOf(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM))}},
		{"iso2022", iso2022Charset()},
		{"csiso2022", iso2022Charset()},
		{"jis", iso2022Charset()},
		{"hz", hzCharset()},
		{"gb18030", many(simplifiedchinese.GB18030)},
		{"gb", many(simplifiedchinese.GBK)},
		{"csgb", many(simplifiedchinese.GBK)},
		{"euccn", many(simplifiedchinese.GBK)},
		{"eucgb", many(simplifiedchinese.GBK)},
		{"cngb", many(simplifiedchinese.GBK)},
		{"big5", many(traditionalchinese.Big5)},
		{"csbig5", many(traditionalchinese.Big5)},
		{"cnbig5", many(traditionalchinese.Big5)},
		{"xbig5", many(traditionalchinese.Big5)},
		{"sjis", many(japanese.ShiftJIS)},
		{"shiftjis", many(japanese.ShiftJIS)},
		{"csshiftjis", many(japanese.ShiftJIS)},
		{"mskanji", many(japanese.ShiftJIS)},
		{"windows31j", many(japanese.ShiftJIS)},
		{"cswindows31j", many(japanese.ShiftJIS)},
		{"eucjp", many(japanese.EUCJP)},
		{"ujis", many(japanese.EUCJP)},
		{"cseucjp", many(japanese.EUCJP)},
		{"euckr", many(korean.EUCKR)},
		{"cseuckr", many(korean.EUCKR)},
		{"ksc", many(korean.EUCKR)},
		{"csksc", many(korean.EUCKR)},
		{"uhc", many(korean.EUCKR)},
		{"wansung", many(korean.EUCKR)},
		{"korean", many(korean.EUCKR)},
		{"koi8u", one(charmap.KOI8U)},
		{"koi8ru", one(charmap.KOI8U)},
		{"koi8", one(charmap.KOI8R)},
		{"cskoi8r", one(charmap.KOI8R)},
		{"tis620", one(charmap.Windows874)},
		{"windows1250", one(charmap.Windows1250)},
		{"windows1251", one(charmap.Windows1251)},
		{"windows1252", one(charmap.Windows1252)},
		{"maccyr", one(charmap.MacintoshCyrillic)},
		{"macroman", one(charmap.Macintosh)},
		{"iso88591", one(charmap.Windows1252)},
		{"ansi", one(charmap.Windows1252)},
	}
})
