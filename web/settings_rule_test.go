package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/rule"
	"github.com/parleydesk/parley/views"
	"github.com/parleydesk/parley/views/ui"
)

// TestEveryActionPassesThroughTheForm: whatever the table of actions holds can be edited, and stays as it was when
// nothing is changed.
func TestEveryActionPassesThroughTheForm(t *testing.T) {
	t.Parallel()
	one := []ui.Option{{Value: "7", Label: "Seven"}}
	all := views.Choices{Agents: one, Teams: one, Inboxes: one, Labels: one}
	for _, kind := range rule.ActionTypes() {
		params, ok := map[rule.Field]string{
			rule.FieldNone:       `[]`,
			rule.FieldText:       `["Hello"]`,
			rule.FieldWebAddress: `["https://hooks.example/a"]`,
			rule.FieldAddresses:  `["ada@example.com, bo@example.com"]`,
			rule.FieldTeamMail:   `[{"message":"Look","team_ids":[7]}]`,
			rule.FieldFiles:      `["key-1"]`,
			rule.FieldAgent:      `[7]`,
			rule.FieldTeam:       `[7]`,
			rule.FieldLabels:     `["urgent"]`,
			rule.FieldStatus:     `["open"]`,
			rule.FieldPriority:   `["high"]`,
		}[kind.Field]
		if !ok {
			t.Errorf("%s: no example for the field %q", kind.Name, kind.Field)
			continue
		}
		want := `[{"action_name":"` + kind.Name + `","action_params":` + params + `}]`
		got, missing := keptActions(actionLines(json.RawMessage(want), all), all)
		if len(missing) > 0 || string(got) != want {
			t.Errorf("%s is kept as %s (%v)", kind.Name, got, missing)
		}
		if _, missing = keptActions([]views.ActionLine{{Name: kind.Name}}, all); kind.Field != rule.FieldNone && len(missing) == 0 {
			t.Errorf("%s is kept without what it needs", kind.Name)
		}
	}
}

