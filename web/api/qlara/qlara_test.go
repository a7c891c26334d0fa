package qlara_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/qlara"
)

var update = flag.Bool("update", false, "write the golden files")

const inbox = "/api/partner-gateway/v1/inbox/conversations"

func sign(b *apitest.Server) {
	b.Sign = func(h http.Header, token string) { h.Set("X-Api-Key", token) }
}

func newFixture(t *testing.T) *apitest.Fixture {
	t.Helper()
	b := apitest.New(t, qlara.Routes)
	sign(b)
	return apitest.NewFixture(t, b)
}

// as sends a request with the account's key and expects a status.
func as(t *testing.T, w *apitest.Fixture, method, path, body string, want int) []byte {
	t.Helper()
	got := w.Do(t, apitest.Key, method, path, body)
	if got.Code != want {
		t.Fatalf("%s %s: status %d, want %d: %s", method, path, got.Code, want, got.Body)
	}
	return got.Body.Bytes()
}

func read[T any](t *testing.T, body []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

type chat struct {
	ChatID          int64   `json:"chatId"`
	UnreadCount     int     `json:"unreadCount"`
	LastMessage     *string `json:"lastMessage"`
	LastMessageDate *string `json:"lastMessageDate"`
	Archived        bool    `json:"archived"`
	Assignee        *struct {
		UserID int64 `json:"userId"`
	} `json:"assignee"`
}

func TestConversations(t *testing.T) {
	t.Parallel()

	t.Run("the list is a bare array of conversations with their last public message", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		note := "Between us"
		if _, err := w.Server.Pool.Exec(t.Context(), `INSERT INTO messages (account_id, conversation_id, inbox_id, kind, `+
			`private, content) VALUES ($1, $2, $3, 'outgoing', true, $4)`,
			w.Account.ID, w.Conversation.ID, w.Inbox.ID, note); err != nil {
			t.Fatal(err)
		}
		body := as(t, w, "GET", inbox, "", 200)
		if strings.Contains(string(body), note) {
			t.Error("a private note is shown")
		}
		apitest.Golden(t, *update, "conversations", body)
		apitest.Golden(t, *update, "conversation", as(t, w, "GET", inbox+"/{conversation}", "", 200))
	})

	t.Run("archiving hides from the list and leaves the conversation readable, a customer's message brings it back", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for range 2 {
			as(t, w, "PATCH", inbox+"/{conversation}/archive", "", 204)
		}
		if list := read[[]chat](t, as(t, w, "GET", inbox, "", 200)); len(list) != 0 {
			t.Errorf("listed %+v", list)
		}
		if one := read[chat](t, as(t, w, "GET", inbox+"/{conversation}", "", 200)); !one.Archived {
			t.Error("not archived")
		}
		dbtest.Message(t, w.Server.Pool, w.Conversation, "Hello again")
		list := read[[]chat](t, as(t, w, "GET", inbox, "", 200))
		if len(list) != 1 || *list[0].LastMessage != "Hello again" || list[0].UnreadCount != 2 {
			t.Errorf("listed %+v", list)
		}
		as(t, w, "PATCH", inbox+"/{conversation}/archive", "", 204)
		as(t, w, "PATCH", inbox+"/{conversation}/unarchive", "", 204)
		if list := read[[]chat](t, as(t, w, "GET", inbox, "", 200)); len(list) != 1 {
			t.Errorf("listed %+v", list)
		}
	})

	t.Run("reading the thread marks nothing, marking it read does, twice as well as once", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		as(t, w, "GET", inbox+"/{conversation}/messages", "", 200)
		if list := read[[]chat](t, as(t, w, "GET", inbox+"?unreadOnly=true", "", 200)); len(list) != 1 {
			t.Errorf("listed %+v", list)
		}
		for range 2 {
			if body := as(t, w, "PATCH", inbox+"/{conversation}/read", "", 204); len(body) != 0 {
				t.Errorf("204 with a body: %s", body)
			}
		}
		if list := read[[]chat](t, as(t, w, "GET", inbox+"?unreadOnly=true", "", 200)); len(list) != 0 {
			t.Errorf("listed %+v", list)
		}
	})

	t.Run("every way to write an order gives that order, and all conversations come without paging", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for i := range 12 {
			dbtest.Message(t, w.Server.Pool, dbtest.ConversationWith(t, w.Server.Pool, w.Inbox, w.Contact, "x"), fmt.Sprint("Message ", i))
		}
		order := func(query string) (ids []int64) {
			for _, c := range read[[]chat](t, as(t, w, "GET", inbox+query, "", 200)) {
				ids = append(ids, c.ChatID)
			}
			return ids
		}
		down := order("")
		if len(down) != 13 {
			t.Fatalf("listed %d", len(down))
		}
		up := slices.Clone(down)
		slices.Reverse(up)
		for query, want := range map[string][]int64{
			"?orderBy=-lastMessageDate": down, "?orderBy=+lastMessageDate": up, "?orderBy=%2BlastMessageDate": up, "?orderBy=lastMessageDate": up,
			"?limit=5": down[:5], "?limit=5&page=1": down[5:10], "?limit=5&page=2": down[10:], "?dateFrom=2099-01-01": nil,
			"?dateFrom=2020-01-01T00:00:00.000%2B0200": down, "?dateFrom=2020-01-01T00:00:00+02:00": down,
			"?dateFrom=2099-01-01T00:00:00+0200": nil, "?dateFrom=2020-01-01%2010:00:00": down,
			"?channelIds=" + w.Fill("{inbox}") + ",99": down, "?channelIds=98&channelIds=99": nil, "?channelIds[]=98": nil,
			"?channel=api": down, "?channel=WHATSAPP": nil, "?channel=API&channelIds=98": nil, "?status=OPEN": down, "?unread=whatever": down,
		} {
			if got := order(query); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", query, got, want)
			}
		}
		first := w.Do(t, apitest.Key, "GET", inbox+"?limit=5", "").Want(200)
		_, cursor, _ := strings.Cut(first.Header().Get("Link"), "cursor=")
		cursor, _, _ = strings.Cut(cursor, "&")
		if got := order("?limit=5&cursor=" + cursor); !slices.Equal(got, down[5:10]) {
			t.Errorf("after the first five: %v, want %v", got, down[5:10])
		}
		for _, bad := range []string{
			"?orderBy=-name", "?dateFrom=soon", "?channelIds=a", "?page=-1&limit=3", "?cursor=W10", "?cursor=W1tdXQ",
			"?orderBy=%2BlastMessageDate&cursor=" + cursor,
		} {
			as(t, w, "GET", inbox+bad, "", 400)
		}
	})
}

