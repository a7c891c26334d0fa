package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/live"
)

// serve runs everything until it is told to stop.
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

// server is one running Parley.
type server struct {
	cfg     Config
	log     *slog.Logger
	program *program
	demo    bool

	front    *front
	metrics  *metrics
	http     *http.Server
	failed   chan error // the listener's, or a loop's
	database *database
	bus      *live.Bus
	desk     *desk.Desk

	loops    sync.WaitGroup // what runs beside requests
	endLoops context.CancelFunc
}

// run listens first, so that whoever watches sees a live process while the database comes up.
func (s *server) run(ctx context.Context) error {
	if err := s.listen(); err != nil {
		return err
	}
	err := s.start(ctx)
	if err == nil {
		err = s.wait(ctx)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil // told to stop while starting
	}
	return errors.Join(err, s.stop())
}

func (s *server) listen() error {
	listener, err := net.Listen("tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", s.cfg.Listen, err)
	}
	s.cfg.listensOn(listener.Addr())
	s.metrics = newMetrics(s.log)
	s.front = newFront(insiders(s.metrics.handler(), clientAddress(s.cfg.TrustedProxies), s.cfg))
	s.http = &http.Server{
		Handler:           s.front,
		ReadHeaderTimeout: 10 * time.Second,
		// An upload over a slow line and a download of the same size; live streams lift their own limit.
		ReadTimeout:    5 * time.Minute,
		WriteTimeout:   5 * time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.failed = make(chan error, 1)
	go func() { s.failed <- s.http.Serve(listener) }()
	s.log.Info("listening", "address", listener.Addr().String())
	return nil
}

// start brings up what stands behind the front, in the order in which it is needed.
func (s *server) start(ctx context.Context) (err error) {
	begun := time.Now()
	if s.database, err = openDatabase(ctx, s.cfg, s.log); err != nil {
		return err
	}
	pool := s.database.pool
	if err := db.Migrate(ctx, pool); err != nil {
		return err
	}
	if s.demo {
		if err := s.fill(ctx); err != nil {
			return err
		}
	}
	store, err := blob.Open(ctx, s.cfg.Blob)
	if err != nil {
		return err
	}
	jobs, err := job.NewInserter(pool)
	if err != nil {
		return err
	}
	s.bus = live.New(pool, s.log)
	s.desk = desk.New(pool, jobs, s.heard)
	s.http.RegisterOnShutdown(s.bus.HangUp)

	var loops context.Context
	loops, s.endLoops = context.WithCancel(context.WithoutCancel(ctx))
	s.loops.Go(func() { _ = s.bus.Run(loops) })

	app, err := s.mount(store)
	if err != nil {
		return err
	}
	s.metrics.parts.Store(&parts{pool: pool, bus: s.bus})
	s.front.ready(app, pool.Ping)
	s.log.Info("ready", "url", s.cfg.BaseURL, "version", build(), "after", time.Since(begun).Round(time.Millisecond).String())
	return nil
}

// mount builds the pages and the APIs.
func (s *server) mount(store blob.Store) (http.Handler, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = clientAddress(s.cfg.TrustedProxies)
	e.Use(s.metrics.observe)
	_ = store
	return sameOrigin(e, s.cfg, s.log)
}

// heard is told what each committed sitting did; it must not block.
func (s *server) heard(pokes []desk.Poke) {
	out := make([]live.Poke, len(pokes))
	for i, p := range pokes {
		out[i] = live.Poke(p)
	}
	s.bus.Publish(out)
}

// wait returns when the server is told to stop, or when it cannot go on. A database of our own that dies is
// brought back: the pool, the jobs and the live updates find it again by themselves.
func (s *server) wait(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.failed:
			return err
		case <-s.database.exited():
			if ctx.Err() != nil {
				return nil
			}
			s.log.Error("the database has stopped; starting it again")
			if err := s.database.restart(ctx); err != nil {
				return fmt.Errorf("the database has stopped, and did not come back: %w", err)
			}
			s.log.Info("the database is back")
		}
	}
}

// grace is how long requests, and then jobs, may take to finish.
const grace = 20 * time.Second

// stop ends everything in the order in which the parts need each other: balancers are told, streams are closed,
// requests finish, jobs finish, the last pokes are sent, the database is last.
func (s *server) stop() error {
	s.front.notReady("stopping")
	s.log.Info("stopping")
	time.Sleep(s.cfg.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("requests that did not finish within %s were cut: %w", grace, errors.Join(err, s.http.Close()))
	}
	if s.endLoops != nil {
		s.endLoops()
		s.loops.Wait()
	}
	if s.database != nil {
		err = errors.Join(err, s.database.close())
	}
	s.log.Info("stopped")
	return err
}
