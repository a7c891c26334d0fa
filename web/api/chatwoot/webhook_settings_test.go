package chatwoot_test

import (
	"context"
	"slices"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

const webhook = v1 + "/webhooks/:webhook"

// withWebhook adds a webhook to the fixture, with a delivery that was given up after one attempt.
func withWebhook(t testing.TB, w *apitest.Fixture) {
	got := w.Do(t, apitest.Admin, "POST", v1+"/webhooks", `{"url": "https://hook.example/in"}`).Want(200).Object()
	w.Vars["webhook"] = number(got["payload"].(map[string]any)["webhook"].(map[string]any)["id"])
	var id int64
	err := w.Server.Pool.QueryRow(context.Background(), `
		INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name, state, body, attempts, last_status, last_error, finished_at)
		VALUES ($1, 'webhook:' || $2::text, 1, 'message_created', 'failed', '{"event":"message_created"}', 1, 500, `+
		`'answered 500', now()) RETURNING id`,
		w.Account.ID, w.Vars["webhook"]).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Server.Pool.Exec(
		context.Background(),
		`INSERT INTO webhook_attempts (account_id, delivery_id, status, error, excerpt, millis) VALUES ($1, $2, 500, 'answered 500', 'no', 12)`,
		w.Account.ID, id,
	); err != nil {
		t.Fatal(err)
	}
	w.Vars["delivery"] = number(float64(id))
}

func webhookRows() map[string]apitest.Row {
	return apitest.Join(
		nil,
		apitest.Each(
			apitest.Row{Make: withWebhook},
			"DELETE "+webhook,
			"GET "+webhook+"/deliveries",
			"GET "+webhook+"/deliveries/:delivery",
			"POST "+webhook+"/replay",
			"POST "+webhook+"/reset_secret",
		),
		apitest.Each(apitest.Row{Make: withWebhook, Body: `{"url": "https://hook.example/two"}`}, "PATCH "+webhook, "PUT "+webhook),
		map[string]apitest.Row{
			"GET " + v1 + "/webhooks":  {},
			"POST " + v1 + "/webhooks": {Body: `{"url": "https://hook.example/in"}`},
		},
	)
}

func TestWebhookSettings(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	created := w.Do(t, apitest.Admin, "POST", v1+"/webhooks", `{"url": "https://hook.example/a", "subscriptions": null}`).Want(200)
	w.Do(
		t, apitest.Admin, "POST", v1+"/webhooks",
		`{"webhook": {"url": "https://hook.example/b", "name": "Second", "inbox_id": {inbox}, "subscriptions": `+
			`["inbox_updated", "conversation_typing_on"]}}`,
	).Want(200)
	refuseWebhooks(t, w)
	// The ids in the golden files count from here.
	logged, paused := apitest.NewFixture(t, w.Server), apitest.NewFixture(t, w.Server)
	withWebhook(t, logged)
	withWebhook(t, paused)

	t.Run("subscribes to the first eight events unless told otherwise", func(t *testing.T) {
		apitest.Golden(t, *update, "webhook_created", created.Body.Bytes())
		listed := w.Do(t, apitest.Admin, "GET", v1+"/webhooks", "").Want(200)
		apitest.Golden(t, *update, "webhooks", listed.Body.Bytes())
	})

	t.Run("keeps a log of its deliveries and sends them again", func(t *testing.T) {
		w := logged
		log := w.Do(t, apitest.Admin, "GET", webhook+"/deliveries", "").Want(200)
		apitest.Golden(t, *update, "webhook_deliveries", log.Body.Bytes())
		one := w.Do(t, apitest.Admin, "GET", webhook+"/deliveries/:delivery", "").Want(200)
		apitest.Golden(t, *update, "webhook_delivery", one.Body.Bytes())
		replayed := w.Do(t, apitest.Admin, "POST", webhook+"/replay", "").Want(200)
		apitest.Golden(t, *update, "webhook_replay", replayed.Body.Bytes())
		if jobs := jobsOf(t, w, "replay_webhook"); jobs != 1 {
			t.Errorf("%d jobs replay, want 1", jobs)
		}
		none := w.Do(t, apitest.Admin, "POST", webhook+"/replay", `{"delivery_ids": [999999]}`).Want(200).Object()
		if n := none["payload"].(map[string]any)["count"]; n != 0.0 {
			t.Errorf("replayed %v that do not exist", n)
		}
	})

	t.Run("works again after a pause once it is changed", func(t *testing.T) {
		w := paused
		_, err := w.Server.Pool.Exec(
			context.Background(),
			`UPDATE webhooks SET paused_at = now(), paused_reason = 'It failed for long' WHERE account_id = $1`,
			w.Account.ID,
		)
		if err != nil {
			t.Fatal(err)
		}
		listed := w.Do(t, apitest.Admin, "GET", v1+"/webhooks", "").Want(200)
		apitest.Golden(t, *update, "webhooks_paused", listed.Body.Bytes())
		got := w.Do(t, apitest.Admin, "PATCH", webhook, `{"subscriptions": ["message_created"]}`).Want(200).
			Object()["payload"].(map[string]any)["webhook"].(map[string]any)
		if _, paused := got["paused_at"]; paused || !slices.Equal(got["subscriptions"].([]any), []any{"message_created"}) {
			t.Errorf("webhook %v", got)
		}
		if jobs := jobsOf(t, w, "resume_webhook"); jobs != 1 {
			t.Errorf("%d jobs resume, want 1", jobs)
		}
	})

	t.Run("is deleted with its unfinished deliveries", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		withWebhook(t, w)
		_, err := w.Server.Pool.Exec(
			context.Background(),
			`UPDATE webhook_deliveries SET state = 'waiting' WHERE account_id = $1`,
			w.Account.ID,
		)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Do(t, apitest.Admin, "DELETE", webhook, "").Want(200); got.Body.Len() != 0 {
			t.Errorf("DELETE answers %s", got.Body)
		}
		w.Do(t, apitest.Admin, "DELETE", webhook, "").Want(404)
		var left int
		err = w.Server.Pool.QueryRow(
			context.Background(), `SELECT count(*) FROM webhook_deliveries WHERE account_id = $1 AND state <> 'dropped'`,
			w.Account.ID,
		).Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%d deliveries still wait (%v)", left, err)
		}
	})
}

