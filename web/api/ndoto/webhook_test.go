package ndoto_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/ndoto"
)

func TestWebhook(t *testing.T) {
	t.Parallel()
	ctx, pool := context.Background(), dbtest.New(t)
	account := dbtest.Account(t, pool, "Paper Lantern")
	inbox := dbtest.Inbox(t, pool, account, "Shop")
	c := dbtest.Conversation(t, pool, inbox, "")
	m := dbtest.Message(t, pool, c, "The cap is cracked.")
	err := dbtest.Desk(t, pool, nil).Do(ctx, desk.AccountKey("key", account.ID), func(tx *desk.Tx) error {
		return tx.SetStatus(ctx, c.ID, db.ConversationStatusResolved, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := pool.Query(ctx, "SELECT * FROM events ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByPos[db.Event])
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		for _, name := range (ndoto.Hook{}).Names(e) {
			raw, err := ndoto.Hook{}.Body(ctx, db.New(pool), e, name)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, name)
			if name == "message_created" {
				wantMessage(t, raw, m, c)
			}
		}
	}
	want := []string{"contact_created", "conversation_created", "message_created", "conversation_status_changed", "conversation_updated"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// wantMessage compares with the documented example. The fields private and status are additions.
func wantMessage(t *testing.T, raw []byte, m db.Message, c db.Conversation) {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	if at, _ := body["created_at"].(string); !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(at) {
		t.Errorf("created_at is %v", body["created_at"])
	}
	delete(body, "created_at")
	want := map[string]any{
		"event": "message_created", "id": strconv.FormatInt(m.ID, 10), "content": "The cap is cracked.",
		"message_type": "incoming", "private": false, "status": "delivered",
		"conversation": map[string]any{"id": float64(c.DisplayID), "status": "resolved", "inbox_id": float64(c.InboxID)},
		"contact":      map[string]any{"id": float64(c.ContactID), "name": "Ada Example", "email": nil},
		"account":      map[string]any{"id": float64(c.AccountID), "name": "Paper Lantern"},
	}
	if d := cmp.Diff(want, body); d != "" {
		t.Error(d)
	}
}
