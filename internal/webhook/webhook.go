// Package webhook sends events to other programs: to an account's webhooks, an API inbox's URL, a bot's URL.
//
// Each event becomes one delivery for each receiver that wants it, in the order of the account's event log, with a
// body that is made once and an id that stays. River makes the deliveries, at least once; within a queue (one
// receiver, one conversation) one after the other. A failed delivery is retried for three days and then given up; it
// holds its queue for two minutes at most, and is then tried beside the later ones. A webhook that fails for long is
// paused, and the administrators are notified.
//
// Not here: what a body looks like (web/api/<dialect> makes it), and what the desk does about a message that could
// not be delivered (package react).
package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
)

// Maker makes the bodies of one dialect.
type Maker interface {
	// Names is what the dialect calls an event: no name, one, or several (a status change is an update too).
	Names(e db.Event) []string
	// Body is the JSON for one name. It is nil if there is nothing to send after all; the error is pgx.ErrNoRows if
	// what the event is about was deleted.
	Body(ctx context.Context, q *db.Queries, e db.Event, name string) (json.RawMessage, error)
}

// Config is what the hooks need.
type Config struct {
	Pool   *pgxpool.Pool
	Jobs   *job.Inserter
	Makers map[db.Dialect]Maker
	// Client sends. It should be a guarded one (package outbound).
	Client *http.Client
	Logger *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Hooks makes deliveries and sends them.
type Hooks struct {
	pool    *pgxpool.Pool
	jobs    *job.Inserter
	makers  map[db.Dialect]Maker
	client  *http.Client
	log     *slog.Logger
	clock   func() time.Time
	mu      sync.Mutex
	callers map[string]*caller
}

// New makes Hooks.
func New(c Config) *Hooks {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Hooks{pool: c.Pool, jobs: c.Jobs, makers: c.Makers, client: c.Client, log: c.Logger, clock: c.Now, callers: map[string]*caller{}}
}

// now is the time, as the database stores it.
func (h *Hooks) now() time.Time { return h.clock().UTC().Truncate(time.Microsecond) }

// The kinds of receivers, as a delivery names them: webhook:7, inbox:3, bot:2, rule:4, macro:5.
const (
	ToWebhook = "webhook"
	ToInbox   = "inbox"
	ToBot     = "bot"
	ToRule    = "rule"
	ToMacro   = "macro"
)

func receiverName(kind string, id int64) string { return kind + ":" + strconv.FormatInt(id, 10) }

// ParseReceiver splits a delivery's receiver into its kind and id.
func ParseReceiver(name string) (kind string, id int64, err error) {
	kind, digits, _ := strings.Cut(name, ":")
	id, err = strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return "", 0, fmt.Errorf("receiver %q: %w", name, err)
	}
	return kind, id, nil
}

// queueKey names a queue: one receiver, and what its deliveries are about.
type queueKey struct{ receiver, name string }

// lockKey is the key of the queue's advisory lock. Two queues with the same key only wait for each other now and
// then.
func (l queueKey) lockKey(accountID int64) int64 {
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%d/%s/%s", accountID, l.receiver, l.name)
	return int64(sum.Sum64())
}

// queueOf is the part of a queue's key that comes from the event: receivers get the events of one conversation in
// order.
func queueOf(e db.Event) string {
	switch {
	case e.ConversationID != nil:
		return "conversation:" + strconv.FormatInt(*e.ConversationID, 10)
	case e.ContactID != nil:
		return "contact:" + strconv.FormatInt(*e.ContactID, 10)
	case e.InboxID != nil:
		return "inbox:" + strconv.FormatInt(*e.InboxID, 10)
	}
	return ""
}

// lock locks queues until the transaction ends.
func lock(ctx context.Context, q *db.Queries, accountID int64, queues []queueKey) error {
	keys := make([]int64, len(queues))
	for i, q := range queues {
		keys[i] = q.lockKey(accountID)
	}
	return q.LockDeliveryQueues(ctx, keys)
}

// advance starts the first delivery of a queue, if nothing holds the queue.
func (h *Hooks) advance(ctx context.Context, accountID int64, key queueKey) error {
	return db.Tx(ctx, h.pool, func(tx pgx.Tx) error {
		if err := lock(ctx, db.New(tx), accountID, []queueKey{key}); err != nil {
			return err
		}
		return h.promote(ctx, tx, accountID, []queueKey{key})
	})
}

// promote starts the first delivery of each queue that nothing holds. The queues are locked.
func (h *Hooks) promote(ctx context.Context, tx pgx.Tx, accountID int64, keys []queueKey) error {
	p := db.StartQueuedDeliveriesParams{Now: h.now(), AccountID: accountID}
	for _, l := range keys {
		p.Receivers, p.QueueKeys = append(p.Receivers, l.receiver), append(p.QueueKeys, l.name)
	}
	rows, err := db.New(tx).StartQueuedDeliveries(ctx, p)
	if err != nil {
		return err
	}
	jobs := make([]job.Args, len(rows))
	for i, r := range rows {
		jobs[i] = job.DeliverWebhook{AccountID: accountID, DeliveryID: r.ID, Tries: r.Attempts}
	}
	return h.jobs.InsertMany(ctx, tx, jobs)
}

var (
	// errBusy means that another process is making the account's deliveries.
	errBusy = errors.New("another process is making the deliveries")
	// errGone means that the account was deleted.
	errGone = errors.New("the account was deleted")
)
