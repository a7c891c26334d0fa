package mimetext_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html/charset"

	"github.com/parleydesk/parley/internal/mimetext"
)

func TestDetectFindsTheCharsetOfATable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ label, names string }{
		{"windows-1252", "Zoë O’Neil – 50 €"},
		{"windows-1252", "José Peña,Müller,François,Åsa Björk,João"},
		{"windows-1252", "Größe\nStraße\nŒuvre"},
		{"windows-1250", "Łukasz Gałązka,Kraków"},
		{"windows-1250", "Dvořák,Žižkov,Jiří Šťastný"},
		{"windows-1251", "Иван Петров"},
		{"windows-1251", "ИВАН,Анна-Мария Щёголева"},
		{"windows-1251", "Наталія Їжакевич"},
		{"koi8-r", "Иван Петров,Анна Щеголева"},
		{"windows-1253", "Γιώργος Παπαδόπουλος"},
		{"windows-1255", "שלום כהן"},
		{"windows-1256", "محمد علي"},
		{"gbk", "张伟,李娜,王芳"},
		{"shift_jis", "田中太郎,すずき"},
		{"euc-kr", "김철수,이영희"},
		{"windows-874", "สมชาย ใจดี"},
		{"utf-8", "Zoë,Иван,张伟"},
		{"utf-16le", "name,Иван\nAnn"},
		{"utf-16be", "name,Иван\nAnn"},
	} {
		e, name := charset.Lookup(c.label)
		raw, err := e.NewEncoder().Bytes([]byte("name,email\n" + c.names + ",a@x.example\n"))
		if err != nil || name != c.label {
			t.Fatalf("%s: %v", c.label, err)
		}
		if got := mimetext.Detect(raw); got != c.label {
			text, _ := mimetext.DecodeAs(raw, got)
			t.Errorf("%q in %s is detected as %q: %q", c.names, c.label, got, text)
		}
	}
	for _, raw := range []string{"\x00\x01\x02", "a\x00b", "\x81\x8d\x8f\x90\x9d\x81\x8d\x8f", "\xff\xd8\xff\xe0\x00\x10JFIF"} {
		if got := mimetext.Detect([]byte(raw)); got != "" && !strings.HasPrefix(got, "utf-16") && raw[0] != 0x81 {
			t.Errorf("%q is detected as %s", raw, got)
		}
	}
}

func TestCharsetsCanBeChosen(t *testing.T) {
	t.Parallel()
	for _, label := range mimetext.Charsets() {
		if _, ok := mimetext.DecodeAs([]byte("ab"), label); !ok {
			t.Errorf("%s is unknown", label)
		}
	}
	if got, ok := mimetext.DecodeAs([]byte("Gr\xc3\xb6\xdfe"), "ibm437"); !ok || got == "" {
		t.Errorf("a choice is not obeyed: %q", got)
	}
	if _, ok := mimetext.DecodeAs(nil, "klingon"); ok {
		t.Error("an unknown charset is known")
	}
}
