package apitest

import (
	"context"
	"log/slog"
	"testing"

	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/mailer"
	"github.com/parleydesk/parley/internal/mailtest"
	"github.com/parleydesk/parley/web/api"
)

// WithMail is a setting: an installation with a mail server. SendMail sends what is ordered.
func WithMail(c *api.Config) { c.Desk = c.Desk.WithMail() }

// SendMail sends the outgoing mails of a bench that was made WithMail, to a mail server that ends with the test.
func (b *Bench) SendMail(t testing.TB) *mailtest.Server {
	t.Helper()
	inbox := mailtest.New(t, nil)
	server, err := mailer.NewServer("smtp://" + inbox.Addr + "?from=help@desk.example")
	if err != nil {
		t.Fatal(err)
	}
	workers := river.NewWorkers()
	mailer.New(mailer.Config{Pool: b.Pool, Desk: b.API.Desk, Server: server, BaseURL: BaseURL, Logger: slog.New(slog.NewTextHandler(testLog{t}, nil))}).AddWorkers(workers)
	runner, err := job.NewRunner(b.Pool, workers, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = runner.Stop(context.Background()) })
	return inbox
}
