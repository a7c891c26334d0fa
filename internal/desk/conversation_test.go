package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestSetAttributes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		return t.SetAttributes(ctx, c.ID, desk.Attributes{
			Subject: ptr("Printer cold"), Custom: json.RawMessage(`{"plan": "pro"}`), Additional: json.RawMessage(`{"referer":"/"}`),
		})
	}, event(desk.ConversationUpdated, of(c), desk.Data{Changed: map[string][2]any{
		"subject":               {"Printer on fire", "Printer cold"},
		"custom_attributes":     {map[string]any{}, map[string]any{"plan": "pro"}},
		"additional_attributes": {map[string]any{}, map[string]any{"referer": "/"}},
	}}))
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		return t.SetAttributes(ctx, c.ID, desk.Attributes{Custom: json.RawMessage(`{}`)})
	}, changed(desk.ConversationUpdated, of(c), "custom_attributes", map[string]any{"plan": "pro"}, map[string]any{}))
	got := f.reload(c)
	if got.Subject != "Printer cold" || string(got.CustomAttributes) != "{}" || string(got.AdditionalAttributes) != `{"referer": "/"}` {
		t.Errorf("kept %q, %s, %s", got.Subject, got.CustomAttributes, got.AdditionalAttributes)
	}
}

func TestAddParticipant(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	var added bool
	add := func(userID int64) call {
		return func(ctx context.Context, t *desk.Tx) (err error) {
			added, err = t.AddParticipant(ctx, c.ID, userID)
			return err
		}
	}
	f.records(f.as(f.ann), add(f.root.ID), changed(desk.ParticipantsChanged, of(c), "participant", nil, f.root.ID))
	if !added || f.count("SELECT count(*) FROM participants WHERE user_id = $1", f.root.ID) != 1 {
		t.Error("nobody was added")
	}
	if f.records(f.as(f.ann), add(f.root.ID)); added {
		t.Error("the second call reports that it added a participant")
	}
	stranger := dbtest.Admin(t, f.pool, dbtest.Account(t, f.pool, "Elsewhere"), "Eve")
	if err := f.do(f.as(f.ann), add(stranger.ID)); !errors.Is(err, fault.NotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

func TestRemoveParticipant(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.AddParticipant(ctx, c.ID, f.root.ID)
		return err
	})
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.RemoveParticipant(ctx, c.ID, f.root.ID) },
		changed(desk.ParticipantsChanged, of(c), "participant", f.root.ID, nil))
	if n := f.count("SELECT count(*) FROM participants"); n != 0 {
		t.Errorf("%d participants", n)
	}
}

func TestTyping(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	for _, one := range []struct {
		on, private bool
		kind        string
	}{{true, false, desk.ConversationTypingOn}, {true, true, desk.ConversationTypingOn}, {false, false, desk.ConversationTypingOff}} {
		f.records(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Typing(ctx, c.ID, one.on, one.private) },
			event(one.kind, of(c), desk.Data{Private: one.private}))
	}
	if got := f.reload(c); !got.UpdatedAt.Equal(c.UpdatedAt) {
		t.Error("typing changed the conversation")
	}
}

func TestMute(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Mute(ctx, c.ID) },
		changed(desk.ConversationStatusChanged, of(c), "status", "open", "resolved"),
		activityLine("Conversation was marked resolved by Ann"),
		changed(desk.ContactUpdated, ofContact(db.Contact{ID: c.ContactID}), "blocked", false, true),
		activityLine("Ann has muted the conversation"))
	contact, err := f.q.GetContact(context.Background(), f.account.ID, c.ContactID)
	if got := f.reload(c); err != nil || !contact.Blocked || got.Status != db.ConversationStatusResolved {
		t.Errorf("blocked is %v, status %s, %v", contact.Blocked, got.Status, err)
	}
}

func TestUnmute(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Mute(ctx, c.ID) })
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Unmute(ctx, c.ID) },
		changed(desk.ContactUpdated, ofContact(db.Contact{ID: c.ContactID}), "blocked", true, false),
		activityLine("Ann has unmuted the conversation"))
	if got := f.reload(c); got.Status != db.ConversationStatusResolved {
		t.Errorf("status is %s, want it to stay", got.Status)
	}
}

func TestDeleteConversation(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	dbtest.Message(t, f.pool, c, "Help")
	drop := func(ctx context.Context, t *desk.Tx) error { return t.DeleteConversation(ctx, c.ID) }
	f.records(f.as(f.root), drop, event(desk.ConversationDeleted, of(c), desk.Data{}))
	if n := f.count("SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM messages)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if err := f.do(f.as(f.root), drop); !db.IsNone(err) {
		t.Errorf("the second time: %v", err)
	}
}

func TestEventsHoldTheStateThatTheyLeft(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, f.ann.ID) })
	f.set(c, db.ConversationStatusResolved)
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Unassign(ctx, c.ID) })
	var got string
	f.scan(&got, `SELECT string_agg(concat_ws(' ', kind, data->>'status', data->>'assignee_id'), ', ' ORDER BY id) FROM events
		WHERE conversation_id = $1 AND kind <> $2`, c.ID, desk.MessageCreated)
	want := fmt.Sprintf("conversation.created open, conversation.assigned open %d, conversation.status_changed resolved %d, "+
		"conversation.assigned resolved", f.ann.ID, f.ann.ID)
	if got != want {
		t.Errorf("the events hold %q, want %q", got, want)
	}
}
