package rule_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/rule"
)

func TestSave(t *testing.T) {
	t.Parallel()
	f := setup(t)
	key := f.upload("terms.txt")
	r := f.rule("message_created", `[]`, `[{"action_name":"send_attachment","action_params":["`+key+`"]}]`)
	if got := f.textColumn("SELECT meta::text FROM attachments"); !slices.Equal(got, []string{`{"kept": true}`}) {
		t.Errorf("the file is kept as %v", got)
	}
	r.Name, r.Active = "Other", false
	for range 2 {
		f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
			_, err := rule.Save(ctx, t, r)
			return err
		})
	}
	if d := cmp.Diff([]string{"Other false"}, f.textColumn("SELECT name || ' ' || active FROM automation_rules")); d != "" {
		t.Error(d)
	}
	elsewhere := dbtest.Account(t, f.pool, "Elsewhere")
	err := f.do(desk.System(elsewhere.ID), func(ctx context.Context, t *desk.Tx) error {
		_, err := rule.Save(ctx, t, r)
		return err
	})
	if !errors.Is(err, rule.ErrFile) {
		t.Errorf("another account's file: %v", err)
	}
	r.Actions = json.RawMessage(`[]`)
	err = f.do(desk.System(elsewhere.ID), func(ctx context.Context, t *desk.Tx) error {
		_, err := rule.Save(ctx, t, r)
		return err
	})
	if !db.IsNone(err) {
		t.Errorf("another account's rule: %v", err)
	}
}

func TestSaveRefusesAFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	f := setup(t)
	kept := f.upload("terms.txt")
	send := func(key string) json.RawMessage {
		return json.RawMessage(`[{"action_name":"send_attachment","action_params":["` + key + `"]}]`)
	}
	r := f.rule("message_created", `[]`, string(send(kept)))
	m := f.macro(f.ann, rule.Personal)
	m.Actions = send(kept)
	save := func(r db.AutomationRule, m db.Macro) (byRule, byMacro error) {
		byRule = f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
			_, err := rule.Save(ctx, t, r)
			return err
		})
		byMacro = f.do(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
			_, err := rule.SaveMacro(ctx, t, m)
			return err
		})
		return byRule, byMacro
	}
	if byRule, byMacro := save(r, m); byRule != nil || byMacro != nil {
		t.Fatal(byRule, byMacro)
	}
	if _, err := f.pool.Exec(t.Context(), "DELETE FROM attachments"); err != nil {
		t.Fatal(err)
	}
	if byRule, byMacro := save(r, m); byRule != nil || byMacro != nil {
		t.Errorf("a file that it has already is refused: %v, %v", byRule, byMacro)
	}
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
		made, err := rule.Clone(ctx, t, r.ID)
		if err == nil && (made.ID == r.ID || made.Name != r.Name || len(rule.Files(made.Actions)) != 1) {
			f.t.Errorf("the copy is %+v", made)
		}
		return err
	})
	r.Actions, m.Actions = send("other"), send("other")
	byRule, byMacro := save(r, m)
	if !errors.Is(byRule, rule.ErrFile) || !errors.Is(byMacro, rule.ErrFile) {
		t.Errorf("a file that is not there is kept: %v, %v", byRule, byMacro)
	}
	r.ID, m.ID = 0, 0
	byRule, byMacro = save(r, m)
	if !errors.Is(byRule, rule.ErrFile) || !errors.Is(byMacro, rule.ErrFile) {
		t.Errorf("a new one with a file that is not there is kept: %v, %v", byRule, byMacro)
	}
	kept = f.textColumn("SELECT actions->0->'action_params'->>0 FROM automation_rules")[0] +
		f.textColumn("SELECT count(*)::text FROM macros")[0]
	if n := f.textColumn("SELECT count(*)::text FROM automation_rules")[0]; n != "2" {
		t.Errorf("%s rules are stored", n)
	}
	if strings.Contains(kept, "other") || !strings.HasSuffix(kept, "1") {
		t.Errorf("what was refused is stored: %s", kept)
	}
}

