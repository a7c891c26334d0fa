package mailer

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	gomail "github.com/wneessen/go-mail"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/mailtest"
)

// fixture is an installation with a mail server, whose clock the test moves.
type fixture struct {
	t      *testing.T
	pool   *pgxpool.Pool
	desk   *desk.Desk
	mailer *Mailer
	box    *mailtest.Server
	mu     sync.Mutex
	clock  time.Time
}

func setup(t *testing.T) *fixture {
	t.Helper()
	b := &fixture{t: t, pool: dbtest.New(t), box: mailtest.New(t, nil), clock: time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)}
	b.desk = dbtest.Desk(t, b.pool, nil).At(b.now).WithMail()
	b.mailer = New(Config{
		Pool: b.pool, Desk: b.desk, Server: server(t, b.box, ""), BaseURL: "https://desk.example",
		Logger: slog.New(slog.DiscardHandler), Now: b.now,
	})
	return b
}

func server(t *testing.T, box *mailtest.Server, more string) *Server {
	t.Helper()
	s, err := NewServer("smtp://" + box.Addr + "?from=Kestrel%20Help%20<help@desk.example>" + more)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b *fixture) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *fixture) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

// orderMail orders a mail and returns its id.
func (b *fixture) orderMail(l desk.OutgoingMail) int64 {
	b.t.Helper()
	err := b.desk.Do(context.Background(), desk.Actor{Kind: db.ActorKindSystem}, func(t *desk.Tx) error {
		return t.Mail(context.Background(), l)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	var id int64
	if err := b.pool.QueryRow(context.Background(), "SELECT max(id) FROM outgoing_mails").Scan(&id); err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *fixture) password() int64 {
	until := b.now().Add(30 * 24 * time.Hour)
	return b.orderMail(desk.OutgoingMail{
		Kind: db.OutgoingMailKindPassword, To: "ann@desk.example", Link: "/password-resets/s3cret", Facts: db.OutgoingMailFacts{Until: &until},
	})
}

// send makes a try, and gives the mail as it is then.
func (b *fixture) send(id int64) (db.OutgoingMail, time.Time) {
	b.t.Helper()
	next, err := b.mailer.Send(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	l, err := b.mailer.q.GetOutgoingMail(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return l, next
}

func TestSend(t *testing.T) {
	t.Parallel()

	t.Run("a mail is sent once, in text and HTML, and its secret is forgotten", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		id := b.password()
		l, next := b.send(id)
		got := b.box.Next(t)
		if l.State != db.OutgoingMailStateSent || !next.IsZero() || l.Secret != "" || l.Attempts != 1 {
			t.Errorf("mail %+v, next %s", l, next)
		}
		if got.To != "ann@desk.example" || !strings.Contains(got.From, "help@desk.example") || got.ID != "<"+l.Uuid.String()+"@desk.example>" ||
			got.Header.Get("Auto-Submitted") != "auto-generated" || got.Subject != "Choose a new password" {
			t.Errorf("mail %s", got.Raw)
		}
		for what, text := range map[string]string{"text": got.Text, "HTML": got.HTML} {
			if !strings.Contains(text, "https://desk.example/password-resets/s3cret") {
				t.Errorf("no link in the %s: %s", what, text)
			}
		}
		b.send(id)
		b.box.None(t)
	})

	t.Run("a server that refuses it for good ends it, and the reason stays", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.box.Rcpt = func(int) error { return mailtest.Refuse(550, "No such user") }
		l, next := b.send(b.password())
		if l.State != db.OutgoingMailStateFailed || !next.IsZero() || !strings.Contains(l.LastError, "No such user") || l.Secret != "" {
			t.Errorf("mail %+v", l)
		}
	})

	t.Run("an order that is given twice is one mail", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		one := b.orderMail(desk.OutgoingMail{Kind: db.OutgoingMailKindPassword, To: "ann@desk.example", Once: "x"})
		if two := b.orderMail(desk.OutgoingMail{Kind: db.OutgoingMailKindPassword, To: "ann@desk.example", Once: "x"}); one != two {
			t.Errorf("mails %d and %d", one, two)
		}
	})

	t.Run("a one-time link is not sent after its end", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		until := b.now().Add(time.Hour)
		id := b.orderMail(desk.OutgoingMail{
			Kind: db.OutgoingMailKindPassword, To: "ann@desk.example", Facts: db.OutgoingMailFacts{Until: &until},
		})
		if l, _ := b.send(id); !l.GiveUpAt.Equal(until) {
			t.Errorf("given up at %s", l.GiveUpAt)
		}
	})
}

