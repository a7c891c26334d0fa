package chatwoot

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) eventRoutes() []api.Route {
	return []api.Route{api.Get(v1+"/events", api.Member, h.listEvents)}
}

const (
	eventsPerPage    = 100
	maxEventsPerPage = 1000
	// feedPoll is how often an open stream looks for new events. A signal for each event would be no faster, because
	// events get their numbers in batches after commit.
	feedPoll = 500 * time.Millisecond
	// feedBeat is how often a stream sends something, so that proxies do not close it, and how long it may outlive its
	// token.
	feedBeat = 5 * time.Second
	// feedPause is how long a client may take to read a line, which then waits in the system's buffers.
	feedPause = 30 * time.Second
)

// eventJSON is an event in the change feed. Numbers grow by one in an account. The feed leaves out events that the
// reader may not see, so the numbers may have gaps.
type eventJSON struct {
	Number         int64           `json:"number"`
	Event          string          `json:"event"`
	CreatedAt      string          `json:"created_at"`
	ActorType      db.ActorKind    `json:"actor_type"`
	ActorID        *int64          `json:"actor_id"`
	ConversationID *int64          `json:"conversation_id"`
	MessageID      *int64          `json:"message_id"`
	ContactID      *int64          `json:"contact_id"`
	InboxID        *int64          `json:"inbox_id"`
	TeamID         *int64          `json:"team_id"`
	Data           json.RawMessage `json:"data"`
}

// listEvents is the change feed: the events after a number, oldest first. A client that applies each event and
// remembers the last number has a mirror of all that it may see. With Accept: text/event-stream the answer stays open.
func (h *handlers) listEvents(c *api.Call) error {
	after, err := strconv.ParseInt(firstNonEmpty(c.Request().Header.Get("Last-Event-ID"), c.QueryParam("after"), "0"), 10, 64)
	if err != nil || after < 0 {
		return api.Unprocessable("after must be the number of an event")
	}
	if _, err := c.Cursor(&after); err != nil {
		return err
	}
	if strings.Contains(c.Request().Header.Get("Accept"), "text/event-stream") {
		return h.streamEvents(c, after)
	}
	size := c.Limit(eventsPerPage, maxEventsPerPage)
	events, err := h.eventsAfter(c.Ctx(), c.Scope(), after, size)
	if err != nil {
		return err
	}
	if len(events) == size {
		if err := c.Next(events[size-1].Number); err != nil {
			return err
		}
	}
	last := after
	if len(events) > 0 {
		last = events[len(events)-1].Number
	}
	return c.Answer(struct {
		Meta struct {
			Last int64 `json:"last"`
		} `json:"meta"`
		Payload []eventJSON `json:"payload"`
	}{struct {
		Last int64 `json:"last"`
	}{last}, events})
}

func firstNonEmpty(texts ...string) string {
	for _, w := range texts {
		if w != "" {
			return w
		}
	}
	return ""
}

func (h *handlers) eventsAfter(ctx context.Context, scope db.Scope, after int64, size int) ([]eventJSON, error) {
	rows, err := h.q.ListEvents(ctx, db.ListEventsParams{
		AccountID: scope.AccountID, After: after, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs, PageSize: int32(size),
	})
	if err != nil {
		return nil, err
	}
	list := make([]eventJSON, 0, len(rows))
	for _, e := range rows {
		list = append(list, eventOf(e))
	}
	return list, nil
}

// eventOf returns the JSON of an event, with the conversation's display id.
func eventOf(e db.Event) eventJSON {
	j := eventJSON{
		Event: e.Kind, CreatedAt: shape.ISO(e.CreatedAt), ActorType: e.ActorKind, ActorID: e.ActorID, MessageID: e.MessageID,
		ContactID: e.ContactID,
		InboxID:   e.InboxID, TeamID: e.TeamID, Data: e.Data,
	}
	if e.Number != nil {
		j.Number = *e.Number
	}
	var data struct {
		DisplayID int64 `json:"display_id"`
	}
	if json.Unmarshal(e.Data, &data) == nil && data.DisplayID != 0 {
		j.ConversationID = &data.DisplayID
	}
	return j
}

// streamEvents sends the feed as server-sent events until the client disconnects. It authenticates the reader again with
// each beat, so that the stream ends with their token and shows no more than they may see.
func (h *handlers) streamEvents(c *api.Call, after int64) error {
	w, scope := c.Response(), c.Scope()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	write := func(text string) error {
		// Instead of the server's limit on writing, which is for answers that end.
		_ = control.SetWriteDeadline(time.Now().Add(feedPause))
		_, err := w.Write([]byte(text))
		return err
	}
	poll, beat := time.NewTicker(feedPoll), time.NewTicker(feedBeat)
	defer poll.Stop()
	defer beat.Stop()
	if err := write(": ready\n\n"); err != nil {
		return nil
	}
	for {
		events, err := h.eventsAfter(c.Ctx(), scope, after, maxEventsPerPage)
		if err != nil {
			return nil // the stream has begun; when it ends, the client reconnects
		}
		for _, e := range events {
			raw, err := json.Marshal(e)
			if err != nil {
				return nil
			}
			number := strconv.FormatInt(e.Number, 10)
			if err := write("id: " + number + "\nevent: " + e.Event + "\ndata: " + string(raw) + "\n\n"); err != nil {
				return nil
			}
			after = e.Number
		}
		w.Flush()
		if len(events) == maxEventsPerPage {
			continue
		}
		select {
		case <-c.Ctx().Done():
			return nil
		case <-h.a.Closing:
			return nil
		case <-poll.C:
		case <-beat.C:
			if err := c.Readmit(); err != nil {
				return nil
			}
			scope = c.Scope()
			if err := write(": beat\n\n"); err != nil {
				return nil
			}
		}
	}
}
