package react

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
	"github.com/parleydesk/parley/internal/mailer"
	"github.com/parleydesk/parley/internal/mailtest"
)

// post gives the world a mail server and what sends to it.
func (w *world) post() (*mailtest.Server, *mailer.Mailer) {
	w.t.Helper()
	box := mailtest.New(w.t, nil)
	server, err := mailer.NewServer("smtp://" + box.Addr + "?from=help@desk.example")
	if err != nil {
		w.t.Fatal(err)
	}
	w.desk = w.desk.WithMail()
	w.react.desk = w.desk
	return box, mailer.New(mailer.Config{Pool: w.pool, Desk: w.desk, Server: server, BaseURL: "https://desk.example", Logger: slog.New(slog.DiscardHandler), Now: w.now})
}

// deliver makes a try at each letter that was ordered.
func (w *world) deliver(p *mailer.Mailer) {
	w.t.Helper()
	for _, text := range w.texts("SELECT id::text FROM outgoing_mails ORDER BY id") {
		var id int64
		if _, err := fmt.Sscan(text, &id); err != nil {
			w.t.Fatal(err)
		}
		if _, err := p.Send(context.Background(), id); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestRuleMail(t *testing.T) {
	t.Parallel()

	t.Run("a rule mails a team with a link and the transcript to an address, once however often its job runs", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		box, post := w.post()
		gone := dbtest.Agent(t, w.pool, w.account, "Gil", w.inbox)
		team := dbtest.Team(t, w.pool, w.account, "billing", w.bob, gone)
		w.exec("UPDATE memberships SET deactivated_at = now() WHERE user_id = $1", gone.ID)
		w.rule("message_created", `[{"attribute_key":"content","filter_operator":"contains","values":["refund"]}]`, fmt.Sprintf(`[
			{"action_name":"send_email_to_team","action_params":[{"team_ids":[%d],"message":"Somebody wants\nmoney <b>back</b>"}]},
			{"action_name":"add_private_note","action_params":["Hush"]},
			{"action_name":"send_email_transcript","action_params":["boss@example.test, Second@Example.Test"]}]`, team.ID))
		c := w.customer("I want a refund")
		w.follow()
		w.follow()
		w.want("runs", w.texts("SELECT outcome || ': ' || error FROM rule_runs"), "done: ")
		w.want("letters", w.texts("SELECT kind || ' ' || recipient FROM outgoing_mails ORDER BY id"),
			"team "+w.bob.Email, "transcript boss@example.test", "transcript second@example.test")
		w.deliver(post)
		told := box.Next(t)
		page := fmt.Sprintf("https://desk.example/accounts/%d/conversations/%d", w.account.ID, c.DisplayID)
		if told.To != w.bob.Email || !contains(told.Text, "money <b>back</b>", page) || !contains(told.HTML, "money &lt;b&gt;back&lt;/b&gt;", page) {
			t.Errorf("%s\n%s", told.Text, told.HTML)
		}
		if transcript := box.Next(t); transcript.To != "boss@example.test" || !contains(transcript.Text, "I want a refund") || contains(transcript.Text, "Hush") {
			t.Errorf("%+v", transcript)
		}
	})

	t.Run("a macro's mail is ordered once for the job that runs it", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.post()
		c := w.customer("Hello")
		w.exec(`INSERT INTO macros (account_id, id, name, visibility, actions) VALUES ($1, 1, 'm', 'global', '[{"action_name":"send_email_transcript","action_params":["boss@example.test"]}]')`, w.account.ID)
		for _, order := range []int64{1, 1, 2} {
			if err := w.react.runMacro(context.Background(), order, job.RunMacro{AccountID: w.account.ID, MacroID: 1, UserID: w.bob.ID, DisplayIDs: []int64{c.DisplayID}}); err != nil {
				t.Fatal(err)
			}
		}
		w.want("letters", w.texts("SELECT recipient FROM outgoing_mails"), "boss@example.test", "boss@example.test")
	})

	t.Run("a macro's mail that is given up is told in the thread, and whoever ran it is led there; unless the conversation is gone", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		box, post := w.post()
		box.Rcpt = func(int) error { return mailtest.Refuse(550, "No such user") }
		c, gone := w.customer("Hello"), w.customer("Hello")
		order := w.macro(`[{"action_name":"send_email_transcript","action_params":["boss@example.test"]}]`, c, gone)
		if err := w.react.runMacro(context.Background(), 7, order); err != nil {
			t.Fatal(err)
		}
		w.exec("UPDATE outgoing_mails SET facts = jsonb_set(facts, '{conversation_id}', '999999') WHERE facts->>'conversation_id' = $1::text", fmt.Sprint(gone.ID))
		w.deliver(post)
		w.deliver(post)
		w.want("letters", w.texts("SELECT state::text FROM outgoing_mails"), "failed", "failed")
		said := w.texts("SELECT conversation_id || ' ' || content FROM messages WHERE kind = 'activity'")
		if len(said) != 1 || !contains(said[0], fmt.Sprint(c.ID), "The mail to boss@example.test was not sent: The mail server refused it", "No such user") {
			t.Errorf("said %q", said)
		}
		w.want("told", w.texts("SELECT u.name || ' ' || n.kind FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.kind = 'macro_failed'"), "Bob macro_failed")
	})

	t.Run("what cannot be mailed is noted with the run: no address, nobody in the team, a server that refuses", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		box, post := w.post()
		box.Rcpt = func(int) error { return mailtest.Refuse(550, "No such user") }
		w.rule("message_created", `[]`, `[
			{"action_name":"send_email_transcript","action_params":["nobody"]},
			{"action_name":"send_email_to_team","action_params":[{"team_ids":[999],"message":"x"}]},
			{"action_name":"send_email_transcript","action_params":["boss@example.test"]}]`)
		w.customer("Hello")
		w.follow()
		w.deliver(post)
		runs := w.texts("SELECT outcome || ': ' || error FROM rule_runs")
		if len(runs) != 1 || !contains(runs[0], "failed: send_email_transcript: ", "send_email_to_team: ", "nobody in the team", "The mail to boss@example.test was not sent: The mail server refused it", "No such user") {
			t.Errorf("runs %q", runs)
		}
	})

	t.Run("a letter of a sitting that is undone is never sent", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.post()
		err := w.desk.Do(context.Background(), desk.System(w.account.ID), func(t *desk.Tx) error {
			if err := t.Mail(context.Background(), desk.OutgoingMail{Kind: db.OutgoingMailKindPassword, To: "ann@desk.example"}); err != nil {
				return err
			}
			return context.Canceled
		})
		if err == nil {
			t.Fatal("the sitting was committed")
		}
		w.want("letters", w.texts("SELECT recipient FROM outgoing_mails UNION ALL SELECT kind FROM river_job WHERE kind = 'send_letter'"))
	})
}

