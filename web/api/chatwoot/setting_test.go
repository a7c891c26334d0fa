package chatwoot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

// insert adds a row for the path's variable of this name. $1 is the account, $2 the agent inside the inbox.
func insert(name, sql string) func(testing.TB, *apitest.Fixture) {
	return func(t testing.TB, w *apitest.Fixture) {
		t.Helper()
		var id int64
		if err := w.Server.Pool.QueryRow(context.Background(), sql+" RETURNING id", w.Account.ID, w.Agent.ID).Scan(&id); err != nil {
			t.Fatal(err)
		}
		w.Vars[name] = fmt.Sprint(id)
	}
}

func settingRows() map[string]apitest.Row {
	crud := func(path, id string, row apitest.Row, body string, gone int) map[string]apitest.Row {
		one := v1 + path + "/:" + id
		changed, deleted := row, row
		changed.Body, deleted.Want = body, gone
		return map[string]apitest.Row{
			"GET " + v1 + path: {}, "POST " + v1 + path: {Body: body},
			"PUT " + one: changed, "PATCH " + one: changed, "DELETE " + one: deleted,
		}
	}
	label := apitest.Row{Make: insert("label", `INSERT INTO labels (account_id, title) SELECT $1, 'old' WHERE $2::bigint > 0`)}
	reply := apitest.Row{
		Make: insert("reply", `INSERT INTO canned_replies (account_id, short_code, content) SELECT $1, 'bye', 'Bye' WHERE $2::bigint > 0`),
	}
	attribute := apitest.Row{
		Make: insert(
			"attribute",
			`INSERT INTO attribute_definitions (account_id, model, key, display_name) SELECT $1, 'contact_attribute', 'old', `+
				`'Old' WHERE $2::bigint > 0`,
		),
	}
	filter := apitest.Row{
		Make: insert("filter", `INSERT INTO views (account_id, user_id, name) VALUES ($1, $2, 'Mine')`),
		But:  map[apitest.Caller]int{apitest.Outside: 404, apitest.Admin: 404},
	}
	app := apitest.Row{
		Make: insert("app", `INSERT INTO dashboard_apps (account_id, title, content)
			SELECT $1, 'Orders', '[{"type": "frame", "url": "https://shop.example/o"}]' WHERE $2::bigint > 0`),
	}
	macro := apitest.Row{
		Make: insert("macro", `INSERT INTO macros (account_id, created_by_id, name) VALUES ($1, $2, 'Mine')`),
		But:  map[apitest.Caller]int{apitest.Outside: 404, apitest.Admin: 404},
	}
	rule := apitest.Row{
		Make: insert(
			"rule",
			`INSERT INTO automation_rules (account_id, name, event_name) SELECT $1, 'R', 'message_created' WHERE $2::bigint > 0`,
		),
	}
	runs := macro
	runs.Body = `{"conversation_ids": [{conversation}]}`
	return apitest.Join(
		nil,
		crud("/labels", "label", label, `{"title": "vip"}`, 200),
		crud("/canned_responses", "reply", reply, `{"short_code": "hi", "content": "Hello"}`, 200),
		crud("/custom_attribute_definitions", "attribute", attribute, `{"attribute_key": "tier", "attribute_display_name": "Tier"}`, 204),
		crud("/custom_filters", "filter", filter, `{"name": "F", "query": {}}`, 204),
		crud("/dashboard_apps", "app", app, `{"title": "A", "content": [{"type": "frame", "url": "https://shop.example/o"}]}`, 204),
		crud("/macros", "macro", macro, `{"name": "M", "actions": []}`, 200),
		crud("/automation_rules", "rule", rule, `{"name": "R", "event_name": "message_created", "conditions": [], "actions": []}`, 200),
		map[string]apitest.Row{
			"GET " + v1 + "/labels/:label":                           label,
			"GET " + v1 + "/custom_attribute_definitions/:attribute": attribute,
			"GET " + v1 + "/custom_filters/:filter":                  filter,
			"GET " + v1 + "/dashboard_apps/:app":                     app,
			"GET " + v1 + "/macros/:macro":                           macro,
			"POST " + v1 + "/macros/:macro/execute":                  runs,
			"GET " + v1 + "/automation_rules/:rule":                  rule,
			"POST " + v1 + "/automation_rules/:rule/clone":           rule,
		},
	)
}

