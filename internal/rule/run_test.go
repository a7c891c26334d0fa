package rule_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/rule"
)

func TestBegins(t *testing.T) {
	t.Parallel()
	moved := func(to string) desk.Data { return desk.Data{Changed: map[string][2]any{"status": {"pending", to}}} }
	updated := []string{"conversation_updated"}
	for name, one := range map[string]struct {
		kind string
		data desk.Data
		want []string
	}{
		"a new conversation":          {desk.ConversationCreated, desk.Data{}, []string{"conversation_created"}},
		"a message":                   {desk.MessageCreated, desk.Data{Kind: db.MessageKindIncoming}, []string{"message_created"}},
		"a line that the thread says": {desk.MessageCreated, desk.Data{Kind: db.MessageKindActivity}, nil},
		"opened":                      {desk.ConversationStatusChanged, moved("open"), append(updated[:1:1], "conversation_opened")},
		"resolved":                    {desk.ConversationStatusChanged, moved("resolved"), append(updated[:1:1], "conversation_resolved")},
		"snoozed":                     {desk.ConversationStatusChanged, moved("snoozed"), updated},
		"assigned":                    {desk.ConversationAssigned, desk.Data{}, updated},
		"given to a team":             {desk.ConversationTeamChanged, desk.Data{}, updated},
		"another priority":            {desk.ConversationPriorityChanged, desk.Data{}, updated},
		"labelled":                    {desk.ConversationLabelled, desk.Data{}, updated},
		"other attributes":            {desk.ConversationUpdated, desk.Data{}, updated},
		"read":                        {desk.ConversationRead, desk.Data{}, nil},
		"a changed contact":           {desk.ContactUpdated, desk.Data{}, nil},
	} {
		if got := rule.Begins(db.Event{Kind: one.kind}, one.data); !slices.Equal(got, one.want) {
			t.Errorf("%s begins %v, want %v", name, got, one.want)
		}
		if got := rule.Begins(db.Event{Kind: one.kind, ActorKind: db.ActorKindRule}, one.data); got != nil {
			t.Errorf("%s by a rule begins %v", name, got)
		}
		for _, event := range one.want {
			if _, ok := rule.FindEvent(event); !ok {
				t.Errorf("%s is no event of rules", event)
			}
		}
	}
}

// last is the newest event of a kind, with its data.
func (f fixture) last(kind string) (db.Event, desk.Data) {
	f.t.Helper()
	var e db.Event
	err := f.pool.QueryRow(context.Background(),
		"SELECT account_id, id, kind, actor_kind, conversation_id, message_id, data FROM events WHERE kind = $1 ORDER BY id DESC LIMIT 1", kind).
		Scan(&e.AccountID, &e.ID, &e.Kind, &e.ActorKind, &e.ConversationID, &e.MessageID, &e.Data)
	if err != nil {
		f.t.Fatal(err)
	}
	data, err := desk.DataOf(e)
	if err != nil {
		f.t.Fatal(err)
	}
	return e, data
}

// run runs a rule for an event.
func (f fixture) run(r db.AutomationRule, e db.Event, data desk.Data) {
	f.t.Helper()
	if err := rule.Run(context.Background(), f.desk, r, e, data); err != nil {
		f.t.Fatal(err)
	}
}

// runs are the runs of rules with their outcomes.
func (f fixture) runs() []string {
	f.t.Helper()
	return f.textColumn("SELECT outcome || ' ' || error FROM rule_runs ORDER BY rule_id, event_id")
}

const containsRefund = `[{"attribute_key":"content","filter_operator":"contains","values":["refund"]}]`

