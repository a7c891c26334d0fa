package cable_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/apitest"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ctx := context.Background()
	w.awaitNumbers()
	e := w.subscribed(w.memberIdentifier(w.Admin))
	// of does something, and returns what is heard up to an event of this name.
	of := func(do func(), last string) []event {
		t.Helper()
		do()
		var all []event
		for {
			f := e.frame()
			var h event
			if err := json.Unmarshal(f.Message, &h); err != nil {
				t.Fatalf("%+v: %v", f, err)
			}
			if h.Event == "presence.update" {
				continue
			}
			all = append(all, h)
			if h.Event == last {
				return all
			}
		}
	}
	golden := func(name string, h event) {
		t.Helper()
		raw, _ := json.Marshal(h)
		apitest.Golden(t, *update, "../../testdata/"+name, raw)
	}
	call := func(method, path, body string) func() {
		return func() { w.Do(t, apitest.Inside, method, path, body).Want(200) }
	}
	last := func(all []event) event { return all[len(all)-1] }

	note := `{"content": "Hello", "message_type": "outgoing", "private": true, "echo_id": "e1"}`
	golden("cable_message_created", last(of(call("POST", ms, note), "message.created")))
	golden("cable_conversation_read", last(of(call("POST", co+"/update_last_seen", ""), "conversation.read")))
	of(call("POST", co+"/unread", ""), "conversation.updated")
	golden("cable_typing", last(of(call("POST", co+"/toggle_typing_status", `{"typing_status": "on"}`), "conversation.typing_on")))
	of(call("POST", co+"/toggle_typing_status", `{"typing_status": "off"}`), "conversation.typing_off")
	golden("cable_assignee_changed", last(of(call("POST", co+"/assignments", `{"assignee_id": {user}}`), "assignee.changed")))
	of(call("POST", co+"/assignments", `{"team_id": {team}}`), "team.changed")
	golden("cable_status_changed", last(of(call("POST", co+"/toggle_status", `{"status": "resolved"}`), "conversation.status_changed")))
	of(call("POST", cs, `{"contact_id": {contact}, "inbox_id": {inbox}}`), "conversation.created")
	golden("cable_contact_created", last(of(call("POST", ks, `{"name": "Bo Berg", "email": "bo@example.test"}`), "contact.created")))
	of(call("PATCH", k, `{"name": "Ada M."}`), "contact.updated")
	stale := func(name string) any {
		t.Helper()
		rename := func() { w.Do(t, apitest.Admin, "PATCH", inbox, `{"name": "`+name+`"}`).Want(200) }
		return last(of(rename, "account.cache_invalidated")).Data["cache_keys"].(map[string]any)["inbox"]
	}
	if one, two := stale("Shop 2"), stale("Shop 3"); one == two || one == nil {
		t.Errorf("the inboxes' cache key is %v and stays %v", one, two)
	}

	t.Run("a label or a team that is made, changed or deleted makes its list stale, and no other", func(t *testing.T) {
		keys := w.Do(t, apitest.Inside, "GET", v1+"/cache_keys", "").Want(200).Object()["cache_keys"].(map[string]any)
		for list, body := range map[string]string{"label": `{"title": "returns"}`, "team": `{"name": "returns"}`} {
			path := v1 + "/" + list + "s"
			var id float64
			for _, change := range []func() []byte{
				func() []byte { return w.Do(t, apitest.Admin, "POST", path, body).Want(200).Body.Bytes() },
				func() []byte {
					return w.Do(t, apitest.Admin, "PATCH", fmt.Sprint(path, "/", id), `{"description": "Sent back"}`).Want(200).Body.Bytes()
				},
				func() []byte {
					return w.Do(t, apitest.Admin, "DELETE", fmt.Sprint(path, "/", id), "").Want(200).Body.Bytes()
				},
			} {
				got := last(of(func() {
					var made struct{ ID float64 }
					if body := change(); json.Unmarshal(body, &made) == nil && made.ID != 0 {
						id = made.ID
					}
				}, "account.cache_invalidated"))
				cacheKeys := got.Data["cache_keys"].(map[string]any)
				for name, key := range cacheKeys {
					if (key != keys[name]) != (name == list) {
						t.Errorf("a change of a %s leaves the key of %s at %v", list, name, key)
					}
				}
				keys = cacheKeys
				asked := w.Do(t, apitest.Inside, "GET", v1+"/cache_keys", "").Want(200).Object()["cache_keys"]
				if diff := cmp.Diff(any(cacheKeys), asked); diff != "" {
					t.Errorf("told and asked keys differ: %s", diff)
				}
			}
		}
	})

	t.Run("a message that is changed tells what was before", func(t *testing.T) {
		got := last(of(call("DELETE", mo, ""), "message.updated"))
		if got.Data["id"] != float64(w.Message.ID) {
			t.Errorf("%v", got.Data)
		}
		apiInbox := dbtest.Inbox(t, w.Server.Pool, w.Account, "API")
		c := dbtest.Conversation(t, w.Server.Pool, apiInbox, "")
		var m db.Message
		err := w.desk.Do(ctx, desk.System(w.Account.ID), func(tx *desk.Tx) (err error) {
			text := "Out"
			if m, err = tx.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text}); err != nil {
				return err
			}
			_, err = tx.Deliver(ctx, c.ID, m.ID, db.DeliveryRead, "")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got = last(of(func() {}, "message.updated"))
		diff := cmp.Diff(map[string]any{"status": []any{"sent", "read"}}, got.Data["previous_changes"])
		if diff != "" || got.Data["status"] != "read" {
			t.Errorf("%v: %s", got.Data["status"], diff)
		}
	})

	t.Run("contacts that are merged, and deleted", func(t *testing.T) {
		two := dbtest.Contact(t, w.Server.Pool, w.Account, "Two")
		moved := dbtest.ConversationWith(t, w.Server.Pool, w.Inbox, two, "")
		got := last(of(func() {
			w.post(apitest.Admin, v1+"/actions/contact_merge", fmt.Sprintf(`{"base_contact_id": {contact}, "mergee_contact_id": %d}`, two.ID))
		}, "contact.merged"))
		if got.Data["id"] != float64(w.Contact.ID) {
			t.Errorf("%v", got.Data)
		}
		got = last(of(func() {}, "conversation.contact_changed"))
		sender := got.Data["meta"].(map[string]any)["sender"].(map[string]any)
		if got.Data["id"] != float64(moved.DisplayID) || sender["id"] != float64(w.Contact.ID) {
			t.Errorf("the conversation that moved: %v", got.Data)
		}
		three := dbtest.Contact(t, w.Server.Pool, w.Account, "Three")
		got = last(of(func() { w.Do(t, apitest.Admin, "DELETE", fmt.Sprint(ks, "/", three.ID), "").Want(200) }, "contact.deleted"))
		if got.Data["id"] != float64(three.ID) || got.Data["account_id"] != float64(w.Account.ID) {
			t.Errorf("%v", got.Data)
		}
	})

	t.Run("events come in their order, each once", func(t *testing.T) {
		for i := range 50 {
			w.post(apitest.Inside, ms, fmt.Sprintf(`{"content": "n%d", "message_type": "outgoing", "private": true}`, i))
		}
		for i := range 50 {
			if got := last(of(func() {}, "message.created")).Data["content"]; got != fmt.Sprint("n", i) {
				t.Fatalf("%v came in place of n%d", got, i)
			}
		}
	})
}
