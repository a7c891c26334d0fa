package mimetext_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/parleydesk/parley/internal/mimetext"
)

func encoded(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecodeKnowsCharsetsByTheirUsualNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e      encoding.Encoding
		text   string
		labels string
	}{
		{charmap.Windows1252, "Äpfel – 5 €", "windows-1252 cp1252 win1252 x-cp1252 windows_1252 ms-ansi " +
			"iso-8859-1 latin1 iso_8859-1:1987 ISO8859-1 8859-1 WE8ISO8859P1"},
		{charmap.ISO8859_15, "Œuvre 5 €", "iso-8859-15 latin-9 latin9 ISO_8859-15 iso885915"},
		{charmap.ISO8859_2, "Łódź", "iso-8859-2 latin2 iso8859_2 csISOLatin2"},
		{charmap.Windows1251, "Привет", "windows-1251 cp1251 win-1251 CP-1251 ms1251"},
		{charmap.KOI8R, "Привет", "koi8-r koi8r KOI8_R cskoi8r cp20866"},
		{charmap.KOI8U, "Привіт", "koi8-u koi8u"},
		{charmap.CodePage850, "Gemüse für Jürgen", "cp850 ibm850 IBM-850 dos850 cspc850 850"},
		{charmap.CodePage437, "Gemüse für Jürgen", "cp437 ibm437 437"},
		{charmap.CodePage866, "Привет", "cp866 ibm866 866"},
		{charmap.CodePage852, "Łódź", "cp852 ibm852"},
		{japanese.ShiftJIS, "ご注文について", "shift_jis sjis x-sjis cp932 MS932 windows-31j ms_kanji cp943"},
		{japanese.EUCJP, "ご注文について", "euc-jp eucjp eucJP-ms cp51932 ujis"},
		{japanese.ISO2022JP, "ご注文 abc について", "iso-2022-jp ISO-2022-JP-MS iso-2022-jp-2 cp50220 cp50221 csISO2022JP"},
		{korean.EUCKR, "주문 문의", "euc-kr cp949 ms949 uhc ks_c_5601-1987 KSC5601 windows-949 x-windows-949"},
		{simplifiedchinese.GBK, "您好，发票", "gb2312 gbk cp936 ms936 windows-936 gb_2312-80 euc-cn x-gbk"},
		{simplifiedchinese.GB18030, "您好，发票", "gb18030 cp54936"},
		{simplifiedchinese.HZGB2312, "abc 您好 def", "hz-gb-2312 hz HZ-GB-2312"},
		{traditionalchinese.Big5, "您好，發票", "big5 cp950 big5-hkscs ms950 x-x-big5 cn-big5"},
		{encoding.Nop, "Grüße, 您好", "utf-8 utf8 UTF8mb4 utf-8-sig cp65001 unicode-1-1-utf-8 utf-8http-equivcontent-type"},
		{encoding.Nop, "order 4711", "unknown-8bit x-unknown x-foo us-ascii utf-7"},
	} {
		raw := encoded(t, c.e, c.text)
		for label := range strings.FieldsSeq(c.labels) {
			for _, written := range []string{label, strings.ToUpper(label), `"` + label + `"`, " " + label + " "} {
				if got := mimetext.Decode(raw, written); got != c.text {
					t.Errorf("%q is read as %q, want %q", written, got, c.text)
				}
			}
		}
	}
}

