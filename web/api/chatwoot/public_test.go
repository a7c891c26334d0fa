package chatwoot_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"mime/multipart"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/apitest"
)

const (
	pi  = "/public/api/v1/inboxes/:identifier"
	pk  = pi + "/contacts"
	pks = pk + "/:source"
	pc  = pks + "/conversations"
	pco = pc + "/:conversation"
	pm  = pco + "/messages"
	pmo = pm + "/:message"
	pcs = "/public/api/v1/csat_survey/:uuid"
)

func publicRows() map[string]apitest.Row {
	rating := `"submitted_values": {"csat_survey_response": {"rating": 5, "feedback_message": "Fast"}}`
	return map[string]apitest.Row{
		"GET " + pi:                         {},
		"POST " + pk:                        {Body: `{"name": "Ada"}`},
		"GET " + pks:                        {},
		"PATCH " + pks:                      {Body: `{"name": "Ada"}`},
		"PUT " + pks:                        {Body: `{"name": "Ada"}`},
		"GET " + pc:                         {},
		"POST " + pc:                        {},
		"GET " + pco:                        {},
		"POST " + pco + "/toggle_status":    {},
		"POST " + pco + "/toggle_typing":    {Body: `{"typing_status": "on"}`},
		"POST " + pco + "/update_last_seen": {},
		"GET " + pm:                         {},
		"POST " + pm:                        {Body: `{"content": "Hello"}`},
		"PATCH " + pmo:                      {Make: surveyed, Body: `{` + rating + `}`},
		"PUT " + pmo:                        {Make: surveyed, Body: `{` + rating + `}`},
		"GET " + pcs:                        {Make: surveyed},
		"PATCH " + pcs:                      {Make: surveyed, Body: `{"message": {` + rating + `}}`},
		"PUT " + pcs:                        {Make: surveyed, Body: `{"message": {` + rating + `}}`},
	}
}

// Every route of a visitor, with a source id, an inbox's identifier or a conversation of another inbox or account.
func TestAVisitorsAddressOpensItsOwnInboxAlone(t *testing.T) {
	t.Parallel()
	b := newFixture(t).Server
	b.Careless = true
	for name, row := range publicRows() {
		method, path, _ := strings.Cut(name, " ")
		if !strings.Contains(path, ":source") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w, other := apitest.NewFixture(t, b), apitest.NewFixture(t, b)
			if row.Make != nil {
				row.Make(t, w)
			}
			w.Do(t, apitest.Nobody, method, path, row.Body).Want(200)
			sibling := dbtest.Inbox(t, b.Pool, w.Account, "Sibling")
			for what, vars := range map[string]map[string]string{
				"a source id of another account":      {"source": other.Vars["source"]},
				"an identifier of another account":    {"identifier": other.Vars["identifier"]},
				"an identifier of the same account":   {"identifier": sibling.Identifier},
				"a conversation that is not theirs":   {"conversation": "999"},
				"a source id in other letters' case":  {"source": strings.ToUpper(w.Vars["source"])},
				"a source id with a character at end": {"source": w.Vars["source"] + "0"},
			} {
				if vars["conversation"] != "" && !strings.Contains(path, ":conversation") {
					continue
				}
				strange := *w
				strange.Vars = maps.Clone(w.Vars)
				maps.Copy(strange.Vars, vars)
				if got := strange.Do(t, apitest.Nobody, method, path, row.Body); got.Code != 404 {
					t.Errorf("%s: %d %s", what, got.Code, got.Body)
				}
			}
		})
	}
}

