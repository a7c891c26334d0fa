package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/outbound"
)

const (
	// A webhook that failed this many times in a row, and for this long, is paused.
	pauseFailures = 100
	pauseSpan     = 24 * time.Hour
	excerptBytes  = 500
	// holdSpan is how long a delivery that fails may hold its lane, so that one event that a receiver cannot take does
	// not keep the later ones of its conversation from it.
	holdSpan = 2 * time.Minute
	// failingSpan is how long a webhook must have failed for its postponed tries to be made when it answers again: it
	// was down. A receiver that refuses some events and takes the others was not.
	failingSpan = time.Minute
)

// lease is how long a try may take before another process may make it: longer than any call.
func (h *Hooks) lease() time.Duration { return h.client.Timeout + 5*time.Second }

// target is where a delivery goes: the address and secrets may have changed since the event.
type target struct {
	kind    string
	id      int64
	url     string
	dialect db.Dialect
	secrets []db.Secret
	paused  bool
}

// worker makes one try.
type worker struct {
	river.WorkerDefaults[job.DeliverWebhook]
	h *Hooks
}

func (w *worker) Work(ctx context.Context, j *river.Job[job.DeliverWebhook]) error {
	return w.h.try(ctx, j.Args)
}

// outcome is how a call ended.
type outcome struct {
	status *int32
	reason string
	// lasting is true if another try would end the same way: nothing was sent.
	lasting bool
	excerpt string
	asked   time.Duration
	took    time.Duration
}

// try claims the delivery, calls the receiver, and records the outcome. When the process dies in between, River runs
// the job again after the lease has ended: the receiver may see the same id twice.
func (h *Hooks) try(ctx context.Context, a job.DeliverWebhook) error {
	d, err := h.q().GetDelivery(ctx, a.AccountID, a.DeliveryID)
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if d.State != db.DeliveryStatePending || d.Attempts != a.Tries {
		return nil
	}
	to, err := h.target(ctx, d)
	if err != nil {
		return err
	}
	if to.paused {
		return nil // it starts again when the webhook is resumed
	}
	if to.url == "" {
		return h.end(ctx, d, to, outcome{reason: "The receiver is gone"}, next{state: db.DeliveryStateDropped})
	}
	turn, ok := h.acquireSlot(ctx, d.Receiver)
	if !ok {
		return h.putOff(ctx, d)
	}
	defer turn.release()
	claimed, err := h.q().ClaimDelivery(ctx, db.ClaimDeliveryParams{
		AccountID:  d.AccountID,
		ID:         d.ID,
		Attempts:   a.Tries,
		Now:        h.now(),
		Lease:      h.now().Add(h.lease()),
		HoldsUntil: h.now().Add(holdSpan),
	})
	if db.IsNone(err) {
		return h.notDue(ctx, a)
	}
	if err != nil {
		return err
	}
	o := h.call(ctx, to, claimed)
	turn.note(o)
	if o.reason != "" && ctx.Err() != nil {
		return ctx.Err() // we are shutting down: not the receiver's failure
	}
	return h.settle(ctx, claimed.WebhookDelivery, to, o)
}

// putOff handles a try whose receiver is busy: it is made later. A delivery that has failed before holds its lane no
// longer than it may in the meantime.
func (h *Hooks) putOff(ctx context.Context, d db.WebhookDelivery) error {
	if d.HoldsUntil != nil && !d.HoldsUntil.After(h.now()) {
		if err := h.advance(ctx, d.AccountID, queueKey{d.Receiver, d.QueueKey}); err != nil {
			return err
		}
	}
	return river.JobSnooze(crowded())
}

// notDue handles a try that could not be claimed: it has been made, is being made, or is not due yet.
func (h *Hooks) notDue(ctx context.Context, a job.DeliverWebhook) error {
	d, err := h.q().GetDelivery(ctx, a.AccountID, a.DeliveryID)
	if err != nil || d.State != db.DeliveryStatePending || d.Attempts != a.Tries || d.NextTryAt == nil {
		return err
	}
	return river.JobSnooze(max(d.NextTryAt.Sub(h.now()), 0) + 100*time.Millisecond)
}

