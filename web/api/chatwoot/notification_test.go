package chatwoot_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

const notification = v1 + "/notifications/:notification"

func notificationRows() map[string]apitest.Row {
	// A notification belongs to its user. Here the agent inside the inbox has one, and no other caller.
	own := apitest.Row{
		Make: func(t testing.TB, w *apitest.Fixture) { w.AddNotifications(t, w.Agent.ID, 1) },
		But:  map[apitest.Caller]int{apitest.Outside: 404, apitest.Admin: 404},
	}
	ns := v1 + "/notifications"
	return apitest.Join(
		nil,
		apitest.Each(apitest.Row{}, "GET "+ns, "GET "+ns+"/unread_count", "POST "+ns+"/read_all", "POST "+ns+"/destroy_all"),
		apitest.Each(
			own,
			"PATCH "+notification,
			"PUT "+notification,
			"DELETE "+notification,
			"POST "+notification+"/snooze",
			"POST "+notification+"/unread",
		),
	)
}

func TestNotifications(t *testing.T) {
	t.Parallel()
	ns := v1 + "/notifications"
	list := func(t *testing.T, w *apitest.Fixture, path string) (meta map[string]any, ids []float64, a apitest.Answer) {
		t.Helper()
		a = w.Do(t, apitest.Inside, "GET", path, "").Want(200)
		data := a.Object()["data"].(map[string]any)
		for _, n := range data["payload"].([]any) {
			ids = append(ids, n.(map[string]any)["id"].(float64))
		}
		return data["meta"].(map[string]any), ids, a
	}

	t.Run("are listed fifteen a page, the newest first, with what they are about", func(t *testing.T) {
		w := newFixture(t)
		w.AddNotifications(t, w.Agent.ID, 20)
		meta, ids, first := list(t, w, ns)
		if meta["count"] != 20.0 || meta["unread_count"] != 20.0 || meta["current_page"] != 1.0 || len(ids) != 15 || ids[0] != 20 {
			t.Errorf("meta %v, ids %v", meta, ids)
		}
		meta, ids, _ = list(t, w, ns+"?page=2")
		if meta["current_page"] != "2" || len(ids) != 5 || ids[0] != 5 {
			t.Errorf("page 2: meta %v, ids %v", meta, ids)
		}
		_, ids, _ = list(t, w, nextPage(t, first))
		if len(ids) != 5 || ids[0] != 5 {
			t.Errorf("after the cursor: %v", ids)
		}
		_, ids, _ = list(t, w, ns+"?sort_order=asc")
		if ids[0] != 1 {
			t.Errorf("the oldest first: %v", ids)
		}
		_, _, one := list(t, w, ns+"?limit=1")
		apitest.Golden(t, *update, "notifications", one.Body.Bytes())
	})

	t.Run("are read, unread, snoozed and deleted by their user alone", func(t *testing.T) {
		w := newFixture(t)
		w.AddNotifications(t, w.Agent.ID, 20)
		got := w.Do(t, apitest.Inside, "PATCH", notification, "").Want(200).Object()
		if got["read_at"] == nil {
			t.Error("it is not read")
		}
		if n := w.Do(t, apitest.Inside, "GET", ns+"/unread_count", "").Want(200).Body.String(); n != "19" {
			t.Errorf("unread_count %s, want 19", n)
		}
		if meta, _, _ := list(t, w, ns); meta["count"] != 19.0 {
			t.Errorf("a read one is listed: %v", meta)
		}
		if meta, _, _ := list(t, w, ns+"?includes[]=read"); meta["count"] != 20.0 {
			t.Errorf("read ones are not listed: %v", meta)
		}
		w.Do(t, apitest.Inside, "POST", notification+"/unread", "").Want(200)
		w.Do(t, apitest.Inside, "POST", notification+"/snooze", `{"snoozed_until": 1995168931}`).Want(200)
		if meta, _, _ := list(t, w, ns); meta["count"] != 19.0 {
			t.Errorf("a snoozed one is listed: %v", meta)
		}
		w.Do(t, apitest.Admin, "DELETE", notification, "").Want(404)
		w.Do(t, apitest.Inside, "DELETE", notification, "").Want(200)
		w.Do(t, apitest.Inside, "DELETE", notification, "").Want(404)
	})

	t.Run("are read and deleted all at once", func(t *testing.T) {
		w := newFixture(t)
		w.AddNotifications(t, w.Agent.ID, 20)
		w.Do(t, apitest.Inside, "POST", ns+"/read_all", `{"primary_actor_type": "Conversation", "primary_actor_id": {conversation}}`).
			Want(200)
		if n := w.Do(t, apitest.Inside, "GET", ns+"/unread_count", "").Want(200).Body.String(); n != "19" {
			t.Errorf("unread_count %s after one conversation was read, want 19", n)
		}
		w.Do(t, apitest.Inside, "POST", ns+"/read_all", "").Want(200)
		if n := w.Do(t, apitest.Inside, "GET", ns+"/unread_count", "").Want(200).Body.String(); n != "0" {
			t.Errorf("unread_count %s, want 0", n)
		}
		w.Do(t, apitest.Inside, "POST", ns+"/destroy_all", `{"type": "read"}`).Want(200)
		if meta, _, _ := list(t, w, ns+"?includes[]=read"); meta["count"] != 0.0 {
			t.Errorf("some are left: %v", meta)
		}
	})
}

