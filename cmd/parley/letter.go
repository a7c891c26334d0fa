package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	gomail "github.com/wneessen/go-mail"
)

// mailer sends plain mails through the server that PARLEY_SMTP names, or is nil where none is named. The address may
// say from whom: smtp://user:password@host:587?from=help@example.com; otherwise it is the user, or parley@host.
func mailer(smtp string) (func(ctx context.Context, to, subject, text string) error, error) {
	if smtp == "" {
		return nil, nil
	}
	u, err := url.Parse(smtp)
	if err != nil {
		return nil, fmt.Errorf("PARLEY_SMTP cannot be read") // err would repeat the password
	}
	options := []gomail.Option{gomail.WithTLSPortPolicy(gomail.TLSOpportunistic)}
	if u.Scheme == "smtps" {
		options = []gomail.Option{gomail.WithSSLPort(false)}
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		options = append(options, gomail.WithPort(port))
	}
	from := u.Query().Get("from")
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
		if from == "" {
			from = u.User.Username()
		}
	}
	if from == "" {
		from = "parley@" + u.Hostname()
	}
	return func(ctx context.Context, to, subject, text string) error {
		m := gomail.NewMsg()
		if err := m.From(from); err != nil {
			return err
		}
		if err := m.To(to); err != nil {
			return err
		}
		m.Subject(subject)
		m.SetBodyString(gomail.TypeTextPlain, text)
		client, err := gomail.NewClient(u.Hostname(), options...)
		if err != nil {
			return err
		}
		return client.DialAndSendWithContext(ctx, m)
	}, nil
}
