package chatwoot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

const (
	ms = co + "/messages"
	mo = ms + "/:message"
)

func messageRows() map[string]apitest.Row {
	return map[string]apitest.Row{
		"GET " + ms:             {Hidden: true},
		"POST " + ms:            {Hidden: true, Body: `{"content": "Hello"}`},
		"DELETE " + mo:          {Hidden: true},
		"PUT " + mo:             {Hidden: true, Body: `{"status": "read"}`},
		"PATCH " + mo:           {Hidden: true, Body: `{"status": "read"}`},
		"POST " + mo + "/retry": {Hidden: true},
	}
}

func TestCreateMessage(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("posts as the caller, the contact, a bot, and a note", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "POST", ms, `{"content": "Checking now", "echo_id": "e-1", "source_id": "WAID:7",
			"content_attributes": {"in_reply_to": {message}, "mine": {"a": 1}}, "external_created_at": "1795168931"}`).Want(200)
		apitest.Golden(t, *update, "message_created", got.Body.Bytes())
		apitest.Golden(
			t, *update, "message_incoming",
			w.Do(t, apitest.Inside, "POST", ms, `{"content": "Thanks", "message_type": "incoming"}`).Want(200).Body.Bytes(),
		)
		apitest.Golden(
			t,
			*update,
			"message_bot",
			w.Do(t, apitest.Inside, "POST", ms, `{"content": "Beep", "sender_type": "AgentBot", "sender_id": {bot}}`).
				Want(200).
				Body.Bytes(),
		)
		apitest.Golden(
			t, *update, "message_note",
			w.Do(t, apitest.Inside, "POST", ms, `{"content": "Hush", "private": "true"}`).Want(200).Body.Bytes(),
		)
	})

	t.Run("takes every content type, by name and by number", func(t *testing.T) {
		item := map[string]string{
			"input_select": `[{"title": "Red", "value": "r"}]`, "cards": `[{"title": "Shoe", "actions": [{"type": "link", ` +
				`"text": "See", "uri": "https://shop.example"}]}]`,
			"form": `[{"name": "email", "type": "email", "label": "E-mail"}]`, "article": `[{"title": "Help", "link": "https://help.example"}]`,
		}
		for i, kind := range []string{
			"text", "input_text", "input_textarea", "input_email", "input_select", "cards", "form", "article",
			"incoming_email", "input_csat", "integrations", "sticker", "voice_call",
		} {
			items := item[kind]
			if items == "" {
				items = "[]"
			}
			for _, word := range []string{`"` + kind + `"`, fmt.Sprint(i)} {
				got := w.Do(
					t, apitest.Inside, "POST", ms,
					`{"content": "x", "content_type": `+word+`, "content_attributes": {"items": `+items+`}}`,
				).Want(200)
				if got.Object()["content_type"] != kind {
					t.Errorf("%s became %v", word, got.Object()["content_type"])
				}
			}
		}
	})

	t.Run("says what is wrong in one sentence", func(t *testing.T) {
		for name, body := range map[string]string{
			"content_type": `{"content_type": "hologram"}`, "items": `{"content_type": "input_select", "content_attributes": ` +
				`{"items": [{"title": "a", "x": 1}]}}`,
			"no_items": `{"content_type": "form"}`, "actions": `{"content_type": "cards", "content_attributes": {"items": [{"title": "a"}]}}`,
			"too_long": `{"content": "` + strings.Repeat("x", 150_001) + `"}`, "message_type": `{"message_type": "shouted"}`,
			"message_type_number": `{"message_type": 1}`, "content_object": `{"content": {"a": 1}}`,
			"template": `{"template_params": {"category": "x"}}`,
		} {
			got := w.Do(t, apitest.Inside, "POST", ms, body).Want(422)
			apitest.Golden(t, *update, "error_message_"+name, got.Body.Bytes())
		}
	})

	t.Run("fills placeholders outside of code", func(t *testing.T) {
		for text, want := range map[string]string{
			"Hi {{contact.name}}": "Hi Ada Marsh", "Hi {{ contact.first_name }}!": "Hi Ada!",
			"`{{contact.name}}` {{agent.first_name}}": "`{{contact.name}}` Ann",
			"{{contact.email | default: 'friend'}}":   "friend", "{{contact.name | upcase}}": "ADA MARSH",
			"{{ broken": "{{ broken", "{{unknown.thing}}.": ".",
		} {
			got := w.Do(t, apitest.Inside, "POST", ms, fmt.Sprintf(`{"content": %q}`, text)).Want(200).Object()["content"]
			if got != want {
				t.Errorf("%s became %q, want %q", text, got, want)
			}
		}
		if got := w.Do(t, apitest.Inside, "POST", ms, `{"content": "{{contact.name}}", "message_type": "incoming"}`).Want(200).
			Object()["content"]; got != "{{contact.name}}" {
			t.Errorf("an incoming message became %q", got)
		}
	})

	t.Run("takes multipart with files, booleans and objects as text", func(t *testing.T) {
		w := newFixture(t)
		body, kind := form(
			t, map[string]string{"content": "Look", "private": "false", "content_attributes": `{"mine": 1}`},
			map[string][]byte{"box.png": picture(t), "note.txt": []byte("hello")},
		)
		got := w.Server.Do(t, w.Tokens[apitest.Inside], "POST", w.Fill(ms), body, "Content-Type", kind).Want(200)
		apitest.Golden(t, *update, "message_files", got.Body.Bytes())
	})

	t.Run("reads file names in every form, and takes a file field without a choice for none", func(t *testing.T) {
		part := func(head, content string) string {
			return "--x\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n"
		}
		for head, want := range map[string]string{
			"name=\"attachments[]\"; filename=\"N\xfamero.txt\"":                "Número.txt",
			"name=\"attachments[]\"; filename*=iso-8859-1''N%FAmero.txt":        "Número.txt",
			"name=\"attachments[]\"; filename=\"=?utf-8?q?N=C3=BAmero.txt?=\"":  "Número.txt",
			"name=\"attachments[]\"; filename=\"\"":                             "file.txt",
			"name=\"attachments[]\"; filename=\"empty.txt\"":                    "empty.txt",
			"name=\"attachments[]\"; filename=\"\"\r\nContent-Type: text/plain": "",
		} {
			content := "hello"
			if want == "" || want == "empty.txt" {
				content = ""
			}
			body := part(`name="content"`, "hello") + part(head, content) + "--x--\r\n"
			got := w.Server.Do(t, w.Tokens[apitest.Inside], "POST", w.Fill(ms), []byte(body), "Content-Type", "multipart/form-data; boundary=x").
				Want(200).
				Object()
			files, _ := got["attachments"].([]any)
			switch {
			case want == "" && len(files) > 0:
				t.Errorf("%s makes %v", head, files)
			case want != "" && (len(files) != 1 || !strings.HasSuffix(files[0].(map[string]any)["data_url"].(string), "/"+url.PathEscape(want))):
				t.Errorf("%s makes %v, want %s", head, files, want)
			}
		}
	})

	t.Run("takes attributes that are no JSON for none", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "content_attributes": "{broken"}`).Want(200).Object()["content_attributes"]
		if len(got.(map[string]any)) != 0 {
			t.Errorf("content_attributes %v, want none", got)
		}
	})

	t.Run("takes an answer to a message that is not there as an answer to none", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "content_attributes": {"in_reply_to": 999999}}`).Want(200).
			Object()["content_attributes"]
		if got.(map[string]any)["in_reply_to"] != nil {
			t.Errorf("in_reply_to %v, want null", got)
		}
	})
}

