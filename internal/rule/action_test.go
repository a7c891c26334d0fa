package rule_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/rule"
)

// actionCase is an action with its parameters, and what the conversation shows after it.
type actionCase struct {
	name   string
	params func(f fixture) string
	want   []string
}

// text are parameters that need no fixture.
func text(raw string) func(fixture) string { return func(fixture) string { return raw } }

// given is what each conversation of actionCases begins with.
func given(f fixture) func(ctx context.Context, t *desk.Tx) error {
	return func(ctx context.Context, t *desk.Tx) error {
		return errors.Join(t.Assign(ctx, f.c.ID, f.ann.ID), t.SetTeam(ctx, f.c.ID, &f.team.ID), t.Label(ctx, f.c.ID, []string{"vip"}))
	}
}

func actionCases() []actionCase {
	had := []string{"assignee Ann", "team billing", "labels [vip]"}
	and := func(more ...string) []string { return append(had[:3:3], more...) }
	status := func(s string) []string { return append([]string{"status " + s}, had...) }
	return []actionCase{
		{"assign_agent", func(f fixture) string {
			return `["` + strconv.FormatInt(f.root.ID, 10) + `"]`
		}, []string{"assignee Root", "team billing", "labels [vip]"}},
		{"assign_agent", text(`["nil"]`), []string{"team billing", "labels [vip]"}},
		{"remove_assigned_agent", text(`[]`), []string{"team billing", "labels [vip]"}},
		{"assign_team", text(`["nil"]`), []string{"assignee Ann", "labels [vip]"}},
		{"assign_team", func(f fixture) string { return `[` + strconv.FormatInt(f.team.ID, 10) + `]` }, had},
		{"remove_assigned_team", text(`null`), []string{"assignee Ann", "labels [vip]"}},
		{"add_label", text(`["late", "vip"]`), []string{"assignee Ann", "team billing", "labels [vip late]"}},
		{"remove_label", text(`["vip"]`), []string{"assignee Ann", "team billing"}},
		{"change_priority", text(`["urgent"]`), append([]string{"priority urgent"}, had...)},
		{"change_priority", text(`["nil"]`), had},
		{"change_status", text(`["pending"]`), status("pending")},
		{"resolve_conversation", text(`[]`), status("resolved")},
		{"open_conversation", text(`[]`), had},
		{"pending_conversation", text(`[]`), status("pending")},
		{"snooze_conversation", text(`[]`), status("snoozed")},
		{"mute_conversation", text(`[]`), append(status("resolved"), "blocked Ada Example")},
		{"send_message", text(`["Hello {{contact.name}}"]`), and("message Hello Ada Example")},
		{"add_private_note", text(`["Check it"]`), and("note Check it")},
		{"send_attachment", func(f fixture) string { return `["` + f.upload("terms.txt") + `"]` }, and("file terms.txt")},
		{"send_email_to_team", func(f fixture) string {
			return `[{"team_ids":[` + strconv.FormatInt(f.team.ID, 10) + `],"message":"Look"}]`
		}, and("team mail to ann@account1.example")},
		{"send_email_transcript", text(`["boss@example.test, Two@Example.test"]`), and(
			"transcript mail to boss@example.test", "transcript mail to two@example.test")},
		{"send_webhook_event", text(`["https://crm.example/in"]`), and("calls https://crm.example/in")},
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{}
	for _, one := range actionCases() {
		tested[one.name] = true
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.must(f.as(f.root), given(f))
			r := db.AutomationRule{AccountID: f.account.ID, ID: 1}
			actions := `[{"action_name":"` + one.name + `","action_params":` + one.params(f) + `}]`
			for _, problem := range f.execute(desk.Rule(r), actions, rule.Cause{RuleID: 1, EventID: 2, EventName: "message_created"}) {
				t.Error(problem)
			}
			if d := cmp.Diff(one.want, f.shows()); d != "" {
				t.Error(d)
			}
		})
	}
	for _, a := range rule.ActionTypes() {
		if !tested[a.Name] {
			t.Errorf("no case does %s", a.Name)
		}
	}
}

// execute does actions on the conversation and returns what could not be done.
func (f fixture) execute(who desk.Actor, raw string, why rule.Cause) (problems []string) {
	f.t.Helper()
	actions, err := rule.Actions(json.RawMessage(raw))
	if err != nil {
		f.t.Fatal(err)
	}
	f.must(who, func(ctx context.Context, t *desk.Tx) (err error) {
		if _, err := t.Conversation(ctx, f.c.DisplayID); err != nil {
			return err
		}
		problems, err = rule.Execute(ctx, t, f.c.ID, actions, why)
		return err
	})
	return problems
}

