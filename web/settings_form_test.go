package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

// one is the path of the only row of a list of settings.
func (s *seen) one() string {
	s.Helper()
	s.status(200).has("tbody tr", 1)
	return s.attr("tbody td.end a", "href")
}

func TestSettingsLabel(t *testing.T) {
	t.Parallel()
	h := setup(t)
	labels, b := link.Settings(h.account.ID, "labels"), h.as(h.admin)
	b.get(labels+"/new").status(200).reads("h1", "New label")
	b.post(labels, url.Values{"title": {"VIP"}, "hue": {"3"}, "description": {"Say hello"}, "show_on_sidebar": {"on"}}).to(labels)
	one := b.get(labels).one()
	got := b.get(one).status(200)
	if got.attr("#f-title", "value") != "vip" || got.attr("#f-hue option[selected]", "value") != "3" {
		t.Errorf("kept %s, hue %s", got.attr("#f-title", "value"), got.attr("#f-hue option[selected]", "value"))
	}
	again := b.post(labels, url.Values{"title": {"vip"}, "description": {"Other"}}).status(http.StatusUnprocessableEntity).
		reads("#f-title-more", "There is a label")
	if again.attr("#f-description", "value") != "Other" {
		t.Error("what was typed is lost")
	}
	b.post(labels, url.Values{"title": {"two words"}}).status(http.StatusUnprocessableEntity).reads("#f-title-more", "letters")
	b.post(one, url.Values{"title": {"press"}}).to(labels)
	var jobs int
	if err := h.pool.QueryRow(
		t.Context(), "SELECT count(*) FROM river_job WHERE args->>'from' = 'vip' OR args->>'From' = 'vip'",
	).Scan(&jobs); err != nil || jobs != 1 {
		t.Errorf("%d jobs rename what carries it, %v", jobs, err)
	}
	b.post(one+"/deletion", nil).to(labels)
	b.get(labels).status(200).has("tbody tr", 0)
	b.post(one+"/deletion", nil).status(http.StatusNotFound)
}

func TestSettingsCannedReply(t *testing.T) {
	t.Parallel()
	h := setup(t)
	replies, b := link.Settings(h.account.ID, "canned-replies"), h.as(h.agent)
	b.post(replies, url.Values{"short_code": {"/hello"}, "content": {"Dear\r\nyou"}}).to(replies)
	one := b.get(replies).one()
	if got := b.get(one).status(200); got.attr("#f-short_code", "value") != "hello" || got.page.Find("#f-content").Text() != "Dear\nyou" {
		t.Errorf("kept %s", got.Body)
	}
	again := b.post(replies, url.Values{"short_code": {"hello"}, "content": {"Other"}}).
		status(http.StatusUnprocessableEntity).reads("#f-short_code-more", "There is a reply")
	if again.text("#f-content") != "Other" {
		t.Error("what was typed is lost")
	}
	b.post(one, url.Values{"short_code": {"hi there"}, "content": {" "}}).status(http.StatusUnprocessableEntity).
		reads("#f-short_code-more", "without blanks").reads("#f-content-more", "Write the text")
	b.post(one, url.Values{"short_code": {"hi"}, "content": {"Hi"}}).to(replies)
	b.get(link.Account(h.account.ID)+"/canned?q=hi").status(200).has("[data-insert=Hi]", 1)
	b.post(one+"/deletion", nil).to(replies)
	b.get(one).status(http.StatusNotFound)
}

func TestSettingsTeam(t *testing.T) {
	t.Parallel()
	h := setup(t)
	teams, b := link.Settings(h.account.ID, "teams"), h.as(h.admin)
	b.post(teams, url.Values{"name": {"Workshop"}, "member": {formatID(h.agent.ID)}}).to(teams)
	one := b.get(teams).one()
	b.get(one).status(200).reads("h1", "Workshop").has("input[name=member][checked]", 1).has("input[name=allow_auto_assign][checked]", 0)
	b.post(teams, url.Values{"name": {"Workshop"}}).status(http.StatusUnprocessableEntity).reads("#f-name-more", "There is a team")
	stranger := dbtest.Agent(t, h.pool, dbtest.Account(t, h.pool, "Elsewhere"), "Sten")
	b.post(one, url.Values{"name": {"Workshop"}, "member": {formatID(stranger.ID)}}).status(http.StatusUnprocessableEntity).
		reads("main", "not a member")
	b.post(one, url.Values{"name": {"Garage"}, "member": {formatID(h.admin.ID)}}).to(teams)
	dbtest.Team(t, h.pool, h.account, "Other")
	got := b.get(one).status(200).reads("h1", "Garage").has("input[name=member][checked]", 1)
	if got.attr("input[name=member][checked]", "value") != formatID(h.admin.ID) {
		t.Error("another user is in the team")
	}
	b.post(one+"/deletion", nil).to(teams)
	b.get(teams).reads("tbody", "Other").has("tbody tr", 1)
}

