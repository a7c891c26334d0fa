package cable_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/apitest"
)

// TestAudience has everybody who must not hear of a conversation listen while everything happens to it.
func TestAudience(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ctx := context.Background()
	elsewhere := dbtest.Inbox(t, w.Server.Pool, w.Account, "Faraway")
	otto := dbtest.Agent(t, w.Server.Pool, w.Account, "Otto", elsewhere)
	ottos := dbtest.Conversation(t, w.Server.Pool, elsewhere, "Elsewhere")
	other := dbtest.Conversation(t, w.Server.Pool, w.Inbox, "Another customer's")
	second := dbtest.Account(t, w.Server.Pool, "Second")
	boss := dbtest.Admin(t, w.Server.Pool, second, "Boss")
	theirs := dbtest.Conversation(t, w.Server.Pool, dbtest.Inbox(t, w.Server.Pool, second, "Theirs"), "Theirs")

	helper := `{"name": "Helper", "outgoing_url": "https://bot.example/in-secret"}`
	bot := w.Do(t, apitest.Admin, "POST", v1+"/agent_bots", helper).Want(200).Object()
	w.exec("UPDATE conversations SET assignee_bot_id = $1 WHERE id = $2", int64(bot["id"].(float64)), w.Conversation.ID)
	w.exec(`UPDATE contacts SET custom_attributes = '{"note": "difficult-person"}' WHERE id = $1`, w.Conversation.ContactID)
	w.awaitNumbers()
	inside, admin := w.subscribed(w.memberIdentifier(w.Agent)), w.subscribed(w.memberIdentifier(w.Admin))
	outside := w.subscribed(w.memberIdentifier(otto))
	contact, stranger := w.subscribed(w.contactIdentifier(w.Conversation)), w.subscribed(w.contactIdentifier(other))
	foreign := w.subscribed(fmt.Sprintf(
		`{"channel":"RoomChannel","pubsub_token":%q,"account_id":%d,"user_id":%d}`, boss.PubsubToken, second.ID, boss.ID,
	))

	w.post(apitest.Admin, ms, `{"content": "public-answer", "message_type": "outgoing", "echo_id": "echo-1"}`)
	w.post(apitest.Admin, ms, `{"content": "private-note", "message_type": "outgoing", "private": true}`)
	w.Do(t, apitest.Admin, "POST", co+"/toggle_status", `{"status": "resolved"}`).Want(200)
	w.Do(t, apitest.Admin, "POST", co+"/labels", `{"labels": ["vip-label"]}`).Want(200)
	w.Do(t, apitest.Admin, "POST", co+"/toggle_typing_status", `{"typing_status": "on", "is_private": true}`).Want(200)
	w.Do(t, apitest.Admin, "POST", co+"/toggle_typing_status", `{"typing_status": "on"}`).Want(200)
	typing := "/public/api/v1/inboxes/:identifier/contacts/:source/conversations/:conversation/toggle_typing"
	w.Do(t, apitest.Nobody, "POST", typing, `{"typing_status": "off"}`).Want(200)

	// What each of them hears last, in a conversation of their own.
	for _, c := range []db.Conversation{ottos, other, theirs, w.Conversation} {
		err := w.desk.Do(ctx, desk.System(c.AccountID), func(tx *desk.Tx) error {
			text := "the-end"
			_, err := tx.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, e := range map[string]*client{
		"an agent outside of the inbox": outside, "another contact": stranger, "an administrator of another account": foreign,
	} {
		if got := e.eventsUntil("the-end"); len(got) != 0 {
			t.Errorf("%s heard %v", name, eventNames(got))
		}
	}
	everything := []string{
		"message.created", "first.reply.created", "conversation.updated", // the answer
		"message.created",                                                        // the note
		"conversation.status_changed", "conversation.updated", "message.created", // and its activity
		"conversation.updated", "message.created", // the label
		"conversation.typing_on", "conversation.typing_on", "conversation.typing_off",
	}
	got := inside.eventsUntil("the-end")
	if diff := cmp.Diff(everything, eventNames(got)); diff != "" {
		t.Errorf("the agent (-want +got):\n%s", diff)
	}
	for _, h := range got {
		if h.Data["account_id"] != float64(w.Account.ID) {
			t.Errorf("%s says account %v", h.Event, h.Data["account_id"])
		}
	}
	if got[0].Data["echo_id"] != "echo-1" || got[0].Data["performer"].(map[string]any)["id"] != float64(w.Admin.ID) {
		t.Errorf("the answer is %v", got[0].Data)
	}
	// Who types is not told so.
	mine := slices.DeleteFunc(slices.Clone(everything), func(name string) bool { return name == "conversation.typing_on" })
	if diff := cmp.Diff(mine, eventNames(admin.eventsUntil("the-end"))); diff != "" {
		t.Errorf("the administrator (-want +got):\n%s", diff)
	}
	got = contact.eventsUntil("the-end")
	want := []string{
		"message.created", "conversation.updated", "conversation.status_changed", "conversation.updated", "conversation.updated",
		"conversation.typing_on",
	}
	if diff := cmp.Diff(want, eventNames(got)); diff != "" {
		t.Errorf("the contact (-want +got):\n%s", diff)
	}
	raw, _ := json.Marshal(got)
	for _, secret := range []string{"private-note", "vip-label", w.Admin.Email, "in-secret", "difficult-person"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the contact heard %q", secret)
		}
	}
}

// TestRights changes the rights of users who are connected.
func TestRights(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	ctx := context.Background()
	say := func(text string) {
		t.Helper()
		w.post(apitest.Admin, ms, `{"content": "`+text+`", "message_type": "outgoing"}`)
	}
	admin := dbtest.Actor(t, w.Server.Pool, w.Account, w.Admin)
	sit := func(fn func(tx *desk.Tx) error) {
		t.Helper()
		if err := w.desk.Do(ctx, admin, fn); err != nil {
			t.Fatal(err)
		}
	}
	bea := dbtest.Agent(t, w.Server.Pool, w.Account, "Bea", w.Inbox)
	e, witness := w.subscribed(w.memberIdentifier(bea)), w.subscribed(w.memberIdentifier(w.Admin))
	say("one")
	e.eventsUntil("one")
	sit(func(tx *desk.Tx) error { return tx.SetMemberInboxes(ctx, bea.ID, nil) })
	say("two")
	witness.eventsUntil("two")
	sit(func(tx *desk.Tx) error { return tx.SetMemberInboxes(ctx, bea.ID, []int64{w.Inbox.ID}) })
	say("three")
	for _, h := range e.eventsUntil("three") {
		if strings.Contains(fmt.Sprint(h.Data["content"]), "two") {
			t.Error("heard what was said while they did not work there")
		}
	}
	both := w.dial()
	for _, identifier := range []string{w.memberIdentifier(bea), w.contactIdentifier(w.Conversation)} {
		if got := both.subscribe(identifier); got != "confirm_subscription" {
			t.Fatal(got)
		}
	}
	sit(func(tx *desk.Tx) error { return tx.Deactivate(ctx, bea.ID) })
	f := e.frame()
	for f.Type == "" {
		f = e.frame()
	}
	if f.Type != "disconnect" || f.Reason != "unauthorized" || f.Reconnect == nil || *f.Reconnect {
		t.Errorf("%+v", f)
	}
	if _, err := e.next(); websocket.CloseStatus(err) == -1 {
		t.Errorf("ended by %v", err)
	}
	for f = both.frame(); f.Type == ""; f = both.frame() {
	}
	if f.Type != "reject_subscription" || f.Identifier != w.memberIdentifier(bea) {
		t.Errorf("the one of two subscriptions: %+v", f)
	}
	say("four")
	both.eventsUntil("four")

	ann := w.subscribed(w.memberIdentifier(w.Agent))
	w.exec("UPDATE users SET pubsub_token = 'another' WHERE id = $1", w.Agent.ID)
	say("five")
	for f = ann.frame(); f.Type == ""; f = ann.frame() {
		if strings.Contains(string(f.Message), "five") {
			t.Error("heard by a token that is no longer theirs")
		}
	}
	if f.Reason != "unauthorized" {
		t.Errorf("%+v", f)
	}
}

// A member who sees a conversation by its team gets its events without the contact's address: it is the inbox's.
func TestAddressIsForMembersOfTheInbox(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.ShowByTeam(t)
	w.awaitNumbers()
	inside, outside := w.subscribed(w.memberIdentifier(w.Agent)), w.subscribed(w.memberIdentifier(w.Outside))
	w.post(apitest.Admin, ms, `{"content": "public-answer", "message_type": "outgoing"}`)
	w.Do(t, apitest.Admin, "POST", co+"/toggle_status", `{"status": "resolved"}`).Want(200)
	w.Do(t, apitest.Admin, "POST", co+"/toggle_typing_status", `{"typing_status": "on"}`).Want(200)
	w.post(apitest.Admin, ms, `{"content": "the-end", "message_type": "outgoing"}`)
	address := w.contactInbox(w.Conversation)
	for name, one := range map[string]struct {
		client *client
		knows  bool
	}{"inside": {inside, true}, "outside": {outside, false}} {
		got := one.client.eventsUntil("the-end")
		raw, _ := json.Marshal(got)
		source, token := strings.Contains(string(raw), address.SourceID), strings.Contains(string(raw), address.PubsubToken)
		if len(got) < 5 || source != one.knows || token != one.knows {
			t.Errorf("the agent %s the inbox heard %s", name, raw)
		}
	}
}