func TestDecodeKeepsASCIIInEveryCharset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, label, want string }{
		{"\x1b$)C\x0eGQ1[\x0f box 12", "iso-2022-kr", "한글 box 12"},
		{"box 12 \x1b$)C\x0eGQ1[", "csiso2022kr", "box 12 한글"},
		{"\x1b$)A\x0eVPND\x0f box 12", "iso-2022-cn", "中文 box 12"},
		{"\x1b$)A\x0eVPND\x0f box 12", "iso-2022-cn-ext", "中文 box 12"},
		{"\x1b$)G\x0eDcEFST^L\x0f box 12", "iso-2022-cn", "中文訂單 box 12"},
		{"\x1b$)G\x1b$*H\x0eDc\x1bNrDEF\x0f box 12", "iso-2022-cn", "中龘文 box 12"},
		{"\x1b$)A\x0eVP\x1b$)GEF\x0f box 12", "iso-2022-cn", "中文 box 12"},
		{"\x1b$)G\x0e&!&5\x0f \x1b$+I\x1bOD! box 12", "iso-2022-cn-ext", "①ⅰ \uFFFD box 12"},
		{"\x1b$)G\x0e\x7f\x7fD\x0f box 12", "iso-2022-cn", "\uFFFD\uFFFD box 12"},
		{"~{VPND~} box ~~12 ~x", "hz-gb-2312", "中文 box ~12 ~x"},
		{"~{VPND\nbox 12", "hz-gb-2312", "中文\nbox 12"},
		{"\x1b$(O0l\x1b(B box 12", "iso-2022-jp-3", "一 box 12"},
		{"\x1b(I1\x1b(B box 12", "iso-2022-jp", "ｱ box 12"},
		{"\x1b$B0l", "iso-2022-jp", "一"},
		{"\x1b$B0l\nbox 12", "iso-2022-jp", "一\nbox 12"},
		{"\x1b[31mbox\x1b(Z 12", "iso-2022-jp", "[31mbox(Z 12"},
		{"\x1b$B0l\x1b(B box", "", "一 box"},
		{"\x1b$)C\x0eGQ1[\x0f box", "us-ascii", "한글 box"},
		{"K+APY-ln 1+-1 a+b", "utf-7", "Köln 1+1 a+b"},
		{"Tom & Co +AOk", "unicode-1-1-utf-7", "Tom & Co é"},
		{"box 12", "utf-16", "box 12"},
		{"b\x00o\x00x\x00", "utf-16", "box"},
		{"\xff\xfeb\x00\xfc\x00", "", "bü"},
		{"\xfe\xff\x00b\x00\xfc", "utf-8", "bü"},
		{"box\x8112", "shift_jis", "box\uFFFD12"},
		{"box 12 \xff", "replacement", "box 12 ÿ"},
	} {
		if got := mimetext.Decode([]byte(c.raw), c.label); got != c.want {
			t.Errorf("%q as %s is %q, want %q", c.raw, c.label, got, c.want)
		}
	}
}

func TestDecodeGuessesOnlyWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, label, want string }{
		{"Gr\xfc\xdfe", "", "Grüße"},
		{"Gr\xfc\xdfe", "x-nonsense", "Grüße"},
		{"Gr\xfc\xdfe", "us-ascii", "Grüße"},
		{"Gr\xfc\xdfe", "utf-8", "Grüße"},
		{"Grüße", "iso-8859-1", "Grüße"},
		{"Grüße aus Köln \xff", "utf-8", "Grüße aus Köln \uFFFD"},
		{"您好，请发票", "gb2312", "您好，请发票"},
		{"\xc8\xe2\xe0\xed \xcf\xe5\xf2\xf0\xee\xe2", "", "Иван Петров"},
		{"Zo\xeb O\x92Neil \x96 50 \x80", "", "Zoë O’Neil – 50 €"},
	} {
		if got := mimetext.Decode([]byte(c.raw), c.label); got != c.want {
			t.Errorf("%q as %q is %q, want %q", c.raw, c.label, got, c.want)
		}
	}
	if got := mimetext.DecodeHTML([]byte("<meta charset=koi8-r><p>\xf0\xd2\xc9\xd7\xc5\xd4"), ""); !strings.HasSuffix(got, "Привет") {
		t.Errorf("a page that declares its charset is %q", got)
	}
}