func TestMessages(t *testing.T) {
	t.Parallel()

	t.Run("a walk by the highest id seen loses nothing of one second", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for range 59 {
			dbtest.Message(t, w.Server.Pool, w.Conversation, "tick")
		}
		seen := map[int64]bool{}
		from := int64(0)
		for range 100 {
			page := read[[]struct{ ID int64 }](t, as(t, w, "GET", inbox+fmt.Sprintf("/{conversation}/messages?limit=7&idFrom=%d", from), "", 200))
			last := page[len(page)-1].ID
			for _, m := range page {
				seen[m.ID] = true
			}
			if last == from {
				break
			}
			from = last
		}
		if len(seen) != 60 {
			t.Errorf("saw %d of 60", len(seen))
		}
	})

	t.Run("a reply is accepted under any of its names, stored once, and its state can be asked for", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		apitest.Golden(t, *update, "reply", as(t, w, "POST", inbox+"/reply", `{"chatId":{conversation},"text":"On its way"}`, 202))
		accepted := read[struct{ MessageID string }](
			t, as(t, w, "POST", inbox+"/reply", `{"conversationId":"{conversation}","message":{"text":"It is"}}`, 202),
		)
		for _, dry := range []string{"true", `"true"`, "1"} {
			as(t, w, "POST", inbox+"/reply", `{"chatId":null,"conversationId":{conversation},"text":null,"body":"Dry","simulation":`+dry+`}`, 202)
		}
		body := as(t, w, "GET", inbox+"/{conversation}/messages", "", 200)
		if n := len(read[[]any](t, body)); n != 3 {
			t.Errorf("%d messages", n)
		}
		apitest.Golden(t, *update, "messages", body)
		status := "/api/partner-gateway/v1/messages/status"
		one := read[map[string]string](t, as(t, w, "GET", status+"/"+accepted.MessageID+"?channel=API", "", 200))
		if one["deliveryStatus"] != "SENT" || one["customerMessageId"] != accepted.MessageID {
			t.Errorf("status is %v", one)
		}
		apitest.Golden(t, *update, "status", as(t, w, "GET", status+"/"+accepted.MessageID, "", 200))
		apitest.Golden(t, *update, "statuses", as(t, w, "GET", status+"?ids="+accepted.MessageID, "", 200))
		as(t, w, "GET", status+"/"+accepted.MessageID+"?channel=SMS", "", 404)
		first := w.Do(t, apitest.Key, "GET", inbox+"/{conversation}/messages?limit=2", "").Want(200)
		next, _, _ := strings.Cut(strings.TrimPrefix(first.Header().Get("Link"), "<"+apitest.BaseURL), ">")
		if rest := read[[]struct{ MessageID string }](t, as(t, w, "GET", next, "", 200)); len(rest) != 1 ||
			rest[0].MessageID != accepted.MessageID {
			t.Errorf("after the first two: %v", rest)
		}
		if all := read[[]any](
			t, as(t, w, "GET", status+"?ids="+accepted.MessageID+",5b0b6f2e-7f5d-4a2e-8a55-0f3d3b1f2c77,x", "", 200),
		); len(all) != 1 {
			t.Errorf("statuses are %v", all)
		}
	})

	t.Run("a reply is SENT on an API channel, which takes it from here, and an ERROR where nothing sends", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for kind, want := range map[string]string{"api": "SENT", "whatsapp": "ERROR", "email": "ERROR"} {
			if _, err := w.Server.Pool.Exec(t.Context(), "UPDATE inboxes SET kind = $1", kind); err != nil {
				t.Fatal(err)
			}
			id := read[struct{ MessageID string }](t, as(t, w, "POST", inbox+"/reply", `{"chatId":{conversation},"text":"x"}`, 202)).MessageID
			one := read[map[string]string](t, as(t, w, "GET", "/api/partner-gateway/v1/messages/status/"+id, "", 200))
			all := read[[]struct{ MessageID, Status string }](t, as(t, w, "GET", inbox+"/{conversation}/messages", "", 200))
			if reason := one["deliveryStatusDescription"]; (reason == channel.NoSender) != (want == "ERROR") {
				t.Errorf("%s: the reason is %q", kind, reason)
			}
			if last := all[len(all)-1]; one["deliveryStatus"] != want || last.MessageID != id || last.Status != want {
				t.Errorf("%s: %v, listed %v, want %s", kind, one, last, want)
			}
		}
	})

	t.Run("a reply without its parts is refused in words", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for body, want := range map[string]int{
			`{"text":"x"}`: 400, `{"chatId":{conversation}}`: 400, `{"chatId":{conversation},"text":"  "}`: 400,
			`{"chatId":{conversation},"text":7}`: 400, `{"chatId":{conversation},"text":"x","simulation":"perhaps"}`: 400,
			`{"chatId":"x","text":"y"}`: 400, `{`: 400, `[]`: 400, ``: 400, `{"chatId":999,"text":"x"}`: 404,
			`{"chatId":{conversation},"text":"` + strings.Repeat("x", 150_001) + `"}`: 400,
		} {
			got := as(t, w, "POST", inbox+"/reply", body, want)
			e := read[struct {
				Status         int
				Error, Message string
			}](t, got)
			if e.Status != want || e.Error != http.StatusText(want) || e.Message == "" {
				t.Errorf("%.40s: %s", body, got)
			}
		}
	})
}

