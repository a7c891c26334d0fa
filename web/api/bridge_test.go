package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/qlara"
)

// The three dialects are one server over one model: what is done through one is seen through the others.

// fixture is a fixture that all three dialects see.
type fixture struct {
	t *testing.T
	w *apitest.Fixture
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	b := apitest.New(t, func(e *echo.Echo, a *api.API) {
		chatwoot.Routes(e, a)
		ndoto.Routes(e, a)
		qlara.Routes(e, a)
	})
	b.Sign = func(h http.Header, token string) {
		h.Set("api_access_token", token)
		h.Set("X-Api-Key", token)
	}
	return fixture{t, apitest.NewFixture(t, b)}
}

const (
	inChatwoot = "/api/v1/accounts/{account}/conversations"
	inNdoto    = "/ndoto/api/v1/accounts/{account}/conversations"
	inQlara    = "/api/partner-gateway/v1/inbox/conversations"
)

// call sends a request as the administrator, or with the account's key to Qlara's side, and reads the answer.
func call[T any](b fixture, method, path, body string, want int) (v T) {
	b.t.Helper()
	caller := apitest.Admin
	if strings.Contains(path, "partner-gateway") {
		caller = apitest.Key
	}
	got := b.w.Do(b.t, caller, method, path, body)
	if got.Code != want {
		b.t.Fatalf("%s %s: status %d, want %d: %s", method, path, got.Code, want, got.Body)
	}
	if got.Body.Len() > 0 {
		if err := json.Unmarshal(got.Body.Bytes(), &v); err != nil {
			b.t.Fatalf("%s %s: %v: %s", method, path, err, got.Body)
		}
	}
	return v
}

type ndotoMessages struct {
	Payload []struct {
		ID          int64  `json:"id"`
		Content     string `json:"content"`
		MessageType string `json:"message_type"`
		Status      string `json:"status"`
		CreatedAt   int64  `json:"created_at"`
	} `json:"payload"`
}

type ndotoConversation struct {
	ID          int64  `json:"id"`
	Status      string `json:"status"`
	UnreadCount int    `json:"unread_count"`
	Meta        struct {
		Assignee *struct{ ID int64 } `json:"assignee"`
		Team     *struct{ ID int64 } `json:"team"`
	} `json:"meta"`
}

type qlaraConversation struct {
	ChatID          int64   `json:"chatId"`
	UnreadCount     int     `json:"unreadCount"`
	LastMessage     *string `json:"lastMessage"`
	LastMessageDate *string `json:"lastMessageDate"`
	Assignee        *struct {
		UserID int64 `json:"userId"`
	} `json:"assignee"`
}

