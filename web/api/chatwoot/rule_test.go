package chatwoot_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

// This tests the rules of docs/api/contract-chatwoot.md#behaviour through the API.
func TestRules(t *testing.T) {
	t.Parallel()
	b := newFixture(t).Server
	fresh := func(t *testing.T) (*apitest.Fixture, func(body string), func() map[string]any) {
		w := apitest.NewFixture(t, b)
		post := func(body string) { t.Helper(); w.Do(t, apitest.Inside, "POST", ms, body).Want(200) }
		show := func() map[string]any { t.Helper(); return w.Do(t, apitest.Inside, "GET", co, "").Want(200).Object() }
		return w, post, show
	}
	const incoming = `{"content": "Hello?", "message_type": "incoming"}`

	t.Run("a customer's message reopens what is resolved, with a line that says so", func(t *testing.T) {
		w, post, show := fresh(t)
		w.Do(t, apitest.Admin, "POST", co+"/toggle_status", `{"status": "resolved"}`).Want(200)
		if c := show(); c["status"] != "resolved" || c["waiting_since"] != 0.0 {
			t.Errorf("status %v, waiting since %v", c["status"], c["waiting_since"])
		}
		post(incoming)
		c := show()
		if c["status"] != "open" || c["waiting_since"] == 0.0 {
			t.Errorf("status %v, waiting since %v", c["status"], c["waiting_since"])
		}
		last := c["messages"].([]any)[0].(map[string]any)
		if last["message_type"] != 2.0 || c["last_non_activity_message"].(map[string]any)["content"] != "Hello?" {
			t.Errorf("last message %v, last that is not activity %v", last, c["last_non_activity_message"])
		}
	})

	t.Run("and what is snoozed, but not that of a muted contact", func(t *testing.T) {
		w, post, show := fresh(t)
		w.Do(t, apitest.Admin, "POST", co+"/toggle_status", `{"status": "snoozed"}`).Want(200)
		post(incoming)
		if c := show(); c["status"] != "open" {
			t.Errorf("status %v, want open", c["status"])
		}
		w.Do(t, apitest.Admin, "POST", co+"/mute", "").Want(200)
		post(incoming)
		if c := show(); c["status"] != "resolved" || c["muted"] != true {
			t.Errorf("status %v, muted %v", c["status"], c["muted"])
		}
		w.Do(t, apitest.Admin, "POST", co+"/unmute", "").Want(200)
		if c := show(); c["status"] != "resolved" || c["muted"] != false {
			t.Errorf("status %v, muted %v", c["status"], c["muted"])
		}
	})

	t.Run("only a person's public reply is the first reply and ends the wait", func(t *testing.T) {
		w, post, show := fresh(t)
		post(`{"content": "Note", "private": true}`)
		post(`{"content": "Offer", "campaign_id": 7}`)
		if c := show(); c["first_reply_created_at"] != 0.0 || c["waiting_since"] == 0.0 {
			t.Errorf("first reply %v, waiting since %v", c["first_reply_created_at"], c["waiting_since"])
		}
		w.Do(t, apitest.Bot, "POST", ms, `{"content": "Beep"}`).Want(200)
		if c := show(); c["first_reply_created_at"] != 0.0 || c["waiting_since"] != 0.0 {
			t.Errorf("after a bot: first reply %v, waiting since %v", c["first_reply_created_at"], c["waiting_since"])
		}
		post(`{"content": "Hello Ada"}`)
		if c := show(); c["first_reply_created_at"] == 0.0 {
			t.Error("no first reply")
		}
	})

	t.Run("replying changes neither what is unread nor the assignee; a note does not wake the customer's wait", func(t *testing.T) {
		_, post, show := fresh(t)
		post(`{"content": "Hello Ada"}`)
		if c := show(); c["unread_count"] != 1.0 || c["agent_last_seen_at"] != 0.0 {
			t.Errorf("unread %v, seen %v", c["unread_count"], c["agent_last_seen_at"])
		}
	})

	t.Run("a team drops an assignee who is not in it", func(t *testing.T) {
		w, _, show := fresh(t)
		w.Vars["admin"] = strconv.FormatInt(w.Admin.ID, 10)
		w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {admin}}`).Want(200)
		w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"team_id": {team}}`).Want(200)
		meta := show()["meta"].(map[string]any)
		if a, is := meta["assignee"].(map[string]any); is && a["id"] == float64(w.Admin.ID) {
			t.Errorf("assignee %v is not in the team", a)
		}
	})

	t.Run("a priority is set, changed and cleared, each with its line", func(t *testing.T) {
		w, _, show := fresh(t)
		w.Do(t, apitest.Admin, "PATCH", co, `{"priority": "high"}`).Want(200)
		w.Do(t, apitest.Admin, "POST", co+"/toggle_priority", `{"priority": "urgent"}`).Want(200)
		if c := show(); c["priority"] != "urgent" {
			t.Errorf("priority %v", c["priority"])
		}
		w.Do(t, apitest.Admin, "POST", co+"/toggle_priority", "").Want(200)
		if c := show(); c["priority"] != nil {
			t.Errorf("priority %v, want none", c["priority"])
		}
		w.Do(t, apitest.Admin, "PATCH", co, `{"priority": "loud"}`).Want(422)
		if n := strings.Count(w.Do(t, apitest.Admin, "GET", ms, "").Body.String(), `"message_type":2`); n != 3 {
			t.Errorf("%d lines, want 3", n)
		}
	})

	t.Run("a contact who is blocked opens nothing", func(t *testing.T) {
		w, _, _ := fresh(t)
		w.Do(t, apitest.Admin, "POST", co+"/mute", "").Want(200)
		if c := w.Do(t, apitest.Admin, "POST", cs, `{"inbox_id": {inbox}, "contact_id": {contact}}`).Want(200).
			Object(); c["status"] != "resolved" {
			t.Errorf("status %v, want resolved", c["status"])
		}
	})
}