func (h *Hooks) target(ctx context.Context, d db.WebhookDelivery) (to target, err error) {
	to.dialect = db.DialectChatwoot
	if to.kind, to.id, err = ParseReceiver(d.Receiver); err != nil {
		return to, nil
	}
	switch to.kind {
	case ToWebhook:
		var w db.Webhook
		w, err = h.q().GetWebhook(ctx, d.AccountID, to.id)
		to.url, to.dialect, to.secrets, to.paused = w.Url, w.Dialect, []db.Secret{w.Secret}, w.PausedAt != nil
		if w.PreviousSecret != nil {
			to.secrets = append(to.secrets, *w.PreviousSecret)
		}
	case ToInbox:
		var i db.Inbox
		i, err = h.q().GetInbox(ctx, d.AccountID, to.id)
		to.url, to.secrets = i.WebhookUrl, []db.Secret{i.WebhookSecret}
	case ToBot:
		var b db.AgentBot
		b, err = h.q().GetAgentBot(ctx, d.AccountID, to.id)
		to.url, to.secrets = b.OutgoingUrl, []db.Secret{b.Secret}
	}
	if db.IsNone(err) {
		return target{kind: to.kind, id: to.id}, nil
	}
	if to.kind == ToRule || to.kind == ToMacro {
		to.url = d.Url // an address of its own, unsigned: a rule or a macro shares no secret with its receiver
	}
	return to, err
}

// call makes one HTTP request. Anything but a 2xx is a failure; redirects are not followed.
func (h *Hooks) call(ctx context.Context, to target, d db.ClaimDeliveryRow) (o outcome) {
	began := time.Now()
	defer func() { o.took = time.Since(began) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url, strings.NewReader(d.WebhookDelivery.Body))
	if err != nil {
		return outcome{reason: "Not called: the address is not a URL", lasting: true}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "Parley-Webhooks/1")
	if d.EventNumber != nil {
		request.Header.Set("Parley-Event-Number", strconv.FormatInt(*d.EventNumber, 10))
	}
	sign(request.Header, to, d.WebhookDelivery.Uuid.String(), h.now(), d.WebhookDelivery.Body)
	response, err := h.client.Do(request)
	if err != nil {
		return outcome{reason: reason(err), lasting: errors.Is(err, outbound.ErrRefused)}
	}
	defer response.Body.Close()
	code := int32(response.StatusCode)
	o.status = &code
	// The answer is read to its end, up to a limit, so that the connection can be used again.
	text, _ := io.ReadAll(io.LimitReader(response.Body, 16<<10))
	switch {
	case code >= 200 && code < 300:
	case code >= 300 && code < 400:
		o.reason = "The receiver redirects to another address; give that one instead"
	default:
		o.reason = fmt.Sprintf("The receiver answered %d", code)
	}
	o.excerpt, o.asked = clip(string(text), excerptBytes), retryAfter(response)
	return o
}

// reason is why there was no answer, as text for the page. It does not reveal the addresses that our resolver found.
func reason(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, outbound.ErrRefused):
		return "Not called: " + outbound.ErrRefused.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		return "The receiver did not answer in time"
	}
	return "The receiver could not be reached"
}

// next is what follows a try: how the delivery stands, and when it is tried again.
type next struct {
	state db.DeliveryState
	at    *time.Time
	// leaves is true if the delivery stops holding its lane, so that later ones do not wait for it.
	leaves bool
}

// settle decides what follows a call.
func (h *Hooks) settle(ctx context.Context, d db.WebhookDelivery, to target, o outcome) error {
	if o.reason == "" {
		return h.end(ctx, d, to, o, next{state: db.DeliveryStateDelivered})
	}
	now, tries := h.now(), d.Attempts+1
	at := now.Add(max(pauseAfter(tries), o.asked))
	last := o.lasting || now.After(d.GiveUpAt)
	if to.kind == ToBot {
		at, last = now.Add(botPause), o.lasting || tries >= botTries
	}
	if last {
		return h.end(ctx, d, to, o, next{state: db.DeliveryStateFailed})
	}
	// The lane is left as soon as no further try would end in time.
	leaves := d.HoldsUntil != nil && at.Add(h.client.Timeout).After(*d.HoldsUntil)
	return h.end(ctx, d, to, o, next{state: db.DeliveryStatePending, at: &at, leaves: leaves})
}

