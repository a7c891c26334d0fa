package mail_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/internal/mail"
)

func read(t *testing.T, raw string) mail.Mail {
	t.Helper()
	m, err := mail.Parse([]byte(raw))
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return m
}

func TestSenderIsWhatStandsInBrackets(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]mail.Address{
		"chief@bank.example <mal@evil.example>":         {Name: "chief@bank.example", Email: "mal@evil.example"},
		"chief@bank.example, <mal@evil.example>":        {Email: "mal@evil.example"},
		"\"'sue@cust.example'\" <'sue@cust.example'>":   {Email: "sue@cust.example"},
		"Miller, Sue <sue@cust.example>":                {Name: "Miller, Sue", Email: "sue@cust.example"},
		"M\xc3\xbcller, J\xc3\xb6rg (HQ) <j@c.example>": {Name: "Müller, Jörg", Email: "j@c.example"},
		"o'neil@x.example":                              {Email: "o'neil@x.example"},
	} {
		if got := read(t, "From: "+from+"\n\nx").From; got != want {
			t.Errorf("%s: %+v, want %+v", from, got, want)
		}
	}
	m := read(t, "From: a@b.example\nCc: 'bo@c.example', \"'Di'\" <'di@c.example'>\n\nx")
	if diff := cmp.Diff([]mail.Address{{Email: "bo@c.example"}, {Name: "Di", Email: "di@c.example"}}, m.Cc); diff != "" {
		t.Error(diff)
	}
}

func TestHeadersAreReadInTheCharsetOfTheMail(t *testing.T) {
	t.Parallel()
	m := read(
		t,
		"From: \x93c\x92\x86 <t@c.example>\nSubject: \x8c\xa9\x90\xcf\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"+
			"--b\nContent-Type: text/plain; charset=cp932\n\n\x8c\xa9\n--b\nContent-Type: application/pdf; name=\"\x8c\xa9.pdf\"\n\nx\n--b--\n",
	)
	if m.From.Name != "田中" || m.Subject != "見積" || m.Text != "見" || len(m.Files) != 1 || m.Files[0].Name != "見.pdf" {
		t.Errorf("%+v", m)
	}
}

func TestFileNamesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Content-Disposition: attachment; filename*=iso-8859-1''Stra%DFe.pdf":                                       "Straße.pdf",
		"Content-Disposition: attachment; filename*0*=iso-8859-1''Gr%FC; filename*1*=%DFe; filename*2=.pdf":         "Grüße.pdf",
		"Content-Disposition: attachment; filename=\"Gr\xf6\xdfe.pdf\"":                                             "Größe.pdf",
		"Content-Disposition: attachment\nContent-Type: application/pdf; name=\"=?x-unknown?q?Gr=FC=DFe=2Epdf?=\"":  "Grüße.pdf",
		"Content-Disposition: =?x-unknown?q?attachment=3B_?=\n =?x-unknown?q?_filename=3D=22Stra=C3=9Fe=2Epdf=22?=": "Straße.pdf",
	} {
		m := read(t, "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\n"+header+"\n\n%PDF\n--b--\n")
		if len(m.Files) != 1 || m.Files[0].Name != want || m.Text != "see" {
			t.Errorf("%s: %+v", header, m)
		}
	}
}

func TestBase64EndsAtItsPadding(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"R3LDvMOfZSBhdXMgQm9ubg==\n\n____\nshop list\n": "Grüße aus Bonn\n\n____\nshop list",
		"R3LDvMOfZSBhdXMgQm9ubg==\nshop list\n":         "Grüße aus Bonn\n\nshop list",
		"R3LDvMOfZSBhdXMg\n\nSent by list\n":            "Grüße aus\n\nSent by list",
		"R3LDvMOfZSBhdXMg\n\nword\n":                    "Grüße aus\n\nword",
		"R3LDvMOfZQ==\nIGF1cyBCb25u\n":                  "Grüße aus Bonn",
		"R3LDv\nMOfZSB\nhdXMgQm9ubg":                    "Grüße aus Bonn",
		"R3LD!vMOf\nZSBhdXMg\n\nQm9ubg==":               "Grüße aus Bonn",
	} {
		m := read(t, "From: a@b.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64\n\n"+body)
		if m.Text != want {
			t.Errorf("%q is %q, want %q", body, m.Text, want)
		}
	}
}

