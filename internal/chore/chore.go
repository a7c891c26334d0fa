// Package chore is the slow work that a request orders and does not wait for: fetching the picture of a contact,
// reading and writing files of contacts, giving a renamed label's title to what carries it,
// deleting all that an account had, and bytes that nothing refers to.
//
// Not here: what follows an event (package react). A chore is a job by itself; it may run twice, and goes on where it
// stopped.
package chore

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
)

// Config is what the chores need.
type Config struct {
	Pool *pgxpool.Pool
	Desk *desk.Desk
	Blob blob.Store
	// Client fetches from addresses that other people chose: a guarded one (package outbound).
	Client *http.Client
	Logger *slog.Logger
}

// Chores does them.
type Chores struct {
	pool   *pgxpool.Pool
	q      *db.Queries
	desk   *desk.Desk
	blob   blob.Store
	client *http.Client
	log    *slog.Logger
	thumbs *blob.Thumbnailer
	now    func() time.Time
}

// New makes them.
func New(c Config) *Chores {
	return &Chores{
		pool: c.Pool, q: db.New(c.Pool), desk: c.Desk, blob: c.Blob, client: c.Client, log: c.Logger,
		thumbs: blob.NewThumbnailer(1), now: time.Now,
	}
}

// AddWorkers registers the chores with a runner's workers.
func (c *Chores) AddWorkers(w *river.Workers) {
	river.AddWorker(w, &avatarWorker{chores: c})
	river.AddWorker(w, &sweepWorker{chores: c})
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ImportContacts]) error {
		return c.importContacts(ctx, j.Args)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ExportContacts]) error {
		return c.exportContacts(ctx, j.Args)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.DeleteAccount]) error {
		return c.deleteAccount(ctx, j.Args)
	}))
	river.AddWorker(w, river.WorkFunc(func(ctx context.Context, j *river.Job[job.ReplaceLabel]) error {
		return c.replaceLabel(ctx, j.Args)
	}))
}

// Periodic are the chores that nobody orders.
func (c *Chores) Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) {
		return job.SweepBlobs{}, nil
	}, &river.PeriodicJobOpts{RunOnStart: true})}
}

// shift is how long a chore works before it gives the others a turn; below the runner's limit for one job.
const shift = time.Minute

// Export is what a file of contacts shall hold: the params of its row in contact_imports.
type Export struct {
	Columns []string         `json:"columns"`
	Label   string           `json:"label"`
	Terms   []db.ContactTerm `json:"terms"`
}

func (e Export) filter() db.ContactFilter {
	f := db.ContactFilter{Identified: len(e.Terms) == 0, Where: db.ContactClause(e.Terms)}
	if e.Label != "" {
		f.Labels = []string{e.Label}
	}
	return f
}

func exportOf(raw json.RawMessage) (e Export, err error) {
	err = json.Unmarshal(raw, &e)
	return e, err
}
