package mailer

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Server is the SMTP server that mails are handed to.
type Server struct {
	host    string
	from    *mail.Address
	timeout time.Duration
	options []gomail.Option
}

// longestStep bounds the timeout: a try must end before the job that makes it (worker.Timeout).
const longestStep = 70 * time.Second

// longest is how long a try can take: connecting, greeting, signing in and sending each have the timeout to themselves.
func (s *Server) longest() time.Duration { return 4 * s.timeout }

// NewServer reads an address: smtp://user:password@host:587?from=Help <help@desk.example>, or smtps://.
// from is the sender; without it, the user or parley@host. timeout is how long one step of a try may take, 60s without
// it. tls is required, opportunistic or off; without it, required where a password would cross a network, else
// opportunistic. No error repeats the password.
func NewServer(address string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("must look like smtp://user:password@host:587 (or smtps://)")
	}
	s := &Server{host: u.Hostname(), timeout: time.Minute}
	query, password := u.Query(), ""
	if u.User != nil {
		password, _ = u.User.Password()
	}
	if given := query.Get("timeout"); given != "" {
		if s.timeout, err = time.ParseDuration(given); err != nil || s.timeout < time.Second || s.timeout > longestStep {
			return nil, fmt.Errorf("timeout must be between 1s and %s", longestStep)
		}
	}
	if s.from, err = sender(u, query.Get("from")); err != nil {
		return nil, err
	}
	policy, err := tlsPolicy(query.Get("tls"), password != "" && !isLoopback(s.host))
	if err != nil {
		return nil, err
	}
	s.options = []gomail.Option{gomail.WithTimeout(s.timeout), gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithTLSPortPolicy(policy)}
	if u.Scheme == "smtps" {
		s.options = []gomail.Option{gomail.WithTimeout(s.timeout), gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithSSLPort(false)}
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil || port < 1 || port > 65535 {
			return nil, errors.New("the port must be a number up to 65535")
		}
		s.options = append(s.options, gomail.WithPort(port))
	}
	if password != "" {
		// Auto-discovery uses no method that sends the password in clear over an unencrypted connection.
		s.options = append(
			s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()),
			gomail.WithPassword(password),
		)
	}
	_, err = gomail.NewClient(s.host, s.options...)
	return s, err
}

// sender is the From address of all mails.
func sender(u *url.URL, given string) (*mail.Address, error) {
	if given == "" && u.User != nil && strings.Contains(u.User.Username(), "@") {
		given = u.User.Username()
	}
	if given == "" {
		given = "parley@" + u.Hostname()
	}
	from, err := mail.ParseAddress(given)
	if err != nil {
		return nil, errors.New("from must be an address, such as help@desk.example or Help <help@desk.example>")
	}
	if from.Name == "" {
		from.Name = "Parley"
	}
	return from, nil
}

func tlsPolicy(given string, secret bool) (gomail.TLSPolicy, error) {
	switch {
	case given == "required" || given == "" && secret:
		return gomail.TLSMandatory, nil
	case given == "opportunistic" || given == "":
		return gomail.TLSOpportunistic, nil
	case given == "off":
		return gomail.NoTLS, nil
	}
	return gomail.TLSMandatory, errors.New("tls must be required, opportunistic or off")
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// outcome is how a try ended.
type outcome struct {
	// reason is why the try failed, in words for administrators; empty when the server took the mail.
	reason string
	// last means that another try cannot succeed.
	last bool
	// unclear means that the server may have taken the mail all the same.
	unclear bool
}

// envelope is a mail that is ready to be sent.
type envelope struct {
	id, to, subject, text, html string
	at                          time.Time
}

var errAddress = errors.New("the address is not one that a mail can be sent to")

// message composes the mail. Text that strangers chose (addresses, names in a subject) cannot add a header: the library
// encodes it, and a line break is refused or replaced by a space before.
func (s *Server) message(e envelope) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if strings.ContainsAny(e.to, "\r\n\x00") || m.To(e.to) != nil {
		return nil, errAddress
	}
	if err := m.FromFormat(s.from.Name, s.from.Address); err != nil {
		return nil, err
	}
	m.Subject(oneLine(e.subject))
	_, domain, _ := strings.Cut(s.from.Address, "@")
	m.SetMessageIDWithValue(e.id + "@" + domain)
	m.SetDateWithValue(e.at)
	// Ask vacation notices not to answer.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetBodyString(gomail.TypeTextPlain, e.text)
	m.AddAlternativeString(gomail.TypeTextHTML, e.html)
	return m, nil
}

// oneLine replaces line breaks and control characters by spaces.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 }), " ")
}

// send makes one try.
func (s *Server) send(ctx context.Context, e envelope) outcome {
	m, err := s.message(e)
	if err != nil {
		return outcome{reason: sentence(err), last: true}
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return outcome{reason: sentence(err)}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return outcome{reason: "The mail server cannot be reached or does not let us in: " + sentence(err)}
	}
	// Closing is not waited for, so that the outcome is recorded without delay.
	defer func() { go func() { _ = client.Close() }() }()
	err = client.Send(m)
	if err == nil || m.IsDelivered() { // an error after the server has taken the mail does not matter
		return outcome{}
	}
	var sendError *gomail.SendError
	if !errors.As(err, &sendError) {
		return outcome{reason: sentence(err)}
	}
	code := sendError.ErrorCode()
	switch {
	case code >= 500 && code < 600:
		return outcome{reason: "The mail server refused it: " + sentence(err), last: sendError.Reason != gomail.ErrConnCheck}
	case code >= 400 && code < 500:
		return outcome{reason: "The mail server does not take it yet: " + sentence(err)}
	case sendError.Reason == gomail.ErrSMTPDataClose:
		// The whole mail was handed over, and the connection broke before the answer.
		return outcome{reason: "The connection broke after the mail was handed over; it may have arrived", unclear: true}
	}
	return outcome{reason: "The connection to the mail server broke: " + sentence(err)}
}

// sentence is an error in one line, short enough for a table.
func sentence(err error) string {
	s := oneLine(err.Error())
	if r := []rune(s); len(r) > 300 {
		return string(r[:300])
	}
	return s
}
