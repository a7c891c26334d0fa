package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/mailer"
	"github.com/parleydesk/parley/internal/outbound"
	"github.com/parleydesk/parley/internal/poke"
	"github.com/parleydesk/parley/internal/push"
	"github.com/parleydesk/parley/internal/react"
	"github.com/parleydesk/parley/internal/task"
	"github.com/parleydesk/parley/internal/webhook"
	"github.com/parleydesk/parley/web/api/chatwoot/hook"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/qlara"
)

// engine starts what works without a page: the jobs, and through them everything that follows an event. It returns
// the Hooks, which pages use to repeat deliveries.
func (s *server) engine(
	ctx context.Context, pool *pgxpool.Pool, jobs *job.Inserter, helpdesk *desk.Desk, store blob.Store,
	poke func([]poke.Poke),
) (*webhook.Hooks, error) {
	now := s.database.clock.Now
	guard := outbound.NewGuard(s.cfg.OutboundAllow...)
	hooks := webhook.New(webhook.Config{
		Pool: pool, Jobs: jobs, Client: guard.Client(s.cfg.WebhookTimeout), Logger: s.log, Now: now,
		Makers: map[db.Dialect]webhook.Maker{
			db.DialectChatwoot: hook.New(s.cfg.BaseURL, now),
			db.DialectNdoto:    ndoto.Hook{},
			db.DialectQlara:    qlara.Hook{},
		},
	})
	reactions := react.New(react.Config{Pool: pool, Jobs: jobs, Desk: helpdesk, Hooks: hooks, Logger: s.log, Poke: poke, Now: now})
	workers := river.NewWorkers()
	reactions.AddWorkers(workers)
	tasks := task.New(task.Config{
		Pool: pool, Desk: helpdesk, Blob: store, Client: guard.Client(s.cfg.WebhookTimeout), Logger: s.log, Now: now,
	})
	tasks.AddWorkers(workers)
	push.New(push.Config{
		Pool: pool, Client: guard.Client(s.cfg.WebhookTimeout), BaseURL: s.cfg.BaseURL, Relay: s.cfg.PushRelay, Logger: s.log,
	}).AddWorkers(workers)
	post, err := s.post(pool, helpdesk)
	if err != nil {
		return nil, err
	}
	post.AddWorkers(workers)
	runner, err := job.NewRunner(pool, workers, append(reactions.Periodic(), tasks.Periodic()...), s.log, now)
	if err != nil {
		return nil, err
	}
	// Not the context of the start: jobs end when Stop is called.
	if err := runner.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	s.ends = append(s.ends, runner.Stop)
	return hooks, nil
}

// post makes the Mailer. Without a mail server, mails that were ordered while there was one are kept and tried later.
func (s *server) post(pool *pgxpool.Pool, helpdesk *desk.Desk) (*mailer.Mailer, error) {
	c := mailer.Config{Pool: pool, Desk: helpdesk, BaseURL: s.cfg.BaseURL, Logger: s.log, Now: s.database.clock.Now}
	if s.cfg.SMTP != "" {
		var err error
		if c.Server, err = mailer.NewServer(s.cfg.SMTP); err != nil {
			return nil, fmt.Errorf("PARLEY_SMTP: %w", err)
		}
	}
	return mailer.New(c), nil
}
