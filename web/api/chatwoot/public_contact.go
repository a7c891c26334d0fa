package chatwoot

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

type publicContactJSON struct {
	SourceID    string  `json:"source_id"`
	PubsubToken string  `json:"pubsub_token"`
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Email       *string `json:"email"`
	PhoneNumber *string `json:"phone_number"`
}

func publicContact(address db.ContactInbox, c db.Contact) publicContactJSON {
	return publicContactJSON{address.SourceID, address.PubsubToken, c.ID, c.Name, c.Email, c.PhoneNumber}
}

type publicContactInput struct {
	identity
	Name             api.Text   `json:"name"`
	Email            api.Text   `json:"email"`
	PhoneNumber      api.Text   `json:"phone_number"`
	AvatarURL        api.Text   `json:"avatar_url"`
	CustomAttributes api.Object `json:"custom_attributes"`
	SourceID         api.Text   `json:"source_id"`
}

func (in publicContactInput) toDesk() (desk.ContactInput, error) {
	p := desk.ContactInput{
		Name: in.Name.Ptr(), Email: in.Email.Ptr(), PhoneNumber: in.PhoneNumber.Ptr(), AvatarURL: in.AvatarURL.Ptr(),
		Custom: json.RawMessage(in.CustomAttributes),
	}
	if err := checkAttributes("custom_attributes", in.CustomAttributes); err != nil {
		return p, err
	}
	if p.AvatarURL != nil {
		return p, api.CheckAvatarURL(*p.AvatarURL)
	}
	return p, nil
}

// publicCreateContact gives a contact an address on the inbox. Whoever is known by identifier, e-mail or phone is
// taken as they are; only who is new is written down.
func (h *handlers) publicCreateContact(c *api.Call) error {
	inbox, err := h.pathInbox(c)
	if err != nil {
		return err
	}
	var in publicContactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	proven, err := in.verify(inbox)
	if err != nil {
		return err
	}
	p, err := in.toDesk()
	if err != nil {
		return err
	}
	p.Identifier = in.Identifier.Ptr()
	if len(in.SourceID.Value) > 255 {
		return fault.Field("source_id", "Source is too long (maximum is 255 characters)")
	}
	c.Actor = desk.System(inbox.AccountID)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		if in.SourceID.Value != "" {
			had, err := t.Queries().GetVisitor(ctx, db.GetVisitorParams{AccountID: t.Account(), InboxID: inbox.ID, SourceID: in.SourceID.Value})
			if err == nil && proven {
				_, err = in.matches(had.Contact)
			}
			if !db.IsNone(err) {
				return publicContact(had.ContactInbox, had.Contact), err
			}
		}
		contact, err := h.findOrCreateContact(ctx, t, p)
		if err != nil {
			return nil, err
		}
		source := in.SourceID.Value
		if source == "" {
			source = uuid.NewString()
		}
		address, err := t.Reach(ctx, contact, inbox, source)
		return publicContact(address, contact), err
	})
}

// findOrCreateContact finds the contact by identifier, e-mail or phone, or creates one.
func (h *handlers) findOrCreateContact(ctx context.Context, t *desk.Tx, p desk.ContactInput) (db.Contact, error) {
	for _, by := range []struct {
		value *string
		find  func(context.Context, int64, string) (db.Contact, error)
	}{
		{p.Identifier, t.Queries().FindContactByIdentifier},
		{lower(p.Email), t.Queries().FindContactByEmail},
		{p.PhoneNumber, t.Queries().FindContactByPhone},
	} {
		if by.value == nil {
			continue
		}
		if contact, err := by.find(ctx, t.Account(), *by.value); !db.IsNone(err) {
			return contact, err
		}
	}
	if p.Name == nil {
		name := visitorName()
		p.Name = &name
	}
	contact, err := t.CreateContact(ctx, p)
	if err != nil {
		return contact, err
	}
	return contact, saveContactAvatar(ctx, t, contact, p, nil)
}

func lower(s *string) *string {
	if s == nil {
		return nil
	}
	l := strings.ToLower(strings.TrimSpace(*s))
	return &l
}

// visitorName makes a name for a contact without one, so that agents can tell contacts apart.
func visitorName() string {
	first := [...]string{"quiet", "amber", "early", "brisk", "gentle", "silver", "curious", "mellow", "northern", "bright", "patient", "sunny"}
	second := [...]string{
		"harbour", "meadow", "lantern", "river", "sparrow", "maple", "pebble", "cloud", "garden", "willow", "ferry",
		"orchard",
	}
	return first[rand.IntN(len(first))] + "-" + second[rand.IntN(len(second))] + "-" + strconv.Itoa(100+rand.IntN(900))
}

// verifiedVisitor is the visitor with their identity checked; a proven one sees all their conversations from now on.
func (h *handlers) verifiedVisitor(c *api.Call, in identity) (visitor, bool, error) {
	v, err := h.visitor(c)
	if err != nil {
		return v, false, err
	}
	proven, err := in.verify(v.inbox)
	if err == nil && proven {
		proven, err = in.matches(v.contact)
	}
	return v, proven, err
}

func (h *handlers) publicContact(c *api.Call) error {
	var in identity
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	v, proven, err := h.verifiedVisitor(c, in)
	if err != nil {
		return err
	}
	if proven && !v.address.HmacVerified {
		if err := h.q.VerifyContactInbox(c.Ctx(), v.inbox.AccountID, v.address.ID); err != nil {
			return err
		}
	}
	return c.Single(publicContact(v.address, v.contact))
}

// publicUpdateContact changes what a contact says of themselves. An e-mail or phone that somebody without an
// identifier gives and another contact has makes the two one; who has an identifier cannot take another's address so,
// or a proof of one would show the conversations of the other.
func (h *handlers) publicUpdateContact(c *api.Call) error {
	var in publicContactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	v, proven, err := h.verifiedVisitor(c, in.identity)
	if err != nil {
		return err
	}
	p, err := in.toDesk()
	if err != nil {
		return err
	}
	c.Actor = desk.System(v.inbox.AccountID) // the contact may end as another
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		if proven {
			if err := t.Queries().VerifyContactInbox(ctx, t.Account(), v.address.ID); err != nil {
				return nil, err
			}
		}
		id, err := h.mergeByAddress(ctx, t, v.contact, p)
		if err != nil {
			return nil, err
		}
		contact, err := t.UpdateContact(ctx, id, p)
		if err != nil {
			return nil, err
		}
		return shape.RawContactOf(contact), saveContactAvatar(ctx, t, contact, p, nil)
	})
}

// mergeByAddress merges a contact without an identifier into those who have the addresses that they give, and tells who
// they are then.
func (h *handlers) mergeByAddress(ctx context.Context, t *desk.Tx, contact db.Contact, p desk.ContactInput) (int64, error) {
	id := contact.ID
	if contact.Identifier != nil {
		return id, nil
	}
	for _, by := range []struct {
		value *string
		find  func(context.Context, int64, string) (db.Contact, error)
	}{{lower(p.Email), t.Queries().FindContactByEmail}, {p.PhoneNumber, t.Queries().FindContactByPhone}} {
		if by.value == nil {
			continue
		}
		other, err := by.find(ctx, t.Account(), *by.value)
		if db.IsNone(err) || (err == nil && other.ID == id) {
			continue
		}
		if err != nil {
			return id, err
		}
		if id != contact.ID { // merged already, and the other address is a third one's: the update says that it is taken
			return id, nil
		}
		merged, err := t.MergeContacts(ctx, other.ID, id)
		if err != nil {
			return id, err
		}
		id = merged.ID
	}
	return id, nil
}
