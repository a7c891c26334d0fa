package chatwoot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
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

const cablePatience = time.Minute

func cableRows() map[string]apitest.Row {
	return map[string]apitest.Row{"GET /cable": {Want: http.StatusUpgradeRequired}}
}

// wire is a replica with its realtime channel, and the world that it serves.
type wire struct {
	*apitest.World
	t       *testing.T
	url     string
	bus     *live.Bus
	desk    *desk.Desk
	closing chan struct{}
}

// newWire is a replica in a world of its own.
func newWire(t *testing.T, change ...func(*api.Config)) *wire {
	t.Helper()
	w := &wire{t: t, closing: make(chan struct{})}
	var parts []func(context.Context) error
	bench := apitest.New(t, chatwoot.Routes, append(change, func(c *api.Config) { parts = w.stand(c) })...)
	w.World = apitest.NewWorld(t, bench)
	w.serve(bench.Echo, bench.API, parts)
	return w
}

// another is a second replica on the same database.
func (w *wire) another() *wire {
	w.t.Helper()
	other := &wire{World: w.World, t: w.t, closing: make(chan struct{})}
	c := api.Config{Pool: w.Bench.Pool, Blob: w.Bench.Blob, BaseURL: apitest.BaseURL, RateLimit: -1, Logger: slog.New(slog.DiscardHandler)}
	parts := other.stand(&c)
	e, a := echo.New(), api.New(c)
	edge.Install(e, edge.Config{IsAPI: a.Owns})
	chatwoot.Routes(e, a)
	other.serve(e, a, parts)
	return other
}

