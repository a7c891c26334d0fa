package chatwoot_test

import (
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

const team = v1 + "/teams/:team"

func teamRows() map[string]apitest.Row {
	members := apitest.Row{Body: `{"user_ids": [{user}]}`}
	return apitest.Join(
		nil,
		apitest.Each(apitest.Row{}, "GET "+v1+"/teams", "GET "+team, "DELETE "+team, "GET "+team+"/team_members"),
		apitest.Each(apitest.Row{Body: `{"name": "sales"}`}, "POST "+v1+"/teams", "PATCH "+team, "PUT "+team),
		apitest.Each(
			members, "POST "+team+"/team_members", "PATCH "+team+"/team_members", "PUT "+team+"/team_members",
			"DELETE "+team+"/team_members",
		),
	)
}

func TestTeam(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	got := w.Do(t, apitest.Admin, "POST", v1+"/teams", `{"name": " Night Shift ", "description": "After dark"}`).Want(200)
	// The ids in the golden files count from here.
	changed, joined := apitest.NewFixture(t, w.Server), apitest.NewFixture(t, w.Server)

	t.Run("is made with a name in lower case, flat or under its root key", func(t *testing.T) {
		apitest.Golden(t, *update, "team", got.Body.Bytes())
		twice := w.Do(t, apitest.Admin, "POST", v1+"/teams", `{"team": {"name": "NIGHT SHIFT"}}`).Want(422)
		apitest.Golden(t, *update, "team_twice", twice.Body.Bytes())
		w.Do(t, apitest.Admin, "POST", v1+"/teams", `{"name": ""}`).Want(422)
		none := w.Do(t, apitest.Admin, "POST", v1+"/teams", `{}`).Want(422)
		apitest.Golden(t, *update, "error_no_root_key", none.Body.Bytes())
		listed := w.Do(t, apitest.Inside, "GET", v1+"/teams", "").Want(200)
		apitest.Golden(t, *update, "teams", listed.Body.Bytes())
	})

	t.Run("is changed, and its conversations have none when it goes", func(t *testing.T) {
		w := changed
		got := w.Do(t, apitest.Admin, "PATCH", team, `{"allow_auto_assign": false, "name": "Accounts"}`).Want(200).Object()
		if got["name"] != "accounts" || got["allow_auto_assign"] != false {
			t.Errorf("team %v", got)
		}
		w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"team_id": {team}}`).Want(200)
		before := countEvents(t, w, "conversation.team_changed")
		if got := w.Do(t, apitest.Admin, "DELETE", team, "").Want(200); got.Body.Len() != 0 {
			t.Errorf("DELETE answers %s", got.Body)
		}
		w.Do(t, apitest.Admin, "GET", team, "").Want(404)
		w.Do(t, apitest.Admin, "DELETE", team, "").Want(404)
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.TeamID != nil {
			t.Errorf("the conversation is still of team %d", *c.TeamID)
		}
		if n := countEvents(t, w, "conversation.team_changed"); n != before+1 {
			t.Errorf("%d events tell of the conversation's team, want %d", n, before+1)
		}
	})

	t.Run("has members: added ones are answered alone, set ones all", func(t *testing.T) {
		w := joined
		w.Vars["admin"] = number(float64(w.Admin.ID))
		got := w.Do(t, apitest.Admin, "POST", team+"/team_members", `{"user_ids": [{user}, {admin}]}`).Want(200)
		apitest.Golden(t, *update, "team_members_added", got.Body.Bytes())
		var all []map[string]any
		w.Do(t, apitest.Admin, "PATCH", team+"/team_members", `{"user_ids": ["{admin}"]}`).Want(200).Into(&all)
		if len(all) != 1 || all[0]["name"] != "Noor Idris" {
			t.Errorf("members %v", all)
		}
		if got := w.Do(t, apitest.Admin, "DELETE", team+"/team_members", `{"user_ids": [{admin}]}`).Want(200); got.Body.Len() != 0 {
			t.Errorf("DELETE answers %s", got.Body)
		}
		w.Do(t, apitest.Inside, "GET", team+"/team_members", "").Want(200).Into(&all)
		if len(all) != 0 {
			t.Errorf("members %v, want none", all)
		}
	})

	t.Run("takes nobody from outside the account", func(t *testing.T) {
		w := newFixture(t)
		w.Vars["stranger"] = number(float64(apitest.NewFixture(t, w.Server).Admin.ID))
		got := w.Do(t, apitest.Admin, "POST", team+"/team_members", `{"user_ids": [{user}, {stranger}]}`).Want(401)
		apitest.Golden(t, *update, "team_members_unknown", got.Body.Bytes())
		for _, method := range []string{"PATCH", "DELETE"} {
			w.Do(t, apitest.Admin, method, team+"/team_members", `{"user_ids": [999999]}`).Want(401)
		}
	})
}
