package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/parleydesk/parley/db"
)

// Consumer is the name of the fan-out's event cursor.
const Consumer = "webhooks"

const (
	fanBatch = 200
	// span is how long Parley tries to make a delivery.
	span = 3 * 24 * time.Hour
)

// Fan makes the deliveries of an account's events up to a number, in their order, each event once. done is false if
// another process is doing so: call again later.
func (h *Hooks) Fan(ctx context.Context, accountID, upTo int64) (done bool, err error) {
	for {
		at, err := h.fanBatch(ctx, accountID, upTo, false)
		if isBadPayload(err) {
			// The body of one event breaks the batch: do it again, with each body on its own.
			at, err = h.fanBatch(ctx, accountID, upTo, true)
		}
		switch {
		case errors.Is(err, errGone):
			return true, nil
		case errors.Is(err, errBusy):
			at, err := h.q().GetCursor(ctx, accountID, Consumer)
			return err == nil && at >= upTo, err
		case err != nil:
			return false, err
		case at >= upTo:
			return true, nil
		}
	}
}

func (h *Hooks) q() *db.Queries { return db.New(h.pool) }

// fanBatch makes the deliveries of some events and returns where the account's cursor stands then.
func (h *Hooks) fanBatch(ctx context.Context, accountID, upTo int64, isolated bool) (at int64, err error) {
	err = db.Tx(ctx, h.pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		if at, err = takeCursor(ctx, q, accountID); err != nil || at >= upTo {
			return err
		}
		receivers, err := listReceivers(ctx, q, accountID)
		if err != nil {
			return err
		}
		if receivers.none() {
			at = upTo
		} else {
			first := at + 1
			at = min(upTo, at+fanBatch)
			if err := h.fanRange(ctx, tx, fan{receivers: receivers, accountID: accountID, isolated: isolated}, first, at); err != nil {
				return err
			}
		}
		return q.SetCursor(ctx, db.SetCursorParams{AccountID: accountID, Consumer: Consumer, Number: at})
	})
	return at, err
}

func takeCursor(ctx context.Context, q *db.Queries, accountID int64) (int64, error) {
	at, err := q.TakeCursor(ctx, accountID, Consumer)
	if !db.IsNone(err) {
		return at, err
	}
	if err := q.InsertCursor(ctx, accountID, Consumer); err != nil {
		if db.IsMissing(err) {
			err = errGone
		}
		return 0, err
	}
	at, err = q.TakeCursor(ctx, accountID, Consumer)
	if db.IsNone(err) {
		err = errBusy
	}
	return at, err
}

// fan is one batch.
type fan struct {
	receivers receivers
	accountID int64
	// isolated makes each body in a savepoint and skips one that cannot be made.
	isolated bool
}

// delivery is a row to be inserted.
type delivery struct {
	receiver, url, name, queueKey, failure string
	eventID                                int64
	body                                   json.RawMessage
}

func (h *Hooks) fanRange(ctx context.Context, tx pgx.Tx, f fan, first, last int64) error {
	q := db.New(tx)
	events, err := q.ListEventRange(ctx, db.ListEventRangeParams{AccountID: f.accountID, First: first, Last: last})
	if err != nil {
		return err
	}
	if err := f.receivers.readAssigned(ctx, q, f.accountID, events); err != nil {
		return err
	}
	var all []delivery
	for _, e := range events {
		of, err := h.deliveries(ctx, tx, f, e)
		if err != nil {
			return err
		}
		all = append(all, of...)
	}
	if len(all) == 0 {
		return nil
	}
	keys := queuesOf(all)
	// The lock is taken late, after the bodies, which are slow, have been made.
	if err := lock(ctx, q, f.accountID, keys); err != nil {
		return err
	}
	for _, d := range all {
		if err := h.insert(ctx, q, f.accountID, d); err != nil {
			return err
		}
	}
	return h.promote(ctx, tx, f.accountID, keys)
}

// queuesOf returns the queues that deliveries are added to, each once.
func queuesOf(all []delivery) (keys []queueKey) {
	seen := map[queueKey]bool{}
	for _, d := range all {
		l := queueKey{d.receiver, d.queueKey}
		if d.failure == "" && !seen[l] {
			seen[l] = true
			keys = append(keys, l)
		}
	}
	return keys
}

func (h *Hooks) insert(ctx context.Context, q *db.Queries, accountID int64, d delivery) error {
	now := h.now()
	if d.failure != "" {
		return q.InsertLostDelivery(ctx, db.InsertLostDeliveryParams{
			AccountID: accountID, Receiver: d.receiver, EventID: d.eventID, EventName: d.name, QueueKey: d.queueKey,
			LastError: d.failure, CreatedAt: now,
		})
	}
	return q.InsertDelivery(ctx, db.InsertDeliveryParams{
		AccountID: accountID, Receiver: d.receiver, Url: d.url, EventID: d.eventID, EventName: d.name, QueueKey: d.queueKey, Body: string(d.body),
		CreatedAt: now, GiveUpAt: now.Add(span),
	})
}

// deliveries returns the deliveries of e. Receivers of one dialect get the same body.
func (h *Hooks) deliveries(ctx context.Context, tx pgx.Tx, f fan, e db.Event) (all []delivery, err error) {
	for dialect, maker := range h.makers {
		for _, name := range maker.Names(e) {
			var to []string
			for _, r := range f.receivers.all {
				if r.dialect == dialect && r.wants(e, name, f.receivers) {
					to = append(to, r.name)
				}
			}
			if len(to) == 0 {
				continue
			}
			body, reason, err := h.body(ctx, tx, f.isolated, maker, e, name)
			if err != nil {
				return nil, err
			}
			if body == nil && reason == "" {
				continue
			}
			for _, receiver := range to {
				all = append(all, delivery{receiver: receiver, name: name, queueKey: queueOf(e), eventID: e.ID, body: body, failure: reason})
			}
		}
	}
	return all, nil
}

// body makes one body, nil if what the event is about was deleted.
func (h *Hooks) body(
	ctx context.Context, tx pgx.Tx, isolated bool, maker Maker, e db.Event, name string,
) (body json.RawMessage, reason string, err error) {
	attempt := func(tx pgx.Tx) (err error) {
		// A panic in one body must not stop the account's other events.
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		body, err = maker.Body(ctx, db.New(tx), e, name)
		return err
	}
	if isolated {
		err = pgx.BeginFunc(ctx, tx, attempt)
	} else {
		err = attempt(tx)
	}
	switch {
	case err == nil:
		return body, "", nil
	case db.IsNone(err):
		return nil, "", nil
	case isolated && lasting(err, tx.Conn()):
		h.log.Error("make a webhook body", "account", e.AccountID, "event", e.ID, "name", name, "error", err)
		return nil, "The body could not be made", nil
	case lasting(err, tx.Conn()):
		return nil, "", errors.Join(errBadPayload, err)
	}
	return nil, "", err
}

var errBadPayload = errors.New("a body cannot be made")

func isBadPayload(err error) bool { return errors.Is(err, errBadPayload) }

// lasting reports whether a retry would fail again: a bug, not an outage. A database that is down or overloaded, a
// deadlock and the end of the context are temporary.
func lasting(err error, conn *pgx.Conn) bool {
	if conn.IsClosed() || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code[:2] {
		case "08", "40", "53", "55", "57", "58", "XX":
			return false
		}
	}
	return true
}
