package chatwoot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

const inbox = v1 + "/inboxes/:inbox"

func inboxRows() map[string]apitest.Row {
	// Members know the ids of inboxes, so the answer is 401 and not 404.
	of := apitest.Row{But: map[apitest.Caller]int{apitest.Outside: 401}}
	members := apitest.Row{Body: `{"inbox_id": {inbox}, "user_ids": [{user}]}`}
	return apitest.Join(
		nil,
		apitest.Each(of, "GET "+inbox, "GET "+inbox+"/agent_bot", "GET "+inbox+"/assignable_agents", "GET "+v1+"/inbox_members/:inbox"),
		apitest.Each(
			members, "POST "+v1+"/inbox_members", "PATCH "+v1+"/inbox_members", "PUT "+v1+"/inbox_members",
			"DELETE "+v1+"/inbox_members",
		),
		apitest.Each(apitest.Row{}, "GET "+v1+"/inboxes", "GET "+inbox+"/campaigns", "DELETE "+inbox, "DELETE "+inbox+"/avatar",
			"POST "+inbox+"/reset_secret"),
		apitest.Each(apitest.Row{Body: `{"name": "Front desk"}`}, "PATCH "+inbox, "PUT "+inbox),
		map[string]apitest.Row{
			"POST " + v1 + "/inboxes":          {Body: `{"name": "New", "channel": {"type": "api"}}`},
			"POST " + inbox + "/set_agent_bot": {Body: `{"agent_bot": {bot}}`},
			"GET " + v1 + "/assignable_agents": {Query: "?inbox_ids[]={inbox}", But: map[apitest.Caller]int{apitest.Outside: 401}},
		},
	)
}