func TestTellPaused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	box, post := w.post()
	w.exec("INSERT INTO webhooks (account_id, id, url, secret, paused_at, paused_reason) VALUES ($1, 7, 'https://shop.example/hook', 's', $2, 'The last answer: 500')", w.account.ID, w.now())
	a := job.NotifyWebhookPaused{AccountID: w.account.ID, WebhookID: 7, EventID: 3, PausedAt: w.now()}
	for range 2 {
		if err := w.react.tellPaused(context.Background(), a); err != nil {
			t.Fatal(err)
		}
	}
	w.want("told", w.texts("SELECT u.name || ' ' || n.kind FROM notifications n JOIN users u ON u.id = n.user_id"), "Ann webhook_paused")
	w.want("letters", w.texts("SELECT recipient FROM outgoing_mails"), w.ann.Email)
	w.deliver(post)
	if got := box.Next(t); !contains(got.Text, "https://shop.example/hook", "The last answer: 500", fmt.Sprintf("https://desk.example/accounts/%d/settings/webhooks/7", w.account.ID)) {
		t.Error(got.Text)
	}
	w.pass(time.Minute)
	w.exec("UPDATE webhooks SET paused_at = NULL")
	if err := w.react.tellPaused(context.Background(), job.NotifyWebhookPaused{AccountID: w.account.ID, WebhookID: 7, EventID: 4, PausedAt: w.now()}); err != nil {
		t.Fatal(err)
	}
	w.want("letters", w.texts("SELECT recipient FROM outgoing_mails"), w.ann.Email)
}

func contains(text string, all ...string) bool {
	for _, one := range all {
		if !strings.Contains(text, one) {
			return false
		}
	}
	return true
}
