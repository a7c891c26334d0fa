package rule_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
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
		"an unknown action": {
			"explode", `null`,
			"there is no such action",
		},
		"an agent who is no member": {
			"assign_agent", `[999999]`,
			"not found",
		},
		"a team that is no more": {
			"assign_team", `[999999]`,
			"not found",
		},
		"an unknown status": {
			"change_status", `["closed"]`,
			"Status must be open, resolved, pending or snoozed",
		},
		"an unknown priority": {
			"change_priority", `["highest"]`,
			"Priority must be low, medium, high or urgent",
		},
		"a message without text": {
			"send_message", `[]`,
			"there is nothing to say",
		},
		"no file": {
			"send_attachment", `[]`,
			"there is no file",
		},
		"a file that was swept away": {
			"send_attachment", `["gone"]`,
			"no rows in result set",
		},
		"a team without members": {
			"send_email_to_team", `[{"team_ids":[999999]}]`,
			"there is nobody in the team",
		},
		"an address that is none": {
			"send_email_transcript", `["boss"]`,
			"an address is not one that a mail can be sent to",
		},
		"no address": {
			"send_email_transcript", `[]`,
			"there must be one to 20 addresses",
		},
		"an event without a rule's": {
			"send_webhook_event", `["https://crm.example/in"]`,
			"only a rule can send an event",
		},
		"a label that is too long": {
			"add_label", `["` + strings.Repeat("x", 256) + `"]`,
			"Labels are too long (maximum is 255 characters)",
		},
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
