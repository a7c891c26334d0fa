package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

func TestAgentBots(t *testing.T) {
	t.Parallel()
	h := setup(t)
	bots := link.Settings(h.account.ID, "agent-bots")
	b := h.as(h.admin)
	botOfInbox := func() *int64 {
		inbox, err := h.q.GetInbox(t.Context(), h.account.ID, h.inbox.ID)
		if err != nil {
			t.Fatal(err)
		}
		return inbox.AgentBotID
	}
	opens := func(token string) bool {
		var n int
		if err := h.pool.QueryRow(
			t.Context(), "SELECT count(*) FROM access_tokens WHERE token_hash = $1", auth.HashToken(token),
		).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == 1
	}

	b.get(bots).status(200).reads(".empty-title", "No bots yet")
	b.post(bots, url.Values{"name": {" "}, "outgoing_url": {"ftp://x"}, "description": {"Kept"}}).status(http.StatusUnprocessableEntity).
		has("#f-name-more.field-error", 1).has("#f-outgoing_url-more.field-error", 1).has(`#f-description[value="Kept"]`, 1)

	made := b.post(bots, url.Values{
		"name": {"Returns"}, "outgoing_url": {"https://bot.example/parley"}, "inbox": {formatID(h.inbox.ID)},
	}).status(http.StatusSeeOther)
	token := b.get(made.Header().Get("Location")).status(200).attr("#once", "value")
	if !opens(token) {
		t.Fatalf("the token %q opens nothing", token)
	}
	id := botOfInbox()
	if id == nil {
		t.Fatal("the inbox has no bot")
	}
	one := bots + "/" + formatID(*id)
	b.get(one).status(200).has("#once", 0).has("input[name=inbox][checked]", 1).has("#p-log", 1)
	b.get(bots).reads("tbody tr", "Returns").reads("tbody tr", h.inbox.Name)

	b.post(one+"/token", nil).to(one)
	fresh := b.get(one).status(200).attr("#once", "value")
	if opens(token) || !opens(fresh) {
		t.Error("the first token opens still, or the second does not")
	}
	hidden := b.get(one).attr("#secret", "value")
	before := b.get(one+"?show=secret").attr("#secret", "value")
	b.post(one+"/secret", nil).to(one + "?show=secret")
	if after := b.get(one+"?show=secret").attr("#secret", "value"); after == before || after == hidden {
		t.Errorf("secret %q, then %q", before, after)
	}

	other := b.get(b.post(bots, url.Values{"name": {"Other"}}).status(http.StatusSeeOther).Header().Get("Location")).status(200)
	other.has("input[name=inbox]", 1).reads(".checks", "(now Returns)").has("input[name=inbox][checked]", 0)
	b.post(one, url.Values{"name": {"Returns 2"}}).to(one)
	if botOfInbox() != nil {
		t.Error("the inbox has its bot still")
	}
	b.post(one, url.Values{"name": {"Returns 2"}, "inbox": {formatID(h.inbox.ID)}}).to(one)
	b.post(one+"/deletion", nil).to(bots)
	if botOfInbox() != nil || opens(fresh) {
		t.Error("something of the bot is left")
	}
	b.get(one).status(http.StatusNotFound)

	stranger := dbtest.Admin(t, h.pool, dbtest.Account(t, h.pool, "Elsewhere"), "Sten Stranger")
	h.as(stranger).get(bots).status(http.StatusNotFound)
}
