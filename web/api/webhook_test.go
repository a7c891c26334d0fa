package api_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot/hook"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/qlara"
)

// TestWebhooks holds the webhooks of the three dialects. docs/api/dialects.md says which test holds which row.
func TestWebhooks(t *testing.T) {
	t.Parallel()

	t.Run("row 40: Ndoto and Chatwoot have webhooks by the dozen, Qlara has one, and none sees the others'", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		const (
			c = "/api/v1/accounts/{account}/webhooks"
			n = "/ndoto/api/v1/accounts/{account}/webhooks"
			q = "/api/partner-gateway/v1/webhooks/delivery-status"
		)
		for i := range 2 {
			call[any](b, "POST", c, fmt.Sprintf(`{"url":"https://a.example/c%d","subscriptions":["message_created"]}`, i), 200)
			call[any](b, "POST", n, fmt.Sprintf(`{"url":"https://a.example/n%d"}`, i), 200)
		}
		call[any](b, "POST", q, `{"callbackUrl":"https://a.example/q"}`, 201)
		call[any](b, "POST", q, `{"callbackUrl":"https://a.example/r"}`, 409)
		for path, want := range map[string]string{c: "cc", n: "nn", q: "q"} {
			raw, _ := json.Marshal(call[any](b, "GET", path, "", 200))
			var got string
			for _, m := range regexp.MustCompile(`https://a\.example/([a-z])`).FindAllSubmatch(raw, -1) {
				got += string(m[1])
			}
			if got != want {
				t.Errorf("%s lists %s", path, raw)
			}
		}
	})

	t.Run("rows 41, 42 and 43: one event has three bodies, and the message three kinds of id", func(t *testing.T) {
		t.Parallel()
		b := newFixture(t)
		sent := call[struct{ MessageID string }](b, "POST", inQlara+"/reply", `{"chatId":{conversation},"text":"On its way"}`, 202)
		var id int64
		if err := b.w.Server.Pool.QueryRow(t.Context(), "SELECT id FROM messages WHERE uuid = $1", sent.MessageID).Scan(&id); err != nil {
			t.Fatal(err)
		}
		call[any](b, "PATCH", fmt.Sprintf("%s%s/%d", inChatwoot, thread, id), `{"status":"delivered"}`, 200)
		const query = "SELECT * FROM events WHERE message_id IS NOT NULL AND account_id = $1 ORDER BY id"
		rows, err := b.w.Server.Pool.Query(t.Context(), query, b.w.Account.ID)
		if err != nil {
			t.Fatal(err)
		}
		events, err := pgx.CollectRows(rows, pgx.RowToStructByPos[db.Event])
		if err != nil || len(events) != 3 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		q := db.New(b.w.Server.Pool)
		names := func(hook interface{ Names(db.Event) []string }, e db.Event) string {
			return strings.Join(hook.Names(e), ",")
		}
		in, delivered := events[0], events[2]
		c := hook.New(apitest.BaseURL, time.Now)
		got := []string{
			names(c, in), names(ndoto.Hook{}, in), names(qlara.Hook{}, in),
			names(c, delivered), names(ndoto.Hook{}, delivered), names(qlara.Hook{}, delivered),
		}
		want := []string{
			"message_created", "message_created", "INBOUND",
			"message_updated", "message_updated", "DELIVERY",
		}
		if !slices.Equal(got, want) {
			t.Fatalf("the events are called %v, want %v", got, want)
		}
		read := func(raw json.RawMessage, err error) (body object) {
			t.Helper()
			if err == nil {
				err = json.Unmarshal(raw, &body)
			}
			if err != nil {
				t.Fatal(err)
			}
			return body
		}
		cb := read(c.Body(t.Context(), q, delivered, "message_updated"))
		nb := read(ndoto.Hook{}.Body(t.Context(), q, delivered, "message_updated"))
		qb := read(qlara.Hook{}.Body(t.Context(), q, delivered, "DELIVERY"))
		if cb["id"] != float64(id) || nb["id"] != strconv.FormatInt(id, 10) || qb["messageId"] != sent.MessageID {
			t.Errorf("ids %v, %v, %v", cb["id"], nb["id"], qb["messageId"])
		}
		if nb["status"] != "delivered" || qb["statusCode"] != 3.0 || qb["eventType"] != "DELIVERY" {
			t.Errorf("states %v, %v", nb["status"], qb["statusCode"])
		}
		ndotoIn := read(ndoto.Hook{}.Body(t.Context(), q, in, "message_created"))
		qlaraIn := read(qlara.Hook{}.Body(t.Context(), q, in, "INBOUND"))
		if ndotoIn["message_type"] != "incoming" || qlaraIn["text"] != ndotoIn["content"] {
			t.Errorf("inbound: %v, %v", ndotoIn, qlaraIn)
		}
	})
}
