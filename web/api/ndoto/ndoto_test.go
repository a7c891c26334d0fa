package ndoto_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/api/ndoto"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	account       = "/ndoto/api/v1/accounts/{account}"
	conversations = account + "/conversations"
	thread        = conversations + "/{conversation}/messages"
)

func newFixture(t *testing.T) *apitest.Fixture {
	t.Helper()
	return apitest.NewFixture(t, apitest.New(t, func(e *echo.Echo, a *api.API) {
		ndoto.Routes(e, a)
		chatwoot.Routes(e, a) // the settings of the account have their endpoints there
	}))
}

// as sends a request as the administrator and expects a status.
func as(t *testing.T, w *apitest.Fixture, method, path, body string, want int) []byte {
	t.Helper()
	got := w.Do(t, apitest.Admin, method, path, body)
	if got.Code != want {
		t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, got.Code, want, got.Body)
	}
	return got.Body.Bytes()
}

func TestMessages(t *testing.T) {
	t.Parallel()

	t.Run("a thread comes whole, with words for types and no activity unless the account asks for it", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		as(t, w, "POST", conversations+"/{conversation}/assignments", `{"assignee_id":{user}}`, 200)
		apitest.Golden(t, *update, "message_created", as(t, w, "POST", thread, `{"content":"On its way","message_type":"outgoing"}`, 200))
		body := as(t, w, "GET", thread, "", 200)
		apitest.Golden(t, *update, "messages", body)
		if strings.Contains(string(body), `"activity"`) {
			t.Error("activity is shown")
		}
		as(t, w, "PATCH", "/api/v1/accounts/{account}", `{"ndoto_show_activity":true}`, 200)
		if body := as(t, w, "GET", thread, "", 200); !strings.Contains(string(body), `"activity"`) {
			t.Error("activity is not shown")
		}
		as(t, w, "PATCH", "/api/v1/accounts/{account}", `{"settings":{"ndoto_show_activity":false}}`, 200)
		if body := as(t, w, "GET", thread, "", 200); strings.Contains(string(body), `"activity"`) {
			t.Error("activity is still shown")
		}
	})

	t.Run("a moment may have a fraction, and what is no number is 400", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for query, want := range map[string]string{
			"?after=1712001000.5":        "Where is",
			"?before=1712001000.5":       "[]",
			"?after=0&before=4000000000": "Where is",
		} {
			if body := string(as(t, w, "GET", thread+query, "", 200)); !strings.Contains(body, want) {
				t.Errorf("%s: %s", query, body)
			}
		}
		for _, bad := range []string{"NaN", "Inf", "1e99", "soon"} {
			as(t, w, "GET", thread+"?before="+bad, "", 400)
		}
	})

	t.Run("what is missing or unknown in a message is 422 with one sentence, what is garbled 400", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for body, want := range map[string]int{
			`{"content":"x"}`: 422, `{"message_type":"outgoing"}`: 422, `{"content":" ","message_type":"outgoing"}`: 422,
			`{"content":"x","message_type":"activity"}`: 422, `{"content":"x","message_type":"outgoing","content_type":"cards"}`: 422,
			`{"content":"` + strings.Repeat("x", 150_001) + `","message_type":"outgoing"}`: 422, `{`: 400,
		} {
			if got := string(as(t, w, "POST", thread, body, want)); !strings.HasPrefix(got, `{"error":"`) {
				t.Errorf("%.40s: %s", body, got)
			}
		}
		as(t, w, "GET", thread+"?before=soon", "", 400)
	})

	t.Run("a deleted message leaves the list, and is not found a second time", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		apitest.Golden(t, *update, "deleted", as(t, w, "DELETE", thread+"/{message}", "", 200))
		as(t, w, "DELETE", thread+"/{message}", "", 404)
		if body := string(as(t, w, "GET", thread, "", 200)); body != `{"payload":[]}` {
			t.Errorf("the list is %s", body)
		}
	})
}

