package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/pg"
)

// database is the pool and, if no server is configured, our own PostgreSQL behind it.
type database struct {
	pool   *pgxpool.Pool
	keys   *db.Keys
	clock  *db.Clock
	server *pg.Server // nil when the server is someone else's
	data   string
	log    *slog.Logger
}

// How long a command uses the built-in server, if it has to start it.
const (
	briefly = true
	forGood = false
)

// openDatabase connects to the configured server, or to the built-in one on the data directory, and starts that if no
// other process of ours has. A server that a command started briefly is not shared: other processes wait until it has
// stopped. The schema is left as it is.
func openDatabase(ctx context.Context, cfg Config, log *slog.Logger, brief bool) (*database, error) {
	d := &database{data: cfg.Data, log: log}
	address := cfg.DatabaseURL
	if cfg.embedded() {
		if err := forgetPGVariables(log); err != nil {
			return nil, err
		}
		server, err := pg.Start(ctx, cfg.Data, pg.Options{Log: log, Brief: brief})
		if err != nil {
			return nil, err
		}
		d.server, address = server, server.URL()
	}
	keys, err := secretKeys(cfg)
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	patience := connectPatience
	if brief {
		patience = 0
	}
	pool, err := connect(ctx, address, keys, log, patience)
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	d.pool, d.keys, d.clock = pool, keys, db.NewClock(time.Now)
	if brief {
		return d, nil // no command compares times
	}
	if err := d.clock.Measure(ctx, pool); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// forgetPGVariables takes libpq's variables out of the environment: pgx and PostgreSQL's programs would read them, and
// look for the built-in database at another address. Only DATABASE_URL names a server elsewhere.
func forgetPGVariables(log *slog.Logger) error {
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		if !strings.HasPrefix(name, "PG") {
			continue
		}
		if name == "PGHOST" {
			log.Warn("PGHOST is ignored, and the built-in database is used; DATABASE_URL would name another")
		}
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	return nil
}

// connectPatience is how long serve waits for a database that is down, starting or out of connections.
const connectPatience = 15 * time.Second

// connect opens the pool, again for as long as the database cannot serve: a replica that starts beside others must not
// exit because they hold all connections for a moment.
func connect(ctx context.Context, address string, keys *db.Keys, log *slog.Logger, patience time.Duration) (*pgxpool.Pool, error) {
	for deadline, pause := time.Now().Add(patience), 100*time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		pool, err := db.Open(ctx, address, keys)
		if err == nil || !db.IsDown(err) || !time.Now().Add(pause).Before(deadline) {
			return pool, err
		}
		log.Warn("the database cannot be reached; trying again", "error", err)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

// withDatabase runs fn on a database whose schema is current: what every command but serve and migrate needs.
func (p *program) withDatabase(ctx context.Context, cfg Config, fn func(pool *pgxpool.Pool) error) error {
	d, err := openDatabase(ctx, cfg, p.logger(max(cfg.LogLevel, slog.LevelWarn)), briefly)
	if err != nil {
		return err
	}
	err = db.Migrate(ctx, d.pool)
	if err == nil {
		err = fn(d.pool)
	}
	return errors.Join(err, d.close())
}

// exited is closed when the built-in server has stopped; never for a server elsewhere.
func (d *database) exited() <-chan struct{} {
	if d.server == nil {
		return nil
	}
	return d.server.Exited()
}

// restart starts the built-in server again after it has died, or takes it over when the process that ran it has
// stopped it. The pool stays: it finds the new server at the same address.
func (d *database) restart(ctx context.Context) error {
	before := d.server.URL()
	if err := d.stopServer(); err != nil { // releases the lock
		return err
	}
	server, err := pg.Start(ctx, d.data, pg.Options{Log: d.log})
	if err != nil {
		return err
	}
	d.server = server
	if server.URL() != before {
		return errors.New("the database came back in another place")
	}
	d.pool.Reset()
	return d.pool.Ping(ctx)
}

// ping reports whether the database answers, with a remark when this machine's clock is not the database's.
func (d *database) ping(ctx context.Context) (remark string, err error) {
	if err := d.pool.Ping(ctx); err != nil {
		return "", err
	}
	if d.clock.IsOff() {
		remark = fmt.Sprintf("; the database's clock is %s ahead of this machine's, and is used", d.clock.Offset().Round(time.Millisecond))
	}
	return remark, nil
}

// close ends the pool and then the server, if it is ours.
func (d *database) close() error {
	if d.pool != nil {
		d.pool.Close()
	}
	return d.stopServer()
}

func (d *database) stopServer() error {
	if d.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := d.server.Stop(ctx); err != nil {
		return fmt.Errorf("stop the database: %w", err)
	}
	return nil
}
