package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// becomes makes the inbox one of another kind.
func (f fixture) becomes(kind db.InboxKind) {
	f.t.Helper()
	f.exec("UPDATE inboxes SET kind = $2 WHERE id = $1", f.inbox.ID, kind)
}

func (f fixture) post(who desk.Actor, c db.Conversation, d desk.NewMessage) (m db.Message, err error) {
	f.t.Helper()
	err = f.do(who, func(ctx context.Context, t *desk.Tx) error {
		m, err = t.Post(ctx, c.ID, d)
		return err
	})
	return m, err
}

func TestAMessageThatNothingSendsFailsAtOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range db.AllInboxKindValues() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.becomes(kind)
			c := f.conversation()
			text := "On our way"
			want := map[string]db.Delivery{
				"reply": db.DeliveryFailed, "automatic": db.DeliveryFailed, "note": db.DeliverySent, "incoming": db.DeliverySent,
				"imported": db.DeliverySent, "what the importer says": db.DeliveryRead,
			}
			if channel.Of(kind).Sends() {
				want["reply"], want["automatic"] = channel.Of(kind).AtPosting, channel.Of(kind).AtPosting
			}
			for what, d := range map[string]desk.NewMessage{
				"reply":                  {Kind: db.MessageKindOutgoing},
				"automatic":              {Kind: db.MessageKindTemplate, Automated: true},
				"note":                   {Kind: db.MessageKindOutgoing, Private: true},
				"incoming":               {Kind: db.MessageKindIncoming},
				"imported":               {Kind: db.MessageKindOutgoing, At: f.now.Add(-time.Hour)},
				"what the importer says": {Kind: db.MessageKindOutgoing, Delivery: db.DeliveryRead},
			} {
				d.Content = &text
				m, err := f.post(f.system(), c, d)
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				kept := f.message(m)
				if m.Delivery != want[what] || kept.Delivery != want[what] || m.Error != kept.Error {
					t.Errorf("%s is %s, kept as %s, want %s", what, m.Delivery, kept.Delivery, want[what])
				}
				failed := want[what] == db.DeliveryFailed
				if failed != (kept.Error == channel.NoSender) || failed != strings.Contains(string(kept.ContentAttributes), channel.NoSender) {
					t.Errorf("%s: error %q, attributes %s", what, kept.Error, kept.ContentAttributes)
				}
			}
		})
	}
}

func TestAFailureAtOnceIsRecorded(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.becomes(db.InboxKindEmail)
	c := f.conversation()
	var m db.Message
	text := "On our way"
	before := f.count("SELECT max(id) FROM events")
	m, err := f.post(f.as(f.ann), c, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
	if err != nil {
		t.Fatal(err)
	}
	got := f.recorded(f.as(f.ann), before)
	want := event(desk.MessageUpdated, ofMessage(c, m), desk.Data{
		Changed: map[string][2]any{"delivery": {db.DeliveryQueued, db.DeliveryFailed}}, Kind: db.MessageKindOutgoing,
	})
	if len(got) < 2 || got[len(got)-1] != want {
		t.Errorf("recorded %q, want %q last", got, want)
	}
}

func TestRetryLeavesWhatNothingSends(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.becomes(db.InboxKindWhatsapp)
	c := f.conversation()
	m := f.reply(c, "On our way", false)
	f.records(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.Retry(ctx, c.ID, m.ID)
		return err
	})
	if got := f.message(m); got.Delivery != db.DeliveryFailed {
		t.Errorf("it is %s", got.Delivery)
	}
}

func TestReplyWindow(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.exec(`UPDATE inboxes SET additional_attributes = '{"agent_reply_time_window": 24}'`)
	c := f.conversation()
	text, template := "On our way", []byte(`{"template_params": {"name": "order_ready"}}`)
	if _, err := f.post(f.system(), c, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text}); err != nil {
		t.Fatal(err)
	}
	reply := desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text}
	if m, err := f.post(f.as(f.ann), c, reply); err != nil || m.Delivery != db.DeliverySent {
		t.Errorf("in the window: %s, %v", m.Delivery, err)
	}
	f = f.later(25 * time.Hour)
	const ended = "The 24-hour window has ended. Send a template."
	if _, err := f.post(f.as(f.ann), c, reply); fault.In(err)["content"] != ended {
		t.Errorf("after the window: %v", err)
	}
	reply.Additional = template
	if m, err := f.post(f.as(f.ann), c, reply); err != nil || m.Delivery != db.DeliverySent {
		t.Errorf("a template after the window: %s, %v", m.Delivery, err)
	}
	if m, err := f.post(f.as(f.ann), c, desk.NewMessage{
		Kind: db.MessageKindOutgoing, Content: &text, Private: true,
	}); err != nil || m.Delivery != db.DeliverySent {
		t.Errorf("a note after the window: %s, %v", m.Delivery, err)
	}
	// Nobody reads the refusal of an automatic message, so the thread shows it.
	m, err := f.post(f.system(), c, desk.NewMessage{Kind: db.MessageKindTemplate, Content: &text, Automated: true})
	if err != nil || m.Delivery != db.DeliveryFailed || m.Error != ended {
		t.Errorf("an automatic message after the window: %s, %q, %v", m.Delivery, m.Error, err)
	}
	silent := dbtest.Conversation(t, f.pool, f.inbox, "")
	if _, err := f.post(f.as(f.ann), silent, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text}); fault.In(err) == nil {
		t.Error("a contact who has never written is written to freely")
	}
}

func TestRetried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to any
		want     bool
	}{
		{"failed", "sent", true},
		{db.DeliveryFailed, db.DeliveryQueued, true},
		{"expired", "queued", true},
		{"failed", "delivered", false},
		{"queued", "sent", false},
		{nil, "read", false},
	} {
		if got := desk.Retried(desk.Data{Changed: map[string][2]any{"delivery": {c.from, c.to}}}); got != c.want {
			t.Errorf("from %v to %v: %v", c.from, c.to, got)
		}
	}
	if desk.Retried(desk.Data{}) {
		t.Error("an event without a change is a retry")
	}
}

func TestDeliverBySource(t *testing.T) {
	t.Parallel()
	f := setup(t)
	first, second := f.conversation(), f.conversation()
	m := f.reply(second, "On our way", false)
	f.exec("UPDATE messages SET source_id = 'wamid.1' WHERE id = $1", m.ID)
	id, text := "wamid.1", "Hello"
	// What the contact wrote may have the same id: the news is of what we sent.
	if _, err := f.post(f.system(), first, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text, SourceID: &id}); err != nil {
		t.Fatal(err)
	}
	read := func(ctx context.Context, t *desk.Tx) error {
		_, err := t.DeliverBySource(ctx, f.inbox.ID, id, db.DeliveryRead, "")
		return err
	}
	f.once(f.system(), read, event(desk.MessageUpdated, ofMessage(second, m), desk.Data{
		Changed: map[string][2]any{"delivery": {db.DeliverySent, db.DeliveryRead}}, Kind: db.MessageKindOutgoing,
	}))
	other := dbtest.Inbox(t, f.pool, f.account, "Other")
	for inbox, source := range map[int64]string{f.inbox.ID: "wamid.2", other.ID: id} {
		err := f.do(f.system(), func(ctx context.Context, t *desk.Tx) error {
			_, err := t.DeliverBySource(ctx, inbox, source, db.DeliveryFailed, "")
			return err
		})
		if !db.IsNone(err) {
			t.Errorf("inbox %d, %s: %v", inbox, source, err)
		}
	}
}

func TestARepeatedMessageIsPostedOnce(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	post := func(c db.Conversation, source, text string) db.Message {
		t.Helper()
		d := desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text}
		if source != "" {
			d.SourceID = &source
		}
		m, err := f.post(f.system(), c, d)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := post(c, "41", "Hello")
	events := f.count("SELECT count(*) FROM events")
	if again := post(c, "41", "Hello"); again.ID != first.ID {
		t.Error("a repeated message is posted twice")
	}
	if n := f.count("SELECT count(*) FROM events"); n != events {
		t.Errorf("a repeated message records %d events", n-events)
	}
	others := map[string]db.Message{
		"other words":               post(c, "41", "Hello?"),
		"no id":                     post(c, "", "Hello"),
		"another chat's message 41": post(f.conversation(), "41", "Hello"),
	}
	for what, m := range others {
		if m.ID == first.ID {
			t.Errorf("%s is taken for the first message", what)
		}
	}
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.DeleteMessage(ctx, c.ID, others["other words"].ID)
		return err
	})
	if again := post(c, "41", "Hello?"); again.ID != others["other words"].ID || again.DeletedAt == nil {
		t.Error("a deleted message comes back")
	}
}

func TestAnAutomaticMessageBringsNothingBack(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.set(c, db.ConversationStatusResolved)
	text := "I am on holiday"
	m, err := f.post(f.system(), c, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text, Automated: true})
	if err != nil || !m.Automatic || !f.message(m).Automatic {
		t.Fatalf("it is not marked: %+v, %v", m, err)
	}
	if got := f.reload(c); got.Status != db.ConversationStatusResolved || got.WaitingSince != nil || got.UnreadCount != 1 {
		t.Errorf("it is %s, waiting since %v, %d unread", got.Status, got.WaitingSince, got.UnreadCount)
	}
	if m, err = f.post(f.system(), c, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text}); err != nil || m.Automatic {
		t.Fatal(m.Automatic, err)
	}
	if got := f.reload(c); got.Status != db.ConversationStatusOpen {
		t.Errorf("a person's message leaves it %s", got.Status)
	}
}