func TestAnInboxLocksAContactToOneConversation(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	if _, err := w.Server.Pool.Exec(t.Context(), `UPDATE inboxes SET lock_to_single_conversation = true`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		as(t, w, "POST", conversations, `{"inbox_id":"{inbox}","contact_id":{contact},"message":{"content":"Hello again"}}`, 200)
	}
	var n int
	query := `SELECT count(DISTINCT conversation_id) FROM messages WHERE content = 'Hello again'`
	if err := w.Server.Pool.QueryRow(t.Context(), query).Scan(&n); err != nil ||
		n != 1 {
		t.Errorf("%d conversations, %v", n, err)
	}
}

func TestConversations(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	as(t, w, "POST", conversations+"/{conversation}/assignments", `{"team_id":{team}}`, 200)
	apitest.Golden(t, *update, "assigned", as(t, w, "POST", conversations+"/{conversation}/assignments", `{"assignee_id":{user}}`, 200))
	as(t, w, "POST", conversations+"/{conversation}/assignments", `{"assignee_id":999999}`, 404)
	as(t, w, "POST", conversations+"/{conversation}/toggle_priority", `{"priority":"high"}`, 200)
	apitest.Golden(t, *update, "labels", as(t, w, "POST", conversations+"/{conversation}/labels", `{"labels":["refund","vip"]}`, 200))
	apitest.Golden(t, *update, "conversations", as(t, w, "GET", conversations+"?labels=vip&sort=created_at", "", 200))
	apitest.Golden(t, *update, "counts", as(t, w, "GET", conversations+"/meta", "", 200))
	apitest.Golden(t, *update, "conversation", as(t, w, "GET", conversations+"/{conversation}", "", 200))
	apitest.Golden(t, *update, "toggled", as(t, w, "POST", conversations+"/{conversation}/toggle_status", `{"status":"resolved"}`, 200))
	as(t, w, "POST", conversations+"/{conversation}/toggle_status", `{}`, 422)
	as(t, w, "POST", thread, `{"content":"Still there?","message_type":"incoming"}`, 200)
	if body := string(as(t, w, "GET", conversations+"/{conversation}", "", 200)); !strings.Contains(body, `"status":"open"`) {
		t.Errorf("a customer's message did not reopen it: %s", body)
	}
	apitest.Golden(
		t,
		*update,
		"conversation_created",
		as(t, w, "POST", conversations, `{"inbox_id":"{inbox}","contact_id":{contact},"message":{"content":"Hello"}}`, 200),
	)
	for body, want := range map[string]string{
		`{"payload":[{"attribute_key":"status","filter_operator":"equal_to","values":["open"],"query_operator":null}]}`: `"all_count":2`,
		`{"payload":[{"attribute_key":"labels","filter_operator":"equal_to","values":["vip"],"query_operator":null}]}`:  `"all_count":1`,
		`{"payload":[{"attribute_key":"priority","filter_operator":"equal_to","values":["urgent"]}]}`:                   `"payload":[]`,
		`{"payload":[{"attribute_key":"contact_id","filter_operator":"equal_to","values":[{contact}]}]}`:                `"assigned_count":1`,
	} {
		if got := string(as(t, w, "POST", conversations+"/filter", body, 200)); !strings.HasPrefix(got, `{"data":{"meta":{`) ||
			!strings.Contains(got, want) {
			t.Errorf("%s: %s", body, got)
		}
	}
	as(
		t,
		w,
		"POST",
		conversations+"/filter",
		`{"payload":[{"attribute_key":"shoe_size","filter_operator":"equal_to","values":["44"]}]}`,
		422,
	)
	for _, bad := range []string{"?sort=name", "?status=closed", "?assignee_type=them"} {
		as(t, w, "GET", conversations+bad, "", 400)
	}
}