// made stores the id of a created object under a name for paths.
func made(w *apitest.Fixture, name string, a apitest.Answer) apitest.Answer {
	o := a.Object()
	if inner, ok := o["payload"].(map[string]any); ok {
		o = inner
	}
	w.Vars[name] = fmt.Sprint(o["id"])
	return a
}

// jobs counts the jobs of a kind.
func jobs(t testing.TB, w *apitest.Fixture, kind string) (n int) {
	t.Helper()
	if err := w.Server.Pool.QueryRow(context.Background(), `SELECT count(*) FROM river_job WHERE kind = $1`, kind).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLabel(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ls := v1 + "/labels"

	got := made(
		w, "label",
		w.Do(t, apitest.Admin, "POST", ls, `{"title": "Big-Spender", "description": "Buys much", "show_on_sidebar": "true"}`).Want(200),
	)

	t.Run("is made in lower case, flat or under its root, and listed", func(t *testing.T) {
		apitest.Golden(t, *update, "account_label", got.Body.Bytes())
		w.Do(t, apitest.Admin, "POST", ls, `{"label": {"title": "été_2", "color": "#abcdef"}}`).Want(200)
		apitest.Golden(t, *update, "account_labels", w.Do(t, apitest.Inside, "GET", ls, "").Want(200).Body.Bytes())
	})

	t.Run("is checked", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "POST", ls, `{"title": "BIG-SPENDER"}`).Want(422)
		apitest.Golden(t, *update, "error_label_title", got.Body.Bytes())
		for _, body := range []string{`{"title": "two words"}`, `{"title": ""}`, `{"title": "x", "color": "red"}`, `{"label": {}}`, ``} {
			w.Do(t, apitest.Admin, "POST", ls, body).Want(422)
		}
	})

	t.Run("orders a job when its title changes or goes, and none otherwise", func(t *testing.T) {
		w.Do(t, apitest.Admin, "PATCH", ls+"/{label}", `{"color": "#112233", "title": "big-spender"}`).Want(200)
		if n := jobs(t, w, "replace_label"); n != 0 {
			t.Errorf("%d jobs, want none", n)
		}
		w.Do(t, apitest.Admin, "PUT", ls+"/{label}", `{"title": "vip"}`).Want(200)
		w.Do(t, apitest.Admin, "DELETE", ls+"/{label}", "").Want(200)
		if n := jobs(t, w, "replace_label"); n != 2 {
			t.Errorf("%d jobs, want 2", n)
		}
		w.Do(t, apitest.Admin, "GET", ls+"/{label}", "").Want(404)
	})
}

