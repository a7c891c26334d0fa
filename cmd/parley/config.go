package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/parleydesk/parley/internal/mailer"
)

// Config holds all settings, from the environment and then from flags. It is read once and never changes; after
// validate every field can be used as it is.
type Config struct {
	Listen      string `env:"PARLEY_LISTEN"`
	Data        string `env:"PARLEY_DATA"`
	DatabaseURL string `env:"DATABASE_URL"`
	// BaseURL is how browsers and API clients reach Parley, without a slash at the end.
	BaseURL string `env:"PARLEY_BASE_URL"`
	// RateLimit is how many requests a minute one token may make: 0 as each API documents, -1 without limit.
	RateLimit rate `env:"PARLEY_RATE_LIMIT"`
	// OutboundAllow are private networks that webhooks may reach all the same.
	OutboundAllow networks `env:"PARLEY_OUTBOUND_ALLOW"`
	// WebhookTimeout is how long a receiver may take to connect, and to begin its answer.
	WebhookTimeout time.Duration `env:"PARLEY_WEBHOOK_TIMEOUT"`
	// Blob says where attachments are kept: file://DIR or s3://….
	Blob string `env:"PARLEY_BLOB"`
	// SMTP is the server that takes our mails: smtp://user:password@host:587?from=help@example.com (mailer.NewServer).
	SMTP string `env:"PARLEY_SMTP"`
	// PushRelay takes the notifications of telephones, as https://user:password@relay.example/send.
	PushRelay string `env:"PARLEY_PUSH_RELAY"`
	// SecretKeys seal secrets in the database, the first of them, and open what they have sealed.
	SecretKeys []string `env:"PARLEY_SECRET_KEY"`
	// SecurityContacts are where people report a vulnerability, as URLs.
	SecurityContacts []string `env:"PARLEY_SECURITY_CONTACT"`
	// TrustedProxies are the peers whose X-Forwarded-For is believed.
	TrustedProxies networks `env:"PARLEY_TRUSTED_PROXIES"`
	// Metrics are the peers that may read /metrics beside this machine and private networks.
	Metrics networks `env:"PARLEY_METRICS_ALLOW"`
	// DrainDelay is the time between /readyz failing and the listener closing, for balancers that poll.
	DrainDelay time.Duration `env:"PARLEY_DRAIN_DELAY"`
	LogLevel   slog.Level    `env:"PARLEY_LOG_LEVEL"`
}

// config reads the environment over the defaults.
func (p *program) config() (Config, error) {
	cfg := Config{
		Listen: "127.0.0.1:8080", Data: "data", WebhookTimeout: 5 * time.Second,
		SecurityContacts: []string{"https://github.com/parleydesk/parley/security/advisories/new"},
	}
	err := env.ParseWithOptions(&cfg, env.Options{Environment: p.environment})
	if err != nil {
		return cfg, plainly(err)
	}
	return cfg, nil
}

// plainly names the variable, not the field, of the first setting that cannot be parsed.
func plainly(err error) error {
	var parseErr env.ParseError
	if !errors.As(err, &parseErr) {
		return err
	}
	variable := map[string]string{
		"RateLimit": "PARLEY_RATE_LIMIT", "OutboundAllow": "PARLEY_OUTBOUND_ALLOW", "TrustedProxies": "PARLEY_TRUSTED_PROXIES",
		"Metrics": "PARLEY_METRICS_ALLOW", "DrainDelay": "PARLEY_DRAIN_DELAY", "WebhookTimeout": "PARLEY_WEBHOOK_TIMEOUT",
		"LogLevel": "PARLEY_LOG_LEVEL",
	}[parseErr.Name]
	return fmt.Errorf("%s: %w", variable, parseErr.Err)
}

