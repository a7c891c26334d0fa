package chatwoot_test

import (
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

const bot = v1 + "/agent_bots/:bot"

func botRows() map[string]apitest.Row {
	return apitest.Join(
		nil,
		apitest.Each(apitest.Row{}, "GET "+v1+"/agent_bots", "GET "+bot, "DELETE "+bot, "DELETE "+bot+"/avatar", "POST "+bot+
			"/reset_access_token",
			"POST "+bot+"/reset_secret"),
		apitest.Each(apitest.Row{Body: `{"name": "Robin"}`}, "POST "+v1+"/agent_bots", "PATCH "+bot, "PUT "+bot),
	)
}

func TestAgentBot(t *testing.T) {
	t.Parallel()
	w := newFixture(t)

	got := w.Do(
		t, apitest.Admin, "POST", v1+"/agent_bots",
		`{"name": "Helper", "description": "Answers at night", "outgoing_url": "https://bot.example/in"}`,
	).Want(200)
	w.Vars["bot"] = number(got.Object()["id"])

	t.Run("gets a token that is told once and works", func(t *testing.T) {
		apitest.Golden(t, *update, "agent_bot_created", got.Body.Bytes())
		token := got.Object()["access_token"].(string)
		w.Server.Do(t, token, "GET", w.Fill(co), nil).Want(200)
		shown := w.Do(t, apitest.Admin, "GET", bot, "").Want(200)
		apitest.Golden(t, *update, "agent_bot", shown.Body.Bytes())
		next := w.Do(t, apitest.Admin, "POST", bot+"/reset_access_token", "").Want(200).Object()["access_token"].(string)
		w.Server.Do(t, token, "GET", w.Fill(co), nil).Want(401)
		w.Server.Do(t, next, "GET", w.Fill(co), nil).Want(200)
	})

	t.Run("keeps its key from agents", func(t *testing.T) {
		listed := w.Do(t, apitest.Inside, "GET", v1+"/agent_bots", "").Want(200)
		apitest.Golden(t, *update, "agent_bots_for_agent", listed.Body.Bytes())
		was := w.Do(t, apitest.Admin, "GET", bot, "").Want(200).Object()["secret"]
		if is := w.Do(t, apitest.Admin, "POST", bot+"/reset_secret", "").Want(200).Object()["secret"]; is == was || is == nil {
			t.Errorf("secret %v after a reset", is)
		}
	})

	t.Run("is changed, gone, and leaves what it had to nobody", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		if name := w.Do(t, apitest.Admin, "PATCH", bot, `{"name": "Other", "outgoing_url": ""}`).Want(200).Object()["name"]; name != "Other" {
			t.Errorf("name %v", name)
		}
		w.Do(t, apitest.Admin, "PATCH", bot, `{"outgoing_url": "ftp://bot.example"}`).Want(422)
		w.Do(t, apitest.Admin, "PATCH", bot, `{"name": ""}`).Want(422)
		w.Do(t, apitest.Admin, "POST", co+"/assignments", `{"assignee_id": {bot}, "assignee_type": "AgentBot"}`).Want(200)
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.AssigneeBotID == nil {
			t.Fatal("the bot has not got the conversation")
		}
		w.Do(t, apitest.Admin, "DELETE", bot, "").Want(200)
		w.Do(t, apitest.Bot, "GET", co, "").Want(401)
		w.Do(t, apitest.Admin, "GET", bot, "").Want(404)
		if c := dbtest.Reload(t, w.Server.Pool, w.Conversation); c.AssigneeBotID != nil {
			t.Error("the bot still has the conversation")
		}
	})
}
