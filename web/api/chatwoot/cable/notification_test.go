package cable_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/poke"
	"github.com/parleydesk/parley/web/api/apitest"
)

func TestNotifications(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.AddNotifications(t, w.Agent.ID, 2)
	w.awaitNumbers()
	e, admin := w.subscribed(w.memberIdentifier(w.Agent)), w.subscribed(w.memberIdentifier(w.Admin))
	poke := func() {
		w.bus.Publish([]poke.Poke{{AccountID: w.Account.ID, Topic: fmt.Sprint("notifications:", w.Agent.ID)}})
	}
	next := func() event {
		t.Helper()
		for {
			var h event
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
	apitest.Golden(t, *update, "../../testdata/cable_notification_created", raw)
	if got := next(); got.Event != "conversation.mentioned" || got.Data["id"] != float64(w.Conversation.DisplayID) {
		t.Errorf("%v", got)
	}
	w.Do(t, apitest.Inside, "PATCH", notification, "").Want(200)
	shown := func(e event) map[string]any { return e.Data["notification"].(map[string]any) }
	if got := next(); got.Event != "notification.updated" || got.Data["unread_count"] != 2.0 || shown(got)["read_at"] == nil {
		t.Errorf("%v", got)
	}
	w.Do(t, apitest.Inside, "DELETE", notification, "").Want(200)
	if got := next(); got.Event != "notification.deleted" || fmt.Sprint(shown(got)["id"]) != w.Vars["notification"] {
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
	for _, h := range admin.eventsUntil("the-end") {
		if strings.HasPrefix(h.Event, "notification.") || h.Event == "conversation.mentioned" {
			t.Errorf("the administrator heard %s", h.Event)
		}
	}
}