func TestInbox(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("is listed by name, an agent's own only, and its keys for administrators", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "GET", v1+"/inboxes/", "").Want(200)
		apitest.Golden(t, *update, "inboxes", got.Body.Bytes())
		if names := inboxNames(got); !slices.Equal(names, []string{"Elsewhere", "Shop"}) {
			t.Errorf("inboxes %v", names)
		}
		mine := w.Do(t, apitest.Inside, "GET", v1+"/inboxes", "").Want(200)
		if names := inboxNames(mine); !slices.Equal(names, []string{"Shop"}) {
			t.Errorf("an agent sees the inboxes %v", names)
		}
		if text := mine.Body.String(); strings.Contains(text, "hmac_token") || strings.Contains(text, `"secret"`) {
			t.Error("an agent is told an inbox's keys")
		}
		first := w.Do(t, apitest.Admin, "GET", v1+"/inboxes?limit=1", "").Want(200)
		next := nextPage(t, first)
		if names := inboxNames(w.Do(t, apitest.Admin, "GET", next, "").Want(200)); !slices.Equal(names, []string{"Shop"}) {
			t.Errorf("the second page holds %v", names)
		}
	})

	t.Run("is made as a bridge makes it, and changed in its channel", func(t *testing.T) {
		got := w.Do(
			t, apitest.Admin, "POST", v1+"/inboxes/",
			`{"name": " Bridge ", "channel": {"type": "api", "webhook_url": "http://192.168.1.7:8080/hook", "phone_number": `+
				`"+3612345678", "additional_attributes": {"hostAccountNumber": "3612345678"}}}`,
		).Want(200)
		apitest.Golden(t, *update, "inbox_api", got.Body.Bytes())
		w.Vars["inbox"] = number(got.Object()["id"])
		changed := w.Do(
			t, apitest.Admin, "PATCH", inbox,
			`{"name": "Bridge 2", "greeting_message": "null", "business_name": "null", "channel": {"webhook_url": `+
				`"https://bridge.example/hook", "additional_attributes": {"hostAccountNumber": "1"}}}`,
		).Want(200).Object()
		if changed["name"] != "Bridge 2" || changed["webhook_url"] != "https://bridge.example/hook" ||
			changed["greeting_message"] != nil || changed["business_name"] != nil {
			t.Errorf("after the change: %v", changed)
		}
		if n := countEvents(t, w, "inbox.updated"); n != 1 {
			t.Errorf("%d events tell of the change, want 1", n)
		}
		w.Do(t, apitest.Admin, "PATCH", inbox, `{"name": "Bridge 2"}`).Want(200)
		if n := countEvents(t, w, "inbox.updated"); n != 1 {
			t.Errorf("a change that changed nothing left an event: %d", n)
		}
		if text := eventData(t, w, "inbox.updated"); strings.Contains(text, "secret") {
			t.Errorf("the event tells a secret: %s", text)
		}
		was := changed["secret"]
		if is := w.Do(t, apitest.Admin, "POST", inbox+"/reset_secret", "").Want(200).Object()["secret"]; is == was || is == "" {
			t.Errorf("the secret is %v after a reset, as before", is)
		}
	})

	t.Run("is of every kind, with the settings of its kind", func(t *testing.T) {
		w := newFixture(t)
		for _, kind := range [][2]string{
			{
				"web_widget",
				`{"name": "Web", "channel": {"type": "web_widget", "website_url": "shop.example", "widget_color": "#112233", ` +
					`"welcome_title": "Hello", "pre_chat_form_enabled": "true", "selected_feature_flags": ["attachments"]}}`,
			},
			{
				"email",
				`{"name": "Mail", "channel": {"type": "email", "email": "Support@Shop.Example", "imap_enabled": true, ` +
					`"imap_address": "mail.shop.example", "imap_port": "993", "imap_password": "hidden"}}`,
			},
			{
				"sms",
				`{"name": "Text", "channel": {"type": "sms", "phone_number": "+15550100", "provider_config": {"api_key": ` +
					`"hidden", "account_id": "a7"}}}`,
			},
			{
				"whatsapp",
				`{"name": "WhatsApp", "channel": {"type": "whatsapp", "phone_number": "+15550101", "provider": "whatsapp_cloud", ` +
					`"provider_config": {"phone_number_id": "99"}}}`,
			},
		} {
			got := w.Do(t, apitest.Admin, "POST", v1+"/inboxes", kind[1]).Want(200)
			apitest.Golden(t, *update, "inbox_"+kind[0], got.Body.Bytes())
			if strings.Contains(got.Body.String(), "hidden") {
				t.Errorf("%s tells a password: %s", kind[0], got.Body)
			}
		}
	})

	t.Run("says what is wrong with it", func(t *testing.T) {
		for body, attribute := range map[string]string{
			`{"name": "", "channel": {"type": "api"}}`:     "name",
			`{"name": "x", "channel": {"type": "pigeon"}}`: "channel",
			`{"name": "x"}`: "channel",
			`{"name": "x", "channel": {"type": "email"}}`:                                        "email",
			`{"name": "x", "channel": {"type": "sms", "phone_number": "12"}}`:                    "phone_number",
			`{"name": "x", "timezone": "Mars/Olympus", "channel": {"type": "api"}}`:              "timezone",
			`{"name": "x", "channel": {"type": "api", "webhook_url": "javascript:alert(1)"}}`:    "webhook_url",
			`{"name": "x", "sender_name_type": "rude", "channel": {"type": "api"}}`:              "sender_name_type",
			`{"name": "x", "greeting_message": "` + long(10001) + `", "channel":{"type":"api"}}`: "greeting_message",
		} {
			got := w.Do(t, apitest.Admin, "POST", v1+"/inboxes", body).Want(422).Object()
			if names, _ := got["attributes"].([]any); !slices.Contains(names, any(attribute)) {
				t.Errorf("%.80s: %v, want %s", body, got, attribute)
			}
		}
	})

	t.Run("takes working hours day by day", func(t *testing.T) {
		w := newFixture(t)
		got := w.Do(t, apitest.Admin, "PATCH", inbox, `{"working_hours_enabled": true, "timezone": "Europe/Budapest", "working_hours": [
			{"day_of_week": 1, "open_hour": 8, "open_minutes": 30, "close_hour": 12, "close_minutes": 0, "closed_all_day": `+
			`false}, {"day_of_week": 6, "open_all_day": true}]}`).Want(200)
		apitest.Golden(t, *update, "inbox_working_hours", got.Body.Bytes())
		w.Do(
			t, apitest.Admin, "PATCH", inbox,
			`{"working_hours": [{"day_of_week": 1, "open_hour": 12, "open_minutes": 0, "close_hour": 8, "close_minutes": 0}]}`,
		).Want(422)
		w.Do(t, apitest.Admin, "PATCH", inbox, `{"working_hours": [{"day_of_week": 9, "closed_all_day": true}]}`).Want(422)
		days, _ := w.Do(t, apitest.Admin, "PATCH", inbox, `{"working_hours": [{"day_of_week": 1, "close_hour": 13}]}`).Want(200).
			Object()["working_hours"].([]any)
		if monday, _ := days[1].(map[string]any); monday["open_hour"] != 8.0 || monday["open_minutes"] != 30.0 || monday["close_hour"] != 13.0 {
			t.Errorf("what was not sent of Monday did not stay: %v", monday)
		}
	})

	t.Run("gets a picture and loses it", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		body, kind := upload(t, map[string]string{"name": "Shop"}, "avatar", "face.png", picture(t))
		got := w.Server.Do(t, w.Tokens[apitest.Admin], "PATCH", w.Fill(inbox), body, "Content-Type", kind).Want(200).Object()
		if u, _ := got["avatar_url"].(string); !strings.HasPrefix(u, apitest.BaseURL+"/avatars/") {
			t.Errorf("avatar_url %v", got["avatar_url"])
		}
		w.Do(t, apitest.Admin, "DELETE", inbox+"/avatar", "").Want(200)
		if u := w.Do(t, apitest.Admin, "GET", inbox, "").Want(200).Object()["avatar_url"]; u != "" {
			t.Errorf("avatar_url %v after it was deleted", u)
		}
		body, kind = upload(t, nil, "avatar", "page.html", []byte("<html><script>alert(1)</script>"))
		w.Server.Do(t, w.Tokens[apitest.Admin], "PATCH", w.Fill(inbox), body, "Content-Type", kind).Want(422)
	})

	t.Run("has a bot, or an empty object", func(t *testing.T) {
		none := w.Do(t, apitest.Inside, "GET", v1+"/inboxes/"+number(float64(w.Inbox.ID))+"/agent_bot", "").Want(200)
		apitest.Golden(t, *update, "inbox_agent_bot_none", none.Body.Bytes())
		w := newFixture(t)
		if got := w.Do(t, apitest.Admin, "POST", inbox+"/set_agent_bot", `{"agent_bot": {bot}}`).Want(200); got.Body.Len() != 0 {
			t.Errorf("set_agent_bot answers %s", got.Body)
		}
		if bot, _ := w.Do(t, apitest.Inside, "GET", inbox+"/agent_bot", "").Want(200).
			Object()["agent_bot"].(map[string]any); bot["name"] != "Robin Bot" {
			t.Errorf("agent_bot %v", bot)
		}
		w.Do(t, apitest.Admin, "POST", inbox+"/set_agent_bot", `{"agent_bot": 999999}`).Want(404)
		w.Do(t, apitest.Admin, "POST", inbox+"/set_agent_bot", `{"agent_bot": null}`).Want(200)
	})

	t.Run("is hidden at once, and deleted later with its conversations", func(t *testing.T) {
		w := newFixture(t)
		for range 60 {
			dbtest.Conversation(t, w.Server.Pool, w.Inbox, "More")
		}
		got := w.Do(t, apitest.Admin, "DELETE", inbox, "").Want(200)
		apitest.Golden(t, *update, "inbox_deleted", got.Body.Bytes())
		w.Do(t, apitest.Admin, "GET", inbox, "").Want(404)
		w.Do(t, apitest.Admin, "DELETE", inbox, "").Want(404)
		if err := w.Server.Desk.ClearInbox(t.Context(), w.Account.ID, w.Inbox.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := db.New(w.Server.Pool).GetInbox(t.Context(), w.Account.ID, w.Inbox.ID); !db.IsNone(err) {
			t.Errorf("the inbox is still there: %v", err)
		}
		if n := countEvents(t, w, "conversation.deleted"); n != 61 {
			t.Errorf("%d conversations were deleted, want 61", n)
		}
		if n := countEvents(t, w, "inbox.deleted"); n != 1 {
			t.Errorf("%d events tell that the inbox is deleted, want 1", n)
		}
	})
}

