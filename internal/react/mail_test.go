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

// post gives the fixture a mail server and what sends to it.
func (f *fixture) post() (*mailtest.Server, *mailer.Mailer) {
	f.t.Helper()
	box := mailtest.New(f.t, nil)
	server, err := mailer.NewServer("smtp://" + box.Addr + "?from=help@desk.example")
	if err != nil {
		f.t.Fatal(err)
	}
	f.desk = f.desk.WithMail()
	f.react.desk = f.desk
	return box, mailer.New(mailer.Config{
		Pool: f.pool, Desk: f.desk, Server: server, BaseURL: "https://desk.example", Logger: slog.New(slog.DiscardHandler), Now: f.now,
	})
}

// deliver makes a try at each letter that was ordered.
func (f *fixture) deliver(p *mailer.Mailer) {
	f.t.Helper()
	for _, text := range f.texts("SELECT id::text FROM outgoing_mails ORDER BY id") {
		var id int64
		if _, err := fmt.Sscan(text, &id); err != nil {
			f.t.Fatal(err)
		}
		if _, err := p.Send(context.Background(), id); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestRuleMail(t *testing.T) {
	t.Parallel()

	t.Run("a rule mails a team with a link and the transcript to an address, once however often its job runs", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		box, post := f.post()
		gone := dbtest.Agent(t, f.pool, f.account, "Gil", f.inbox)
		team := dbtest.Team(t, f.pool, f.account, "billing", f.bob, gone)
		f.exec("UPDATE memberships SET deactivated_at = now() WHERE user_id = $1", gone.ID)
		f.rule("message_created", `[{"attribute_key":"content","filter_operator":"contains","values":["refund"]}]`, fmt.Sprintf(`[
			{"action_name":"send_email_to_team","action_params":[{"team_ids":[%d],"message":"Somebody wants\nmoney <b>back</b>"}]},
			{"action_name":"add_private_note","action_params":["Hush"]},
			{"action_name":"send_email_transcript","action_params":["boss@example.test, Second@Example.Test"]}]`, team.ID))
		c := f.customer("I want a refund")
		f.handleEvents()
		f.handleEvents()
		f.want("runs", f.texts("SELECT outcome || ': ' || error FROM rule_runs"), "done: ")
		f.want("letters", f.texts("SELECT kind || ' ' || recipient FROM outgoing_mails ORDER BY id"),
			"team "+f.bob.Email, "transcript boss@example.test", "transcript second@example.test")
		f.deliver(post)
		sent := box.Next(t)
		page := fmt.Sprintf("https://desk.example/accounts/%d/conversations/%d", f.account.ID, c.DisplayID)
		if sent.To != f.bob.Email || !contains(sent.Text, "money <b>back</b>", page) ||
			!contains(sent.HTML, "money &lt;b&gt;back&lt;/b&gt;", page) {
			t.Errorf("%s\n%s", sent.Text, sent.HTML)
		}
		if transcript := box.Next(t); transcript.To != "boss@example.test" ||
			!contains(transcript.Text, "I want a refund") || contains(transcript.Text, "Hush") {
			t.Errorf("%+v", transcript)
		}
	})

	t.Run("a macro's mail is ordered once for the job that runs it", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.post()
		c := f.customer("Hello")
		f.exec(`INSERT INTO macros (account_id, id, name, visibility, actions) VALUES ($1, 1, 'm', 'global', `+
			`'[{"action_name":"send_email_transcript","action_params":["boss@example.test"]}]')`, f.account.ID)
		for _, order := range []int64{1, 1, 2} {
			if err := f.react.runMacro(context.Background(), order, job.RunMacro{
				AccountID: f.account.ID, MacroID: 1, UserID: f.bob.ID, DisplayIDs: []int64{c.DisplayID},
			}); err != nil {
				t.Fatal(err)
			}
		}
		f.want("letters", f.texts("SELECT recipient FROM outgoing_mails"), "boss@example.test", "boss@example.test")
	})

	t.Run("a macro's mail that is given up is told in the thread, and whoever ran it is led there; unless the "+
		"conversation is gone", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		box, post := f.post()
		box.Rcpt = func(int) error { return mailtest.Refuse(550, "No such user") }
		c, gone := f.customer("Hello"), f.customer("Hello")
		order := f.macro(`[{"action_name":"send_email_transcript","action_params":["boss@example.test"]}]`, c, gone)
		if err := f.react.runMacro(context.Background(), 7, order); err != nil {
			t.Fatal(err)
		}
		f.exec("UPDATE outgoing_mails SET facts = jsonb_set(facts, '{conversation_id}', '999999') WHERE "+
			"facts->>'conversation_id' = $1::text", fmt.Sprint(gone.ID))
		f.deliver(post)
		f.deliver(post)
		f.want("letters", f.texts("SELECT state::text FROM outgoing_mails"), "failed", "failed")
		said := f.texts("SELECT conversation_id || ' ' || content FROM messages WHERE kind = 'activity'")
		if len(said) != 1 || !contains(said[0], fmt.Sprint(c.ID),
			"The mail to boss@example.test was not sent: The mail server refused it", "No such user") {
			t.Errorf("said %q", said)
		}
		f.want("told", f.texts("SELECT u.name || ' ' || n.kind FROM notifications n JOIN users u ON u.id = n.user_id WHERE "+
			"n.kind = 'macro_failed'"), "Bob macro_failed")
	})

	t.Run("what cannot be mailed is noted with the run: no address, nobody in the team, a server that refuses", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		box, post := f.post()
		box.Rcpt = func(int) error { return mailtest.Refuse(550, "No such user") }
		f.rule("message_created", `[]`, `[
			{"action_name":"send_email_transcript","action_params":["nobody"]},
			{"action_name":"send_email_to_team","action_params":[{"team_ids":[999],"message":"x"}]},
			{"action_name":"send_email_transcript","action_params":["boss@example.test"]}]`)
		f.customer("Hello")
		f.handleEvents()
		f.deliver(post)
		runs := f.texts("SELECT outcome || ': ' || error FROM rule_runs")
		if len(runs) != 1 || !contains(runs[0], "failed: send_email_transcript: ", "send_email_to_team: ",
			"nobody in the team", "The mail to boss@example.test was not sent: The mail server refused it", "No such user") {
			t.Errorf("runs %q", runs)
		}
	})

	t.Run("a letter of a sitting that is undone is never sent", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.post()
		err := f.desk.Do(context.Background(), desk.System(f.account.ID), func(t *desk.Tx) error {
			if err := t.Mail(context.Background(), desk.OutgoingMail{Kind: db.OutgoingMailKindPassword, To: "ann@desk.example"}); err != nil {
				return err
			}
			return context.Canceled
		})
		if err == nil {
			t.Fatal("the sitting was committed")
		}
		f.want("letters", f.texts("SELECT recipient FROM outgoing_mails UNION ALL SELECT kind FROM river_job WHERE kind = 'send_letter'"))
	})
}