func TestAnActionThatCannotBeDoneLeavesTheOthers(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct{ action, params, problem string }{
		"an unknown action":          {"explode", `null`, "is not supported"},
		"an agent who is no member":  {"assign_agent", `[999999]`, "what it names is no longer there"},
		"a team that is no more":     {"assign_team", `[999999]`, "what it names is no longer there"},
		"no file":                    {"send_attachment", `[]`, "needs the blob_id of an uploaded file"},
		"a file that was swept away": {"send_attachment", `["gone"]`, "a file is no longer there"},
		"a team without members":     {"send_email_to_team", `[{"team_ids":[999999]}]`, "there is nobody in the team"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			problems := f.execute(f.as(f.root), `[{"action_name":"`+one.action+`","action_params":`+one.params+`},
				{"action_name":"add_label","action_params":["done"]}]`, rule.Cause{JobID: 1})
			if d := cmp.Diff([]string{one.action + ": " + one.problem}, problems); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff([]string{"labels [done]"}, f.shows()); d != "" {
				t.Error(d)
			}
		})
	}
}

// misunderstood are parameters that no action of a field understands, and what the sentence says of them.
func misunderstood() map[rule.Field]map[string]string {
	odd := map[string]string{`[null]`: "[0] is null", `[[7]]`: "[0] is [7]", `[{"name":"x"}]`: `[0] is {"name":"x"}`}
	with := func(more map[string]string) map[string]string {
		maps.Copy(more, odd)
		return more
	}
	ids := func() map[string]string {
		return with(map[string]string{
			`[]`: "needs", `null`: "needs", `[""]`: `[0] is ""`, `[0]`: "[0] is 0", `["0"]`: `[0] is "0"`,
			`[-1]`: "[0] is -1", `[1.5]`: "[0] is 1.5",
			`["banana"]`: `[0] is "banana"`, `[true]`: "[0] is true", `"banana"`: `[0] is "banana"`, `[7, 8]`: "at most 1",
			`[99999999999999999999]`: "[0] is",
		})
	}
	return map[rule.Field]map[string]string{
		rule.FieldNone:     {`["x"]`: `[0] is "x"`, `[7]`: "[0] is 7", `[null, {"a":1}]`: `[1] is {"a":1}`},
		rule.FieldAgent:    ids(),
		rule.FieldTeam:     ids(),
		rule.FieldText:     with(map[string]string{`[]`: "needs", `[""]`: `[0] is ""`, `["a", "b"]`: "at most 1", `["a\u0000"]`: "[0] is"}),
		rule.FieldLabels:   with(map[string]string{`[]`: "needs", `["vip", " "]`: `[1] is " "`, `["vip", null]`: "[1] is null"}),
		rule.FieldStatus:   with(map[string]string{`[]`: "needs", `["closed"]`: `[0] is "closed"`, `[0]`: "[0] is 0"}),
		rule.FieldPriority: with(map[string]string{`[]`: "needs", `["highest"]`: `[0] is "highest"`, `[""]`: `[0] is ""`}),
		rule.FieldFiles:    with(map[string]string{`[]`: "needs", `[""]`: `[0] is ""`}),
		rule.FieldAddresses: with(map[string]string{
			`[]`: "needs", `["boss"]`: `[0] is "boss"`, `["a@example.test", "b@example.test, boss"]`: `[1] is "b@example.test, boss"`,
		}),
		rule.FieldWebAddress: with(map[string]string{
			`[]`: "needs", `["ftp://x.example"]`: `[0] is "ftp://x.example"`, `["https://x.example", "x"]`: `[1] is "x"`,
		}),
		rule.FieldTeamMail: {
			`[]`: "needs", `["x"]`: `[0] is "x"`, `[{"team_ids":[]}]`: "team_ids", `[{"team_ids":[7,"x"]}]`: `team_ids[1] is "x"`,
			`[{"team_ids":[0]}]`: "team_ids[0] is 0", `[{"team_ids":[7],"message":5}]`: "needs a message", `[{},{}]`: "one object",
		},
	}
}

func TestAnActionThatIsNotUnderstoodIsRefusedAndDoesNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range rule.ActionTypes() {
		bad := misunderstood()[kind.Field]
		if len(bad) == 0 {
			t.Errorf("no case misunderstands %s", kind.Name)
		}
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.must(f.as(f.root), given(f))
			was := f.shows()
			for params, message := range bad {
				raw := `[{"action_name":"mute_conversation"},{"action_name":"` + kind.Name + `","action_params":` + params + `}]`
				for who, problems := range map[string]map[string][]string{
					"rule":  rule.Validate("message_created", json.RawMessage(`[]`), json.RawMessage(raw), nil),
					"macro": rule.ValidateActions(json.RawMessage(raw)),
				} {
					said := strings.Join(problems["actions"], " ")
					if !strings.Contains(said, "actions[1] "+kind.Name) || !strings.Contains(said, message) {
						t.Errorf("a %s with %s: %q does not say %q", who, params, said, message)
					}
				}
				alone := `[{"action_name":"` + kind.Name + `","action_params":` + params + `}]`
				for _, why := range []rule.Cause{{RuleID: 1, EventID: 2, EventName: "message_created"}, {MacroID: 1, JobID: 1}} {
					if problems := f.execute(f.as(f.root), alone, why); len(problems) != 1 {
						t.Errorf("%s ran with %s: %v", kind.Name, params, problems)
					}
				}
				if d := cmp.Diff(was, f.shows()); d != "" {
					t.Errorf("%s changed the conversation: %s", params, d)
				}
			}
		})
	}
}

