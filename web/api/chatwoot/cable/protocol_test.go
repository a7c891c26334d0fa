package cable_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
)

func TestProtocol(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("an identifier comes back byte for byte, and what is not understood is passed over", func(t *testing.T) {
		e := w.dial()
		identifier := strings.Replace(w.memberIdentifier(w.Agent), `,"account_id"`, `, "note": "<ü> & \u00e9",  "account_id"`, 1)
		e.send("message", identifier, `{"action":"update_presence"}`) // before there is a subscription
		e.send("dance", "", "")
		for _, noise := range []string{"", "null", "{", `{"command":"message","identifier":7}`} {
			if err := e.ws.Write(t.Context(), websocket.MessageText, []byte(noise)); err != nil {
				t.Fatal(err)
			}
		}
		if got := e.subscribe(identifier); got != "confirm_subscription" {
			t.Fatal(got)
		}
		e.send("subscribe", identifier, "") // subscribing twice changes nothing
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
		e.send("unsubscribe", identifier, "")
		if got := e.subscribe(w.contactIdentifier(w.Conversation)); got != "confirm_subscription" {
			t.Fatal(got)
		}
		w.post(apitest.Admin, ms, `{"content": "one more", "message_type": "outgoing"}`)
		for f = e.frame(); !strings.Contains(string(f.Message), "one more"); f = e.frame() {
		}
		if f.Identifier != w.contactIdentifier(w.Conversation) {
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
		for _, e := range []*client{long, often} {
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

func TestStops(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	e := w.subscribed(w.memberIdentifier(w.Agent))
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

func TestIdle(t *testing.T) {
	t.Parallel()
	const pulse = 500 * time.Millisecond
	w := newFixture(t, func(c *api.Config) { c.Pulse = pulse })
	kept := w.subscribed(w.memberIdentifier(w.Agent))
	begin := time.Now()
	e := w.dial()
	var err error
	for err == nil {
		if time.Since(begin) > patience {
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
	kept.eventsUntil("still there")
}
