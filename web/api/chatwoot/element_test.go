package chatwoot_test

import (
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

// This tests that an element of a list which is not understood is refused by its name, and changes nothing.

func TestElementsOfLists(t *testing.T) {
	t.Parallel()
	b := newFixture(t).Server
	b.Careless = true

	t.Run("a member of an inbox that is not an id is no member", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		before := w.Do(t, apitest.Admin, "GET", v1+"/inbox_members/:inbox", "").Want(200).Body.String()
		for _, list := range []string{`["invalid"]`, `[{user}, "invalid"]`, `[{user}, {}]`, `"invalid"`, `[0]`, `[-1]`, `[1.5]`} {
			body := `{"inbox_id": {inbox}, "user_ids": ` + list + `}`
			for _, method := range []string{"POST", "PATCH", "PUT"} {
				got := w.Do(t, apitest.Admin, method, v1+"/inbox_members", body).Want(422)
				if said, _ := got.Object()["message"].(string); !strings.Contains(said, "User must exist") {
					t.Errorf("%s %s: %s", method, list, got.Body)
				}
			}
		}
		got := w.Do(t, apitest.Admin, "DELETE", v1+"/inbox_members", `{"inbox_id": {inbox}, "user_ids": ["invalid", 0]}`).Want(200)
		if got.Body.Len() != 0 {
			t.Errorf("DELETE answers %s", got.Body)
		}
		if after := w.Do(t, apitest.Admin, "GET", v1+"/inbox_members/:inbox", "").Want(200).Body.String(); after != before {
			t.Errorf("the members are %s, not %s", after, before)
		}
	})

	t.Run("elsewhere the sentence names the element", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		for _, one := range []struct{ method, path, field, sentence string }{
			{"POST", v1 + "/teams/:team/team_members", `"user_ids": [{user}, "x"]`, `User ids[1] must be an id, not "x"`},
			{"DELETE", v1 + "/teams/:team/team_members", `"user_ids": [[]]`, "User ids[0] must be an id, not []"},
			{"POST", co + "/participants", `"user_ids": ["x"]`, `User ids[0] must be an id, not "x"`},
			{"PATCH", co + "/participants", `"user_ids": [{user}, {user}, true]`, "User ids[2] must be an id, not true"},
			{"DELETE", co + "/participants", `"user_ids": [1.5]`, "User ids[0] must be an id, not 1.5"},
			{"POST", v1 + "/bulk_actions", `"type": "Conversation", "ids": [{conversation}, "x"]`, `Ids[1] must be an id, not "x"`},
			{
				"POST", v1 + "/bulk_actions", `"type": "Conversation", "ids": [{conversation}], "labels": {"add": ["a", ["b"]]}`,
				`Labels.add[1] must be text, not ["b"]`,
			},
			{"POST", co + "/labels", `"labels": ["vip", {}]`, "Labels[1] must be text, not {}"},
			{"POST", v1 + "/contacts/:contact/labels", `"labels": [null, ["x"]]`, `Labels[1] must be text, not ["x"]`},
			{"POST", v1 + "/webhooks", `"url": "https://a.example", "subscriptions": [{}]`, "Subscriptions[0] must be text, not {}"},
		} {
			got := w.Do(t, apitest.Admin, one.method, one.path, "{"+one.field+"}").Want(422)
			if !strings.Contains(got.Object()["message"].(string), one.sentence) {
				t.Errorf("%s %s {%s}: %s does not say %s", one.method, one.path, one.field, got.Body, one.sentence)
			}
		}
	})

	t.Run("a bulk action that names nobody does not unassign", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		assign := func(fields string, want int) {
			t.Helper()
			body := `{"type": "Conversation", "ids": [{conversation}], "fields": ` + fields + `}`
			w.Do(t, apitest.Admin, "POST", v1+"/bulk_actions", body).Want(want)
		}
		has := func(who, team any) {
			t.Helper()
			meta := w.Do(t, apitest.Admin, "GET", co, "").Want(200).Object()["meta"].(map[string]any)
			assignee, _ := meta["assignee"].(map[string]any)
			of, _ := meta["team"].(map[string]any)
			if assignee["id"] != who || of["id"] != team {
				t.Errorf("assigned to %v of team %v, want %v of %v", assignee["id"], of["id"], who, team)
			}
		}
		assign(`{"assignee_id": {user}, "team_id": {team}}`, 200)
		ann, team := float64(w.Agent.ID), float64(w.Team.ID)
		for _, bad := range []string{
			`{"assignee_id": 987654321}`, `{"assignee_id": -1}`, `{"assignee_id": "x"}`, `{"team_id": 987654321}`, `{"team_id": "x"}`,
		} {
			assign(bad, 422)
			has(ann, team)
		}
		assign(`{"assignee_id": 0}`, 200)
		has(nil, team)
		assign(`{"team_id": ""}`, 200)
		has(nil, nil)
	})
}

func TestFilesOfActions(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	body, kind := form(t, nil, map[string][]byte{"box.png": picture(t)})
	body = []byte(strings.Replace(string(body), "attachments[]", "attachment", 1))
	up := w.Server.Do(t, w.Tokens[apitest.Admin], "POST", w.Fill(v1+"/upload"), body, "Content-Type", kind).Want(200)
	file := up.Object()["blob_id"].(string)
	for name, path := range map[string]string{"macro": v1 + "/macros", "rule": v1 + "/automation_rules"} {
		t.Run(name, func(t *testing.T) {
			with := func(param string) string {
				more := map[string]string{"macro": `"visibility": "global"`, "rule": `"event_name": "message_created", "conditions": []`}[name]
				return `{"name": "x", ` + more + `, "actions": [{"action_name": "send_attachment", "action_params": [` + param + `]}]}`
			}
			for _, missing := range []string{`"invalid_blob_id"`, "999999"} {
				got := w.Do(t, apitest.Admin, "POST", path, with(missing)).Want(422)
				if got.Object()["error"] != "Invalid attachment" {
					t.Errorf("%s: %s", missing, got.Body)
				}
			}
			if list := payload(w.Do(t, apitest.Admin, "GET", path, "").Want(200)); len(list) != 0 {
				t.Errorf("stored: %v", list)
			}
			made := w.Do(t, apitest.Admin, "POST", path, with(`"`+file+`"`)).Want(200).Object()
			if inner, ok := made["payload"].(map[string]any); ok {
				made = inner
			}
			one := path + "/" + number(made["id"].(float64))
			w.Do(t, apitest.Admin, "PUT", one, with(`"`+file+`"`)).Want(200)
			w.Do(t, apitest.Admin, "PUT", one, with("999999")).Want(422)
			w.Do(t, apitest.Admin, "PUT", one, `{"name": "y"}`).Want(200)
			if kept := w.Do(t, apitest.Admin, "GET", one, "").Want(200).Body.String(); !strings.Contains(kept, file) {
				t.Errorf("the file is no longer sent: %s", kept)
			}
		})
	}
}