func TestNotificationsOfHiddenConversations(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.AddNotifications(t, w.Agent.ID, 3)
	w.Do(t, apitest.Admin, "PATCH", v1+"/inbox_members", `{"inbox_id": {inbox}, "user_ids": []}`).Want(200)
	data := w.Do(t, apitest.Inside, "GET", v1+"/notifications?includes[]=read&includes[]=snoozed", "").
		Want(200).Object()["data"].(map[string]any)
	if meta := data["meta"].(map[string]any); len(data["payload"].([]any)) != 0 || meta["count"] != 0.0 || meta["unread_count"] != 0.0 {
		t.Errorf("the list holds %v", data)
	}
	if n := w.Do(t, apitest.Inside, "GET", v1+"/notifications/unread_count", "").Want(200).Body.String(); n != "0" {
		t.Errorf("unread_count %s, want 0", n)
	}
	for _, call := range []string{"PATCH ", "DELETE ", "POST /snooze", "POST /unread"} {
		method, path, _ := strings.Cut(call, " ")
		w.Do(t, apitest.Inside, method, notification+path, "").Want(404)
	}
	w.Do(t, apitest.Admin, "PATCH", v1+"/inbox_members", `{"inbox_id": {inbox}, "user_ids": [{user}]}`).Want(200)
	if n := w.Do(t, apitest.Inside, "GET", v1+"/notifications/unread_count", "").Want(200).Body.String(); n != "3" {
		t.Errorf("unread_count %s for a member again, want 3", n)
	}
}

// A notification of something that is no conversation has no primary actor that this API's clients could read.
func TestWebhookNotification(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	_, err := w.Server.Pool.Exec(t.Context(), `
		WITH hook AS (INSERT INTO webhooks (account_id, url, secret) VALUES ($1, 'https://shop.example/hook', 's') RETURNING id)
		INSERT INTO notifications (account_id, user_id, kind, webhook_id, event_id)
			SELECT $1, $2, 'webhook_paused', id, 1 FROM hook`, w.Account.ID, w.Admin.ID)
	if err != nil {
		t.Fatal(err)
	}
	data := w.Do(t, apitest.Admin, "GET", v1+"/notifications?includes[]=read", "").Want(200).Object()["data"].(map[string]any)
	if meta := data["meta"].(map[string]any); len(data["payload"].([]any)) != 0 || meta["count"] != 0.0 || meta["unread_count"] != 0.0 {
		t.Errorf("the list holds %v", data)
	}
	w.Do(t, apitest.Admin, "POST", v1+"/notifications/read_all", "").Want(200)
	w.Do(t, apitest.Admin, "POST", v1+"/notifications/destroy_all", "").Want(200)
	var unread int
	err = w.Server.Pool.QueryRow(t.Context(), "SELECT count(*) FROM notifications WHERE read_at IS NULL").Scan(&unread)
	if err != nil || unread != 1 {
		t.Errorf("%d are unread, want 1, for the page still shows it (%v)", unread, err)
	}
}

func TestNotificationTexts(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	post := func(t *testing.T, body string) float64 {
		t.Helper()
		return w.Do(t, apitest.Admin, "POST", v1+"/conversations/{conversation}/messages", body).Want(200).Object()["id"].(float64)
	}
	note := post(t, `{"private": true,
		"content": "Look at this, [@Ann Agent](mention://user/{user}/Ann%20Agent), one two three four five six seven"}`)
	latest := post(t, `{"content": "We look into it"}`)
	silent := post(t, `{"content": " "}`)
	shown := func(t *testing.T, kind string, message float64) map[string]any {
		t.Helper()
		_, err := w.Server.Pool.Exec(t.Context(), `
			INSERT INTO notifications (account_id, user_id, kind, conversation_id, message_id, event_id, actor_kind, actor_id)
			VALUES ($1, $2, $3, $4, NULLIF($5, 0), 1, 'user', $6)
			ON CONFLICT (account_id, conversation_id, user_id) DO UPDATE SET kind = EXCLUDED.kind, message_id = EXCLUDED.message_id`,
			w.Account.ID, w.Agent.ID, kind, w.Conversation.ID, int64(message), w.Admin.ID)
		if err != nil {
			t.Fatal(err)
		}
		data := w.Do(t, apitest.Inside, "GET", v1+"/notifications", "").Want(200).Object()["data"].(map[string]any)
		return data["payload"].([]any)[0].(map[string]any)
	}
	n := strconv.FormatInt(w.Conversation.DisplayID, 10)
	for _, c := range []struct {
		kind        string
		message     float64
		title, body string
	}{
		{"conversation_creation", 0, "A conversation (#" + n + ") has been created in Shop", "Ada Marsh: Where is my parcel?"},
		{"conversation_assignment", 0, "A conversation (#" + n + ") has been assigned to you", "Ada Marsh: Where is my parcel?"},
		{
			"conversation_mention", note, "You have been mentioned in conversation (#" + n + ")",
			"Noor Idris: Look at this, @Ann Agent, one two three four five...",
		},
		{
			"assigned_conversation_new_message", latest, "A new message is created in conversation (#" + n + ")",
			"Noor Idris: We look into it",
		},
		{
			"participating_conversation_new_message", silent, "A new message is created in conversation (#" + n + ")",
			"Noor Idris: No content",
		},
		{"macro_failed", latest, "A macro could not do everything in conversation (#" + n + ")", "Noor Idris: We look into it"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			got := shown(t, c.kind, c.message)
			if got["push_message_title"] != c.title || got["push_message_body"] != c.body {
				t.Errorf("title %q, want %q; body %q, want %q", got["push_message_title"], c.title, got["push_message_body"], c.body)
			}
			actor := got["secondary_actor"].(map[string]any)
			if c.message == 0 && actor["name"] != "Noor Idris" || c.message > 0 && (actor["id"] != c.message || actor["conversation"] == nil) {
				t.Errorf("the secondary actor is %v", actor)
			}
			if got["primary_actor"].(map[string]any)["meta"].(map[string]any)["sender"] == nil {
				t.Errorf("the primary actor is %v", got["primary_actor"])
			}
		})
	}
}