func TestContacts(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	contacts := account + "/contacts"
	made := as(
		t,
		w,
		"POST",
		contacts,
		`{"name":"Rui Castel","email":"Rui@Example.net","inbox_id":{inbox},"custom_attributes":{"tier":"gold"}}`,
		200,
	)
	apitest.Golden(t, *update, "contact_created", made)
	if got := string(as(t, w, "POST", contacts, `{"email":"rui@example.net"}`, 422)); got != `{"error":"Email has already been taken"}` {
		t.Errorf("a second one: %s", got)
	}
	apitest.Golden(t, *update, "contacts", as(t, w, "GET", contacts+"?sort=-name", "", 200))
	apitest.Golden(t, *update, "contact", as(t, w, "GET", contacts+"/{contact}", "", 200))
	if body := string(as(t, w, "GET", contacts+"?include_contact_inboxes=true", "", 200)); strings.Count(
		body,
		`"contact_inboxes":[{"source_id":`,
	) != 2 {
		t.Errorf("where they are reached: %s", body)
	}
	found := as(t, w, "GET", contacts+"/search?q=rui", "", 200)
	if apitest.Golden(t, *update, "contacts_search", found); !strings.Contains(string(found), "rui@example.net") {
		t.Errorf("found %s", found)
	}
	filtered := string(
		as(
			t,
			w,
			"POST",
			contacts+"/filter",
			`{"payload":[{"attribute_key":"email","filter_operator":"contains","values":["example.net"]}]}`,
			200,
		),
	)
	apitest.Golden(t, *update, "contacts_filter", []byte(filtered))
	if !strings.Contains(filtered, "rui@example.net") || !strings.Contains(filtered, `"count":1,`) {
		t.Errorf("filtered %s", filtered)
	}
	as(t, w, "POST", contacts, `{"name":"x","avatar_url":"ftp://a.example/x"}`, 422)
	as(t, w, "POST", contacts, `{"name":"x","avatar_url":"https://a.example/x.png"}`, 200)
	as(t, w, "PATCH", contacts+"/{contact}", `{"avatar_url":"https://a.example/y.png"}`, 200)
	if n := jobs(t, w, "fetch_avatar"); n != 2 {
		t.Errorf("%d pictures are fetched", n)
	}
	apitest.Golden(t, *update, "contact_updated", as(t, w, "PUT", contacts+"/{contact}", `{"phone_number":"+351900111222"}`, 200))
	apitest.Golden(
		t,
		*update,
		"contact_inbox",
		as(t, w, "POST", contacts+"/{contact}/contact_inboxes", `{"inbox_id":{inbox},"source_id":"rui-2"}`, 200),
	)
	apitest.Golden(t, *update, "contact_labels", as(t, w, "POST", contacts+"/{contact}/labels", `{"labels":["vip"]}`, 200))
	as(t, w, "PUT", contacts+"/{contact}", `{"phone_number":"12"}`, 422)
	apitest.Golden(t, *update, "contact_conversations", as(t, w, "GET", contacts+"/{contact}/conversations", "", 200))
	as(t, w, "DELETE", contacts+"/{contact}", "", 200)
	as(t, w, "GET", contacts+"/{contact}", "", 404)
}

