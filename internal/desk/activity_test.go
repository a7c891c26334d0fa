package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
)

// change is a change of a conversation that the thread tells of, what makes it possible, and how the line begins.
type change struct {
	before, do call
	line       string
}

func changes(c db.Conversation, team db.Team, bob db.User, bot db.AgentBot) map[string]change {
	high, low := db.ConversationPriorityHigh, db.ConversationPriorityLow
	status := func(to db.ConversationStatus) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.SetStatus(ctx, c.ID, to, nil) }
	}
	priority := func(to *db.ConversationPriority) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.SetPriority(ctx, c.ID, to) }
	}
	give := func(to *int64) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.SetTeam(ctx, c.ID, to) }
	}
	label := func(titles ...string) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.Label(ctx, c.ID, titles) }
	}
	assign := func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, bob.ID) }
	mute := func(ctx context.Context, t *desk.Tx) error { return t.Mute(ctx, c.ID) }
	return map[string]change{
		"assigns": {nil, assign, "Assigned to Bob by WHO"},
		"assigns a bot": {nil, func(ctx context.Context, t *desk.Tx) error {
			return t.AssignBot(ctx, c.ID, bot.ID)
		}, "Assigned to " + bot.Name + " by WHO"},
		"unassigns": {assign, func(ctx context.Context, t *desk.Tx) error {
			return t.Unassign(ctx, c.ID)
		}, "Conversation unassigned by WHO"},
		"gives to a team":      {nil, give(&team.ID), "Assigned to billing by WHO"},
		"takes from a team":    {give(&team.ID), give(nil), "Unassigned from billing by WHO"},
		"resolves":             {nil, status(db.ConversationStatusResolved), "Conversation was marked resolved by WHO"},
		"opens":                {status(db.ConversationStatusResolved), status(db.ConversationStatusOpen), "Conversation was reopened by WHO"},
		"sets pending":         {nil, status(db.ConversationStatusPending), "Conversation was marked as pending by WHO"},
		"snoozes":              {nil, status(db.ConversationStatusSnoozed), "Conversation was snoozed by WHO"},
		"sets the priority":    {nil, priority(&high), "WHO set the priority to high"},
		"changes the priority": {priority(&high), priority(&low), "WHO changed the priority from high to low"},
		"removes the priority": {priority(&high), priority(nil), "WHO removed the priority"},
		"adds labels":          {nil, label("late", "vip"), "WHO added late, vip"},
		"removes labels":       {label("vip"), label(), "WHO removed vip"},
		"mutes":                {nil, mute, "WHO has muted the conversation"},
		"unmutes": {mute, func(ctx context.Context, t *desk.Tx) error {
			return t.Unmute(ctx, c.ID)
		}, "WHO has unmuted the conversation"},
	}
}

// actors are one of each kind, with the name by which the thread calls them.
func (f fixture) actors(robin db.AgentBot) map[string]desk.Actor {
	bot := desk.Bot(robin, db.Everything(f.account.ID))
	nameless := dbtest.Contact(f.t, f.pool, f.account, "")
	email := "quinn@example.test"
	nameless.Email = &email
	return map[string]desk.Actor{
		"Root":              f.as(f.root),
		"Automation System": desk.Rule(db.AutomationRule{AccountID: f.account.ID, ID: 1, Name: "Refunds"}),
		bot.Name:            bot,
		"Shop key":          desk.AccountKey("Shop key", f.account.ID),
		"API key":           desk.AccountKey("", f.account.ID),
		"Quinn":             desk.Contact(dbtest.Contact(f.t, f.pool, f.account, "Quinn")),
		email:               desk.Contact(nameless),
		"":                  f.system(),
	}
}

func TestTheThreadSaysWhoDidWhat(t *testing.T) {
	t.Parallel()
	f := setup(t)
	lines := func(c db.Conversation) (all []string) {
		f.scan(&all, `SELECT COALESCE(array_agg(content ORDER BY id), '{}') FROM messages
			WHERE conversation_id = $1 AND kind = 'activity'`, c.ID)
		return all
	}
	team := dbtest.Team(t, f.pool, f.account, "billing", f.ann)
	bob, bot := dbtest.Agent(t, f.pool, f.account, "Bob", f.inbox), f.bot()
	for who, actor := range f.actors(bot) {
		for what := range changes(db.Conversation{}, team, bob, bot) {
			c := f.conversation()
			one := changes(c, team, bob, bot)[what]
			if one.before != nil {
				f.must(f.system(), one.before)
			}
			f.must(actor, one.do)
			got := lines(c)
			if who == "" {
				if len(got) > 0 {
					t.Errorf("the system %s: %q", what, got)
				}
				continue
			}
			if want := strings.ReplaceAll(one.line, "WHO", who); !slices.Contains(got, want) {
				t.Errorf("%s %s: %q, not %q", who, what, got, want)
			}
			if slices.ContainsFunc(got, func(line string) bool { return !strings.Contains(line, who) }) {
				t.Errorf("%s %s: a line names another: %q", who, what, got)
			}
		}
	}
}

func TestTheThreadSaysWhatTheSystemDid(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for line, do := range map[string]func(c db.Conversation){
		"Conversation was marked resolved by system due to 3 days of inactivity": func(c db.Conversation) {
			f.must(f.system(), func(ctx context.Context, t *desk.Tx) error { return t.AutoResolve(ctx, c.ID, "3 days") })
		},
		"Conversation was unassigned by system because Bob was removed from the account": func(c db.Conversation) {
			bob := dbtest.Agent(t, f.pool, f.account, "Bob", f.inbox)
			f.must(f.system(), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, bob.ID) })
			f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.RemoveMember(ctx, bob.ID) })
		},
		"Assigned to Ann by Support": func(c db.Conversation) { // the inbox assigns in turn
			f.exec("UPDATE inboxes SET name = 'Support', enable_auto_assignment = true WHERE id = $1", f.inbox.ID)
			f.exec("UPDATE memberships SET active_at = $2 WHERE user_id = $1", f.ann.ID, time.Now())
			f.must(f.system(), func(ctx context.Context, t *desk.Tx) error {
				if err := t.SetStatus(ctx, c.ID, db.ConversationStatusResolved, nil); err != nil {
					return err
				}
				return t.SetStatus(ctx, c.ID, db.ConversationStatusOpen, nil)
			})
		},
	} {
		c := f.conversation()
		do(c)
		var got []string
		f.scan(&got, "SELECT array_agg(content) FROM messages WHERE conversation_id = $1 AND kind = 'activity'", c.ID)
		if !slices.Equal(got, []string{line}) {
			t.Errorf("the thread says %q, not %q", got, line)
		}
	}
}
