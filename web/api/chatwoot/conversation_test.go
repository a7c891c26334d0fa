package chatwoot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

// The prefixes of the paths in the matrix.
const (
	v1 = "/api/v1/accounts/:account"
	cs = v1 + "/conversations"
	co = cs + "/:conversation"
)

func conversationRows() map[string]apitest.Row {
	of := apitest.Row{Hidden: true}
	return apitest.Join(
		nil,
		apitest.Each(of, "GET "+co, "PUT "+co, "PATCH "+co, "POST "+co+"/mute", "POST "+co+"/unmute", "POST "+co+"/unread",
			"POST "+co+"/update_last_seen", "POST "+co+"/toggle_status", "POST "+co+"/toggle_priority"),
		map[string]apitest.Row{
			"GET " + cs:                            {},
			"GET " + cs + "/meta":                  {},
			"DELETE " + co:                         {},
			"POST " + co + "/toggle_typing_status": {Hidden: true, Body: `{"typing_status": "on"}`},
			"POST " + co + "/custom_attributes":    {Hidden: true, Body: `{"custom_attributes": {"a": 1}}`},
			// The caller knows the inbox's id, so the answer is 401 and not 404.
			"POST " + cs: {Body: `{"inbox_id": {inbox}, "contact_id": {contact}}`, But: map[apitest.Caller]int{apitest.Outside: 401}},
		},
	)
}

// newFixture returns a fixture in a database of its own.
func newFixture(t testing.TB) *apitest.Fixture {
	t.Helper()
	return apitest.NewFixture(t, apitest.New(t, chatwoot.Routes))
}

