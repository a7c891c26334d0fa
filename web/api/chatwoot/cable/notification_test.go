package cable_test

import (
	"encoding/json"
	"fmt"
	"strconv"
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
	pokeAgent := func() {
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
	pokeAgent() // nothing has changed
	w.exec(`UPDATE notifications SET id = DEFAULT, kind = 'conversation_mention', message_id = $2, event_id = 99, actor_id = $3
		WHERE conversation_id = $1`, w.Conversation.ID, w.Message.ID, w.Admin.ID)
	pokeAgent()
	if got := next(); got.Event != "notification.deleted" || got.Data["unread_count"] != 2.0 || got.Data["count"] != 2.0 {
		t.Errorf("the one that was replaced: %v", got)
	}
	got := next()
	raw, _ := json.Marshal(got)
	apitest.Golden(t, *update, "../../testdata/cable_notification_created", raw)
	if got := next(); got.Event != "conversation.mentioned" || got.Data["id"] != float64(w.Conversation.DisplayID) {
		t.Errorf("%v", got)
	}
	w.Vars["notification"] = strconv.FormatFloat(got.Data["notification"].(map[string]any)["id"].(float64), 'f', 0, 64)
	w.Do(t, apitest.Inside, "PATCH", notification, "").Want(200)
	shown := func(e event) map[string]any { return e.Data["notification"].(map[string]any) }
	if got := next(); got.Event != "notification.updated" || got.Data["unread_count"] != 1.0 || shown(got)["read_at"] == nil {
		t.Errorf("%v", got)
	}
	w.Do(t, apitest.Inside, "DELETE", notification, "").Want(200)
	if got := next(); got.Event != "notification.deleted" || fmt.Sprint(shown(got)["id"]) != w.Vars["notification"] {
		t.Errorf("%v", got)
	}
	// One who leaves the inbox has no notifications of it any more.
	w.exec("DELETE FROM inbox_members WHERE user_id = $1", w.Agent.ID)
	w.bus.Publish([]poke.Poke{{AccountID: w.Account.ID, Topic: "members"}})
	if got := next(); got.Event != "notification.deleted" || got.Data["count"] != 0.0 {
		t.Errorf("after leaving the inbox: %v", got)
	}
	// Nobody else hears of them.
	w.post(apitest.Admin, ms, `{"content": "the-end", "message_type": "outgoing", "private": true}`)
	for _, h := range admin.eventsUntil("the-end") {
		if strings.HasPrefix(h.Event, "notification.") || h.Event == "conversation.mentioned" {
			t.Errorf("the administrator heard %s", h.Event)
		}
	}
}
