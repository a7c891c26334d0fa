package cable_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/apitest"
)

// What happens at one replica is heard at the other, once.
func TestReplicas(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	other := w.replica()
	w.awaitNumbers()
	here, there := w.subscribed(w.memberIdentifier(w.Agent)), other.subscribed(w.memberIdentifier(w.Agent))
	contact := other.subscribed(w.contactIdentifier(w.Conversation))
	ctx := context.Background()
	for i, replica := range []*fixture{w, other, w} {
		err := replica.desk.Do(ctx, dbtest.Actor(t, w.Server.Pool, w.Account, w.Admin), func(tx *desk.Tx) error {
			if err := tx.Typing(ctx, w.Conversation.ID, true, false); err != nil {
				return err
			}
			text := fmt.Sprint("n", i)
			_, err := tx.Post(ctx, w.Conversation.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, e := range map[string]*client{"here": here, "there": there, "the contact": contact} {
		got := slices.DeleteFunc(eventNames(e.eventsUntil("n2")), func(name string) bool {
			return name == "conversation.updated" || name == "first.reply.created"
		})
		want := []string{"conversation.typing_on", "message.created", "conversation.typing_on", "message.created", "conversation.typing_on"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	here.send("message", w.memberIdentifier(w.Agent), `{"action":"update_presence"}`)
	for {
		var h event
		if f := here.frame(); json.Unmarshal(f.Message, &h) == nil && h.Event == "presence.update" {
			if contacts, _ := h.Data["contacts"].(map[string]any); contacts[fmt.Sprint(w.Contact.ID)] == "online" {
				break
			}
		}
	}
}

// A client that does not read is let go, and the others do not wait for it.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	slow, quick := w.dialWithoutReading(), w.subscribed(w.memberIdentifier(w.Agent))
	if got := slow.subscribe(w.memberIdentifier(w.Agent)); got != "confirm_subscription" {
		t.Fatal(got)
	}
	long := strings.Repeat("long ", 25_000)
	ctx := context.Background()
	for i := range 100 { // 125 KB each: more than the network's buffers and ours hold
		text := long + fmt.Sprint("n", i)
		err := w.desk.Do(ctx, desk.System(w.Account.ID), func(tx *desk.Tx) error {
			_, err := tx.Post(ctx, w.Conversation.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true, Content: &text})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		quick.eventsUntil(fmt.Sprint("n", i))
	}
	var err error
	n := 0
	for ; err == nil; n++ {
		_, err = slow.next()
	}
	if n >= 100 {
		t.Errorf("%d frames were kept for a client who does not read", n)
	}
}

// TestMany has 200 clients hear one message.
func TestMany(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	const many = 200
	ears := make([]*client, many)
	for i := range ears {
		switch i % 4 {
		case 0:
			ears[i] = w.subscribed(w.contactIdentifier(w.Conversation))
		case 1:
			ears[i] = w.subscribed(w.memberIdentifier(w.Admin))
		default:
			ears[i] = w.subscribed(w.memberIdentifier(w.Agent))
		}
	}
	// The second one is timed: for the first, connections to the database are opened and statements planned.
	for _, text := range []string{"first", "second"} {
		arrived := make(chan error, many)
		for _, e := range ears {
			go func() {
				for {
					f, err := e.next()
					if err != nil || f.Message != nil && strings.Contains(string(f.Message), `"content":"`+text) {
						arrived <- err
						return
					}
				}
			}()
		}
		began := time.Now()
		w.post(apitest.Inside, ms, `{"content": "`+text+`", "message_type": "outgoing"}`)
		answered := time.Since(began)
		for range many {
			if err := <-arrived; err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%s: answered after %s, heard by %d after %s", text, answered, many, time.Since(began))
	}
}