func TestCannedResponse(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	cr := v1 + "/canned_responses"
	for _, body := range []string{
		`{"short_code": "thanks", "content": "Thank you, help is near"}`, `{"canned_response": {"short_code": "a-help", "content": "Ask us"}}`,
		`{"short_code": "help", "content": "How can I help?"}`, `{"short_code": "100%", "content": "All of it"}`,
	} {
		made(w, "reply", w.Do(t, apitest.Outside, "POST", cr, body).Want(200))
	}

	t.Run("is found by code before content, the beginning of a code first", func(t *testing.T) {
		var found []struct {
			Code string `json:"short_code"`
		}
		w.Do(t, apitest.Inside, "GET", cr+"?search=HELP", "").Want(200).Into(&found)
		if got := fmt.Sprint(found); got != "[{help} {a-help} {thanks}]" {
			t.Errorf("found %s", got)
		}
		apitest.Golden(t, *update, "canned_responses", w.Do(t, apitest.Inside, "GET", cr, "").Want(200).Body.Bytes())
		if got := strings.TrimSpace(w.Do(t, apitest.Inside, "GET", cr+"?search=%25%25", "").Want(200).Body.String()); got != "[]" {
			t.Errorf("%s, want an empty list", got)
		}
	})

	t.Run("is changed and removed by any member, its code unique", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "PUT", cr+"/{reply}", `{"content": "Everything"}`).Want(200)
		apitest.Golden(t, *update, "canned_response", got.Body.Bytes())
		w.Do(t, apitest.Inside, "PATCH", cr+"/{reply}", `{"short_code": "help"}`).Want(422)
		got = w.Do(t, apitest.Inside, "POST", cr, `{"short_code": "help", "content": "x"}`).Want(422)
		apitest.Golden(t, *update, "error_canned_response", got.Body.Bytes())
		w.Do(t, apitest.Inside, "DELETE", cr+"/{reply}", "").Want(200)
		w.Do(t, apitest.Inside, "DELETE", cr+"/{reply}", "").Want(404)
	})
}

func TestCustomAttribute(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ad := v1 + "/custom_attribute_definitions"

	got := made(w, "attribute", w.Do(t, apitest.Admin, "POST", ad, `{"attribute_display_name": "Tier", `+
		`"attribute_display_type": 6, "attribute_description": "How much",
		"attribute_key": "tier", "attribute_values": ["gold", "silver"], "attribute_model": 1}`).Want(200))

	t.Run("takes its enumerations as numbers and gives them as words", func(t *testing.T) {
		apitest.Golden(t, *update, "custom_attribute", got.Body.Bytes())
		w.Do(
			t, apitest.Admin, "POST", ad,
			`{"custom_attribute_definition": {"attribute_display_name": "Order", "attribute_display_type": "text", `+
				`"attribute_key": "order", "attribute_model": "conversation_attribute"}}`,
		).Want(200)
		for query, want := range map[string]int{
			"": 2, "?attribute_model=0": 1, "?attribute_model=1": 1, "?attribute_model=contact_attribute": 1,
			"?attribute_model=2": 0,
		} {
			var list []any
			if w.Do(t, apitest.Inside, "GET", ad+query, "").Want(200).Into(&list); len(list) != want {
				t.Errorf("%s gives %d, want %d", query, len(list), want)
			}
		}
		w.Do(t, apitest.Inside, "GET", ad+"?attribute_model=9", "").Want(422)
	})

	t.Run("is checked", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "POST", ad, `{"attribute_display_name": "Tier", "attribute_key": "tier", "attribute_model": 1}`).Want(422)
		apitest.Golden(t, *update, "error_custom_attribute", got.Body.Bytes())
		for _, body := range []string{
			`{"attribute_display_name": "S", "attribute_key": "status", "attribute_model": 0}`, `{"attribute_display_name": ` +
				`"S", "attribute_key": "a b"}`,
			`{"attribute_key": "x"}`, `{"attribute_display_name": "S", "attribute_key": "x", "attribute_display_type": 99}`,
		} {
			w.Do(t, apitest.Admin, "POST", ad, body).Want(422)
		}
	})

	t.Run("is changed and removed", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "PATCH", ad+"/{attribute}", `{"attribute_values": ["gold"], "default_value": "gold"}`).Want(200)
		apitest.Golden(t, *update, "custom_attribute_changed", got.Body.Bytes())
		w.Do(t, apitest.Admin, "DELETE", ad+"/{attribute}", "").Want(204)
		w.Do(t, apitest.Admin, "GET", ad+"/{attribute}", "").Want(404)
	})
}

