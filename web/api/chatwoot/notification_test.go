package chatwoot_test

import (
	"context"
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
		if n := w.Do(t, apitest.Inside, "GET", ns+"/unread_count", "").Want(200).Body.String(); n != "0" {
			t.Errorf("unread_count %s, want 0", n)
		}
		w.Do(t, apitest.Inside, "POST", ns+"/destroy_all", `{"type": "read"}`).Want(200)
		if meta, _, _ := list(t, w, ns+"?includes[]=read"); meta["count"] != 0.0 {
			t.Errorf("some are left: %v", meta)
		}
	})

	t.Run("say nothing of a conversation that is out of sight", func(t *testing.T) {
		w := newFixture(t)
		w.AddNotifications(t, w.Agent.ID, 1)
		w.Do(t, apitest.Admin, "PATCH", v1+"/inbox_members", `{"inbox_id": {inbox}, "user_ids": []}`).Want(200)
		got := w.Do(t, apitest.Inside, "PATCH", notification, "").Want(200).Object()
		if got["primary_actor"] != nil || got["primary_actor_id"] != 0.0 {
			t.Errorf("notification %v", got)
		}
	})
}

func TestWebhookNotification(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	_, err := w.Server.Pool.Exec(context.Background(), `
		WITH hook AS (INSERT INTO webhooks (account_id, url, secret) VALUES ($1, 'https://shop.example/hook', 's') RETURNING id)
		INSERT INTO notifications (account_id, user_id, kind, webhook_id, event_id)
			SELECT $1, $2, 'webhook_paused', id, 1 FROM hook`, w.Account.ID, w.Admin.ID)
	if err != nil {
		t.Fatal(err)
	}
	data := w.Do(t, apitest.Admin, "GET", v1+"/notifications", "").Want(200).Object()["data"].(map[string]any)
	n := data["payload"].([]any)[0].(map[string]any)
	if n["notification_type"] != "webhook_paused" || n["primary_actor"] != nil || n["primary_actor_type"] != "Webhook" ||
		n["primary_actor_id"].(float64) == 0 ||
		n["push_message_title"] != "https://shop.example/hook has failed for more than a day and is paused" {
		t.Errorf("%v", n)
	}
}
