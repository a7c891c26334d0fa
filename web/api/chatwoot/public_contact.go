package chatwoot

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

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

func publicContact(v visitor) publicContactJSON {
	c := v.shown()
	return publicContactJSON{v.address.SourceID, v.address.PubsubToken, c.ID, c.Name, c.Email, c.PhoneNumber}
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

// toDesk checks the whole input before any lookup, so that errors do not depend on which contacts exist.
func (in publicContactInput) toDesk() (desk.ContactInput, error) {
	p := desk.ContactInput{
		Name:        in.Name.Ptr(),
		Email:       in.Email.Ptr(),
		PhoneNumber: in.PhoneNumber.Ptr(),
		Identifier:  in.Identifier.Ptr(),
		AvatarURL:   in.AvatarURL.Ptr(),
		Custom:      json.RawMessage(in.CustomAttributes),
	}
	if err := checkAttributes("custom_attributes", in.CustomAttributes); err != nil {
		return p, err
	}
	if p.AvatarURL != nil {
		if err := api.CheckAvatarURL(*p.AvatarURL); err != nil {
			return p, err
		}
	}
	return p.Tidy()
}

// publicCreateContact gives the caller an address on the inbox. A caller who has proved an identifier is the contact
// with that identifier. Every other caller is a new contact, also with the e-mail, phone or identifier of another,
// because these prove nothing.
func (h *handlers) publicCreateContact(c *api.Call) error {
	inbox, err := h.pathInbox(c)
	if err != nil {
		return err
	}
	var in publicContactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	proven, err := in.prove(inbox, inbox.HmacMandatory)
	if err != nil {
		return err
	}
	p, err := in.toDesk()
	if err != nil {
		return err
	}
	source := in.SourceID.Value
	switch {
	case utf8.RuneCountInString(source) > 255:
		return fault.Field("source_id", "Source is too long (maximum is 255 characters)")
	case !db.IsText(source):
		return fault.Field("source_id", "Source contains characters that cannot be stored")
	case source == "":
		source = uuid.NewString()
	}
	c.Actor = desk.System(inbox.AccountID)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		v, err := findVisitor(ctx, t.Queries(), inbox, source)
		switch {
		case db.IsNone(err):
			v, err = h.introduce(ctx, t, visitor{inbox: inbox, proven: proven}, source, p)
		case err == nil && proven:
			if err = v.verify(ctx, t.Queries(), in.identity); err == nil {
				v, err = h.propose(ctx, t, v, p)
			}
		case err == nil:
			v, err = h.propose(ctx, t, v, p)
		}
		return publicContact(v), err
	})
}

// introduce creates the address of a caller without one, for the contact whose identifier they have proved or else for
// a new contact.
func (h *handlers) introduce(ctx context.Context, t *desk.Tx, v visitor, source string, p desk.ContactInput) (visitor, error) {
	known := false
	if v.proven {
		contact, err := t.Queries().FindContactByIdentifier(ctx, t.Account(), *p.Identifier)
		if err != nil && !db.IsNone(err) {
			return v, err
		}
		v.contact, known = contact, err == nil
	}
	if !known {
		var err error
		if p.Name == nil {
			name := visitorName()
			p.Name = &name
		}
		if v.contact, err = h.createVisitor(ctx, t, v.proven, p); err != nil {
			return v, err
		}
	}
	address, err := t.Reach(ctx, v.contact, v.inbox, source)
	if err != nil {
		return v, err
	}
	v.address, err = t.Queries().SetContactInboxProposal(ctx, db.SetContactInboxProposalParams{
		AccountID:    address.AccountID,
		ID:           address.ID,
		Proposal:     proposalOf(p),
		MadeContact:  !v.proven,
		HmacVerified: v.proven,
	})
	if err != nil {
		return v, err
	}
	return v, v.recall(ctx, t.Queries())
}

// createVisitor adds a contact. It stores an identifier only if it is proved.
func (h *handlers) createVisitor(ctx context.Context, t *desk.Tx, proven bool, p desk.ContactInput) (db.Contact, error) {
	if !proven {
		p.Identifier = nil
	}
	contact, err := writeUntaken(p, func(p desk.ContactInput) (db.Contact, error) { return t.CreateContact(ctx, p) })
	if err != nil {
		return contact, err
	}
	return contact, saveContactAvatar(ctx, t, contact, p, nil)
}

// writeUntaken writes a contact without an e-mail or phone that another contact has. These stay proposals, and the
// caller does not learn that the other contact exists.
func writeUntaken(p desk.ContactInput, write func(desk.ContactInput) (db.Contact, error)) (db.Contact, error) {
	contact, err := write(p)
	taken := fault.In(err)
	if taken["email"] == "" && taken["phone_number"] == "" {
		return contact, err
	}
	if taken["email"] != "" {
		p.Email = nil
	}
	if taken["phone_number"] != "" {
		p.PhoneNumber = nil
	}
	return write(p)
}

// visitorName makes a name for a contact without one, so that agents can distinguish contacts.
func visitorName() string {
	first := [...]string{
		"quiet",
		"amber",
		"early",
		"brisk",
		"gentle",
		"silver",
		"curious",
		"mellow",
		"northern",
		"bright",
		"patient",
		"sunny",
	}
	second := [...]string{
		"harbour",
		"meadow",
		"lantern",
		"river",
		"sparrow",
		"maple",
		"pebble",
		"cloud",
		"garden",
		"willow",
		"ferry",
		"orchard",
	}
	return first[rand.IntN(len(first))] + "-" + second[rand.IntN(len(second))] + "-" + strconv.Itoa(100+rand.IntN(900))
}

