package react

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/poke"
)

// macro keeps a macro for all, and returns the job that runs it as Bob.
func (f *fixture) macro(actions string, on ...db.Conversation) job.RunMacro {
	f.t.Helper()
	f.exec("INSERT INTO macros (account_id, id, name, visibility, actions) VALUES ($1, 1, 'Refund', 'global', $2)", f.account.ID, actions)
	a := job.RunMacro{AccountID: f.account.ID, MacroID: 1, UserID: f.bob.ID}
	for _, c := range on {
		a.DisplayIDs = append(a.DisplayIDs, c.DisplayID)
	}
	return a
}

func TestMacro(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const hi = `[{"action_name":"send_message","action_params":["Hi"]},{"action_name":"add_label","action_params":["seen"]}]`
	said := "SELECT conversation_id || ' ' || content FROM messages WHERE kind = 'outgoing' ORDER BY id"
	hiIn := func(c db.Conversation) string { return strconv.FormatInt(c.ID, 10) + " Hi" }

	t.Run("a job that runs again posts nothing again; another job does", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		order := f.macro(hi, c)
		for _, jobID := range []int64{7, 7, 8} {
			if err := f.react.runMacro(ctx, jobID, order); err != nil {
				t.Fatal(err)
			}
			f.exec("UPDATE conversations SET labels = '{}'") // someone takes the label away meanwhile
		}
		f.want("said", f.texts(said), hiIn(c), hiIn(c))
		f.want("labelled", f.texts("SELECT data->'changed'->'labels'->>1 FROM events WHERE kind = 'conversation.labelled' "+
			"ORDER BY id"), `["seen"]`, `["seen"]`)
	})

	t.Run("calls a webhook with the conversation, and the number of the run's event", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.clock = time.Now()
		type request struct{ event, number string }
		got := make(chan request, 1)
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var body struct {
				Event string
				ID    int64
			}
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.ID == 0 {
				t.Errorf("the body is %+v (%v)", body, err)
			}
			got <- request{body.Event, r.Header.Get("Parley-Event-Number")}
		}))
		defer receiver.Close()
		c := f.customer("Hello")
		order := f.macro(`[{"action_name":"send_webhook_event","action_params":["`+receiver.URL+`"]}]`, c)
		f.running()
		if err := f.react.runMacro(ctx, 7, order); err != nil {
			t.Fatal(err)
		}
		call := <-got
		number := f.texts("SELECT number::text FROM events WHERE kind = 'macro.executed'")
		f.want("the call", []string{call.event, call.number}, "macro.executed", number[0])
		f.want("the receiver", f.texts("SELECT receiver FROM webhook_deliveries"), "macro:1")
	})

	t.Run("a job that is killed between two conversations does the second when it runs again, and leaves the first alone", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		one, two := f.customer("Hello"), f.customer("Hello")
		order := f.macro(hi, one, two)
		dying, kill := context.WithCancel(ctx)
		killed := *f.react
		killed.desk = dbtest.Desk(t, f.pool, func([]poke.Poke) { kill() })
		if err := killed.runMacro(dying, 7, order); !errors.Is(err, context.Canceled) {
			t.Fatalf("the job ended with %v", err)
		}
		f.want("before", f.texts(said), hiIn(one))
		if err := f.react.runMacro(ctx, 7, order); err != nil {
			t.Fatal(err)
		}
		f.want("after", f.texts(said), hiIn(one), hiIn(two))
	})

	t.Run("a conversation that fails is tried again alone: half of a run is undone, the others are done", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		broken, fine, gone := f.customer("Hello"), f.customer("Hello"), f.customer("Hello")
		order := f.macro(hi, broken, gone, fine)
		f.exec("DELETE FROM conversations WHERE id = $1", gone.ID)
		f.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$`)
		f.exec("CREATE TRIGGER refuse BEFORE UPDATE OF labels ON conversations FOR EACH ROW WHEN (NEW.labels <> OLD.labels " +
			"AND NEW.id = " + strconv.FormatInt(broken.ID, 10) + ") EXECUTE FUNCTION refuse()")
		if err := f.react.runMacro(ctx, 7, order); err == nil {
			t.Fatal("the job counts as done")
		}
		f.want("before", f.texts(said), hiIn(fine))
		f.exec("DROP TRIGGER refuse ON conversations")
		if err := f.react.runMacro(ctx, 7, order); err != nil {
			t.Fatal(err)
		}
		f.want("after", f.texts(said), hiIn(fine), hiIn(broken))
	})

	t.Run("what it could not do is told in the thread, and whoever ran it is led there, once", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.customer("Hello")
		order := f.macro(`[{"action_name":"assign_agent","action_params":[999999]},{"action_name":"send_message","action_params":["Hi"]}]`, c)
		for range 2 {
			if err := f.react.runMacro(ctx, 7, order); err != nil {
				t.Fatal(err)
			}
		}
		f.handleEvents()
		f.want("said", f.texts(said), hiIn(c))
		f.want("the thread", f.texts("SELECT content FROM messages WHERE kind = 'activity'"),
			"The macro Refund could not do everything: assign agent: what it names is no longer there")
		f.want("told", f.texts(`SELECT u.name || ' ' || n.kind || ' ' || m.kind FROM notifications n JOIN users u ON u.id = n.user_id
			JOIN messages m ON m.account_id = n.account_id AND m.id = n.message_id WHERE n.kind = 'macro_failed'`), "Bob macro_failed activity")
	})
}

func TestARuleAssignsWhoAnsweredLast(t *testing.T) {
	t.Parallel()
	f := setup(t)
	cem := dbtest.Agent(t, f.pool, f.account, "Cem", f.inbox)
	f.rule("message_created", `[{"attribute_key":"message_type","filter_operator":"equal_to","values":["incoming"]}]`,
		`[{"action_name":"assign_agent","action_params":["last_responding_agent"]}]`)
	c := f.customer("Where is my parcel?")
	f.handleEvents()
	assignee := "SELECT COALESCE((SELECT u.name FROM users u WHERE u.id = c.assignee_id), 'nobody') FROM conversations c"
	f.want("before an answer", f.texts(assignee), "nobody")
	f.postMessage(f.as(f.bob), c, desk.NewMessage{Kind: db.MessageKindOutgoing}, "On its way")
	f.postMessage(f.as(cem), c, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true}, "A note")
	f.assign(c, cem)
	f.postMessage(desk.System(f.account.ID), c, desk.NewMessage{Kind: db.MessageKindIncoming}, "Thanks")
	f.handleEvents()
	f.want("after the next message", f.texts(assignee), "Bob")
}