func TestInboxMembers(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.Vars["admin"] = number(float64(w.Admin.ID))
	// The ids in the golden files count from here.
	stranger, assigned := apitest.NewFixture(t, w.Server), apitest.NewFixture(t, w.Server)

	t.Run("are added, set and removed", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "POST", v1+"/inbox_members", `{"inbox_id": "{inbox}", "user_ids": [{admin}, "{admin}", {user}]}`).Want(200)
		apitest.Golden(t, *update, "inbox_members", got.Body.Bytes())
		got = w.Do(t, apitest.Admin, "PATCH", v1+"/inbox_members", `{"inbox_id": {inbox}, "user_ids": [{admin}]}`).Want(200)
		if list := payload(got); len(list) != 1 {
			t.Errorf("members %v, want one", list)
		}
		w.Do(t, apitest.Inside, "GET", inbox, "").Want(401)
		if got := w.Do(t, apitest.Admin, "DELETE", v1+"/inbox_members", `{"inbox_id": {inbox}, "user_ids": [{admin}, 999999]}`).
			Want(200); got.Body.Len() != 0 {
			t.Errorf("DELETE answers %s", got.Body)
		}
		if list := payload(w.Do(t, apitest.Admin, "GET", v1+"/inbox_members/:inbox/", "").Want(200)); len(list) != 0 {
			t.Errorf("members %v, want none", list)
		}
	})

	t.Run("must be of the account", func(t *testing.T) {
		before := len(payload(w.Do(t, apitest.Admin, "GET", v1+"/inbox_members/:inbox", "").Want(200)))
		w.Vars["stranger"] = number(float64(stranger.Admin.ID))
		got := w.Do(t, apitest.Admin, "POST", v1+"/inbox_members", `{"inbox_id": {inbox}, "user_ids": [{admin}, {stranger}]}`).Want(422)
		apitest.Golden(t, *update, "inbox_members_unknown", got.Body.Bytes())
		if list := payload(w.Do(t, apitest.Admin, "GET", v1+"/inbox_members/:inbox", "").Want(200)); len(list) != before {
			t.Errorf("some were added all the same: %v", list)
		}
	})

	t.Run("of all the inboxes, and administrators, can be given conversations", func(t *testing.T) {
		w := assigned
		got := w.Do(t, apitest.Inside, "GET", inbox+"/assignable_agents", "").Want(200)
		apitest.Golden(t, *update, "assignable_agents", got.Body.Bytes())
		second := dbtest.Inbox(t, w.Server.Pool, w.Account, "Second")
		both := payload(w.Do(
			t, apitest.Admin, "GET", v1+"/assignable_agents?inbox_ids[]={inbox}&inbox_ids[]="+number(float64(second.ID)), "",
		).Want(200))
		if len(both) != 1 || both[0].(map[string]any)["role"] != "administrator" {
			t.Errorf("assignable in both: %v, want the administrator", both)
		}
	})
}

