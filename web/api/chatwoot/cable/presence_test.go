package cable_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

func TestPresence(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	// eventsUntil waits for a presence.update that says so.
	until := func(e *client, want func(users, contacts map[string]any) bool) map[string]any {
		t.Helper()
		for {
			var h event
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
	e := w.subscribed(w.memberIdentifier(w.Agent))
	until(e, func(users, contacts map[string]any) bool {
		return users[me] == "online" && contacts != nil && contacts[ada] == nil
	})
	agent := func() any { return w.Do(t, apitest.Inside, "GET", "/api/v1/profile", "").Want(200).Object() }
	if got := agent().(map[string]any)["accounts"].([]any)[0].(map[string]any)["availability_status"]; got != "online" {
		t.Errorf("who listens is %v", got)
	}
	guest := w.subscribed(w.contactIdentifier(w.Conversation))
	data := until(guest, func(users, _ map[string]any) bool { return users[me] == "online" })
	if _, shown := data["contacts"]; shown {
		t.Error("a contact is told of other contacts")
	}
	until(e, func(_, contacts map[string]any) bool { return contacts[ada] == "online" })
	w.Do(t, apitest.Admin, "DELETE", k, "").Want(422)

	// Asking is answered, though nothing has changed.
	e.send("message", w.memberIdentifier(w.Agent), `{"action":"update_presence"}`)
	until(e, func(_, contacts map[string]any) bool { return contacts[ada] == "online" })
	_ = guest.ws.CloseNow()
	w.exec("UPDATE contact_presences SET seen_at = now() - interval '1 minute'")
	e.send("message", w.memberIdentifier(w.Agent), `{"action":"update_presence"}`)
	until(e, func(_, contacts map[string]any) bool { return contacts[ada] == nil })
}