func TestRun(t *testing.T) {
	t.Parallel()

	t.Run("a rule whose conditions hold runs once for an event", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		r := f.rule("message_created", containsRefund, `[{"action_name":"add_private_note","action_params":["Check it"]}]`)
		dbtest.Message(t, f.pool, f.c, "I want a refund")
		e, data := f.last(desk.MessageCreated)
		f.run(r, e, data)
		f.run(r, e, data)
		if d := cmp.Diff([]string{"note Check it"}, f.shows()); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]string{"done "}, f.runs()); d != "" {
			t.Error(d)
		}
		if e, _ := f.last(desk.MessageCreated); e.ActorKind != db.ActorKindRule {
			t.Errorf("the note is by %s", e.ActorKind)
		}
	})

	t.Run("a rule whose conditions do not hold leaves nothing", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		r := f.rule("message_created", containsRefund, `[{"action_name":"add_label","action_params":["x"]}]`)
		dbtest.Message(t, f.pool, f.c, "Hello")
		f.run(r, firstParam(f.last(desk.MessageCreated)), desk.Data{DisplayID: f.c.DisplayID})
		if got := append(f.shows(), f.runs()...); len(got) != 0 {
			t.Errorf("left %q", got)
		}
	})

	t.Run("what an action could not do is noted with the run", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		r := f.rule("conversation_created", `[]`, `[
			{"action_name":"assign_team","action_params":[999]},
			{"action_name":"add_label","action_params":["x"]}]`)
		e, data := f.last(desk.ConversationCreated)
		f.run(r, e, data)
		if d := cmp.Diff([]string{"failed assign_team: what it names is no longer there"}, f.runs()); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]string{"labels [x]"}, f.shows()); d != "" {
			t.Error(d)
		}
	})

	t.Run("an outage undoes the whole run, so that it can be tried again", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		r := f.rule("conversation_created", `[]`, `[
			{"action_name":"add_private_note","action_params":["x"]},
			{"action_name":"add_label","action_params":["x"]}]`)
		e, data := f.last(desk.ConversationCreated)
		f.textColumn(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$`)
		f.textColumn("CREATE TRIGGER refuse BEFORE UPDATE OF labels ON conversations FOR EACH ROW EXECUTE FUNCTION refuse()")
		if err := rule.Run(context.Background(), f.desk, r, e, data); err == nil {
			t.Error("the run counts as done")
		}
		if got := append(f.shows(), f.runs()...); len(got) != 0 {
			t.Errorf("left %q", got)
		}
		f.textColumn("DROP TRIGGER refuse ON conversations")
		f.run(r, e, data)
		if d := cmp.Diff([]string{"labels [x]", "note x"}, f.shows()); d != "" {
			t.Error(d)
		}
	})

	t.Run("a change is what the event tells, not what is so by now", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		r := f.rule("conversation_updated",
			`[{"attribute_key":"priority","filter_operator":"attribute_changed","values":{"from":["nil"],"to":["urgent"]}}]`,
			`[{"action_name":"add_label","action_params":["hot"]}]`)
		urgent, low := db.ConversationPriorityUrgent, db.ConversationPriorityLow
		f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.SetPriority(ctx, f.c.ID, &urgent) })
		e, data := f.last(desk.ConversationPriorityChanged)
		f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.SetPriority(ctx, f.c.ID, &low) })
		later, laterData := f.last(desk.ConversationPriorityChanged)
		f.run(r, later, laterData)
		if got := f.runs(); len(got) != 0 {
			t.Errorf("the second change ran it: %q", got)
		}
		f.run(r, e, data)
		if d := cmp.Diff([]string{"priority low", "labels [hot]"}, f.shows()); d != "" {
			t.Error(d)
		}
	})

	t.Run("a conversation that was deleted, and rules that were kept before they were checked, are passed over", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		e, data := f.last(desk.ConversationCreated)
		broken := db.AutomationRule{
			AccountID: f.account.ID, ID: 1, Conditions: json.RawMessage(`{}`), Actions: json.RawMessage(`[{"action_name":"add_label"}]`),
		}
		f.run(broken, e, data)
		broken.Conditions, broken.Actions = json.RawMessage(`[]`), json.RawMessage(`{}`)
		f.run(broken, e, data)
		f.run(f.rule("conversation_created", `[]`, `[]`), e, data)
		f.run(f.rule("conversation_created", `[]`, `[{"action_name":"add_label"}]`), db.Event{Kind: desk.ContactUpdated}, desk.Data{})
		f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.DeleteConversation(ctx, f.c.ID) })
		f.run(f.rule("conversation_created", `[]`, `[{"action_name":"add_label","action_params":["x"]}]`), e, data)
		if got := f.runs(); len(got) != 0 {
			t.Errorf("ran %q", got)
		}
	})
}

func firstParam[A, B any](a A, _ B) A { return a }

func TestRead(t *testing.T) {
	t.Parallel()
	f := setup(t)
	m := dbtest.Message(t, f.pool, f.c, "Hello")
	e, data := f.last(desk.MessageCreated)
	s, err := rule.Read(context.Background(), f.q, f.c, e, data)
	if err != nil || s.Conversation.ID != f.c.ID || s.Contact.ID != f.c.ContactID || s.Message == nil || s.Message.ID != m.ID {
		t.Errorf("subject is %+v, %v", s, err)
	}
	e.MessageID = nil
	if s, err := rule.Read(context.Background(), f.q, f.c, e, data); err != nil || s.Message != nil {
		t.Errorf("an event without a message: %+v, %v", s.Message, err)
	}
}
