package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"time"
)

// server is one running Parley: how it starts, what it survives and how it ends. serve.go lists its parts.
type server struct {
	cfg     Config
	log     *slog.Logger
	program *program
	demo    bool

	front    *front
	metrics  *metrics
	http     *http.Server
	clients  *clients
	failed   chan error // of what runs in the background
	database *database
	ends     []func(context.Context) error // of the parts, in the order in which they started
}

// run listens first, so that a monitor sees a live process while the database starts.
func (s *server) run(ctx context.Context) error {
	if err := s.listen(); err != nil {
		return err
	}
	err := s.start(ctx)
	if err == nil {
		err = s.wait(ctx)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil // asked to stop while starting
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
	s.clients = newClients()
	s.http = s.clients.server(s.front, s.log)
	s.failed = make(chan error, 1)
	go func() { s.fail(s.http.Serve(clientListener{listener})) }()
	s.log.Info("listening", "address", listener.Addr().String())
	return nil
}

// fail ends the server, unless something else has already.
func (s *server) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

// inBackground runs a loop until the server stops.
func (s *server) inBackground(loop func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := loop(ctx); err != nil && ctx.Err() == nil {
			s.fail(err)
		}
	}()
	s.ends = append(s.ends, func(context.Context) error {
		cancel()
		<-ended
		return nil
	})
}

// mostDeaths is how often in a minute the built-in database may die before restarting it makes no sense.
const mostDeaths = 5

// wait returns when the server is told to stop, or cannot go on. A built-in database that dies is started again: the
// pool, the jobs and the live updates reconnect by themselves.
func (s *server) wait(ctx context.Context) error {
	for deaths, since := 0, time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.failed:
			return err
		case <-s.database.exited():
			if ctx.Err() != nil {
				return nil
			}
			if time.Since(since) > time.Minute {
				deaths, since = 0, time.Now()
			}
			if deaths++; deaths > mostDeaths {
				return fmt.Errorf("the database stops again and again; its log is %s", filepath.Join(s.cfg.Data, "postgres", "log"))
			}
			s.log.Error("the database has stopped; starting it again")
			if err := s.database.restart(ctx); err != nil {
				return fmt.Errorf("the database has stopped, and did not come back: %w", err)
			}
			s.log.Info("the database is back")
		}
	}
}

// grace is how long requests, and then jobs, may take to finish. Clients that keep a request waiting get less (stopPause).
const grace = 20 * time.Second

// stop ends everything in order: balancers are told, streams are closed, requests finish, jobs finish, the last pokes
// are sent, and the database stops.
func (s *server) stop() error {
	s.front.notReady("stopping")
	s.log.Info("stopping")
	time.Sleep(s.cfg.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	go s.clients.cutWaiting(ctx)
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("requests that did not finish within %s were cut: %w", grace, errors.Join(err, s.http.Close()))
	}
	for _, end := range slices.Backward(s.ends) {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		err = errors.Join(err, end(ctx))
		cancel()
	}
	if s.database != nil {
		err = errors.Join(err, s.database.close())
	}
	s.log.Info("stopped")
	return err
}