// surveyed posts a survey and a note to the fixture's conversation.
func surveyed(t testing.TB, w *apitest.Fixture) {
	t.Helper()
	w.Vars["uuid"] = w.Conversation.Uuid.String()
	how := "How was it?"
	err := w.Server.Desk.Do(context.Background(), desk.System(w.Account.ID), func(tx *desk.Tx) error {
		m, err := tx.Post(context.Background(), w.Conversation.ID, desk.NewMessage{
			Kind: db.MessageKindTemplate, ContentType: db.ContentTypeInputCsat, Content: &how,
			Attributes: []byte(`{"display_type": "star"}`), Automated: true,
		})
		w.Vars["message"] = fmt.Sprint(m.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sign(w *apitest.Fixture, identifier string) string {
	mac := hmac.New(sha256.New, []byte(w.Inbox.HmacToken))
	mac.Write([]byte(identifier))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestPublicContact(t *testing.T) {
	t.Parallel()

	t.Run("gets an address and a name, and is shown and changed by it", func(t *testing.T) {
		w := newFixture(t)
		inbox := w.Do(t, apitest.Nobody, "GET", pi, "").Want(200).Body.Bytes()
		apitest.Golden(t, *update, "public_inbox", bytes.ReplaceAll(inbox, []byte(w.Inbox.Identifier), []byte("IDENTIFIER")))
		got := w.Do(
			t, apitest.Nobody, "POST", pk,
			`{"email": "Grace@Example.test", "name": "Grace Noll", "phone_number": "", "identifier_hash": "", `+
				`"custom_attributes": {"tier": "gold"}}`,
		).Want(200)
		apitest.Golden(t, *update, "public_contact_created", got.Body.Bytes())
		w.Vars["source"] = got.Object()["source_id"].(string)
		w.Do(t, apitest.Nobody, "GET", pks, "").Want(200)
		got = w.Do(
			t, apitest.Nobody, "PATCH", pks,
			`{"phone_number": "+351215550142", "identifier": "ignored", "custom_attributes": {"plan": "pro"}}`,
		).Want(200)
		apitest.Golden(t, *update, "public_contact_updated", got.Body.Bytes())
		if name := w.Do(t, apitest.Nobody, "POST", pk, "").Want(200).Object()["name"]; name == "" {
			t.Error("a contact without a name gets none")
		}
		w.Do(t, apitest.Nobody, "POST", pk, `{"email": "nonsense"}`).Want(422)
	})

	t.Run("is known again by a proved identifier, and by a source_id of any characters", func(t *testing.T) {
		w := newFixture(t)
		first := w.Do(
			t, apitest.Nobody, "POST", pk,
			`{"identifier": "u-1", "email": "g@example.test", "phone_number": "+351215550143", "source_id": "a/b@c+d"}`,
		).Want(200).Object()
		proof := `{"identifier": "u-1", "identifier_hash": "` + sign(w, "u-1") + `"}`
		proven := w.Do(t, apitest.Nobody, "POST", pk, proof).Want(200).Object()
		for _, one := range []struct {
			body string
			want any
		}{{proof, proven["id"]}, {`{"source_id": "a/b@c+d"}`, first["id"]}} {
			if again := w.Do(t, apitest.Nobody, "POST", pk, one.body).Want(200).Object(); again["id"] != one.want {
				t.Errorf("%s is contact %v, want %v", one.body, again["id"], one.want)
			}
		}
		for _, body := range []string{
			`{"identifier": "u-1"}`, `{"email": "G@example.test"}`, `{"phone_number": "+351215550143"}`,
		} {
			other := w.Do(t, apitest.Nobody, "POST", pk, body).Want(200).Object()
			if other["id"] == first["id"] || other["id"] == proven["id"] {
				t.Errorf("%s proves nothing, and is contact %v", body, other["id"])
			}
		}
		if got := w.Do(t, apitest.Nobody, "GET", pk+"/a%2Fb%40c%2Bd", "").Want(200).Object(); got["id"] != first["id"] {
			t.Errorf("contact %v, want %v", got["id"], first["id"])
		}
	})

	t.Run("proves who they are by HMAC, and no other", func(t *testing.T) {
		w := newFixture(t)
		if _, err := w.Server.Pool.Exec(t.Context(), `UPDATE inboxes SET hmac_mandatory = true WHERE id = $1`, w.Inbox.ID); err != nil {
			t.Fatal(err)
		}
		got := w.Do(t, apitest.Nobody, "POST", pk, `{"identifier": "u-1"}`).Want(401)
		apitest.Golden(t, *update, "error_hmac", got.Body.Bytes())
		w.Do(t, apitest.Nobody, "POST", pk, `{"identifier": "u-1", "identifier_hash": "`+sign(w, "u-2")+`"}`).Want(401)
		w.Do(t, apitest.Nobody, "POST", pk, `{"identifier_hash": "`+sign(w, "")+`"}`).Want(401)
		proof := `{"identifier": "u-1", "identifier_hash": "` + sign(w, "u-1") + `"}`
		w.Vars["source"] = w.Do(t, apitest.Nobody, "POST", pk, proof).Want(200).Object()["source_id"].(string)
		w.Do(t, apitest.Nobody, "GET", pks, "").Want(401)
		w.Do(t, apitest.Nobody, "GET", pks+"?identifier=u-2&identifier_hash="+sign(w, "u-2"), "").Want(401)
		w.Do(t, apitest.Nobody, "PATCH", pks, `{"name": "x", "identifier": "u-2", "identifier_hash": "`+sign(w, "u-2")+`"}`).Want(401)
		w.Do(t, apitest.Nobody, "GET", pks+"?identifier=u-1&identifier_hash="+sign(w, "u-1"), "").Want(200)
		w.Do(t, apitest.Nobody, "POST", pc, "").Want(200)

		// A second device of the same person sees the conversations of the first one, because of its proof.
		w.Vars["source"] = w.Do(t, apitest.Nobody, "POST", pk, proof).Want(200).Object()["source_id"].(string)
		var list []map[string]any
		if w.Do(t, apitest.Nobody, "GET", pc, "").Want(200).Into(&list); len(list) != 1 {
			t.Errorf("proven, they see %d conversations, want 1", len(list))
		}
	})

	t.Run("takes no e-mail of another, and is merged with nobody", func(t *testing.T) {
		w := newFixture(t)
		victim := w.Do(t, apitest.Nobody, "POST", pk, `{"email": "victim@example.test"}`).Want(200).Object()
		w.Vars["source"] = w.Do(t, apitest.Nobody, "POST", pk, `{"name": "Nobody yet"}`).Want(200).Object()["source_id"].(string)
		got := w.Do(t, apitest.Nobody, "PATCH", pks, `{"email": "victim@example.test"}`).Want(200).Object()
		if got["id"] == victim["id"] || got["email"] != "victim@example.test" {
			t.Errorf("contact %v, want another than %v, as they said", got, victim["id"])
		}
		var n int
		const count = `SELECT count(*) FROM contacts WHERE account_id = $1 AND email = 'victim@example.test' AND id = $2`
		if err := w.Server.Pool.QueryRow(t.Context(), count, w.Account.ID, int64(victim["id"].(float64))).Scan(&n); err != nil || n != 1 {
			t.Errorf("the e-mail is not the first one's any more (%v)", err)
		}
		// The proof of another contact is refused for conversations, too.
		proof := "?identifier=u-9&identifier_hash=" + sign(w, "u-9")
		w.Do(t, apitest.Nobody, "GET", pc+proof, "").Want(401)
	})
}

func TestPublicConversation(t *testing.T) {
	t.Parallel()

	t.Run("shows what the contact may see, and never notes or activity", func(t *testing.T) {
		w := newFixture(t)
		w.Do(t, apitest.Inside, "POST", ms, `{"content": "Checking now"}`).Want(200)
		w.Do(t, apitest.Inside, "POST", ms, `{"content": "SECRET", "private": true}`).Want(200)
		w.Do(t, apitest.Inside, "POST", co+"/toggle_status", "").Want(200)
		one := w.Do(t, apitest.Nobody, "GET", pco, "").Want(200)
		apitest.Golden(t, *update, "public_conversation", one.Body.Bytes())
		w.Do(t, apitest.Nobody, "GET", pco, "", "If-None-Match", one.Header().Get("Etag")).Want(304)
		list := w.Do(t, apitest.Nobody, "GET", pc, "").Want(200)
		apitest.Golden(t, *update, "public_conversations", list.Body.Bytes())
		messages := w.Do(t, apitest.Nobody, "GET", pm, "").Want(200)
		apitest.Golden(t, *update, "public_messages", messages.Body.Bytes())
		for _, a := range []apitest.Answer{one, list, messages} {
			if strings.Contains(a.Body.String(), "SECRET") || strings.Contains(a.Body.String(), `"message_type":2`) {
				t.Errorf("a note or activity is public: %s", a.Body)
			}
		}
		var note int64
		if err := w.Server.Pool.QueryRow(
			t.Context(), `SELECT id FROM messages WHERE conversation_id = $1 AND private`, w.Conversation.ID,
		).Scan(&note); err != nil {
			t.Fatal(err)
		}
		w.Do(t, apitest.Nobody, "PATCH", pm+"/"+fmt.Sprint(note), `{"submitted_values": [{"value": "x"}]}`).Want(404)
	})

	t.Run("shows a bot as the sender of what it said", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		w.Do(t, apitest.Bot, "POST", ms, `{"content": "I look it up"}`).Want(200)
		got := w.Do(t, apitest.Nobody, "GET", pco, "").Want(200).Object()["messages"].([]any)
		if sender := got[len(got)-1].(map[string]any)["sender"].(map[string]any); sender["type"] != "agent_bot" {
			t.Errorf("sender %v", sender)
		}
	})

	t.Run("is opened, written to, seen and resolved", func(t *testing.T) {
		w := newFixture(t)
		got := w.Do(t, apitest.Nobody, "POST", pc, `{"custom_attributes": {"order": "A-7"}}`).Want(200)
		apitest.Golden(t, *update, "public_conversation_created", got.Body.Bytes())
		w.Vars["conversation"] = fmt.Sprint(int64(got.Object()["id"].(float64)))
		got = w.Do(t, apitest.Nobody, "POST", pm, `{"content": "Where is my parcel?", "echo_id": "e-1"}`).Want(200)
		apitest.Golden(t, *update, "public_message_created", got.Body.Bytes())
		w.Do(t, apitest.Nobody, "POST", pm, `{"content": "`+strings.Repeat("x", 150_001)+`"}`).Want(422)
		sent := w.Do(t, apitest.Admin, "POST", ms, `{"content": "On its way"}`).Want(200).Object()["id"].(float64)
		w.Do(t, apitest.Nobody, "POST", pco+"/update_last_seen", "").Want(200)
		var delivery string
		if err := w.Server.Pool.QueryRow(t.Context(), `SELECT delivery FROM messages WHERE id = $1`, int64(sent)).
			Scan(&delivery); err != nil || delivery != "read" {
			t.Errorf("the reply is %s (%v), want read", delivery, err)
		}
		for range 2 {
			if status := w.Do(t, apitest.Nobody, "POST", pco+"/toggle_status", "").Want(200).Object()["status"]; status != "resolved" {
				t.Errorf("status %v, want resolved", status)
			}
		}
		if body := w.Do(t, apitest.Nobody, "POST", pco+"/toggle_typing", `{"typing_status": "on"}`).Want(200).Body.String(); body != "" {
			t.Errorf("typing answers %q, want nothing", body)
		}
	})

	t.Run("takes files as multipart", func(t *testing.T) {
		w := newFixture(t)
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_ = form.WriteField("content", "See this")
		part, err := form.CreateFormFile("attachments[]", "receipt.txt")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte("42 EUR"))
		_ = form.Close()
		got := w.Server.Do(t, "", "POST", w.Fill(pm), body.Bytes(), "Content-Type", form.FormDataContentType()).Want(200)
		apitest.Golden(t, *update, "public_message_file", got.Body.Bytes())
	})

	t.Run("takes a file that was uploaded before by its signed id, once", func(t *testing.T) {
		w := newFixture(t)
		up := w.Do(
			t, apitest.Admin, "POST", co+"/direct_uploads",
			`{"blob": {"filename": "receipt.txt", "byte_size": 6, "content_type": "text/plain"}}`,
		).Want(200).Object()
		to, _ := up["direct_upload"].(map[string]any)
		w.Server.Do(t, "", "PUT", strings.TrimPrefix(fmt.Sprint(to["url"]), apitest.BaseURL), "42 EUR", "Content-Type", "text/plain").Want(204)
		body := fmt.Sprintf(`{"content": "See this", "attachments": [%q]}`, up["signed_id"])
		if files, _ := w.Do(t, apitest.Nobody, "POST", pm, body).Want(200).Object()["attachments"].([]any); len(files) != 1 {
			t.Errorf("attachments %v", files)
		}
		w.Do(t, apitest.Nobody, "POST", pm, body).Want(422)
	})

	t.Run("takes the same post with one key once, by who sent it", func(t *testing.T) {
		w := newFixture(t)
		body := `{"content": "Once"}`
		first := w.Do(t, apitest.Nobody, "POST", pm, body, "Idempotency-Key", "k-1").Want(200)
		again := w.Do(t, apitest.Nobody, "POST", pm, body, "Idempotency-Key", "k-1").Want(200)
		if first.Body.String() != again.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("answered %s, then %s", first.Body, again.Body)
		}
		w.Do(t, apitest.Nobody, "POST", pm, `{"content": "Other"}`, "Idempotency-Key", "k-1").Want(422)
		other := apitest.NewFixture(t, w.Server)
		if got := other.Do(t, apitest.Nobody, "POST", pm, body, "Idempotency-Key", "k-1").Want(200); got.Body.String() == first.Body.String() {
			t.Error("another contact's post with the same key was answered with the first one's")
		}
	})

	t.Run("is not found by another contact, another inbox or a suspended account's", func(t *testing.T) {
		w := newFixture(t)
		mine := w.Vars["source"]
		stranger := w.Do(t, apitest.Nobody, "POST", pk, `{"name": "Stranger"}`).Want(200).Object()["source_id"].(string)
		w.Vars["source"] = stranger
		for _, route := range []string{
			"GET " + pco, "GET " + pm, "POST " + pm, "POST " + pco + "/toggle_status", "POST " + pco + "/toggle_typing",
			"POST " + pco + "/update_last_seen", "PATCH " + pmo,
		} {
			method, path, _ := strings.Cut(route, " ")
			w.Do(t, apitest.Nobody, method, path, `{"content": "x", "submitted_values": []}`).Want(404)
		}
		w.Vars["source"] = mine
		w.Vars["identifier"] = apitest.NewFixture(t, w.Server).Vars["identifier"]
		w.Do(t, apitest.Nobody, "GET", pco, "").Want(404)
		w.Vars["identifier"] = w.Inbox.Identifier
		if _, err := w.Server.Pool.Exec(t.Context(), `UPDATE accounts SET status = 'suspended' WHERE id = $1`, w.Account.ID); err != nil {
			t.Fatal(err)
		}
		w.Do(t, apitest.Nobody, "GET", pco, "").Want(404)
	})

	t.Run("is walked back by before and by cursor, never skipping", func(t *testing.T) {
		w := newFixture(t)
		for i := range 24 {
			dbtest.Message(t, w.Server.Pool, w.Conversation, fmt.Sprintf("Message %d", i+2))
		}
		ids := func(query string) (ids []int64, next string) {
			var list []struct{ ID int64 }
			got := w.Do(t, apitest.Nobody, "GET", pm+query, "").Want(200).Into(&list)
			for _, m := range list {
				ids = append(ids, m.ID)
			}
			_, next, _ = strings.Cut(got.Header().Get("Link"), "?")
			next, _, _ = strings.Cut(next, ">")
			return ids, "?" + next
		}
		page, next := ids("")
		if len(page) != 20 || !slices.IsSorted(page) {
			t.Fatalf("%v, want 20, oldest first", page)
		}
		rest, _ := ids(next)
		before, _ := ids(fmt.Sprintf("?before=%d", page[0]))
		if len(rest) != 5 || !slices.Equal(rest, before) || rest[0] != w.Message.ID {
			t.Errorf("the cursor gives %v, before gives %v", rest, before)
		}
	})
}

func TestSurvey(t *testing.T) {
	t.Parallel()
	rating := func(n int) string {
		return fmt.Sprintf(`{"message": {"submitted_values": {"csat_survey_response": {"rating": %d, "feedback_message": "Fast"}}}}`, n)
	}

	t.Run("is shown and answered by the conversation's uuid, and by the message", func(t *testing.T) {
		w := newFixture(t)
		surveyed(t, w)
		apitest.Golden(t, *update, "survey", w.Do(t, apitest.Nobody, "GET", pcs, "").Want(200).Body.Bytes())
		w.Do(t, apitest.Nobody, "PUT", pcs, rating(2)).Want(200)
		got := w.Do(t, apitest.Nobody, "PUT", pcs, rating(4)).Want(200)
		apitest.Golden(t, *update, "survey_answered", got.Body.Bytes())
		w.Do(t, apitest.Nobody, "PUT", pcs, rating(6)).Want(422)
		w.Do(t, apitest.Nobody, "PUT", pcs, `{"message": {"submitted_values": []}}`).Want(422)
		got = w.Do(t, apitest.Nobody, "PATCH", pmo, `{"submitted_values": {"csat_survey_response": {"rating": 5}}}`).Want(200)
		apitest.Golden(t, *update, "public_message_rated", got.Body.Bytes())
		var n, rating int
		if err := w.Server.Pool.QueryRow(
			t.Context(), `SELECT count(*), max(rating) FROM csat_responses WHERE account_id = $1`, w.Account.ID,
		).Scan(&n, &rating); err != nil || n != 1 || rating != 5 {
			t.Errorf("%d answers, the highest %d (%v), want the last one alone", n, rating, err)
		}
	})

	t.Run("is closed after two weeks, and not there without a message", func(t *testing.T) {
		w := newFixture(t)
		w.Vars["uuid"] = w.Conversation.Uuid.String()
		w.Do(t, apitest.Nobody, "GET", pcs, "").Want(404)
		w.Do(t, apitest.Nobody, "GET", "/public/api/v1/csat_survey/nonsense", "").Want(404)
		surveyed(t, w)
		if _, err := w.Server.Pool.Exec(
			t.Context(), `UPDATE messages SET created_at = $1 WHERE content_type = 'input_csat' AND account_id = $2`,
			time.Now().AddDate(0, 0, -15), w.Account.ID,
		); err != nil {
			t.Fatal(err)
		}
		got := w.Do(t, apitest.Nobody, "PUT", pcs, rating(4)).Want(422)
		apitest.Golden(t, *update, "error_survey_closed", got.Body.Bytes())
	})

	t.Run("is one of the messages that ask; a form is answered too", func(t *testing.T) {
		w := newFixture(t)
		w.Vars["message"] = fmt.Sprint(int64(
			w.Do(
				t, apitest.Inside, "POST", ms,
				`{"content": "Which?", "content_type": "input_select", "content_attributes": {"items": [{"title": "A", "value": "a"}]}}`,
			).Want(200).Object()["id"].(float64),
		))
		got := w.Do(t, apitest.Nobody, "PATCH", pmo, `{"submitted_values": [{"title": "A", "value": "a", "evil": "x"}]}`).Want(200)
		apitest.Golden(t, *update, "public_message_answered", got.Body.Bytes())
		w.Do(t, apitest.Nobody, "PATCH", pmo, `{"submitted_values": "x"}`).Want(422)

		again := w.Do(t, apitest.Nobody, "PATCH", pmo, `{"submitted_values": {}}`).Want(200)
		if again.Body.String() != got.Body.String() {
			t.Errorf("an answer that holds nothing changed something: %s", again.Body)
		}
		alone := w.Do(t, apitest.Nobody, "PATCH", pmo, `{"submitted_values": {"title": "B", "value": "b"}}`).Want(200)
		if !strings.Contains(alone.Body.String(), `"submitted_values":[{"title":"B","value":"b"}]`) {
			t.Errorf("one answer without its list: %s", alone.Body)
		}
	})
}