func TestCustomFilter(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	cf := v1 + "/custom_filters"

	got := made(
		w, "filter",
		w.Do(
			t, apitest.Inside, "POST", cf,
			`{"name": "Open", "filter_type": 0, "query": {"payload": [{"attribute_key": "status", "values": ["open"]}]}}`,
		).Want(200),
	)

	t.Run("belongs to who made it", func(t *testing.T) {
		apitest.Golden(t, *update, "custom_filter", got.Body.Bytes())
		w.Do(t, apitest.Inside, "POST", cf, `{"custom_filter": {"name": "People", "filter_type": "contact", "query": {}}}`).Want(200)
		for query, want := range map[string]int{
			"": 1, "?filter_type=conversation": 1, "?filter_type=contact": 1, "?filter_type=1": 1, "?filter_type=report": 0,
		} {
			var list []any
			if w.Do(t, apitest.Inside, "GET", cf+query, "").Want(200).Into(&list); len(list) != want {
				t.Errorf("%s gives %d, want %d", query, len(list), want)
			}
		}
		var list []any
		if w.Do(t, apitest.Admin, "GET", cf, "").Want(200).Into(&list); len(list) != 0 {
			t.Errorf("another's list has %d", len(list))
		}
		w.Do(t, apitest.Admin, "GET", cf+"/{filter}", "").Want(404)
	})

	t.Run("is checked, changed and removed", func(t *testing.T) {
		w.Do(t, apitest.Inside, "POST", cf, `{"name": ""}`).Want(422)
		w.Do(t, apitest.Inside, "POST", cf, `{"name": "x", "filter_type": 7}`).Want(422)
		got := w.Do(t, apitest.Inside, "PUT", cf+"/{filter}", `{"name": "Still open"}`).Want(200)
		if q, _ := got.Object()["query"].(map[string]any); q["payload"] == nil {
			t.Error("the query was lost")
		}
		w.Do(t, apitest.Inside, "DELETE", cf+"/{filter}", "").Want(204)
		w.Do(t, apitest.Inside, "DELETE", cf+"/{filter}", "").Want(404)
	})

	t.Run("is refused beyond the thousandth", func(t *testing.T) {
		if _, err := w.Server.Pool.Exec(
			context.Background(),
			`INSERT INTO views (account_id, user_id, name) SELECT $1, $2, n::text FROM generate_series(1, 1000) n`,
			w.Account.ID, w.Agent.ID,
		); err != nil {
			t.Fatal(err)
		}
		w.Do(t, apitest.Inside, "POST", cf, `{"name": "x"}`).Want(422)
	})
}

func TestMacro(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ms := v1 + "/macros"

	t.Run("of an agent is their own, whatever they say", func(t *testing.T) {
		got := made(
			w, "macro",
			w.Do(
				t, apitest.Inside, "POST", ms,
				`{"name": "Close", "visibility": "global", "actions": [{"action_name": "resolve_conversation", "action_params": []}]}`,
			).Want(200),
		)
		apitest.Golden(t, *update, "macro", got.Body.Bytes())
		w.Do(t, apitest.Admin, "GET", ms+"/{macro}", "").Want(404)
		apitest.Golden(t, *update, "macros", w.Do(t, apitest.Inside, "GET", ms, "").Want(200).Body.Bytes())
	})

	t.Run("of everybody is an administrator's to change, and anybody's to run", func(t *testing.T) {
		made(
			w, "global",
			w.Do(
				t, apitest.Admin, "POST", ms,
				`{"name": "Close for all", "visibility": "global", "actions": [{"action_name": "resolve_conversation"}]}`,
			).Want(200),
		)
		w.Do(t, apitest.Inside, "PUT", ms+"/{global}", `{"name": "Mine now"}`).Want(401)
		w.Do(t, apitest.Inside, "DELETE", ms+"/{global}", "").Want(401)
		got := w.Do(t, apitest.Inside, "POST", ms+"/{global}/execute", `{"conversation_ids": [{conversation}, "{conversation}"]}`).Want(200)
		if got.Body.Len() != 0 || jobs(t, w, "run_macro") != 2 {
			t.Errorf("body %q, %d jobs", got.Body, jobs(t, w, "run_macro"))
		}
		w.Do(t, apitest.Admin, "PATCH", ms+"/{global}", `{"name": "Close"}`).Want(200)
		w.Do(t, apitest.Admin, "DELETE", ms+"/{global}", "").Want(200)
	})

	t.Run("is checked", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "POST", ms, `{"name": "Bad", "actions": [{"action_name": "rm -rf"}]}`).Want(422)
		apitest.Golden(t, *update, "error_macro", got.Body.Bytes())
		for _, body := range []string{
			`{"name": ""}`, `{"name": "x", "actions": {}}`, `{"name": "x", "actions": "[]"}`,
			`{"name": "x", "visibility": "all"}`,
		} {
			w.Do(t, apitest.Inside, "POST", ms, body).Want(422)
		}
	})
}