func TestMessages(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for i := range 30 {
		dbtest.Message(t, w.Server.Pool, w.Conversation, fmt.Sprintf("Message %d", i+2))
	}
	first := w.Message.ID

	t.Run("lists the newest 20 with the thread's meta", func(t *testing.T) {
		w := newFixture(t)
		w.Do(t, apitest.Inside, "POST", ms, `{"content": "A note", "private": true}`).Want(200)
		apitest.Golden(t, *update, "messages", w.Do(t, apitest.Inside, "GET", ms, "").Want(200).Body.Bytes())
	})

	t.Run("is read by ids and by pages, always oldest first", func(t *testing.T) {
		for query, want := range map[string][2]int64{
			"": {11, 30}, "?page=2": {0, 10}, "?before={8}": {0, 7}, "?after={8}": {9, 30}, "?after={8}&before={12}": {8, 11}, "?after=abc": {0, 30},
			"?before={25}": {5, 24},
		} {
			for i := range 31 {
				query = strings.ReplaceAll(query, fmt.Sprintf("{%d}", i), fmt.Sprint(first+int64(i)))
			}
			ids := messageIDs(w.Do(t, apitest.Inside, "GET", ms+query, "").Want(200))
			if len(ids) == 0 || ids[0] != first+want[0] || ids[len(ids)-1] != first+want[1] {
				t.Errorf("%s gives %v, want %d to %d", query, ids, first+want[0], first+want[1])
			}
		}
	})

	t.Run("leaves notes and activity out on request", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		w.Do(t, apitest.Inside, "POST", ms, `{"content": "A note", "private": true}`).Want(200)
		w.Do(t, apitest.Inside, "POST", co+"/toggle_status", "").Want(200)
		if ids := messageIDs(w.Do(t, apitest.Inside, "GET", ms+"?filter_internal_messages=false", "").Want(200)); len(ids) != 1 {
			t.Errorf("%v, want the customer's message alone", ids)
		}
	})

	t.Run("moves delivery forward only, on API inboxes only", func(t *testing.T) {
		w := newFixture(t)
		w.Vars["message"] = fmt.Sprint(w.Do(t, apitest.Inside, "POST", ms, `{"content": "x"}`).Object()["id"])
		for _, step := range [][2]string{
			{"delivered", "delivered"},
			{"read", "read"},
			{"delivered", "read"},
			{"nonsense", "read"},
			{"failed", "failed"},
			{"read", "read"},
		} {
			if got := w.Do(t, apitest.Inside, "PATCH", mo, `{"status": "`+step[0]+`", "external_error": "no such number"}`).
				Want(200).Object()["status"]; got != step[1] {
				t.Errorf("%s gives %v, want %s", step[0], got, step[1])
			}
		}
		w.Do(t, apitest.Inside, "PATCH", ms+"/999999", `{"status": "read"}`).Want(404)
		if _, err := w.Server.Pool.Exec(t.Context(), `UPDATE inboxes SET kind = 'email' WHERE id = $1`, w.Inbox.ID); err != nil {
			t.Fatal(err)
		}
		got := w.Do(t, apitest.Inside, "PATCH", ms+"/999999", `{"status": "read"}`).Want(403)
		apitest.Golden(t, *update, "error_message_status", got.Body.Bytes())
		got = w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "message_type": "incoming"}`).Want(422)
		apitest.Golden(t, *update, "error_message_incoming", got.Body.Bytes())
		w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "cc_emails": "a@example.test, nobody"}`).Want(422)
		got = w.Do(
			t, apitest.Inside, "POST", ms,
			`{"content": "x", "cc_emails": "a@example.test, B@example.test", "email_html_content": "<p>x</p>"}`,
		).Want(200)
		apitest.Golden(t, *update, "message_mail", got.Body.Bytes())
	})

	t.Run("of an e-mail inbox carries its HTML, its text and its addresses", func(t *testing.T) {
		w := newFixture(t)
		if _, err := w.Server.Pool.Exec(t.Context(), `UPDATE inboxes SET kind = 'email' WHERE id = $1`, w.Inbox.ID); err != nil {
			t.Fatal(err)
		}
		const none = `"cc_emails": [], "bcc_emails": [], "to_emails": []`
		mail := func(html, text string) string {
			return fmt.Sprintf(`{%s, "email": {"html_content": {"full": %[2]q, "reply": %[2]q},
				"text_content": {"full": %[3]q, "reply": %[3]q}}}`, none, html, text)
		}
		for body, want := range map[string]string{
			`{"content": "some **bold** text"}`: mail("<p>some <strong>bold</strong> text</p>", "some **bold** text"),

			`{"content": "**{{contact.name}}**"}`:                                 mail("<p><strong>Ada Marsh</strong></p>", "**Ada Marsh**"),
			`{"content": "x", "email_html_content": "<i>y</i>"}`:                  mail("<i>y</i>", "x"),
			`{"content": "a note", "private": true}`:                              "{" + none + "}",
			`{"content": "x", "private": true, "email_html_content": "<i>y</i>"}`: "{" + none + "}",
			`{"content": " ", "attachments": []}`:                                 "{" + none + "}",
			`{"content": "<b>&</b>"}`:                                             mail("<p>&lt;b&gt;&amp;&lt;/b&gt;</p>", "<b>&</b>"),
			`{"content": "x", "cc_emails": "A@example.test, b@example.test", "to_emails": "c@example.test"}`: strings.NewReplacer(
				`"cc_emails": []`, `"cc_emails": ["a@example.test", "b@example.test"]`, `"to_emails": []`, `"to_emails": ["c@example.test"]`,
			).Replace(mail("<p>x</p>", "x")),
		} {
			got := w.Do(t, apitest.Inside, "POST", ms, body).Want(200).Object()["content_attributes"].(map[string]any)
			delete(got, "external_error") // the inbox cannot send
			var wanted map[string]any
			if err := json.Unmarshal([]byte(want), &wanted); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", body, diff)
			}
		}
		w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "email_html_content": "`+strings.Repeat("x", 1<<20+1)+`"}`).Want(422)
	})

	t.Run("retries what failed and nothing else", func(t *testing.T) {
		w := newFixture(t)
		w.Vars["message"] = fmt.Sprint(
			w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "content_attributes": {"mine": 1}}`).Object()["id"],
		)
		w.Do(t, apitest.Inside, "PATCH", mo, `{"status": "failed", "external_error": "no such number"}`).Want(200)
		apitest.Golden(t, *update, "message_retried", w.Do(t, apitest.Inside, "POST", mo+"/retry", "").Want(200).Body.Bytes())
		apitest.Golden(t, *update, "error_retry", w.Do(t, apitest.Inside, "POST", ms+"/999999/retry", "").Want(422).Body.Bytes())
	})

	t.Run("leaves a tombstone", func(t *testing.T) {
		w := newFixture(t)
		apitest.Golden(t, *update, "message_deleted", w.Do(t, apitest.Inside, "DELETE", mo, "").Want(200).Body.Bytes())
		w.Do(t, apitest.Inside, "DELETE", mo, "").Want(404)
		if ids := messageIDs(w.Do(t, apitest.Inside, "GET", ms, "")); len(ids) != 1 {
			t.Errorf("%v, want the one message in its place", ids)
		}
	})

	t.Run("notes why a message failed, and null once it got through", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		w.Vars["message"] = fmt.Sprint(
			w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "content_attributes": {"mine": 12345678901234567}}`).Object()["id"],
		)
		for _, step := range [][2]string{
			{`{"status": "failed", "external_error": "no such number"}`, `{"mine":12345678901234567,"external_error":"no such number"}`},
			{`{"status": "read"}`, `{"mine":12345678901234567,"external_error":null}`},
		} {
			got := w.Do(t, apitest.Inside, "PATCH", mo, step[0]).Want(200).Body.String()
			if !strings.Contains(got, `"content_attributes":`+step[1]) {
				t.Errorf("%s: %s", step[0], got)
			}
		}
	})

	t.Run("takes whatever stands for the message that is answered", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		first := fmt.Sprint(w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "source_id": "one"}`).Object()["id"])
		both, none := `{"in_reply_to":`+first+`,"in_reply_to_external_id":"one"}`, `{"in_reply_to":null,"in_reply_to_external_id":null}`
		for sent, want := range map[string]string{
			`{"in_reply_to": ` + first + `}`: both, `{"in_reply_to": "` + first +
				`"}`: both, `{"in_reply_to": "", "in_reply_to_external_id": "one"}`: both,
			`{"in_reply_to": 999999}`: none, `{"in_reply_to": "abc"}`: none, `{"in_reply_to": [1]}`: none, `{"in_reply_to": 0}`: none,
			`{"in_reply_to": "", "in_reply_to_external_id": ""}`: none,
		} {
			got := w.Do(t, apitest.Inside, "POST", ms, `{"content": "x", "content_attributes": `+sent+`}`).Want(200).Body.String()
			if !strings.Contains(got, `"content_attributes":`+want) {
				t.Errorf("%s: %s", sent, got)
			}
		}
	})

	t.Run("gives a visitor's browser the listed types alone", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		if _, err := w.Server.Pool.Exec(t.Context(), `UPDATE inboxes SET kind = 'web_widget' WHERE id = $1`, w.Inbox.ID); err != nil {
			t.Fatal(err)
		}
		for name, bytes := range map[string]string{"a.txt": "hello", "a.pfx": "\x30\x82", "a.exe": "MZ\x90\x00", "a.bin": "\x01\x02"} {
			body, kind := form(t, map[string]string{"content": "x"}, map[string][]byte{name: []byte(bytes)})
			got := w.Server.Do(t, w.Tokens[apitest.Inside], "POST", w.Fill(ms), body, "Content-Type", kind)
			if name == "a.txt" || name == "a.pfx" {
				got.Want(200)
			} else if got.Code != 422 || !strings.Contains(got.Body.String(), `"Validation failed: Attachments file type not supported"`) {
				t.Errorf("%s: %d %s", name, got.Code, got.Body)
			}
		}
	})
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("50 parallel identical posts with one key are one message and one answer", func(t *testing.T) {
		var mu sync.Mutex
		answers := map[string]int{}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				got := w.Do(t, apitest.Inside, "POST", ms, `{"content": "once"}`, "Idempotency-Key", "k-1")
				mu.Lock()
				defer mu.Unlock()
				answers[fmt.Sprint(got.Code)+got.Body.String()]++
			})
		}
		all.Wait()
		if len(answers) != 1 {
			t.Errorf("%d different answers: %v", len(answers), answers)
		}
		if ids := messageIDs(w.Do(t, apitest.Inside, "GET", ms, "")); len(ids) != 2 {
			t.Errorf("%d messages, want the first and the posted one", len(ids))
		}
	})

	t.Run("a replay says so, another body is refused, and a multipart body is compared by its content", func(t *testing.T) {
		send := func(text string) apitest.Answer {
			body, kind := form(t, map[string]string{"content": "Look"}, map[string][]byte{"note.txt": []byte(text)})
			return w.Server.Do(t, w.Tokens[apitest.Inside], "POST", w.Fill(ms), body, "Content-Type", kind, "Idempotency-Key", "k-2")
		}
		first := send("hello").Want(200)
		second := send("hello").Want(200)
		if second.Header().Get("Idempotency-Replayed") != "true" || second.Body.String() != first.Body.String() {
			t.Errorf("replay %v: %s, first %s", second.Header(), second.Body, first.Body)
		}
		apitest.Golden(t, *update, "error_idempotency_key", send("bye").Want(422).Body.Bytes())
	})

	t.Run("a call that failed keeps nothing", func(t *testing.T) {
		w.Do(t, apitest.Inside, "POST", ms, `{"content_type": "form"}`, "Idempotency-Key", "k-3").Want(422)
		w.Do(t, apitest.Inside, "POST", ms, `{"content": "well"}`, "Idempotency-Key", "k-3").Want(200)
	})
}

