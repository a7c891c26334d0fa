// Package push sends notifications to devices: to browsers by Web Push, encrypted for that browser alone, and to
// telephones through a relay, if the installation has one. It keeps the installation's keys and the subscriptions of
// devices.
//
// Not here: who is notified of an event (package react), and the pages and endpoints that subscribe a device.
package push

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/SherClockHolmes/webpush-go"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
)

// Config is what sending needs.
type Config struct {
	Pool *pgxpool.Pool
	// Client calls push services, whose addresses browsers name: it must guard private networks.
	Client *http.Client
	// BaseURL begins the links of notifications, and is what push services know the installation by.
	BaseURL string
	// Relay takes the notifications of telephones; empty without one.
	Relay  string
	Logger *slog.Logger
}

// Push sends notifications to devices.
type Push struct {
	pool   *pgxpool.Pool
	client *http.Client
	base   string
	relay  string
	log    *slog.Logger
}

// New makes a Push.
func New(c Config) *Push {
	return &Push{pool: c.Pool, client: c.Client, base: c.BaseURL, relay: c.Relay, log: c.Logger}
}

// AddWorkers registers the job that sends a notification to a device.
func (p *Push) AddWorkers(w *river.Workers) {
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.SendPush]) error { return p.send(ctx, j.Args) }))
}

// Keys returns the keys by which browsers know the installation's pushes. It makes them when they are first needed.
func Keys(ctx context.Context, q *db.Queries) (public string, private db.Secret, err error) {
	for range 2 {
		i, err := q.GetInstallation(ctx)
		if err != nil || i.PushPublicKey != "" {
			return i.PushPublicKey, i.PushPrivateKey, err
		}
		made, itsPublic, err := webpush.GenerateVAPIDKeys()
		if err != nil {
			return "", "", fmt.Errorf("make keys of pushes: %w", err)
		}
		// Another process may have stored its own meanwhile: read again which are valid.
		if err := q.SetPushKeys(ctx, itsPublic, db.Secret(made)); err != nil {
			return "", "", err
		}
	}
	return "", "", errors.New("the keys of pushes were not stored")
}