// jobs counts the jobs of a kind.
func jobs(t *testing.T, w *apitest.Fixture, kind string) (n int) {
	t.Helper()
	if err := w.Server.Pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE kind = $1", kind).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// id returns the id in an answer.
func id(t *testing.T, body []byte) int64 {
	t.Helper()
	var v struct{ ID int64 }
	if err := json.Unmarshal(body, &v); err != nil || v.ID == 0 {
		t.Fatalf("%v: %s", err, body)
	}
	return v.ID
}

func TestLabels(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	label := fmt.Sprintf("%s/labels/%d", account, id(t, as(t, w, "POST", account+"/labels", `{"title":"vip"}`, 200)))
	as(t, w, "POST", account+"/labels", `{"title":"refund"}`, 200)
	as(t, w, "PATCH", label, `{"title":"refund"}`, 422)
	as(t, w, "PATCH", label, `{"title":"two words"}`, 422)
	if got := string(as(t, w, "PATCH", label, `{"title":"Gold","show_on_sidebar":false}`, 200)); !strings.Contains(
		got,
		`"title":"gold"`,
	) ||
		!strings.Contains(got, `"show_on_sidebar":false`) {
		t.Errorf("changed: %s", got)
	}
	if n := jobs(t, w, "replace_label"); n != 1 {
		t.Errorf("%d jobs carry the new title", n)
	}
	if got := string(as(t, w, "DELETE", label, "", 200)); got != "{}" {
		t.Errorf("deleted: %s", got)
	}
	as(t, w, "DELETE", label, "", 404)
	if got := string(as(t, w, "GET", account+"/labels", "", 200)); strings.Contains(got, "gold") {
		t.Errorf("listed: %s", got)
	}
}

func TestWebhookSettings(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	hooks := account + "/webhooks"
	one := fmt.Sprintf("%s/%d", hooks, id(t, as(t, w, "POST", hooks, `{"url":"https://a.example/x","name":"Shop"}`, 200)))
	as(t, w, "POST", hooks, `{"url":"https://b.example/x"}`, 200)
	as(t, w, "PATCH", one, `{"url":"https://b.example/x"}`, 422)
	if _, err := w.Server.Pool.Exec(t.Context(), "UPDATE webhooks SET paused_at = now()"); err != nil {
		t.Fatal(err)
	}
	if got := string(as(t, w, "GET", hooks, "", 200)); strings.Contains(got, `"active":true`) {
		t.Errorf("paused: %s", got)
	}
	got := string(as(t, w, "PATCH", one, `{"url":"https://c.example/x","subscriptions":["message_created"]}`, 200))
	for _, part := range []string{`"url":"https://c.example/x"`, `"name":"Shop"`, `"subscriptions":["message_created"]`, `"active":true`} {
		if !strings.Contains(got, part) {
			t.Errorf("changed: %s, want %s", got, part)
		}
	}
	if jobs(t, w, "resume_webhook") != 1 {
		t.Error("what waited is not started again")
	}
	if got := string(as(t, w, "DELETE", one, "", 200)); got != "{}" {
		t.Errorf("deleted: %s", got)
	}
	as(t, w, "DELETE", one, "", 404)
	as(t, w, "PATCH", one, `{"name":"x"}`, 404)
	if got := string(as(t, w, "GET", hooks, "", 200)); strings.Contains(got, "c.example") || !strings.Contains(got, "b.example") {
		t.Errorf("listed: %s", got)
	}
}

func TestConversationChanges(t *testing.T) {
	t.Parallel()

	t.Run("a change takes what it names and leaves the rest, and null clears", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		one := conversations + "/{conversation}"
		for _, step := range []struct{ body, want string }{
			{`{"priority":"high"}`, `"priority":"high"`},
			{`{}`, `"priority":"high"`},
			{`{"priority":null}`, `"priority":null`},
			{`{"status":"pending"}`, `"status":"pending"`},
			{`{"status":"snoozed","snoozed_until":4000000000}`, `"snoozed_until":4000000000`},
			{
				`{"assignee_id":{user},"team_id":{team}}`,
				`"meta":{"assignee":{"id":{user},"name":"Ann Agent"},"team":{"id":{team},"name":"billing"}}`,
			},
			{`{"assignee_id":null}`, `"meta":{"assignee":null,"team":{"id":{team},"name":"billing"}}`},
			{`{"team_id":0}`, `"meta":{"assignee":null,"team":null}`},
			{`{"custom_attributes":{"tier":"gold"}}`, `"custom_attributes":{"tier":"gold"}`},
			{`{"labels":["vip"]}`, `"labels":["vip"]`},
		} {
			if got := string(as(t, w, "PATCH", one, step.body, 200)); !strings.Contains(got, w.Fill(step.want)) {
				t.Errorf("%s: %s", step.body, got)
			}
		}
		for body, want := range map[string]int{
			`{"status":"closed"}`:                 422,
			`{"priority":"x"}`:                    422,
			`{"assignee_id":999999}`:              404,
			`{"team_id":999999}`:                  404,
			`{"priority":"low","team_id":999999}`: 404,
		} {
			as(t, w, "PATCH", one, body, want)
		}
		if got := string(as(t, w, "GET", one, "", 200)); !strings.Contains(got, `"priority":null`) {
			t.Errorf("half of a refused change was made: %s", got)
		}
	})

	t.Run("who or what a new conversation names must be there", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for name, want := range map[string]int{"team_id": 404, "inbox_id": 404, "contact_id": 404, "assignee_id": 422} {
			body := strings.Replace(`{"inbox_id":{inbox},"contact_id":{contact}}`, "}}", `},"`+name+`":999999}`, 1)
			as(t, w, "POST", conversations, body, want)
		}
	})
}