func TestBridge(t *testing.T) {
	t.Parallel()

	t.Run("1: what Qlara sends, Ndoto reads: outgoing, the same id, a time in whole seconds", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		sent := call[struct{ ID int64 }](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"On its way"}`, 202)
		all := call[ndotoMessages](b, "GET", inNdoto+"/{conversation}/messages", "", 200).Payload
		last := all[len(all)-1]
		if last.ID != sent.ID || last.MessageType != "outgoing" || last.Content != "On its way" || last.CreatedAt < 1e9 {
			t.Errorf("sent %d, read %+v", sent.ID, last)
		}
	})

	t.Run("2: a private note through Ndoto changes nothing that Qlara shows", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		// What came before is an hour old: a note that was dated would show.
		if _, err := b.w.Server.Pool.Exec(t.Context(), `WITH old AS (UPDATE messages SET created_at = created_at - interval '1 hour')
			UPDATE conversations SET created_at = created_at - interval '1 hour',
				last_public_at = last_public_at - interval '1 hour'`); err != nil {
			t.Fatal(err)
		}
		since := "?dateFrom=" + time.Now().Add(-30*time.Minute).UTC().Format("2006-01-02T15:04:05Z")
		before := call[qlaraConversation](b, "GET", inQlara+"/{conversation}", "", 200)
		n := len(call[[]any](b, "GET", inQlara+"/{conversation}/messages", "", 200))
		call[any](b, "POST", inNdoto+"/{conversation}/messages", `{"content":"Secret","message_type":"outgoing","private":true}`, 200)
		after := call[qlaraConversation](b, "GET", inQlara+"/{conversation}", "", 200)
		if *after.LastMessage != *before.LastMessage || *after.LastMessageDate != *before.LastMessageDate ||
			after.UnreadCount != before.UnreadCount {
			t.Errorf("before %+v, after %+v", before, after)
		}
		if m := len(call[[]any](b, "GET", inQlara+"/{conversation}/messages", "", 200)); m != n {
			t.Errorf("%d messages, %d before", m, n)
		}
		if list := call[[]qlaraConversation](b, "GET", inQlara+since, "", 200); len(list) != 0 {
			t.Errorf("the note counts as news: %+v", list)
		}
	})

	t.Run("3: read through Qlara, twice, is read in Ndoto", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		if c := call[ndotoConversation](b, "GET", inNdoto+"/{conversation}", "", 200); c.UnreadCount != 1 {
			t.Errorf("%d unread at first", c.UnreadCount)
		}
		for range 2 {
			call[any](b, "PATCH", inQlara+"/{conversation}/read", "", 204)
		}
		if c := call[ndotoConversation](b, "GET", inNdoto+"/{conversation}", "", 200); c.UnreadCount != 0 {
			t.Errorf("%d unread", c.UnreadCount)
		}
		if m := call[ndotoMessages](b, "GET", inNdoto+"/{conversation}/messages", "", 200).Payload; m[0].Status != "read" {
			t.Errorf("the customer's message is %s", m[0].Status)
		}
	})

	t.Run("4: archived in Qlara is untouched in Ndoto, and a customer's message brings it back", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "PATCH", inQlara+"/{conversation}/archive", "", 204)
		if q := call[[]qlaraConversation](b, "GET", inQlara, "", 200); len(q) != 0 {
			t.Errorf("Qlara still lists %+v", q)
		}
		list := call[struct {
			Data struct{ Payload []ndotoConversation }
		}](b, "GET", inNdoto, "", 200)
		if len(list.Data.Payload) != 1 || list.Data.Payload[0].Status != "open" {
			t.Errorf("Ndoto lists %+v", list)
		}
		call[any](b, "POST", inNdoto+"/{conversation}/messages", `{"content":"Hello?","message_type":"incoming"}`, 200)
		if q := call[[]qlaraConversation](b, "GET", inQlara, "", 200); len(q) != 1 {
			t.Errorf("Qlara lists %+v", q)
		}
	})

	t.Run("5: Ndoto gives user and team, Qlara sees and takes only the user", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		call[any](b, "POST", inNdoto+"/{conversation}/assignments", `{"team_id":{team}}`, 200)
		call[any](b, "POST", inNdoto+"/{conversation}/assignments", `{"assignee_id":{user}}`, 200)
		q := call[qlaraConversation](b, "GET", inQlara+"/{conversation}", "", 200)
		if q.Assignee == nil || q.Assignee.UserID != b.w.Agent.ID {
			t.Errorf("Qlara shows %+v", q.Assignee)
		}
		call[any](b, "DELETE", inQlara+"/{conversation}/assignee", "", 204)
		c := call[ndotoConversation](b, "GET", inNdoto+"/{conversation}", "", 200)
		if c.Meta.Assignee != nil || c.Meta.Team == nil || c.Meta.Team.ID != b.w.Team.ID {
			t.Errorf("Ndoto shows %+v", c.Meta)
		}
	})

	t.Run("6: sixty messages of one second: none lost by ids, none skipped by times", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for range 59 {
			dbtest.Message(t, b.w.Server.Pool, b.w.Conversation, "tick")
		}
		second := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
		b.set(`UPDATE messages SET created_at = $1::timestamptz + id % 1000 * interval '100 microseconds' +
			interval '1 microsecond'`, second)
		var seen []int64
		for from := int64(0); ; {
			page := call[[]struct{ ID int64 }](b, "GET", inQlara+fmt.Sprintf("/{conversation}/messages?limit=10&idFrom=%d", from), "", 200)
			for _, m := range page {
				if !slices.Contains(seen, m.ID) {
					seen = append(seen, m.ID)
				}
			}
			if last := page[len(page)-1].ID; last != from {
				from = last
				continue
			}
			break
		}
		if len(seen) != 60 {
			t.Errorf("walked %d of 60", len(seen))
		}
		thread := inNdoto + "/{conversation}/messages"
		if n := len(call[ndotoMessages](b, "GET", fmt.Sprintf("%s?after=%d", thread, second.Unix()), "", 200).Payload); n != 60 {
			t.Errorf("after the second: %d, want all 60 again", n)
		}
		if n := len(call[ndotoMessages](b, "GET", fmt.Sprintf("%s?before=%d", thread, second.Unix()), "", 200).Payload); n != 0 {
			t.Errorf("before the second: %d", n)
		}
	})

	t.Run("7: an unknown id is told in each dialect's shape", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		n := call[map[string]any](b, "GET", inNdoto+"/999", "", 404)
		if s, ok := n["error"].(string); !ok || s == "" || len(n) != 1 {
			t.Errorf("Ndoto: %v", n)
		}
		q := call[map[string]any](b, "GET", inQlara+"/999", "", 404)
		if q["status"] != 404.0 || q["error"] != "Not Found" || q["message"] == nil || q["message"] == "" {
			t.Errorf("Qlara: %v", q)
		}
		if c := call[map[string]any](b, "GET", inChatwoot+"/999", "", 404); c["error"] != "Resource could not be found" {
			t.Errorf("Chatwoot: %v", c)
		}
	})

	t.Run("8: another dialect's header is no credential", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		token, key := b.w.Tokens[apitest.Admin], b.w.Tokens[apitest.Key]
		b.w.Server.Sign = func(http.Header, string) {}
		for path, header := range map[string][2]string{
			inQlara:    {"api_access_token", key},
			inNdoto:    {"X-Api-Key", token},
			inChatwoot: {"X-Api-Key", token},
		} {
			if got := b.w.Server.Do(t, "x", "GET", b.w.Fill(path), nil, header[0], header[1]); got.Code != 401 {
				t.Errorf("%s with %s: %d", path, header[0], got.Code)
			}
		}
	})

	t.Run("9: a plus in orderBy, raw and encoded, is the same order", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		for i := range 3 {
			c := dbtest.ConversationWith(t, b.w.Server.Pool, b.w.Inbox, b.w.Contact, "x")
			dbtest.Message(t, b.w.Server.Pool, c, fmt.Sprint(i))
		}
		ids := func(query string) (all []int64) {
			for _, c := range call[[]qlaraConversation](b, "GET", inQlara+query, "", 200) {
				all = append(all, c.ChatID)
			}
			return all
		}
		raw, encoded, down := ids("?orderBy=+lastMessageDate"), ids("?orderBy=%2BlastMessageDate"), ids("?orderBy=-lastMessageDate")
		slices.Reverse(down)
		if !slices.Equal(raw, encoded) || !slices.Equal(raw, down) || len(raw) != 4 {
			t.Errorf("raw %v, encoded %v, the other way round %v", raw, encoded, down)
		}
	})

	t.Run("10: literal paths are never taken for a conversation", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		if users := call[[]struct{ UserID int64 }](b, "GET", inQlara+"/assignable-users", "", 200); len(users) != 3 {
			t.Errorf("assignable: %+v", users)
		}
		call[any](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"x"}`, 202)
	})
}
