package main

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
)

// sink is a mail server that keeps what it is given.
type sink struct{ got chan string }

func (s sink) NewSession(*smtp.Conn) (smtp.Session, error) { return session(s), nil }

type session sink

func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (session) Reset()                               {}
func (session) Logout() error                        { return nil }
func (s session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.got <- string(raw)
	return err
}

func TestMailer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	kept := sink{make(chan string, 1)}
	server := smtp.NewServer(kept)
	go func() { _ = server.Serve(l) }()
	defer func() { _ = server.Close() }()

	send, err := mailer("smtp://" + l.Addr().String() + "?from=help@desk.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t.Context(), "ada@example.test", "Transcript of conversation 7", "Ada: hello"); err != nil {
		t.Fatal(err)
	}
	got := <-kept.got
	for _, want := range []string{"From: <help@desk.example>", "To: <ada@example.test>", "Subject: Transcript of conversation 7", "Ada: hello"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if none, err := mailer(""); none != nil || err != nil {
		t.Errorf("a mailer without a server: %v", err)
	}
}
