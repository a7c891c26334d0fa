package apitest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/mailer"
	"github.com/parleydesk/parley/internal/mailtest"
	"github.com/parleydesk/parley/web/api"
)

// WithMail is a setting for New: an installation with a mail server. SendMail sends the mails.
func WithMail(c *api.Config) { c.Desk = c.Desk.WithMail() }

// SendMail starts to send the outgoing mails of a server that was made WithMail. It returns the mail server that receives
// them, which stops when the test ends.
func (s *Server) SendMail(t testing.TB) *mailtest.Server {
	t.Helper()
	inbox := mailtest.New(t, nil)
	server, err := mailer.NewServer("smtp://" + inbox.Addr + "?from=help@desk.example")
	if err != nil {
		t.Fatal(err)
	}
	workers := river.NewWorkers()
	mailer.New(mailer.Config{
		Pool:    s.Pool,
		Desk:    s.API.Desk,
		Server:  server,
		BaseURL: BaseURL,
		Logger:  slog.New(slog.NewTextHandler(testLog{t}, nil)),
	}).AddWorkers(workers)
	runner, err := job.NewRunner(s.Pool, workers, nil, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = runner.Stop(context.Background()) })
	return inbox
}