func TestWhatIsWrongInAQueryIs400(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, query := range []string{
		"/conversations?inbox_id=x",
		"/conversations?team_id=x",
		"/conversations/meta?team_id=x",
		"/contacts?include_contact_inboxes=perhaps",
		"/contacts?sort=size",
	} {
		if got := string(as(t, w, "GET", account+query, "", 400)); !strings.HasPrefix(got, `{"error":"`) {
			t.Errorf("%s: %s", query, got)
		}
	}
}

func TestANoteIsNotTheCustomers(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	as(t, w, "POST", thread, `{"content":"x","message_type":"incoming","private":true}`, 422)
}

func TestAnAPIChannelCallsAnAddressOfTheWeb(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, address := range []string{"nowhere", "ftp://a.example/x", "https://"} {
		as(t, w, "POST", account+"/inboxes", `{"name":"Line","channel":{"type":"api","webhook_url":"`+address+`"}}`, 422)
		as(t, w, "PATCH", account+"/inboxes/{inbox}", `{"channel":{"webhook_url":"`+address+`"}}`, 422)
	}
	as(t, w, "PATCH", account+"/inboxes/{inbox}", `{"channel":{"webhook_url":"https://a.example/x"}}`, 200)
	if got := string(as(t, w, "PATCH", account+"/inboxes/{inbox}", `{"channel":{"webhook_url":""}}`, 200)); strings.Contains(
		got,
		"webhook_url",
	) {
		t.Errorf("not taken away: %s", got)
	}
}

