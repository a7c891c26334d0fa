package react

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/outbound"
	"github.com/parleydesk/parley/internal/webhook"
	"github.com/parleydesk/parley/web/api/chatwoot/hook"
)

// fixture is an account with an inbox, an administrator and an agent, whose clock the test moves.
type fixture struct {
	t       *testing.T
	pool    *pgxpool.Pool
	react   *React
	desk    *desk.Desk
	account db.Account
	inbox   db.Inbox
	ann     db.User // administrator
	bob     db.User // agent of the inbox

	mu    sync.Mutex
	clock time.Time
}

func setup(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, pool: dbtest.New(t), clock: time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)}
	f.account = dbtest.Account(t, f.pool, "Example")
	f.inbox = dbtest.Inbox(t, f.pool, f.account, "Shop")
	f.ann = dbtest.Admin(t, f.pool, f.account, "Ann")
	f.bob = dbtest.Agent(t, f.pool, f.account, "Bob", f.inbox)
	jobs, err := job.NewInserter(f.pool, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	f.desk = dbtest.Desk(t, f.pool, nil).At(f.now)
	log := slog.New(slog.DiscardHandler)
	hooks := webhook.New(webhook.Config{
		Pool: f.pool, Jobs: jobs, Logger: log, Makers: map[db.Dialect]webhook.Maker{db.DialectChatwoot: hook.New("https://desk.example", f.now)},
		Client: outbound.NewGuard(netip.MustParsePrefix("127.0.0.1/32")).Client(time.Minute), Now: f.now,
	})
	f.react = New(Config{Pool: f.pool, Jobs: jobs, Desk: f.desk, Hooks: hooks, Logger: log, Now: f.now})
	f.exec("UPDATE memberships SET availability = 'offline'")
	return f
}

func (f *fixture) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.clock
}

func (f *fixture) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock = f.clock.Add(d)
}

func (f *fixture) exec(query string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(context.Background(), query, args...); err != nil {
		f.t.Fatal(query, err)
	}
}

