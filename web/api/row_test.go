package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot/hook"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/qlara"
)

// object is JSON of any shape.
type object = map[string]any

// names are all keys of a value, at any depth, but for what is in free objects.
func names(v any) (all []string) {
	switch v := v.(type) {
	case object:
		for name, inner := range v {
			all = append(all, name)
			if !strings.HasSuffix(name, "_attributes") {
				all = append(all, names(inner)...)
			}
		}
	case []any:
		for _, inner := range v {
			all = append(all, names(inner)...)
		}
	}
	return all
}

// status sends a request as one of the callers and returns the status.
func (f fixture) status(who apitest.Caller, method, path, body string, headers ...string) int {
	f.t.Helper()
	return f.w.Do(f.t, who, method, path, body, headers...).Code
}

// paged has a conversation whose messages do not fit into one page.
func paged(t *testing.T, n int) fixture {
	b := newFixture(t)
	for i := range n {
		dbtest.Message(t, b.w.Server.Pool, b.w.Conversation, fmt.Sprint("m", i))
	}
	return b
}

// TestRows holds the resolutions of the three dialects that TestBridge, TestWords, TestOneModel and TestPages leave
// over; docs/api/dialects.md says which test holds which row.
func TestRows(t *testing.T) {
	t.Parallel()
	const one = "/{conversation}"
	const thread = one + "/messages"

	t.Run("row 3: two write snake_case, the third camelCase", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for path, style := range map[string]string{
			inChatwoot + one:              `^[a-z0-9_]+$`,
			inChatwoot + thread:           `^[a-z0-9_]+$`,
			inNdoto + one:                 `^[a-z0-9_]+$`,
			inNdoto + thread:              `^[a-z0-9_]+$`,
			inQlara + one:                 `^[a-z][A-Za-z0-9]*$`,
			inQlara + thread:              `^[a-z][A-Za-z0-9]*$`,
			inQlara + "/assignable-users": `^[a-z][A-Za-z0-9]*$`,
		} {
			for _, name := range names(call[any](b, "GET", path, "", 200)) {
				if !regexp.MustCompile(style).MatchString(name) {
					t.Errorf("%s has %s", path, name)
				}
			}
		}
	})

	t.Run("row 4: a conversation has one number, in all three and under both of Chatwoot's names", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		other := apitest.NewFixture(t, b.w.Server) // another account counts from one as well
		b.w = other
		c := call[object](b, "GET", inChatwoot+one, "", 200)
		n := call[object](b, "GET", inNdoto+one, "", 200)
		q := call[object](b, "GET", inQlara+one, "", 200)
		want := float64(b.w.Conversation.DisplayID)
		if c["id"] != want || n["id"] != want || q["chatId"] != want || want < 1 {
			t.Errorf("%v, %v, %v, want %v", c["id"], n["id"], q["chatId"], want)
		}
	})

	t.Run("row 6: who does not say whose a message is means the team's, but for Ndoto, which wants to be told", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		if m := call[object](b, "POST", inChatwoot+thread, `{"content":"x"}`, 200); m["message_type"] != 1.0 {
			t.Errorf("Chatwoot made %v", m["message_type"])
		}
		call[any](b, "POST", inNdoto+thread, `{"content":"x"}`, 422)
		call[any](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"x"}`, 202)
		if all := call[[]object](b, "GET", inQlara+thread, "", 200); all[len(all)-1]["direction"] != "OUTBOUND" {
			t.Errorf("Qlara made %v", all[len(all)-1])
		}
	})

	t.Run("row 9: Chatwoot pages by number and by ids, Ndoto by times, Qlara by ids and both ends", func(t *testing.T) {
		t.Parallel()
		b := paged(t, 44)
		ids := func(path, list string) (all []int64) {
			v := call[any](b, "GET", path, "", 200)
			if list != "" {
				v = v.(object)[list]
			}
			for _, m := range v.([]any) {
				all = append(all, int64(m.(object)["id"].(float64)))
			}
			return all
		}
		all := ids(inNdoto+thread, "payload")
		if len(all) != 45 || !slices.IsSorted(all) {
			t.Fatalf("Ndoto gives %d", len(all))
		}
		for query, want := range map[string][]int64{
			"?page=1": all[25:], "?page=2": all[5:25], "?page=3": all[:5], "": all[25:],
			fmt.Sprintf("?before=%d", all[10]): all[:10], fmt.Sprintf("?after=%d", all[40]): all[41:],
		} {
			if got := ids(inChatwoot+thread+query, "payload"); !slices.Equal(got, want) {
				t.Errorf("Chatwoot %s: %v, want %v", query, got, want)
			}
		}
		if got := ids(fmt.Sprintf("%s%s?idFrom=%d&idTo=%d", inQlara, thread, all[3], all[7]), ""); !slices.Equal(got, all[3:8]) {
			t.Errorf("Qlara: %v, want %v", got, all[3:8])
		}
		if got := ids(fmt.Sprintf("%s%s?before=%d", inNdoto, thread, all[10]), "payload"); len(got) != 0 {
			t.Errorf("Ndoto took an id for a time, or 1970 for today: %v", got)
		}
	})

	t.Run("row 10: each takes its own content types, and shows the others'", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for kind, want := range map[string][2]int{
			"text":           {200, 200},
			"input_text":     {200, 422},
			"input_textarea": {200, 422},
			"input_email":    {200, 200},
			"sideways":       {422, 422},
		} {
			body := `{"content":"x","message_type":"outgoing","content_type":"` + kind + `"}`
			c := b.status(apitest.Admin, "POST", inChatwoot+thread, body)
			n := b.status(apitest.Admin, "POST", inNdoto+thread, body)
			if c != want[0] || n != want[1] {
				t.Errorf("%s: %d, %d, want %v", kind, c, n, want)
			}
		}
		call[any](b, "POST", inChatwoot+thread, `{"content":"Choose","content_type":"cards","content_attributes":{"items":[
			{"title":"Red","description":"A red one","actions":[{"type":"link","text":"See","uri":"https://a.example"}]}]}}`, 200)
		n := call[struct{ Payload []object }](b, "GET", inNdoto+thread, "", 200).Payload
		q := call[[]object](b, "GET", inQlara+thread, "", 200)
		if n[len(n)-1]["content_type"] != "cards" || q[len(q)-1]["messageType"] != "TEXT" {
			t.Errorf("cards are %v and %v", n[len(n)-1]["content_type"], q[len(q)-1]["messageType"])
		}
	})

	t.Run("rows 11 and 12: each list has its own envelope", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		keys := func(path string, within ...string) string {
			v := call[any](b, "GET", path, "", 200)
			for _, name := range within {
				v = v.(object)[name]
			}
			if _, ok := v.([]any); ok {
				return "a bare list"
			}
			return strings.Join(slices.Sorted(maps.Keys(v.(object))), ",")
		}
		for got, want := range map[string]string{
			"C " + keys(inChatwoot+thread):              "C meta,payload",
			"N " + keys(inNdoto+thread):                 "N payload",
			"Q " + keys(inQlara+thread):                 "Q a bare list",
			"C list " + keys(inChatwoot, "data"):        "C list meta,payload",
			"N list " + keys(inNdoto, "data"):           "N list meta,payload",
			"Q list " + keys(inQlara):                   "Q list a bare list",
			"N counts " + keys(inNdoto, "data", "meta"): "N counts all_count,assigned_count,mine_count,unassigned_count",
		} {
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	})

	t.Run("rows 13, 14 and 15: pages from one and from zero, two ways to order, inboxes under two names", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		second := dbtest.Inbox(t, b.w.Server.Pool, b.w.Account, "Second")
		for i := range 27 {
			in := b.w.Inbox
			if i%3 == 0 {
				in = second
			}
			dbtest.Message(t, b.w.Server.Pool, dbtest.ConversationWith(t, b.w.Server.Pool, in, b.w.Contact, "x"), "x")
		}
		ndotoIDs := func(query string) (all []int64) {
			for _, c := range call[struct {
				Data struct{ Payload []ndotoConversation }
			}](b, "GET", inNdoto+query, "", 200).Data.Payload {
				all = append(all, c.ID)
			}
			return all
		}
		qlaraIDs := func(query string) (all []int64) {
			for _, c := range call[[]qlaraConversation](b, "GET", inQlara+query, "", 200) {
				all = append(all, c.ChatID)
			}
			return all
		}
		all := qlaraIDs("")
		if len(all) != 28 {
			t.Fatalf("Qlara without pages gives %d", len(all))
		}
		if a, z := ndotoIDs("?page=1"), ndotoIDs("?page=2"); len(a) != 25 || !slices.Equal(append(a, z...), all) {
			t.Errorf("Ndoto's pages: %v, %v, want %v", a, z, all)
		}
		if a, z := qlaraIDs("?limit=25&page=0"), qlaraIDs("?limit=25&page=1"); len(a) != 25 || !slices.Equal(append(a, z...), all) {
			t.Errorf("Qlara's pages: %v, %v, want %v", a, z, all)
		}
		up := slices.Sorted(slices.Values(all))
		if got := qlaraIDs("?orderBy=%20lastMessageDate"); !slices.Equal(got, up) {
			t.Errorf("a blank is no plus: %v", got)
		}
		down := slices.Clone(up)
		slices.Reverse(down)
		if got := ndotoIDs("?sort=created_at"); !slices.Equal(got, down[:25]) {
			t.Errorf("by creation: %v", got)
		}
		n, q := ndotoIDs(fmt.Sprint("?inbox_id=", second.ID)), qlaraIDs(fmt.Sprint("?channelIds=", second.ID))
		if len(n) != 9 || !slices.Equal(n, q) {
			t.Errorf("of one inbox: %v, %v", n, q)
		}
	})

	t.Run("row 16: times are whole seconds, rounded down, and ISO 8601 in UTC", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		b.set("UPDATE messages SET created_at = '2026-11-20T10:02:11.999999Z'")
		c := call[struct{ Payload []object }](b, "GET", inChatwoot+thread, "", 200).Payload[0]["created_at"]
		n := call[struct{ Payload []object }](b, "GET", inNdoto+thread, "", 200).Payload[0]["created_at"]
		q := call[[]object](b, "GET", inQlara+thread, "", 200)[0]["timestamp"]
		want := float64(time.Date(2026, 11, 20, 10, 2, 11, 0, time.UTC).Unix())
		if c != want || n != want || q != "2026-11-20T10:02:11Z" {
			t.Errorf("%v, %v, %v", c, n, q)
		}
	})

	t.Run("rows 17 and 18: sending is 200, 200 and 202, and each gives the message's id", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		c := call[struct{ ID int64 }](b, "POST", inChatwoot+thread, `{"content":"x"}`, 200)
		n := call[struct{ ID int64 }](b, "POST", inNdoto+thread, `{"content":"x","message_type":"outgoing"}`, 200)
		q := call[struct{ ID int64 }](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"x"}`, 202)
		if c.ID <= 0 || n.ID <= c.ID || q.ID <= n.ID {
			t.Errorf("ids %d, %d, %d", c.ID, n.ID, q.ID)
		}
	})

	t.Run("rows 1 and 19: a key speaks for the user who made it, and the others show that user", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		var key struct{ APIKey string }
		b.w.Do(t, apitest.Admin, "POST", "/api/partner-gateway/v1/authentication", `{"name":"Shop"}`).Want(201).Into(&key)
		b.w.Server.Do(t, key.APIKey, "POST", inQlara+"/reply", b.w.Fill(`{"chatId":{conversation},"text":"x"}`)).Want(202)
		for _, base := range []string{inChatwoot, inNdoto} {
			all := call[struct {
				Payload []struct{ Sender object }
			}](b, "GET", base+thread, "", 200).Payload
			sender := all[len(all)-1].Sender
			if sender["name"] != "Noor Idris" || !strings.EqualFold(fmt.Sprint(sender["type"]), "user") {
				t.Errorf("%s shows %v", base, sender)
			}
		}
	})

	t.Run("row 20: Ndoto takes files as Chatwoot does, and Qlara's mediaKey leads to them", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		var form, picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
			t.Fatal(err)
		}
		w := multipart.NewWriter(&form)
		_ = w.WriteField("message_type", "outgoing")
		file, _ := w.CreateFormFile("attachments[]", "wheel.png")
		_, _ = file.Write(picture.Bytes())
		_ = w.Close()
		got := b.w.Server.Do(t, b.w.Tokens[apitest.Admin], "POST", b.w.Fill(inNdoto+thread), form.Bytes(),
			"Content-Type", w.FormDataContentType()).Want(200).Object()
		files, _ := got["attachments"].([]any)
		if len(files) != 1 || files[0].(object)["file_type"] != "image" || got["content"] != nil {
			t.Fatalf("Ndoto made %v", got)
		}
		all := call[[]object](b, "GET", inQlara+thread, "", 200)
		last := all[len(all)-1]
		if last["messageType"] != "IMAGE" || last["mediaUrl"] != files[0].(object)["data_url"] {
			t.Errorf("Qlara shows %v", last)
		}
		to := b.w.Do(t, apitest.Key, "GET", fmt.Sprint("/api/files/", last["mediaKey"]), "").Want(302).Header().Get("Location")
		if !strings.HasSuffix(fmt.Sprint(last["mediaUrl"]), to) {
			t.Errorf("the key leads to %s, not to %v", to, last["mediaUrl"])
		}
	})

	t.Run("row 22: only Chatwoot updates, retries and translates, and a status only on an API channel", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for _, path := range []string{
			inNdoto + thread + "/{message}/retry",
			inNdoto + thread + "/{message}/translate",
			inQlara + thread + "/{message}/retry",
		} {
			if got := b.status(apitest.Admin, "POST", path, "{}"); got != 404 && got != 405 {
				t.Errorf("%s: %d", path, got)
			}
		}
		if got := b.status(apitest.Admin, "PATCH", inNdoto+thread+"/{message}", `{"status":"read"}`); got != 405 {
			t.Errorf("updating in Ndoto: %d", got)
		}
		sent := call[struct{ ID int64 }](b, "POST", inChatwoot+thread, `{"content":"x"}`, 200)
		message := fmt.Sprintf("%s%s/%d", inChatwoot, thread, sent.ID)
		call[any](b, "PATCH", message, `{"status":"delivered"}`, 200)
		if all := call[[]object](b, "GET", inQlara+thread, "", 200); all[len(all)-1]["status"] != "DELIVERED" {
			t.Errorf("Qlara shows %v", all[len(all)-1])
		}
		b.set("UPDATE inboxes SET kind = 'whatsapp'")
		call[any](b, "PATCH", message, `{"status":"read"}`, 403)
	})

	t.Run("row 26: the count of what is unread is shared, whoever reads", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		b.w.Do(t, apitest.Inside, "POST", inChatwoot+one+"/update_last_seen", "").Want(200)
		if n := call[ndotoConversation](b, "GET", inNdoto+one, "", 200); n.UnreadCount != 0 {
			t.Errorf("%d unread in Ndoto", n.UnreadCount)
		}
		if q := call[qlaraConversation](b, "GET", inQlara+one, "", 200); q.UnreadCount != 0 {
			t.Errorf("%d unread in Qlara", q.UnreadCount)
		}
	})

	t.Run("row 29: archived is no word of the others, whose lists hold it still", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "PATCH", inQlara+one+"/archive", "", 204)
		for _, base := range []string{inChatwoot, inNdoto} {
			list := call[any](b, "GET", base, "", 200)
			archived := slices.ContainsFunc(names(list), func(s string) bool { return strings.Contains(s, "archived") })
			if archived || !strings.Contains(fmt.Sprint(list), "Ada Marsh") {
				t.Errorf("%s lists %v", base, list)
			}
		}
		if q := call[object](b, "GET", inQlara+one, "", 200); q["archived"] != true {
			t.Errorf("by its id: %v", q)
		}
	})

	t.Run("rows 30 and 31: what one opens, the others have, and a second conversation is a chat of its own", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		n := call[struct{ ID int64 }](b, "POST", inNdoto, `{"inbox_id":{inbox},"contact_id":{contact},"message":{"content":"Hello"}}`, 200)
		c := call[struct{ ID int64 }](b, "POST", inChatwoot,
			`{"inbox_id":{inbox},"contact_id":{contact},"message":{"content":"Hello"}}`, 200)
		var chats []int64
		for _, q := range call[[]qlaraConversation](b, "GET", inQlara+"?orderBy=lastMessageDate", "", 200) {
			chats = append(chats, q.ChatID)
		}
		if want := []int64{b.w.Conversation.DisplayID, n.ID, c.ID}; !slices.Equal(chats, want) {
			t.Errorf("chats %v, want %v", chats, want)
		}
		if got := b.status(apitest.Key, "POST", inQlara, `{"contactId":{contact},"text":"Hello"}`); got != 405 {
			t.Errorf("Qlara opens one: %d", got)
		}
		call[any](b, "POST", inNdoto+thread, `{"content":"Back again","message_type":"incoming"}`, 200)
		if q := call[[]qlaraConversation](b, "GET", inQlara, "", 200); len(q) != 3 || q[0].ChatID != b.w.Conversation.DisplayID {
			t.Errorf("a customer's message went elsewhere: %+v", q)
		}
	})

	t.Run("rows 33 and 34: assigning tells the user, the user and nothing; all three know the same users", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		stranger := dbtest.Admin(t, b.w.Server.Pool, dbtest.Account(t, b.w.Server.Pool, "Elsewhere"), "Eve")
		for _, base := range []string{inChatwoot, inNdoto} {
			if u := call[object](b, "POST", base+one+"/assignments", `{"assignee_id":{user}}`, 200); u["id"] != float64(b.w.Agent.ID) {
				t.Errorf("%s tells %v", base, u)
			}
			// By its contract, Chatwoot takes an unknown user for none.
			want := map[string]int{inChatwoot: 200, inNdoto: 404}[base]
			call[any](b, "POST", base+one+"/assignments", fmt.Sprintf(`{"assignee_id":%d}`, stranger.ID), want)
			call[any](b, "POST", base+one+"/assignments", `{"assignee_id":null}`, 200)
			if q := call[qlaraConversation](b, "GET", inQlara+one, "", 200); q.Assignee != nil {
				t.Errorf("null in %s leaves %v", base, q.Assignee)
			}
		}
		call[any](b, "POST", inQlara+one+"/assignee", `{"userId":{user}}`, 204)
		call[any](b, "POST", inQlara+one+"/assignee", fmt.Sprintf(`{"userId":%d}`, stranger.ID), 404)
		call[any](b, "POST", inQlara+one+"/assignee", `{"userId":null}`, 400)
		ids := func(list []object, name string) (all []float64) {
			for _, u := range list {
				all = append(all, u[name].(float64))
			}
			return slices.Sorted(slices.Values(all))
		}
		c := ids(call[[]object](b, "GET", "/api/v1/accounts/{account}/agents", "", 200), "id")
		n := ids(call[[]object](b, "GET", "/ndoto/api/v1/accounts/{account}/agents", "", 200), "id")
		q := ids(call[[]object](b, "GET", inQlara+"/assignable-users", "", 200), "userId")
		if len(q) != 3 || !slices.Equal(c, n) || !slices.Equal(n, q) {
			t.Errorf("%v, %v, %v", c, n, q)
		}
	})

	t.Run("row 35: errors outside of handlers have each dialect's body as well", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for path, method := range map[string]string{"/ndoto/api/v1/nowhere": "GET", inNdoto: "DELETE", "/ndoto/api/v1/profile": "PATCH"} {
			body := b.w.Do(t, apitest.Admin, method, path, "").Object()
			if s, ok := body["error"].(string); !ok || s == "" || len(body) != 1 {
				t.Errorf("%s %s: %v", method, path, body)
			}
		}
		for path, method := range map[string]string{"/api/partner-gateway/v1/nowhere": "GET", inQlara: "DELETE", "/qlara/nowhere": "GET"} {
			got := b.w.Do(t, apitest.Key, method, path, "")
			body := got.Object()
			if body["status"] != float64(got.Code) || body["error"] != http.StatusText(got.Code) ||
				body["message"] == "" || body["path"] != path {
				t.Errorf("%s %s: %v", method, path, body)
			}
		}
	})

	t.Run("row 37: what another account has is not found, in all three", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		other := apitest.NewFixture(t, b.w.Server)
		theirs := dbtest.ConversationWith(t, b.w.Server.Pool, other.Inbox, other.Contact, "x")
		for _, base := range []string{inChatwoot, inNdoto, inQlara} {
			call[any](b, "GET", fmt.Sprintf("%s/%d", base, theirs.DisplayID), "", 404)
			call[any](b, "GET", fmt.Sprintf("%s/%d/messages", base, theirs.DisplayID), "", 404)
		}
		call[any](b, "DELETE", fmt.Sprintf("%s%s/%d", inNdoto, thread, other.Message.ID), "", 404)
		call[any](b, "POST", inNdoto, fmt.Sprintf(`{"inbox_id":%d,"contact_id":{contact}}`, other.Inbox.ID), 404)
		call[any](b, "POST", inQlara+"/reply", fmt.Sprintf(`{"chatId":%d,"text":"x"}`, theirs.DisplayID), 404)
	})

	t.Run("row 40: Ndoto and Chatwoot have webhooks by the dozen, Qlara has one, and none sees the others'", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		const (
			c = "/api/v1/accounts/{account}/webhooks"
			n = "/ndoto/api/v1/accounts/{account}/webhooks"
			q = "/api/partner-gateway/v1/webhooks/delivery-status"
		)
		for i := range 2 {
			call[any](b, "POST", c, fmt.Sprintf(`{"url":"https://a.example/c%d","subscriptions":["message_created"]}`, i), 200)
			call[any](b, "POST", n, fmt.Sprintf(`{"url":"https://a.example/n%d"}`, i), 200)
		}
		call[any](b, "POST", q, `{"callbackUrl":"https://a.example/q"}`, 201)
		call[any](b, "POST", q, `{"callbackUrl":"https://a.example/r"}`, 409)
		for path, want := range map[string]string{c: "cc", n: "nn", q: "q"} {
			raw, _ := json.Marshal(call[any](b, "GET", path, "", 200))
			var got string
			for _, m := range regexp.MustCompile(`https://a\.example/([a-z])`).FindAllSubmatch(raw, -1) {
				got += string(m[1])
			}
			if got != want {
				t.Errorf("%s lists %s", path, raw)
			}
		}
	})

	t.Run("rows 41, 42 and 43: one event has three bodies, and the message three kinds of id", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		sent := call[struct{ MessageID string }](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"On its way"}`, 202)
		var id int64
		if err := b.w.Server.Pool.QueryRow(t.Context(), "SELECT id FROM messages WHERE uuid = $1", sent.MessageID).Scan(&id); err != nil {
			t.Fatal(err)
		}
		call[any](b, "PATCH", fmt.Sprintf("%s%s/%d", inChatwoot, thread, id), `{"status":"delivered"}`, 200)
		const query = "SELECT * FROM events WHERE message_id IS NOT NULL AND account_id = $1 ORDER BY id"
		rows, err := b.w.Server.Pool.Query(t.Context(), query, b.w.Account.ID)
		if err != nil {
			t.Fatal(err)
		}
		events, err := pgx.CollectRows(rows, pgx.RowToStructByPos[db.Event])
		if err != nil || len(events) != 3 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		q := db.New(b.w.Server.Pool)
		names := func(hook interface{ Names(db.Event) []string }, e db.Event) string {
			return strings.Join(hook.Names(e), ",")
		}
		in, delivered := events[0], events[2]
		c := hook.New(apitest.BaseURL, time.Now)
		got := []string{
			names(c, in), names(ndoto.Hook{}, in), names(qlara.Hook{}, in),
			names(c, delivered), names(ndoto.Hook{}, delivered), names(qlara.Hook{}, delivered),
		}
		want := []string{
			"message_created", "message_created", "INBOUND",
			"message_updated", "message_updated", "DELIVERY",
		}
		if !slices.Equal(got, want) {
			t.Fatalf("the events are called %v, want %v", got, want)
		}
		read := func(raw json.RawMessage, err error) (body object) {
			t.Helper()
			if err == nil {
				err = json.Unmarshal(raw, &body)
			}
			if err != nil {
				t.Fatal(err)
			}
			return body
		}
		cb := read(c.Body(t.Context(), q, delivered, "message_updated"))
		nb := read(ndoto.Hook{}.Body(t.Context(), q, delivered, "message_updated"))
		qb := read(qlara.Hook{}.Body(t.Context(), q, delivered, "DELIVERY"))
		if cb["id"] != float64(id) || nb["id"] != strconv.FormatInt(id, 10) || qb["messageId"] != sent.MessageID {
			t.Errorf("ids %v, %v, %v", cb["id"], nb["id"], qb["messageId"])
		}
		if nb["status"] != "delivered" || qb["statusCode"] != 3.0 || qb["eventType"] != "DELIVERY" {
			t.Errorf("states %v, %v", nb["status"], qb["statusCode"])
		}
		ndotoIn := read(ndoto.Hook{}.Body(t.Context(), q, in, "message_created"))
		qlaraIn := read(qlara.Hook{}.Body(t.Context(), q, in, "INBOUND"))
		if ndotoIn["message_type"] != "incoming" || qlaraIn["text"] != ndotoIn["content"] {
			t.Errorf("inbound: %v, %v", ndotoIn, qlaraIn)
		}
	})

	t.Run("row 44: priority, labels, team and status stay out of Qlara", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "PATCH", inNdoto+one, `{"priority":"urgent","labels":["vip"],"team_id":{team},"status":"pending"}`, 200)
		want := "archived,assignee,channel,channelId,chatId,contactId,contactName,lastMessage,lastMessageDate,phoneNumber,unreadCount"
		if got := strings.Join(slices.Sorted(maps.Keys(call[object](b, "GET", inQlara+one, "", 200))), ","); got != want {
			t.Errorf("Qlara shows %s, want %s", got, want)
		}
	})

	t.Run("rows 45, 46 and 47: one inbox and one contact in three shapes; nobody is null, nothing is an empty list", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		b.set("UPDATE contacts SET email = 'ada@example.net', phone_number = '+351900111222'")
		c := call[object](b, "GET", inChatwoot+one, "", 200)
		n := call[object](b, "GET", inNdoto+one, "", 200)
		q := call[object](b, "GET", inQlara+one, "", 200)
		if id := float64(b.w.Inbox.ID); c["inbox_id"] != id || n["inbox_id"] != id || q["channelId"] != id {
			t.Errorf("inboxes %v, %v, %v", c["inbox_id"], n["inbox_id"], q["channelId"])
		}
		sender := c["meta"].(object)["sender"].(object)
		const shapes = "Ada Marsh map[email:ada@example.net id:%d name:Ada Marsh] Ada Marsh +351900111222"
		got := fmt.Sprintf("%v %v %v %v", sender["name"], n["contact"], q["contactName"], q["phoneNumber"])
		if got != fmt.Sprintf(shapes, b.w.Contact.ID) {
			t.Errorf("contacts: %s", got)
		}
		for name, had := range map[string]object{"assignee": n["meta"].(object), "team": n["meta"].(object), "priority": n} {
			if v, there := had[name]; v != nil || !there {
				t.Errorf("Ndoto's %s is %v, there %v", name, v, there)
			}
		}
		if v, there := q["assignee"]; v != nil || !there {
			t.Errorf("Qlara's assignee is %v, there %v", v, there)
		}
		m := call[struct{ Payload []object }](b, "GET", inNdoto+thread, "", 200).Payload[0]
		if list, ok := m["attachments"].([]any); !ok || len(list) != 0 {
			t.Errorf("attachments are %v", m["attachments"])
		}
		if list, ok := n["labels"].([]any); !ok || len(list) != 0 {
			t.Errorf("labels are %v", n["labels"])
		}
		call[any](b, "DELETE", inNdoto+thread+"/{message}", "", 200)
		if all := call[any](b, "GET", inQlara+thread, "", 200); fmt.Sprint(all) != "[]" {
			t.Errorf("an empty thread is %v", all)
		}
	})

	t.Run("row 48: what nobody knows is passed over", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		b.w.Server.Careless = true
		for path, body := range map[string]string{
			inChatwoot + thread: `{"content":"x","shoe_size":44}`,
			inNdoto + thread:    `{"content":"x","message_type":"outgoing","shoe_size":44}`,
			inQlara + "/reply":  `{"chatId":{conversation},"text":"x","shoeSize":44}`,
		} {
			call[any](b, "POST", path+"?colour=red", body, map[bool]int{true: 202, false: 200}[strings.HasSuffix(path, "reply")])
		}
		for _, base := range []string{inChatwoot, inNdoto, inQlara} {
			call[any](b, "GET", base+"?colour=red", "", 200)
		}
	})
}

// Every row of the resolutions names a test, and the test is there.
func TestDialectsAreProven(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/api/dialects.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, name := range []string{
		"bridge_test.go", "dialect_test.go", "row_test.go", "ndoto/ndoto_test.go", "ndoto/webhook_test.go",
		"qlara/qlara_test.go", "qlara/limit_test.go", "qlara/webhook_test.go",
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \|[^|]*\|[^|]*\| (.*) \|$`).FindAllStringSubmatch(string(raw), -1) {
		rows[m[1]] = true
		named := regexp.MustCompile("`(Test[A-Za-z]+)`(?: \"([^\"]+)\")?").FindAllStringSubmatch(m[2], -1)
		if len(named) == 0 {
			t.Errorf("row %s names no test", m[1])
		}
		for _, one := range named {
			function := strings.Contains(tests.String(), "func "+one[1]+"(")
			if !function || one[2] != "" && !strings.Contains(tests.String(), `t.Run("`+one[2]) {
				t.Errorf("row %s: there is no %s %q", m[1], one[1], one[2])
			}
		}
	}
	for n := 1; n <= 48; n++ {
		if !rows[strconv.Itoa(n)] {
			t.Errorf("row %d is not there", n)
		}
	}
}