// stand makes what stands behind the channel as parley serve does: bus, sequencer, presence.
func (w *wire) stand(c *api.Config) (parts []func(context.Context) error) {
	jobs, err := job.NewInserter(c.Pool)
	if err != nil {
		w.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	w.bus = live.New(c.Pool, log)
	sequencer := react.NewSequencer(c.Pool, jobs, log, func(accounts []int64) {
		for _, id := range accounts {
			w.bus.Publish([]poke.Poke{{AccountID: id, Topic: live.Numbered}})
		}
	})
	w.desk = desk.New(c.Pool, jobs, func(pokes []poke.Poke) {
		sequencer.Wake()
		w.bus.Publish(pokes)
	})
	c.Desk, c.Live, c.Closing, c.Presence = w.desk, w.bus, w.closing, live.NewPresence(c.Pool, w.bus, log)
	return []func(context.Context) error{w.bus.Run, sequencer.Run, c.Presence.Run}
}

// serve runs the replica until the test ends.
func (w *wire) serve(e *echo.Echo, a *api.API, parts []func(context.Context) error) {
	w.t.Helper()
	ready := w.bus.Subscribe(w.Account.ID)
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
	w.t.Cleanup(func() {
		select {
		case <-w.closing:
		default:
			close(w.closing)
		}
		if err := a.Wait(context.Background()); err != nil {
			w.t.Error(err)
		}
		server.Close()
		cancel()
		for range parts {
			<-ended
		}
	})
	w.url = "ws" + strings.TrimPrefix(server.URL, "http") + "/cable"
}

// ear is a client of the channel.
type ear struct {
	t  *testing.T
	ws *websocket.Conn
	// in is what has come; nil for a client that reads only when it is asked to.
	in chan arrival
}

type arrival struct {
	raw []byte
	err error
}

// keepUp reads on from now on, as clients do: who does not read gives no sign of life either, and is let go.
func (e *ear) keepUp() {
	e.in = make(chan arrival, 1<<14)
	go func() {
		defer close(e.in)
		for {
			_, raw, err := e.ws.Read(context.Background())
			e.in <- arrival{raw, err}
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

// heard is an event.
type heard struct {
	Event string         `json:"event"`
	Data  map[string]any `json:"data"`
}

func (w *wire) dial() *ear {
	w.t.Helper()
	e := w.idler()
	e.keepUp()
	return e
}

// idler is a new client that reads only when it is asked to.
func (w *wire) idler() *ear {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), cablePatience)
	defer cancel()
	// A browser on somebody else's page, as a widget is.
	ws, _, err := websocket.Dial(ctx, w.url, &websocket.DialOptions{
		Subprotocols: []string{"actioncable-v1-json", "actioncable-unsupported"}, HTTPHeader: http.Header{"Origin": {"https://shop.example"}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = ws.CloseNow() })
	ws.SetReadLimit(1 << 20)
	e := &ear{t: w.t, ws: ws}
	if got := e.frame(); got.Type != "welcome" || ws.Subprotocol() != "actioncable-v1-json" {
		w.t.Fatalf("the first frame is %+v, by %q", got, ws.Subprotocol())
	}
	return e
}

// frame is the next one but pings.
func (e *ear) frame() frame {
	e.t.Helper()
	for {
		f, err := e.next()
		if err != nil {
			e.t.Fatal(err)
		}
		if f.Type != "ping" {
			return f
		}
	}
}

func (e *ear) next() (f frame, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), cablePatience)
	defer cancel()
	var a arrival
	if e.in == nil {
		_, a.raw, a.err = e.ws.Read(ctx)
	} else {
		select {
		case a = <-e.in:
		case <-ctx.Done():
			a.err = ctx.Err()
		}
	}
	if a.err == nil {
		a.err = json.Unmarshal(a.raw, &f)
	}
	return f, a.err
}

func (e *ear) say(command, identifier, data string) {
	e.t.Helper()
	raw, err := json.Marshal(map[string]string{"command": command, "identifier": identifier, "data": data})
	if err != nil {
		e.t.Fatal(err)
	}
	if err := e.ws.Write(e.t.Context(), websocket.MessageText, raw); err != nil {
		e.t.Fatal(err)
	}
}

// listen subscribes and returns what the server says to that.
func (e *ear) listen(identifier string) string {
	e.t.Helper()
	e.say("subscribe", identifier, "")
	for {
		f := e.frame()
		if f.Message != nil {
			continue // of another subscription
		}
		if f.Identifier != identifier {
			e.t.Fatalf("answered %+v", f)
		}
		return f.Type
	}
}

// until is what is heard before a message that says the mark, the presences left out.
func (e *ear) until(mark string) (all []heard) {
	e.t.Helper()
	for {
		f := e.frame()
		var h heard
		if f.Message == nil || json.Unmarshal(f.Message, &h) != nil {
			e.t.Fatalf("waiting for %q: %+v after %v", mark, f, eventNames(all))
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

func eventNames(all []heard) []string {
	list := make([]string, len(all))
	for i, h := range all {
		list[i] = h.Event
	}
	return list
}

func (w *wire) user(id int64) db.User {
	w.t.Helper()
	u, err := db.New(w.Bench.Pool).GetUser(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// member is a user's identifier, as Chatwoot's dashboard writes it.
func (w *wire) member(u db.User) string {
	return fmt.Sprintf(`{"channel":"RoomChannel","pubsub_token":%q,"account_id":%d,"user_id":%d}`, w.user(u.ID).PubsubToken, w.Account.ID, u.ID)
}

func (w *wire) address(c db.Conversation) db.ContactInbox {
	w.t.Helper()
	ci, err := db.New(w.Bench.Pool).GetContactInbox(w.t.Context(), c.AccountID, c.ContactInboxID)
	if err != nil {
		w.t.Fatal(err)
	}
	return ci
}

// guest is the identifier of a conversation's contact, as the widget writes it.
func (w *wire) guest(c db.Conversation) string {
	return fmt.Sprintf(`{"channel":"RoomChannel","pubsub_token":%q}`, w.address(c).PubsubToken)
}

// settle waits until all that has happened so far has been numbered, so that who comes now does not hear of it.
func (w *wire) settle() {
	w.t.Helper()
	for n := 1; n > 0; time.Sleep(5 * time.Millisecond) {
		if err := w.Bench.Pool.QueryRow(w.t.Context(), "SELECT count(*) FROM events WHERE number IS NULL").Scan(&n); err != nil {
			w.t.Fatal(err)
		}
	}
}

// ear is a new client that listens by an identifier.
func (w *wire) ear(identifier string) *ear {
	w.t.Helper()
	e := w.dial()
	if got := e.listen(identifier); got != "confirm_subscription" {
		w.t.Fatalf("%s: %s", identifier, got)
	}
	return e
}

func (w *wire) post(caller apitest.Caller, path, body string) map[string]any {
	w.t.Helper()
	return w.Do(w.t, caller, "POST", path, body).Want(200).Object()
}

func (w *wire) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.Bench.Pool.Exec(w.t.Context(), query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func TestCableProtocol(t *testing.T) {
	t.Parallel()
	w := newWire(t)

	t.Run("an identifier comes back byte for byte, and what is not understood is passed over", func(t *testing.T) {
		e := w.dial()
		identifier := strings.Replace(w.member(w.Agent), `,"account_id"`, `, "note": "<ü> & \u00e9",  "account_id"`, 1)
		e.say("message", identifier, `{"action":"update_presence"}`) // before there is a subscription
		e.say("dance", "", "")
		for _, noise := range []string{"", "null", "{", `{"command":"message","identifier":7}`} {
			if err := e.ws.Write(t.Context(), websocket.MessageText, []byte(noise)); err != nil {
				t.Fatal(err)
			}
		}
		if got := e.listen(identifier); got != "confirm_subscription" {
			t.Fatal(got)
		}
		e.say("subscribe", identifier, "") // twice is once
		w.post(apitest.Admin, ms, `{"content": "Hello there", "message_type": "outgoing"}`)
		f := e.frame()
		for !strings.Contains(string(f.Message), "Hello there") {
			if f.Type != "" {
				t.Fatalf("%+v", f)
			}
			f = e.frame()
		}
		if f.Identifier != identifier {
			t.Errorf("identifier %s, want %s", f.Identifier, identifier)
		}
		e.say("unsubscribe", identifier, "")
		if got := e.listen(w.guest(w.Conversation)); got != "confirm_subscription" {
			t.Fatal(got)
		}
		w.post(apitest.Admin, ms, `{"content": "one more", "message_type": "outgoing"}`)
		for f = e.frame(); !strings.Contains(string(f.Message), "one more"); f = e.frame() {
		}
		if f.Identifier != w.guest(w.Conversation) {
			t.Errorf("heard %s after unsubscribing", f.Identifier)
		}
	})

	t.Run("the line gives a sign of life every three seconds", func(t *testing.T) {
		began := time.Now()
		f, err := w.dial().next()
		if err != nil || f.Type != "ping" {
			t.Fatalf("%+v %v", f, err)
		}
		if took := time.Since(began); took < 2*time.Second {
			t.Errorf("after %s", took)
		}
		var at int64
		if json.Unmarshal(f.Message, &at) != nil || time.Since(time.Unix(at, 0)).Abs() > time.Minute {
			t.Errorf("message %s", f.Message)
		}
	})

	t.Run("who says too much, or too often, is let go", func(t *testing.T) {
		long, often := w.dial(), w.dial()
		_ = long.ws.Write(t.Context(), websocket.MessageText, []byte(strings.Repeat("x", 20<<10)))
		for range 60 {
			if often.ws.Write(t.Context(), websocket.MessageText, []byte(`{"command":"message"}`)) != nil {
				break
			}
		}
		for _, e := range []*ear{long, often} {
			var err error
			for err == nil {
				_, err = e.next()
			}
			if websocket.CloseStatus(err) == -1 {
				t.Errorf("ended by %v", err)
			}
		}
	})

	t.Run("an old client's protocol is named, and a plain GET is told what is spoken here", func(t *testing.T) {
		ws, _, err := websocket.Dial(t.Context(), w.url, &websocket.DialOptions{Subprotocols: []string{"actioncable-unsupported"}})
		if err != nil || ws.Subprotocol() != "actioncable-unsupported" {
			t.Fatalf("%v", err)
		}
		_ = ws.CloseNow()
		if got := w.Do(t, apitest.Nobody, "GET", "/cable", "").Want(http.StatusUpgradeRequired); got.Header().Get("Upgrade") != "websocket" {
			t.Error("no Upgrade header")
		}
	})
}

func TestCableStops(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	e := w.ear(w.member(w.Agent))
	close(w.closing)
	f := e.frame()
	for f.Type == "" {
		f = e.frame()
	}
	if f.Type != "disconnect" || f.Reason != "server_restart" || f.Reconnect == nil || !*f.Reconnect {
		t.Errorf("%+v", f)
	}
	if _, err := e.next(); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("ended by %v", err)
	}
}

func TestCableCredential(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	agent, admin := w.user(w.Agent.ID), w.user(w.Admin.ID)
	other := dbtest.Account(t, w.Bench.Pool, "Third")
	gone := dbtest.Agent(t, w.Bench.Pool, w.Account, "Gone", w.Inbox)
	w.exec("UPDATE memberships SET deactivated_at = now() WHERE user_id = $1", gone.ID)
	e := w.dial()
	id := func(token string, account, user any) string {
		raw, _ := json.Marshal(map[string]any{"channel": "RoomChannel", "pubsub_token": token, "account_id": account, "user_id": user})
		return string(raw)
	}
	for name, bad := range map[string]string{
		"an unknown token":              id("0123456789abcdef0123456789abcdef", w.Account.ID, agent.ID),
		"no token":                      id("", w.Account.ID, agent.ID),
		"another's token":               id(admin.PubsubToken, w.Account.ID, agent.ID),
		"another account":               id(agent.PubsubToken, other.ID, agent.ID),
		"no account":                    id(agent.PubsubToken, nil, agent.ID),
		"a user's token as a contact's": id(agent.PubsubToken, w.Account.ID, nil),
		"a contact's token as a user's": id(w.address(w.Conversation).PubsubToken, w.Account.ID, agent.ID),
		"an API token":                  id(w.Tokens[apitest.Admin], w.Account.ID, admin.ID),
		"a deactivated member":          id(gone.PubsubToken, w.Account.ID, gone.ID),
		"another channel":               strings.Replace(id(agent.PubsubToken, w.Account.ID, agent.ID), "RoomChannel", "AdminChannel", 1),
		"a list":                        `[]`,
	} {
		if got := e.listen(bad); got != "reject_subscription" {
			t.Errorf("%s: %s", name, got)
		}
	}
	for name, good := range map[string]string{
		"numbers":             id(agent.PubsubToken, w.Account.ID, agent.ID),
		"texts":               id(agent.PubsubToken, fmt.Sprint(w.Account.ID), fmt.Sprint(agent.ID)),
		"a contact":           w.guest(w.Conversation),
		"a contact and nulls": id(w.address(w.Conversation).PubsubToken, nil, nil),
	} {
		if got := e.listen(good); got != "confirm_subscription" {
			t.Errorf("%s: %s", name, got)
		}
	}
	w.exec("UPDATE accounts SET status = 'suspended' WHERE id = $1", w.Account.ID)
	if got := w.dial().listen(id(agent.PubsubToken, w.Account.ID, agent.ID)); got != "reject_subscription" {
		t.Errorf("a suspended account: %s", got)
	}
	if got := w.dial().listen(w.guest(w.Conversation)); got != "reject_subscription" {
		t.Errorf("a contact of a suspended account: %s", got)
	}
}

// TestCableAudience has everybody who must not hear of a conversation listen while everything happens to it.
func TestCableAudience(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	ctx := context.Background()
	elsewhere := dbtest.Inbox(t, w.Bench.Pool, w.Account, "Faraway")
	otto := dbtest.Agent(t, w.Bench.Pool, w.Account, "Otto", elsewhere)
	ottos := dbtest.Conversation(t, w.Bench.Pool, elsewhere, "Elsewhere")
	other := dbtest.Conversation(t, w.Bench.Pool, w.Inbox, "Another customer's")
	second := dbtest.Account(t, w.Bench.Pool, "Second")
	boss := dbtest.Admin(t, w.Bench.Pool, second, "Boss")
	theirs := dbtest.Conversation(t, w.Bench.Pool, dbtest.Inbox(t, w.Bench.Pool, second, "Theirs"), "Theirs")

	bot := w.Do(t, apitest.Admin, "POST", v1+"/agent_bots", `{"name": "Helper", "outgoing_url": "https://bot.example/in-secret"}`).Want(200).Object()
	w.exec("UPDATE conversations SET assignee_bot_id = $1 WHERE id = $2", int64(bot["id"].(float64)), w.Conversation.ID)
	w.exec(`UPDATE contacts SET custom_attributes = '{"note": "difficult-person"}' WHERE id = $1`, w.Conversation.ContactID)
	w.settle()
	inside, admin, outside := w.ear(w.member(w.Agent)), w.ear(w.member(w.Admin)), w.ear(w.member(otto))
	contact, stranger := w.ear(w.guest(w.Conversation)), w.ear(w.guest(other))
	foreign := w.ear(fmt.Sprintf(`{"channel":"RoomChannel","pubsub_token":%q,"account_id":%d,"user_id":%d}`, boss.PubsubToken, second.ID, boss.ID))

	w.post(apitest.Admin, ms, `{"content": "public-answer", "message_type": "outgoing", "echo_id": "echo-1"}`)
	w.post(apitest.Admin, ms, `{"content": "private-note", "message_type": "outgoing", "private": true}`)
	w.Do(t, apitest.Admin, "POST", co+"/toggle_status", `{"status": "resolved"}`).Want(200)
	w.Do(t, apitest.Admin, "POST", co+"/labels", `{"labels": ["vip-label"]}`).Want(200)
	w.Do(t, apitest.Admin, "POST", co+"/toggle_typing_status", `{"typing_status": "on", "is_private": true}`).Want(200)
	w.Do(t, apitest.Admin, "POST", co+"/toggle_typing_status", `{"typing_status": "on"}`).Want(200)
	w.Do(t, apitest.Nobody, "POST", pco+"/toggle_typing", `{"typing_status": "off"}`).Want(200)

	// What each of them hears last, in a conversation of their own.
	for _, c := range []db.Conversation{ottos, other, theirs, w.Conversation} {
		err := w.desk.Do(ctx, desk.System(c.AccountID), func(tx *desk.Tx) error {
			text := "the-end"
			_, err := tx.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, e := range map[string]*ear{"an agent outside of the inbox": outside, "another contact": stranger, "an administrator of another account": foreign} {
		if got := e.until("the-end"); len(got) != 0 {
			t.Errorf("%s heard %v", name, eventNames(got))
		}
	}
	everything := []string{
		"message.created", "first.reply.created", "conversation.updated", // the answer
		"message.created",                                                        // the note
		"conversation.status_changed", "conversation.updated", "message.created", // and its activity
		"conversation.updated", "message.created", // the label
		"conversation.typing_on", "conversation.typing_on", "conversation.typing_off",
	}
	got := inside.until("the-end")
	if diff := cmp.Diff(everything, eventNames(got)); diff != "" {
		t.Errorf("the agent (-want +got):\n%s", diff)
	}
	for _, h := range got {
		if h.Data["account_id"] != float64(w.Account.ID) {
			t.Errorf("%s says account %v", h.Event, h.Data["account_id"])
		}
	}
	if got[0].Data["echo_id"] != "echo-1" || got[0].Data["performer"].(map[string]any)["id"] != float64(w.Admin.ID) {
		t.Errorf("the answer is %v", got[0].Data)
	}
	// Who types is not told so.
	mine := slices.DeleteFunc(slices.Clone(everything), func(name string) bool { return name == "conversation.typing_on" })
	if diff := cmp.Diff(mine, eventNames(admin.until("the-end"))); diff != "" {
		t.Errorf("the administrator (-want +got):\n%s", diff)
	}
	got = contact.until("the-end")
	want := []string{"message.created", "conversation.updated", "conversation.status_changed", "conversation.updated", "conversation.updated", "conversation.typing_on"}
	if diff := cmp.Diff(want, eventNames(got)); diff != "" {
		t.Errorf("the contact (-want +got):\n%s", diff)
	}
	raw, _ := json.Marshal(got)
	for _, secret := range []string{"private-note", "vip-label", w.Admin.Email, "in-secret", "difficult-person"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the contact heard %q", secret)
		}
	}
}

// A connection that nobody listens by is not kept.
func TestCableOfOne(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	guest := w.guest(w.Conversation)
	for range 25 { // each may have 20, and a blank more makes another identifier
		e := w.dial()
		for i := range 20 {
			if got := e.listen(guest + strings.Repeat(" ", i)); got != "confirm_subscription" {
				t.Fatalf("one of the first 500: %s", got)
			}
		}
	}
	if got := w.dial().listen(guest); got != "reject_subscription" {
		t.Errorf("one more: %s", got)
	}
	if got := w.dial().listen(w.member(w.Agent)); got != "confirm_subscription" {
		t.Errorf("somebody else: %s", got)
	}
}

func TestCableIdle(t *testing.T) {
	t.Parallel()
	const pulse = 500 * time.Millisecond
	w := newWire(t, func(c *api.Config) { c.Pulse = pulse })
	kept := w.ear(w.member(w.Agent))
	begin := time.Now()
	e := w.dial()
	var err error
	for err == nil {
		if time.Since(begin) > cablePatience {
			t.Fatal("the connection stands")
		}
		_, err = e.next()
	}
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation || time.Since(begin) < 2*pulse {
		t.Errorf("after %s: %v", time.Since(begin), err)
	}
	// Who listens is there for longer than that.
	time.Sleep(pulse)
	w.post(apitest.Admin, ms, `{"content": "still there", "message_type": "outgoing"}`)
	kept.until("still there")
}

// TestCableRights changes what somebody may hear while they listen.
func TestCableRights(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	ctx := context.Background()
	say := func(text string) {
		t.Helper()
		w.post(apitest.Admin, ms, `{"content": "`+text+`", "message_type": "outgoing"}`)
	}
	admin := dbtest.Actor(t, w.Bench.Pool, w.Account, w.Admin)
	sit := func(fn func(tx *desk.Tx) error) {
		t.Helper()
		if err := w.desk.Do(ctx, admin, fn); err != nil {
			t.Fatal(err)
		}
	}
	bea := dbtest.Agent(t, w.Bench.Pool, w.Account, "Bea", w.Inbox)
	e, witness := w.ear(w.member(bea)), w.ear(w.member(w.Admin))
	say("one")
	e.until("one")
	sit(func(tx *desk.Tx) error { return tx.SetMemberInboxes(ctx, bea.ID, nil) })
	say("two")
	witness.until("two")
	sit(func(tx *desk.Tx) error { return tx.SetMemberInboxes(ctx, bea.ID, []int64{w.Inbox.ID}) })
	say("three")
	for _, h := range e.until("three") {
		if strings.Contains(fmt.Sprint(h.Data["content"]), "two") {
			t.Error("heard what was said while they did not work there")
		}
	}
	both := w.dial()
	for _, identifier := range []string{w.member(bea), w.guest(w.Conversation)} {
		if got := both.listen(identifier); got != "confirm_subscription" {
			t.Fatal(got)
		}
	}
	sit(func(tx *desk.Tx) error { return tx.Deactivate(ctx, bea.ID) })
	f := e.frame()
	for f.Type == "" {
		f = e.frame()
	}
	if f.Type != "disconnect" || f.Reason != "unauthorized" || f.Reconnect == nil || *f.Reconnect {
		t.Errorf("%+v", f)
	}
	if _, err := e.next(); websocket.CloseStatus(err) == -1 {
		t.Errorf("ended by %v", err)
	}
	for f = both.frame(); f.Type == ""; f = both.frame() {
	}
	if f.Type != "reject_subscription" || f.Identifier != w.member(bea) {
		t.Errorf("the one of two subscriptions: %+v", f)
	}
	say("four")
	both.until("four")

	ann := w.ear(w.member(w.Agent))
	w.exec("UPDATE users SET pubsub_token = 'another' WHERE id = $1", w.Agent.ID)
	say("five")
	for f = ann.frame(); f.Type == ""; f = ann.frame() {
		if strings.Contains(string(f.Message), "five") {
			t.Error("heard by a token that is no longer theirs")
		}
	}
	if f.Reason != "unauthorized" {
		t.Errorf("%+v", f)
	}
}

func TestCableEvents(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	ctx := context.Background()
	w.settle()
	e := w.ear(w.member(w.Admin))
	// of does something, and returns what is heard up to an event of this name.
	of := func(do func(), last string) []heard {
		t.Helper()
		do()
		var all []heard
		for {
			f := e.frame()
			var h heard
			if err := json.Unmarshal(f.Message, &h); err != nil {
				t.Fatalf("%+v: %v", f, err)
			}
			if h.Event == "presence.update" {
				continue
			}
			all = append(all, h)
			if h.Event == last {
				return all
			}
		}
	}
	golden := func(name string, h heard) {
		t.Helper()
		raw, _ := json.Marshal(h)
		apitest.Golden(t, *update, name, raw)
	}
	call := func(method, path, body string) func() {
		return func() { w.Do(t, apitest.Inside, method, path, body).Want(200) }
	}
	last := func(all []heard) heard { return all[len(all)-1] }

	golden("cable_message_created", last(of(call("POST", ms, `{"content": "Hello", "message_type": "outgoing", "private": true, "echo_id": "e1"}`), "message.created")))
	golden("cable_conversation_read", last(of(call("POST", co+"/update_last_seen", ""), "conversation.read")))
	of(call("POST", co+"/unread", ""), "conversation.updated")
	golden("cable_typing", last(of(call("POST", co+"/toggle_typing_status", `{"typing_status": "on"}`), "conversation.typing_on")))
	of(call("POST", co+"/toggle_typing_status", `{"typing_status": "off"}`), "conversation.typing_off")
	golden("cable_assignee_changed", last(of(call("POST", co+"/assignments", `{"assignee_id": {user}}`), "assignee.changed")))
	of(call("POST", co+"/assignments", `{"team_id": {team}}`), "team.changed")
	golden("cable_status_changed", last(of(call("POST", co+"/toggle_status", `{"status": "resolved"}`), "conversation.status_changed")))
	of(call("POST", cs, `{"contact_id": {contact}, "inbox_id": {inbox}}`), "conversation.created")
	golden("cable_contact_created", last(of(call("POST", ks, `{"name": "Bo Berg", "email": "bo@example.test"}`), "contact.created")))
	of(call("PATCH", k, `{"name": "Ada M."}`), "contact.updated")
	stale := func(name string) any {
		t.Helper()
		rename := func() { w.Do(t, apitest.Admin, "PATCH", inbox, `{"name": "`+name+`"}`).Want(200) }
		return last(of(rename, "account.cache_invalidated")).Data["cache_keys"].(map[string]any)["inbox"]
	}
	if one, two := stale("Shop 2"), stale("Shop 3"); one == two || one == nil {
		t.Errorf("the inboxes' cache key is %v and stays %v", one, two)
	}

	t.Run("a label or a team that is made, changed or deleted makes its list stale, and no other", func(t *testing.T) {
		for list, body := range map[string]string{"label": `{"title": "returns"}`, "team": `{"name": "returns"}`} {
			path := v1 + "/" + list + "s"
			var id float64
			for _, change := range []func() []byte{
				func() []byte { return w.Do(t, apitest.Admin, "POST", path, body).Want(200).Body.Bytes() },
				func() []byte {
					return w.Do(t, apitest.Admin, "PATCH", fmt.Sprint(path, "/", id), `{"description": "Sent back"}`).Want(200).Body.Bytes()
				},
				func() []byte {
					return w.Do(t, apitest.Admin, "DELETE", fmt.Sprint(path, "/", id), "").Want(200).Body.Bytes()
				},
			} {
				got := last(of(func() {
					var made struct{ ID float64 }
					if body := change(); json.Unmarshal(body, &made) == nil && made.ID != 0 {
						id = made.ID
					}
				}, "account.cache_invalidated"))
				for name, key := range got.Data["cache_keys"].(map[string]any) {
					if (key != "0000000000") != (name == list) {
						t.Errorf("a change of a %s leaves the key of %s at %v", list, name, key)
					}
				}
			}
		}
	})

	t.Run("a message that is changed tells what was before", func(t *testing.T) {
		got := last(of(call("DELETE", mo, ""), "message.updated"))
		if got.Data["id"] != float64(w.Message.ID) {
			t.Errorf("%v", got.Data)
		}
		apiInbox := dbtest.Inbox(t, w.Bench.Pool, w.Account, "API")
		c := dbtest.Conversation(t, w.Bench.Pool, apiInbox, "")
		var m db.Message
		err := w.desk.Do(ctx, desk.System(w.Account.ID), func(tx *desk.Tx) (err error) {
			text := "Out"
			if m, err = tx.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text}); err != nil {
				return err
			}
			_, err = tx.Deliver(ctx, c.ID, m.ID, db.DeliveryRead, "")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got = last(of(func() {}, "message.updated"))
		if diff := cmp.Diff(map[string]any{"status": []any{"sent", "read"}}, got.Data["previous_changes"]); diff != "" || got.Data["status"] != "read" {
			t.Errorf("%v: %s", got.Data["status"], diff)
		}
	})

	t.Run("contacts that are merged, and deleted", func(t *testing.T) {
		two := dbtest.Contact(t, w.Bench.Pool, w.Account, "Two")
		moved := dbtest.ConversationWith(t, w.Bench.Pool, w.Inbox, two, "")
		got := last(of(func() {
			w.post(apitest.Admin, v1+"/actions/contact_merge", fmt.Sprintf(`{"base_contact_id": {contact}, "mergee_contact_id": %d}`, two.ID))
		}, "contact.merged"))
		if got.Data["id"] != float64(w.Contact.ID) {
			t.Errorf("%v", got.Data)
		}
		got = last(of(func() {}, "conversation.contact_changed"))
		sender := got.Data["meta"].(map[string]any)["sender"].(map[string]any)
		if got.Data["id"] != float64(moved.DisplayID) || sender["id"] != float64(w.Contact.ID) {
			t.Errorf("the conversation that moved: %v", got.Data)
		}
		three := dbtest.Contact(t, w.Bench.Pool, w.Account, "Three")
		got = last(of(func() { w.Do(t, apitest.Admin, "DELETE", fmt.Sprint(ks, "/", three.ID), "").Want(200) }, "contact.deleted"))
		if got.Data["id"] != float64(three.ID) || got.Data["account_id"] != float64(w.Account.ID) {
			t.Errorf("%v", got.Data)
		}
	})

	t.Run("events come in their order, each once", func(t *testing.T) {
		for i := range 50 {
			w.post(apitest.Inside, ms, fmt.Sprintf(`{"content": "n%d", "message_type": "outgoing", "private": true}`, i))
		}
		for i := range 50 {
			if got := last(of(func() {}, "message.created")).Data["content"]; got != fmt.Sprint("n", i) {
				t.Fatalf("%v came in place of n%d", got, i)
			}
		}
	})
}

func TestCableNotifications(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	withNotifications(t, w.World, w.Agent.ID, 2)
	w.settle()
	e, admin := w.ear(w.member(w.Agent)), w.ear(w.member(w.Admin))
	poke := func() {
		w.bus.Publish([]poke.Poke{{AccountID: w.Account.ID, Topic: fmt.Sprint("notifications:", w.Agent.ID)}})
	}
	next := func() heard {
		t.Helper()
		for {
			var h heard
			if f := e.frame(); json.Unmarshal(f.Message, &h) != nil {
				t.Fatalf("%+v", f)
			}
			if h.Event != "presence.update" {
				return h
			}
		}
	}
	poke() // nothing has changed
	w.exec(`INSERT INTO notifications (account_id, user_id, kind, conversation_id, event_id, actor_kind, actor_id)
		VALUES ($1, $2, 'conversation_mention', $3, 99, 'user', $4)`, w.Account.ID, w.Agent.ID, w.Conversation.ID, w.Admin.ID)
	poke()
	got := next()
	raw, _ := json.Marshal(got)
	apitest.Golden(t, *update, "cable_notification_created", raw)
	if got := next(); got.Event != "conversation.mentioned" || got.Data["id"] != float64(w.Conversation.DisplayID) {
		t.Errorf("%v", got)
	}
	w.Do(t, apitest.Inside, "PATCH", notification, "").Want(200)
	if got := next(); got.Event != "notification.updated" || got.Data["unread_count"] != 2.0 || got.Data["notification"].(map[string]any)["read_at"] == nil {
		t.Errorf("%v", got)
	}
	w.Do(t, apitest.Inside, "DELETE", notification, "").Want(200)
	if got := next(); got.Event != "notification.deleted" || number(got.Data["notification"].(map[string]any)["id"]) != w.Vars["notification"] {
		t.Errorf("%v", got)
	}
	w.Do(t, apitest.Inside, "POST", co+"/update_last_seen", "").Want(200)
	for range 2 {
		if got := next(); got.Event != "notification.updated" && got.Event != "conversation.read" {
			t.Errorf("%v", got)
		}
	}
	// Nobody else hears of them.
	w.post(apitest.Admin, ms, `{"content": "the-end", "message_type": "outgoing", "private": true}`)
	for _, h := range admin.until("the-end") {
		if strings.HasPrefix(h.Event, "notification.") || h.Event == "conversation.mentioned" {
			t.Errorf("the administrator heard %s", h.Event)
		}
	}
}

func TestCablePresence(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	// until waits for a presence.update that says so.
	until := func(e *ear, want func(users, contacts map[string]any) bool) map[string]any {
		t.Helper()
		for {
			var h heard
			if f := e.frame(); json.Unmarshal(f.Message, &h) != nil || h.Event != "presence.update" {
				continue
			}
			users, _ := h.Data["users"].(map[string]any)
			contacts, _ := h.Data["contacts"].(map[string]any)
			if want(users, contacts) {
				return h.Data
			}
		}
	}
	me, ada := fmt.Sprint(w.Agent.ID), fmt.Sprint(w.Contact.ID)
	e := w.ear(w.member(w.Agent))
	until(e, func(users, contacts map[string]any) bool {
		return users[me] == "online" && contacts != nil && contacts[ada] == nil
	})
	agent := func() any { return w.Do(t, apitest.Inside, "GET", "/api/v1/profile", "").Want(200).Object() }
	if got := agent().(map[string]any)["accounts"].([]any)[0].(map[string]any)["availability_status"]; got != "online" {
		t.Errorf("who listens is %v", got)
	}
	guest := w.ear(w.guest(w.Conversation))
	data := until(guest, func(users, _ map[string]any) bool { return users[me] == "online" })
	if _, told := data["contacts"]; told {
		t.Error("a contact is told of other contacts")
	}
	until(e, func(_, contacts map[string]any) bool { return contacts[ada] == "online" })
	w.Do(t, apitest.Admin, "DELETE", k, "").Want(422)

	// Asking is answered, though nothing has changed.
	e.say("message", w.member(w.Agent), `{"action":"update_presence"}`)
	until(e, func(_, contacts map[string]any) bool { return contacts[ada] == "online" })
	_ = guest.ws.CloseNow()
	w.exec("UPDATE contact_presences SET seen_at = now() - interval '1 minute'")
	e.say("message", w.member(w.Agent), `{"action":"update_presence"}`)
	until(e, func(_, contacts map[string]any) bool { return contacts[ada] == nil })
}

// What happens at one replica is heard at the other, once.
func TestCableReplicas(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	other := w.another()
	w.settle()
	here, there, contact := w.ear(w.member(w.Agent)), other.ear(w.member(w.Agent)), other.ear(w.guest(w.Conversation))
	ctx := context.Background()
	for i, replica := range []*wire{w, other, w} {
		err := replica.desk.Do(ctx, dbtest.Actor(t, w.Bench.Pool, w.Account, w.Admin), func(tx *desk.Tx) error {
			if err := tx.Typing(ctx, w.Conversation.ID, true, false); err != nil {
				return err
			}
			text := fmt.Sprint("n", i)
			_, err := tx.Post(ctx, w.Conversation.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, e := range map[string]*ear{"here": here, "there": there, "the contact": contact} {
		got := slices.DeleteFunc(eventNames(e.until("n2")), func(name string) bool { return name == "conversation.updated" || name == "first.reply.created" })
		want := []string{"conversation.typing_on", "message.created", "conversation.typing_on", "message.created", "conversation.typing_on"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	here.say("message", w.member(w.Agent), `{"action":"update_presence"}`)
	for {
		var h heard
		if f := here.frame(); json.Unmarshal(f.Message, &h) == nil && h.Event == "presence.update" {
			if contacts, _ := h.Data["contacts"].(map[string]any); contacts[fmt.Sprint(w.Contact.ID)] == "online" {
				break
			}
		}
	}
}

// A client that does not read is let go, and the others do not wait for it.
func TestCableSlowClient(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	slow, quick := w.idler(), w.ear(w.member(w.Agent))
	if got := slow.listen(w.member(w.Agent)); got != "confirm_subscription" {
		t.Fatal(got)
	}
	long := strings.Repeat("long ", 25_000)
	ctx := context.Background()
	for i := range 100 { // 125 KB each: more than the network's buffers and ours hold
		text := long + fmt.Sprint("n", i)
		err := w.desk.Do(ctx, desk.System(w.Account.ID), func(tx *desk.Tx) error {
			_, err := tx.Post(ctx, w.Conversation.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true, Content: &text})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		quick.until(fmt.Sprint("n", i))
	}
	var err error
	n := 0
	for ; err == nil; n++ {
		_, err = slow.next()
	}
	if n >= 100 {
		t.Errorf("%d frames were kept for a client who does not read", n)
	}
}

// TestCableMany has 200 clients hear one message.
func TestCableMany(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	const many = 200
	ears := make([]*ear, many)
	for i := range ears {
		switch i % 4 {
		case 0:
			ears[i] = w.ear(w.guest(w.Conversation))
		case 1:
			ears[i] = w.ear(w.member(w.Admin))
		default:
			ears[i] = w.ear(w.member(w.Agent))
		}
	}
	// The second one is timed: for the first, connections to the database are opened and statements planned.
	for _, text := range []string{"first", "second"} {
		arrived := make(chan error, many)
		for _, e := range ears {
			go func() {
				for {
					f, err := e.next()
					if err != nil || f.Message != nil && strings.Contains(string(f.Message), `"content":"`+text) {
						arrived <- err
						return
					}
				}
			}()
		}
		began := time.Now()
		w.post(apitest.Inside, ms, `{"content": "`+text+`", "message_type": "outgoing"}`)
		answered := time.Since(began)
		for range many {
			if err := <-arrived; err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%s: answered after %s, heard by %d after %s", text, answered, many, time.Since(began))
	}
}
