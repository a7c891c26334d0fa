package chatwoot_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

// A client keeps its copy of a list for as long as the key of the list is the same.
func TestCacheKeys(t *testing.T) {
	t.Parallel()
	b := newFixture(t).Server

	keysOf := func(t *testing.T, w *apitest.Fixture, c apitest.Caller) map[string]any {
		t.Helper()
		return w.Do(t, c, "GET", v1+"/cache_keys", "").Want(200).Object()["cache_keys"].(map[string]any)
	}
	// changes calls, and fails unless the keys of exactly these lists change.
	changes := func(t *testing.T, w *apitest.Fixture, method, path, body string, want int, lists ...string) {
		t.Helper()
		before := keysOf(t, w, apitest.Inside)
		if again := keysOf(t, w, apitest.Inside); !cmp.Equal(before, again) {
			t.Errorf("the keys change by asking: %v, %v", before, again)
		}
		w.Do(t, apitest.Admin, method, path, body).Want(want)
		after := keysOf(t, w, apitest.Inside)
		for list := range before {
			wanted := false
			for _, l := range lists {
				wanted = wanted || l == list
			}
			if (before[list] != after[list]) != wanted {
				t.Errorf("%s %s %s: the key of %s was %v and is %v", method, path, body, list, before[list], after[list])
			}
		}
		account := w.Do(t, apitest.Outside, "GET", v1, "").Want(200).Object()["cache_keys"]
		if diff := cmp.Diff(any(after), account); diff != "" {
			t.Errorf("the account tells others: %s", diff)
		}
	}

	t.Run("there is one for each list, also where it is empty", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		if got := keysOf(t, w, apitest.Outside); len(got) != 3 || got["label"] != "0000000000" || got["inbox"] == "" || got["team"] == "" {
			t.Errorf("keys %v", got)
		}
	})

	t.Run("a row that is made, changed or deleted changes the key of its list alone", func(t *testing.T) {
		for _, one := range []struct{ list, path, make, another, change string }{
			{"label", v1 + "/labels", `{"title": "later"}`, `{"title": "sooner"}`, `{"color": "#000000"}`},
			{"team", v1 + "/teams", `{"name": "returns"}`, `{"name": "sales"}`, `{"description": "Back"}`},
			{
				"inbox", v1 + "/inboxes", `{"name": "Two", "channel": {"type": "api"}}`, `{"name": "Three", "channel": {"type": "api"}}`,
				`{"greeting_message": "Hello"}`,
			},
		} {
			w := apitest.NewFixture(t, b)
			changes(t, w, "POST", one.path, one.make, 200, one.list)
			row := one.path + "/" + number(w.Do(t, apitest.Admin, "POST", one.path, one.another).Want(200).Object()["id"])
			changes(t, w, "PATCH", row, one.change, 200, one.list)
			changes(t, w, "PATCH", row, one.change, 200)
			changes(t, w, "DELETE", row, "", 200, one.list)
		}
	})

	t.Run("who works where changes the list that they see", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		bo := dbtest.Agent(t, b.Pool, w.Account, "Bo")
		changes(t, w, "POST", v1+"/inbox_members", fmt.Sprintf(`{"inbox_id": {inbox}, "user_ids": [%d]}`, bo.ID), 200, "inbox")
		changes(t, w, "POST", v1+"/inbox_members", fmt.Sprintf(`{"inbox_id": {inbox}, "user_ids": [%d]}`, bo.ID), 200)
		changes(t, w, "DELETE", v1+"/inbox_members", fmt.Sprintf(`{"inbox_id": {inbox}, "user_ids": [%d]}`, bo.ID), 200, "inbox")
		changes(t, w, "POST", v1+"/teams/:team/team_members", fmt.Sprintf(`{"user_ids": [%d]}`, bo.ID), 200, "team")
		changes(t, w, "DELETE", v1+"/teams/:team/team_members", fmt.Sprintf(`{"user_ids": [%d]}`, bo.ID), 200, "team")
		changes(t, w, "PATCH", fmt.Sprintf("%s/agents/%d", v1, bo.ID), `{"role": "administrator"}`, 200, "inbox")
	})

	t.Run("what no list shows changes no key", func(t *testing.T) {
		w := apitest.NewFixture(t, b)
		changes(t, w, "POST", v1+"/canned_responses", `{"short_code": "hi", "content": "Hello"}`, 200)
		changes(t, w, "POST", cs+"/:conversation/labels", `{"labels": ["later"]}`, 200)
		changes(t, w, "PATCH", v1, `{"name": "Kestrel"}`, 200)
		changes(t, w, "POST", ms, `{"content": "Hello"}`, 200)
	})
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	features := func(t *testing.T, method, body string) map[string]any {
		t.Helper()
		return w.Do(t, apitest.Admin, method, v1, body).Want(200).Object()["features"].(map[string]any)
	}
	for _, got := range []map[string]any{features(t, "GET", ""), features(t, "PATCH", `{"name": "Kestrel"}`)} {
		if len(got) != 20 || got["channel_email"] != true || got["voice_recorder"] != true || got["help_center"] != nil {
			t.Errorf("features %v", got)
		}
	}
	const change = `UPDATE accounts SET features = '{"crm": false, "campaigns": true}' WHERE id = $1`
	if _, err := w.Server.Pool.Exec(t.Context(), change, w.Account.ID); err != nil {
		t.Fatal(err)
	}
	if got := features(t, "GET", ""); got["crm"] != nil || got["campaigns"] != true || got["macros"] != true {
		t.Errorf("features that were switched: %v", got)
	}
}

