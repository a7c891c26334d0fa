package blob_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/parleydesk/parley/internal/blob"
)

func TestSafeName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, in, want string }{
		{"a plain name stays", "report.pdf", "report.pdf"},
		{"letters of any script stay", "Größe 報告 отчёт.docx", "Größe 報告 отчёт.docx"},
		{"joined emoji stay whole", "👩‍👧.png", "👩‍👧.png"},
		{"folders go", "../../etc/passwd", "passwd"},
		{"Windows folders go", `C:\Users\x\run.exe`, "run.exe"},
		{"a hidden file is not hidden", "...bashrc", "bashrc"},
		{"line breaks cannot split a header", "a\r\nSet-Cookie: x.txt", "a  Set-Cookie_ x.txt"},
		{"NUL and other controls go", "a\x00b\x1b[31m.txt", "ab[31m.txt"},
		{"an override cannot hide the extension", "invoice\u202Efdp.exe", "invoicefdp.exe"},
		{"isolates and invisible letters go", "a\u2066b\u200Bc\uFEFF.txt", "abc.txt"},
		{"quotes and pipes are replaced", `a"b|c?.txt`, "a_b_c_.txt"},
		{"broken UTF-8 is replaced", "a\xff\xfe.txt", "a_.txt"},
		{"trailing dots and spaces go", "setup.exe . .", "setup.exe"},
		{"devices are not opened", "con.txt", "_con.txt"},
		{"numbered devices neither", "LPT1", "_LPT1"},
		{"nothing left is still a name", "../", "file"},
		{"only dots is still a name", "...", "file"},
		{"decomposed letters are composed", "e\u0301.txt", "é.txt"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if got := blob.SafeName(c.in); got != c.want {
				t.Errorf("SafeName(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}

	t.Run("a long name is cut at a letter's end and keeps its extension", func(t *testing.T) {
		t.Parallel()
		got := blob.SafeName(strings.Repeat("報", 200) + ".tar.gz")
		if len(got) > 200 || !utf8.ValidString(got) || !strings.HasSuffix(got, "報.gz") {
			t.Errorf("got %q", got)
		}
	})
}

func FuzzSafeName(f *testing.F) {
	for _, s := range []string{
		"a.txt", "../x", "\u202Ea", strings.Repeat("é", 300) + ".x", "CON", " .a. ", "\xff",
		"\u200D", "A\x0E\u0301", strings.Repeat("a\u0301", 101),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := blob.SafeName(in)
		if got == "" || len(got) > 201 || !utf8.ValidString(got) || strings.HasPrefix(got, ".") {
			t.Fatalf("SafeName(%q) = %q", in, got)
		}
		for _, r := range got {
			if r == '/' || r == '\\' || r == '"' || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("SafeName(%q) = %q holds %U", in, got, r)
			}
		}
		if again := blob.SafeName(got); again != got {
			t.Fatalf("not stable: %q → %q → %q", in, got, again)
		}
	})
}