func inboxNames(a apitest.Answer) []string {
	var names []string
	for _, v := range payload(a) {
		names = append(names, v.(map[string]any)["name"].(string))
	}
	return names
}

// number returns a number of decoded JSON as text for a path.
func number(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

// nextPage returns the link to the next page of a list, without the base URL.
func nextPage(t *testing.T, a apitest.Answer) string {
	t.Helper()
	link := a.Header().Get("Link")
	if !strings.HasSuffix(link, `>; rel="next"`) {
		t.Fatalf("no next page: %q", link)
	}
	return strings.TrimPrefix(strings.TrimSuffix(link, `>; rel="next"`), "<"+apitest.BaseURL)
}

func countEvents(t *testing.T, w *apitest.Fixture, kind string) (n int) {
	t.Helper()
	err := w.Server.Pool.QueryRow(
		context.Background(), `SELECT count(*) FROM events WHERE account_id = $1 AND kind = $2`, w.Account.ID, kind,
	).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func eventData(t *testing.T, w *apitest.Fixture, kind string) (data string) {
	t.Helper()
	err := w.Server.Pool.QueryRow(
		context.Background(), `SELECT string_agg(data::text, ' ') FROM events WHERE account_id = $1 AND kind = $2`,
		w.Account.ID, kind,
	).Scan(&data)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// upload makes a multipart body with fields and one file.
func upload(t testing.TB, fields map[string]string, field, name string, content []byte) ([]byte, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	f, err := m.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m.FormDataContentType()
}

func long(n int) string { return strings.Repeat("x", n) }

// No two inboxes can have the same address, until one is deleted.
func TestInboxAddress(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for field, body := range map[string]string{
		"email":        `{"name": "One", "channel": {"type": "email", "email": "one@shop.example"}}`,
		"phone_number": `{"name": "One", "channel": {"type": "sms", "phone_number": "+15550111"}}`,
	} {
		first := w.Do(t, apitest.Admin, "POST", v1+"/inboxes", body).Want(200).Object()
		got := w.Do(t, apitest.Admin, "POST", v1+"/inboxes", body).Want(422).Object()
		if names, _ := got["attributes"].([]any); !slices.Equal(names, []any{field}) ||
			!strings.Contains(fmt.Sprint(got["message"]), "has already been taken") {
			t.Errorf("%s: %v", field, got)
		}
		w.Do(t, apitest.Admin, "DELETE", v1+"/inboxes/"+number(first["id"]), "").Want(200)
		w.Do(t, apitest.Admin, "POST", v1+"/inboxes", body).Want(200)
	}
}
