package main

import (
	"context"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/internal/outbound"
	"github.com/parleydesk/parley/internal/poke"
	"github.com/parleydesk/parley/internal/react"
	"github.com/parleydesk/parley/web"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/openapi"
	"github.com/parleydesk/parley/web/api/qlara"
	"github.com/parleydesk/parley/web/edge"
	"github.com/parleydesk/parley/web/reference"
)

// serve runs the server until it is told to stop.
func serve(ctx context.Context, p *program, args []string) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	f := p.flags("serve", &cfg)
	f.StringVar(&cfg.Listen, "listen", cfg.Listen, "address and port to listen on (PARLEY_LISTEN)")
	f.StringVar(&cfg.BaseURL, "base-url", cfg.BaseURL, "how browsers reach Parley (PARLEY_BASE_URL)")
	demo := f.Bool("demo", false, "fill an installation that is not set up yet with demo data")
	if err := p.parse(f, args, &cfg); err != nil {
		return err
	}
	s := &server{cfg: cfg, log: p.logger(cfg.LogLevel), program: p, demo: *demo}
	return s.run(ctx)
}

// start starts the parts behind the front, in the order in which they need each other. stop ends them in the opposite
// order.
func (s *server) start(ctx context.Context) (err error) {
	begun := time.Now()
	if s.database, err = openDatabase(ctx, s.cfg, s.log, forGood); err != nil {
		return err
	}
	pool := s.database.pool
	if err := db.Migrate(ctx, pool); err != nil {
		return err
	}
	if err := s.database.keys.Reseal(ctx, pool); err != nil {
		return err
	}
	if !s.database.keys.Seal() {
		s.log.Warn("secrets are stored as they are, for PARLEY_SECRET_KEY is not set")
	}
	store, err := blob.Open(ctx, s.cfg.Blob)
	if err != nil {
		return err
	}
	fresh := demo{}
	if s.demo {
		if fresh, err = s.fill(ctx, store); err != nil {
			return err
		}
	}
	clock := s.database.clock
	s.inBackground(func(ctx context.Context) error {
		clock.Run(ctx, pool, s.log)
		return nil
	})
	jobs, err := job.NewInserter(pool, clock.Now)
	if err != nil {
		return err
	}
	bus := live.New(pool, s.log)
	sequencer := react.NewSequencer(pool, jobs, s.log, func(accountIDs []int64) { bus.Publish(numbered(accountIDs)) })
	helpdesk := desk.New(pool, jobs, func(pokes []poke.Poke) {
		sequencer.Wake()
		bus.Publish(pokes)
	}).At(clock.Now)
	if s.cfg.SMTP != "" {
		helpdesk = helpdesk.WithMail()
	}
	if err := fresh.call(ctx, pool, helpdesk); err != nil {
		return err
	}
	s.http.RegisterOnShutdown(bus.HangUp)
	presence := live.NewPresence(pool, bus, s.log, clock.Now)
	s.inBackground(bus.Run)
	s.inBackground(presence.Run)
	s.inBackground(sequencer.Run)
	hooks, err := s.engine(ctx, pool, jobs, helpdesk, store, bus.Publish)
	if err != nil {
		return err
	}

	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = clientAddress(s.cfg.TrustedProxies)
	e.Use(s.metrics.observe)
	code := setupCode(s.database.keys)
	if err := s.logSetupCode(ctx, code); err != nil {
		return err
	}
	passwords, fetch := auth.NewPasswords(), outbound.NewGuard(s.cfg.OutboundAllow...).Client(10*time.Second)
	closing := make(chan struct{})
	s.http.RegisterOnShutdown(func() { close(closing) })
	apis := api.New(api.Config{
		Closing: closing, Fetch: fetch,
		Pool:      pool,
		Desk:      helpdesk,
		Blob:      store,
		Live:      bus,
		Presence:  presence,
		Passwords: passwords,
		BaseURL:   s.cfg.BaseURL,
		RateLimit: int(s.cfg.RateLimit),
		Clock:     clock.Now,
		Logger:    s.log, Version: build(),
	})
	edge.Install(e, edge.Config{Logger: s.log, IsAPI: apis.Owns})
	web.New(web.Config{
		Pool: pool, Desk: helpdesk, Blob: store, Live: bus, Presence: presence, Passwords: passwords, BaseURL: s.cfg.BaseURL, Logger: s.log,
		Secure: strings.HasPrefix(s.cfg.BaseURL, "https://"), Version: build(), Fetch: fetch, Replay: hooks.Replay,
		SetupCode: code, OnThisMachine: onThisMachine, Now: clock.Now, SecurityContacts: s.cfg.SecurityContacts,
	}).Routes(e)
	s.ends = append(s.ends, apis.Wait)
	chatwoot.Routes(e, apis)
	ndoto.Routes(e, apis)
	qlara.Routes(e, apis)
	if err := mountReference(e, apis); err != nil {
		return err
	}

	s.metrics.parts.Store(&parts{pool: pool, bus: bus})
	if err := s.open(e, apis.Prefixes()); err != nil {
		return err
	}
	s.log.Info("ready", "url", s.cfg.BaseURL, "version", build(), "after", time.Since(begun).Round(time.Millisecond).String())
	return nil
}

// mountReference adds the reference pages of the dialects.
func mountReference(e *echo.Echo, apis *api.API) error {
	var all []*openapi.Document
	for _, document := range []func(*api.API) (*openapi.Document, error){chatwoot.Document, ndoto.Document, qlara.Document} {
		d, err := document(apis)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	return reference.Routes(e, all...)
}

// open lets requests through.
func (s *server) open(e *echo.Echo, apis []string) error {
	app, err := sameOrigin(e, apis, s.cfg, s.log)
	if err != nil {
		return err
	}
	s.front.ready(app, s.database.ping)
	return nil
}

// numbered returns the pokes for accounts with newly numbered events.
func numbered(accountIDs []int64) []poke.Poke {
	out := make([]poke.Poke, len(accountIDs))
	for i, id := range accountIDs {
		out[i] = poke.Poke{AccountID: id, Topic: live.Numbered}
	}
	return out
}
