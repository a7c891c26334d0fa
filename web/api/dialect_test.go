package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

// set changes a row behind the API's back, to a state that takes a channel to reach.
func (f fixture) set(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.w.Server.Pool.Exec(f.t.Context(), sql, args...); err != nil {
		f.t.Fatal(err)
	}
}

type chatwootMessages struct {
	Payload []struct {
		ID          int64  `json:"id"`
		MessageType int    `json:"message_type"`
		Status      string `json:"status"`
		Private     bool   `json:"private"`
	} `json:"payload"`
}

type qlaraMessage struct {
	ID        int64  `json:"id"`
	Direction string `json:"direction"`
	Status    string `json:"status"`
}

// TestWords holds the words of the three dialects for what is stored once.
func TestWords(t *testing.T) {
	t.Parallel()

	t.Run("kinds: in, out, a note and activity", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "POST", inNdoto+"/{conversation}/messages", `{"content":"Out","message_type":"outgoing"}`, 200)
		call[any](b, "POST", inNdoto+"/{conversation}/messages", `{"content":"Note","message_type":"outgoing","private":true}`, 200)
		call[any](b, "POST", inNdoto+"/{conversation}/labels", `{"labels":["vip"]}`, 200)
		var c, n, q []string
		for _, m := range call[chatwootMessages](b, "GET", inChatwoot+"/{conversation}/messages", "", 200).Payload {
			c = append(c, fmt.Sprint(m.MessageType, m.Private))
		}
		for _, m := range call[ndotoMessages](b, "GET", inNdoto+"/{conversation}/messages", "", 200).Payload {
			n = append(n, m.MessageType)
		}
		for _, m := range call[[]qlaraMessage](b, "GET", inQlara+"/{conversation}/messages", "", 200) {
			q = append(q, m.Direction)
		}
		got := strings.Join(c, ",") + " | " + strings.Join(n, ",") + " | " + strings.Join(q, ",")
		if want := "0 false,1 false,1 true,2 false | incoming,outgoing,outgoing | INBOUND,OUTBOUND"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})

	t.Run("a reply where nothing sends has failed, whoever asks", func(t *testing.T) {
		t.Parallel()
		for dialect, post := range map[string]func(b fixture){
			"Chatwoot": func(b fixture) { call[any](b, "POST", inChatwoot+"/{conversation}/messages", `{"content":"Out"}`, 200) },
			"Ndoto": func(b fixture) {
				call[any](b, "POST", inNdoto+"/{conversation}/messages", `{"content":"Out","message_type":"outgoing"}`, 200)
			},
			"Qlara": func(b fixture) { call[any](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"Out"}`, 202) },
		} {
			b := newFixture(t)
			b.set("UPDATE inboxes SET kind = 'email'")
			post(b)
			c := call[chatwootMessages](b, "GET", inChatwoot+"/{conversation}/messages", "", 200).Payload
			n := call[ndotoMessages](b, "GET", inNdoto+"/{conversation}/messages", "", 200).Payload
			q := call[[]qlaraMessage](b, "GET", inQlara+"/{conversation}/messages", "", 200)
			if got := [3]string{c[1].Status, n[1].Status, q[1].Status}; got != [3]string{"failed", "failed", "ERROR"} {
				t.Errorf("posted in %s it is %v", dialect, got)
			}
		}
	})

	t.Run("how far a message has come", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		sent := call[struct{ ID int64 }](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"On its way"}`, 202)
		for stored, want := range map[db.Delivery][2]string{
			db.DeliveryQueued: {"sent", "UNKNOWN"}, db.DeliverySent: {"sent", "SENT"}, db.DeliveryReceived: {"sent", "RECEIVED"},
			db.DeliveryDelivered: {"delivered", "DELIVERED"}, db.DeliveryRead: {"read", "DELIVERED"},
			db.DeliveryFailed: {"failed", "ERROR"}, db.DeliveryExpired: {"failed", "EXPIRED"},
		} {
			b.set("UPDATE messages SET delivery = $2 WHERE id = $1", sent.ID, stored)
			c := call[chatwootMessages](b, "GET", inChatwoot+"/{conversation}/messages", "", 200).Payload
			n := call[ndotoMessages](b, "GET", inNdoto+"/{conversation}/messages", "", 200).Payload
			q := call[[]qlaraMessage](b, "GET", inQlara+"/{conversation}/messages", "", 200)
			if got := [3]string{c[1].Status, n[1].Status, q[1].Status}; got != [3]string{want[0], want[0], want[1]} {
				t.Errorf("%s is %v, want %v", stored, got, want)
			}
			if q[0].Status != "RECEIVED" || c[0].Status != "sent" || n[0].Status != "delivered" {
				t.Errorf("what came in is %s, %s, %s", c[0].Status, n[0].Status, q[0].Status)
			}
		}
	})

	t.Run("typing is on or off, and any other word is ignored", func(t *testing.T) {
		t.Parallel()
		for _, base := range []string{inChatwoot, inNdoto} {
			b := newFixture(t)
			for _, word := range []string{"on", "off", "perhaps", ""} {
				call[any](b, "POST", base+"/{conversation}/toggle_typing_status", `{"typing_status":"`+word+`"}`, 200)
			}
			var kinds []string
			const typing = `SELECT array_agg(kind ORDER BY id) FROM events WHERE kind LIKE 'conversation.typing%'`
			if err := b.w.Server.Pool.QueryRow(t.Context(), typing).Scan(&kinds); err != nil {
				t.Fatal(err)
			}
			if want := []string{"conversation.typing_on", "conversation.typing_off"}; !slices.Equal(kinds, want) {
				t.Errorf("%s: %v, want %v", base, kinds, want)
			}
		}
	})

	t.Run("channels", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for kind, want := range map[db.InboxKind]string{
			db.InboxKindSms: "SMS", db.InboxKindRcs: "RCS", db.InboxKindWhatsapp: "WHATSAPP", db.InboxKindMessenger: "MESSENGER",
			db.InboxKindInstagram: "INSTAGRAM", db.InboxKindEmail: "EMAIL", db.InboxKindWebWidget: "WEB", db.InboxKindApi: "API",
		} {
			b.set("UPDATE inboxes SET kind = $1", kind)
			if got := call[struct{ Channel string }](b, "GET", inQlara+"/{conversation}", "", 200); got.Channel != want {
				t.Errorf("%s is %s, want %s", kind, got.Channel, want)
			}
		}
	})

	t.Run("what is garbled is 400 everywhere, what is wrong 422 or 400", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for path, invalid := range map[string]string{
			inChatwoot + "/{conversation}/messages": `{"content":"x","content_type":"sideways"}`,
			inNdoto + "/{conversation}/messages":    `{"content":"x","message_type":"sideways"}`,
			inQlara + "/reply":                      `{"chatId":{conversation},"text":" "}`,
		} {
			want := 422
			if strings.HasPrefix(path, inQlara) {
				want = 400
			}
			call[any](b, "POST", path, `{"content":`, 400)
			call[any](b, "POST", path, invalid, want)
		}
	})
}

