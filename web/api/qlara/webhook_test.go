package qlara_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api/qlara"
)

func TestWebhook(t *testing.T) {
	t.Parallel()
	ctx, pool := context.Background(), dbtest.New(t)
	account := dbtest.Account(t, pool, "Paper Lantern")
	inbox := dbtest.Inbox(t, pool, account, "WhatsApp")
	if _, err := pool.Exec(ctx, "UPDATE inboxes SET kind = 'whatsapp', address = '+390200099988'"); err != nil {
		t.Fatal(err)
	}
	c := dbtest.Conversation(t, pool, inbox, "")
	if _, err := pool.Exec(ctx, "UPDATE contacts SET phone_number = '+351900111222'"); err != nil {
		t.Fatal(err)
	}
	say := func(d desk.NewMessage, text string) (m db.Message) {
		t.Helper()
		d.Content = &text
		err := dbtest.Desk(t, pool, nil).Do(ctx, desk.AccountKey("key", account.ID), func(tx *desk.Tx) (err error) {
			m, err = tx.Post(ctx, c.ID, d)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	deliver := func(m db.Message, to db.Delivery, reason ...string) {
		t.Helper()
		err := dbtest.Desk(t, pool, nil).Do(ctx, desk.System(account.ID), func(tx *desk.Tx) error {
			_, err := tx.Deliver(ctx, c.ID, m.ID, to, strings.Join(reason, ""))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	in := say(desk.NewMessage{Kind: db.MessageKindIncoming}, "Is it in stock?")
	out := say(desk.NewMessage{Kind: db.MessageKindOutgoing, Delivery: db.DeliveryQueued}, "It is")
	note := say(desk.NewMessage{Kind: db.MessageKindOutgoing, Private: true}, "secret")
	for _, to := range []db.Delivery{db.DeliverySent, db.DeliveryDelivered, db.DeliveryRead} {
		deliver(out, to)
		deliver(note, to)
	}
	deliver(
		say(desk.NewMessage{Kind: db.MessageKindOutgoing, Delivery: db.DeliverySent}, "Lost"), db.DeliveryFailed,
		"The number is not in use",
	)
	deliver(say(desk.NewMessage{Kind: db.MessageKindOutgoing, Delivery: db.DeliverySent}, "Late"), db.DeliveryExpired)

	rows, err := pool.Query(ctx, "SELECT * FROM events ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	events, err := pgx.CollectRows(rows, pgx.RowToStructByPos[db.Event])
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var bodies []map[string]any
	for _, e := range events {
		for _, name := range (qlara.Hook{}).Names(e) {
			raw, err := qlara.Hook{}.Body(ctx, db.New(pool), e, name)
			if err != nil {
				t.Fatal(err)
			}
			var body map[string]any
			if err := json.Unmarshal(raw, &body); err != nil {
				t.Fatal(err)
			}
			got, bodies = append(got, name), append(bodies, body)
		}
	}
	if d := cmp.Diff([]string{"INBOUND", "DELIVERY", "READ", "DELIVERY", "DELIVERY"}, got); d != "" {
		t.Fatal(d)
	}
	for i, want := range []map[string]any{
		{
			"eventType": "INBOUND", "channel": "WHATSAPP", "messageId": in.Uuid.String(), "source": "+351900111222",
			"destination": "+390200099988", "messageType": "TEXT", "text": "Is it in stock?",
		},
		{
			"eventType": "DELIVERY", "channel": "WHATSAPP", "messageId": out.Uuid.String(), "destination": "+351900111222",
			"statusCode": float64(3), "description": "Delivered", "customerMessageId": out.Uuid.String(),
		},
		{"eventType": "READ", "channel": "WHATSAPP", "messageId": out.Uuid.String(), "destination": "+351900111222"},
		{
			"eventType": "DELIVERY", "channel": "WHATSAPP", "destination": "+351900111222", "statusCode": float64(6),
			"description": "The number is not in use",
		},
		{"eventType": "DELIVERY", "statusCode": float64(6), "description": "Undeliverable"},
	} {
		for key, value := range want {
			if bodies[i][key] != value {
				t.Errorf("%s: %s is %v, not %v", got[i], key, bodies[i][key], value)
			}
		}
		if at, _ := bodies[i]["timestamp"].(string); len(at) != len("2026-06-02T16:20:44Z") {
			t.Errorf("%s: timestamp is %q", got[i], at)
		}
	}
}
