package chatwoot_test

import (
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

// TestSetUpJourney sets an account up with the calls that @figuro/chatwoot-sdk makes: with two credentials, some
// slashes at the end, bodies with DELETE, and ids as text.
func TestSetUpJourney(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	call := func(method, path, body string) apitest.Answer {
		t.Helper()
		return w.Do(
			t, apitest.Admin, method, path, body, "Authorization", "Bearer "+w.Tokens[apitest.Admin], "Accept",
			"application/json",
		).Want(200)
	}
	made := call("POST", v1+"/inboxes/", `{"name": "Bridge", "channel": {"type": "api", "webhook_url": "http://10.0.0.2/hook"}}`).Object()
	w.Vars["inbox"] = number(made["id"])
	if got := call("GET", inbox+"/", "").Object(); got["id"] != made["id"] || got["inbox_identifier"] != made["inbox_identifier"] {
		t.Errorf("inbox %v", got)
	}
	w.Vars["user"] = number(call("POST", v1+"/agents", `{"name": "Bea", "email": "bea@example.test", "role": "agent"}`).Object()["id"])
	if list := payload(call("POST", v1+"/inbox_members", `{"inbox_id": "{inbox}", "user_ids": [{user}]}`)); len(list) != 1 {
		t.Errorf("members %v", list)
	}
	call("DELETE", v1+"/inbox_members", `{"inbox_id": {inbox}, "user_ids": [{user}]}`)
	w.Vars["team"] = number(call("POST", v1+"/teams", `{"name": "Sales", "description": ""}`).Object()["id"])
	call("POST", team+"/team_members", `{"user_ids": [{user}]}`)
	call("DELETE", team+"/team_members", `{"user_ids": [{user}]}`)
	w.Vars["bot"] = number(call("POST", v1+"/agent_bots", `{"name": "Robin", "description": "", "outgoing_url": ""}`).Object()["id"])
	call("POST", inbox+"/set_agent_bot", `{"agent_bot": {bot}}`)
	hook := call("POST", v1+"/webhooks", `{"url": "https://hook.example/in", "name": "", "inbox_id": ""}`).Object()
	w.Vars["webhook"] = number(hook["payload"].(map[string]any)["webhook"].(map[string]any)["id"])
	call("PATCH", webhook, `{"subscriptions": ["message_created"]}`)
	call("DELETE", webhook, "")
	call("DELETE", agent, "")
	call("DELETE", inbox, "")
}
