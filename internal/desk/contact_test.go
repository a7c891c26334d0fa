package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestCreateContact(t *testing.T) {
	t.Parallel()

	t.Run("a contact is kept in its usual form and is an event", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		var ada db.Contact
		create := func(ctx context.Context, t *desk.Tx) (err error) {
			ada, err = t.CreateContact(ctx, desk.ContactInput{Name: ptr("Ada"), Email: ptr("Ada@Example.TEST"), Labels: []string{"vip", " vip "}})
			return err
		}
		before := f.count("SELECT COALESCE(max(id), 0) FROM events")
		f.must(f.as(f.ann), create)
		want := event(desk.ContactCreated, ofContact(ada), desk.Data{})
		if got := f.recorded(f.as(f.ann), before); !slices.Equal(got, []string{want}) {
			t.Errorf("recorded %q", got)
		}
		if *ada.Email != "ada@example.test" || !slices.Equal(ada.Labels, []string{"vip"}) {
			t.Errorf("kept as %+v", ada)
		}
	})

	t.Run("everything that another contact has is named, and the transaction goes on", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		p := desk.ContactInput{Email: ptr("ada@example.test"), PhoneNumber: ptr("+3312345"), Identifier: ptr("a1")}
		f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
			if _, err := t.CreateContact(ctx, p); err != nil {
				return err
			}
			_, err := t.CreateContact(ctx, p)
			if invalid := fault.In(err); invalid["email"] != "Email has already been taken" || len(invalid) != 3 {
				return fmt.Errorf("the second time: %w", err)
			}
			_, err = t.CreateContact(ctx, desk.ContactInput{Name: ptr("Bo")})
			return err
		})
		if n := f.count("SELECT count(*) FROM contacts"); n != 2 {
			t.Errorf("%d contacts", n)
		}
	})

	t.Run("what cannot be is refused by field", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		for field, p := range map[string]desk.ContactInput{
			"email":             {Email: ptr("ada at example")},
			"phone_number":      {PhoneNumber: ptr("0331")},
			"name":              {Name: ptr(strings.Repeat("ä", 256))},
			"identifier":        {Identifier: ptr("a\x00b")},
			"custom_attributes": {Custom: json.RawMessage(`[1]`)},
		} {
			err := f.do(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
				_, err := t.CreateContact(ctx, p)
				return err
			})
			if invalid := fault.In(err); len(invalid) != 1 || invalid[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestUpdateContact(t *testing.T) {
	t.Parallel()
	f := setup(t)
	ada, bo := dbtest.Contact(t, f.pool, f.account, "Ada"), dbtest.Contact(t, f.pool, f.account, "Bo")
	update := func(c db.Contact, p desk.ContactInput) call {
		return func(ctx context.Context, t *desk.Tx) error {
			_, err := t.UpdateContact(ctx, c.ID, p)
			return err
		}
	}
	f.once(f.as(f.ann), update(ada, desk.ContactInput{Email: ptr("Ada@Example.TEST"), Custom: json.RawMessage(`{"plan":"pro"}`)}),
		event(desk.ContactUpdated, ofContact(ada), desk.Data{Changed: map[string][2]any{
			"email": {nil, "ada@example.test"}, "custom_attributes": {map[string]any{}, map[string]any{"plan": "pro"}},
		}}))
	f.pokes("contact:" + strconv.FormatInt(ada.ID, 10))
	f.once(f.as(f.ann), update(ada, desk.ContactInput{CustomRemoved: []string{"plan"}}),
		changed(desk.ContactUpdated, ofContact(ada), "custom_attributes", map[string]any{"plan": "pro"}, map[string]any{}))
	if invalid := fault.In(f.do(f.as(f.ann), update(bo, desk.ContactInput{Email: ptr("ada@example.test")}))); invalid["email"] == "" {
		t.Errorf("another's address: %v", invalid)
	}
	f.once(f.as(f.ann), update(ada, desk.ContactInput{Email: ptr("")}),
		changed(desk.ContactUpdated, ofContact(ada), "email", "ada@example.test", nil))
}

func TestMergeContacts(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var ada, other db.Contact
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) (err error) {
		ada, err = t.CreateContact(ctx, desk.ContactInput{Name: ptr("Ada"), Email: ptr("ada@example.test"), Labels: []string{"vip"}})
		if err != nil {
			return err
		}
		other, err = t.CreateContact(ctx, desk.ContactInput{Name: ptr("A."), PhoneNumber: ptr("+3312345"), Labels: []string{"late"}})
		return err
	})
	c := dbtest.ConversationWith(t, f.pool, f.inbox, other, "Mine")
	m := dbtest.Message(t, f.pool, c, "Hello")
	merge := func(ctx context.Context, t *desk.Tx) error {
		_, err := t.MergeContacts(ctx, ada.ID, other.ID)
		return err
	}
	f.records(f.as(f.ann), merge, event(desk.ContactMerged, ofContact(ada), desk.Data{MergedID: other.ID, Moved: []int64{c.DisplayID}}))
	got, err := f.q.GetContact(context.Background(), f.account.ID, ada.ID)
	if err != nil || got.Name != "Ada" || *got.PhoneNumber != "+3312345" || !slices.Equal(got.Labels, []string{"vip", "late"}) {
		t.Errorf("merged contact is %+v, %v", got, err)
	}
	if f.reload(c).ContactID != ada.ID || deref(f.message(m).SenderID) != ada.ID {
		t.Error("the conversation or its message did not move")
	}
	if err := f.do(f.as(f.ann), merge); !db.IsNone(err) {
		t.Errorf("the second time: %v", err)
	}
	err = f.do(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		_, err := t.MergeContacts(ctx, ada.ID, ada.ID)
		return err
	})
	if fault.In(err)["mergee_contact_id"] == "" {
		t.Errorf("with itself: %v", err)
	}
}

func TestDeleteContact(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.conversation()
	contact := db.Contact{ID: c.ContactID}
	drop := func(ctx context.Context, t *desk.Tx) error { return t.DeleteContact(ctx, contact.ID) }
	f.records(f.as(f.root), drop,
		event(desk.ConversationDeleted, of(c), desk.Data{}),
		event(desk.ContactDeleted, ofContact(contact), desk.Data{}))
	if n := f.count("SELECT (SELECT count(*) FROM contacts) + (SELECT count(*) FROM conversations)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if err := f.do(f.as(f.root), drop); !db.IsNone(err) {
		t.Errorf("the second time: %v", err)
	}
}
