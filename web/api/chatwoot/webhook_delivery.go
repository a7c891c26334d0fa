package chatwoot

import (
	"context"
	"encoding/json"
	"math"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// The log of a webhook's deliveries is an addition: Chatwoot's API has none.

// deliveryJSON is a delivery to a webhook. The receiver gets uuid as X-Chatwoot-Delivery, the same at every attempt.
type deliveryJSON struct {
	ID         int64            `json:"id"`
	UUID       string           `json:"uuid"`
	Event      string           `json:"event"`
	State      db.DeliveryState `json:"state"`
	Attempts   int32            `json:"attempts"`
	LastStatus *int32           `json:"last_status"`
	LastError  string           `json:"last_error"`
	NextTryAt  *string          `json:"next_try_at"`
	CreatedAt  string           `json:"created_at"`
	FinishedAt *string          `json:"finished_at"`
}

type tryJSON struct {
	Status    *int32 `json:"status"`
	Error     string `json:"error"`
	Excerpt   string `json:"excerpt"`
	Millis    int32  `json:"millis"`
	CreatedAt string `json:"created_at"`
}

func deliveryOf(d db.WebhookDelivery) deliveryJSON {
	return deliveryJSON{
		ID: d.ID, UUID: d.Uuid.String(), Event: d.EventName, State: d.State, Attempts: d.Attempts, LastStatus: d.LastStatus,
		LastError: d.LastError,
		NextTryAt: shape.ISOPtr(d.NextTryAt), CreatedAt: shape.ISO(d.CreatedAt), FinishedAt: shape.ISOPtr(d.FinishedAt),
	}
}

// webhook reads the webhook in the path.
func (h *handlers) webhook(c *api.Call) (db.Webhook, error) {
	id, err := c.ID("webhook")
	if err != nil {
		return db.Webhook{}, err
	}
	w, err := h.q.GetWebhook(c.Ctx(), c.Account(), id)
	if err == nil && w.Dialect != db.DialectChatwoot {
		return w, fault.NotFound
	}
	return w, err
}

// listDeliveries lists the deliveries, newest first.
func (h *handlers) listDeliveries(c *api.Call) error {
	w, err := h.webhook(c)
	if err != nil {
		return err
	}
	before, size := int64(math.MaxInt64), c.Limit(perPage, maxPerPage)
	if _, err := c.Cursor(&before); err != nil {
		return err
	}
	rows, err := h.q.ListDeliveries(c.Ctx(), db.ListDeliveriesParams{
		AccountID: c.Account(),
		Receiver:  w.Receiver(),
		BeforeID:  before,
		PageSize:  int32(size) + 1,
	})
	if err != nil {
		return err
	}
	if len(rows) > size {
		rows = rows[:size]
		if err := c.Next(rows[size-1].ID); err != nil {
			return err
		}
	}
	list := make([]deliveryJSON, len(rows))
	for n, d := range rows {
		list[n] = deliveryOf(d)
	}
	return c.Answer(payload(list))
}

// showDelivery answers with the body of a delivery and its attempts.
func (h *handlers) showDelivery(c *api.Call) error {
	w, err := h.webhook(c)
	if err != nil {
		return err
	}
	id, err := c.ID("delivery")
	if err != nil {
		return err
	}
	d, err := h.q.GetReceiverDelivery(
		c.Ctx(),
		db.GetReceiverDeliveryParams{AccountID: c.Account(), ID: id, Receiver: w.Receiver()},
	)
	if err != nil {
		return err
	}
	tries, err := h.q.ListAttempts(c.Ctx(), c.Account(), d.ID)
	if err != nil {
		return err
	}
	out := struct {
		deliveryJSON
		Body  json.RawMessage `json:"body"`
		Tries []tryJSON       `json:"tries"`
	}{deliveryOf(d), json.RawMessage("null"), make([]tryJSON, len(tries))}
	if json.Valid([]byte(d.Body)) {
		out.Body = json.RawMessage(d.Body)
	}
	for n, a := range tries {
		out.Tries[n] = tryJSON{a.Status, a.Error, a.Excerpt, a.Millis, shape.ISO(a.CreatedAt)}
	}
	return c.Answer(payload(out))
}

// maxReplay is how many deliveries one request can send again.
const maxReplay = 1000

// replayDeliveries sends ended deliveries again: those in delivery_ids or, without it, all that were given up. It
// answers with their number.
func (h *handlers) replayDeliveries(c *api.Call) error {
	var in struct {
		IDs *api.IDs `json:"delivery_ids"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if in.IDs != nil && len(in.IDs.Values) > maxReplay {
		return fault.Field("delivery_ids", "Delivery ids are too many (maximum is 1000)")
	}
	w, err := h.webhook(c)
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		ids, err := h.endedDeliveries(ctx, t.Queries(), w, in.IDs)
		if err != nil {
			return nil, err
		}
		out := struct {
			Count int `json:"count"`
		}{len(ids)}
		if len(ids) == 0 {
			return payload(out), nil
		}
		return payload(out), t.Enqueue(ctx, job.ReplayWebhook{AccountID: t.Account(), DeliveryIDs: ids})
	})
}

func (h *handlers) endedDeliveries(ctx context.Context, q *db.Queries, w db.Webhook, asked *api.IDs) ([]int64, error) {
	if asked == nil {
		return q.ListFailedDeliveries(
			ctx,
			db.ListFailedDeliveriesParams{AccountID: w.AccountID, Receiver: w.Receiver(), Most: maxReplay},
		)
	}
	return q.ListDeliveriesToReplay(
		ctx,
		db.ListDeliveriesToReplayParams{AccountID: w.AccountID, Receiver: w.Receiver(), Ids: asked.Values},
	)
}