func TestTellPaused(t *testing.T) {
	t.Parallel()
	f := setup(t)
	box, post := f.post()
	f.exec("INSERT INTO webhooks (account_id, id, url, secret, paused_at, paused_reason) VALUES ($1, 7, "+
		"'https://shop.example/hook', 's', $2, 'The last answer: 500')", f.account.ID, f.now())
	a := job.NotifyWebhookPaused{AccountID: f.account.ID, WebhookID: 7, EventID: 3, PausedAt: f.now()}
	for range 2 {
		if err := f.react.notifyWebhookPaused(context.Background(), a); err != nil {
			t.Fatal(err)
		}
	}
	f.want("told", f.texts("SELECT u.name || ' ' || n.kind FROM notifications n JOIN users u ON u.id = n.user_id"), "Ann webhook_paused")
	f.want("letters", f.texts("SELECT recipient FROM outgoing_mails"), f.ann.Email)
	f.deliver(post)
	if got := box.Next(t); !contains(got.Text, "https://shop.example/hook", "The last answer: 500",
		fmt.Sprintf("https://desk.example/accounts/%d/settings/webhooks/7", f.account.ID)) {
		t.Error(got.Text)
	}
	f.pass(time.Minute)
	f.exec("UPDATE webhooks SET paused_at = NULL")
	if err := f.react.notifyWebhookPaused(context.Background(), job.NotifyWebhookPaused{
		AccountID: f.account.ID, WebhookID: 7, EventID: 4, PausedAt: f.now(),
	}); err != nil {
		t.Fatal(err)
	}
	f.want("letters", f.texts("SELECT recipient FROM outgoing_mails"), f.ann.Email)
}

func contains(text string, all ...string) bool {
	for _, one := range all {
		if !strings.Contains(text, one) {
			return false
		}
	}
	return true
}