func TestAutomationRule(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ar := v1 + "/automation_rules"
	const good = `{"name": "Urgent", "description": "Money", "event_name": "message_created", "conditions": [
		{"attribute_key": "content", "filter_operator": "contains", "values": ["refund"], "query_operator": "and"},
		{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": null}],
		"actions": [{"action_name": "change_priority", "action_params": ["urgent"]}]}`

	t.Run("is made bare, and shown, changed and cloned under payload", func(t *testing.T) {
		got := made(w, "rule", w.Do(t, apitest.Admin, "POST", ar, good).Want(200))
		apitest.Golden(t, *update, "automation_rule_created", got.Body.Bytes())
		got = w.Do(t, apitest.Admin, "PATCH", ar+"/{rule}", `{"active": false}`).Want(200)
		apitest.Golden(t, *update, "automation_rule", got.Body.Bytes())
		w.Do(t, apitest.Admin, "POST", ar+"/{rule}/clone", "").Want(200)
		if n := len(payload(w.Do(t, apitest.Admin, "GET", ar, "").Want(200))); n != 2 {
			t.Errorf("%d rules, want 2", n)
		}
		w.Do(t, apitest.Admin, "DELETE", ar+"/{rule}", "").Want(200)
		w.Do(t, apitest.Admin, "GET", ar+"/{rule}", "").Want(404)
	})

	t.Run("is checked, and what is wrong is told by field", func(t *testing.T) {
		got := w.Do(
			t, apitest.Admin, "POST", ar,
			strings.Replace(strings.Replace(good, `"and"`, "null", 1), "change_priority", "explode", 1),
		).Want(422)
		apitest.Golden(t, *update, "error_automation_rule", got.Body.Bytes())
		for _, body := range []string{
			strings.Replace(good, "message_created", "moon_rose", 1), strings.Replace(good, `"content"`, `"shoe_size"`, 1), `{"name": "x"}`, `{}`,
			strings.Replace(good, `[{"action_name"`, `[7, {"action_name"`, 1),
		} {
			w.Do(t, apitest.Admin, "POST", ar, body).Want(422)
		}
	})

	t.Run("may ask for the account's own attributes", func(t *testing.T) {
		w.Do(
			t, apitest.Admin, "POST", v1+"/custom_attribute_definitions",
			`{"attribute_display_name": "Size", "attribute_key": "shoe_size"}`,
		).Want(200)
		w.Do(t, apitest.Admin, "POST", ar, strings.Replace(good, `"content"`, `"shoe_size"`, 1)).Want(200)
	})
}

