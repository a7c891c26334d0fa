package chatwoot_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

// bridge is a program that carries messages between a phone and the helpdesk. It makes the calls of bridges in use, in
// their order: with two credentials, ids as text, a slash at the end, and unchecked indexes of lists.
type bridge struct {
	*apitest.Fixture
	t testing.TB
}

func (b bridge) call(method, path string, body any) apitest.Answer {
	b.t.Helper()
	token := b.Tokens[apitest.Admin]
	return b.Server.Do(b.t, token, method, b.Fill(v1+path), body, "Authorization", "Bearer "+token, "Accept", "application/json").Want(200)
}

// object is a JSON object in an answer.
func object(t testing.TB, v any, path ...string) any {
	t.Helper()
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			t.Fatalf("there is no %s in %v", key, v)
		}
		v = m[key]
	}
	return v
}

// findByPhone looks for both spellings of a Brazilian number, as bridges do.
func (b bridge) findByPhone(numbers ...string) []any {
	b.t.Helper()
	var terms []map[string]any
	for i, n := range numbers {
		var join any = "OR"
		if i == len(numbers)-1 {
			join = nil
		}
		terms = append(terms, map[string]any{
			"attribute_key": "phone_number", "filter_operator": "equal_to", "values": []string{n}, "query_operator": join,
		})
	}
	list, ok := b.call("POST", "/contacts/filter", map[string]any{"payload": terms}).Object()["payload"].([]any)
	if !ok {
		b.t.Fatal("payload is no list")
	}
	return list
}

func (b bridge) post(conversation any, fields map[string]string, file string) apitest.Answer {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := m.WriteField(name, value); err != nil {
			b.t.Fatal(err)
		}
	}
	if file != "" {
		f, err := m.CreateFormFile("attachments[]", file)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := f.Write([]byte("voice")); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		b.t.Fatal(err)
	}
	path := b.Fill(fmt.Sprintf("%s/%v/messages", cs, conversation))
	return b.Server.Do(b.t, b.Tokens[apitest.Admin], "POST", path, body.Bytes(), "Content-Type", m.FormDataContentType()).Want(200)
}

// TestBridge makes the calls of a bridge, and checks the fields that the bridge reads.
func TestBridge(t *testing.T) {
	t.Parallel()
	b := bridge{newFixture(t), t}

	for _, inbox := range payload(b.call("GET", "/inboxes/", nil)) {
		if object(t, inbox, "name") == "Bridge" {
			t.Fatal("the bridge's inbox is there before it was made")
		}
	}
	inboxID := b.call("POST", "/inboxes/", map[string]any{
		"name": "Bridge", "channel": map[string]any{"type": "api", "webhook_url": "http://10.0.0.7:8080/chatwoot/webhook/Bridge"},
	}).Object()["id"]

	if found := b.findByPhone("5511987654321", "551187654321"); len(found) != 0 {
		t.Fatalf("a stranger is known: %v", found)
	}
	contact := b.call("POST", "/contacts", map[string]any{
		"inbox_id": inboxID, "name": "Ana Souza", "phone_number": "+5511987654321", "identifier": "5511987654321@s.whatsapp.net",
		"avatar_url": "https://192.0.2.1/slow.jpg",
	}).Object()
	id := object(t, contact, "payload", "contact", "id")
	source := object(t, contact, "payload", "contact_inbox", "source_id")
	if id == nil || source == nil || source == "" {
		t.Fatalf("contact %v", contact)
	}
	found := b.findByPhone("5511987654321", "551187654321")
	if len(found) != 1 || object(t, found[0], "id") != id {
		t.Fatalf("found %v, want contact %v", found, id)
	}
	hit := payload(b.call("GET", "/contacts/search?q=5511987654321@s.whatsapp.net", nil))
	if len(hit) != 1 || object(t, hit[0], "identifier") != "5511987654321@s.whatsapp.net" {
		t.Fatalf("search finds %v", hit)
	}

	of := fmt.Sprintf("/contacts/%v/conversations", id)
	if list := payload(b.call("GET", of, nil)); len(list) != 0 {
		t.Fatalf("conversations %v before the first", list)
	}
	conversation := b.call("POST", "/conversations", map[string]any{
		"contact_id": fmt.Sprint(id), "inbox_id": fmt.Sprint(inboxID), "status": "pending",
	}).Object()
	number := conversation["id"]
	list := payload(b.call("GET", of, nil))
	if len(list) != 1 || object(t, list[0], "id") != number || object(t, list[0], "status") != "pending" ||
		object(t, list[0], "inbox_id") != inboxID {
		t.Fatalf("conversations %v, want %v pending", list, number)
	}

	first := b.post(
		number,
		map[string]string{"content": "Oi", "message_type": "incoming", "private": "false", "source_id": "WAID:1", "content_attributes": "{}"},
		"",
	).Object()
	answer := b.post(number, map[string]string{
		"content": "", "message_type": "incoming", "source_id": "WAID:2",
		"content_attributes": fmt.Sprintf(`{"in_reply_to": %v, "in_reply_to_external_id": "WAID:1"}`, first["id"]),
	}, "voice.ogg").Object()
	if answer["source_id"] != "WAID:2" || object(t, answer, "content_attributes", "in_reply_to") != first["id"] {
		t.Errorf("message %v", answer)
	}

	b.call("POST", fmt.Sprintf("/conversations/%v/toggle_status", number), map[string]any{"status": "resolved"})
	shown := b.call("GET", fmt.Sprintf("/conversations/%v/", number), nil).Object()
	if got := object(t, shown, "last_non_activity_message", "conversation", "contact_inbox", "source_id"); got != source {
		t.Errorf("source_id %v, want %v", got, source)
	}
	reopened := b.call("POST", fmt.Sprintf("/conversations/%v/toggle_status", number), map[string]any{"status": "open"}).Object()
	if object(t, reopened, "payload", "current_status") != "open" {
		t.Errorf("status %v", reopened)
	}
	b.call("DELETE", fmt.Sprintf("/conversations/%v/messages/%v", number, answer["id"]), nil)

	// A message from the other spelling of the number has added a second contact, and the bridge merges the two.
	second := object(
		t, b.call("POST", "/contacts", map[string]any{"name": "Ana", "phone_number": "+551187654321"}).Object(),
		"payload", "contact", "id",
	)
	if found := b.findByPhone("5511987654321", "551187654321"); len(found) != 2 {
		t.Fatalf("found %v, want both", found)
	}
	b.call("POST", "/actions/contact_merge", map[string]any{"base_contact_id": second, "mergee_contact_id": id})
	list = payload(b.call("GET", fmt.Sprintf("/contacts/%v/conversations", second), nil))
	if len(list) != 1 || object(t, list[0], "id") != number ||
		object(t, list[0], "meta", "sender", "identifier") != "5511987654321@s.whatsapp.net" {
		t.Errorf("conversations of the one that stays: %v", list)
	}
	var senders int
	err := b.Server.Pool.QueryRow(
		context.Background(), `SELECT count(*) FROM messages WHERE sender_kind = 'contact' AND sender_id = $1`, id,
	).Scan(&senders)
	if err != nil || senders != 0 {
		t.Errorf("%d messages are still from the merged contact (%v)", senders, err)
	}
}
