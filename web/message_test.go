package web

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
)

func TestPostMessage(t *testing.T) {
	t.Parallel()

	t.Run("a mode that is neither reply nor note sends nothing", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := h.conversation("Printer on fire", "It burns")
		h.as(h.agent).post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"Between us"}, "mode": {"Note"}}).
			status(http.StatusBadRequest)
		if n := len(h.messages(c)); n != 1 {
			t.Errorf("%d messages", n)
		}
	})

	t.Run("a reply joins the thread, reads it, and the composer comes back empty", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := h.conversation("Printer on fire", "It burns")
		to := link.Messages(h.account.ID, c.DisplayID)
		b := h.as(h.agent)
		b.put(link.Conversation(h.account.ID, c.DisplayID)+"/draft", url.Values{"mode": {"reply"}, "body": {"On our"}}).
			status(http.StatusNoContent)

		got := b.script("composer").post(to, url.Values{
			"body": {"On our **way**."}, "mode": {"reply"}, "seen": {formatID(*c.LastMessageID)},
		}).status(200)
		got.has("form#composer", 1).has(`[hx-swap-oob] article.message[data-from=agent]`, 1).reads("article .prose strong", "way")
		if text := got.text("#composer-text"); text != "" {
			t.Errorf("the composer still says %q", text)
		}
		said := h.messages(c)
		if len(said) != 2 || said[1].Message.Text() != "On our **way**." || *said[1].Message.SenderID != h.agent.ID {
			t.Fatalf("%+v", said)
		}
		if after := dbtest.Reload(t, h.pool, c); after.UnreadCount != 0 || after.FirstReplyAt == nil {
			t.Error("replying is reading, and ends the wait")
		}
		drafts, _ := h.q.ListDrafts(t.Context(), db.ListDraftsParams{AccountID: h.account.ID, ConversationID: c.ID, UserID: h.agent.ID})
		if len(drafts) != 0 {
			t.Error("the draft stayed")
		}
	})

	t.Run("the reply is recorded first, then that it read the conversation, which it does once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := h.conversation("Printer on fire", "It burns")
		before := h.events(c)
		b := h.as(h.agent)
		b.post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"On our way"}, "status": {"resolved"}})
		want := []string{desk.MessageCreated, desk.ConversationStatusChanged, desk.MessageCreated, desk.ConversationRead}
		if got := h.events(c)[len(before):]; !slices.Equal(got, want) {
			t.Errorf("events %q, want %q", got, want)
		}
		row := b.get(link.Conversations(h.account.ID) + "?status=resolved").status(200)
		row.has("#list > .row", 1).has(".row[data-unread]", 0)
		reading := link.Conversation(h.account.ID, c.DisplayID) + "/reading"
		b.script("").post(reading, nil).status(http.StatusNoContent)
		if got := h.events(c)[len(before):]; !slices.Equal(got, want) {
			t.Errorf("reading again recorded %q", got[len(want):])
		}
	})

	t.Run("a note is for the team, and its article says so first", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := h.conversation("Printer on fire", "It burns")
		b := h.as(h.agent)
		b.post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"Is it insured?"}, "mode": {"note"}}).status(http.StatusSeeOther)
		if m := h.messages(c)[1].Message; !m.Private {
			t.Fatal("the customer would see it")
		}
		page := b.get(link.Conversation(h.account.ID, c.DisplayID)).status(200)
		note := page.page.Find("article[data-from=note]")
		by, _ := note.Attr("aria-labelledby")
		if name := page.text("#" + by); !strings.HasPrefix(name, "Note") {
			t.Errorf("the note's article is called %q", name)
		}
	})

	t.Run("a colleague who is named in a note is mentioned as the APIs do", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := h.conversation("Names", "Hello")
		here := link.Conversation(h.account.ID, c.DisplayID)
		b := h.as(h.agent)
		b.script("suggestions").get(here+"/people?q=ada").status(200).has(`[data-insert="@Ada Admin "]`, 1)
		b.post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"@Ada Admin have a look"}, "mode": {"note"}}).
			status(http.StatusSeeOther)
		if got, want := h.messages(c)[1].Message.Text(), "[@Ada Admin](mention://user/"+formatID(h.admin.ID)+
			"/Ada%20Admin) have a look"; got != want {
			t.Fatalf("kept as %q, want %q", got, want)
		}
		b.get(here).reads("article[data-from=note] .prose strong", "@Ada Admin").reads(".row-note", "@Ada Admin have a look")
	})

	t.Run("a form that is sent twice posts once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := h.conversation("Twice", "Hello")
		b := h.as(h.agent)
		once := b.get(link.Conversation(h.account.ID, c.DisplayID)).attr("input[name=once]", "value")
		form := url.Values{"body": {"Once"}, "mode": {"reply"}, "once": {once}}
		b.script("composer").post(link.Messages(h.account.ID, c.DisplayID), form).status(200)
		b.script("composer").post(link.Messages(h.account.ID, c.DisplayID), form).status(200).has("article", 0)
		if got := len(h.messages(c)); got != 2 {
			t.Fatalf("%d messages", got)
		}
	})

	t.Run("a reply is stopped when something newer came, with the text kept, and goes on a second press", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := h.conversation("Crossing", "Hello")
		seen := formatID(*c.LastMessageID)
		dbtest.Message(t, h.pool, c, "Never mind, it works")
		b := h.as(h.agent)
		form := url.Values{"body": {"Try this <b>"}, "mode": {"reply"}, "seen": {seen}, "once": {"a"}}

		got := b.script("composer").post(link.Messages(h.account.ID, c.DisplayID), form).status(http.StatusConflict)
		got.reads("[data-send]", "Send anyway").reads("[role=alert]", "newer")
		if text := got.page.Find("#composer-text").Text(); text != "Try this <b>" {
			t.Errorf("the text came back as %q", text)
		}
		if n := len(h.messages(c)); n != 2 {
			t.Fatalf("%d messages", n)
		}
		b.post(link.Messages(h.account.ID, c.DisplayID), form).status(http.StatusConflict).has("#list", 1).has("form#composer", 1)
		form.Set("anyway", got.attr("input[name=anyway]", "value"))
		form.Set("once", got.attr("input[name=once]", "value"))
		b.script("composer").post(link.Messages(h.account.ID, c.DisplayID), form).status(200)
		if n := len(h.messages(c)); n != 3 {
			t.Fatalf("%d messages", n)
		}
	})

	t.Run("what cannot be sent comes back as it was typed", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		c := h.conversation("Wrong", "Hello")
		b, to := h.as(h.agent), link.Messages(h.account.ID, c.DisplayID)
		b.script("composer").post(to, url.Values{"body": {"  "}, "mode": {"reply"}}).status(http.StatusUnprocessableEntity).
			reads("[role=alert]", "Write a message first")
		long := strings.Repeat("x", 150_001)
		got := b.script("composer").post(to, url.Values{"body": {long}, "mode": {"note"}}).status(http.StatusUnprocessableEntity)
		if got.page.Find("#composer-text").Text() != long {
			t.Error("the long text is lost")
		}
		for _, bad := range []string{"NUL \x00 here", "not \xff UTF-8"} {
			b.script("composer").post(to, url.Values{"body": {bad}}).status(http.StatusUnprocessableEntity)
		}
		b.do(http.MethodPost, to, "multipart/form-data; boundary=x", strings.NewReader("--x\r\nbroken")).status(http.StatusBadRequest)
		b.script("composer").post(to, url.Values{"body": {"x"}, "attachment": {"no-such-key"}}).status(http.StatusUnprocessableEntity)
		if n := len(h.messages(c)); n != 1 {
			t.Fatalf("%d messages", n)
		}
	})
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Files", "Send me the plan")
	b := h.as(h.agent)
	uploads := "/accounts/" + formatID(h.account.ID) + "/uploads"
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 600, 400))); err != nil {
		t.Fatal(err)
	}

	t.Run("files go up one by one, and with the reply", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		one := b.script("").send(uploads, nil, map[string]string{"plan.txt": "the plan"}).status(http.StatusCreated).
			has("li.chip", 1).reads(".chip-name", "plan.txt")
		two := b.script("").send(uploads, nil, map[string]string{"photo.png": picture.String()}).status(http.StatusCreated)
		keys := []string{one.attr("input[name=attachment]", "value"), two.attr("input[name=attachment]", "value")}
		b.script("composer").post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"Here"}, "attachment": keys}).
			status(200).has("a.tile", 1).has("a.shot img", 1)

		page := b.get(link.Conversation(h.account.ID, c.DisplayID)).status(200).has("article a.tile", 1).has("article a.shot", 1)
		file := h.nobody().get(page.attr("a.tile", "href")).status(200)
		if file.Body.String() != "the plan" || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") ||
			file.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q, %v", file.Body.String(), file.Header())
		}
		whole := h.nobody().get(page.attr("a.shot img", "src")).status(200)
		if c, _, err := image.DecodeConfig(whole.Body); err != nil || c.Width != 600 {
			t.Errorf("before the thumbnail is made: %d wide, %v", c.Width, err)
		}
	})

	t.Run("without script files come with the form", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		b.send(
			link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"By form"}, "mode": {"reply"}},
			map[string]string{"a.txt": "a", "b.txt": "b"},
		).status(http.StatusSeeOther)
		said := h.messages(c)
		if last := said[len(said)-1].Message; last.AttachmentCount != 2 || last.Text() != "By form" {
			t.Fatalf("%+v", last)
		}
	})

	t.Run("an upload is its uploader's", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		key := b.script("").send(uploads, nil, map[string]string{"mine.txt": "mine"}).attr("input[name=attachment]", "value")
		h.as(h.admin).script("composer").post(link.Messages(h.account.ID, c.DisplayID), url.Values{
			"body": {"x"}, "attachment": {key},
		}).status(http.StatusUnprocessableEntity)
		h.as(h.admin).do(http.MethodDelete, uploads+"/"+key, "", nil).status(http.StatusNoContent)
		h.nobody().get("/files/" + key + "/mine.txt").status(200)
		b.do(http.MethodDelete, uploads+"/"+key, "", nil).status(http.StatusNoContent)
		h.nobody().get("/files/" + key + "/mine.txt").status(http.StatusNotFound)
	})

	t.Run("60 MB are refused in words, unread", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		body := &counted{left: 60 << 20}
		r := httptest.NewRequest(http.MethodPost, uploads, body)
		r.ContentLength = 60 << 20
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies[sessionCookie]})
		w := httptest.NewRecorder()
		h.echo.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "40 MB") || body.read > 1<<20 {
			t.Errorf("status %d after %d bytes", w.Code, body.read)
		}
	})

	t.Run("a file field in which nothing was chosen is no file", func(t *testing.T) {
		b := b.in(t)
		empty := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n" +
			"Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n"
		b.do(http.MethodPost, uploads, "multipart/form-data; boundary=x", strings.NewReader(empty)).status(http.StatusUnprocessableEntity)
	})

	t.Run("a file that turns out too large is refused on the way", func(t *testing.T) {
		h := h.in(t)
		b := b.in(t)
		head := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big\"\r\n\r\n"
		body := io.MultiReader(strings.NewReader(head), &counted{left: 45 << 20})
		r := httptest.NewRequest(http.MethodPost, uploads, body)
		r.ContentLength = -1
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies[sessionCookie]})
		w := httptest.NewRecorder()
		h.echo.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
}

