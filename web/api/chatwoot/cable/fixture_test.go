package cable_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/live"
	"github.com/parleydesk/parley/internal/poke"
	"github.com/parleydesk/parley/internal/react"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/edge"
)

// update writes the golden files, which stand beside the other answers of the dialect.
var update = flag.Bool("update", false, "write the golden files")

const (
	v1 = "/api/v1/accounts/:account"
	cs = v1 + "/conversations"
	co = cs + "/:conversation"
	ms = co + "/messages"
	mo = ms + "/:message"
	ks = v1 + "/contacts"
	k  = ks + "/:contact"

	inbox        = v1 + "/inboxes/:inbox"
	notification = v1 + "/notifications/:notification"
)

const patience = time.Minute

// fixture is a replica with its realtime channel, and the fixture that it serves.
type fixture struct {
	*apitest.Fixture
	t       *testing.T
	url     string
	bus     *live.Bus
	desk    *desk.Desk
	closing chan struct{}
}

// newFixture is a replica in a fixture of its own.
func newFixture(t *testing.T, change ...func(*api.Config)) *fixture {
	t.Helper()
	w := &fixture{t: t, closing: make(chan struct{})}
	var parts []func(context.Context) error
	server := apitest.New(t, chatwoot.Routes, append(change, func(c *api.Config) { parts = w.start(c) })...)
	w.Fixture = apitest.NewFixture(t, server)
	w.serve(server.Echo, server.API, parts)
	return w
}

// replica is a second replica on the same database.
func (f *fixture) replica() *fixture {
	f.t.Helper()
	other := &fixture{Fixture: f.Fixture, t: f.t, closing: make(chan struct{})}
	c := api.Config{Pool: f.Server.Pool, Blob: f.Server.Blob, BaseURL: apitest.BaseURL, RateLimit: -1, Logger: slog.New(slog.DiscardHandler)}
	parts := other.start(&c)
	e, a := echo.New(), api.New(c)
	edge.Install(e, edge.Config{IsAPI: a.Owns})
	chatwoot.Routes(e, a)
	other.serve(e, a, parts)
	return other
}

// start makes what stands behind the channel as parley serve does: bus, sequencer, presence.
func (f *fixture) start(c *api.Config) (parts []func(context.Context) error) {
	jobs, err := job.NewInserter(c.Pool, time.Now)
	if err != nil {
		f.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	f.bus = live.New(c.Pool, log)
	sequencer := react.NewSequencer(c.Pool, jobs, log, func(accounts []int64) {
		for _, id := range accounts {
			f.bus.Publish([]poke.Poke{{AccountID: id, Topic: live.Numbered}})
		}
	})
	f.desk = desk.New(c.Pool, jobs, func(pokes []poke.Poke) {
		sequencer.Wake()
		f.bus.Publish(pokes)
	})
	c.Desk, c.Live, c.Closing, c.Presence = f.desk, f.bus, f.closing, live.NewPresence(c.Pool, f.bus, log, time.Now)
	return []func(context.Context) error{f.bus.Run, sequencer.Run, c.Presence.Run}
}

// serve runs the replica until the test ends.
func (f *fixture) serve(e *echo.Echo, a *api.API, parts []func(context.Context) error) {
	f.t.Helper()
	ready := f.bus.Subscribe(f.Account.ID)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{}, len(parts))
	for _, run := range parts {
		go func() {
			_ = run(ctx)
			ended <- struct{}{}
		}()
	}
	<-ready.C // the bus listens
	ready.Close()
	server := httptest.NewServer(e)
	f.t.Cleanup(func() {
		select {
		case <-f.closing:
		default:
			close(f.closing)
		}
		if err := a.Wait(context.Background()); err != nil {
			f.t.Error(err)
		}
		server.Close()
		cancel()
		for range parts {
			<-ended
		}
	})
	f.url = "ws" + strings.TrimPrefix(server.URL, "http") + "/cable"
}

// subscribed is a client of the channel.
type client struct {
	t  *testing.T
	ws *websocket.Conn
	// in is what has come; nil for a client that reads only when it is asked to.
	in chan received
}

type received struct {
	raw []byte
	err error
}

// readOn reads on from now on, as clients do: who does not read gives no sign of life either, and is let go.
func (c *client) readOn() {
	c.in = make(chan received, 1<<14)
	go func() {
		defer close(c.in)
		for {
			_, raw, err := c.ws.Read(context.Background())
			c.in <- received{raw, err}
			if err != nil {
				return
			}
		}
	}()
}

type frame struct {
	Type, Identifier, Reason string
	Reconnect                *bool
	Message                  json.RawMessage
}

// event is an event.
type event struct {
	Event string         `json:"event"`
	Data  map[string]any `json:"data"`
}

func (f *fixture) dial() *client {
	f.t.Helper()
	e := f.dialWithoutReading()
	e.readOn()
	return e
}