func TestManyWriters(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	const writers, each = 16, 8
	done := make(chan struct{})
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				w.Do(t, apitest.Inside, "POST", ms, `{"content": "x"}`).Want(200)
			}
		})
	}
	go func() { all.Wait(); close(done) }()

	// A reader that polls with after while they write must see every id, in order.
	after, seen := int64(0), 0
	for finished := false; ; {
		select {
		case <-done:
			finished = true
		default:
		}
		ids := messageIDs(w.Do(t, apitest.Inside, "GET", fmt.Sprintf("%s?after=%d", ms, after), "").Want(200))
		for _, id := range ids {
			if id <= after {
				t.Fatalf("id %d after %d", id, after)
			}
			after = id
			seen++
		}
		if finished && len(ids) == 0 {
			break
		}
	}
	if seen != writers*each+1 {
		t.Errorf("the walk saw %d messages, want %d", seen, writers*each+1)
	}
}

func messageIDs(a apitest.Answer) (ids []int64) {
	var out struct {
		Payload []struct {
			ID int64 `json:"id"`
		} `json:"payload"`
	}
	a.Into(&out)
	for _, m := range out.Payload {
		ids = append(ids, m.ID)
	}
	return ids
}

// form makes a multipart body with files in attachments[], in the order of their names.
func form(t testing.TB, fields map[string]string, files map[string][]byte) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, v := range fields {
		if err := m.WriteField(name, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		p, err := m.CreateFormFile("attachments[]", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m.FormDataContentType()
}

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 400, 100))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