func TestAssignee(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	apitest.Golden(t, *update, "assignable", as(t, w, "GET", inbox+"/assignable-users", "", 200))
	as(t, w, "POST", inbox+"/{conversation}/assignee", `{"userId":{user}}`, 204)
	if one := read[chat](t, as(t, w, "GET", inbox+"/{conversation}", "", 200)); one.Assignee == nil || one.Assignee.UserID != w.Agent.ID {
		t.Errorf("assignee is %+v", one.Assignee)
	}
	stranger := dbtest.Admin(t, w.Server.Pool, dbtest.Account(t, w.Server.Pool, "Elsewhere"), "Eve")
	for body, want := range map[string]int{
		`{"userId":null}`: 400, `{}`: 400, ``: 400, fmt.Sprintf(`{"userId":%d}`, stranger.ID): 404, `{"userId":"x"}`: 400,
	} {
		as(t, w, "POST", inbox+"/{conversation}/assignee", body, want)
	}
	for range 2 {
		as(t, w, "DELETE", inbox+"/{conversation}/assignee", "", 204)
	}
	if one := read[chat](t, as(t, w, "GET", inbox+"/{conversation}", "", 200)); one.Assignee != nil {
		t.Errorf("assignee is %+v", one.Assignee)
	}
	if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.Status != db.ConversationStatusOpen {
		t.Errorf("status is %s", c.Status)
	}
}

