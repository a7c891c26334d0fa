package chatwoot_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

func searchRows() map[string]apitest.Row {
	return apitest.Join(
		nil,
		apitest.Each(
			apitest.Row{Query: "?q=parcel"},
			"GET "+v1+"/search",
			"GET "+v1+"/search/conversations",
			"GET "+v1+"/search/contacts",
			"GET "+v1+"/search/messages",
			"GET "+v1+"/search/articles",
			"GET "+cs+"/search",
		),
		map[string]apitest.Row{
			"POST " + cs + "/filter": {
				Body: `{"payload": [{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"]}]}`,
			},
			"GET " + v1 + "/events": {},
		},
	)
}

func TestFilterConversations(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	pool := w.Server.Pool
	other := dbtest.Conversation(t, pool, w.Inbox, "Invoice")
	_, err := pool.Exec(context.Background(), `
		UPDATE conversations SET labels = '{vip}', priority = 'high', assignee_id = $1, custom_attributes = '{"tier": `+
		`"gold", "n": 7, "price": 9.50, "day": "2026-03-01"}',
			additional_attributes = '{"referer": "https://shop.example/a", "browser_language": "it"}' WHERE id = $2`, w.Agent.ID, other.ID)
	if err != nil {
		t.Fatal(err)
	}
	for key, kind := range map[string]string{"tier": "text", "n": "number", "price": "currency", "day": "date"} {
		_, err := pool.Exec(
			context.Background(),
			`INSERT INTO attribute_definitions (account_id, model, key, display_name, display_type) VALUES ($1, `+
				`'conversation_attribute', $2, $2, $3::text::attribute_type)`,
			w.Account.ID, key, kind,
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	term := func(key, op, values string) string {
		return fmt.Sprintf(`{"attribute_key": %q, "filter_operator": %q, "values": %s}`, key, op, values)
	}

	t.Run("finds by every key and operator", func(t *testing.T) {
		for body, want := range map[string]int{
			term("status", "equal_to", `["open"]`): 2, term(
				"status", "equal_to", `["resolved", "snoozed"]`,
			): 0, term("status", "equal_to", `["all"]`): 2,
			term("status", "equal_to", `"open"`): 2, term("status", "not_equal_to", `["open"]`): 0,
			term("priority", "equal_to", `["high"]`): 1, term("labels", "equal_to", `["vip"]`): 1, term("labels", "is_not_present", `[]`): 1,
			term("assignee_id", "is_present", `[]`): 1, term("assignee_id", "equal_to", fmt.Sprintf(`["%d"]`, w.Agent.ID)): 1,
			term(
				"inbox_id", "equal_to", w.Fill(`[{inbox}]`),
			): 2, term("team_id", "is_not_present", `[]`): 2, term("display_id", "equal_to", `[1]`): 1,
			term("display_id", "contains", `["2"]`): 1, term("referer", "contains", `["SHOP"]`): 1, term(
				"browser_language", "equal_to", `["it"]`,
			): 1,
			term("mail_subject", "contains", `["invo"]`): 1, term(
				"created_at", "is_greater_than", `["2020-01-01"]`,
			): 2, term("created_at", "days_before", `[1]`): 0,
			term("tier", "equal_to", `["gold"]`): 1, term(
				"tier", "not_equal_to", `["gold"]`,
			): 1, term("n", "is_greater_than", `[6]`): 1, term("n", "is_less_than", `["6.5"]`): 0,
			term("tier", "equal_to", `["silver", "Gold"]`): 1, term(
				"tier", "not_equal_to", `["silver", "gold"]`,
			): 1, term("tier", "not_equal_to", `["silver", "iron"]`): 2,
			term("n", "equal_to", `["7.0"]`): 1, term("price", "equal_to", `[9.5]`): 1, term(
				"price", "not_equal_to", `["9.500"]`,
			): 1, term("n", "equal_to", `["seven"]`): 0,
			term("n", "equal_to", `["7.00", "8", "seven"]`): 1, term("n", "not_equal_to", `["8", "seven"]`): 2,
			term("day", "is_less_than", `["2026-04-01"]`): 1, term("campaign_id", "is_present", `[]`): 0,
			`{"attribute_key": "tier", "filter_operator": "equal_to", "values": ["gold"], "query_operator": "or"},` + term(
				"display_id", "equal_to", `[1]`,
			): 2,
			`{"attribute_key": "tier", "filter_operator": "equal_to", "values": ["gold"], "query_operator": "AND"},` + term(
				"display_id", "equal_to", `[1]`,
			): 0,
		} {
			got := w.Do(t, apitest.Inside, "POST", cs+"/filter", `{"payload": [`+body+`]}`).Want(200)
			if n := len(payload(got)); n != want {
				t.Errorf("%s finds %d, want %d", body, n, want)
			}
		}
	})

	t.Run("says what is wrong", func(t *testing.T) {
		for name, body := range map[string]string{
			"key": term("shoe_size", "equal_to", `[42]`), "operator": term("status", "contains", `["open"]`), "value": term(
				"status", "equal_to", `["asleep"]`,
			),
			"no_value": term(
				"display_id", "equal_to", `[]`,
			), "join": `{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": "XOR"},` + term(
				"status", "equal_to", `["open"]`,
			),
		} {
			got := w.Do(t, apitest.Inside, "POST", cs+"/filter", `{"payload": [`+body+`]}`).Want(422)
			apitest.Golden(t, *update, "error_filter_"+name, got.Body.Bytes())
		}
	})

	t.Run("has at most 50 values, also when it is saved", func(t *testing.T) {
		many := `["a"` + strings.Repeat(`, "b"`, 50) + `]`
		for _, key := range []string{"tier", "n", "labels", "browser_language", "status"} {
			w.Do(t, apitest.Inside, "POST", cs+"/filter", `{"payload": [`+term(key, "equal_to", many)+`]}`).Want(422)
		}
		w.Do(t, apitest.Inside, "POST", v1+"/custom_filters", `{"name": "F", "query": {"payload": [`+term("tier", "equal_to", many)+`]}}`).
			Want(422)
	})

	t.Run("has an envelope of its own", func(t *testing.T) {
		if beyond := w.Do(t, apitest.Inside, "POST", cs+"/filter", `{"page": 2, "payload": []}`).Want(200).
			Object()["payload"].([]any); len(beyond) != 0 {
			t.Errorf("page 2 of the body has %d", len(beyond))
		}
		got := w.Do(t, apitest.Inside, "POST", cs+"/filter?page=1", `{"payload": [`+term("display_id", "equal_to", `[1]`)+`]}`).Want(200)
		apitest.Golden(t, *update, "conversations_filter", got.Body.Bytes())
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	if _, err := w.Server.Pool.Exec(context.Background(), `UPDATE contacts SET email = 'ada@example.test'`); err != nil {
		t.Fatal(err)
	}

	t.Run("finds messages by words, conversations by contact, contacts by name", func(t *testing.T) {
		apitest.Golden(
			t,
			*update,
			"search_messages",
			w.Do(t, apitest.Inside, "GET", v1+"/search/messages?q=parcel", "").Want(200).Body.Bytes(),
		)
		apitest.Golden(
			t, *update, "search_conversations",
			w.Do(t, apitest.Inside, "GET", v1+"/search/conversations?q=marsh", "").Want(200).Body.Bytes(),
		)
		apitest.Golden(
			t,
			*update,
			"search_contacts",
			w.Do(t, apitest.Inside, "GET", v1+"/search/contacts?q=ada", "").Want(200).Body.Bytes(),
		)
		apitest.Golden(
			t,
			*update,
			"conversations_search",
			w.Do(t, apitest.Inside, "GET", cs+"/search?q=parcel", "").Want(200).Body.Bytes(),
		)
		apitest.Golden(t, *update, "search_nothing", w.Do(t, apitest.Inside, "GET", v1+"/search?q=zebra", "").Want(200).Body.Bytes())
	})

	t.Run("walks contacts by cursor where they are searched alone", func(t *testing.T) {
		w := apitest.NewFixture(t, w.Server)
		for i := range 32 {
			w.Do(t, apitest.Inside, "POST", ks, fmt.Sprintf(`{"name": "Walker", "identifier": "walker-%d"}`, i)).Want(200)
		}
		seen := map[any]bool{}
		next := w.Fill(v1) + "/search/contacts?q=walker"
		for next != "" {
			got := w.Do(t, apitest.Inside, "GET", next, "").Want(200)
			for _, c := range got.Object()["payload"].(map[string]any)["contacts"].([]any) {
				seen[c.(map[string]any)["id"]] = true
			}
			next = nextLink(got)
		}
		if len(seen) != 32 {
			t.Errorf("%d contacts, want 32", len(seen))
		}
		w.Do(t, apitest.Inside, "GET", v1+"/search/contacts?q=walker&cursor=garbage", "").Want(422)
	})

	t.Run("finds nothing for who does not see it, and nothing for nothing", func(t *testing.T) {
		for _, path := range []string{"/search/messages?q=parcel", "/search/conversations?q=marsh", "/search/messages?q="} {
			got := w.Do(t, apitest.Outside, "GET", v1+path, "").Want(200)
			for section, found := range got.Object()["payload"].(map[string]any) {
				if len(found.([]any)) != 0 {
					t.Errorf("%s: %s %v", path, section, found)
				}
			}
		}
	})
}

func TestChangeFeed(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	number := func() {
		t.Helper()
		if _, err := db.New(w.Server.Pool).NumberEvents(context.Background(), 1000); err != nil {
			t.Fatal(err)
		}
	}
	w.Do(t, apitest.Inside, "POST", ms, `{"content": "Checking now", "echo_id": "e-1"}`).Want(200)
	number()

	t.Run("tells what happened after a number, without a gap", func(t *testing.T) {
		got := w.Do(t, apitest.Admin, "GET", v1+"/events", "").Want(200)
		apitest.Golden(t, *update, "events", got.Body.Bytes())
		for i, e := range payload(got) {
			if n := e.(map[string]any)["number"]; n != float64(i+1) {
				t.Errorf("event %d has number %v", i+1, n)
			}
		}
		if n := len(payload(w.Do(t, apitest.Admin, "GET", v1+"/events?after=2&limit=1", "").Want(200))); n != 1 {
			t.Errorf("%d events, want 1", n)
		}
		w.Do(t, apitest.Admin, "GET", v1+"/events?after=x", "").Want(422)
	})

	t.Run("leaves out what the reader does not see", func(t *testing.T) {
		for _, e := range payload(w.Do(t, apitest.Outside, "GET", v1+"/events", "").Want(200)) {
			if e := e.(map[string]any); e["conversation_id"] != nil {
				t.Errorf("an agent outside hears of %v", e)
			}
		}
	})

	t.Run("a stream ends soon after its token is revoked", func(t *testing.T) {
		t.Parallel()
		w := newFixture(t)
		server := httptest.NewServer(w.Server.Echo)
		defer server.Close()
		req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+w.Fill(v1+"/events"), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/event-stream")
		w.Server.Sign(req.Header, w.Tokens[apitest.Inside])
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if _, err := w.Server.Pool.Exec(t.Context(), "DELETE FROM access_tokens WHERE user_id = $1", w.Agent.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil { // ends by itself, or the test by its time
			t.Errorf("the stream was cut instead of ended: %v", err)
		}
	})

	t.Run("streams, and goes on where the client was", func(t *testing.T) {
		server := httptest.NewServer(w.Server.Echo)
		defer server.Close()
		req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+w.Fill(v1+"/events"), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/event-stream")
		req.Header.Set("Last-Event-ID", "3")
		w.Server.Sign(req.Header, w.Tokens[apitest.Admin])
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		w.Do(t, apitest.Inside, "POST", ms, `{"content": "while streaming"}`).Want(200)
		number()
		next := 4.0
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			raw, is := strings.CutPrefix(lines.Text(), "data: ")
			if !is {
				continue
			}
			var e map[string]any
			if err := json.Unmarshal([]byte(raw), &e); err != nil {
				t.Fatal(err)
			}
			if e["number"] != next {
				t.Fatalf("event %v, want %v", e["number"], next)
			}
			if next++; next == 7 {
				return
			}
		}
		t.Errorf("the stream ended before event %v: %v", next, lines.Err())
	})
}