func (f *fixture) texts(query string, args ...any) []string {
	f.t.Helper()
	rows, err := f.pool.Query(context.Background(), query, args...)
	if err != nil {
		f.t.Fatal(query, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		f.t.Fatal(query, err)
	}
	return out
}

func (f *fixture) want(what string, got []string, want ...string) {
	f.t.Helper()
	if d := cmp.Diff(want, got); d != "" && len(got)+len(want) > 0 {
		f.t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// does is one transaction.
func (f *fixture) does(who desk.Actor, fn func(t *desk.Tx) error) {
	f.t.Helper()
	if err := f.desk.Do(context.Background(), who, fn); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) as(u db.User) desk.Actor { return dbtest.Actor(f.t, f.pool, f.account, u) }

// customer opens a conversation as its contact, who says something.
func (f *fixture) customer(text string) db.Conversation {
	f.t.Helper()
	ctx := context.Background()
	contact := dbtest.Contact(f.t, f.pool, f.account, "Ada")
	var c db.Conversation
	f.does(desk.Contact(contact), func(t *desk.Tx) error {
		ci, err := t.Reach(ctx, contact, f.inbox, "")
		if err != nil {
			return err
		}
		c, err = t.Open(ctx, desk.NewConversation{ContactInbox: ci})
		if err != nil || text == "" {
			return err
		}
		_, err = t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text})
		return err
	})
	return c
}

func (f *fixture) postMessage(who desk.Actor, c db.Conversation, d desk.NewMessage, text string) {
	f.t.Helper()
	d.Content = &text
	f.does(who, func(t *desk.Tx) error { _, err := t.Post(context.Background(), c.ID, d); return err })
}

// handleEvents numbers what has happened and follows it up, twice: the second time must change nothing. What reactions do
// is followed up too.
func (f *fixture) handleEvents() {
	f.t.Helper()
	for range 20 {
		ranges, err := db.New(f.pool).NumberEvents(context.Background(), 10000)
		if err != nil {
			f.t.Fatal(err)
		}
		if len(ranges) == 0 {
			return
		}
		for range 2 {
			for _, r := range ranges {
				if err := f.react.HandleEvents(context.Background(), job.ReactEvents{
					AccountID: r.AccountID, First: r.First,
					Last: r.Last,
				}); err != nil {
					f.t.Fatal(err)
				}
			}
		}
	}
	f.t.Fatal("reactions follow reactions without an end")
}

func (f *fixture) rule(event, conditions, actions string) {
	f.t.Helper()
	f.exec("INSERT INTO automation_rules (account_id, name, event_name, conditions, actions) VALUES ($1, 'rule', "+
		"$2, $3, $4)", f.account.ID, event, conditions, actions)
}

func TestReports(t *testing.T) {
	t.Parallel()
	figures := "SELECT name || ' ' || value || ' ' || value_in_business_hours FROM reporting_events ORDER BY id"

	t.Run("first reply, later replies and the end are measured, in all and in working hours", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("UPDATE inboxes SET working_hours_enabled = true")
		f.pass(6*time.Hour + 30*time.Minute) // Monday, 16:30
		c := f.customer("Hello")
		f.pass(time.Hour)
		f.postMessage(f.as(f.bob), c, desk.NewMessage{Kind: db.MessageKindOutgoing}, "Hi")
		f.pass(time.Hour)
		f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "And?")
		f.pass(15 * time.Hour)
		f.postMessage(f.as(f.bob), c, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true}, "a note is no reply")
		f.postMessage(f.as(f.bob), c, desk.NewMessage{Kind: db.MessageKindOutgoing}, "Done")
		f.postMessage(f.as(f.bob), c, desk.NewMessage{Kind: db.MessageKindOutgoing}, "Really")
		f.does(f.as(f.bob), func(t *desk.Tx) error {
			return t.SetStatus(context.Background(), c.ID, db.ConversationStatusResolved, nil)
		})
		f.handleEvents()
		f.want("figures", f.texts(figures), "first_response 3600 1800", "reply_time 54000 1800", "conversation_resolved 61200 3600")
	})

	t.Run("the end counts for who was assignee and team then, whoever has the conversation by now", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		first, second := dbtest.Team(t, f.pool, f.account, "first", f.bob), dbtest.Team(t, f.pool, f.account, "second", f.ann)
		c := f.customer("Hello")
		f.does(f.as(f.ann), func(t *desk.Tx) error { return t.SetTeam(context.Background(), c.ID, &first.ID) })
		f.assign(c, f.bob)
		f.does(f.as(f.bob), func(t *desk.Tx) error {
			return t.SetStatus(context.Background(), c.ID, db.ConversationStatusResolved, nil)
		})
		f.does(f.as(f.ann), func(t *desk.Tx) error { return t.SetTeam(context.Background(), c.ID, &second.ID) })
		f.assign(c, f.ann)
		f.handleEvents()
		f.want("ends", f.texts("SELECT u.name || ' ' || t.name FROM reporting_events r JOIN users u ON u.id = r.user_id "+
			"JOIN teams t ON t.id = r.team_id WHERE r.name = 'conversation_resolved'"), "Bob first")
	})

	t.Run("a bot's end and its handing over are measured", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("INSERT INTO agent_bots (account_id, name, secret) VALUES ($1, 'Bot', 's')", f.account.ID)
		f.exec("UPDATE inboxes SET agent_bot_id = (SELECT id FROM agent_bots)")
		bot := desk.Bot(db.AgentBot{ID: 1, Name: "Bot"}, db.Everything(f.account.ID))
		first, second := f.customer("One"), f.customer("Two")
		f.pass(time.Minute)
		f.does(bot, func(t *desk.Tx) error {
			return t.SetStatus(context.Background(), first.ID, db.ConversationStatusResolved, nil)
		})
		f.does(bot, func(t *desk.Tx) error {
			return t.SetStatus(context.Background(), second.ID, db.ConversationStatusOpen, nil)
		})
		f.pass(time.Minute)
		f.postMessage(f.as(f.bob), second, desk.NewMessage{Kind: db.MessageKindOutgoing}, "A person here")
		f.handleEvents()
		f.want("figures", f.texts(figures), "conversation_resolved 60 0", "conversation_bot_resolved 60 0",
			"conversation_bot_handoff 60 0", "first_response 60 0")
	})
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	said := "SELECT content FROM messages WHERE kind = 'template' ORDER BY id"

	t.Run("what an inbox, a rule and a macro say where nothing sends has failed", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		c := w.customer("Hello")
		w.exec("UPDATE inboxes SET greeting_enabled = true, greeting_message = 'Welcome'")
		w.rule("conversation_resolved", `[]`,
			`[{"action_name":"send_message","action_params":["By a rule"]},{"action_name":"add_private_note","action_params":["Among us"]}]`)
		w.exec(`INSERT INTO macros (account_id, id, name, visibility, actions) VALUES ($1, 1, 'm', 'global', `+
			`'[{"action_name":"send_message","action_params":["By a macro"]}]')`, w.account.ID)
		w.exec("UPDATE inboxes SET kind = 'email'")
		w.handleEvents()
		w.does(w.as(w.ann), func(t *desk.Tx) error {
			return t.SetStatus(context.Background(), c.ID, db.ConversationStatusResolved, nil)
		})
		w.handleEvents()
		if err := w.react.runMacro(context.Background(), 1, job.RunMacro{
			AccountID: w.account.ID, MacroID: 1, UserID: w.ann.ID, DisplayIDs: []int64{c.DisplayID},
		}); err != nil {
			t.Fatal(err)
		}
		w.want("said", w.texts("SELECT content || ': ' || delivery || ' ' || error FROM messages WHERE kind IN "+
			"('outgoing', 'template') ORDER BY content"),
			"Among us: sent ", "By a macro: failed "+channel.NoSender, "By a rule: failed "+channel.NoSender, "Welcome: failed "+channel.NoSender)
	})

	t.Run("a message that a program wrote is not answered by another", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.exec("UPDATE inboxes SET greeting_enabled = true, greeting_message = 'Welcome'")
		c := w.customer("")
		w.postMessage(desk.System(w.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming, Automated: true}, "I am on holiday")
		w.handleEvents()
		w.want("said to a program", w.texts(said))
		w.postMessage(desk.System(w.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "Back again")
		w.handleEvents()
		w.want("said to a person", w.texts(said), "Welcome")
	})

	t.Run("a greeting is given once", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("UPDATE inboxes SET greeting_enabled = true, greeting_message = 'Welcome'")
		c := f.customer("Hello")
		f.handleEvents()
		f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "Anybody?")
		f.handleEvents()
		f.want("said", f.texts(said), "Welcome")
	})

	t.Run("a greeting calls the customer by name; outside the working hours it is left out", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("UPDATE inboxes SET greeting_enabled = true, greeting_message = 'Welcome to {{inbox.name}}{{agent.name}}', " +
			"working_hours_enabled = true, out_of_office_message = 'We are away from {{account.name}}'")
		f.customer("Hello")
		f.handleEvents()
		f.want("said while open", f.texts(said+" DESC LIMIT 1"), "Welcome to "+f.texts("SELECT name FROM inboxes")[0])
		f.pass(8 * time.Hour)
		f.customer("Hello again")
		f.handleEvents()
		f.want("said in the evening", f.texts(said+" DESC LIMIT 1"), "We are away from "+f.texts("SELECT name FROM accounts")[0])
		f.want("said in all", f.texts("SELECT count(*)::text FROM messages WHERE kind = 'template'"), "2")
	})

	t.Run("outside the working hours the customer hears so, once a day", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("UPDATE inboxes SET working_hours_enabled = true, out_of_office_message = 'We are away'")
		c := f.customer("Hello")
		f.handleEvents()
		f.want("said while open", f.texts(said))
		f.pass(8 * time.Hour)
		for range 2 {
			f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "Still there?")
			f.handleEvents()
		}
		f.want("said on Monday evening", f.texts(said), "We are away")
		f.pass(24 * time.Hour)
		f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "And now?")
		f.handleEvents()
		f.want("said on Tuesday evening", f.texts(said), "We are away", "We are away")
	})

	t.Run("a survey is sent once, when the labels allow it and the customer has written", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec(`UPDATE inboxes SET csat_survey_enabled = true, csat_config = '{"display_type":"star","message":"How was ` +
			`it?","survey_rules":{"operator":"does_not_contain","values":["spam"]}}'`)
		good, spam, silent := f.customer("Hello"), f.customer("Buy"), f.customer("")
		f.does(f.as(f.ann), func(t *desk.Tx) error { return t.Label(context.Background(), spam.ID, []string{"spam"}) })
		for range 2 {
			for _, c := range []db.Conversation{good, spam, silent} {
				f.does(f.as(f.ann), func(t *desk.Tx) error {
					return t.SetStatus(context.Background(), c.ID, db.ConversationStatusResolved, nil)
				})
			}
			f.handleEvents()
			f.does(f.as(f.ann), func(t *desk.Tx) error {
				return t.SetStatus(context.Background(), good.ID, db.ConversationStatusOpen, nil)
			})
		}
		f.want("surveys", f.texts("SELECT conversation_id || ' ' || content || ' ' || content_attributes::text FROM "+
			"messages WHERE content_type = 'input_csat'"),
			fmt.Sprint(good.ID, ` How was it? {"display_type": "star"}`))
	})
}

