package contactfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/parleydesk/parley/internal/contactfile"
	"github.com/parleydesk/parley/internal/hostile"
)

// wide encodes a text as UTF-16, with a mark first.
func wide(s string, bigEndian bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if bigEndian {
			b.WriteString(string([]byte{byte(u >> 8), byte(u)}))
		} else {
			b.WriteString(string([]byte{byte(u), byte(u >> 8)}))
		}
	}
	return b.String()
}

// read is a table as text: its rows with their lines, cells between bars.
func read(raw string, o contactfile.Options) string {
	t, err := contactfile.Read([]byte(raw), o)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for r := range t.All() {
		fmt.Fprintf(&b, "%d:%s ", r.Line, strings.Join(r.Cells, "|"))
	}
	return strings.TrimSpace(b.String())
}

func TestReadUnderstandsWhatSpreadsheetsSave(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, in, want string }{
		{"UTF-8", "name,email\nZoë,z@a.example\n", "2:Zoë|z@a.example"},
		{"UTF-8 with a mark", "\xef\xbb\xbfname,email\nZoë,z@a.example\n", "2:Zoë|z@a.example"},
		{"Windows-1252", "name,email\nZo\xeb O\x92Neil \x96 50 \x80,z@a.example", "2:Zoë O’Neil – 50 €|z@a.example"},
		{"Windows-1251", "name;email\n\xc8\xe2\xe0\xed \xcf\xe5\xf2\xf0\xee\xe2;i@a.example", "2:Иван Петров|i@a.example"},
		{"Windows-1250", "name,email\n\xa3ukasz Ga\xb3\xb9zka,l@a.example", "2:Łukasz Gałązka|l@a.example"},
		{"UTF-16, little-endian", wide("\ufeffname\temail\r\nИван,u\tu@a.example\r\n", false), "2:Иван,u|u@a.example"},
		{"UTF-16, big-endian", wide("\ufeffname,email\nИван,u@a.example\n", true), "2:Иван|u@a.example"},
		{"UTF-16 without a mark", wide("name,email\nИван,u@a.example\n", false), "2:Иван|u@a.example"},
		{"semicolons", "name;email\nA, B;a@a.example", "2:A, B|a@a.example"},
		{"tabs", "name\temail\nA, B\ta@a.example", "2:A, B|a@a.example"},
		{"bars", "name|email\nA, B;C|a@a.example", "2:A, B;C|a@a.example"},
		{"fewer semicolons than commas within names", "name;email;a,b,c,d\nA;a@a.example;x", "2:A|a@a.example|x"},
		{"a separator that the file names", "sep=;\nname;email\nA,B;a@a.example", "3:A,B|a@a.example"},
		{"a separator in quotes that the file names", "\"sep=|\"\r\nname|email\r\nA,B|a@a.example", "3:A,B|a@a.example"},
		{"line ends of old Macintoshes", "name,email\rA,a@a.example\rB,b@a.example", "2:A|a@a.example 3:B|b@a.example"},
		{"mixed line ends", "name,email\r\nA,a@a.example\rB,b@a.example\nC,c@a.example", "2:A|a@a.example 3:B|b@a.example 4:C|c@a.example"},
		{"lines without anything", "\n\nname\n\n\nA\n\n", "6:A"},
		{"quotes", "name,company_name\n\"A \"\"x\"\", B\",\"one\ntwo\"\nC,d", "2:A \"x\", B|one\ntwo 4:C|d"},
		{"other names of columns", "Full Name,E-Mail,Phone\nA,a@a.example,1", "2:A|a@a.example|1"},
	} {
		if got := read(c.in, contactfile.Options{}); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

func TestReadObeysAChoice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ charset, separator, in, want string }{
		{"windows-1251", "", "name\n\xc8\xe2\xe0\xed", "2:Иван"},
		{"iso-8859-2", "", "name\nPe\xf1a", "2:Peńa"},
		{"ibm850", "", "name\nM\x81ller", "2:Müller"},
		{"", ";", "name,x;email\na;b", "2:a|b"},
		{"", ";", "name,email\na,b", "line 1: no column"},
		{"", "|", "name,a|email\na|b", "2:a|b"},
		{"klingon", "", "name\na", "the encoding"},
		{"", "x", "name\na", "line 1: \"x\" separates no cells"},
		{"", "\"", "name\na", "line 1: \"\\\"\" separates no cells"},
	} {
		if got := read(c.in, contactfile.Options{Charset: c.charset, Separator: c.separator}); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %s: got %q, want %q", c.charset, c.separator, got, c.want)
		}
	}
}

func TestReadRefusesWithTheLineAndTheReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, in, want string }{
		{"an open quote", "name,email\n\"Open,o@a.example\nAfter,b@a.example\n", "line 2: a quote opens a cell and does not close it"},
		{"an open quote that another closes", "name,email\nA,a@a.example\n\"Open,o@a.example\n\"B\",b@a.example\n", "line 3: a quote opens"},
		{"a quote within a cell", "name,email\nA,a@a.example\nB \"x\" y,b@a.example", "line 3: a quote stands within a cell"},
		{"an open quote behind sep=", "sep=,\nname\n\"A\n", "line 3: a quote opens"},
		{"no table", "\x00\x01\x02,x", "the file is in no encoding"},
		{"a broken letter", "name\nZoë\nJos\xe9\nÄé\n", "line 3: this is not utf-8"},
		{"nothing", "", "the file is empty"},
		{"nothing but line ends", "\r\n\r\n", "the file is empty"},
		{"other columns", "vegetable,colour\nbeet,red\n", "line 1: no column is named"},
		{"no header", "\nAnn,a@a.example\n", "line 2: no column is named"},
		{"a column twice", "name,Email,email \n", "line 1: two columns are named \"email\""},
		{"too many columns", "name" + strings.Repeat(",", contactfile.MaxColumns) + "\n", "line 1: there are more than 100 columns"},
		{"too many columns below", "name\na\n" + strings.Repeat(",", contactfile.MaxColumns), "line 3: there are more than 100 columns"},
		{"a cell too large", "name\n" + strings.Repeat("a", contactfile.MaxCell+1), "line 2: a cell has more than 20000 bytes"},
		{"too many rows", "name" + strings.Repeat("\na", contactfile.MaxRows+1), "line 100002: there are more than 100000 rows"},
		{"too many bytes", strings.Repeat("a", contactfile.MaxBytes+1), "the file is larger than 5 MB"},
	} {
		if got := read(c.in, contactfile.Options{}); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %.100q, want %q", c.what, got, c.want)
		}
	}
}

// pieces are what files of contacts are made of, to be put together at random.
var pieces = []string{
	"name,email\n", "name", "email", ",", ";", "\t", "|", "\"", "\"\"", "\n", "\r", "\r\n", "sep=;\n", "Ann", "a@a.example",
	"\xef\xbb\xbf", "\xff\xfe", "\x00", "\x00n\x00a", "Zo\xeb", "\xc8\xe2\xe0\xed", "Zoë", "'=1+1", "+49", " ", "\u2028",
	"\ufffd", strings.Repeat(",", 90), strings.Repeat("a", 900),
}

// holds fails the test unless a file is understood or refused with words, and has the rows that it says.
func holds(t *testing.T, in string) {
	t.Helper()
	table, err := contactfile.Read([]byte(in), contactfile.Options{})
	if invalid := (*contactfile.Error)(nil); err != nil && (!errors.As(err, &invalid) || invalid.Reason == "" || invalid.Line < 0) {
		t.Fatalf("%q: %v", in, err)
	}
	if err != nil {
		return
	}
	rows, last := 0, 0
	for r := range table.All() {
		if rows++; r.Line <= last || len(r.Cells) > contactfile.MaxColumns {
			t.Fatalf("%q: line %d behind %d has %d cells", in, r.Line, last, len(r.Cells))
		}
		last = r.Line
	}
	if rows != table.Rows {
		t.Fatalf("%q: %d rows, told %d", in, rows, table.Rows)
	}
}

func FuzzRead(f *testing.F) {
	for _, piece := range pieces {
		f.Add("name,email\n" + piece + "x" + piece)
	}
	f.Fuzz(holds)
}

func TestHostileFilesAreUnderstoodOrRefusedCheaply(t *testing.T) {
	hostile.Check(t, hostile.Inputs(3, 3000, pieces...), 4_000_000, 300, func(in string) {
		holds(t, in)
		holds(t, "name,email\n"+in)
	})
}
