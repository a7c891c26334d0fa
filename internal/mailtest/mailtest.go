// Package mailtest is a mail server for tests: a real one, on a port of its own, that keeps what it is given and fails
// where it is told to. It is imported by tests only.
package mailtest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/jhillyerd/enmime/v2"
)

// Mail is a mail that arrived.
type Mail struct {
	// To is what the envelope says; the rest is what the mail says.
	To, From, Subject, ID, Text, HTML string
	Header                            mail.Header
	Raw                               string
}

// Server is the mail server. Set its fields before the first mail.
type Server struct {
	Addr string
	// Mail, Rcpt and Data answer the n-th time, from 1, that the step is come to; nil takes everything. Data is asked
	// when the whole mail is there and has been kept.
	Mail, Rcpt, Data func(n int) error
	// User and Password let in; empty lets everyone in.
	User, Password string

	got      chan Mail
	mu       sync.Mutex
	times    map[string]int
	smtp     *smtp.Server
	listener net.Listener
}

// ErrCut ends the connection without an answer.
var ErrCut = errors.New("cut")

// Refuse is an answer with a code.
func Refuse(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: text}
}

// New starts a server that ends with the test. With a TLS configuration it offers STARTTLS.
func New(t testing.TB, cipher *tls.Config) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String(), got: make(chan Mail, 100), times: map[string]int{}, listener: l}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, conn: c}, nil }))
	s.smtp.TLSConfig, s.smtp.AllowInsecureAuth, s.smtp.ErrorLog = cipher, cipher == nil, quiet{}
	go func() { _ = s.smtp.Serve(l) }()
	t.Cleanup(s.Close)
	return s
}

// Close stops it at once, as if it had been switched off.
func (s *Server) Close() {
	_ = s.listener.Close() // by hand: the server may not have begun to listen
	_ = s.smtp.Close()
}

// Next waits for a mail.
func (s *Server) Next(t testing.TB) Mail {
	t.Helper()
	select {
	case l := <-s.got:
		return l
	case <-time.After(time.Minute):
		t.Fatal("no mail came")
		return Mail{}
	}
}

// None fails if a mail has come that nobody has looked at.
func (s *Server) None(t testing.TB) {
	t.Helper()
	select {
	case l := <-s.got:
		t.Errorf("a mail came to %s: %s", l.To, l.Subject)
	default:
	}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type session struct {
	s      *Server
	conn   *smtp.Conn
	to     string
	inside bool
}

// ask counts a step and answers as it was told to.
func (v *session) ask(step string, fn func(int) error) error {
	v.s.mu.Lock()
	v.s.times[step]++
	n := v.s.times[step]
	v.s.mu.Unlock()
	if fn == nil {
		return nil
	}
	err := fn(n)
	if errors.Is(err, ErrCut) {
		_ = v.conn.Conn().Close()
	}
	return err
}

func (v *session) AuthMechanisms() []string {
	if v.s.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != v.s.User || password != v.s.Password {
			return smtp.ErrAuthFailed
		}
		v.inside = true
		return nil
	}), nil
}

func (v *session) Mail(string, *smtp.MailOptions) error {
	if v.s.User != "" && !v.inside {
		return smtp.ErrAuthRequired
	}
	return v.ask("mail", v.s.Mail)
}

func (v *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = to
	return v.ask("rcpt", v.s.Rcpt)
}

func (v *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	parsed, err := enmime.ReadEnvelope(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	message, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	answer := v.ask("data", v.s.Data)
	if answer == nil || errors.Is(answer, ErrCut) {
		v.s.got <- Mail{
			To: v.to, From: parsed.GetHeader("From"), Subject: parsed.GetHeader("Subject"), ID: parsed.GetHeader("Message-ID"),
			Text: parsed.Text, HTML: parsed.HTML, Header: message.Header, Raw: string(raw),
		}
	}
	return answer
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }
