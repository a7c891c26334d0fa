package hook_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api/chatwoot/hook"
)

// fixture is a conversation whose events the test turns into bodies.
type fixture struct {
	t            *testing.T
	pool         *pgxpool.Pool
	maker        *hook.Maker
	inbox        db.Inbox
	conversation db.Conversation
	contact      db.Contact
	ann          desk.Actor
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	pool := dbtest.New(t)
	account := dbtest.Account(t, pool, "Example Srl")
	h := &fixture{
		t:     t,
		pool:  pool,
		maker: hook.New("https://desk.example", time.Now),
		inbox: dbtest.Inbox(t, pool, account, "Shop"),
	}
	h.ann = dbtest.Actor(t, pool, account, dbtest.Admin(t, pool, account, "Ann"))
	h.contact = dbtest.Contact(t, pool, account, "Ada Marsh")
	h.conversation = dbtest.ConversationWith(t, pool, h.inbox, h.contact, "")
	return h
}

// bodies does something and returns what it tells, by name.
func (f *fixture) bodies(who desk.Actor, fn func(context.Context, *desk.Tx) error) map[string]map[string]any {
	f.t.Helper()
	ctx := context.Background()
	var last int64
	if err := f.pool.QueryRow(ctx, "SELECT COALESCE(max(id), 0) FROM events").Scan(&last); err != nil {
		f.t.Fatal(err)
	}
	if err := dbtest.Desk(f.t, f.pool, nil).Do(ctx, who, func(t *desk.Tx) error { return fn(ctx, t) }); err != nil {
		f.t.Fatal(err)
	}
	rows, err := f.pool.Query(ctx, "SELECT * FROM events WHERE id > $1 ORDER BY id", last)
	if err != nil {
		f.t.Fatal(err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByPos[db.Event])
	if err != nil {
		f.t.Fatal(err)
	}
	out := map[string]map[string]any{}
	for _, e := range events {
		for _, name := range f.maker.Names(e) {
			raw, err := f.maker.Body(ctx, db.New(f.pool), e, name)
			if err != nil {
				f.t.Fatal(name, err)
			}
			var body map[string]any
			if err := json.Unmarshal(raw, &body); err != nil {
				f.t.Fatal(name, err)
			}
			if body["event"] != name {
				f.t.Errorf("the body of %s says %v", name, body["event"])
			}
			out[name] = body
		}
	}
	return out
}

func names(bodies map[string]map[string]any) []string {
	all := make([]string, 0, len(bodies))
	for name := range bodies {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func keys(body map[string]any) []string {
	all := make([]string, 0, len(body))
	for key := range body {
		all = append(all, key)
	}
	slices.Sort(all)
	return all
}

// at walks into a body: objects by key, lists by their first entry.
func at(body any, path string) any {
	for _, key := range strings.Split(path, ".") {
		if list, ok := body.([]any); ok {
			if len(list) == 0 {
				return nil
			}
			body = list[0]
		}
		object, _ := body.(map[string]any)
		body = object[key]
	}
	return body
}

func (f *fixture) post(d desk.NewMessage, text string) func(context.Context, *desk.Tx) error {
	d.Content = &text
	return func(ctx context.Context, t *desk.Tx) error { _, err := t.Post(ctx, f.conversation.ID, d); return err }
}

func TestWebhookMessage(t *testing.T) {
	t.Parallel()

	t.Run("a customer's message has every key of the contract, words for kinds and ISO times", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		source := "WAID:1"
		all := h.bodies(desk.Contact(h.contact), h.post(desk.NewMessage{
			Kind:     db.MessageKindIncoming,
			SourceID: &source,
		}, "Where is  \nmy parcel?\n\n"))
		if got := names(all); !slices.Equal(got, []string{"message_created"}) {
			t.Errorf("told are %v", got)
		}
		body := all["message_created"]
		want := []string{
			"account", "additional_attributes", "content", "content_attributes", "content_type", "conversation", "created_at",
			"event", "id", "inbox", "message_type", "private", "sender", "source_id",
		}
		if d := cmp.Diff(want, keys(body)); d != "" {
			t.Error(d)
		}
		for path, want := range map[string]any{
			"message_type": "incoming", "content": "Where is\nmy parcel?", "private": false, "source_id": source, "content_type": "text",
			"inbox.name": "Shop", "account.name": "Example Srl", "sender.name": "Ada Marsh", "sender.blocked": false, "sender.thumbnail": "",
			"conversation.channel": "Channel::Api", "conversation.id": float64(h.conversation.DisplayID), "conversation.status": "open",
			"conversation.messages.message_type": float64(0), "conversation.messages.source_id": source,
			"conversation.meta.sender.name": "Ada Marsh",
			"conversation.meta.assignee":    nil, "conversation.unread_count": float64(1), "conversation.messages.status": "sent",
			"conversation.meta.sender.type": "contact", "conversation.messages.sender_type": "Contact",
		} {
			if got := at(body, path); got != want {
				t.Errorf("%s is %v, not %v", path, got, want)
			}
		}
		if at(body, "conversation.messages.id") != body["id"] {
			t.Error("the message in the conversation is another one")
		}
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", body["created_at"].(string)); err != nil {
			t.Error(err)
		}
		if at(body, "conversation.contact_inbox.source_id") == nil || at(body, "conversation.waiting_since") == float64(0) {
			t.Error("the conversation lacks its contact's address, or its wait")
		}
		if _, err := time.Parse(
			time.RFC3339,
			body["conversation"].(map[string]any)["messages"].([]any)[0].(map[string]any)["updated_at"].(string),
		); err != nil {
			t.Error(err)
		}
	})

	t.Run("a private note is told, while the conversation shows the last public message", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		h.bodies(desk.Contact(h.contact), h.post(desk.NewMessage{Kind: db.MessageKindIncoming}, "Hello"))
		body := h.bodies(h.ann, h.post(desk.NewMessage{
			Kind:    db.MessageKindOutgoing,
			Private: true,
		}, "a note"))["message_created"]
		if body["private"] != true || body["content"] != "a note" || at(body, "conversation.messages.content") != "Hello" {
			t.Errorf("%v", body)
		}
		if d := cmp.Diff([]string{"email", "id", "name", "type"}, keys(body["sender"].(map[string]any))); d != "" {
			t.Error(d)
		}
	})

	t.Run("a deleted message is an update with the mark in its attributes", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		m := dbtest.Message(t, h.pool, h.conversation, "Oops")
		all := h.bodies(h.ann, func(ctx context.Context, t *desk.Tx) error {
			_, err := t.DeleteMessage(ctx, h.conversation.ID, m.ID)
			return err
		})
		if got := at(all["message_updated"], "content_attributes.deleted"); got != true {
			t.Errorf("deleted is %v", got)
		}
	})

	t.Run("an attachment has an absolute address that ends in its name", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		hash := strings.Repeat("a", 64)
		d := desk.NewMessage{
			Kind: db.MessageKindIncoming,
			Files: []desk.File{{
				Kind:        db.FileKindImage,
				Name:        "the cap.png",
				ContentType: "image/png",
				Size:        5,
				BlobHash:    &hash,
			}},
		}
		body := h.bodies(desk.Contact(h.contact), h.post(d, ""))["message_created"]
		url, _ := at(body, "attachments.data_url").(string)
		if !strings.HasPrefix(url, "https://desk.example/files/") || !strings.HasSuffix(url, "/the%20cap.png") ||
			at(body, "attachments.extension") != "png" ||
			at(body, "conversation.messages.attachments.data_url") != url {
			t.Errorf("the attachments are %v", body["attachments"])
		}
	})

	t.Run("a recording has the keys that it has in an answer", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		hash := strings.Repeat("a", 64)
		d := desk.NewMessage{
			Kind: db.MessageKindIncoming,
			Files: []desk.File{{
				Kind:        db.FileKindAudio,
				Name:        "a.ogg",
				ContentType: "audio/ogg",
				Size:        5,
				BlobHash:    &hash,
			}},
		}
		body := h.bodies(desk.Contact(h.contact), h.post(d, ""))["message_created"]
		if text, there := at(body, "attachments").([]any)[0].(map[string]any)["transcribed_text"]; !there || text != "" {
			t.Errorf("the attachments are %v", body["attachments"])
		}
	})

	t.Run("a survey is told as its words and the address of its page", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		got := h.bodies(desk.System(h.contact.AccountID), h.post(desk.NewMessage{
			Kind:        db.MessageKindTemplate,
			ContentType: db.ContentTypeInputCsat,
			Automated:   true,
		}, "How was it?"))
		content, _ := at(got["message_created"], "content").(string)
		if question, address, _ := strings.Cut(content, "? "); question != "How was it" ||
			!strings.HasSuffix(address, link.Survey(h.conversation.Uuid.String())) {
			t.Errorf("content %q", content)
		}
	})

	t.Run("what nobody sent has a sender of null", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		body := h.bodies(desk.System(h.contact.AccountID), h.post(desk.NewMessage{Kind: db.MessageKindTemplate}, "Welcome"))["message_created"]
		if sender, there := body["sender"]; !there || sender != nil {
			t.Errorf("the sender is %v", sender)
		}
	})
}