func TestNamesAreMeasuredInCharacters(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for path, body := range map[string]string{"/teams": `{"name":"%s"}`, "/webhooks": `{"url":"https://a.example/x","name":"%s"}`} {
		as(t, w, "POST", account+path, fmt.Sprintf(body, strings.Repeat("é", 256)), 422)
		as(t, w, "POST", account+path, fmt.Sprintf(body, strings.Repeat("é", 255)), 200)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	apitest.Golden(t, *update, "profile", as(t, w, "GET", "/ndoto/api/v1/profile", "", 200))
	apitest.Golden(t, *update, "agents", as(t, w, "GET", account+"/agents", "", 200))
	apitest.Golden(
		t,
		*update,
		"agent_created",
		as(t, w, "POST", account+"/agents", `{"name":"Nadia Berg","email":"Nadia@Example.net","role":"agent"}`, 200),
	)
	as(t, w, "POST", account+"/agents", `{"name":"Nadia Berg","email":"nadia@example.net","role":"agent"}`, 422)
	as(t, w, "POST", account+"/agents", `{"name":"x","email":"x@example.net","role":"owner"}`, 422)
	as(t, w, "PATCH", account+"/agents/{user}", `{"availability":"busy"}`, 200)
	apitest.Golden(t, *update, "teams", as(t, w, "GET", account+"/teams", "", 200))
	as(t, w, "POST", account+"/teams", `{"name":"Billing"}`, 422)
	apitest.Golden(t, *update, "team_created", as(t, w, "POST", account+"/teams", `{"name":"Returns"}`, 200))
	apitest.Golden(t, *update, "team_members", as(t, w, "GET", account+"/teams/{team}/team_members", "", 200))
	as(t, w, "POST", account+"/teams/{team}/team_members", `{"user_ids":[999999]}`, 422)
	if got := string(as(t, w, "PATCH", account+"/teams/{team}/team_members", `{"user_ids":[]}`, 200)); got != "[]" {
		t.Errorf("members: %s", got)
	}
	as(t, w, "PATCH", account+"/teams/{team}/team_members", `{"user_ids":[{user}]}`, 200)
	as(t, w, "DELETE", account+"/teams/{team}/team_members", `{"user_ids":[{user}]}`, 200)
	apitest.Golden(t, *update, "label_created", as(t, w, "POST", account+"/labels", `{"title":"Refund"}`, 200))
	as(t, w, "POST", account+"/labels", `{"title":"refund"}`, 422)
	as(t, w, "POST", account+"/labels", `{"title":"two words"}`, 422)
	apitest.Golden(t, *update, "account_labels", as(t, w, "GET", account+"/labels", "", 200))
	apitest.Golden(t, *update, "inboxes", as(t, w, "GET", account+"/inboxes", "", 200))
	as(t, w, "POST", account+"/inboxes", `{"name":"Line","channel":{"type":"line"}}`, 422)
	apitest.Golden(t, *update, "inbox", as(t, w, "GET", account+"/inboxes/{inbox}", "", 200))
	apitest.Golden(
		t,
		*update,
		"inbox_created",
		as(t, w, "POST", account+"/inboxes", `{"name":"Shop 2","channel":{"type":"api","webhook_url":"https://a.example/x"}}`, 200),
	)
	as(t, w, "PATCH", account+"/inboxes/{inbox}", `{"name":"Shop One"}`, 200)
	apitest.Golden(
		t,
		*update,
		"webhook_created",
		as(t, w, "POST", account+"/webhooks", `{"url":"https://a.example/x","name":"Shop"}`, 200),
	)
	as(t, w, "POST", account+"/webhooks", `{"url":"https://a.example/x"}`, 422)
	as(t, w, "POST", account+"/webhooks", `{"url":"https://b.example/x","subscriptions":["everything"]}`, 422)
	query := "INSERT INTO canned_replies (account_id, short_code, content) VALUES ($1, 'delay', 'It is " +
		"a day late, sorry.')"
	if _, err := w.Server.Pool.Exec(t.Context(), query, w.Account.ID); err != nil {
		t.Fatal(err)
	}
	apitest.Golden(t, *update, "canned_replies", as(t, w, "GET", account+"/canned_responses", "", 200))
	apitest.Golden(t, *update, "webhooks", as(t, w, "GET", account+"/webhooks", "", 200))
}

func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	b := apitest.New(t, ndoto.Routes)
	fixture := func() *apitest.Fixture { return apitest.NewFixture(t, b) }
	apitest.Malformed(t, ndoto.Table(b.API), fixture, 1000, 7, apitest.Admin, apitest.Admin, apitest.Inside, apitest.Bot)
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	apitest.Matrix(t, ndoto.Routes, ndoto.Table, apitest.Refusals{NotMember: 403, NotAllowed: 403}, matrixRows())
}

func TestKeysCursorsAndIDsOfOthersOpenNothing(t *testing.T) {
	t.Parallel()
	apitest.Borrowed(t, ndoto.Routes, ndoto.Table, apitest.Admin, matrixRows(), nil)
}

func TestAddressesAreForThoseWhoWorkInTheInbox(t *testing.T) {
	t.Parallel()
	rows := matrixRows()
	rows["POST /ndoto/api/v1/accounts/:account/contacts"] = apitest.Row{Body: `{"name":"Quinn","inbox_id":{inbox}}`}
	rows["GET /ndoto/api/v1/accounts/:account/contacts"] = apitest.Row{Query: "?include_contact_inboxes=true"}
	apitest.Addresses(t, ndoto.Routes, ndoto.Table, rows)

	w := newFixture(t)
	contacts := account + "/contacts"
	w.Do(t, apitest.Outside, "POST", contacts, `{"name":"Quinn","inbox_id":{inbox}}`).Want(403)
	w.Do(t, apitest.Outside, "POST", contacts+"/{contact}/contact_inboxes", `{"inbox_id":{inbox}}`).Want(403)
	w.Do(t, apitest.Inside, "POST", contacts, `{"name":"Quinn","inbox_id":{inbox}}`).Want(200)
}

