package api_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

// TestUsers holds for which users the three dialects make changes, and which users they show. docs/api/dialects.md says which
// test holds which row.
func TestUsers(t *testing.T) {
	t.Parallel()

	t.Run("rows 1 and 19: a key speaks for the user who made it, and the others show that user", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		var key struct{ APIKey string }
		b.w.Do(t, apitest.Admin, "POST", "/api/partner-gateway/v1/authentication", `{"name":"Shop"}`).Want(201).Into(&key)
		b.w.Server.Do(t, key.APIKey, "POST", inQlara+"/reply", b.w.Fill(`{"chatId":{conversation},"text":"x"}`)).Want(202)
		for _, base := range []string{inChatwoot, inNdoto} {
			all := call[struct {
				Payload []struct{ Sender object }
			}](b, "GET", base+thread, "", 200).Payload
			sender := all[len(all)-1].Sender
			if sender["name"] != "Noor Idris" || !strings.EqualFold(fmt.Sprint(sender["type"]), "user") {
				t.Errorf("%s shows %v", base, sender)
			}
		}
	})

	t.Run("row 26: the count of what is unread is shared, whoever reads", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		b.w.Do(t, apitest.Inside, "POST", inChatwoot+one+"/update_last_seen", "").Want(200)
		if n := call[ndotoConversation](b, "GET", inNdoto+one, "", 200); n.UnreadCount != 0 {
			t.Errorf("%d unread in Ndoto", n.UnreadCount)
		}
		if q := call[qlaraConversation](b, "GET", inQlara+one, "", 200); q.UnreadCount != 0 {
			t.Errorf("%d unread in Qlara", q.UnreadCount)
		}
	})

	t.Run("rows 33 and 34: assigning tells the user, the user and nothing; all three know the same users", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		stranger := dbtest.Admin(t, b.w.Server.Pool, dbtest.Account(t, b.w.Server.Pool, "Elsewhere"), "Eve")
		for _, base := range []string{inChatwoot, inNdoto} {
			if u := call[object](b, "POST", base+one+"/assignments", `{"assignee_id":{user}}`, 200); u["id"] != float64(b.w.Agent.ID) {
				t.Errorf("%s tells %v", base, u)
			}
			// By its contract, Chatwoot takes an unknown user for none.
			want := map[string]int{inChatwoot: 200, inNdoto: 404}[base]
			call[any](b, "POST", base+one+"/assignments", fmt.Sprintf(`{"assignee_id":%d}`, stranger.ID), want)
			call[any](b, "POST", base+one+"/assignments", `{"assignee_id":null}`, 200)
			if q := call[qlaraConversation](b, "GET", inQlara+one, "", 200); q.Assignee != nil {
				t.Errorf("null in %s leaves %v", base, q.Assignee)
			}
		}
		call[any](b, "POST", inQlara+one+"/assignee", `{"userId":{user}}`, 204)
		call[any](b, "POST", inQlara+one+"/assignee", fmt.Sprintf(`{"userId":%d}`, stranger.ID), 404)
		call[any](b, "POST", inQlara+one+"/assignee", `{"userId":null}`, 400)
		ids := func(list []object, name string) (all []float64) {
			for _, u := range list {
				all = append(all, u[name].(float64))
			}
			return slices.Sorted(slices.Values(all))
		}
		c := ids(call[[]object](b, "GET", "/api/v1/accounts/{account}/agents", "", 200), "id")
		n := ids(call[[]object](b, "GET", "/ndoto/api/v1/accounts/{account}/agents", "", 200), "id")
		q := ids(call[[]object](b, "GET", inQlara+"/assignable-users", "", 200), "userId")
		if len(q) != 3 || !slices.Equal(c, n) || !slices.Equal(n, q) {
			t.Errorf("%v, %v, %v", c, n, q)
		}
	})

	t.Run("row 44: priority, labels, team and status stay out of Qlara", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "PATCH", inNdoto+one, `{"priority":"urgent","labels":["vip"],"team_id":{team},"status":"pending"}`, 200)
		want := "archived,assignee,channel,channelId,chatId,contactId,contactName,lastMessage,lastMessageDate,phoneNumber,unreadCount"
		if got := strings.Join(slices.Sorted(maps.Keys(call[object](b, "GET", inQlara+one, "", 200))), ","); got != want {
			t.Errorf("Qlara shows %s, want %s", got, want)
		}
	})
}