// same compares JSON by meaning.
func same(t *testing.T, got json.RawMessage, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

// fill takes a field into a form as a browser would.
func fill(form url.Values, s *goquery.Selection) {
	name := s.AttrOr("name", "")
	switch goquery.NodeName(s) {
	case "select":
		form.Add(name, s.Find("option[selected]").AttrOr("value", ""))
	case "textarea":
		form.Add(name, s.Text())
	case "input":
		if _, on := s.Attr("checked"); on || s.AttrOr("type", "") != "checkbox" {
			form.Add(name, s.AttrOr("value", ""))
		}
	}
}

func TestSettingsAutomation(t *testing.T) {
	t.Parallel()
	h := setup(t)
	team := dbtest.Team(t, h.pool, h.account, "Workshop")
	rules, b := link.Settings(h.account.ID, "automation"), h.as(h.admin)
	b.get(rules).status(200).reads(".empty", "No rules yet")
	b.get(rules+"/new").status(200).has("[name=c0_key]", 1).has("[name=a0_name]", 1)

	form := url.Values{
		"name": {"Broken wheels"}, "description": {"To the workshop"}, "event_name": {"message_created"}, "active": {"true"},
		"c0_key": {"content"}, "c0_operator": {"contains"}, "c0_lines": {"wheel\r\nspoke"},
		"c1_join": {"or"}, "c1_key": {"team_id"}, "c1_operator": {"attribute_changed"}, "c1_from": {"nil"}, "c1_to": {formatID(team.ID)},
		"a0_name": {"assign_team"}, "a0_value": {formatID(team.ID)}, "a1_name": {"send_message"}, "a1_text": {"We are on it."},
		"a2_name": {"send_email_to_team"}, "a2_value": {formatID(team.ID)}, "a2_text": {"Look"}, "act": {"save"},
	}

	t.Run("a button of the lines changes the form and keeps what was typed, with script and without", func(t *testing.T) {
		b := b.in(t)
		act := func(word string) url.Values {
			f := url.Values{}
			for k, v := range form {
				f[k] = v
			}
			f.Set("act", word)
			return f
		}
		got := b.post(rules, act("add-condition")).status(200).has("[name=c2_key]", 1).has("[name=a2_name]", 1).reads("[name=c0_lines]", "wheel")
		if got.attr("#f-name", "value") != "Broken wheels" {
			t.Error("what was typed is lost")
		}
		part := b.script("editor").post(rules, act("drop-action-0")).status(200).has("main", 0).has("#editor", 1).has("[name=a2_name]", 0)
		if part.attr("[name=a0_name] option[selected]", "value") != "send_message" {
			t.Error("another line went")
		}
		b.script("editor").post(rules, act("drop-condition-0")).status(200).has("[name=c1_key]", 0).has("[name=c0_from][checked]", 1)
		other := act("refresh")
		other.Set("a0_was", "assign_team")
		other.Set("a0_name", "add_label")
		b.script("editor").post(rules, other).status(200).has("input[name=a0_value][checked]", 0)
		b.get(rules).has("tbody tr", 0)
	})

	t.Run("an empty condition is none, and no second one is added beside it", func(t *testing.T) {
		b := b.in(t)
		empty := url.Values{
			"name": {"Everything"}, "event_name": {"message_created"}, "c0_key": {""}, "c0_operator": {"equal_to"}, "c0_lines": {""},
			"a0_name": {"mute_conversation"}, "act": {"add-condition"},
		}
		b.post(rules, empty).status(200).has("[name=c0_key]", 1).has("[name=c1_key]", 0)
		empty.Set("act", "save")
		b.post(rules, empty).to(rules)
		b.get(rules).reads("tbody", "Everything")
		var kept string
		if err := h.pool.QueryRow(t.Context(), "SELECT conditions::text FROM automation_rules").Scan(&kept); err != nil || kept != "[]" {
			t.Errorf("the conditions are %q (%v)", kept, err)
		}
		if _, err := h.pool.Exec(t.Context(), "DELETE FROM automation_rules"); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("says at each line what is missing, and else what the API says", func(t *testing.T) {
		b := b.in(t)
		refused := b.post(rules, url.Values{
			"name": {" "}, "event_name": {"made_up"}, "c0_key": {"content"}, "c0_operator": {"contains"},
			"a0_name": {"send_message"}, "a1_name": {""}, "description": {"Kept"},
		})
		refused.status(http.StatusUnprocessableEntity).reads("#f-name-more", "can't be blank").reads("#f-event_name-more", "not supported")
		refused.reads("[aria-label='Condition 1']", "Say which").reads("[aria-label='Action 1']", "Write the text").
			reads("[aria-label='Action 2']", "Choose what to do")
		if refused.attr("#f-description", "value") != "Kept" {
			t.Error("what was typed is lost")
		}
		b.post(rules, url.Values{"name": {"x"}, "event_name": {"message_created"}}).status(http.StatusUnprocessableEntity).
			reads("#editor", "Add at least one action")
		b.post(rules, url.Values{
			"name": {"x"}, "event_name": {"message_created"}, "c0_key": {"made_up"}, "c0_operator": {"equal_to"},
			"c0_lines": {"1"}, "a0_name": {"resolve_conversation"},
		}).
			status(http.StatusUnprocessableEntity).reads("[aria-label='Condition 1']", "not supported")
	})

	b.post(rules, form).to(rules)
	one := b.get(rules).reads("tbody", "Give to team, Send a message, Mail a team").reads("tbody", "Never").one()
	kept, err := h.q.ListAutomationRules(t.Context(), db.ListAutomationRulesParams{AccountID: h.account.ID, PageSize: 9})
	if err != nil || len(kept) != 1 || !kept[0].Active {
		t.Fatalf("%+v, %v", kept, err)
	}
	id := formatID(team.ID)
	same(t, kept[0].Conditions, `[{"attribute_key": "content", "filter_operator": "contains", "values": ["wheel", "spoke"],
		"query_operator": "or", "custom_attribute_type": ""},
		{"attribute_key": "team_id", "filter_operator": "attribute_changed", "values": {"from": ["nil"], "to": [`+id+
		`]}, "query_operator": "", "custom_attribute_type": ""}]`)
	actions := `[{"action_name": "assign_team", "action_params": [` + id +
		`]}, {"action_name": "send_message", "action_params": ["We are on it."]},
		{"action_name": "send_email_to_team", "action_params": [{"team_ids": [` + id + `], "message": "Look"}]}`
	same(t, kept[0].Actions, actions+"]")

	t.Run("a rule that came by the API is saved as it was, files and all", func(t *testing.T) {
		b := b.in(t)
		if _, err := h.pool.Exec(
			t.Context(),
			`UPDATE automation_rules SET actions = actions || '[{"action_name": "send_attachment", "action_params": ["key-1"]}]'`,
		); err != nil {
			t.Fatal(err)
		}
		page := b.get(one).status(200).reads("h1", "Broken wheels")
		again := url.Values{}
		page.page.Find("#editor [name]").Each(func(_ int, s *goquery.Selection) { fill(again, s) })
		again.Set("act", "save")
		b.post(one, again).to(rules)
		r, err := h.q.GetAutomationRule(t.Context(), h.account.ID, kept[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, r.Conditions, string(kept[0].Conditions))
		same(t, r.Actions, actions+`, {"action_name": "send_attachment", "action_params": ["key-1"]}]`)
	})

	t.Run("is turned off and on from the list, and tells what it did", func(t *testing.T) {
		b := b.in(t)
		b.post(one+"/active", url.Values{"active": {"false"}}).to(rules)
		b.get(rules).has("button[role=switch][aria-checked=false]", 1)
		b.post(one+"/active", url.Values{"active": {"true"}}).to(rules)
		c := h.conversation("Ada", "My wheel")
		_, err := h.pool.Exec(
			t.Context(),
			`INSERT INTO events (account_id, id, kind, actor_kind, conversation_id) VALUES ($1, 900001, 'message.created', 'contact', $2)`,
			h.account.ID, c.ID,
		)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.pool.Exec(
			t.Context(),
			`INSERT INTO rule_runs (account_id, rule_id, event_id, outcome, error) VALUES ($1, $2, 900001, 'failed', 'assign_team: not found')`,
			h.account.ID, kept[0].ID,
		); err != nil {
			t.Fatal(err)
		}
		b.get(rules).reads("tbody .status", "Incomplete")
		b.get(one).reads("[aria-labelledby=p-runs] tbody", "#"+formatID(c.DisplayID)).
			reads("[aria-labelledby=p-runs] tbody", "assign_team: not found")
	})

	t.Run("is copied and deleted", func(t *testing.T) {
		b := b.in(t)
		b.post(one+"/clone", nil).status(http.StatusSeeOther)
		b.get(rules).has("tbody tr", 2)
		b.post(one+"/deletion", nil).to(rules)
		b.get(one).status(http.StatusNotFound)
		b.get(rules).has("tbody tr", 1)
	})
}

func TestSettingsMacro(t *testing.T) {
	t.Parallel()
	h := setup(t)
	macros, agent, admin := link.Settings(h.account.ID, "macros"), h.as(h.agent), h.as(h.admin)
	form := func(name, visibility string) url.Values {
		return url.Values{
			"name": {name}, "visibility": {visibility}, "a0_name": {"assign_agent"}, "a0_value": {"self"},
			"a1_name": {"resolve_conversation"},
		}
	}
	agent.post(macros, form("Mine and done", "global")).to(macros)
	admin.post(macros, form("Everybody's", "global")).to(macros)
	rows, err := h.q.ListMacros(t.Context(), db.ListMacrosParams{AccountID: h.account.ID, UserID: h.agent.ID, PageSize: 9})
	if err != nil || len(rows) != 2 || rows[0].Visibility != "global" || rows[1].Visibility != "personal" {
		t.Fatalf("%+v, %v", rows, err)
	}
	same(
		t, rows[1].Actions,
		`[{"action_name": "assign_agent", "action_params": ["self"]}, {"action_name": "resolve_conversation", "action_params": []}]`,
	)
	shared, own := macros+"/"+formatID(rows[0].ID), macros+"/"+formatID(rows[1].ID)
	agent.get(macros).status(200).has("tbody tr", 2).has("tbody td.end a", 1)
	agent.get(shared).status(http.StatusForbidden)
	agent.post(shared, form("Taken", "personal")).status(http.StatusForbidden)
	agent.post(shared+"/deletion", nil).status(http.StatusForbidden)
	admin.get(own).status(http.StatusNotFound)
	refused := agent.post(own, url.Values{"name": {""}, "a0_name": {"send_message"}, "a0_text": {""}}).status(http.StatusUnprocessableEntity)
	refused.reads("#f-name-more", "can't be blank").reads("[aria-label='Action 1']", "Write the text")

	t.Run("is run from a conversation by those who may", func(t *testing.T) {
		c := h.conversation("Ada", "Hello")
		here := link.Conversation(h.account.ID, c.DisplayID)
		b := agent.in(t)
		b.get(here).status(200).has("#more-menu [name=macro]", 2).reads("#more-menu", "Mine and done")
		b.script("main").at(here).post(here+"/macros", url.Values{"macro": {formatID(rows[1].ID)}}).status(200).reads("body", "Mine and done")
		b.post(here+"/macros", url.Values{"macro": {"999"}}).status(http.StatusNotFound)
		admin.in(t).post(here+"/macros", url.Values{"macro": {formatID(rows[1].ID)}}).status(http.StatusNotFound)
		var jobs int
		if err := h.pool.QueryRow(
			t.Context(),
			"SELECT count(*) FROM river_job WHERE kind = 'run_macro' AND (args->>'macro_id')::bigint = $1 AND (args->>'user_id')::bigint = $2",
			rows[1].ID, h.agent.ID,
		).Scan(&jobs); err != nil || jobs != 1 {
			t.Errorf("%d runs, %v", jobs, err)
		}
	})

	agent.post(own+"/deletion", nil).to(macros)
	agent.get(macros).has("tbody tr", 1)
	if strings.Contains(agent.get(macros).Body.String(), "Mine and done") {
		t.Error("it is still there")
	}
}

func TestPagesOfRulesAndMacrosShowWhatTheirWebhooksSent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for page, table := range map[string]string{"automation": "automation_rules", "macros": "macros"} {
		columns := map[string]string{
			"automation": "(account_id, name, event_name) VALUES ($1, 'x', 'message_created')",
			"macros":     "(account_id, name, visibility) VALUES ($1, 'x', 'global')",
		}[page]
		var id int64
		if err := h.pool.QueryRow(t.Context(), "INSERT INTO "+table+" "+columns+" RETURNING id", h.account.ID).Scan(&id); err != nil {
			t.Fatal(err)
		}
		one := link.Setting(h.account.ID, page, id)
		h.as(h.admin).get(one).status(200).has("#log", 0)
		kind := map[string]string{"automation": "rule:", "macros": "macro:"}[page]
		for _, row := range []string{
			"'waiting', 0, NULL, '', NULL", "'pending', 2, 500, 'The receiver answered 500', now() + interval '1 hour'",
			"'failed', 1, NULL, 'Not called: the address is not on the public internet', NULL", "'delivered', 1, 204, '', NULL",
		} {
			_, err := h.pool.Exec(t.Context(), `INSERT INTO webhook_deliveries
				(account_id, receiver, event_id, event_name, lane, state, attempts, last_status, last_error, next_try_at)
				SELECT $1, $2, (SELECT count(*) FROM webhook_deliveries), 'x', 'conversation:1', `+row, h.account.ID, kind+formatID(id))
			if err != nil {
				t.Fatal(err)
			}
		}
		log := h.as(h.admin).get(one).status(200)
		for _, sentence := range []string{
			"Waits for an earlier event of the conversation", "Retrying · 500", "The receiver answered 500. Next try: ", "Failed",
			"Not called: the address is not on the public internet", "Delivered · 204",
		} {
			log.reads("#log tbody", sentence)
		}
	}
}
