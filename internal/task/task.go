// Package task does slow work for which a request does not wait: fetching a contact's picture, making thumbnails,
// importing and exporting contacts, renaming a label on everything that has it, deleting an account's data, and deleting
// files to which nothing refers. Each task is a job. It may run twice, and continues where it stopped.
//
// Not here: reactions to events (package react).
package task

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

// Config has the dependencies of Tasks.
type Config struct {
	Pool *pgxpool.Pool
	Desk *desk.Desk
	Blob blob.Store
	// Client fetches from addresses that strangers chose, so it must be a guarded client (package outbound).
	Client *http.Client
	Logger *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Tasks runs the jobs of this package.
type Tasks struct {
	pool   *pgxpool.Pool
	q      *db.Queries
	desk   *desk.Desk
	blob   blob.Store
	client *http.Client
	log    *slog.Logger
	thumbs *blob.Thumbnailer
	now    func() time.Time
}

// New returns Tasks.
func New(c Config) *Tasks {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Tasks{
		pool: c.Pool, q: db.New(c.Pool), desk: c.Desk, blob: c.Blob, client: c.Client, log: c.Logger,
		thumbs: blob.NewThumbnailer(1), now: c.Now,
	}
}

// AddWorkers registers the tasks with a runner's workers.
func (c *Tasks) AddWorkers(w *river.Workers) {
	river.AddWorker(w, &avatarWorker{tasks: c})
	river.AddWorker(w, &sweepWorker{tasks: c})
	river.AddWorker(w, &thumbnailWorker{tasks: c})
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

// Periodic lists the periodic jobs.
func (c *Tasks) Periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Hour), func() (river.JobArgs, *river.InsertOpts) {
		return job.SweepBlobs{}, nil
	}, &river.PeriodicJobOpts{RunOnStart: true})}
}

// shift is how long a task works before it lets other jobs run. It is less than the runner's limit for a job.
const shift = time.Minute

// Export says which contacts and columns an exported file contains. It is the params of the file's row in
// contact_imports.
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