func TestStructuredHeadersAreBounded(t *testing.T) {
	t.Parallel()
	var params strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&params, "; x*%d*=utf-8''%%41", i)
	}
	for what, raw := range map[string]string{
		"the type of the mail": "From: a@b.example\nContent-Type: text/plain" + params.String() + "\n\nx",
		"the type of a part": "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" +
			"--b\nContent-Type: text/plain" + params.String() + "\n\nx\n--b--",
		"the disposition":       "From: a@b.example\nContent-Disposition: attachment" + params.String() + "\n\nx",
		"one long value":        "From: a@b.example\nContent-Type: text/plain; name=" + strings.Repeat("x", 9<<10) + "\n\nx",
		"many short parameters": "From: a@b.example\nContent-Type: text/plain" + strings.Repeat("; a=b", 200) + "\n\nx",
	} {
		_, err := mail.Parse([]byte(raw))
		if !errors.Is(err, mail.ErrUnreadable) || !strings.Contains(err.Error(), "structured header") {
			t.Errorf("%s: %v", what, err)
		}
	}
	hidden := "From: a@b.example\nContent-Type: =?utf-8?q?multipart/mixed=3B_boundary=3Db?=\n\n" + strings.Repeat("--b\n\nx\n", 5000)
	if m, err := mail.Parse([]byte(hidden)); err != nil || len(m.Files) > 1 {
		t.Errorf("a boundary that is hidden in an encoded word: %d files, %v", len(m.Files), err)
	}
}

func TestAnswersNameTheWriter(t *testing.T) {
	t.Parallel()
	form := func(n int, more string) string {
		return fmt.Sprintf(
			"From: Web Form <wordpress@site.example>\nTo: help@shop.example\nMessage-ID: <f%d@site.example>\nSubject: Re: Contact\n"+
				"Date: Wed, 25 Nov 2026 10:0%d:00 +0000\n%s\nmail %d",
			n,
			n,
			more,
			n,
		)
	}
	f := setup(t)
	f.mbox(
		form(1, "Reply-To: Lina Neu <lina@buyer.example>\n"),
		form(2, "Reply-To: olaf@buyer.example\n"),
		form(3, "Reply-To: Lina <lina@buyer.example>\n"),
		form(4, ""),
		form(5, ""), // a program names nobody: two people
		strings.Replace(form(6, "Reply-To: Eva <eva@buyer.example>\n"), "wordpress@site", "help@shop", 1),
		strings.Replace(
			form(7, "List-Id: <news.site.example>\nReply-To: news@site.example\n"),
			"To: help@shop",
			"To: news@site.example, help@shop",
			1,
		),
	)
	want := []string{
		"lina@buyer.example: mail 1, mail 3", "olaf@buyer.example: mail 2", "wordpress@site.example: mail 4", "wordpress@site.example: mail 5",
		"eva@buyer.example: mail 6", "wordpress@site.example: mail 7",
	}
	rows, err := f.pool.Query(t.Context(), `SELECT p.email || ': ' || string_agg(m.content, ', ' ORDER BY m.id)
		FROM conversations c JOIN contacts p ON p.id = c.contact_id JOIN messages m ON m.conversation_id = c.id
		GROUP BY c.id, p.email, c.display_id ORDER BY c.display_id`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var from, replyTo string
	f.one(
		`SELECT content_attributes->'email'->'from'->>0, content_attributes->'email'->'reply_to'->>0 FROM messages WHERE content = 'mail 2'`,
		&from,
		&replyTo,
	)
	if from != "wordpress@site.example" || replyTo != "olaf@buyer.example" {
		t.Errorf("the message says it is from %s, with answers to %s", from, replyTo)
	}
}
