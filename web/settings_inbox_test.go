package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestSettingsInbox(t *testing.T) {
	t.Parallel()

	t.Run("an administrator makes an API inbox and finds its identifier", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		inboxes := link.Settings(h.account.ID, "inboxes")
		b := h.as(h.admin)
		made := b.post(inboxes, url.Values{"name": {" Workshop API "}, "webhook_url": {"https://workshop.example/hooks"}}).
			status(http.StatusSeeOther)
		got := b.get(made.Header().Get("Location")).status(200).reads("h1", "Workshop API").reads("#toasts", "The inbox is ready")
		if v := got.attr("#identifier", "value"); len(v) < 20 {
			t.Errorf("the identifier is %q", v)
		}
		if v := got.attr("#f-webhook_url", "value"); v != "https://workshop.example/hooks" {
			t.Errorf("the webhook is %q", v)
		}
		got.has("input[name=member][checked]", 1)
		b.get(inboxes).status(200).has("tbody tr", 2).reads("tbody", "Workshop API")
	})

	t.Run("what is wrong is said at its field, and what was typed stays", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		inboxes := link.Settings(h.account.ID, "inboxes")
		h.as(h.admin).post(inboxes, url.Values{"name": {" "}}).status(http.StatusUnprocessableEntity).
			has("dialog#new-inbox[open]", 1).reads("#new-name-more", "can't be blank")
		got := h.as(h.admin).post(inboxes, url.Values{"name": {"Workshop"}, "webhook_url": {"javascript:alert(1)"}}).
			status(http.StatusUnprocessableEntity).reads("#new-webhook-more", "https://")
		if got.attr("#new-name", "value") != "Workshop" {
			t.Error("the name is lost")
		}
		one := inboxes + "/" + formatID(h.inbox.ID)
		got = h.as(h.admin).post(one, url.Values{"name": {"Help"}, "webhook_url": {"nowhere"}, "greeting_message": {"Hello"}}).
			status(http.StatusUnprocessableEntity).reads("#f-webhook_url-more", "https://")
		if got.attr("#f-name", "value") != "Help" || got.text("#f-greeting_message") != "Hello" {
			t.Error("what was typed is lost")
		}
	})

	t.Run("its settings and its members are kept", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		other := dbtest.Agent(t, h.pool, h.account, "Cy Agent")
		one := link.Setting(h.account.ID, "inboxes", h.inbox.ID)
		h.as(h.admin).post(one, url.Values{
			"name": {"Help"}, "webhook_url": {"https://shop.example/in"}, "hmac_mandatory": {"on"}, "greeting_enabled": {"on"},
			"greeting_message": {"Hello\r\nthere"}, "member": {formatID(other.ID)},
		}).to(one)
		i, err := h.q.GetInbox(t.Context(), h.account.ID, h.inbox.ID)
		if err != nil {
			t.Fatal(err)
		}
		if i.Name != "Help" || i.WebhookUrl != "https://shop.example/in" || !i.HmacMandatory ||
			i.GreetingMessage != "Hello\nthere" || i.EnableAutoAssignment {
			t.Errorf("kept %+v", i)
		}
		h.conversation("Printer", "Help")
		h.as(other).get(link.Conversations(h.account.ID)).status(200).has(".row", 1)
		h.as(h.agent).get(link.Conversations(h.account.ID)).status(200).has(".row", 0)
	})

	t.Run("secrets are hidden until an administrator asks, and the webhook's can be renewed", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one := link.Setting(h.account.ID, "inboxes", h.inbox.ID)
		page := h.as(h.admin).get(one).status(200)
		for _, secret := range []db.Secret{h.inbox.HmacToken, h.inbox.WebhookSecret} {
			if strings.Contains(page.Body.String(), string(secret)) {
				t.Error("a secret stands on the page")
			}
		}
		if got := h.as(h.admin).get(one+"?show=hmac").attr("#hmac", "value"); got != string(h.inbox.HmacToken) {
			t.Errorf("shows %q", got)
		}
		h.as(h.admin).post(one+"/webhook-secret", nil).to(one + "?show=secret")
		if got := h.as(h.admin).get(one+"?show=secret").attr("#secret", "value"); got == string(h.inbox.WebhookSecret) || len(got) < 20 {
			t.Errorf("the secret is %q", got)
		}
	})

	t.Run("it is deleted only after its name is typed", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one := link.Setting(h.account.ID, "inboxes", h.inbox.ID)
		h.as(h.admin).post(one+"/deletion", url.Values{"confirmation": {"support"}}).status(http.StatusUnprocessableEntity).
			reads("#f-confirmation-more", "exactly")
		h.as(h.admin).post(one+"/deletion", url.Values{"confirmation": {"Support"}}).to(link.Settings(h.account.ID, "inboxes"))
		h.as(h.admin).get(one).status(http.StatusNotFound)
	})

	t.Run("what was sent to its webhook is listed, and what failed is sent again on demand", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		var replayed []int64
		h.app.replay = func(_ context.Context, _ int64, ids []int64) error { replayed = ids; return nil }
		var id int64
		err := h.pool.QueryRow(t.Context(), `INSERT INTO webhook_deliveries
			(account_id, receiver, event_id, event_name, state, body, attempts, last_status)
			VALUES ($1, $2, 1, 'message_created', 'failed', '{}', 8, 503) RETURNING id`, h.account.ID, "inbox:"+formatID(h.inbox.ID)).Scan(&id)
		if err != nil {
			t.Fatal(err)
		}
		one := link.Setting(h.account.ID, "inboxes", h.inbox.ID)
		h.as(h.admin).get(one).status(200).reads("#log", "1 failed").reads("#log tbody", "503").reads("#log tbody", "message_created")
		h.as(h.admin).post(link.SettingAct(h.account.ID, "deliveries", id, link.Replay), nil).status(http.StatusSeeOther)
		if !slices.Equal(replayed, []int64{id}) {
			t.Errorf("replayed %v", replayed)
		}
	})
}

