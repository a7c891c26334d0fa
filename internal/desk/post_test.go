package desk_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestPost(t *testing.T) {
	t.Parallel()

	t.Run("a customer's message is unread, begins the wait and moves the conversation up", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		m := dbtest.Message(t, f.pool, c, "Help")
		got := f.reload(c)
		if got.UnreadCount != 1 || *got.LastMessageID != m.ID || *got.LastPublicID != m.ID ||
			!got.WaitingSince.Equal(c.CreatedAt) || !got.LastActivityAt.Equal(m.CreatedAt) {
			t.Errorf("conversation stands at %+v", got)
		}
	})

	t.Run("an agent's reply ends the wait and is the first reply; a note does neither", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		f.reply(c, "Between us: again?", true)
		if got := f.reload(c); got.FirstReplyAt != nil || got.WaitingSince == nil || got.LastPublicID != nil {
			t.Errorf("after the note: %+v", got)
		}
		m := f.reply(c, "On our way", false)
		got := f.reload(c)
		if got.FirstReplyAt == nil || !got.FirstReplyAt.Equal(m.CreatedAt) || got.WaitingSince != nil {
			t.Errorf("after the reply: %+v", got)
		}
	})

	t.Run("an answer names what it answers by both ids; an unknown one is dropped", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		source, text := "WAID:1", "Which one?"
		f.must(desk.System(f.account.ID), func(ctx context.Context, t *desk.Tx) error {
			m, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text, SourceID: &source})
			if err != nil {
				return err
			}
			a, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text, InReplyToSource: source})
			if err == nil && (a.InReplyTo == nil || *a.InReplyTo != m.ID || !strings.Contains(string(a.ContentAttributes), "WAID:1")) {
				err = errors.New("not resolved: " + string(a.ContentAttributes))
			}
			if err != nil {
				return err
			}
			b, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Content: &text, InReplyTo: 999999})
			if err == nil && b.InReplyTo != nil {
				err = errors.New("an unknown message was answered")
			}
			return err
		})
	})

	t.Run("too long, too many files, or characters that cannot be stored are refused and nothing is kept", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		for field, text := range map[string]string{"long": strings.Repeat("ä", desk.MaxContent+1), "nul": "a\x00b", "utf8": "a\xffb"} {
			err := f.do(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
				_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
				return err
			})
			if fault.In(err)["content"] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if got := f.reload(c); got.LastMessageID != nil {
			t.Error("something was kept")
		}
	})

	t.Run("an agent outside the inbox finds no conversation", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		bob := dbtest.Agent(t, f.pool, f.account, "Bob")
		text := "Hello"
		err := f.do(f.as(bob), func(ctx context.Context, t *desk.Tx) error {
			_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
			return err
		})
		if !db.IsNone(err) {
			t.Errorf("err is %v", err)
		}
	})

	t.Run("ids grow with time under sixteen writers", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := dbtest.Conversation(t, f.pool, f.inbox, "Busy")
		ann := f.as(f.ann)
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 5 {
					text := "x"
					_ = f.do(ann, func(ctx context.Context, t *desk.Tx) error {
						_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
						return err
					})
				}
			})
		}
		wg.Wait()
		n := f.count("SELECT count(*) FROM messages WHERE conversation_id = $1", c.ID)
		last := int64(f.count("SELECT max(id) FROM messages WHERE conversation_id = $1", c.ID))
		if n != 80 {
			t.Fatalf("%d messages", n)
		}
		if got := f.reload(c); *got.LastMessageID != last {
			t.Errorf("the last message is %d, the conversation says %d", last, *got.LastMessageID)
		}
	})
}

func TestReopening(t *testing.T) {
	t.Parallel()

	t.Run("a customer's message reopens what was resolved or snoozed, leaves pending, and takes it out of the archive", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		for from, want := range map[db.ConversationStatus]db.ConversationStatus{
			db.ConversationStatusResolved: db.ConversationStatusOpen,
			db.ConversationStatusSnoozed:  db.ConversationStatusOpen,
			db.ConversationStatusPending:  db.ConversationStatusPending,
		} {
			c := f.conversation()
			f.set(c, from)
			f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Archive(ctx, c.ID) })
			dbtest.Message(t, f.pool, c, "Still burning")
			if got := f.reload(c); got.Status != want || got.ArchivedAt != nil {
				t.Errorf("from %s to %s, archived %v; want %s", from, got.Status, got.ArchivedAt, want)
			}
		}
	})

	t.Run("what came back says so: by itself, or by whose token it came through", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		text := "Still burning"
		for _, one := range []struct {
			from    db.ConversationStatus
			private bool
			bot     bool
			want    string
		}{
			{db.ConversationStatusResolved, false, false, "System reopened the conversation due to a new incoming message."},
			{db.ConversationStatusResolved, true, false, "Conversation was reopened by Ann"},
			{db.ConversationStatusSnoozed, false, false, "Conversation was reopened by Ann"},
			{db.ConversationStatusResolved, false, true, "Conversation was marked as pending by Ann"},
		} {
			var bot *int64
			if one.bot {
				bot = ptr(f.bot().ID)
			}
			f.exec("UPDATE inboxes SET agent_bot_id = $1 WHERE id = $2", bot, f.inbox.ID)
			c := f.conversation()
			f.set(c, one.from)
			f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
				_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindIncoming, Private: one.private, Content: &text})
				return err
			})
			if line := f.activityText(c); !strings.HasPrefix(line, one.want) {
				t.Errorf("%+v: the line is %q", one, line)
			}
		}
	})

	t.Run("a muted contact brings nothing back", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := dbtest.Conversation(t, f.pool, f.inbox, "Spam")
		f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Mute(ctx, c.ID) })
		dbtest.Message(t, f.pool, c, "Buy now")
		if got := f.reload(c); got.Status != db.ConversationStatusResolved {
			t.Errorf("status is %s", got.Status)
		}
	})
}

// activityText is the last line that the thread says of itself.
func (f fixture) activityText(c db.Conversation) (text string) {
	f.t.Helper()
	f.scan(&text, "SELECT content FROM messages WHERE conversation_id = $1 AND kind = 'activity' ORDER BY id DESC LIMIT 1", c.ID)
	return text
}