func TestConversation(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	w.Do(t, apitest.Admin, "POST", co+"/messages", `{"content": "Checking now", "private": true}`).Want(200)
	_, err := w.Server.Pool.Exec(
		context.Background(),
		`UPDATE conversations SET assignee_id = $1, team_id = $2, labels = '{refund}', priority = 'high'`, w.Agent.ID,
		w.Team.ID,
	)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("is shown with its last message, contact, assignee and team", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "GET", co, "").Want(200)
		apitest.Golden(t, *update, "conversation", got.Body.Bytes())
		w.Do(t, apitest.Inside, "GET", co, "", "If-None-Match", got.Header().Get("Etag")).Want(304)
	})

	t.Run("is in the list beside the four counts", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "GET", cs+"?status=all", "").Want(200)
		apitest.Golden(t, *update, "conversations", got.Body.Bytes())
		got = w.Do(t, apitest.Inside, "GET", cs+"/meta?status=open", "").Want(200)
		apitest.Golden(t, *update, "conversations_meta", got.Body.Bytes())
	})

	t.Run("flips its status, and takes the agent who opens it", func(t *testing.T) {
		w := newFixture(t)
		resolved := w.Do(t, apitest.Inside, "POST", co+"/toggle_status", "").Want(200)
		apitest.Golden(t, *update, "toggle_status", resolved.Body.Bytes())
		w.Do(t, apitest.Inside, "POST", co+"/toggle_status", "{}").Want(200)
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.Status != db.ConversationStatusOpen || c.AssigneeID == nil ||
			*c.AssigneeID != w.Agent.ID {
			t.Errorf("status %s, assignee %v, want open and the agent", c.Status, c.AssigneeID)
		}
		snoozed := w.Do(t, apitest.Admin, "POST", co+"/toggle_status", `{"status": "snoozed", "snoozed_until": 1795168931}`).Want(200)
		apitest.Golden(t, *update, "toggle_status_snoozed", snoozed.Body.Bytes())
		w.Do(t, apitest.Admin, "POST", co+"/toggle_status", `{"status": "asleep"}`).Want(422)
	})

	t.Run("gives a bot that opens a pending one a success of null", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		w.Do(t, apitest.Admin, "POST", co+"/toggle_status", `{"status": "pending"}`).Want(200)
		got := w.Do(t, apitest.Bot, "POST", co+"/toggle_status", `{"status": "open"}`).Want(200)
		if v, there := got.Object()["payload"].(map[string]any)["success"]; !there || v != nil {
			t.Errorf("success %v, want null", v)
		}
	})

	t.Run("counts unread up to ten, and none once seen", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		for range 12 {
			dbtest.Message(t, w.Server.Pool, w.Conversation, "Hello?")
		}
		if n := w.Do(t, apitest.Inside, "GET", co, "").Object()["unread_count"]; n != 10.0 {
			t.Errorf("unread_count %v, want 10", n)
		}
		if n := w.Do(t, apitest.Inside, "POST", co+"/update_last_seen", "").Want(200).Object()["unread_count"]; n != 0.0 {
			t.Errorf("unread_count %v, want 0", n)
		}
		if n := w.Do(t, apitest.Inside, "POST", co+"/unread", "").Want(200).Object()["unread_count"]; n != 1.0 {
			t.Errorf("unread_count %v, want 1", n)
		}
	})

	t.Run("was seen by its assignee, though a colleague read it before", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {user}}`).Want(200)
		if at := w.Do(t, apitest.Admin, "POST", co+"/update_last_seen", "").Want(200).Object()["assignee_last_seen_at"]; at != 0.0 {
			t.Errorf("assignee_last_seen_at %v, want 0", at)
		}
		if at := w.Do(t, apitest.Inside, "POST", co+"/update_last_seen", "").Want(200).Object()["assignee_last_seen_at"]; at == 0.0 {
			t.Error("assignee_last_seen_at 0, want now")
		}
	})

	t.Run("loses its priority by null, and keeps it where nothing is said", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		for _, step := range []struct {
			body string
			want any
		}{
			{`{"priority": "low"}`, "low"},
			{`{}`, "low"},
			{`{"priority": null}`, nil},
			{`{"priority": "high"}`, "high"},
			{`{"priority": ""}`, nil},
		} {
			if got := w.Do(t, apitest.Inside, "PATCH", co, step.body).Want(200).Object()["priority"]; got != step.want {
				t.Errorf("%s leaves %v, want %v", step.body, got, step.want)
			}
		}
	})

	t.Run("replaces its custom attributes", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "POST", co+"/custom_attributes", `{"custom_attributes": {"tier": "gold", "n": 7}}`).Want(200)
		apitest.Golden(t, *update, "custom_attributes", got.Body.Bytes())
		w.Do(t, apitest.Inside, "POST", co+"/custom_attributes", `{"custom_attributes": {"n": 99999999999}}`).Want(422)
		w.Do(t, apitest.Inside, "POST", co+"/custom_attributes", `{"custom_attributes": {"n": 1e400}}`).Want(422)
	})
}

func TestCreateConversation(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	t.Run("takes ids as text and the first message with it", func(t *testing.T) {
		got := w.Do(t, apitest.Inside, "POST", cs, `{"inbox_id": "{inbox}", "contact_id": "{contact}", "assignee_id": "", "status": "pending",
			"additional_attributes": {"referer": "https://shop.example"}, "message": {"content": "Welcome {{contact.name}}"}}`).
			Want(200)
		apitest.Golden(t, *update, "conversation_created", got.Body.Bytes())
	})

	t.Run("takes an empty text for no message", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		got := w.Do(t, apitest.Inside, "POST", cs, `{"inbox_id": "{inbox}", "contact_id": "{contact}", "message": ""}`).Want(200).Object()
		if messages := got["messages"].([]any); len(messages) != 0 {
			t.Errorf("messages %v", messages)
		}
	})

	t.Run("finds the contact by source_id, in this account only", func(t *testing.T) {
		w.Do(t, apitest.Inside, "POST", cs, `{"source_id": "{source}"}`).Want(200)
		w.Do(t, apitest.Inside, "POST", cs, `{"source_id": "nobody"}`).Want(404)
		other := apitest.NewFixture(t, w.Server)
		other.Vars["source"] = w.Vars["source"]
		other.Do(t, apitest.Admin, "POST", cs, `{"source_id": "{source}"}`).Want(404)
	})

	t.Run("refuses a source_id that another contact has", func(t *testing.T) {
		w.Vars["other"] = fmt.Sprint(dbtest.Contact(t, w.Server.Pool, w.Account, "Bo Berg").ID)
		got := w.Do(t, apitest.Inside, "POST", cs, `{"source_id": "{source}", "inbox_id": {inbox}, "contact_id": {other}}`).Want(422)
		apitest.Golden(t, *update, "error_source_id", got.Body.Bytes())
	})

	t.Run("makes one address, and one conversation where the inbox locks to one, for many at once", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		for name, body := range map[string]string{
			"new address":   `{"inbox_id": {other}, "contact_id": {known}}`,
			"given address": `{"inbox_id": {other}, "contact_id": {known}, "source_id": "one"}`,
		} {
			inbox := dbtest.Inbox(t, w.Server.Pool, w.Account, name)
			w.Vars["other"], w.Vars["known"] = fmt.Sprint(inbox.ID), fmt.Sprint(dbtest.Contact(t, w.Server.Pool, w.Account, name).ID)
			if _, err := w.Server.Pool.Exec(
				context.Background(), `UPDATE inboxes SET lock_to_single_conversation = true WHERE id = $1`, inbox.ID,
			); err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for range 12 {
				all.Go(func() {
					if got := w.Do(t, apitest.Admin, "POST", cs, body); got.Code != 200 {
						t.Errorf("%s: status %d: %s", name, got.Code, got.Body)
					}
				})
			}
			all.Wait()
			var addresses, conversations int
			err := w.Server.Pool.QueryRow(
				context.Background(),
				`SELECT (SELECT count(*) FROM contact_inboxes WHERE inbox_id = $1), (SELECT count(*) FROM conversations WHERE inbox_id = $1)`,
				inbox.ID,
			).Scan(&addresses, &conversations)
			if err != nil {
				t.Fatal(err)
			}
			if addresses != 1 || conversations != 1 {
				t.Errorf("%s: %d addresses and %d conversations, want one of each", name, addresses, conversations)
			}
		}
	})

	t.Run("refuses a contact without an address on the channel", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		for kind, want := range map[string]string{
			"email": "The contact has no e-mail address", "sms": "The contact has no phone number", "whatsapp": "The contact has no phone number",
			"telegram": "The contact must write first on this channel, or their source_id be given",
		} {
			inbox := dbtest.Inbox(t, w.Server.Pool, w.Account, kind)
			if _, err := w.Server.Pool.Exec(
				context.Background(), `UPDATE inboxes SET kind = $1::text::inbox_kind WHERE id = $2`, kind, inbox.ID,
			); err != nil {
				t.Fatal(err)
			}
			w.Vars["other"], w.Vars["known"] = fmt.Sprint(
				inbox.ID,
			), fmt.Sprint(
				dbtest.Contact(t, w.Server.Pool, w.Account, "No Address").ID,
			)
			if _, err := w.Server.Pool.Exec(
				context.Background(), `UPDATE contacts SET email = NULL, phone_number = NULL WHERE id = $1`, w.Vars["known"],
			); err != nil {
				t.Fatal(err)
			}
			got := w.Do(t, apitest.Admin, "POST", cs, `{"inbox_id": {other}, "contact_id": {known}}`).Want(422).Object()
			if got["error"] != want {
				t.Errorf("%s answers %v, want %s", kind, got, want)
			}
			w.Do(t, apitest.Admin, "POST", cs, `{"inbox_id": {other}, "contact_id": {known}, "source_id": "`+kind+`-1"}`).Want(200)
		}
	})

	t.Run("a message that is refused leaves no conversation behind", func(t *testing.T) {
		before := w.Do(t, apitest.Admin, "GET", cs+"/meta?status=all", "").Body.String()
		w.Do(
			t, apitest.Inside, "POST", cs,
			`{"inbox_id": {inbox}, "contact_id": {contact}, "message": {"content": "x", "content_type": "cards"}}`,
		).Want(422)
		if after := w.Do(t, apitest.Admin, "GET", cs+"/meta?status=all", "").Body.String(); after != before {
			t.Errorf("counts %s, before %s", after, before)
		}
	})

	t.Run("tells what was wrong with its message by field", func(t *testing.T) {
		for _, message := range []string{
			`{"content": "x", "content_type": "cards"}`, `{"content": "x", "content_type": "input_select", ` +
				`"content_attributes": {"items": [{"colour": "red"}]}}`,
			`{"content": "` + strings.Repeat("x", 150_001) + `"}`,
		} {
			got := w.Do(t, apitest.Inside, "POST", cs, `{"inbox_id": {inbox}, "contact_id": {contact}, "message": `+message+`}`).
				Want(422).
				Object()
			if len(got) != 2 || got["message"] == nil || got["attributes"] == nil {
				t.Errorf("%.80s answers %v, want message and attributes", message, got)
			}
		}
	})

	t.Run("gives the same conversation again where the inbox locks to one", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		if _, err := w.Server.Pool.Exec(
			context.Background(), `UPDATE inboxes SET lock_to_single_conversation = true WHERE id = $1`, w.Inbox.ID,
		); err != nil {
			t.Fatal(err)
		}
		got := w.Do(t, apitest.Inside, "POST", cs, `{"inbox_id": {inbox}, "contact_id": {contact}}`).Want(200).Object()["id"]
		if fmt.Sprint(got) != w.Vars["conversation"] {
			t.Errorf("conversation %v, want %s", got, w.Vars["conversation"])
		}
	})
}

func TestConversationList(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for i := range 60 {
		dbtest.Conversation(t, w.Server.Pool, w.Inbox, fmt.Sprint(i))
	}

	t.Run("has pages of 25 and an empty one past the end", func(t *testing.T) {
		for page, want := range map[string]int{"0": 25, "1": 25, "2": 25, "3": 11, "4": 0, "-1": 25, "abc": 25} {
			if n := len(payload(w.Do(t, apitest.Inside, "GET", cs+"?page="+page, "").Want(200))); n != want {
				t.Errorf("page %s has %d, want %d", page, n, want)
			}
		}
	})

	for _, sort := range []string{
		"last_activity_at_desc", "last_activity_at_asc", "created_at_desc", "created_at_asc", "priority_desc",
		"priority_asc", "waiting_since_desc", "waiting_since_asc", "priority_desc_created_at_asc", "unheard_of",
	} {
		t.Run("is walked by cursor without a gap or a double by "+sort, func(t *testing.T) {
			seen := map[any]bool{}
			next := w.Fill(cs) + "?limit=7&sort_by=" + sort
			for next != "" {
				got := w.Do(t, apitest.Inside, "GET", next, "").Want(200)
				for _, c := range payload(got) {
					id := c.(map[string]any)["id"]
					if seen[id] {
						t.Fatalf("%v twice", id)
					}
					seen[id] = true
				}
				next = nextLink(got)
			}
			if len(seen) != 61 {
				t.Errorf("%d conversations, want 61", len(seen))
			}
		})
	}

	t.Run("refuses a cursor that is none, and one of another order", func(t *testing.T) {
		w.Do(t, apitest.Inside, "GET", cs+"?cursor=garbage", "").Want(422)
		link := nextLink(w.Do(t, apitest.Inside, "GET", cs+"?limit=7", ""))
		w.Do(t, apitest.Inside, "GET", link+"&sort_by=created_at_asc", "").Want(422)
	})

	t.Run("filters by label, in any of the ways to write a list", func(t *testing.T) {
		if _, err := w.Server.Pool.Exec(
			context.Background(),
			`UPDATE conversations SET labels = '{vip}' WHERE display_id IN (2, 3); UPDATE conversations SET labels = '{slow}' WHERE display_id = 4`,
		); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]int{
			"labels=vip": 2, "labels=vip&labels=slow": 3, "labels[]=vip&labels[]=slow": 3, "labels%5B%5D=slow": 1,
			"labels=": 25, "labels=[null]": 25, "labels=none": 0,
		} {
			if n := len(payload(w.Do(t, apitest.Inside, "GET", cs+"?"+query, "").Want(200))); n != want {
				t.Errorf("%s gives %d, want %d", query, n, want)
			}
		}
	})

	t.Run("knows the other filters of the contract", func(t *testing.T) {
		for query, want := range map[string]int{
			"status=all": 25, "status=resolved": 0, "status=": 25, "assignee_type=me": 0, "assignee_type=unassigned": 25,
			"assignee_type=assigned": 0,
			"inbox_id={inbox}":       25, "inbox_id=999999": 0, "inbox_id=0&team_id=0": 25, "conversation_type=unattended": 25,
			"conversation_type=mention":       0,
			"conversation_type=participating": 0, "q=parcel": 1, "q=parcel&status=resolved": 1, "source_id={source}": 1, "updated_within=3600": 61,
		} {
			if n := len(payload(w.Do(t, apitest.Inside, "GET", cs+"?"+query, "").Want(200))); n != want {
				t.Errorf("%s gives %d, want %d", query, n, want)
			}
		}
		w.Do(t, apitest.Inside, "GET", cs+"?team_id=999999", "").Want(404)
		w.Do(t, apitest.Inside, "GET", cs+"?status=asleep", "").Want(422)
	})

	t.Run("shows an agent only what they see", func(t *testing.T) {
		if n := len(payload(w.Do(t, apitest.Outside, "GET", cs+"?status=all", "").Want(200))); n != 0 {
			t.Errorf("%d conversations, want 0", n)
		}
	})
}

func payload(a apitest.Answer) []any {
	o := a.Object()
	if data, ok := o["data"].(map[string]any); ok {
		o = data
	}
	list, _ := o["payload"].([]any)
	return list
}

// nextLink returns the URL in the header Link, without the base URL.
func nextLink(a apitest.Answer) string {
	link, _, found := strings.Cut(strings.TrimPrefix(a.Header().Get("Link"), "<"+apitest.BaseURL), ">")
	if !found {
		return ""
	}
	return link
}