func TestSettingsWebhook(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hooks, b := link.Settings(h.account.ID, "webhooks"), h.as(h.admin)
	form := url.Values{
		"url": {"https://shop.example/hook"}, "name": {"Shop"}, "subscription": {"message_created", "made_up"},
		"inbox": {formatID(h.inbox.ID)},
	}
	b.post(hooks, form).to(hooks)
	one := b.get(hooks).one()
	b.get(one).status(200).reads("h1", "Shop").has("input[name=subscription][checked]", 1).reads("#log", "Nothing was sent")
	b.post(hooks, form).status(http.StatusUnprocessableEntity).reads("#f-url-more", "There is a webhook")
	refused := b.post(hooks, url.Values{"url": {"ftp://x"}, "name": {"Kept"}}).status(http.StatusUnprocessableEntity).
		reads("#f-url-more", "https://").reads("#events-more", "at least one")
	if refused.attr("#f-name", "value") != "Kept" {
		t.Error("what was typed is lost")
	}
	elsewhere := dbtest.Inbox(t, h.pool, dbtest.Account(t, h.pool, "Elsewhere"), "Theirs")
	b.post(hooks, url.Values{
		"url": {"https://other.example"}, "subscription": {"message_created"}, "inbox": {formatID(elsewhere.ID)},
	}).status(http.StatusUnprocessableEntity)

	rows, err := h.q.ListWebhooks(t.Context(), db.ListWebhooksParams{AccountID: h.account.ID, Most: 9})
	if err != nil || len(rows) != 1 || !slices.Equal(rows[0].Webhook.Subscriptions, []string{"message_created"}) {
		t.Fatalf("%+v, %v", rows, err)
	}
	if b.get(one).attr("#secret", "value") == string(rows[0].Webhook.Secret) {
		t.Error("the secret is shown unasked")
	}
	b.post(one+"/secret", nil).to(one + "?show=secret")
	if got := b.get(one+"?show=secret").attr("#secret", "value"); got == string(rows[0].Webhook.Secret) || len(got) < 20 {
		t.Errorf("the secret is %q", got)
	}
	if _, err := h.pool.Exec(t.Context(), "UPDATE webhooks SET paused_at = now(), paused_reason = 'It failed for long.'"); err != nil {
		t.Fatal(err)
	}
	b.get(one).reads(".callout", "It failed for long.")
	b.get(hooks).reads(".callout", "Shop is paused").reads(".callout button", "Resume")
	b.post(one+"/resumption", nil).to(one)
	b.get(one).has(".callout", 0)
	b.get(hooks).has(".callout", 0)
	if _, err := h.pool.Exec(t.Context(), "UPDATE webhooks SET paused_at = now()"); err != nil {
		t.Fatal(err)
	}
	b.post(one, form).to(hooks)
	b.get(one).has(".callout", 0)
	b.post(one+"/deletion", nil).to(hooks)
	b.get(one).status(http.StatusNotFound)
}

func TestSettingsAccount(t *testing.T) {
	t.Parallel()
	h := setup(t)
	account, b := link.Settings(h.account.ID, "account"), h.as(h.admin)
	if _, err := h.pool.Exec(t.Context(), `UPDATE accounts SET settings = '{"kept": 1}'`); err != nil {
		t.Fatal(err)
	}
	b.post(account, url.Values{
		"name": {"Kestrel Ltd"}, "locale": {"de"}, "time_zone": {"Europe/Lisbon"}, "hours": {"1,5"}, "message": {"Bye"},
		"answered": {"on"},
	}).to(account)
	got := b.get(account).status(200).has("#f-answered[checked]", 1)
	if got.attr("#f-name", "value") != "Kestrel Ltd" || got.attr("#f-hours", "value") != "1.5" ||
		got.attr("#f-locale option[selected]", "value") != "de" {
		t.Errorf("kept %s", got.Body)
	}
	row, err := h.q.GetAccount(t.Context(), h.account.ID)
	if err != nil || row.TimeZone != "Europe/Lisbon" {
		t.Errorf("%+v, %v", row, err)
	}
	settings, err := json.Marshal(row.Settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"kept":1`, `"auto_resolve_after":90`} {
		if !strings.Contains(string(settings), want) {
			t.Errorf("%s lacks %s", settings, want)
		}
	}
	refused := b.post(account, url.Values{"name": {""}, "locale": {"de"}, "time_zone": {"Moon/Base"}, "hours": {"0.01"}}).
		status(http.StatusUnprocessableEntity)
	refused.reads("#f-name-more", "Give a name").reads("#f-time_zone-more", "looks like").reads("#f-hours-more", "ten minutes")
	if refused.attr("#f-time_zone", "value") != "Moon/Base" {
		t.Error("what was typed is lost")
	}
	for _, hours := range []string{"NaN", "Inf", "-1", "1e300"} {
		b.post(account, url.Values{"name": {"K"}, "locale": {"de"}, "time_zone": {"UTC"}, "hours": {hours}}).
			status(http.StatusUnprocessableEntity)
	}
}