func TestSettingsToken(t *testing.T) {
	t.Parallel()

	t.Run("a token is shown once and listed by how it begins", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		tokens := link.Settings(h.account.ID, "access-tokens")
		b := h.as(h.agent)
		b.post(tokens, url.Values{"name": {"Shop orders"}}).to(tokens)
		b.get(link.Settings(h.account.ID, "labels")) // another page takes nothing
		token := b.get(tokens).status(200).attr("#once", "value")
		if len(token) < 40 {
			t.Fatalf("the token is %q", token)
		}
		again := b.get(tokens).status(200).has("#once", 0).reads("tbody", "Shop orders").reads("tbody", token[:4]+"…").reads("tbody", "Never")
		if strings.Contains(again.Body.String(), token) {
			t.Error("the token is shown again")
		}
	})

	t.Run("revoking ends one's own token, and nobody else's", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		tokens := link.Settings(h.account.ID, "access-tokens")
		dbtest.Token(t, h.pool, h.agent)
		mine, err := h.q.ListOwnTokens(t.Context(), h.agent.ID)
		if err != nil || len(mine) != 1 {
			t.Fatal(mine, err)
		}
		path := tokens + "/" + formatID(mine[0].ID) + "/revocation"
		h.as(h.admin).post(path, nil).status(http.StatusNotFound)
		h.as(h.agent).post(path, nil).to(tokens)
		if left, _ := h.q.ListOwnTokens(t.Context(), h.agent.ID); len(left) != 0 {
			t.Errorf("%d left", len(left))
		}
	})

	t.Run("it needs a name", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.as(h.agent).post(link.Settings(h.account.ID, "access-tokens"), url.Values{"name": {" "}}).
			status(http.StatusUnprocessableEntity).reads("#f-name-more", "Say what")
	})
}