func TestADirectoryThatDoesNotAnswerInTimeIs502(t *testing.T) {
	t.Parallel()
	b := apitest.New(t, func(e *echo.Echo, a *api.API) { a.Mount(e, qlara.Dialect(), qlara.Impatient(a)) })
	sign(b)
	got := apitest.NewFixture(t, b).Do(t, apitest.Key, "GET", inbox+"/assignable-users", "").Want(502).Object()
	if got["status"] != 502.0 || got["error"] != "Bad Gateway" || got["message"] == "" {
		t.Errorf("body: %v", got)
	}
}

func TestCallback(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	path := "/api/partner-gateway/v1/webhooks/delivery-status"
	as(t, w, "GET", path, "", 404)
	as(t, w, "PUT", path, `{"callbackUrl":"https://a.example/x"}`, 404)
	for _, bad := range []string{`{"callbackUrl":"http://a.example/x"}`, `{"callbackUrl":"nowhere"}`, `{}`, `{"callbackUrl":7}`} {
		as(t, w, "POST", path, bad, 400)
	}
	apitest.Golden(t, *update, "callback", as(t, w, "POST", path, `{"callbackUrl":"https://a.example/x"}`, 201))
	as(t, w, "POST", path, `{"callbackUrl":"https://b.example/x"}`, 409)
	if got := read[map[string]string](
		t, as(t, w, "PUT", path, `{"callbackUrl":"https://b.example/x"}`, 200),
	); got["callbackUrl"] != "https://b.example/x" {
		t.Errorf("callback is %v", got)
	}
	if got := w.Do(t, apitest.Key, "GET", path, "").
		Want(200); w.Server.Do(t, w.Tokens[apitest.Key], "GET", path, nil, "If-None-Match", got.Header().Get("ETag")).Code != 304 {
		t.Error("the callback has no ETag that holds")
	}
	if _, err := w.Server.Pool.Exec(t.Context(), "UPDATE webhooks SET paused_at = now()"); err != nil {
		t.Fatal(err)
	}
	if got := read[map[string]string](t, as(t, w, "GET", path, "", 200)); got["status"] != "PAUSED" {
		t.Errorf("callback is %v", got)
	}
	if got := read[map[string]string](
		t, as(t, w, "PUT", path, `{"callbackUrl":"https://b.example/x"}`, 200),
	); got["status"] != "ACTIVE" || jobs(t, w, "resume_webhook") != 2 {
		t.Errorf("callback is %v", got)
	}
	as(t, w, "DELETE", path, "", 204)
	as(t, w, "DELETE", path, "", 404)
}