func TestConventions(t *testing.T) {
	t.Parallel()
	const list = "/ndoto/api/v1/accounts/:account"
	made := func(what, body string) apitest.Row {
		return apitest.Row{Make: func(t testing.TB, w *apitest.Fixture) {
			var made struct{ ID int64 }
			w.Do(t, apitest.Admin, "POST", account+"/"+what+"s", body).Want(200).Into(&made)
			w.Vars[what] = fmt.Sprint(made.ID)
		}}
	}
	label, hook := made("label", `{"title":"old"}`), made("webhook", `{"url":"https://a.example/old"}`)
	apitest.Conventions{
		Mount: ndoto.Routes, Table: ndoto.Table, Caller: apitest.Admin, Rows: matrixRows(), Reused: 422,
		Ready: map[string]apitest.Row{
			"PATCH " + list + "/labels/:label": label, "PUT " + list + "/labels/:label": label, "DELETE " + list + "/labels/:label": label,
			"PATCH " + list + "/webhooks/:webhook": hook, "PUT " + list + "/webhooks/:webhook": hook, "DELETE " + list + "/webhooks/:webhook": hook,
			"GET " + list + "/contacts/search": {Query: "?q=walker"},
		},
		Fill: func(t testing.TB, w *apitest.Fixture) {
			for i := range 5 {
				for path, body := range map[string]string{
					"/labels": `{"title":"l%d"}`, "/teams": `{"name":"t%d"}`, "/inboxes": `{"name":"i%d"}`, "/webhooks": `{"url":"https://a.example/%d"}`,
					"/agents": `{"name":"a%[1]d","email":"a%[1]d@example.net","role":"agent"}`, "/contacts": `{"name":"Walker %d"}`,
					"/conversations/{conversation}/messages": `{"content":"m%d","message_type":"outgoing"}`,
				} {
					w.Do(t, apitest.Admin, "POST", account+path, fmt.Sprintf(body, i)).Want(200)
				}
				w.Do(t, apitest.Admin, "POST", conversations, `{"inbox_id":{inbox},"contact_id":{contact}}`).Want(200)
				query := "INSERT INTO canned_replies (account_id, short_code, content) VALUES ($1, $2, 'x')"
				if _, err := w.Server.Pool.Exec(t.Context(), query, w.Account.ID, fmt.Sprint("c", i)); err != nil {
					t.Fatal(err)
				}
			}
			query := "INSERT INTO team_members (account_id, team_id, user_id) SELECT account_id, $1, user_id FR" +
				"OM memberships WHERE account_id = $2 ON CONFLICT DO NOTHING"
			if _, err := w.Server.Pool.Exec(t.Context(), query, w.Team.ID, w.Account.ID); err != nil {
				t.Fatal(err)
			}
		},
		Neither: map[string]string{
			"POST " + list + "/conversations/filter": "a read", "POST " + list + "/contacts/filter": "a read",
			"GET " + list + "/conversations/meta":                 "figures",
			"GET " + list + "/conversations/:conversation/labels": "a part of one thing",
			"GET " + list + "/contacts/:contact/labels":           "a part of one thing",
		},
	}.Test(t)
}