// refuseWebhooks sends invalid webhooks and expects the contract's errors. The first webhook must exist.
func refuseWebhooks(t *testing.T, w *apitest.Fixture) {
	t.Helper()
	for body, message := range map[string]string{
		`{"url": "javascript:alert(1)"}`:                              "Url is invalid",
		`{"url": ""}`:                                                 "Url is invalid",
		`{"url": "https://user:pass@hook.example/c"}`:                 "Url is invalid",
		`{"url": "https://hook.example/c", "subscriptions": []}`:      "Subscriptions Invalid events",
		`{"url": "https://hook.example/c", "subscriptions": ["all"]}`: "Subscriptions Invalid events",
		`{"url": "https://hook.example/a"}`:                           "Url has already been taken",
		`{"url": "https://hook.example/c", "inbox_id": 999999}`:       "Inbox must exist",
	} {
		if got := w.Do(t, apitest.Admin, "POST", v1+"/webhooks", body).Want(422).Object()["message"]; got != message {
			t.Errorf("%s: %v, want %s", body, got, message)
		}
	}
}

// jobsOf counts the fixture's account's jobs of a kind.
func jobsOf(t *testing.T, w *apitest.Fixture, kind string) (n int) {
	t.Helper()
	err := w.Server.Pool.QueryRow(
		context.Background(), `SELECT count(*) FROM river_job WHERE kind = $1 AND (args->>'account_id')::bigint = $2`,
		kind, w.Account.ID,
	).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
