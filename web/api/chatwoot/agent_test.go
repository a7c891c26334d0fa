package chatwoot_test

import (
	"context"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

const agent = v1 + "/agents/:user"

func agentRows() map[string]apitest.Row {
	return apitest.Join(
		nil,
		apitest.Each(apitest.Row{Body: `{"role": "agent"}`}, "PATCH "+agent, "PUT "+agent),
		apitest.Each(apitest.Row{}, "GET "+v1+"/agents", "DELETE "+agent),
		map[string]apitest.Row{
			"POST " + v1 + "/agents": {
				Body: `{"name": "New", "email": "new@example.test"}`,
				Make: func(t testing.TB, w *apitest.Fixture) {
					// A user with this address may exist from another caller's row, so that they would be added and not
					// created.
					_, err := w.Server.Pool.Exec(context.Background(), `DELETE FROM users WHERE email = 'new@example.test'`)
					if err != nil {
						t.Fatal(err)
					}
				},
			},
			"POST " + v1 + "/agents/bulk_create": {Body: `{"emails": ["one@example.test"]}`},
		},
	)
}

func TestAgent(t *testing.T) {
	t.Parallel()

	t.Run("is let in, with the contract's defaults", func(t *testing.T) {
		w := newFixture(t)
		got := w.Do(t, apitest.Admin, "POST", v1+"/agents", `{"email": "Bea.Example@example.test", "role": "", `+
			`"availability_status": "available"}`).
			Want(200)
		apitest.Golden(t, *update, "agent_created", got.Body.Bytes())
		twice := w.Do(t, apitest.Admin, "POST", v1+"/agents", `{"agent": {"email": "bea.example@example.test"}}`).Want(422)
		apitest.Golden(t, *update, "agent_twice", twice.Body.Bytes())
		w.Do(t, apitest.Admin, "POST", v1+"/agents", `{"email": "nobody", "name": "x"}`).Want(422)
		w.Do(t, apitest.Admin, "POST", v1+"/agents", `{"email": "a@example.test", "role": "king"}`).Want(422)
	})

	t.Run("is let in though they work for another account, and keeps their name", func(t *testing.T) {
		w := newFixture(t)
		other := apitest.NewFixture(t, w.Server)
		w.Vars["email"] = other.Agent.Email
		got := w.Do(t, apitest.Admin, "POST", v1+"/agents", `{"email": "{email}", "name": "Somebody Else"}`).Want(200).Object()
		if got["name"] != "Ann Agent" || got["confirmed"] != false {
			t.Errorf("agent %v", got)
		}
		w.Vars["other"] = number(got["id"])
		if name := w.Do(t, apitest.Admin, "PUT", v1+"/agents/{other}", `{"name": "Renamed"}`).Want(200).Object()["name"]; name != "Ann Agent" {
			t.Errorf("another account's colleague was renamed %v", name)
		}
	})

	t.Run("are listed by name as a bare list", func(t *testing.T) {
		got := newFixture(t).Do(t, apitest.Inside, "GET", v1+"/agents", "").Want(200)
		apitest.Golden(t, *update, "agents", got.Body.Bytes())
	})

	t.Run("come in many at once, those who are in are passed over", func(t *testing.T) {
		w := newFixture(t)
		w.Vars["email"] = w.Agent.Email
		if got := w.Do(t, apitest.Admin, "POST", v1+"/agents/bulk_create", `{"emails": ["{email}", "cy@example.test", "not an `+
			`address"]}`).Want(200); got.Body.Len() != 0 {
			t.Errorf("bulk_create answers %s", got.Body)
		}
		var list []map[string]any
		w.Do(t, apitest.Admin, "GET", v1+"/agents", "").Want(200).Into(&list)
		found := false
		for _, a := range list {
			if a["email"] == "cy@example.test" {
				found = true
				if a["auto_offline"] != false || a["availability_status"] != "offline" || a["name"] != "cy" {
					t.Errorf("agent %v", a)
				}
			}
		}
		if !found || len(list) != 4 {
			t.Errorf("%d agents, want 4 with cy: %v", len(list), list)
		}
	})

	t.Run("is changed in name, role and presence, not in address", func(t *testing.T) {
		w := newFixture(t)
		got := w.Do(t, apitest.Admin, "PUT", agent, `{"agent": {"name": "Ann Marie", "role": "administrator", "availability": `+
			`"busy", "auto_offline": false, "email": "other@example.test"}}`).
			Want(200)
		apitest.Golden(t, *update, "agent_updated", got.Body.Bytes())
		w.Do(t, apitest.Inside, "GET", inbox+"/campaigns", "").Want(200) // an administrator now
	})

	t.Run("stays when they are the last administrator", func(t *testing.T) {
		w := newFixture(t)
		w.Vars["admin"] = number(float64(w.Admin.ID))
		w.Do(t, apitest.Admin, "PUT", v1+"/agents/{admin}", `{"role": "agent"}`).Want(422)
		w.Do(t, apitest.Admin, "DELETE", v1+"/agents/{admin}", "").Want(422)
		w.Do(t, apitest.Admin, "GET", inbox+"/campaigns", "").Want(200)
	})

	t.Run("who is removed is out at once, and what they had is nobody's", func(t *testing.T) {
		w := newFixture(t)
		ctx, q := context.Background(), db.New(w.Server.Pool)
		w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {user}}`)
		if _, err := w.Server.Pool.Exec(ctx, `UPDATE conversations SET assignee_id = $2 WHERE `+
			`account_id = $1`, w.Account.ID, w.Agent.ID); err != nil {
			t.Fatal(err)
		}
		if err := q.UpsertSession(ctx, db.UpsertSessionParams{
			TokenHash: []byte(strings.Repeat("h", 32) + w.Vars["user"]),
			UserID:    &w.Agent.ID,
			Data:      []byte{},
			ExpiresAt: w.Account.CreatedAt.AddDate(1, 0, 0),
		}); err != nil {
			t.Fatal(err)
		}
		if got := w.Do(t, apitest.Admin, "DELETE", agent, "").Want(200); got.Body.Len() != 0 {
			t.Errorf("DELETE answers %s", got.Body)
		}
		w.Do(t, apitest.Inside, "GET", "/api/v1/profile", "").Want(401)
		w.Do(t, apitest.Admin, "DELETE", agent, "").Want(404)
		var sessions int
		if err := w.Server.Pool.QueryRow(ctx, `SELECT count(*) FROM sessions WHERE user_id = $1`, w.Agent.ID).Scan(&sessions); err != nil ||
			sessions != 0 {
			t.Errorf("%d sessions left (%v)", sessions, err)
		}
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.AssigneeID != nil {
			t.Errorf("the conversation is still assigned to %d", *c.AssigneeID)
		}
	})

	t.Run("read marks and notifications of a removed agent are deleted", func(t *testing.T) {
		w := newFixture(t)
		ctx, pool := context.Background(), w.Server.Pool
		w.AddNotifications(t, w.Agent.ID, 3)
		if _, err := pool.Exec(ctx, "INSERT INTO read_marks (account_id, user_id, conversation_id, up_to) VALUES ($1, $2, "+
			"$3, 1)", w.Account.ID, w.Agent.ID, w.Conversation.ID); err != nil {
			t.Fatal(err)
		}
		left := func() (n int) {
			t.Helper()
			if err := w.Server.Desk.Release(ctx, w.Account.ID, w.Agent.ID); err != nil {
				t.Fatal(err)
			}
			err := pool.QueryRow(ctx, "SELECT (SELECT count(*) FROM read_marks WHERE user_id = $1) + (SELECT count(*) FROM "+
				"notifications WHERE user_id = $1)", w.Agent.ID).
				Scan(&n)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := left(); n != 4 {
			t.Errorf("a member has %d", n)
		}
		w.Do(t, apitest.Admin, "DELETE", agent, "").Want(200)
		var jobs int
		if err := pool.QueryRow(ctx, "SELECT count(*) FROM river_job WHERE kind = 'release_assignee' AND "+
			"args->>'user_id' = $1", w.Vars["user"]).Scan(&jobs); err != nil ||
			jobs != 1 {
			t.Errorf("%d jobs, %v", jobs, err)
		}
		if n := left(); n != 0 {
			t.Errorf("%d are left", n)
		}
	})

	t.Run("who works elsewhere too stays signed in there", func(t *testing.T) {
		w := newFixture(t)
		other := apitest.NewFixture(t, w.Server)
		other.Vars["email"] = w.Agent.Email
		other.Do(t, apitest.Admin, "POST", v1+"/agents", `{"email": "{email}"}`).Want(200)
		w.Do(t, apitest.Admin, "DELETE", agent, "").Want(200)
		w.Do(t, apitest.Inside, "GET", v1+"/agents", "").Want(401)
		w.Server.Do(t, w.Tokens[apitest.Inside], "GET", other.Fill(v1+"/agents"), nil).Want(200)
	})
}