func TestRules(t *testing.T) {
	t.Parallel()

	t.Run("a rule does all its actions once, as a rule, and what cannot be done is noted", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		team := dbtest.Team(t, f.pool, f.account, "billing", f.bob)
		f.rule("message_created", `[{"attribute_key":"content","filter_operator":"contains","values":["refund"]}]`, fmt.Sprintf(`[
			{"action_name":"add_label","action_params":["refund"]},
			{"action_name":"assign_team","action_params":[%d]},
			{"action_name":"assign_agent","action_params":[%d]},
			{"action_name":"assign_agent","action_params":[999999]},
			{"action_name":"change_priority","action_params":["urgent"]},
			{"action_name":"send_message","action_params":["We look into it"]},
			{"action_name":"add_private_note","action_params":["Check the order"]},
			{"action_name":"send_email_transcript","action_params":["x@example.test"]},
			{"action_name":"snooze_conversation","action_params":[]}]`, team.ID, f.bob.ID))
		c := f.customer("I want a refund")
		other := f.customer("Hello")
		f.handleEvents()
		got := dbtest.Reload(t, f.pool, c)
		if !slices.Equal(got.Labels, []string{"refund"}) || got.TeamID == nil || got.AssigneeID == nil || *got.AssigneeID != f.bob.ID ||
			got.Priority == nil || *got.Priority != db.ConversationPriorityUrgent ||
			got.Status != db.ConversationStatusSnoozed || got.FirstReplyAt != nil {
			t.Errorf("the conversation is %+v", got)
		}
		f.want("said", f.texts("SELECT content || ' ' || private || ' ' || (content_attributes ? 'automation_rule_id') "+
			"FROM messages WHERE kind = 'outgoing' ORDER BY id"),
			"We look into it false true", "Check the order true true")
		f.want("runs", f.texts("SELECT outcome || ': ' || error FROM rule_runs"),
			"failed: assign_agent: what it names is no longer there; send_email_transcript: no mail server is set up")
		if n := len(dbtest.Reload(t, f.pool, other).Labels); n != 0 {
			t.Error("the other conversation was touched")
		}
	})

	t.Run("rules do not set each other off", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.rule("conversation_updated", `[]`,
			`[{"action_name":"add_label","action_params":["one"]},{"action_name":"remove_label","action_params":["two"]}]`)
		f.rule("conversation_updated", `[]`,
			`[{"action_name":"add_label","action_params":["two"]},{"action_name":"remove_label","action_params":["one"]}]`)
		c := f.customer("Hello")
		f.handleEvents()
		f.does(f.as(f.ann), func(t *desk.Tx) error { return t.SetPriority(context.Background(), c.ID, nil) })
		high := db.ConversationPriorityHigh
		f.does(f.as(f.ann), func(t *desk.Tx) error { return t.SetPriority(context.Background(), c.ID, &high) })
		f.handleEvents()
		f.want("runs", f.texts("SELECT outcome FROM rule_runs"), "done", "done")
		f.want("labels", dbtest.Reload(t, f.pool, c).Labels, "two")
	})

	t.Run("each event name begins its own rules", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		for _, event := range []string{
			"conversation_created", "conversation_updated", "conversation_opened",
			"conversation_resolved", "message_created",
		} {
			f.rule(event, `[{"attribute_key":"status","filter_operator":"equal_to","values":["all"]}]`,
				`[{"action_name":"add_label","action_params":["`+event+`"]}]`)
		}
		f.rule("message_created", `[{"attribute_key":"inbox_id","filter_operator":"equal_to","values":[999]}]`,
			`[{"action_name":"add_label","action_params":["never"]}]`)
		c := f.customer("")
		f.handleEvents()
		f.want("created", dbtest.Reload(t, f.pool, c).Labels, "conversation_created")
		f.does(f.as(f.ann), func(t *desk.Tx) error {
			return t.SetStatus(context.Background(), c.ID, db.ConversationStatusResolved, nil)
		})
		f.handleEvents()
		f.want("resolved", dbtest.Reload(t, f.pool, c).Labels, "conversation_created", "conversation_updated", "conversation_resolved")
	})

	t.Run("a macro does its actions as the user who runs it, where they may", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		other := dbtest.Inbox(t, f.pool, f.account, "Other")
		mine, theirs := f.customer("Hello"), dbtest.Conversation(t, f.pool, other, "")
		f.exec(`INSERT INTO macros (account_id, name, visibility, actions) VALUES ($1, 'm', 'global', `+
			`'[{"action_name":"assign_agent","action_params":["self"]},{"action_name":"send_message","action_params":["Hi"]}]')`, f.account.ID)
		macro := f.texts("SELECT id::text FROM macros")[0]
		var id int64
		if _, err := fmt.Sscan(macro, &id); err != nil {
			t.Fatal(err)
		}
		err := f.react.runMacro(context.Background(), 1, job.RunMacro{
			AccountID: f.account.ID, MacroID: id, UserID: f.bob.ID, DisplayIDs: []int64{mine.DisplayID, theirs.DisplayID},
		})
		if err != nil {
			t.Fatal(err)
		}
		f.want("said", f.texts("SELECT conversation_id || ' ' || content || ' ' || sender_id FROM messages WHERE kind = "+
			"'outgoing'"), fmt.Sprint(mine.ID, " Hi ", f.bob.ID))
		if c := dbtest.Reload(t, f.pool, mine); c.AssigneeID == nil || *c.AssigneeID != f.bob.ID || c.FirstReplyAt == nil {
			t.Error("not assigned, or not a person's reply")
		}
		if dbtest.Reload(t, f.pool, theirs).AssigneeID != nil {
			t.Error("a conversation that the user may not see was changed")
		}
	})
}