// counted is so many bytes, and knows how many were read.
type counted struct{ left, read int }

func (c *counted) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), c.left)
	c.left -= n
	c.read += n
	return n, nil
}

func TestLateMessages(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Late", "Hello")
	if _, err := h.pool.Exec(t.Context(), "UPDATE inboxes SET webhook_url = 'https://bridge.example'"); err != nil {
		t.Fatal(err)
	}
	b, page := h.as(h.agent), link.Conversation(h.account.ID, c.DisplayID)
	for _, text := range []string{"First", "Second"} {
		b.post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {text}})
	}
	b.post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"Hush"}, "mode": {"note"}})
	_, err := h.pool.Exec(t.Context(), `INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name, lane, state)
		SELECT account_id, 'inbox:' || inbox_id, id, 'message_created', 'conversation:' || conversation_id,
			(CASE row_number() OVER (ORDER BY id) WHEN 1 THEN 'pending' ELSE 'waiting' END)::delivery_state FROM events
		WHERE kind = 'message.created' AND actor_kind = 'user' ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	b.get(page).has(".delivery[data-state=late]", 0)
	if _, err := h.pool.Exec(
		t.Context(),
		`UPDATE webhook_deliveries SET attempts = 2, last_error = 'The receiver answered 503'
		WHERE id = (SELECT min(id) FROM webhook_deliveries)`,
	); err != nil {
		t.Fatal(err)
	}
	b.get(page).has(".delivery[data-state=late]", 2).
		reads(".delivery[data-state=late]", "Not delivered yet – trying again. The receiver answered 503").has("[data-state=failed]", 0)
	if _, err := h.pool.Exec(t.Context(), "UPDATE webhook_deliveries SET state = 'pending' WHERE attempts = 0"); err != nil {
		t.Fatal(err)
	}
	b.get(page).has(".delivery[data-state=late]", 1) // the second is tried beside the first
	if _, err := h.pool.Exec(t.Context(), "UPDATE webhook_deliveries SET state = 'delivered' WHERE attempts > 0"); err != nil {
		t.Fatal(err)
	}
	b.get(page).has(".delivery[data-state=late]", 0)
}

func TestAPageSaysWhereNothingSends(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Lost", "Hello")
	b, page := h.as(h.agent), link.Conversation(h.account.ID, c.DisplayID)
	b.get(page).has(".composer-obstacle", 0)
	if _, err := h.pool.Exec(t.Context(), "UPDATE inboxes SET kind = 'email'"); err != nil {
		t.Fatal(err)
	}
	b.get(page).reads(".composer-obstacle:not([hidden])", "No sender is set up for this inbox")
	b.get(page+"?mode=note").has(".composer-obstacle[hidden]", 1)
	b.post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"Can you hear me?"}})
	b.get(page).reads("article[data-state=failed] .failure", "No sender is set up for this inbox").has(".failure form", 0)
	h.as(h.admin).get(link.Settings(h.account.ID, "inboxes/"+formatID(h.inbox.ID))).reads(".callout", "No sender is set up for this inbox")

	if _, err := h.pool.Exec(
		t.Context(), `UPDATE inboxes SET kind = 'api', additional_attributes = '{"agent_reply_time_window": 1}'`,
	); err != nil {
		t.Fatal(err)
	}
	b.get(page).has(".composer-obstacle", 0)
	if _, err := h.pool.Exec(t.Context(), "UPDATE conversations SET last_incoming_at = now() - interval '2 hours'"); err != nil {
		t.Fatal(err)
	}
	b.get(page).reads(".composer-obstacle", "The 1-hour window has ended. Send a template.")
	b.post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"Still there?"}}).
		status(http.StatusUnprocessableEntity).reads("#composer-error", "The 1-hour window has ended")
}

func TestMessageActions(t *testing.T) {
	t.Parallel()
	h := setup(t)
	c := h.conversation("Acts", "Hello")
	b := h.as(h.agent)
	b.post(link.Messages(h.account.ID, c.DisplayID), url.Values{"body": {"Oops"}})
	m := h.messages(c)[1].Message
	at := link.Messages(h.account.ID, c.DisplayID) + "/" + formatID(m.ID)

	h.as(h.admin).post(at+"/retry", nil).status(http.StatusSeeOther)
	if _, err := h.pool.Exec(
		t.Context(), "UPDATE messages SET delivery = 'failed', error = 'The mailbox is full' WHERE id = $1", m.ID,
	); err != nil {
		t.Fatal(err)
	}
	page := b.get(link.Conversation(h.account.ID, c.DisplayID)).has(`article[data-state=failed] .failure`, 1).
		reads(".failure", "The mailbox is full").reads(".failure button", "Try again")
	b.script("message-"+formatID(m.ID)).post(page.attr(".failure form", "action"), nil).status(200).
		has("article[data-state=failed]", 0).reads(".delivery", "Sent")

	h.as(h.admin).get(link.Conversation(h.account.ID, c.DisplayID)).has(`#message-`+formatID(m.ID)+` [hx-post$="/deletion"]`, 1)
	b.script("").post(at+"/deletion", nil).status(200).reads("article", "deleted").has(".prose strong", 0)
	b.post(at+"/deletion", nil).status(http.StatusNotFound)
	b.script("").post(at+"/restoration", nil).status(200).reads("article", "Oops")
	b.post(at+"/restoration", nil).status(http.StatusNotFound)
	first := h.messages(c)[0].Message
	b.post(link.Messages(h.account.ID, c.DisplayID)+"/"+formatID(first.ID)+"/deletion", nil).status(http.StatusForbidden)
}
