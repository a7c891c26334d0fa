package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

// opening is a contact's address on the inbox.
func (f fixture) address(contact db.Contact) (ci db.ContactInbox) {
	f.t.Helper()
	f.must(f.system(), func(ctx context.Context, t *desk.Tx) (err error) {
		ci, err = t.Reach(ctx, contact, f.inbox, "")
		return err
	})
	return ci
}

func (f fixture) open(who desk.Actor, o desk.NewConversation) (c db.Conversation) {
	f.t.Helper()
	f.must(who, func(ctx context.Context, t *desk.Tx) (err error) { c, err = t.Open(ctx, o); return err })
	return c
}

func TestOpen(t *testing.T) {
	t.Parallel()

	t.Run("a conversation takes the next number and is an event", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		first := f.conversation()
		at := f.address(dbtest.Contact(t, f.pool, f.account, "Ada"))
		before := f.count("SELECT max(id) FROM events")
		c := f.open(f.as(f.ann), desk.NewConversation{ContactInbox: at, Subject: "Again", AssigneeID: &f.ann.ID, Labels: []string{"vip"}})
		if d := cmp.Diff([]string{event(desk.ConversationCreated, of(c), desk.Data{})}, f.recorded(f.as(f.ann), before)); d != "" {
			t.Error(d)
		}
		if c.DisplayID != first.DisplayID+1 || c.Status != db.ConversationStatusOpen {
			t.Errorf("conversation %d is %s", c.DisplayID, c.Status)
		}
		if c.Subject != "Again" || !slices.Equal(c.Labels, []string{"vip"}) {
			t.Errorf("conversation is %+v", c)
		}
		if n := f.count("SELECT count(*) FROM participants WHERE conversation_id = $1 AND user_id = $2", c.ID, f.ann.ID); n != 1 {
			t.Error("the assignee is no participant")
		}
	})

	t.Run("a blocked contact's is resolved, a bot's inbox begins pending", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		at := f.address(dbtest.Contact(t, f.pool, f.account, "Ada"))
		bot := f.bot()
		f.exec("UPDATE inboxes SET agent_bot_id = $1", bot.ID)
		if c := f.open(f.as(f.ann), desk.NewConversation{ContactInbox: at}); c.Status != db.ConversationStatusPending {
			t.Errorf("with a bot it is %s", c.Status)
		}
		f.exec("UPDATE contacts SET blocked = true")
		if c := f.open(f.as(f.ann), desk.NewConversation{ContactInbox: at}); c.Status != db.ConversationStatusResolved {
			t.Errorf("for a blocked contact it is %s", c.Status)
		}
	})

	t.Run("an inbox that locks a contact to one conversation opens no second one", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		f.exec("UPDATE inboxes SET lock_to_single_conversation = true")
		at := f.address(dbtest.Contact(t, f.pool, f.account, "Ada"))
		one := f.open(f.as(f.ann), desk.NewConversation{ContactInbox: at})
		f.records(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
			two, err := t.Open(ctx, desk.NewConversation{ContactInbox: at})
			if err == nil && two.ID != one.ID {
				err = fmt.Errorf("conversation %d is another one", two.ID)
			}
			return err
		})
	})

	t.Run("a stranger cannot be its assignee, and an agent outside the inbox opens none", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		at := f.address(dbtest.Contact(t, f.pool, f.account, "Ada"))
		stranger := dbtest.Admin(t, f.pool, dbtest.Account(t, f.pool, "Elsewhere"), "Eve")
		bob := dbtest.Agent(t, f.pool, f.account, "Bob")
		try := func(who db.User, o desk.NewConversation) error {
			return f.do(f.as(who), func(ctx context.Context, t *desk.Tx) error { _, err := t.Open(ctx, o); return err })
		}
		if err := try(f.ann, desk.NewConversation{ContactInbox: at, AssigneeID: &stranger.ID}); fault.In(err)["assignee_id"] == "" {
			t.Errorf("a stranger: %v", err)
		}
		if err := try(bob, desk.NewConversation{ContactInbox: at}); !errors.Is(err, fault.Forbidden) {
			t.Errorf("outside the inbox: %v", err)
		}
		if n := f.count("SELECT count(*) FROM conversations"); n != 0 {
			t.Errorf("%d conversations", n)
		}
	})
}

func TestReach(t *testing.T) {
	t.Parallel()

	t.Run("the address is made once", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		ada := dbtest.Contact(t, f.pool, f.account, "Ada")
		if one, two := f.address(ada), f.address(ada); one.ID != two.ID || one.SourceID == "" {
			t.Errorf("addresses are %+v and %+v", one, two)
		}
	})

	t.Run("each kind of inbox knows a contact by its own address", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		var ada db.Contact
		f.must(f.system(), func(ctx context.Context, t *desk.Tx) (err error) {
			ada, err = t.CreateContact(ctx, desk.ContactInput{Name: ptr("Ada"), Email: ptr("ada@example.test"), PhoneNumber: ptr("+3312345")})
			return err
		})
		nobody := dbtest.Contact(t, f.pool, f.account, "Nobody")
		for kind, want := range map[db.InboxKind]string{
			db.InboxKindEmail: "ada@example.test", db.InboxKindSms: "+3312345", db.InboxKindWhatsapp: "3312345", db.InboxKindTelegram: "",
		} {
			inbox := f.inbox
			f.scan(&inbox.ID, `INSERT INTO inboxes (account_id, kind, name, identifier, hmac_token, webhook_secret)
				VALUES ($1, $2, 'x', $3, '', '') RETURNING id`, f.account.ID, kind, string(kind))
			inbox.Kind = kind
			reach := func(c db.Contact) (ci db.ContactInbox, err error) {
				err = f.do(f.system(), func(ctx context.Context, t *desk.Tx) (err error) { ci, err = t.Reach(ctx, c, inbox, ""); return err })
				return ci, err
			}
			ci, err := reach(ada)
			if want == "" && fault.In(err)["source_id"] == "" || want != "" && (err != nil || ci.SourceID != want) {
				t.Errorf("%s: %q, %v", kind, ci.SourceID, err)
			}
			if _, err := reach(nobody); fault.In(err)["source_id"] == "" {
				t.Errorf("%s without an address: %v", kind, err)
			}
		}
	})

	t.Run("another contact's address is refused, unless it is this contact's by now", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		ada, bo := dbtest.Contact(t, f.pool, f.account, "Ada"), dbtest.Contact(t, f.pool, f.account, "Bo")
		at := f.address(ada)
		err := f.do(f.system(), func(ctx context.Context, t *desk.Tx) error {
			_, err := t.Reach(ctx, bo, f.inbox, at.SourceID)
			return err
		})
		if fault.In(err)["source_id"] == "" {
			t.Errorf("err is %v", err)
		}
	})
}
