package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestDeliver(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := f.reply(c, "On our way", false)
	deliver := func(d db.Delivery, reason string) call {
		return func(ctx context.Context, t *desk.Tx) error {
			_, err := t.Deliver(ctx, c.ID, m.ID, d, reason)
			return err
		}
	}
	delivered := func(before, after db.Delivery) string {
		return event(desk.MessageUpdated, ofMessage(c, m), desk.Data{
			Changed: map[string][2]any{"delivery": {before, after}}, Kind: db.MessageKindOutgoing,
		})
	}
	f.once(f.as(f.ann), deliver(db.DeliveryRead, ""), delivered(db.DeliverySent, db.DeliveryRead))
	f.records(f.as(f.ann), deliver(db.DeliveryDelivered, "")) // it does not go back
	if got := f.message(m); got.Delivery != db.DeliveryRead {
		t.Errorf("it went back to %s", got.Delivery)
	}
	f.once(f.as(f.ann), deliver(db.DeliveryFailed, "mailbox full"), delivered(db.DeliveryRead, db.DeliveryFailed))
	got := f.message(m)
	if got.Error != "mailbox full" || string(got.ContentAttributes) != `{"external_error": "mailbox full"}` {
		t.Errorf("failed with %q and %s", got.Error, got.ContentAttributes)
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := f.reply(c, "On our way", false)
	retry := func(ctx context.Context, t *desk.Tx) error {
		_, err := t.Retry(ctx, c.ID, m.ID)
		return err
	}
	f.records(f.as(f.ann), retry) // it has not failed
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.Deliver(ctx, c.ID, m.ID, db.DeliveryFailed, "mailbox full")
		return err
	})
	f.once(f.as(f.ann), retry, event(desk.MessageUpdated, ofMessage(c, m), desk.Data{
		Changed: map[string][2]any{"delivery": {db.DeliveryFailed, db.DeliverySent}}, Kind: db.MessageKindOutgoing,
	}))
	if got := f.message(m); got.Delivery != db.DeliverySent || got.Error != "" || string(got.ContentAttributes) != "{}" {
		t.Errorf("sent again as %+v", got)
	}
}

func TestSetMessageAttributes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := f.reply(c, "Which one?", false)
	set := func(ctx context.Context, t *desk.Tx) error {
		_, err := t.SetMessageAttributes(ctx, c.ID, m.ID, json.RawMessage(`{"items":[1,2]}`))
		return err
	}
	f.once(f.as(f.ann), set, answered(c, m))
	if got := string(f.message(m).ContentAttributes); got != `{"items": [1, 2]}` {
		t.Errorf("attributes are %s", got)
	}
}

// answered is the event of new attributes beside an agent's message.
func answered(c db.Conversation, m db.Message) string {
	return event(desk.MessageUpdated, ofMessage(c, m), desk.Data{Changed: map[string][2]any{"content_attributes": {nil, nil}}, Kind: m.Kind})
}

func TestDeleteMessage(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := dbtest.Message(t, f.pool, c, "My card is 4111…")
	drop := func(ctx context.Context, t *desk.Tx) error {
		_, err := t.DeleteMessage(ctx, c.ID, m.ID)
		return err
	}
	f.records(f.as(f.ann), drop, event(desk.MessageDeleted, ofMessage(c, m), desk.Data{Kind: db.MessageKindIncoming}))
	if got := f.message(m); got.Text() != desk.DeletedText || got.DeletedAt == nil {
		t.Errorf("%+v is left", got)
	}
	if got := f.reload(c); got.UnreadCount != 0 || deref(got.LastMessageID) != m.ID {
		t.Errorf("%d unread, last message %v", got.UnreadCount, got.LastMessageID)
	}
	if err := f.do(f.as(f.ann), drop); !errors.Is(err, fault.NotFound) {
		t.Errorf("the second time: %v", err)
	}
}

func TestDeleteMessageSoon(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m, other := f.reply(c, "Oops", false), dbtest.Message(t, f.pool, c, "My card is 4111…")
	drop := func(id int64) call {
		return func(ctx context.Context, t *desk.Tx) error {
			_, err := t.DeleteMessageSoon(ctx, c.ID, id, time.Minute)
			return err
		}
	}
	f.records(f.as(f.ann), drop(m.ID)) // no event yet
	f.pokes("conversation:" + strconv.FormatInt(c.DisplayID, 10))
	got, jobs := f.message(m), f.jobs("delete_message")
	if got.DeleteAt == nil || !got.DeleteAt.Equal(f.now.Add(time.Minute)) || got.Text() != "Oops" || jobs != 1 {
		t.Errorf("%q is deleted at %v by %d jobs", got.Text(), got.DeleteAt, jobs)
	}
	if err := f.do(f.as(f.ann), drop(m.ID)); !errors.Is(err, fault.NotFound) {
		t.Errorf("the second time: %v", err)
	}
	if err := f.do(f.as(f.ann), drop(other.ID)); !errors.Is(err, fault.Forbidden) {
		t.Errorf("what the customer said: %v", err)
	}
}

func TestKeepMessage(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	m := f.reply(c, "On our way", false)
	keep := func(ctx context.Context, t *desk.Tx) error {
		_, err := t.KeepMessage(ctx, c.ID, m.ID)
		return err
	}
	if err := f.do(f.as(f.ann), keep); !errors.Is(err, fault.NotFound) {
		t.Errorf("one that was not to be deleted: %v", err)
	}
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.DeleteMessageSoon(ctx, c.ID, m.ID, time.Minute)
		return err
	})
	f.records(f.as(f.ann), keep)
	if got := f.message(m); got.DeleteAt != nil || got.Text() != "On our way" {
		t.Errorf("%+v is left", got)
	}
}