// validate checks the settings together and fills in those that follow from others.
func (c *Config) validate() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("PARLEY_LISTEN (--listen) is %q: it must be an address and a port, such as 127.0.0.1:8080 or :8080", c.Listen)
	}
	if c.Data == "" {
		return errors.New("PARLEY_DATA (--data) is empty: it must be a directory")
	}
	var err error
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		return err
	}
	if c.DatabaseURL != "" && !strings.HasPrefix(c.DatabaseURL, "postgres://") &&
		!strings.HasPrefix(c.DatabaseURL, "postgresql://") && !strings.Contains(c.DatabaseURL, "=") {
		return errors.New("DATABASE_URL (--database-url) must look like postgres://user:password@host:5432/parley")
	}
	if c.BaseURL != "" {
		base, err := url.Parse(c.BaseURL)
		if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || strings.Trim(base.Path, "/") != "" ||
			base.RawQuery != "" {
			return fmt.Errorf("PARLEY_BASE_URL (--base-url) is %q: it must be http:// or https:// and a host, with no path", c.BaseURL)
		}
		c.BaseURL = base.Scheme + "://" + base.Host
	}
	if c.Blob == "" {
		c.Blob = (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(c.Data, "blobs"))}).String()
	}
	if c.SMTP != "" {
		if _, err := mailer.NewServer(c.SMTP); err != nil {
			return fmt.Errorf("PARLEY_SMTP: %w", err)
		}
	}
	relay, err := url.Parse(c.PushRelay)
	if c.PushRelay != "" && (err != nil || relay.Host == "" || relay.Scheme != "http" && relay.Scheme != "https") {
		return errors.New("PARLEY_PUSH_RELAY must be an http:// or https:// address")
	}
	for i, contact := range c.SecurityContacts {
		if c.SecurityContacts[i] = securityContact(strings.TrimSpace(contact)); c.SecurityContacts[i] == "" {
			return fmt.Errorf("PARLEY_SECURITY_CONTACT is %q: it must be a mail address, or an https:, mailto: or tel: address", contact)
		}
	}
	if c.WebhookTimeout <= 0 || c.WebhookTimeout > 15*time.Second {
		return fmt.Errorf("PARLEY_WEBHOOK_TIMEOUT is %s: it must be between 1ms and 15s", c.WebhookTimeout)
	}
	if c.DrainDelay < 0 || c.DrainDelay > time.Minute {
		return fmt.Errorf("PARLEY_DRAIN_DELAY is %s: it must be between 0s and 1m", c.DrainDelay)
	}
	return nil
}

// securityContact returns a contact as a URL, or "" for what is none.
func securityContact(s string) string {
	if address, err := mail.ParseAddress(s); err == nil && address.Name == "" {
		return "mailto:" + address.Address
	}
	u, err := url.Parse(s)
	if err != nil || !slices.Contains([]string{"https", "mailto", "tel"}, u.Scheme) || u.Host+u.Opaque == "" {
		return ""
	}
	return u.String()
}

// embedded reports whether Parley runs a PostgreSQL of its own.
func (c *Config) embedded() bool { return c.DatabaseURL == "" }

// listensOn completes the base URL, if none was given, with the address that the listener got.
func (c *Config) listensOn(a net.Addr) {
	if host, port, err := net.SplitHostPort(a.String()); err == nil && c.BaseURL == "" {
		c.BaseURL = "http://" + net.JoinHostPort(reachable(host), port)
	}
}

// reachable turns a listening host into one that a browser on this machine can open.
func reachable(host string) string {
	if host == "" || host == "0.0.0.0" || host == "::" {
		return "localhost"
	}
	return host
}

// rate is a number a minute, or -1 for "off".
type rate int

// UnmarshalText reads a setting.
func (r *rate) UnmarshalText(text []byte) error {
	if string(text) == "off" {
		*r = -1
		return nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		return fmt.Errorf("%q must be a number of requests a minute, or \"off\"", text)
	}
	*r = rate(n)
	return nil
}

// networks is a list of networks and single addresses, separated by commas.
type networks []netip.Prefix

// UnmarshalText reads a setting.
func (n *networks) UnmarshalText(text []byte) error {
	*n = nil
	for one := range strings.SplitSeq(string(text), ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		if address, err := netip.ParseAddr(one); err == nil {
			*n = append(*n, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(one)
		if err != nil {
			return fmt.Errorf("%q must be an address or a network, such as 10.0.0.0/8", one)
		}
		*n = append(*n, prefix.Masked())
	}
	return nil
}

// contains reports whether an address is in one of the networks.
func (n networks) contains(a netip.Addr) bool {
	a = a.Unmap()
	for _, prefix := range n {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// environment makes a map of KEY=value lines.
func environment(lines []string) map[string]string {
	m := make(map[string]string, len(lines))
	for _, line := range lines {
		key, value, _ := strings.Cut(line, "=")
		m[key] = value
	}
	return m
}