func TestWebhookConversation(t *testing.T) {
	t.Parallel()

	t.Run("a status change has every key, and says what changed", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		dbtest.Message(t, h.pool, h.conversation, "Hello")
		all := h.bodies(h.ann, func(ctx context.Context, t *desk.Tx) error {
			return t.SetStatus(ctx, h.conversation.ID, db.ConversationStatusResolved, nil)
		})
		if got := names(all); !slices.Equal(got, []string{"conversation_resolved", "conversation_status_changed", "conversation_updated"}) {
			t.Errorf("told are %v", got)
		}
		body := all["conversation_status_changed"]
		want := []string{
			"account", "additional_attributes", "agent_last_seen_at", "can_reply", "changed_attributes", "channel",
			"contact_inbox", "contact_last_seen_at", "created_at",
			"custom_attributes", "event", "first_reply_created_at", "id", "inbox_id", "labels", "last_activity_at", "messages",
			"meta", "priority", "snoozed_until", "status",
			"timestamp", "unread_count", "updated_at", "waiting_since",
		}
		if d := cmp.Diff(want, keys(body)); d != "" {
			t.Error(d)
		}
		if at(body, "changed_attributes.status.previous_value") != "open" ||
			at(body, "changed_attributes.status.current_value") != "resolved" || body["status"] != "resolved" {
			t.Errorf("changed are %v", body["changed_attributes"])
		}
	})

	t.Run("an update is told for the listed changes only", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		high := db.ConversationPriorityHigh
		for name, c := range map[string]struct {
			do   func(context.Context, *desk.Tx) error
			want string
		}{
			"labels":   {func(ctx context.Context, t *desk.Tx) error { return t.Label(ctx, h.conversation.ID, []string{"x"}) }, "label_list"},
			"priority": {func(ctx context.Context, t *desk.Tx) error { return t.SetPriority(ctx, h.conversation.ID, &high) }, "priority"},
			"assignee": {func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, h.conversation.ID, t.Actor.ID) }, "assignee_id"},
			"custom": {func(ctx context.Context, t *desk.Tx) error {
				return t.SetAttributes(ctx, h.conversation.ID, desk.Attributes{Custom: json.RawMessage(`{"a":1}`)})
			}, "custom_attributes"},
			"language": {func(ctx context.Context, t *desk.Tx) error {
				return t.SetAttributes(ctx, h.conversation.ID, desk.Attributes{Additional: json.RawMessage(`{"conversation_language":"pt"}`)})
			}, "additional_attributes"},
			"archive": {func(ctx context.Context, t *desk.Tx) error { return t.Archive(ctx, h.conversation.ID) }, ""},
		} {
			body := h.bodies(h.ann, c.do)["conversation_updated"]
			if (body != nil) != (c.want != "") || c.want != "" && at(body, "changed_attributes."+c.want) == nil {
				t.Errorf("%s: %v", name, body["changed_attributes"])
			}
		}
		quiet := h.bodies(h.ann, func(ctx context.Context, t *desk.Tx) error {
			return t.SetAttributes(ctx, h.conversation.ID, desk.Attributes{Additional: json.RawMessage(`{"conversation_language":"pt","x":1}`)})
		})
		if len(quiet) != 0 {
			t.Errorf("another attribute: %v", names(quiet))
		}
		same := h.bodies(h.ann, func(ctx context.Context, t *desk.Tx) error {
			return t.SetAttributes(ctx, h.conversation.ID, desk.Attributes{Custom: json.RawMessage(`{ "a": 1.0 }`)})
		})
		if len(same) != 0 {
			t.Errorf("the attributes that it has: %v", names(same))
		}
	})

	t.Run("typing tells who", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		body := h.bodies(h.ann, func(ctx context.Context, t *desk.Tx) error {
			return t.Typing(ctx, h.conversation.ID, true, true)
		})["conversation_typing_on"]
		if at(body, "user.name") != "Ann" || body["is_private"] != true || at(body, "conversation.id") != float64(h.conversation.DisplayID) {
			t.Errorf("%v", body)
		}
	})

	t.Run("contacts and inboxes tell their changes", func(t *testing.T) {
		t.Parallel()
		h := newFixture(t)
		email := "ada@example.test"
		body := h.bodies(h.ann, func(ctx context.Context, t *desk.Tx) error {
			_, err := t.UpdateContact(ctx, h.contact.ID, desk.ContactInput{Email: &email})
			return err
		})["contact_updated"]
		if body["email"] != email || at(body, "changed_attributes.email.current_value") != email {
			t.Errorf("%v", body)
		}
		if got := names(h.bodies(h.ann, func(ctx context.Context, t *desk.Tx) error {
			_, err := t.CreateInbox(ctx, desk.NewInbox{Kind: db.InboxKindApi, Name: "Two"})
			return err
		})); !slices.Equal(got, []string{"inbox_created"}) {
			t.Errorf("told are %v", got)
		}
	})
}

func TestARetryAsksForTheMessageOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	text := "On our way"
	var m db.Message
	f.bodies(f.ann, func(ctx context.Context, tx *desk.Tx) (err error) {
		m, err = tx.Post(ctx, f.conversation.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
		return err
	})
	deliver := func(to db.Delivery) any {
		all := f.bodies(f.ann, func(ctx context.Context, tx *desk.Tx) error {
			_, err := tx.Deliver(ctx, f.conversation.ID, m.ID, to, "")
			return err
		})
		return at(all["message_updated"], "content_attributes.retry")
	}
	if got := deliver(db.DeliveryFailed); got != nil {
		t.Errorf("a failure asks again: %v", got)
	}
	all := f.bodies(f.ann, func(ctx context.Context, tx *desk.Tx) error {
		_, err := tx.Retry(ctx, f.conversation.ID, m.ID)
		return err
	})
	if got := at(all["message_updated"], "content_attributes.retry"); got != true {
		t.Errorf("a retry does not ask again: %v", got)
	}
	if got := deliver(db.DeliveryDelivered); got != nil {
		t.Errorf("the arrival asks again: %v", got)
	}
}

// A body is made some time after its event.
func TestBodiesHoldTheStatusOfTheirEvent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	got := f.bodies(f.ann, func(ctx context.Context, t *desk.Tx) error {
		if err := t.SetStatus(ctx, f.conversation.ID, db.ConversationStatusResolved, nil); err != nil {
			return err
		}
		return t.SetStatus(ctx, f.conversation.ID, db.ConversationStatusOpen, nil)
	})
	for name, want := range map[string]string{"conversation_resolved": "resolved", "conversation_opened": "open"} {
		if got[name]["status"] != want {
			t.Errorf("%s says %v, want %s", name, got[name]["status"], want)
		}
	}
}