// TestOneModel proves what the dialects must agree on beyond the ten of TestBridge.
func TestOneModel(t *testing.T) {
	t.Parallel()

	t.Run("a deleted message is a blank line in Chatwoot and gone elsewhere", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "DELETE", inNdoto+"/{conversation}/messages/{message}", "", 200)
		c := call[chatwootMessages](b, "GET", inChatwoot+"/{conversation}/messages", "", 200).Payload
		n := call[ndotoMessages](b, "GET", inNdoto+"/{conversation}/messages", "", 200).Payload
		q := call[[]qlaraMessage](b, "GET", inQlara+"/{conversation}/messages", "", 200)
		if len(c) != 1 || len(n) != 0 || len(q) != 0 {
			t.Errorf("shown: %v, %v, %v", c, n, q)
		}
	})

	t.Run("archive and resolve are two facts; a customer's message undoes both, and leaves pending", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		status := func(s string) {
			call[any](b, "POST", inNdoto+"/{conversation}/toggle_status", `{"status":"`+s+`"}`, 200)
		}
		status("resolved")
		if q := call[[]qlaraConversation](b, "GET", inQlara, "", 200); len(q) != 1 {
			t.Error("resolving has archived")
		}
		call[any](b, "PATCH", inQlara+"/{conversation}/archive", "", 204)
		call[any](b, "PATCH", inQlara+"/{conversation}/unarchive", "", 204)
		if c := call[ndotoConversation](b, "GET", inNdoto+"/{conversation}", "", 200); c.Status != "resolved" {
			t.Errorf("unarchiving made it %s", c.Status)
		}
		for before, after := range map[string]string{"resolved": "open", "snoozed": "open", "pending": "pending"} {
			status(before)
			call[any](b, "PATCH", inQlara+"/{conversation}/archive", "", 204)
			call[any](b, "POST", inNdoto+"/{conversation}/messages", `{"content":"Hello?","message_type":"incoming"}`, 200)
			if c := call[ndotoConversation](b, "GET", inNdoto+"/{conversation}", "", 200); c.Status != after {
				t.Errorf("%s became %s, want %s", before, c.Status, after)
			}
			if q := call[[]qlaraConversation](b, "GET", inQlara, "", 200); len(q) != 1 {
				t.Errorf("%s: still archived", before)
			}
		}
	})

	t.Run("reading a thread and replying mark nothing as read", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "GET", inNdoto+"/{conversation}/messages", "", 200)
		call[any](b, "GET", inQlara+"/{conversation}/messages", "", 200)
		call[any](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"x"}`, 202)
		if q := call[qlaraConversation](b, "GET", inQlara+"/{conversation}", "", 200); q.UnreadCount != 1 {
			t.Errorf("%d unread", q.UnreadCount)
		}
		call[any](b, "POST", inNdoto+"/{conversation}/update_last_seen", "", 200)
		if q := call[qlaraConversation](b, "GET", inQlara+"/{conversation}", "", 200); q.UnreadCount != 0 {
			t.Errorf("%d unread", q.UnreadCount)
		}
	})

	t.Run("another account and an unknown one", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		other := dbtest.Account(t, b.w.Server.Pool, "Elsewhere")
		call[any](b, "GET", fmt.Sprintf("/ndoto/api/v1/accounts/%d/conversations", other.ID), "", 403)
		call[any](b, "GET", "/ndoto/api/v1/accounts/999999/conversations", "", 404)
	})
}

// TestSlashes holds that a base address with a slash at its end is none the worse for it in any dialect, and that .json at
// the end of a path means something in one alone.
func TestSlashes(t *testing.T) {
	t.Parallel()
	b := newFixture(t)
	b.w.Server.Careless = true
	for _, list := range []string{inChatwoot, inNdoto, inQlara} {
		for _, path := range []string{"/" + list, list + "//", strings.Replace(list, "/v1/", "/v1//", 1)} {
			call[any](b, "GET", path, "", 200)
		}
	}
	call[any](b, "POST", "/"+inNdoto+"//{conversation}//messages/", `{"content":"Out","message_type":"outgoing"}`, 200)
	call[any](b, "POST", "/"+inQlara+"//reply/", `{"chatId":{conversation},"text":"Out"}`, 202)
	call[any](b, "GET", inChatwoot+".json", "", 200)
	call[any](b, "GET", inNdoto+".json", "", 404)
}

// TestPages makes the calls of the dialects' own pages as they stand there, but for address, token and ids.
func TestPages(t *testing.T) {
	t.Parallel()

	t.Run("Ndoto: list, send, note, delete", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		thread := inNdoto + "/{conversation}/messages"
		keys := func(m map[string]any) {
			t.Helper()
			sender, _ := m["sender"].(map[string]any)
			for name, ok := range map[string]bool{
				"id":           isNumber(m["id"]),
				"content":      isText(m["content"]),
				"message_type": isText(m["message_type"]),
				"status":       isText(m["status"]),
				"private":      m["private"] == true || m["private"] == false,
				"created_at":   isNumber(m["created_at"]),
				"attachments":  isList(m["attachments"]),
				"sender.id":    isNumber(sender["id"]), "sender.name": isText(sender["name"]), "sender.type": isText(sender["type"]),
			} {
				if !ok {
					t.Errorf("%s is not what the page shows: %v", name, m)
				}
			}
		}
		list := call[map[string][]map[string]any](b, "GET", thread, "", 200)
		if len(list) != 1 || len(list["payload"]) != 1 {
			t.Fatalf("the list is %v", list)
		}
		keys(list["payload"][0])
		reply := call[map[string]any](b, "POST", thread,
			`{"content":"We are looking into it.","message_type":"outgoing","private":false}`, 200)
		keys(reply)
		note := call[map[string]any](b, "POST", thread, `{"content":"Has the large plan.","message_type":"outgoing","private":true}`, 200)
		keys(note)
		if reply["private"] != false || note["private"] != true || reply["sender"].(map[string]any)["type"] != "User" {
			t.Errorf("reply %v, note %v", reply, note)
		}
		call[any](b, "DELETE", fmt.Sprintf("%s/%.0f", thread, reply["id"]), "", 200)
	})

	t.Run("Qlara: every call of the inbox, in its short form", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		do := func(method, path, body string, want int) apitest.Answer {
			t.Helper()
			got := b.w.Do(t, apitest.Key, method, "/qlara/conversations"+path, body).Want(want)
			if want == 204 && (got.Body.Len() > 0 || got.Header().Get("Content-Type") != "") {
				t.Errorf("%s %s: 204 with %q %s", method, path, got.Header().Get("Content-Type"), got.Body)
			}
			return got
		}
		do("GET", "?unreadOnly=true&orderBy=-lastMessageDate&dateFrom=2020-01-01&channelIds={inbox}", "", 200)
		do("POST", "/reply", `{"chatId":{conversation},"text":"It is on its way."}`, 202)
		do("PATCH", "/{conversation}/archive", "", 204)
		do("PATCH", "/{conversation}/unarchive", "", 204)
		do("GET", "/{conversation}", "", 200)
		do("GET", "/{conversation}/messages?idFrom=1&idTo=9000000000", "", 200)
		do("PATCH", "/{conversation}/read", "", 204)
		do("GET", "/assignable-users", "", 200)
		do("POST", "/{conversation}/assignee", `{"userId":{user}}`, 204)
		do("DELETE", "/{conversation}/assignee", "", 204)
	})

	t.Run("Chatwoot's messages: list, send, note, file, status, retry, delete", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		thread := inChatwoot + "/{conversation}/messages"
		list := call[map[string]any](b, "GET", thread+"?page=1", "", 200)
		if !isList(list["payload"]) || list["meta"] == nil {
			t.Errorf("the list is %v", list)
		}
		sent := call[map[string]any](b, "POST", thread, `{"content":"Hello","message_type":"outgoing","private":false,
			"content_type":"text","content_attributes":{}}`, 200)
		call[any](b, "POST", thread, `{"content":"Between us","message_type":"outgoing","private":true}`, 200)
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		_ = w.WriteField("content", "The bill")
		_ = w.WriteField("message_type", "outgoing")
		file, _ := w.CreateFormFile("attachments[]", "bill.pdf")
		_, _ = file.Write([]byte("%PDF-1.4 bill"))
		_ = w.Close()
		got := b.w.Server.Do(t, b.w.Tokens[apitest.Admin], "POST", b.w.Fill(thread), form.Bytes(),
			"Content-Type", w.FormDataContentType()).Want(200).Object()
		if files, _ := got["attachments"].([]any); len(files) != 1 {
			t.Errorf("with a file: %v", got)
		}
		one := fmt.Sprintf("%s/%.0f", thread, sent["id"])
		call[any](b, "PATCH", one, `{"status":"failed","external_error":"No signal"}`, 200)
		call[any](b, "POST", one+"/retry", "", 200)
		call[any](b, "PATCH", one, `{"status":"delivered"}`, 200)
		call[any](b, "DELETE", one, "", 200)
	})
}

func isNumber(v any) bool { _, ok := v.(float64); return ok }
func isText(v any) bool   { _, ok := v.(string); return ok }
func isList(v any) bool   { _, ok := v.([]any); return ok }