// dialWithoutReading is a new client that reads only when it is asked to.
func (f *fixture) dialWithoutReading() *client {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), patience)
	defer cancel()
	// A browser on another site's page, as with a widget.
	ws, _, err := websocket.Dial(ctx, f.url, &websocket.DialOptions{
		Subprotocols: []string{"actioncable-v1-json", "actioncable-unsupported"}, HTTPHeader: http.Header{"Origin": {"https://shop.example"}},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = ws.CloseNow() })
	ws.SetReadLimit(1 << 20)
	e := &client{t: f.t, ws: ws}
	if got := e.frame(); got.Type != "welcome" || ws.Subprotocol() != "actioncable-v1-json" {
		f.t.Fatalf("the first frame is %+v, by %q", got, ws.Subprotocol())
	}
	return e
}

// frame is the next one but pings.
func (c *client) frame() frame {
	c.t.Helper()
	for {
		f, err := c.next()
		if err != nil {
			c.t.Fatal(err)
		}
		if f.Type != "ping" {
			return f
		}
	}
}

func (c *client) next() (f frame, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var a received
	if c.in == nil {
		_, a.raw, a.err = c.ws.Read(ctx)
	} else {
		select {
		case a = <-c.in:
		case <-ctx.Done():
			a.err = ctx.Err()
		}
	}
	if a.err == nil {
		a.err = json.Unmarshal(a.raw, &f)
	}
	return f, a.err
}

func (c *client) send(command, identifier, data string) {
	c.t.Helper()
	raw, err := json.Marshal(map[string]string{"command": command, "identifier": identifier, "data": data})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.ws.Write(c.t.Context(), websocket.MessageText, raw); err != nil {
		c.t.Fatal(err)
	}
}

// subscribe subscribes and returns what the server says to that.
func (c *client) subscribe(identifier string) string {
	c.t.Helper()
	c.send("subscribe", identifier, "")
	for {
		f := c.frame()
		if f.Message != nil {
			continue // of another subscription
		}
		if f.Identifier != identifier {
			c.t.Fatalf("answered %+v", f)
		}
		return f.Type
	}
}

// eventsUntil is what is heard before a message that says the mark, the presences left out.
func (c *client) eventsUntil(mark string) (all []event) {
	c.t.Helper()
	for {
		f := c.frame()
		var h event
		if f.Message == nil || json.Unmarshal(f.Message, &h) != nil {
			c.t.Fatalf("waiting for %q: %+v after %v", mark, f, eventNames(all))
		}
		if h.Event == "presence.update" {
			continue
		}
		if text, _ := h.Data["content"].(string); strings.Contains(text, mark) && h.Event == "message.created" {
			return all
		}
		all = append(all, h)
	}
}

func eventNames(all []event) []string {
	list := make([]string, len(all))
	for i, h := range all {
		list[i] = h.Event
	}
	return list
}

func (f *fixture) user(id int64) db.User {
	f.t.Helper()
	u, err := db.New(f.Server.Pool).GetUser(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return u
}

// memberIdentifier is a user's identifier, as Chatwoot's dashboard writes it.
func (f *fixture) memberIdentifier(u db.User) string {
	token := f.user(u.ID).PubsubToken
	return fmt.Sprintf(`{"channel":"RoomChannel","pubsub_token":%q,"account_id":%d,"user_id":%d}`, token, f.Account.ID, u.ID)
}

func (f *fixture) contactInbox(c db.Conversation) db.ContactInbox {
	f.t.Helper()
	ci, err := db.New(f.Server.Pool).GetContactInbox(f.t.Context(), c.AccountID, c.ContactInboxID)
	if err != nil {
		f.t.Fatal(err)
	}
	return ci
}

// contactIdentifier is the identifier of a conversation's contact, as the widget writes it.
func (f *fixture) contactIdentifier(c db.Conversation) string {
	return fmt.Sprintf(`{"channel":"RoomChannel","pubsub_token":%q}`, f.contactInbox(c).PubsubToken)
}

// awaitNumbers waits until all that has happened so far has been numbered, so that who comes now does not hear of it.
func (f *fixture) awaitNumbers() {
	f.t.Helper()
	for n := 1; n > 0; time.Sleep(5 * time.Millisecond) {
		if err := f.Server.Pool.QueryRow(f.t.Context(), "SELECT count(*) FROM events WHERE number IS NULL").Scan(&n); err != nil {
			f.t.Fatal(err)
		}
	}
}

// subscribed is a new client that listens by an identifier.
func (f *fixture) subscribed(identifier string) *client {
	f.t.Helper()
	e := f.dial()
	if got := e.subscribe(identifier); got != "confirm_subscription" {
		f.t.Fatalf("%s: %s", identifier, got)
	}
	return e
}

func (f *fixture) post(caller apitest.Caller, path, body string) map[string]any {
	f.t.Helper()
	return f.Do(f.t, caller, "POST", path, body).Want(200).Object()
}

func (f *fixture) exec(query string, args ...any) {
	f.t.Helper()
	if _, err := f.Server.Pool.Exec(f.t.Context(), query, args...); err != nil {
		f.t.Fatal(err)
	}
}
