package mail_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/internal/mail"
)

var update = flag.Bool("update", false, "write what Parse says as the expected results")

// Each testdata/*.eml has its expected result in a .json file of the same name.
func TestParse(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d mails, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.Parse(raw)
			got := struct {
				Mail  mail.Mail
				Error string `json:",omitempty"`
			}{Mail: m}
			if err != nil {
				got.Error = err.Error()
			}
			text, err := json.MarshalIndent(got, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, '\n')
			golden := strings.TrimSuffix(name, ".eml") + ".json"
			if *update {
				if err := os.WriteFile(golden, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseWithCRLFIsTheSame(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/alternative-inline.eml")
	if err != nil {
		t.Fatal(err)
	}
	a, err1 := mail.Parse(raw)
	b, err2 := mail.Parse(bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefusesBombsQuickly(t *testing.T) {
	t.Parallel()
	var deep, wide, quoted strings.Builder
	for i := range 200_000 {
		n := strconv.Itoa(i)
		deep.WriteString("Content-Type: multipart/mixed; boundary=b" + n + "\n\n--b" + n + "\n")
	}
	wide.WriteString("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 500_000))
	quoted.WriteString("Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n" + strings.Repeat("--bc\n\nx\n", 500_000))
	for what, raw := range map[string]string{
		"nested 200,000 deep":               "From: a@b.example\n" + deep.String(),
		"500,000 parts":                     "From: a@b.example\n" + wide.String(),
		"500,000 parts, boundary in pieces": "From: a@b.example\n" + quoted.String(),
		"a header without end":              "From: a@b.example\nX: " + strings.Repeat("x", 1<<20),
		"a million headers":                 strings.Repeat("A: b\n", 1_000_000),
		"larger than any mail":              "From: a@b.example\n\n" + strings.Repeat("x\n", mail.MaxBytes/2),
		"nothing":                           "",
		"blank lines":                       "\r\n\r\n\n",
	} {
		began := time.Now()
		_, err := mail.Parse([]byte(raw))
		if !errors.Is(err, mail.ErrUnreadable) {
			t.Errorf("%s: %v", what, err)
		}
		if took := time.Since(began); took > hang {
			t.Errorf("%s took %s", what, took)
		}
	}
}

// hang is the time after which a parser hangs, also on a busy machine.
const hang = time.Minute

func TestParseBoundsWhatItTakes(t *testing.T) {
	t.Parallel()
	for what, raw := range map[string]string{
		"many addresses":   "From: a@b.example\nTo: " + strings.Repeat("x@y.example, ", 20_000) + "z@y.example\n\nx",
		"many references":  "From: a@b.example\nReferences: " + strings.Repeat("<a@b> ", 1000) + "\n\nx",
		"99 levels":        nested(99),
		"a text of 20 MB":  "From: a@b.example\n\n" + strings.Repeat("word ", 4<<20),
		"HTML of 10 MB":    "From: a@b.example\nContent-Type: text/html\n\n" + strings.Repeat("<div><p>x ", 1<<20),
		"a line of 10 MB":  "From: a@b.example\n\n" + strings.Repeat("x", 10<<20),
		"encoded subjects": "From: a@b.example\nSubject: " + strings.Repeat("=?utf-8?q?x?= ", 10_000) + "\n\nx",
	} {
		began := time.Now()
		m, err := mail.Parse([]byte(raw))
		if err != nil && !errors.Is(err, mail.ErrUnreadable) {
			t.Errorf("%s: %v", what, err)
		}
		if len(m.To) > 200 || len(m.References) > 100 || len(m.Text) > 4<<20 {
			t.Errorf("%s: %d to, %d references, %d bytes", what, len(m.To), len(m.References), len(m.Text))
		}
		if took := time.Since(began); took > hang {
			t.Errorf("%s took %s", what, took)
		}
	}
}

func nested(depth int) string {
	out := "From: a@b.example\n"
	for i := range depth {
		n := strconv.Itoa(i)
		out += "Content-Type: multipart/mixed; boundary=b" + n + "\n\n--b" + n + "\n"
	}
	return out + "\ntext"
}

func TestSenderIsTheLastAddressOfTheirHeader(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		`<chief@bank.example> <mal@evil.example>`:                   "<chief@bank.example> <mal@evil.example>",
		`Chief <chief@bank.example> Bank <mal@evil.example>`:        "Chief <chief@bank.example> Bank <mal@evil.example>",
		`"chief@bank.example" <mal@evil.example>`:                   "chief@bank.example <mal@evil.example>",
		`<mal@evil.example> <nonsense>`:                             "<mal@evil.example>",
		`Mal <mal@evil.example>, Chief <chief@bank.example>`:        "Mal <mal@evil.example>",
		`=?utf-8?q?=3Cchief=40bank.example=3E?= <mal@evil.example>`: "<chief@bank.example> <mal@evil.example>",
	} {
		m, err := mail.Parse([]byte("From: " + from + "\r\nSubject: x\r\n\r\nx"))
		if got := strings.TrimSpace(m.From.Name + " <" + m.From.Email + ">"); err != nil || got != want {
			t.Errorf("%s: got %s, want %s (%v)", from, got, want, err)
		}
	}
}

func TestFooterBehindBase64IsText(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"aGVsbG8gd29ybGQh\r\nUnsubscribe\r\n":          "hello world!\n\nUnsubscribe",
		"R3LDvMOfZSBhdXMgQm9ubg==\r\n\r\n____\r\nlist": "Grüße aus Bonn\n\n____\nlist",
		"aGVsbG8gd29ybGQh\r\nR3LDvMOfZQ\r\n":           "hello world!Grüße",
		"aGVsbG8\r\n":                                  "hello",
	} {
		head := "From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
		if m, err := mail.Parse([]byte(head + body)); err != nil || m.Text != want {
			t.Errorf("%q: got %q, want %q (%v)", body, m.Text, want, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.eml")
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(readable)
}

// readable fails unless a mail is refused, or read into texts that can be stored.
func readable(t *testing.T, raw []byte) {
	t.Helper()
	m, err := mail.Parse(raw)
	if err != nil && !errors.Is(err, mail.ErrUnreadable) {
		t.Fatal(err)
	}
	all := []string{m.Subject, m.MessageID, m.Text, m.HTML, m.QuotedText, m.QuotedHTML, m.From.Name, m.From.Email}
	for _, file := range m.Files {
		all = append(all, file.Name, file.ContentID, file.ContentType)
	}
	for _, s := range append(append(all, m.InReplyTo...), m.References...) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Fatalf("unclean: %q", s)
		}
	}
	if strings.ContainsAny(m.Subject+m.MessageID+m.From.Name+m.From.Email, "\r\n") {
		t.Fatalf("a header of several lines: %+v", m)
	}
}
