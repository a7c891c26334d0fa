package chatwoot_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/web/api/apitest"
)

const subscriptions = "/api/v1/notification_subscriptions"

func notificationSettingRows() map[string]apitest.Row {
	ns := v1 + "/notification_settings"
	return map[string]apitest.Row{
		"GET " + ns:   {},
		"PUT " + ns:   {Body: `{"notification_settings": {"selected_push_flags": ["push_conversation_mention"]}}`},
		"PATCH " + ns: {Body: `{"notification_settings": {"selected_push_flags": []}}`},
		"POST " + subscriptions: {
			Body: `{"subscription_type": "fcm", "subscription_attributes": {"device_id": "device-1", "push_token": "tok"}}`,
		},
		"DELETE " + subscriptions: {Body: `{"push_token": "tok"}`},
	}
}

func TestNotificationSettings(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	path := v1 + "/notification_settings"
	selected := func(o map[string]any) []any { return []any{o["selected_email_flags"], o["selected_push_flags"]} }
	want := func(t *testing.T, got map[string]any, email, push []any) {
		t.Helper()
		if diff := cmp.Diff([]any{email, push}, selected(got)); diff != "" {
			t.Error(diff)
		}
	}

	t.Run("a new member wants assignments, and nothing else", func(t *testing.T) {
		a := w.Do(t, apitest.Inside, "GET", path, "").Want(200)
		apitest.Golden(t, *update, "notification_settings", a.Body.Bytes())
	})

	t.Run("both lists are replaced, for the caller alone; an absent one becomes empty", func(t *testing.T) {
		w := newFixture(t)
		got := w.Do(t, apitest.Inside, "PUT", path, `{"notification_settings": {"selected_email_flags": ["email_conversation_mention", ""],
			"selected_push_flags": ["push_conversation_mention", "push_sla_missed_resolution", "push_conversation_mention"]}}`).Want(200).Object()
		want(t, got, []any{"email_conversation_mention"}, []any{"push_conversation_mention", "push_sla_missed_resolution"})
		got = w.Do(t, apitest.Inside, "GET", path, "").Want(200).Object()
		want(t, got, []any{"email_conversation_mention"}, []any{"push_conversation_mention", "push_sla_missed_resolution"})
		got = w.Do(t, apitest.Inside, "PATCH", path, `{"notification_settings": {"selected_push_flags": []}}`).Want(200).Object()
		want(t, got, []any{}, []any{})
		got = w.Do(t, apitest.Admin, "GET", path, "").Want(200).Object()
		want(t, got, []any{"email_conversation_assignment"}, []any{"push_conversation_assignment"})
	})

	t.Run("an unknown flag is refused, and nothing changes", func(t *testing.T) {
		w := newFixture(t)
		for _, flags := range []string{`["email_nothing"]`, `["push_conversation_mention"]`, `["conversation_mention"]`, `[7]`} {
			a := w.Do(t, apitest.Inside, "PUT", path, `{"notification_settings": {"selected_email_flags": `+flags+`}}`).Want(422)
			if !strings.Contains(a.Body.String(), "selected_email_flags") {
				t.Errorf("%s: the field is not named: %s", flags, a.Body)
			}
		}
		w.Do(t, apitest.Inside, "PUT", path, `{}`).Want(422)
		got := w.Do(t, apitest.Inside, "GET", path, "").Want(200).Object()
		want(t, got, []any{"email_conversation_assignment"}, []any{"push_conversation_assignment"})
	})
}

func TestNotificationSubscriptions(t *testing.T) {
	t.Parallel()
	const telephone = `{"subscription_type": "fcm", "subscription_attributes": {"deviceName": "Acme One", "devicePlatform": "Android",
		"apiLevel": "34", "brandName": "acme", "buildNumber": "1", "push_token": "tok", "device_id": "device-1"}}`
	rows := func(t *testing.T, w *apitest.Fixture) (users string) {
		t.Helper()
		err := w.Server.Pool.QueryRow(t.Context(),
			"SELECT coalesce(string_agg(identifier || ' of ' || user_id, ', '), '') FROM notification_subscriptions").Scan(&users)
		if err != nil {
			t.Fatal(err)
		}
		return users
	}

	t.Run("a telephone is stored as it was sent, and moves to who signs in on it next", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		a := w.Do(t, apitest.Inside, "POST", subscriptions, telephone).Want(200)
		apitest.Golden(t, *update, "notification_subscription", a.Body.Bytes())
		moved := w.Do(t, apitest.Admin, "POST", subscriptions, `{"notification_subscription": `+telephone+`}`).Want(200).Object()
		if moved["id"] != a.Object()["id"] || moved["user_id"] != float64(w.Admin.ID) {
			t.Errorf("the device is %v", moved)
		}
		w.Do(t, apitest.Inside, "DELETE", subscriptions, `{"push_token": "tok"}`).Want(200)
		if got := rows(t, w); !strings.HasPrefix(got, "device-1 of ") {
			t.Errorf("another user's device was deleted: %q", got)
		}
		a = w.Do(t, apitest.Admin, "DELETE", subscriptions, `{"push_token": "tok"}`).Want(200)
		w.Do(t, apitest.Admin, "DELETE", subscriptions, `{"push_token": "unknown"}`).Want(200)
		if got := rows(t, w); got != "" || a.Body.Len() != 0 {
			t.Errorf("left are %q, answered was %q", got, a.Body)
		}
	})

	t.Run("the oldest devices of a user give way", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		for i := range 25 {
			w.Do(t, apitest.Inside, "POST", subscriptions, strings.Replace(telephone, "device-1", "device-"+string(rune('a'+i)), 1)).Want(200)
		}
		if got := rows(t, w); strings.Count(got, "device-") != 20 || strings.Contains(got, "device-a ") || !strings.Contains(got, "device-y ") {
			t.Errorf("the devices are %s", got)
		}
	})

	t.Run("a device to which nothing can be sent is refused, and the field is named", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		const (
			key  = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
			auth = "tBHItJI5svbpez7KI4CCXg"
		)
		browser := func(endpoint, key, auth string) string {
			return `{"subscription_type": "browser_push", "subscription_attributes": {"endpoint": "` + endpoint + `", "p256dh": "` + key +
				`", "auth": "` + auth + `"}}`
		}
		w.Do(t, apitest.Inside, "POST", subscriptions, browser("https://push.example/a", key, auth)).Want(200)
		w.Do(t, apitest.Inside, "POST", subscriptions, browser("https://push.example/b", key+"=", auth+"==")).Want(200)
		for field, body := range map[string]string{
			"endpoint":                `` + browser("http://push.example/a", key, auth),
			"p256dh":                  browser("https://push.example/a", "AAAA", auth),
			"auth":                    browser("https://push.example/a", key, "AAAA"),
			"device_id":               `{"subscription_type": "fcm", "subscription_attributes": {"push_token": "tok"}}`,
			"push_token":              `{"subscription_type": "fcm", "subscription_attributes": {"device_id": "d"}}`,
			"subscription_type":       `{"subscription_type": "pigeon", "subscription_attributes": {"device_id": "d"}}`,
			"subscription_attributes": `{"subscription_type": "fcm"}`,
		} {
			if a := w.Do(t, apitest.Inside, "POST", subscriptions, body).Want(422); !strings.Contains(a.Body.String(), field) {
				t.Errorf("%s is not named: %s", field, a.Body)
			}
		}
		long := `{"subscription_type": "fcm", "subscription_attributes": {"push_token": "t", "device_id": "` + strings.Repeat("d", 9000) + `"}}`
		w.Do(t, apitest.Inside, "POST", subscriptions, long).Want(422)
	})
}
