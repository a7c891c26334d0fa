package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

// TestPosting holds how the three dialects post messages and open conversations. docs/api/dialects.md says which test
// holds which row.
func TestPosting(t *testing.T) {
	t.Parallel()

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
}