// jobs counts the jobs of a kind.
func jobs(t *testing.T, w *apitest.Fixture, kind string) (n int) {
	t.Helper()
	if err := w.Server.Pool.QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE kind = $1", kind).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestKeys(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	path := "/api/partner-gateway/v1/authentication"
	key := as(t, w, "POST", path, `{"name":"Bridge","description":"to the shop"}`, 201)
	apitest.Golden(t, *update, "key_created", key)
	apitest.Golden(t, *update, "keys", as(t, w, "GET", path, "", 200))
	made := read[struct {
		ID     int64
		APIKey string
	}](t, key)
	if got := w.Server.Do(t, made.APIKey, "GET", inbox, nil); got.Code != 200 {
		t.Errorf("the new key: %d", got.Code)
	}
	if body := as(t, w, "GET", path, "", 200); strings.Contains(string(body), made.APIKey) {
		t.Error("the key is shown twice")
	}
	first := w.Do(t, apitest.Key, "GET", path+"?limit=1", "").Want(200)
	next, _, _ := strings.Cut(strings.TrimPrefix(first.Header().Get("Link"), "<"+apitest.BaseURL), ">")
	if second := read[[]struct{ ID int64 }](t, as(t, w, "GET", next, "", 200)); len(second) != 1 || second[0].ID != made.ID {
		t.Errorf("after the first key: %v", second)
	}
	as(t, w, "DELETE", path, "", 400)
	as(t, w, "DELETE", fmt.Sprintf("%s/%d", path, made.ID), "", 204)
	other := read[struct{ ID int64 }](t, as(t, w, "POST", path, `{"name":"Other"}`, 201))
	as(t, w, "DELETE", fmt.Sprintf("%s?id=%d", path, other.ID), "", 204)
	as(t, w, "DELETE", path, fmt.Sprintf(`{"id":%d}`, other.ID), 404)
	if got := w.Server.Do(t, made.APIKey, "GET", inbox, nil); got.Code != 401 {
		t.Errorf("the deleted key: %d", got.Code)
	}
}

func TestBasicWithAPassword(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	hash, err := auth.NewPasswords().Hash(t.Context(), "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Server.Pool.Exec(t.Context(), "UPDATE users SET password_hash = $1", hash); err != nil {
		t.Fatal(err)
	}
	ask := func(user, password, path string) apitest.Answer {
		w.Server.Sign = func(h http.Header, _ string) { (&http.Request{Header: h}).SetBasicAuth(user, password) }
		return w.Server.Do(t, "x", "GET", w.Fill(path), nil)
	}
	count := func(sql string) (n int) {
		t.Helper()
		if err := w.Server.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const signIns = "SELECT count(*) FROM access_tokens WHERE expires_at IS NOT NULL"

	ask(w.Agent.Email, "wrong", inbox).Want(401)
	ask("nobody@example.net", "correct horse battery", inbox).Want(401)
	ask("no address", "correct horse battery", inbox).Want(401)
	for range 20 { // more than the limit
		ask(strings.ToUpper(w.Agent.Email), "correct horse battery", inbox+"/{conversation}").Want(200)
	}
	if n := count(signIns); n != 1 {
		t.Errorf("%d sign-ins", n)
	}
	if _, err := w.Server.Pool.Exec(t.Context(), "DELETE FROM access_tokens WHERE expires_at IS NOT NULL"); err != nil {
		t.Fatal(err)
	}
	ask(w.Agent.Email, "correct horse battery", inbox).Want(200) // a new sign-in after the old one ended
	if _, err := w.Server.Pool.Exec(
		t.Context(), "UPDATE users SET password_hash = NULL; DELETE FROM access_tokens WHERE expires_at IS NOT NULL",
	); err != nil {
		t.Fatal(err)
	}
	ask(w.Agent.Email, "correct horse battery", inbox).Want(401)
	for range 10 {
		ask(w.Agent.Email, "guess", inbox)
	}
	if got := ask(w.Agent.Email, "guess", inbox).Want(429); got.Header().Get("Retry-After") == "" || got.Object()["retryAfter"] == nil {
		t.Errorf("%v %s", got.Header(), got.Body)
	}
}

func TestAKeyThatAUserMadeSpeaksForThem(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	keys := "/api/partner-gateway/v1/authentication"
	var key struct{ APIKey string }
	w.Do(t, apitest.Admin, "POST", keys, `{"name":"Mine"}`).Want(201).Into(&key)
	var second struct{ APIKey string }
	w.Server.Do(t, key.APIKey, "POST", keys, `{"name":"Its own"}`).Want(201).Into(&second)
	for _, k := range []string{key.APIKey, second.APIKey} {
		var sent struct{ ID int64 }
		w.Server.Do(t, k, "POST", inbox+"/reply", w.Fill(`{"chatId":{conversation},"text":"x"}`)).Want(202).Into(&sent)
		var kind, name string
		err := w.Server.Pool.QueryRow(
			t.Context(), "SELECT sender_kind, u.name FROM messages m JOIN users u ON u.id = m.sender_id WHERE m.id = $1",
			sent.ID,
		).Scan(&kind, &name)
		if err != nil || kind != "user" || name != "Noor Idris" {
			t.Errorf("sent by %s %s, %v", kind, name, err)
		}
	}
}

func TestBasicAndOtherHeaders(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	key := w.Tokens[apitest.Key]
	for name, row := range map[string]struct {
		header func(http.Header)
		want   int
	}{
		"Basic":                 {func(h http.Header) { r := http.Request{Header: h}; r.SetBasicAuth("shop", key) }, 200},
		"Basic, the key alone":  {func(h http.Header) { r := http.Request{Header: h}; r.SetBasicAuth(key, "") }, 200},
		"Basic, another's word": {func(h http.Header) { r := http.Request{Header: h}; r.SetBasicAuth(key, "x") }, 401},
		"Chatwoot's own header": {func(h http.Header) { h.Set("api_access_token", key) }, 401},
		"Bearer":                {func(h http.Header) { h.Set("Authorization", "Bearer "+key) }, 401},
	} {
		w.Server.Sign = func(h http.Header, _ string) { row.header(h) }
		if got := w.Server.Do(t, "x", "GET", inbox, nil); got.Code != row.want {
			t.Errorf("%s: %d, want %d", name, got.Code, row.want)
		}
	}
}

func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	b := apitest.New(t, qlara.Routes)
	sign(b)
	fixture := func() *apitest.Fixture { return apitest.NewFixture(t, b) }
	apitest.Malformed(t, qlara.Table(b.API), fixture, 1000, 7, apitest.Key, apitest.Key, apitest.Admin, apitest.Inside)
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	apitest.Matrix(t, qlara.Routes, qlara.Table, apitest.Refusals{NotMember: 401, NotAllowed: 403}, matrixRows(), sign)
}