func TestRetries(t *testing.T) {
	t.Parallel()

	t.Run("a server that is busy is tried again with the same Message-ID, later and later", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.box.Rcpt = func(n int) error {
			if n <= 2 {
				return mailtest.Refuse(451, "Greylisted")
			}
			return nil
		}
		id := b.password()
		l, next := b.send(id)
		if l.State != db.OutgoingMailStateWaiting || l.Unclear != 0 || !strings.Contains(l.LastError, "Greylisted") || !next.After(b.now()) {
			t.Errorf("mail %+v, next %s", l, next)
		}
		if early, _ := b.send(id); early.Attempts != 1 {
			t.Error("it was tried before its time")
		}
		first := next.Sub(b.now())
		b.pass(first)
		_, next = b.send(id)
		if next.Sub(b.now()) <= first {
			t.Errorf("pauses %s, %s", first, next.Sub(b.now()))
		}
		b.pass(next.Sub(b.now()))
		if l, _ = b.send(id); l.State != db.OutgoingMailStateSent || l.LastError != "" ||
			b.box.Next(t).ID != "<"+l.Uuid.String()+"@desk.example>" {
			t.Errorf("mail %+v", l)
		}
	})

	t.Run("nobody answers: it is tried for three days and then given up", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.box.Close()
		id, begun := b.password(), b.now()
		var l db.OutgoingMail
		for range 60 {
			var next time.Time
			if l, next = b.send(id); next.IsZero() {
				break
			}
			b.pass(next.Sub(b.now()))
		}
		if took := b.now().Sub(begun); l.State != db.OutgoingMailStateFailed || took < 60*time.Hour || took > 73*time.Hour || l.Unclear != 0 {
			t.Errorf("given up after %s and %d tries: %+v", took, l.Attempts, l)
		}
	})

	t.Run("a server that hangs costs a try, not the mail", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.mailer.server = server(t, b.box, "&timeout=1s")
		release := make(chan struct{})
		defer close(release)
		b.box.Mail = func(int) error { <-release; return nil }
		began := time.Now()
		l, next := b.send(b.password())
		if l.State != db.OutgoingMailStateWaiting || next.IsZero() || l.Unclear != 0 ||
			time.Since(began) > 30*time.Second { // a step has a minute by itself
			t.Errorf("mail %+v after %s", l, time.Since(began))
		}
	})

	t.Run("a connection that breaks after the mail was handed over is unclear: sent again under the same id, and noted", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.box.Data = func(n int) error {
			if n == 1 {
				return mailtest.ErrCut
			}
			return nil
		}
		id := b.password()
		l, next := b.send(id)
		if l.State != db.OutgoingMailStateWaiting || l.Unclear != 1 || !strings.Contains(l.LastError, "may have arrived") {
			t.Errorf("mail %+v", l)
		}
		b.pass(next.Sub(b.now()))
		if l, _ = b.send(id); l.State != db.OutgoingMailStateSent || l.Unclear != 1 {
			t.Errorf("mail %+v", l)
		}
		if one, two := b.box.Next(t), b.box.Next(t); one.ID != two.ID || one.Header.Get("Date") != two.Header.Get("Date") {
			t.Errorf("ids %s and %s", one.ID, two.ID)
		}
	})

	t.Run("a try that nobody ended is made again when its lease is over, and counts as unclear", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		id := b.password()
		if _, err := b.mailer.q.ClaimOutgoingMail(context.Background(),
			db.ClaimOutgoingMailParams{ID: id, Now: b.now(), Lease: b.now().Add(b.mailer.lease())}); err != nil {
			t.Fatal(err)
		}
		if _, next := b.send(id); !next.After(b.now()) {
			t.Fatal("two tries at once")
		}
		b.box.None(t)
		b.pass(b.mailer.lease())
		if l, _ := b.send(id); l.State != db.OutgoingMailStateSent || l.Unclear != 1 || l.Attempts != 2 {
			t.Errorf("mail %+v", l)
		}
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	box := mailtest.New(t, nil)
	s := server(t, box, "")

	t.Run("what strangers chose adds no header", func(t *testing.T) {
		o := s.send(t.Context(), envelope{
			id: "1", to: "ann@desk.example", subject: "Hi\r\nBcc: eve@example.test\r\n\r\nBody", text: "x", html: "<p>x</p>", at: time.Now(),
		})
		got := box.Next(t)
		if o.reason != "" || got.Header.Get("Bcc") != "" || !strings.Contains(got.Subject, "Bcc: eve") || got.Text == "Body" {
			t.Errorf("%+v: %s", o, got.Raw)
		}
	})

	t.Run("an address with a line's end is refused", func(t *testing.T) {
		for _, to := range []string{
			"ann@desk.example\r\nBcc: eve@example.test",
			"ann@desk.example\nRCPT TO:<eve@example.test>", "", "no address", "a@b, c@d",
		} {
			if o := s.send(t.Context(), envelope{id: "1", to: to, subject: "Hi", text: "x", html: "x"}); !o.last || o.reason == "" {
				t.Errorf("%q: %+v", to, o)
			}
		}
		box.None(t)
	})

	t.Run("other alphabets arrive as they were written", func(t *testing.T) {
		o := s.send(t.Context(), envelope{
			id: "1", to: "ann@desk.example", subject: "Größe 報告", text: "Grüße\n.\nЕще", html: "<p>報告</p>", at: time.Now(),
		})
		got := box.Next(t)
		if o.reason != "" || got.Subject != "Größe 報告" || !strings.Contains(got.Text, "Еще") || !strings.Contains(got.HTML, "報告") {
			t.Errorf("%+v: %+v", o, got)
		}
	})
}