// end records a try in one transaction: the log, the delivery, its receiver's health, and what follows: the next try,
// the next delivery of the lane, or both.
func (h *Hooks) end(ctx context.Context, d db.WebhookDelivery, to target, o outcome, then next) error {
	now := h.now()
	return db.Tx(ctx, h.pool, func(tx pgx.Tx) error {
		q := db.New(tx)
		here := []queueKey{{d.Receiver, d.QueueKey}}
		if err := lock(ctx, q, d.AccountID, here); err != nil {
			return err
		}
		p := db.EndTryParams{
			AccountID:  d.AccountID,
			ID:         d.ID,
			Attempts:   d.Attempts,
			State:      then.state,
			LastStatus: o.status,
			LastError:  o.reason,
			NextTryAt:  then.at,
		}
		if then.at == nil {
			p.FinishedAt = &now
		}
		if then.leaves {
			p.HoldsUntil = &now
		}
		ended, err := q.EndTry(ctx, p)
		if db.IsNone(err) {
			return nil
		}
		if err != nil {
			return err
		}
		err = q.InsertAttempt(ctx, db.InsertAttemptParams{
			AccountID: d.AccountID, DeliveryID: d.ID, Status: o.status, Error: o.reason, Excerpt: o.excerpt,
			Millis: int32(o.took.Milliseconds()), CreatedAt: now,
		})
		if err != nil {
			return err
		}
		if err := h.noteHealth(ctx, tx, d, to, o); err != nil {
			return err
		}
		return h.schedule(ctx, tx, ended, to, then)
	})
}

// schedule inserts the jobs that follow a try, and starts the next delivery of the lane where this one holds it no
// longer. The lane is locked.
func (h *Hooks) schedule(ctx context.Context, tx pgx.Tx, ended db.WebhookDelivery, to target, then next) error {
	first, mended := then.at != nil && ended.Attempts == 1, then.state == db.DeliveryStateDelivered && ended.Attempts > 1
	if to.kind == ToInbox && (first || mended) {
		if err := h.jobs.Insert(ctx, tx, job.ShowUndelivered{AccountID: ended.AccountID, EventID: ended.EventID}); err != nil {
			return err
		}
	}
	if then.at != nil {
		again := job.DeliverWebhook{AccountID: ended.AccountID, DeliveryID: ended.ID, Tries: ended.Attempts}
		if err := h.jobs.InsertAt(ctx, tx, again, *then.at); err != nil {
			return err
		}
	}
	if then.state == db.DeliveryStateFailed && (to.kind == ToInbox || to.kind == ToBot) {
		if err := h.jobs.Insert(ctx, tx, job.HandleLostDelivery{AccountID: ended.AccountID, DeliveryID: ended.ID}); err != nil {
			return err
		}
	}
	if then.at != nil && !then.leaves {
		return nil
	}
	return h.promote(ctx, tx, ended.AccountID, []queueKey{{ended.Receiver, ended.QueueKey}})
}

// noteHealth records a webhook's failures and successes. When a receiver works again, its postponed tries are made at
// once, side by side.
func (h *Hooks) noteHealth(ctx context.Context, tx pgx.Tx, d db.WebhookDelivery, to target, o outcome) error {
	q, now := db.New(tx), h.now()
	if o.reason == "" {
		recovered := d.Attempts > 0
		if to.kind == ToWebhook {
			since, err := q.NoteWebhookSuccess(ctx, d.AccountID, to.id)
			if err != nil && !db.IsNone(err) {
				return err
			}
			recovered = recovered || (since != nil && now.Sub(*since) >= failingSpan)
		}
		if !recovered {
			return nil
		}
		return h.hasten(ctx, tx, d.AccountID, d.Receiver)
	}
	if to.kind != ToWebhook || to.url == "" {
		return nil
	}
	paused, err := q.NoteWebhookFailure(ctx, db.NoteWebhookFailureParams{
		AccountID: d.AccountID, ID: to.id, Now: now, Most: pauseFailures, Since: now.Add(-pauseSpan),
		Reason: "Paused after failing for more than a day. The last answer: " + o.reason,
	})
	if err != nil && !db.IsNone(err) {
		return err
	}
	if paused == nil || !paused.Equal(now) {
		return nil
	}
	h.log.Warn("webhook paused", "account", d.AccountID, "webhook", to.id, "reason", o.reason)
	return h.jobs.Insert(ctx, tx, job.NotifyWebhookPaused{AccountID: d.AccountID, WebhookID: to.id, EventID: d.EventID, PausedAt: now})
}

func clip(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	return strings.ReplaceAll(s, "\x00", "")
}