func TestKeysCursorsAndIDsOfOthersOpenNothing(t *testing.T) {
	t.Parallel()
	apitest.Borrowed(t, qlara.Routes, qlara.Table, apitest.Key, matrixRows(), nil, sign)
}

func TestConventions(t *testing.T) {
	t.Parallel()
	const base = "/api/partner-gateway/v1"
	const hook, keys = base + "/webhooks/delivery-status", base + "/authentication"
	callback := apitest.Row{Body: `{"callbackUrl":"https://a.example/x"}`, Make: func(t testing.TB, w *apitest.Fixture) {
		w.Do(t, apitest.Key, "POST", hook, `{"callbackUrl":"https://a.example/old"}`).Want(201)
	}}
	key := func(t testing.TB, w *apitest.Fixture) {
		var made struct{ ID int64 }
		w.Do(t, apitest.Key, "POST", keys, `{"name":"Old"}`).Want(201).Into(&made)
		w.Vars["token"] = fmt.Sprint(made.ID)
	}
	b := apitest.Server{}
	sign(&b)
	apitest.Conventions{
		Mount: qlara.Routes, Table: qlara.Table, Sign: b.Sign, Caller: apitest.Key, Rows: matrixRows(), Reused: 400,
		Ready: map[string]apitest.Row{
			"GET " + hook: callback, "PUT " + hook: callback, "DELETE " + hook: {Make: callback.Make},
			"DELETE " + keys: {Body: `{"id":{token}}`, Make: key}, "DELETE " + keys + "/:token": {Make: key},
			"GET " + base + "/messages/status/:message": {Make: func(t testing.TB, w *apitest.Fixture) {
				var sent struct{ MessageID string }
				w.Do(t, apitest.Key, "POST", inbox+"/reply", `{"chatId":{conversation},"text":"x"}`).Want(202).Into(&sent)
				w.Vars["message"] = sent.MessageID
			}},
		},
		Fill: func(t testing.TB, w *apitest.Fixture) {
			for i := range 4 {
				dbtest.Message(t, w.Server.Pool, dbtest.ConversationWith(t, w.Server.Pool, w.Inbox, w.Contact, "x"), fmt.Sprint("Message ", i))
				dbtest.Message(t, w.Server.Pool, w.Conversation, fmt.Sprint("Message ", i))
				w.Do(t, apitest.Key, "POST", keys, `{"name":"Key"}`).Want(201)
			}
		},
		Neither: map[string]string{"GET " + base + "/messages/status": "those that are asked for", "GET /api/files/:key": "the way to a file"},
	}.Test(t)
}