func TestTimers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()

	t.Run("a snooze ends on time, not before, and not when it was ended or moved", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		until := f.now().Add(time.Hour)
		f.does(f.as(f.ann), func(t *desk.Tx) error { return t.SetStatus(ctx, c.ID, db.ConversationStatusSnoozed, &until) })
		for _, step := range []struct {
			pass time.Duration
			want db.ConversationStatus
		}{{59 * time.Minute, db.ConversationStatusSnoozed}, {time.Minute, db.ConversationStatusOpen}} {
			f.pass(step.pass)
			if err := f.react.wakeSnoozed(ctx); err != nil {
				t.Fatal(err)
			}
			if got := dbtest.Reload(t, f.pool, c).Status; got != step.want {
				t.Errorf("the conversation is %s", got)
			}
		}
	})

	t.Run("quiet conversations are resolved, with a word and a label; those who wait are left if the account says so", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec(`UPDATE accounts SET settings = '{"auto_resolve_after": 120, "auto_resolve_message": "Closing this", ` +
			`"auto_resolve_label": "quiet", "auto_resolve_ignore_waiting": true}'`)
		answered, waiting := f.customer("Hello"), f.customer("Hello?")
		f.postMessage(f.as(f.bob), answered, desk.NewMessage{Kind: db.MessageKindOutgoing}, "Hi")
		for _, pass := range []time.Duration{119 * time.Minute, time.Minute} {
			if got := dbtest.Reload(t, f.pool, answered).Status; got != db.ConversationStatusOpen {
				t.Errorf("resolved early: %s", got)
			}
			f.pass(pass)
			if err := f.react.autoResolve(ctx); err != nil {
				t.Fatal(err)
			}
		}
		c := dbtest.Reload(t, f.pool, answered)
		if c.Status != db.ConversationStatusResolved || !slices.Equal(c.Labels, []string{"quiet"}) {
			t.Errorf("the conversation is %s, %v", c.Status, c.Labels)
		}
		if got := dbtest.Reload(t, f.pool, waiting).Status; got != db.ConversationStatusOpen {
			t.Errorf("the one who waits is %s", got)
		}
		f.want("said", f.texts("SELECT content FROM messages WHERE kind IN ('template', 'activity') AND conversation_id = $1 ORDER BY id", c.ID),
			"Closing this", "Conversation was marked resolved by system due to 2 hours of inactivity")
	})

	t.Run("counts are folded and stay what they are", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		for range 40 {
			f.customer("")
		}
		sum := "SELECT sum(n)::text FROM conversation_counts WHERE assignee_id = -1"
		before := f.texts(sum)
		if err := f.react.foldCounts(ctx); err != nil {
			t.Fatal(err)
		}
		f.want("the sum", f.texts(sum), before...)
		f.want("the rows", f.texts("SELECT count(*)::text FROM conversation_counts"), "2")
	})

	t.Run("what has had its time goes, and nothing else", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("INSERT INTO idempotency_keys (owner_kind, owner_id, route, key, request_hash, created_at) VALUES ('token', "+
			"1, 'r', 'old', '', $1), ('token', 1, 'r', 'new', '', $2)", f.now().Add(-25*time.Hour), f.now())
		f.exec("INSERT INTO attachments (account_id, name, created_at) VALUES ($1, 'old', $2), ($1, 'new', $3)",
			f.account.ID, f.now().Add(-25*time.Hour), f.now())
		f.exec(`INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name, state, created_at) VALUES
			($1, 'webhook:1', 1, 'old', 'delivered', $2), ($1, 'webhook:1', 2, 'old and pending', 'pending', $2), ($1, `+
			`'webhook:1', 3, 'new', 'delivered', $3)`,
			f.account.ID, f.now().Add(-31*24*time.Hour), f.now())
		f.exec("INSERT INTO sessions (token_hash, data, expires_at) VALUES ('old', '', $1), ('new', '', $2)",
			f.now().Add(-time.Minute), f.now().Add(time.Minute))
		f.exec("INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES ('old', $1, $2), ('new', $1, $3)",
			f.ann.ID, f.now().Add(-time.Minute), f.now().Add(time.Minute))
		f.exec("INSERT INTO login_links (token_hash, user_id, expires_at) VALUES ('old', $1, $2), ('new', $1, $3)",
			f.ann.ID, f.now().Add(-time.Minute), f.now().Add(time.Minute))
		f.exec("INSERT INTO access_tokens (token_hash, kind, user_id, name, expires_at) VALUES ('old', 'user', $1, 'old', "+
			"$2), ('new', 'user', $1, 'new', $3), ('ever', 'user', $1, 'ever', NULL)", f.ann.ID, f.now().Add(-time.Minute), f.now().Add(time.Minute))
		f.exec(`INSERT INTO outgoing_mails (kind, recipient, state, next_try_at, give_up_at, created_at) VALUES
			('team', 'old', 'sent', $1, $1, $1), ('team', 'old and waiting', 'waiting', $1, $1, $1), ('team', 'new', 'failed', `+
			`$1, $1, $2)`, f.now().Add(-31*24*time.Hour), f.now())
		if err := f.react.sweepOld(ctx); err != nil {
			t.Fatal(err)
		}
		f.want("resets", f.texts("SELECT convert_from(token_hash, 'UTF8') FROM password_resets"), "new")
		f.want("links", f.texts("SELECT convert_from(token_hash, 'UTF8') FROM login_links"), "new")
		f.want("tokens", f.texts("SELECT name FROM access_tokens ORDER BY name"), "ever", "new")
		f.want("mails", f.texts("SELECT recipient FROM outgoing_mails ORDER BY recipient"), "new", "old and waiting")
		f.want("keys", f.texts("SELECT key FROM idempotency_keys"), "new")
		f.want("uploads", f.texts("SELECT name FROM attachments"), "new")
		f.want("deliveries", f.texts("SELECT event_name FROM webhook_deliveries ORDER BY id"), "old and pending", "new")
		f.want("sessions", f.texts("SELECT convert_from(token_hash, 'UTF8') FROM sessions"), "new")
	})
}

