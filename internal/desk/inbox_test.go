package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestCreateInbox(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var inbox db.Inbox
	before := f.count("SELECT COALESCE(max(id), 0) FROM events")
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) (err error) {
		inbox, err = t.CreateInbox(ctx, desk.NewInbox{
			Kind: db.InboxKindEmail, Name: " Sales ", Address: "sales@desk.example",
			Set: func(i *db.Inbox) error { i.GreetingMessage = "Hello"; return nil },
		})
		return err
	})
	want := []string{event(desk.InboxCreated, ofInbox(inbox), desk.Data{})}
	if d := cmp.Diff(want, f.recorded(f.as(f.root), before)); d != "" {
		t.Error(d)
	}
	if inbox.Name != "Sales" || inbox.GreetingMessage != "Hello" || inbox.Hue == f.inbox.Hue {
		t.Errorf("inbox is %+v", inbox)
	}
	if inbox.Identifier == "" || inbox.HmacToken == "" || inbox.WebhookSecret == "" || inbox.WebhookSecret == f.inbox.WebhookSecret {
		t.Error("a secret is missing or shared")
	}
	for field, n := range map[string]desk.NewInbox{
		"name":    {Kind: db.InboxKindApi, Name: " "},
		"channel": {Kind: "fax", Name: "Fax"},
		"email":   {Kind: db.InboxKindEmail, Name: "Again", Address: "sales@desk.example"},
	} {
		err := f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
			_, err := t.CreateInbox(ctx, n)
			return err
		})
		if fault.In(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestUpdateInbox(t *testing.T) {
	t.Parallel()
	f := setup(t)
	update := func(change func(i *db.Inbox) error) call {
		return func(ctx context.Context, t *desk.Tx) error {
			_, err := t.UpdateInbox(ctx, f.inbox.ID, change)
			return err
		}
	}
	f.once(f.as(f.root), update(func(i *db.Inbox) error {
		i.Name, i.GreetingEnabled, i.Identifier = "Help", true, "chosen"
		return nil
	}), event(desk.InboxUpdated, ofInbox(f.inbox), desk.Data{
		Changed: map[string][2]any{"name": {"Support", "Help"}, "greeting_enabled": {false, true}},
	}))
	f.once(f.as(f.root), update(func(i *db.Inbox) error { i.WebhookSecret = "new secret"; return nil }),
		changed(desk.InboxUpdated, ofInbox(f.inbox), "webhook_secret", nil, nil)) // that it changed, not what it is
	got, err := f.q.GetInbox(context.Background(), f.account.ID, f.inbox.ID)
	if err != nil || got.Name != "Help" || got.Identifier != f.inbox.Identifier || got.WebhookSecret != "new secret" {
		t.Errorf("inbox is %+v, %v", got, err)
	}
	for field, change := range map[string]func(i *db.Inbox) error{
		"name":             func(i *db.Inbox) error { i.Name = ""; return nil },
		"greeting_message": func(i *db.Inbox) error { i.GreetingMessage = strings.Repeat("ä", 10001); return nil },
		"timezone":         func(i *db.Inbox) error { i.Timezone = "Mars/Olympus"; return nil },
		"sender_name_type": func(i *db.Inbox) error { i.SenderNameType = "rude"; return nil },
		"mine":             func(*db.Inbox) error { return fault.Field("mine", "is no good") },
	} {
		if err := f.do(f.as(f.root), update(change)); fault.In(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestDeleteInbox(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	drop := func(ctx context.Context, t *desk.Tx) error { return t.DeleteInbox(ctx, f.inbox.ID) }
	f.records(f.as(f.root), drop, event(desk.InboxRetired, ofInbox(f.inbox), desk.Data{}))
	f.pokes("inbox:"+strconv.FormatInt(f.inbox.ID, 10), "members")
	if n := f.jobs("delete_inbox"); n != 1 {
		t.Errorf("%d jobs", n)
	}
	if err := f.do(f.as(f.root), drop); !errors.Is(err, fault.NotFound) {
		t.Errorf("the second time: %v", err)
	}
	err := f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.UpdateInbox(ctx, f.inbox.ID, func(i *db.Inbox) error { i.Name = "Back"; return nil })
		return err
	})
	if !errors.Is(err, fault.NotFound) {
		t.Errorf("changing it: %v", err)
	}

	before := f.count("SELECT max(id) FROM events")
	for range 2 {
		if err := f.desk.ClearInbox(context.Background(), f.account.ID, f.inbox.ID); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{event(desk.ConversationDeleted, of(c), desk.Data{}), event(desk.InboxDeleted, ofInbox(f.inbox), desk.Data{})}
	if d := cmp.Diff(want, f.recorded(f.system(), before)); d != "" {
		t.Error(d)
	}
	if n := f.count("SELECT (SELECT count(*) FROM inboxes) + (SELECT count(*) FROM conversations)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestClearInboxLeavesAnInboxThatNobodyDeleted(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.conversation()
	if err := f.desk.ClearInbox(context.Background(), f.account.ID, f.inbox.ID); err != nil {
		t.Fatal(err)
	}
	if n := f.count("SELECT count(*) FROM conversations"); n != 1 {
		t.Errorf("%d conversations", n)
	}
}

func ofInbox(i db.Inbox) string { return fmt.Sprintf("inbox %d", i.ID) }