func TestDecodeHeader(t *testing.T) {
	t.Parallel()
	b64 := func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
	gb := encoded(t, simplifiedchinese.GBK, "如何退货")
	jis := encoded(t, japanese.ISO2022JP, "ご注文")
	euro := []byte("5 €")
	for _, c := range []struct{ raw, declared, want string }{
		{"=?utf-8?q?Gr=C3=B6=C3=9Fe?= and more", "", "Größe and more"},
		{"=?utf-8?q?a?= =?utf-8?q?b?= c =?utf-8?q?d?=", "", "ab c d"},
		{"=?gb2312?B?" + b64(gb[:5]) + "?=\r\n =?GB2312?B?" + b64(gb[5:]) + "?=", "", "如何退货"},
		{"=?iso-2022-jp?B?" + b64(jis[:6]) + "?= =?iso-2022-jp?B?" + b64(jis[6:]) + "?=", "", "ご注文"},
		{"=?utf-8?B?" + b64(euro[:3]) + "?= =?utf-8?q?=82=AC?=", "", "5 €"},
		{"=?utf-8?q?=C3=B6?= =?iso-8859-1?q?=F6?=", "", "öö"},
		{"=?gb2312?B?" + b64(gb[:3]) + "?= =?gb2312?q?abc?=", "", mimetext.Decode(append(gb[:3:3], "abc"...), "gb2312")},
		{"=?cp932?B?jKmQz4LgguiCzIyP?=", "", "見積もりの件"},
		{"=?utf-8?Q?Gr=C3=B6=C3=9Fe?= =?x-foo?Q?abc?=", "", "Größeabc"},
		{"=?utf8mb4?B?R3LDvMOfZQ==?= =?unknown-8bit?q?_M=E4rz?=", "", "Grüße März"},
		{"=?utf-8*de?q?M=C3=A4rz?=", "", "März"},
		{"=?utf-8?q?a b?= =?utf-8?q??=", "", "a b"},
		{"=?utf-8?B?R3LDvMOfZQ?=", "", "Grüße"},
		{"=?utf-8?z?x?= =?", "", "=?utf-8?z?x?= =?"},
		{"50% =4A off", "", "50% =4A off"},
		{string(encoded(t, charmap.KOI8R, "Где заказ")), "koi8-r", "Где заказ"},
		{string(encoded(t, charmap.Windows1253, "Που είναι")), "windows-1253", "Που είναι"},
		{string(encoded(t, japanese.ShiftJIS, "見積")), "shift_jis", "見積"},
		{string(jis), "iso-2022-jp", "ご注文"},
		{"\x1b$)C\x0eGQ1[\x0f", "iso-2022-kr", "한글"},
		{"1 + 1 +AOk-", "utf-7", "1 + 1 +AOk-"},
		{"Größe", "koi8-r", "Größe"},
	} {
		if got := mimetext.DecodeHeader(c.raw, c.declared); got != c.want {
			t.Errorf("%q is %q, want %q", c.raw, got, c.want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	type one = mimetext.Address
	for raw, want := range map[string][]one{
		`Sue Miller <Sue@Cust.example>`: {
			{Name: "Sue Miller", Email: "sue@cust.example", Bracketed: true},
		},
		`sue@cust.example`:              {{Email: "sue@cust.example"}},
		`sue@cust.example (Sue Miller)`: {{Name: "Sue Miller", Email: "sue@cust.example"}},
		`chief@bank.example <mal@evil.example>`: {
			{Name: "chief@bank.example", Email: "mal@evil.example", Bracketed: true},
		},
		`"chief@bank.example" <mal@evil.example>`: {
			{Name: "chief@bank.example", Email: "mal@evil.example", Bracketed: true},
		},
		`"<chief@bank.example>" <mal@evil.example>`: {
			{Name: "<chief@bank.example>", Email: "mal@evil.example", Bracketed: true},
		},
		`=?utf-8?q?chief=40bank=2Eexample?= <mal@evil.example>`: {
			{Name: "chief@bank.example", Email: "mal@evil.example", Bracketed: true},
		},
		`=?utf-8?q?=3Cchief=40bank=2Eexample=3E?= <m@e.example>`: {
			{Name: "<chief@bank.example>", Email: "m@e.example", Bracketed: true},
		},
		`"'sue@cust.example'" <'sue@cust.example'>`: {{Email: "sue@cust.example", Bracketed: true}},
		`'Sue Miller' <sue@cust.example>`: {
			{Name: "Sue Miller", Email: "sue@cust.example", Bracketed: true},
		},
		`'sue@cust.example'`: {{Email: "sue@cust.example"}},
		`o'neil@x.example, <O'Neil@x.example>`: {
			{Email: "o'neil@x.example"},
			{Email: "o'neil@x.example", Bracketed: true},
		},
		`'sam'@x.example`:              {{Email: "'sam'@x.example"}},
		`'sue@cust.example`:            {{Email: "sue@cust.example"}},
		`Sue <sue@cust.example'>`:      {{Name: "Sue", Email: "sue@cust.example", Bracketed: true}},
		`Sue [mailto:Sue@c.example]`:   {{Name: "Sue", Email: "sue@c.example"}},
		`<@relay.example:s@c.example>`: {{Email: "s@c.example", Bracketed: true}},
		`Smith, Jr John <js@cust.example>`: {
			{Name: "Smith, Jr John", Email: "js@cust.example", Bracketed: true},
		},
		`Müller, Jörg (Einkauf) <mj@cust.example>, b@c.example`: {
			{Name: "Müller, Jörg", Email: "mj@cust.example", Bracketed: true},
			{Email: "b@c.example"},
		},
		`a@b.example, Lee, Ann <l@c.example>; d@e.example`: {
			{Email: "a@b.example"},
			{Name: "Lee, Ann", Email: "l@c.example", Bracketed: true},
			{Email: "d@e.example"},
		},
		`"Lee, Ann" <l@c.example> Bo <bo@c.example>`: {
			{Name: "Lee, Ann", Email: "l@c.example", Bracketed: true, Joined: true},
			{Name: "Bo", Email: "bo@c.example", Bracketed: true},
		},
		`undisclosed-recipients:;`: nil,
		`Team: a@b.example, Bo <bo@c.example>;, d@e.example`: {
			{Email: "a@b.example"},
			{Name: "Bo", Email: "bo@c.example", Bracketed: true},
			{Email: "d@e.example"},
		},
		`"unclosed <sue@cust.example>`: {
			{Name: `"unclosed`, Email: "sue@cust.example", Bracketed: true},
		},
		`Sue (unclosed <sue@cust.example>`: {
			{Name: `Sue (unclosed`, Email: "sue@cust.example", Bracketed: true},
		},
		`Sue <sue@cust.example`: {
			{Name: "Sue", Email: "sue@cust.example", Bracketed: true},
		},
		`Sue <<sue@cust.example>>`: {
			{Name: "Sue", Email: "sue@cust.example", Bracketed: true},
		},
		`Sue <mailto:sue@cust.example>`: {
			{Name: "Sue", Email: "sue@cust.example", Bracketed: true},
		},
		`Sue <@a.example,@b.example:sue@cust.example>`: {
			{Name: "Sue", Email: "sue@cust.example", Bracketed: true},
		},
		`Sue sue@cust.example`: {{Name: "Sue", Email: "sue@cust.example"}},
		`=?utf-8?q?M=C3=BCller,_J=C3=B6rg?= <mj@cust.example>`: {
			{Name: "Müller, Jörg", Email: "mj@cust.example", Bracketed: true},
		},
		`"=?utf-8?q?J=C3=B6rg?= Lee" <j@cust.example>`: {
			{Name: "Jörg Lee", Email: "j@cust.example", Bracketed: true},
		},
		`"a \"b\" c" <j@cust.example>`: {
			{Name: `a "b" c`, Email: "j@cust.example", Bracketed: true},
		},
		`no address at all`: nil,
		`<>`:                nil,
		``:                  nil,
	} {
		if diff := cmp.Diff(want, mimetext.Addresses(raw, "")); diff != "" {
			t.Errorf("%s:\n%s", raw, diff)
		}
	}
	sjis := "\x93c\x92\x86 <tanaka@cust.example>"
	if got := mimetext.Addresses(sjis, "shift_jis"); len(got) != 1 || got[0].Name != "田中" {
		t.Errorf("a raw name in the charset of its mail: %+v", got)
	}
}

func TestParseField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, declared, param, want string }{
		{`attachment; filename="a.pdf"`, "", "filename", "a.pdf"},
		{`attachment; filename=a b c.pdf; size=3`, "", "filename", "a b c.pdf"},
		{`attachment; filename="a;b.pdf"`, "", "filename", "a;b.pdf"},
		{`attachment; filename="a \"b\".pdf"`, "", "filename", `a "b".pdf`},
		{`attachment; filename="C:\dir\a.pdf"`, "", "filename", `C:\dir\a.pdf`},
		{`attachment; filename*=iso-8859-1''Stra%DFe.pdf`, "", "filename", "Straße.pdf"},
		{`attachment; filename*=iso-8859-1'de'Stra%DFe.pdf; filename="Strasse.pdf"`, "", "filename", "Straße.pdf"},
		{`attachment; filename*0*=iso-8859-1''Gr%FC; filename*1*=%DFe%202026; filename*2=.pdf`, "", "filename", "Grüße 2026.pdf"},
		{`attachment; filename*1="b.pdf"; filename*0="a"`, "", "filename", "ab.pdf"},
		{`attachment; filename*0="=?utf-8?q?Gr=C3=BC"; filename*1="=C3=9Fe.pdf?="`, "", "filename", "Grüße.pdf"},
		{`attachment; filename*=shift_jis''%8C%A9.pdf`, "", "filename", "見.pdf"},
		{`attachment; filename*=x-foo''Gr%C3%BC%C3%9Fe.pdf`, "", "filename", "Grüße.pdf"},
		{`attachment; filename*=''Gr%FC%DFe.pdf`, "", "filename", "Grüße.pdf"},
		{`attachment; filename*=utf-8''100%.pdf`, "", "filename", "100%.pdf"},
		{`attachment; filename="=?unknown-8bit?q?Gr=FC=DFe=2Epdf?="`, "", "filename", "Grüße.pdf"},
		{`attachment; filename==?utf-8?q?Gr=C3=BC=C3=9Fe.pdf?=`, "", "filename", "Grüße.pdf"},
		{"attachment; filename=\"Gr\xf6\xdfe.pdf\"", "utf-8", "filename", "Größe.pdf"},
		{"attachment; filename=\"\x8c\xa9.pdf\"", "shift_jis", "filename", "見.pdf"},
		{
			"=?unknown-8bit?q?attachment=3B_?=\r\n =?unknown-8bit?q?_filename=3D=22Plan_Stra=C3=9Fe=2Epdf=22?=",
			"", "filename", "Plan Straße.pdf",
		},
		{`text/plain charset=koi8-r`, "", "charset", "koi8-r"},
		{`text/plain; charset="utf-8`, "", "charset", "utf-8"},
		{`multipart/mixed; BOUNDARY = "b 1"`, "", "boundary", "b 1"},
	} {
		f, err := mimetext.ParseField(c.raw, c.declared)
		if err != nil || f.Params[c.param] != c.want {
			t.Errorf("%s: %q, %v, want %q", c.raw, f.Params[c.param], err, c.want)
		}
		ends := func(r rune) bool { return r == ';' || r == ' ' }
		if want := strings.FieldsFunc(mimetext.DecodeHeader(c.raw, ""), ends)[0]; f.Value != want {
			t.Errorf("%s is %q, want %q", c.raw, f.Value, want)
		}
	}
	for _, raw := range []string{
		"text/plain" + strings.Repeat("; x*0*=utf-8''%41", 101),
		"text/plain; x=" + strings.Repeat("y", 8<<10),
		"=?utf-8?q?" + strings.Repeat("=3Bx=3D1", 200) + "?=",
	} {
		if _, err := mimetext.ParseField(raw, ""); !errors.Is(err, mimetext.ErrField) {
			t.Errorf("%.40s…: %v", raw, err)
		}
	}
}

// storable fails if a text could not be stored.
func storable(t *testing.T, all ...string) {
	t.Helper()
	for _, s := range all {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r\x1b") {
			t.Fatalf("unclean: %q", s)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x1b$)C\x0eGQ1[\x0f box"), "iso-2022-kr")
	f.Add([]byte("~{VPND~} ~~"), "hz")
	f.Add([]byte("a+AOk-"), "utf-7")
	f.Add([]byte("\xff\xfea\x00"), "utf-16")
	f.Add([]byte("\x81\x82"), "cp932")
	f.Fuzz(func(t *testing.T, raw []byte, label string) {
		got := mimetext.Decode(raw, label)
		storable(t, got, mimetext.DecodeHTML(raw, label))
		if len(got) > 4*len(raw)+4 {
			t.Fatalf("%d bytes become %d", len(raw), len(got))
		}
	})
}

func FuzzDecodeHeader(f *testing.F) {
	f.Add("=?utf-8?q?a?= =?gb2312?B?yOe6?= x", "koi8-r")
	f.Fuzz(func(t *testing.T, header, declared string) {
		storable(t, mimetext.DecodeHeader(header, declared))
	})
}

func FuzzAddresses(f *testing.F) {
	f.Add(`"a, \"b" (c (d)) <e@f.example>, G: h@i.example;`, "utf-8")
	f.Add(`Lee, Ann <'a@b.example'>; "x`, "shift_jis")
	f.Fuzz(func(t *testing.T, header, declared string) {
		all := mimetext.Addresses(header, declared)
		for _, a := range all {
			storable(t, a.Name, a.Email)
			if !mimetext.Plausible(a.Email) || strings.Contains(a.Name, "\n") {
				t.Fatalf("%+v", a)
			}
		}
		if len(all) > 200 {
			t.Fatalf("%d addresses", len(all))
		}
	})
}

func FuzzParseField(f *testing.F) {
	f.Add(`attachment; filename*0*=iso-8859-1''a%FC; filename*1="b"; x`, "koi8-r")
	f.Fuzz(func(t *testing.T, field, declared string) {
		got, err := mimetext.ParseField(field, declared)
		if err != nil && !errors.Is(err, mimetext.ErrField) {
			t.Fatal(err)
		}
		storable(t, got.Value)
		for _, v := range got.Params {
			storable(t, v)
		}
	})
}