func TestSettingLists(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for path, body := range map[string]string{
		"/labels":                       `{"title": "l%d"}`,
		"/canned_responses":             `{"short_code": "c%d", "content": "x"}`,
		"/custom_attribute_definitions": `{"attribute_key": "a%d", "attribute_display_name": "A"}`,
		"/custom_filters":               `{"name": "same%.0d"}`,
		"/macros":                       `{"name": "same%.0d"}`,
		"/automation_rules":             `{"name": "same%.0d", "event_name": "message_created"}`,
		"/contacts/:contact/notes":      `{"content": "note %d"}`,
	} {
		t.Run(path+" is walked by cursor without a gap or a double", func(t *testing.T) {
			for i := range 5 {
				w.Do(t, apitest.Admin, "POST", v1+path, fmt.Sprintf(body, i)).Want(200)
			}
			ids := func(a apitest.Answer) (ids []string) {
				var list []any
				if json.Unmarshal(a.Body.Bytes(), &list) != nil { // not bare
					list = payload(a)
				}
				for _, v := range list {
					ids = append(ids, fmt.Sprint(v.(map[string]any)["id"]))
				}
				return ids
			}
			all := strings.Join(ids(w.Do(t, apitest.Admin, "GET", v1+path, "").Want(200)), " ")
			var walked []string
			for next := w.Fill(v1+path) + "?limit=2"; next != ""; {
				got := w.Do(t, apitest.Admin, "GET", next, "").Want(200)
				walked = append(walked, ids(got)...)
				next = nextLink(got)
			}
			if got := strings.Join(walked, " "); got != all || len(walked) != 5 {
				t.Errorf("walked %s, all are %s", got, all)
			}
			w.Do(t, apitest.Admin, "GET", v1+path+"?cursor=garbage", "").Want(422)
		})
	}
}

// TestOrderOfLists makes objects whose names run against their ids: Chatwoot lists labels, inboxes and agents by name, and
// the rest as it was made.
func TestOrderOfLists(t *testing.T) {
	t.Parallel()
	for path, body := range map[string]string{
		"/teams":                        `{"name": "%s"}`,
		"/macros":                       `{"name": "%s", "visibility": "global"}`,
		"/canned_responses":             `{"short_code": "%s", "content": "x"}`,
		"/automation_rules":             `{"name": "%s", "event_name": "message_created"}`,
		"/custom_attribute_definitions": `{"attribute_key": "%s", "attribute_display_name": "A"}`,
		"/custom_filters":               `{"name": "%s"}`,
		"/webhooks":                     `{"url": "https://%s.example"}`,
		"/agent_bots":                   `{"name": "%s"}`,
		"/labels":                       `{"title": "%s"}`,
		"/inboxes":                      `{"name": "%s", "channel": {"type": "api"}}`,
		"/agents":                       `{"name": "%[1]s", "email": "%[1]s@example.test", "role": "agent"}`,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			w := newFixture(t)
			before := len(listed(w.Do(t, apitest.Admin, "GET", v1+path, "").Want(200)))
			for _, name := range []string{"zoe", "bea", "yan"} {
				w.Do(t, apitest.Admin, "POST", v1+path, fmt.Sprintf(body, name)).Want(200)
			}
			want := []string{"zoe", "bea", "yan"}
			if slices.Contains([]string{"/labels", "/inboxes", "/agents"}, path) {
				want = []string{"bea", "yan", "zoe"}
			}
			var got []string
			all := listed(w.Do(t, apitest.Admin, "GET", v1+path, "").Want(200))
			for _, one := range all {
				for _, name := range want {
					if raw, _ := json.Marshal(one); strings.Contains(string(raw), `"`+name) || strings.Contains(string(raw), "//"+name) {
						got = append(got, name)
					}
				}
			}
			if len(all) != before+3 || !slices.Equal(got, want) {
				t.Errorf("%d rows in the order %v, want %v", len(all), got, want)
			}
		})
	}
}

// listed are the rows of a list, which stands bare, under payload or under a key in it.
func listed(a apitest.Answer) (rows []any) {
	var bare []any
	if json.Unmarshal(a.Body.Bytes(), &bare) == nil {
		return bare
	}
	in := a.Object()["payload"]
	if object, ok := in.(map[string]any); ok {
		for _, v := range object {
			in = v
		}
	}
	rows, _ = in.([]any)
	return rows
}