func TestFollow(t *testing.T) {
	t.Parallel()
	ctx := context.Background()

	t.Run("an event that fails is followed again alone, and the others go on", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("UPDATE memberships SET push_notifications = '{conversation_creation}'")
		first := f.customer("Hello")
		f.exec("UPDATE events SET data = '[]' WHERE kind = 'message.created'")
		f.postMessage(desk.System(f.account.ID), first, desk.NewMessage{Kind: db.MessageKindIncoming}, "an event without its inbox")
		f.exec("UPDATE events SET inbox_id = NULL WHERE id = (SELECT max(id) FROM events WHERE kind = 'message.created')")
		f.customer("")
		ranges, err := db.New(f.pool).NumberEvents(ctx, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.react.HandleEvents(ctx, job.ReactEvents{AccountID: f.account.ID, First: 1, Last: ranges[0].Last}); err != nil {
			t.Fatal(err)
		}
		f.want("told", f.texts("SELECT kind FROM notifications"), "conversation_creation", "conversation_creation")
		alone := f.texts("SELECT (args->>'first') || '-' || (args->>'last') FROM river_job WHERE kind = 'react_events' ORDER BY id")
		broken := f.texts("SELECT number || '-' || number FROM events WHERE data = '[]' OR kind = 'message.created' AND " +
			"inbox_id IS NULL ORDER BY number")
		f.want("again", alone, broken...)
	})

	t.Run("an API inbox's message that cannot be delivered is shown as failed, and a bot's conversation is opened", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("INSERT INTO agent_bots (account_id, name, outgoing_url, secret) VALUES ($1, 'Bot', 'http://127.0.0.1:1', 's')", f.account.ID)
		f.exec("UPDATE inboxes SET agent_bot_id = (SELECT id FROM agent_bots), webhook_url = 'http://127.0.0.1:1'")
		c := f.customer("Hello")
		f.postMessage(f.as(f.bob), c, desk.NewMessage{Kind: db.MessageKindOutgoing}, "Hi")
		f.handleEvents()
		f.exec("UPDATE webhook_deliveries SET state = 'failed', last_error = 'The receiver answered 500' WHERE event_name = 'message_created'")
		for _, id := range f.texts("SELECT id::text FROM webhook_deliveries WHERE state = 'failed'") {
			var n int64
			if _, err := fmt.Sscan(id, &n); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := f.react.handleLostDelivery(ctx, job.HandleLostDelivery{AccountID: f.account.ID, DeliveryID: n}); err != nil {
					t.Fatal(err)
				}
			}
		}
		f.want("messages", f.texts("SELECT kind || ' ' || delivery || ' ' || "+
			"COALESCE(content_attributes->>'external_error', '') FROM messages WHERE kind IN ('incoming', 'outgoing') ORDER BY id"),
			"incoming sent ", "outgoing failed The receiver answered 500")
		if got := dbtest.Reload(t, f.pool, c).Status; got != db.ConversationStatusOpen {
			t.Errorf("the conversation is %s", got)
		}
		f.want("told once", f.texts("SELECT content FROM messages WHERE kind = 'activity' AND content LIKE '%agent bot%'"),
			"Conversation was marked open by system due to an error with the agent bot.")
	})

	t.Run("from a verb to the receiver, with the sequencer and the workers running", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.clock = time.Now()
		var mu sync.Mutex
		var got []map[string]any
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			var body map[string]any
			if err := json.Unmarshal(raw, &body); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			got = append(got, body)
		}))
		defer receiver.Close()
		f.exec("INSERT INTO webhooks (account_id, url, secret, subscriptions) VALUES ($1, $2, 's', "+
			"'{message_created,conversation_status_changed}')", f.account.ID, receiver.URL)
		f.rule("message_created", `[{"attribute_key":"message_type","filter_operator":"equal_to","values":["incoming"]}]`,
			`[{"action_name":"send_webhook_event","action_params":["`+receiver.URL+`"]}]`)
		f.running()
		c := f.customer("Where is my parcel?")
		f.postMessage(f.as(f.bob), c, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true}, "a note")
		f.does(f.as(f.bob), func(t *desk.Tx) error { return t.SetStatus(ctx, c.ID, db.ConversationStatusResolved, nil) })
		waitFor(t, "four calls", func() bool { mu.Lock(); defer mu.Unlock(); return len(got) >= 4 })
		mu.Lock()
		defer mu.Unlock()
		var order []string
		for _, b := range got {
			if b["event"] != "automation_event.message_created" {
				order = append(order, fmt.Sprint(b["event"], " ", b["content"]))
			}
		}
		f.want("in order", order, "message_created Where is my parcel?", "message_created a note", "conversation_status_changed <nil>")
	})
}

// running starts the sequencer and the workers until the test ends.
func (f *fixture) running() {
	f.t.Helper()
	workers := river.NewWorkers()
	f.react.AddWorkers(workers)
	runner, err := job.NewRunner(f.pool, workers, nil, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := runner.Start(context.Background()); err != nil {
		f.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- newSequencer(f.t, f.pool).Run(ctx) }()
	f.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			f.t.Error(err)
		}
		if err := runner.Stop(context.Background()); err != nil {
			f.t.Error(err)
		}
	})
}