func (h *handlers) publicContact(c *api.Call) error {
	var in identity
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	v, err := h.provenVisitor(c, in, true)
	if err != nil {
		return err
	}
	return c.Single(publicContact(v))
}

// publicUpdateContact changes the contact, if the caller has proved to be them or the contact was created for this
// address. Otherwise it changes only the proposal at the address.
func (h *handlers) publicUpdateContact(c *api.Call) error {
	var in publicContactInput
	if err := c.Read(&in); err != nil {
		return err
	}
	v, err := h.provenVisitor(c, in.identity, true)
	if err != nil {
		return err
	}
	p, err := in.toDesk()
	if err != nil {
		return err
	}
	c.Actor = desk.System(v.inbox.AccountID)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		v, err := h.propose(ctx, t, v, p)
		return shape.RawContactOf(v.shown()), err
	})
}

// propose stores a visitor's claims at their address, and sets the fields of their contact that they may change.
func (h *handlers) propose(ctx context.Context, t *desk.Tx, v visitor, p desk.ContactInput) (visitor, error) {
	q := t.Queries()
	var err error
	if v.contact, err = q.LockContact(ctx, t.Account(), v.contact.ID); err != nil {
		return v, err
	}
	if v.address, err = q.LockContactInbox(ctx, t.Account(), v.address.ID); err != nil {
		return v, err
	}
	if v.address.ContactID != v.contact.ID {
		return v, fault.NotFound // merged meanwhile
	}
	writes := v.proven
	allowed := p
	allowed.Identifier = nil
	if !v.proven {
		if writes, err = v.isOfThisAddressAlone(ctx, q); err != nil {
			return v, err
		}
		allowed = v.withoutForeignValues(allowed)
	}
	if writes {
		v.contact, err = writeUntaken(allowed, func(p desk.ContactInput) (db.Contact, error) {
			return t.UpdateContact(ctx, v.contact.ID, p)
		})
		if err != nil {
			return v, err
		}
		if err := saveContactAvatar(ctx, t, v.contact, allowed, nil); err != nil {
			return v, err
		}
	}
	proposal, err := v.address.Proposal.With(proposalOf(p))
	if err != nil {
		return v, err
	}
	if len(proposal.CustomAttributes) > maxProposedAttributes {
		return v, fault.Field("custom_attributes", "Custom attributes are too long (maximum is 60000 characters)")
	}
	v.address, err = q.SetContactInboxProposal(ctx, db.SetContactInboxProposalParams{
		AccountID:    v.address.AccountID,
		ID:           v.address.ID,
		Proposal:     proposal,
		MadeContact:  v.address.MadeContact,
		HmacVerified: v.address.HmacVerified,
	})
	return v, err
}

// maxProposedAttributes is the total length of the attributes that may be proposed at an address.
const maxProposedAttributes = 60_000

func proposalOf(p desk.ContactInput) db.Proposal {
	return db.Proposal{
		Name:             p.Name,
		Email:            p.Email,
		PhoneNumber:      p.PhoneNumber,
		Identifier:       p.Identifier,
		AvatarURL:        p.AvatarURL,
		CustomAttributes: p.Custom,
	}
}

// isOfThisAddressAlone reports whether the contact was created for this address and has got neither an identifier nor
// another address since.
func (v visitor) isOfThisAddressAlone(ctx context.Context, q *db.Queries) (bool, error) {
	if !v.address.MadeContact || v.address.HmacVerified || v.contact.Identifier != nil {
		return false, nil
	}
	n, err := q.CountContactInboxes(ctx, v.contact.AccountID, v.contact.ID)
	return n == 1, err
}

// withoutForeignValues drops changes of values that did not come from this address, such as those that agents entered.
func (v visitor) withoutForeignValues(p desk.ContactInput) desk.ContactInput {
	c, said := v.contact, v.address.Proposal
	own := func(now, said *string) bool { return now == nil || *now == "" || said != nil && *now == *said }
	if !own(&c.Name, said.Name) {
		p.Name = nil
	}
	if !own(c.Email, said.Email) {
		p.Email = nil
	}
	if !own(c.PhoneNumber, said.PhoneNumber) {
		p.PhoneNumber = nil
	}
	if !own(c.AvatarUrl, said.AvatarURL) || c.AvatarHash != nil && said.AvatarURL == nil {
		p.AvatarURL = nil
	}
	p.Custom = ownAttributes(c.CustomAttributes, said.CustomAttributes, p.Custom)
	return p
}

// ownAttributes returns those of next that the contact does not have, or has from this address.
func ownAttributes(now, said, next json.RawMessage) json.RawMessage {
	var had, proposed, wanted map[string]json.RawMessage
	if json.Unmarshal(next, &wanted) != nil || json.Unmarshal(now, &had) != nil {
		return nil
	}
	_ = json.Unmarshal(said, &proposed) // without a proposal there are none
	for key := range wanted {
		if value, there := had[key]; there && string(value) != string(proposed[key]) {
			delete(wanted, key)
		}
	}
	own, err := json.Marshal(wanted)
	if err != nil {
		return nil
	}
	return own
}

// refuseHMAC answers a missing or wrong proof.
func refuseHMAC() error {
	return api.Refuse(http.StatusUnauthorized, "HMAC failed: Invalid Identifier Hash Provided")
}

// isTrimmed reports whether an identifier is in the stored form. A proof is for the exact text.
func isTrimmed(s string) bool { return s != "" && strings.TrimSpace(s) == s }