// certificate is one that signs itself, for 127.0.0.1.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	box := mailtest.New(t, &tls.Config{Certificates: []tls.Certificate{cert}})
	box.User, box.Password = "ann", "p@ss"
	mail := envelope{id: "1", to: "ann@desk.example", subject: "Hi", text: "x", html: "x", at: time.Now()}
	open := func(password string) *Server {
		s, err := NewServer("smtp://ann:" + password + "@" + box.Addr + "?tls=required")
		if err != nil {
			t.Fatal(err)
		}
		s.options = append(s.options, gomail.WithTLSConfig(&tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}))
		return s
	}

	t.Run("over STARTTLS with a name and a password", func(t *testing.T) {
		if o := open("p%40ss").send(t.Context(), mail); o.reason != "" {
			t.Errorf("%+v", o)
		}
		box.Next(t)
	})

	t.Run("a wrong password is our problem, not the mail's: it is tried again", func(t *testing.T) {
		if o := open("guess").send(t.Context(), mail); o.reason == "" || o.last || strings.Contains(o.reason, "guess") {
			t.Errorf("%+v", o)
		}
	})

	t.Run("a certificate that nobody vouches for is not trusted", func(t *testing.T) {
		s, err := NewServer("smtp://ann:p%40ss@" + box.Addr + "?tls=required")
		if err != nil {
			t.Fatal(err)
		}
		if o := s.send(t.Context(), mail); o.reason == "" || o.last {
			t.Errorf("%+v", o)
		}
		box.None(t)
	})

	t.Run("no password crosses a line that is not ciphered", func(t *testing.T) {
		plain := mailtest.New(t, nil)
		plain.User, plain.Password = "ann", "p@ss"
		for _, more := range []string{"?tls=required", "?tls=off", ""} {
			s, err := NewServer("smtp://ann:p%40ss@" + plain.Addr + more)
			if err != nil {
				t.Fatal(err)
			}
			if o := s.send(t.Context(), mail); o.reason == "" {
				t.Errorf("%q: it was sent", more)
			}
		}
	})
}

func TestNewServer(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"mail.example:25", "http://mail.example", "smtp://", "smtp://h:99999",
		"smtp://h?from=nobody", "smtp://h?timeout=9h", "smtp://h?tls=maybe", "smtp://u:s3cret@h:x",
	} {
		if _, err := NewServer(address); err == nil {
			t.Errorf("%s is taken", address)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for address, want := range map[string]string{
		"smtp://mail.example":                                    `"Parley" <parley@mail.example>`,
		"smtps://help@desk.example:x@mail.example":               `"Parley" <help@desk.example>`,
		"smtp://mail.example?from=Kestrel%20<help@desk.example>": `"Kestrel" <help@desk.example>`,
	} {
		s, err := NewServer(address)
		if err != nil || s.from.String() != want {
			t.Errorf("%s: from %v, %v", address, s, err)
		}
	}
}
