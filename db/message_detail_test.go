package db_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
)

// What a conversation's row already knows of a sender is the same as what is read with the message, in every column.
func TestDetailIsWhatTheQueryReads(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := dbtest.New(t)
	q := db.New(pool)
	account := dbtest.Account(t, pool, "Bike shop")
	inbox := dbtest.Inbox(t, pool, account, "Support")
	ann, bob := dbtest.Admin(t, pool, account, "Ann"), dbtest.Admin(t, pool, account, "Bob")
	c := dbtest.Conversation(t, pool, inbox, "Brakes")
	_, err := pool.Exec(ctx, `
		UPDATE contacts SET name = 'Ada', email = 'ada@example.test', phone_number = '+390000001', identifier = 'a-1', blocked = true,
			additional_attributes = '{"city": "Rome"}', custom_attributes = '{"tier": "gold"}', avatar_hash = 'a', avatar_url `+
		`= 'https://a.example/'`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pool.Exec(ctx, "UPDATE users SET display_name = 'A', avatar_hash = 'b'")
	if err != nil {
		t.Fatal(err)
	}
	_, err = pool.Exec(ctx, "UPDATE memberships SET availability = 'busy', auto_offline = false, active_at = now()")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Message(t, pool, c, "Hello")
	text := "Hi"
	for _, author := range []db.User{ann, bob} {
		err := dbtest.Desk(t, pool, nil).Do(ctx, dbtest.Actor(t, pool, account, author), func(t *desk.Tx) error {
			_, err := t.Post(ctx, c.ID, desk.NewMessage{Kind: db.MessageKindOutgoing, Content: &text})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pool.Exec(ctx, "UPDATE conversations SET assignee_id = $1", ann.ID); err != nil {
		t.Fatal(err)
	}

	conversation, err := q.GetConversationDetailUnscoped(ctx, account.ID, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := q.ListThreadBack(ctx, db.ListThreadBackParams{AccountID: account.ID, ConversationID: c.ID, BeforeID: 1 << 60, PageSize: 20})
	if err != nil {
		t.Fatal(err)
	}
	var known []bool
	for _, want := range slices.Backward(db.DetailsOf(rows)) {
		got, ok := conversation.Detail(want.Message)
		if diff := cmp.Diff(want, got); ok && diff != "" {
			t.Errorf("a message of %v (-read +known): %s", *want.SenderKind, diff)
		}
		if want.Kind != db.MessageKindActivity {
			known = append(known, ok)
		}
	}
	if !slices.Equal(known, []bool{true, true, false}) {
		t.Errorf("known are the contact, the assignee, and nobody else: %v", known)
	}
}