// The account that a user turned to last is the one that their profile begins with.
func TestUpdateActiveAt(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	activeAt := func() any {
		return w.Do(t, apitest.Inside, "GET", "/api/v1/profile", "").Want(200).Object()["accounts"].([]any)[0].(map[string]any)["active_at"]
	}
	if got := activeAt(); got != nil {
		t.Fatalf("active at %v", got)
	}
	if got := w.Do(t, apitest.Inside, "POST", v1+"/update_active_at", "").Want(200); got.Body.Len() > 0 {
		t.Errorf("answers %s", got.Body)
	}
	if activeAt() == nil {
		t.Error("the time is not noted")
	}
}

func TestDashboardApps(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	apps := v1 + "/dashboard_apps"

	t.Run("are made, shown, changed and deleted by any member", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		if got := w.Do(t, apitest.Inside, "GET", apps, "").Want(200).Body.String(); got != "[]" {
			t.Errorf("without apps: %s", got)
		}
		got := w.Do(t, apitest.Inside, "POST", apps,
			`{"dashboard_app": {"title": "Orders", "content": [{"type": "frame", "url": "https://shop.example/o"}]}}`).Want(200)
		id := number(got.Object()["id"])
		if diff := cmp.Diff(got.Object(), w.Do(t, apitest.Outside, "GET", apps+"/"+id, "").Want(200).Object()); diff != "" {
			t.Error(diff)
		}
		changed := w.Do(t, apitest.Admin, "PATCH", apps+"/"+id, `{"title": "Invoices"}`).Want(200).Object()
		if changed["title"] != "Invoices" || !cmp.Equal(changed["content"], got.Object()["content"]) {
			t.Errorf("changed to %v", changed)
		}
		w.Do(t, apitest.Admin, "DELETE", apps+"/"+id, "").Want(204)
		w.Do(t, apitest.Admin, "DELETE", apps+"/"+id, "").Want(404)
	})

	t.Run("have the shape of the document", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		body := `{"title": "Orders", "content": [{"type": "frame", "url": "https://shop.example/o"}]}`
		got := w.Do(t, apitest.Admin, "POST", apps, body).Want(200)
		apitest.Golden(t, *update, "dashboard_app", got.Body.Bytes())
	})

	t.Run("say what is wrong with them", func(t *testing.T) {
		for _, content := range []string{
			`[]`, `{}`, `"x"`, `null`, `[{}]`, `[null]`, `[{"type": "frame"}]`, `[{"type": "frame", "url": "javascript:alert(1)"}]`,
			`[{"type": "frame", "url": "//shop.example"}]`, `[{"type": "frame", "url": "https://shop.example", "link": "x"}]`,
			`[{"type": "script", "url": "https://shop.example"}]`, `[{"type": "frame", "url": "https://shop.example/` + long(2048) + `"}]`,
		} {
			got := w.Do(t, apitest.Admin, "POST", apps, `{"title": "Orders", "content": `+content+`}`).Want(422).Object()
			if !cmp.Equal(got["attributes"], any([]any{"content"})) {
				t.Errorf("%.80s: %v", content, got)
			}
		}
		for _, body := range []string{`{"title": " "}`, `{"content": [{"type": "frame", "url": "https://shop.example"}]}`} {
			w.Do(t, apitest.Admin, "POST", apps, body).Want(422)
		}
	})
}