// matrixRows has a row for each route. A user's token opens the user's first account, which is another one for the
// fixture's stranger.
func matrixRows() map[string]apitest.Row {
	gone := map[apitest.Caller]int{apitest.Foreign: 404}
	own := map[apitest.Caller]int{apitest.Foreign: 200}
	rows := map[string]apitest.Row{}
	for _, base := range []string{"/api/partner-gateway/v1", "/qlara/api/partner-gateway/v1", "/qlara"} {
		rows["GET "+base+"/messages/status"] = apitest.Row{But: own}
		rows["GET "+base+"/messages/status/:message"] = apitest.Row{Want: 404, But: gone}
	}
	for _, base := range []string{"/api/partner-gateway/v1", "/qlara/api/partner-gateway/v1"} {
		hook, keys := base+"/webhooks/delivery-status", base+"/authentication"
		rows["GET "+keys] = apitest.Row{But: map[apitest.Caller]int{apitest.Foreign: 200, apitest.Outside: 403, apitest.Inside: 403}}
		rows["POST "+keys] = apitest.Row{
			Body: `{"name":"Key"}`,
			Want: 201,
			But:  map[apitest.Caller]int{apitest.Foreign: 201, apitest.Outside: 403, apitest.Inside: 403},
		}
		rows["DELETE "+keys] = apitest.Row{
			Body: `{"id":999999}`,
			Want: 404,
			But:  map[apitest.Caller]int{apitest.Foreign: 404, apitest.Outside: 403, apitest.Inside: 403},
		}
		rows["DELETE "+keys+"/:token"] = apitest.Row{
			Want: 404,
			Make: func(_ testing.TB, w *apitest.Fixture) { w.Vars["token"] = "999999" },
			But:  map[apitest.Caller]int{apitest.Foreign: 404, apitest.Outside: 403, apitest.Inside: 403},
		}
		hookRows(rows, hook)
	}
	hookRows(rows, "/qlara/webhooks/delivery-status")
	for _, base := range []string{inbox, "/qlara" + inbox, "/qlara/conversations"} {
		one := base + "/:conversation"
		rows["GET "+base] = apitest.Row{But: own}
		rows["GET "+base+"/assignable-users"] = apitest.Row{But: own}
		rows["POST "+base+"/reply"] = apitest.Row{Body: `{"chatId":{conversation},"text":"x"}`, Want: 202, Hidden: true, But: gone}
		rows["GET "+one] = apitest.Row{Hidden: true, But: gone}
		rows["GET "+one+"/messages"] = apitest.Row{Hidden: true, But: gone}
		for _, verb := range []string{"archive", "unarchive", "read"} {
			rows["PATCH "+one+"/"+verb] = apitest.Row{Want: 204, Hidden: true, But: gone}
		}
		rows["POST "+one+"/assignee"] = apitest.Row{Body: `{"userId":{user}}`, Want: 204, Hidden: true, But: gone}
		rows["DELETE "+one+"/assignee"] = apitest.Row{Want: 204, Hidden: true, But: gone}
	}
	for _, path := range []string{"/api/files/:key", "/qlara/api/files/:key"} {
		rows["GET "+path] = apitest.Row{Want: 404, Make: func(_ testing.TB, w *apitest.Fixture) { w.Vars["key"] = "none" }, But: gone}
	}
	return rows
}

func hookRows(rows map[string]apitest.Row, path string) {
	body := `{"callbackUrl":"https://a.example/x"}`
	gone := map[apitest.Caller]int{apitest.Foreign: 404}
	rows["POST "+path] = apitest.Row{
		Body: body,
		Want: 201,
		But:  map[apitest.Caller]int{apitest.Foreign: 201, apitest.Outside: 403, apitest.Inside: 403},
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		rows[method+" "+path] = apitest.Row{
			Body: body,
			Want: 404,
			But:  map[apitest.Caller]int{apitest.Foreign: gone[apitest.Foreign], apitest.Outside: 403, apitest.Inside: 403},
		}
	}
}

func TestEmptyIDs(t *testing.T) {
	t.Parallel()
	apitest.EmptyIDs(t, qlara.Routes, qlara.Table, matrixRows(), 2, sign)
}