func TestWhoIsAssigned(t *testing.T) {
	t.Parallel()
	f := setup(t)
	bob := dbtest.Agent(t, f.pool, f.account, "Bob", f.inbox)
	outside := dbtest.Agent(t, f.pool, f.account, "Olga")
	assign := func(who desk.Actor, to string, why rule.Cause) []string {
		return f.execute(who, `[{"action_name":"assign_agent","action_params":[`+to+`]}]`, why)
	}
	byRule, byMacro := rule.Cause{RuleID: 1, EventID: 2, EventName: "message_created"}, rule.Cause{MacroID: 1, JobID: 1}
	is := func(what string, problems []string, many int, want string) {
		t.Helper()
		if d := cmp.Diff([]string{"assignee " + want}, f.shows()[:1]); d != "" || len(problems) != many {
			t.Errorf("%s: %s%v", what, d, problems)
		}
	}
	system := desk.Rule(db.AutomationRule{AccountID: f.account.ID, ID: 1})
	is("a member of the inbox", assign(system, strconv.FormatInt(bob.ID, 10), byRule), 0, "Bob")
	is("no answer yet", assign(system, `"last_responding_agent"`, byRule), 0, "Bob")
	is("an agent of no inbox, by a rule", assign(system, strconv.FormatInt(outside.ID, 10), byRule), 1, "Bob")
	is("an agent of no inbox, by a macro", assign(f.as(f.root), strconv.FormatInt(outside.ID, 10), byMacro), 1, "Bob")
	is("self in a rule", assign(system, `"self"`, byRule), 1, "Bob")
	is("self in a macro", assign(f.as(f.ann), `"self"`, byMacro), 0, "Ann")
	is("an administrator", assign(system, strconv.FormatInt(f.root.ID, 10), byRule), 0, "Root")
	post := func(who db.User, private bool, text string) {
		f.must(f.as(who), func(ctx context.Context, t *desk.Tx) error {
			_, err := t.Post(ctx, f.c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: private, Content: &text})
			return err
		})
	}
	post(f.ann, false, "Hello")
	post(f.root, true, "A note is no answer")
	is("who answered last", assign(system, `"last_responding_agent"`, byRule), 0, "Ann")
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.RemoveMember(ctx, f.ann.ID) })
	is("before the one who has left", assign(system, strconv.FormatInt(bob.ID, 10), byRule), 0, "Bob")
	is("who answered last has left", assign(system, `"last_responding_agent"`, byRule), 1, "Bob")
}

func TestAMacroCallsAWebhook(t *testing.T) {
	t.Parallel()
	f := setup(t)
	problems := f.execute(f.as(f.ann), `[{"action_name":"send_webhook_event","action_params":["https://crm.example/in"]}]`,
		rule.Cause{MacroID: 3, JobID: 1})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := f.textColumn(`SELECT j.args->>'macro_id' || ' ' || (j.args->>'event_name') || ' by ' || e.actor_kind FROM river_job j
		JOIN events e ON e.id = (j.args->>'event_id')::bigint AND e.kind = 'macro.executed' WHERE j.kind = 'send_rule_webhook'`)
	if d := cmp.Diff([]string{"3 macro.executed by user"}, got); d != "" {
		t.Error(d)
	}
}

func TestARulesMessageIsNoReply(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		why   rule.Cause
		reply bool
		mark  string
	}{
		"a rule's":  {rule.Cause{RuleID: 7, EventID: 1}, false, `{"automation_rule_id": 7}`},
		"a macro's": {rule.Cause{JobID: 1}, true, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.execute(f.as(f.ann), `[{"action_name":"send_message","action_params":["Hi"]}]`, one.why)
			if got := f.textColumn("SELECT (first_reply_at IS NOT NULL)::text FROM conversations"); got[0] != strconv.FormatBool(one.reply) {
				t.Errorf("it counts as the first reply: %s", got[0])
			}
			if got := f.textColumn("SELECT content_attributes::text FROM messages WHERE kind = 'outgoing'"); got[0] != one.mark {
				t.Errorf("its attributes are %s", got[0])
			}
		})
	}
}

func TestAssignSelf(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.execute(f.as(f.ann), `[{"action_name":"assign_agent","action_params":["self"]}]`, rule.Cause{JobID: 1})
	if d := cmp.Diff([]string{"assignee Ann"}, f.shows()); d != "" {
		t.Error(d)
	}
}

func TestMailsAreOrderedOnceForTheirCause(t *testing.T) {
	t.Parallel()
	f := setup(t)
	const mail = `[{"action_name":"send_email_transcript","action_params":["boss@example.test"]}]`
	for _, why := range []rule.Cause{{RuleID: 1, EventID: 1}, {RuleID: 1, EventID: 2}, {JobID: 1}, {JobID: 2}} {
		f.execute(f.as(f.ann), mail, why)
		f.execute(f.as(f.ann), mail, why)
	}
	if n := len(f.mails()); n != 4 {
		t.Errorf("%d mails for four causes", n)
	}
}
