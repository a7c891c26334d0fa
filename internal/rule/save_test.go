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
	if !db.IsNone(err) {
		t.Errorf("another account's rule: %v", err)
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