// matrixRows has a row for each route.
func matrixRows() map[string]apitest.Row {
	const v1 = "/ndoto/api/v1/accounts/:account"
	const list, one = v1 + "/conversations", v1 + "/conversations/:conversation"
	rows := map[string]apitest.Row{
		"GET " + one + "/messages":             {Hidden: true},
		"POST " + one + "/messages":            {Hidden: true, Body: `{"content":"x","message_type":"outgoing"}`},
		"DELETE " + one + "/messages/:message": {Hidden: true},
		"GET " + list:                          {},
		"GET " + list + "/meta":                {},
		"POST " + list + "/filter":             {Body: `{"payload":[]}`},
		"POST " + list: {
			Body: `{"inbox_id":{inbox},"contact_id":{contact}}`,
			But:  map[apitest.Caller]int{apitest.Outside: 403},
		},
		"GET " + one:                            {Hidden: true},
		"PATCH " + one:                          {Hidden: true, Body: `{"priority":"low"}`},
		"PUT " + one:                            {Hidden: true, Body: `{"priority":"low"}`},
		"POST " + one + "/toggle_status":        {Hidden: true, Body: `{"status":"pending"}`},
		"POST " + one + "/toggle_priority":      {Hidden: true, Body: `{"priority":"low"}`},
		"POST " + one + "/toggle_typing_status": {Hidden: true, Body: `{"typing_status":"on"}`},
		"POST " + one + "/assignments":          {Hidden: true, Body: `{"assignee_id":null}`},
		"GET " + one + "/labels":                {Hidden: true},
		"POST " + one + "/labels":               {Hidden: true, Body: `{"labels":["a"]}`},
		"POST " + one + "/custom_attributes":    {Hidden: true, Body: `{"custom_attributes":{"a":1}}`},
		"POST " + one + "/update_last_seen":     {Hidden: true},
	}
	const contacts, contact = v1 + "/contacts", v1 + "/contacts/:contact"
	for path, row := range map[string]apitest.Row{
		"GET " + contacts:                      {},
		"POST " + contacts:                     {Body: `{"name":"x"}`},
		"GET " + contacts + "/search":          {},
		"POST " + contacts + "/filter":         {Body: `{"payload":[]}`},
		"GET " + contact:                       {},
		"DELETE " + contact:                    {},
		"GET " + contact + "/conversations":    {},
		"POST " + contact + "/contact_inboxes": {Body: `{"inbox_id":{inbox}}`, But: map[apitest.Caller]int{apitest.Outside: 403}},
		"GET " + contact + "/labels":           {}, "POST " + contact + "/labels": {Body: `{"labels":["a"]}`},
		"PATCH " + contact: {Body: `{"name":"x"}`}, "PUT " + contact: {Body: `{"name":"x"}`},
	} {
		rows[path] = row
	}
	const agents, team, inboxes, hooks = v1 + "/agents", v1 + "/teams/:team", v1 + "/inboxes", v1 + "/webhooks"
	gone := func(_ testing.TB, w *apitest.Fixture) { w.Vars["webhook"], w.Vars["label"] = "999999", "999999" }
	for path, row := range map[string]apitest.Row{
		"GET /ndoto/api/v1/profile":  {},
		"GET " + agents:              {},
		"POST " + agents:             {Body: `{"name":"x","email":"x{account}@example.net","role":"agent"}`},
		"PATCH " + agents + "/:user": {}, "PUT " + agents + "/:user": {}, "DELETE " + agents + "/:user": {},
		"GET " + v1 + "/teams":             {},
		"POST " + v1 + "/teams":            {Body: `{"name":"returns"}`},
		"GET " + team:                      {},
		"PATCH " + team:                    {},
		"PUT " + team:                      {},
		"DELETE " + team:                   {},
		"GET " + team + "/team_members":    {},
		"POST " + team + "/team_members":   {Body: `{"user_ids":[{user}]}`},
		"DELETE " + team + "/team_members": {Body: `{"user_ids":[{user}]}`},
		"PATCH " + v1 + "/labels/:label":   {Want: 404, Make: gone},
		"PUT " + v1 + "/labels/:label":     {Want: 404, Make: gone},
		"DELETE " + v1 + "/labels/:label":  {Want: 404, Make: gone},
		"PATCH " + team + "/team_members":  {Body: `{"user_ids":[{user}]}`}, "PUT " + team + "/team_members": {Body: `{"user_ids":[{user}]}`},
		"GET " + v1 + "/labels": {}, "POST " + v1 + "/labels": {Body: `{"title":"a"}`}, "GET " + v1 + "/canned_responses": {},
		"GET " + inboxes:               {},
		"POST " + inboxes:              {Body: `{"name":"x"}`},
		"GET " + inboxes + "/:inbox":   {Hidden: true},
		"PATCH " + inboxes + "/:inbox": {},
		"PUT " + inboxes + "/:inbox":   {},
		"GET " + hooks:                 {}, "POST " + hooks: {Body: `{"url":"https://a.example/x"}`},
		"PATCH " + hooks + "/:webhook": {Want: 404, Make: gone},
		"PUT " + hooks + "/:webhook":   {Want: 404, Make: gone}, "DELETE " + hooks + "/:webhook": {Want: 404, Make: gone},
	} {
		rows[path] = row
	}
	return rows
}

func TestEmptyIDs(t *testing.T) {
	t.Parallel()
	apitest.EmptyIDs(t, ndoto.Routes, ndoto.Table, matrixRows(), 10)
}
