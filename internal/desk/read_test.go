package desk_test

import (
	"context"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
)

func TestMarkRead(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	dbtest.Message(t, f.pool, c, "One")
	last := dbtest.Message(t, f.pool, c, "Two")
	f.exec("INSERT INTO notifications (account_id, user_id, kind, conversation_id, event_id) VALUES ($1, $2, 'assigned', $3, 1)",
		f.account.ID, f.ann.ID, c.ID)
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.MarkRead(ctx, c.ID) },
		changed(desk.ConversationRead, of(c), "unread_count", 2, 0))
	if got := f.reload(c); got.UnreadCount != 0 || got.AgentsReadUpTo != last.ID || !got.AgentLastSeenAt.Equal(f.now) {
		t.Errorf("%d unread, read up to %d at %v", got.UnreadCount, got.AgentsReadUpTo, got.AgentLastSeenAt)
	}
	if n := f.count("SELECT count(*) FROM read_marks WHERE user_id = $1 AND up_to = $2", f.ann.ID, last.ID); n != 1 {
		t.Error("the reader's own mark is missing")
	}
	if n := f.count("SELECT count(*) FROM notifications WHERE read_at IS NULL"); n != 0 {
		t.Error("the notification is still unread")
	}
}

func TestMarkUnread(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	dbtest.Message(t, f.pool, c, "One")
	last := dbtest.Message(t, f.pool, c, "Two")
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.MarkRead(ctx, c.ID) })
	unread := func(ctx context.Context, t *desk.Tx) error { return t.MarkUnread(ctx, c.ID) }
	f.records(f.as(f.ann), unread, changed(desk.ConversationUnread, of(c), "unread_count", 0, 1))
	f.must(f.as(f.ann), unread)
	if got := f.reload(c); got.UnreadCount != 1 || got.AgentsReadUpTo != last.ID-1 {
		t.Errorf("%d unread, read up to %d", got.UnreadCount, got.AgentsReadUpTo)
	}
	if n := f.count("SELECT count(*) FROM read_marks WHERE user_id = $1 AND up_to = $2", f.ann.ID, last.ID-1); n != 1 {
		t.Error("the reader's own mark did not move back")
	}
}

func TestSeenByContact(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := f.reply(c, "On our way", false)
	f.reply(c, "Between us: again?", true)
	f.once(desk.Contact(db.Contact{ID: c.ContactID, AccountID: c.AccountID}),
		func(ctx context.Context, t *desk.Tx) error { return t.SeenByContact(ctx, c.ID) },
		changed(desk.MessageUpdated, ofMessage(c, m), "delivery", nil, "read"))
	if got := f.reload(c); !got.ContactLastSeenAt.Equal(f.now) || f.message(m).Delivery != db.DeliveryRead {
		t.Errorf("seen at %v, delivery %s", got.ContactLastSeenAt, f.message(m).Delivery)
	}
}