func TestAConditionThatIsNotUnderstoodIsRefused(t *testing.T) {
	t.Parallel()
	const good = `{"attribute_key":"content","filter_operator":"contains","values":["x"],"query_operator":"and"}`
	const key, op, values = `{"attribute_key":"`, `","filter_operator":"`, `","values":`
	for condition, message := range map[string]string{
		`7`: "conditions[1] must be an object",
		key + `inbox_id` + op + `equal_to` + values + `[]}`:                                   "conditions[1] inbox_id needs values",
		key + `inbox_id` + op + `equal_to` + values + `[1,"x"]}`:                              `values[1] is "x"`,
		key + `inbox_id` + op + `equal_to` + values + `[0]}`:                                  "values[0] is 0",
		key + `assignee_id` + op + `equal_to` + values + `[null]}`:                            "values[0] is null",
		key + `team_id` + op + `not_equal_to` + values + `[""]}`:                              `values[0] is ""`,
		key + `status` + op + `equal_to` + values + `["closed"]}`:                             `values[0] is "closed"`,
		key + `priority` + op + `equal_to` + values + `["high","top"]}`:                       `values[1] is "top"`,
		key + `message_type` + op + `equal_to` + values + `["sideways"]}`:                     `values[0] is "sideways"`,
		key + `private_note` + op + `equal_to` + values + `["perhaps"]}`:                      `values[0] is "perhaps"`,
		key + `content` + op + `contains` + values + `[["x"]]}`:                               `values[0] is ["x"]`,
		key + `content` + op + `contains` + values + `["x",""]}`:                              `values[1] is ""`,
		key + `content` + op + `attribute_changed` + values + `{"from":[],"to":[]}}`:          "attribute_changed does not apply",
		key + `status` + op + `attribute_changed` + values + `["open"]}`:                      "from and to",
		key + `status` + op + `attribute_changed` + values + `{"from":["open"],"to":["ha"]}}`: `values.to[0] is "ha"`,
		key + `due` + op + `days_before` + values + `["soon"]}`:                               `values[0] is "soon"`,
		key + `due` + op + `equal_to` + values + `["1"],"custom_attribute_type":"planet"}`:    `custom_attribute_type "planet"`,
	} {
		problems := rule.Validate("message_created", json.RawMessage("["+good+","+condition+"]"), json.RawMessage(`[]`), []string{"due"})
		if said := strings.Join(problems["conditions"], " "); !strings.Contains(said, message) {
			t.Errorf("%s: %q does not say %q", condition, said, message)
		}
	}
	many := "[" + strings.Repeat(`{"action_name":"mute_conversation"},`, 50) + `{"action_name":"mute_conversation"}]`
	if problems := rule.ValidateActions(json.RawMessage(many)); len(problems["actions"]) != 1 {
		t.Errorf("51 actions: %v", problems)
	}
	if problems := rule.ValidateActions(json.RawMessage(`[{"action_name":"mute_conversation"},"x"]`)); !strings.Contains(
		strings.Join(problems["actions"], ""), "actions[1] must be an object") {
		t.Errorf("an action that is text: %v", problems)
	}
}

func (f fixture) macro(by db.User, visibility string) (m db.Macro) {
	f.t.Helper()
	f.must(f.as(by), func(ctx context.Context, t *desk.Tx) (err error) {
		m, err = rule.SaveMacro(ctx, t, db.Macro{Name: "Macro", Visibility: visibility, Actions: json.RawMessage(`[]`)})
		return err
	})
	return m
}

func TestSaveMacro(t *testing.T) {
	t.Parallel()
	f := setup(t)
	key := f.upload("terms.txt")
	m := f.macro(f.ann, rule.Personal)
	m.Name, m.Actions = "Terms", json.RawMessage(`[{"action_name":"send_attachment","action_params":["`+key+`"]}]`)
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
		_, err := rule.SaveMacro(ctx, t, m)
		return err
	})
	want := []string{"Terms by Ann, changed by Root"}
	got := f.textColumn(`SELECT m.name || ' by ' || c.name || ', changed by ' || u.name FROM macros m
		JOIN users c ON c.id = m.created_by_id JOIN users u ON u.id = m.updated_by_id`)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := f.textColumn("SELECT meta::text FROM attachments"); !slices.Equal(got, []string{`{"kept": true}`}) {
		t.Errorf("the file is kept as %v", got)
	}
}

