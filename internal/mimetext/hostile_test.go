package mimetext_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/hostile"
	"github.com/parleydesk/parley/internal/mimetext"
)

func TestHostileBytesAreDecodedCheaply(t *testing.T) {
	labels := []string{
		"", "utf-8", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "hz", "utf-7", "utf-16", "gb18030", "big5", "koi8-r", "x-unknown", "us-ascii",
	}
	pieces := []string{
		"\x1b$B", "\x1b(B", "\x1b$)C", "\x1b$)A", "\x1b$)G", "\x1b$*H", "\x0e", "\x0f", "\x1bN", "~{", "~}", "~~", "+AO",
		"+", "-", "=", "\xff\xfe", "\xfe\xff",
		"\x00", "\x81", "\xe4\xbd", "\xf0\x9f", "a", "\r", "\n", "\u2028", "<meta charset=utf-7>", "\xc8\xe2\xe0\xed",
		"%FC", "é",
	}
	n := 0
	hostile.Check(t, hostile.Inputs(5, 3000, pieces...), 500_000, 600, func(in string) {
		label := labels[n%len(labels)]
		n++
		got := mimetext.Decode([]byte(in), label)
		storable(t, got, mimetext.DecodeHTML([]byte(in), label), mimetext.Detect([]byte(in)))
		if len(got) > 4*len(in)+4 {
			t.Errorf("%d bytes become %d: %q", len(in), len(got), in)
		}
	})
}

func TestHostileHeadersAreReadCheaply(t *testing.T) {
	pieces := []string{
		"=?utf-8?q?", "=?gb2312?B?", "=?x?b?", "?=", "yOe6", "=FC", "_", "\"", "\\", "(", ")", "<", ">", "@", ",", ";",
		":", "G: ", "a", "a@b.example", "'", "x.example",
		"filename*0*=utf-8''", "filename*1=", "name=", "*", "=", "%", "%E4", "attachment", "\r\n ", "\t", "\x00", "\xfc",
		"\x1b$B", "é", "[", "]", "🙂",
	}
	hostile.Check(t, hostile.Inputs(6, 3000, pieces...), 500_000, 3000, func(in string) {
		storable(t, mimetext.DecodeHeader(in, "koi8-r"))
		all := mimetext.Addresses(in, "utf-8")
		for _, a := range all {
			storable(t, a.Name, a.Email)
			if !mimetext.Plausible(a.Email) || strings.Contains(a.Name, "\n") {
				t.Errorf("%q gives %+v", in, a)
			}
		}
		field, err := mimetext.ParseField(in, "")
		if len(all) > 200 || err != nil && !errors.Is(err, mimetext.ErrField) {
			t.Errorf("%q gives %d addresses, %v", in, len(all), err)
		}
		storable(t, field.Value)
	})
}