func TestOwnMacro(t *testing.T) {
	t.Parallel()
	f := setup(t)
	bob := dbtest.Agent(t, f.pool, f.account, "Bob")
	mine, all := f.macro(f.ann, rule.Personal), f.macro(f.root, rule.Global)
	own := func(u db.User, m db.Macro) error {
		return f.do(f.as(u), func(ctx context.Context, t *desk.Tx) error {
			_, err := rule.OwnMacro(ctx, t, m.ID)
			return err
		})
	}
	if err := own(f.ann, mine); err != nil {
		t.Errorf("one's own: %v", err)
	}
	if err := own(f.root, all); err != nil {
		t.Errorf("everybody's, for an administrator: %v", err)
	}
	if err := own(f.ann, all); !errors.Is(err, fault.Forbidden) {
		t.Errorf("everybody's, for an agent: %v", err)
	}
	for _, u := range []db.User{bob, f.root} {
		if err := own(u, mine); !db.IsNone(err) {
			t.Errorf("Ann's, for %s: %v", u.Name, err)
		}
	}
}

func TestRunMacro(t *testing.T) {
	t.Parallel()
	f := setup(t)
	m := f.macro(f.ann, rule.Personal)
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return rule.RunMacro(ctx, t, m, 4, 9) })
	got := f.textColumn("SELECT args->>'display_ids' FROM river_job WHERE kind = 'run_macro' ORDER BY id")
	if d := cmp.Diff([]string{"[4]", "[9]"}, got); d != "" {
		t.Error("one job for each conversation: " + d)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	good := db.AutomationRule{
		Name: "Refunds", EventName: "message_created",
		Conditions: json.RawMessage(`[]`), Actions: json.RawMessage(`[{"action_name":"mute_conversation"}]`),
	}
	for name, one := range map[string]struct {
		change func(r *db.AutomationRule)
		field  string
	}{
		"a good rule":        {func(*db.AutomationRule) {}, ""},
		"no name":            {func(r *db.AutomationRule) { r.Name = "" }, "name"},
		"a long name":        {func(r *db.AutomationRule) { r.Name = strings.Repeat("ä", 256) }, "name"},
		"a long description": {func(r *db.AutomationRule) { r.Description = strings.Repeat("ä", 20001) }, "description"},
		"an unknown event":   {func(r *db.AutomationRule) { r.EventName = "x" }, "event_name"},
		"an unknown action":  {func(r *db.AutomationRule) { r.Actions = json.RawMessage(`[{"action_name":"x"}]`) }, "actions"},
	} {
		r := good
		one.change(&r)
		problems := rule.Check(r, nil)
		if one.field == "" && problems != nil || one.field != "" && (len(problems) != 1 || len(problems[one.field]) != 1) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestCheckMacro(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		macro db.Macro
		field string
	}{
		"a good macro":      {db.Macro{Name: "Refund", Actions: json.RawMessage(`[{"action_name":"mute_conversation"}]`)}, ""},
		"no name":           {db.Macro{Actions: json.RawMessage(`[]`)}, "name"},
		"a long name":       {db.Macro{Name: strings.Repeat("ä", 256), Actions: json.RawMessage(`[]`)}, "name"},
		"an unknown action": {db.Macro{Name: "Refund", Actions: json.RawMessage(`[{"action_name":"x"}]`)}, "actions"},
	} {
		problems := rule.CheckMacro(one.macro)
		if one.field == "" && len(problems) != 0 || one.field != "" && (len(problems) != 1 || problems[one.field] == "") {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	got := rule.Files(json.RawMessage(`[
		{"action_name":"send_attachment","action_params":["a","b"]},
		{"action_name":"add_label","action_params":["c"]}]`))
	if !slices.Equal(got, []string{"a", "b"}) || rule.Files(json.RawMessage(`{}`)) != nil {
		t.Errorf("files are %v", got)
	}
}

func TestTeamMail(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]int64{
		`[{"team_ids":[1,"2"],"message":"Look"}]`:    {1, 2},
		`{"team_ids":[3],"message":"Look"}`:          {3},
		`[{"team_ids":[{"id":4}],"message":"Look"}]`: {4},
	} {
		if ids, message := rule.TeamMail(json.RawMessage(raw)); !slices.Equal(ids, want) || message != "Look" {
			t.Errorf("%s: %v, %q", raw, ids, message)
		}
	}
	if ids, message := rule.TeamMail(json.RawMessage(`"x"`)); ids != nil || message != "" {
		t.Errorf("no such thing: %v, %q", ids, message)
	}
}
