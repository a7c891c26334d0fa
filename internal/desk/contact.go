package desk

import (
	"context"
	"encoding/json"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

var phonePattern = regexp.MustCompile(`^\+[1-9]\d{0,14}$`)

// ContactInput holds the fields of a contact to be set: nil leaves a field as it is, an empty string clears it.
type ContactInput struct {
	Name        *string
	Email       *string
	PhoneNumber *string
	Identifier  *string
	Blocked     *bool
	Labels      []string
	// Custom and Additional are merged into the stored objects; a key with null is removed.
	Custom     json.RawMessage
	Additional json.RawMessage
	// CustomRemoved are the keys of custom attributes to remove.
	CustomRemoved []string
	AvatarHash    *string
	AvatarURL     *string
}

// CreateContact adds a contact. E-mail, phone and identifier are each unique in the account: fault.Fields if one is
// taken.
func (t *Tx) CreateContact(ctx context.Context, p ContactInput) (db.Contact, error) {
	c := db.Contact{
		AccountID:            t.Account(),
		Labels:               []string{},
		AdditionalAttributes: object(nil),
		CustomAttributes:     object(nil),
		CreatedAt:            t.Now,
		UpdatedAt:            t.Now,
	}
	if _, err := p.apply(&c); err != nil {
		return c, err
	}
	wanted := c
	err := t.savepoint(ctx, func() (err error) {
		c, err = t.q.InsertContact(ctx, db.InsertContactParams{
			AccountID: c.AccountID, Name: c.Name, Email: c.Email, PhoneNumber: c.PhoneNumber, Identifier: c.Identifier, Blocked: c.Blocked,
			Labels: c.Labels, AdditionalAttributes: c.AdditionalAttributes, CustomAttributes: c.CustomAttributes,
			AvatarHash: c.AvatarHash, AvatarUrl: c.AvatarUrl, CreatedAt: t.Now,
		})
		return err
	})
	if err != nil {
		return c, t.taken(ctx, wanted, err)
	}
	return c, t.record(ctx, ContactCreated, subject{contactID: c.ID}, Data{})
}

// UpdateContact changes a contact. It records no event if nothing changed.
func (t *Tx) UpdateContact(ctx context.Context, contactID int64, p ContactInput) (db.Contact, error) {
	c, err := t.q.LockContact(ctx, t.Account(), contactID)
	if err != nil {
		return c, err
	}
	changed, err := p.apply(&c)
	if err != nil || len(changed) == 0 {
		return c, err
	}
	wanted := c
	err = t.savepoint(ctx, func() (err error) { c, err = t.updateContact(ctx, wanted); return err })
	if err != nil {
		return c, t.taken(ctx, wanted, err)
	}
	return c, t.record(ctx, ContactUpdated, subject{contactID: c.ID}, Data{Changed: changed})
}

func (t *Tx) updateContact(ctx context.Context, c db.Contact) (db.Contact, error) {
	return t.q.UpdateContact(ctx, db.UpdateContactParams{
		AccountID: c.AccountID, ID: c.ID, Name: c.Name, Email: c.Email, PhoneNumber: c.PhoneNumber, Identifier: c.Identifier, Blocked: c.Blocked,
		Labels: c.Labels, AdditionalAttributes: c.AdditionalAttributes, CustomAttributes: c.CustomAttributes,
		AvatarHash: c.AvatarHash, AvatarUrl: c.AvatarUrl, UpdatedAt: t.Now,
	})
}

// savepoint runs fn so that its failure does not end the transaction: after a unique violation an import goes on, and
// an API answers which fields are taken.
func (t *Tx) savepoint(ctx context.Context, fn func() error) error {
	inner, err := t.tx.Begin(ctx)
	if err != nil {
		return err
	}
	outer := t.q
	t.q = db.New(inner)
	err = fn()
	t.q = outer
	if err != nil {
		if back := inner.Rollback(ctx); back != nil {
			return back
		}
		return err
	}
	return inner.Commit(ctx)
}

// taken lists all fields of c that another contact has: PostgreSQL names only the first.
func (t *Tx) taken(ctx context.Context, c db.Contact, err error) error {
	uniques := []struct {
		index, field, name string
		value              *string
		find               func(ctx context.Context, accountID int64, value string) (db.Contact, error)
	}{
		{"contacts_email_key", "email", "Email", c.Email, t.q.FindContactByEmail},
		{"contacts_phone_key", "phone_number", "Phone number", c.PhoneNumber, t.q.FindContactByPhone},
		{"contacts_identifier_key", "identifier", "Identifier", c.Identifier, t.q.FindContactByIdentifier},
	}
	invalid := fault.Fields{}
	for _, u := range uniques {
		if db.IsDuplicate(err, u.index) {
			invalid[u.field] = u.name + " has already been taken"
		}
	}
	if len(invalid) == 0 {
		return err
	}
	for _, u := range uniques {
		if u.value == nil {
			continue
		}
		switch other, err := u.find(ctx, t.Account(), *u.value); {
		case db.IsNone(err):
		case err != nil:
			return err
		case other.ID != c.ID:
			invalid[u.field] = u.name + " has already been taken"
		}
	}
	return invalid
}

// apply writes p into c, in the form in which it is stored, and returns what changed.
func (p ContactInput) apply(c *db.Contact) (map[string][2]any, error) {
	changed, invalid := map[string][2]any{}, fault.Fields{}
	if p.Name != nil && c.Name != *p.Name {
		changed["name"], c.Name = [2]any{c.Name, *p.Name}, *p.Name
	}
	optional := func(field string, at **string, to *string) {
		if to == nil {
			return
		}
		var next *string
		if s := strings.TrimSpace(*to); s != "" {
			next = &s
		}
		if !same(*at, next) {
			changed[field], *at = [2]any{*at, next}, next
		}
	}
	if p.Email != nil {
		lower := strings.ToLower(*p.Email)
		p.Email = &lower
	}
	optional("email", &c.Email, p.Email)
	optional("phone_number", &c.PhoneNumber, p.PhoneNumber)
	optional("identifier", &c.Identifier, p.Identifier)
	optional("avatar_hash", &c.AvatarHash, p.AvatarHash)
	optional("avatar_url", &c.AvatarUrl, p.AvatarURL)
	if p.Blocked != nil && *p.Blocked != c.Blocked {
		changed["blocked"], c.Blocked = [2]any{c.Blocked, *p.Blocked}, *p.Blocked
	}
	if p.Labels != nil {
		labels, err := tidyLabels(p.Labels)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(labels, c.Labels) {
			changed["labels"], c.Labels = [2]any{c.Labels, labels}, labels
		}
	}
	merge := func(field string, at *json.RawMessage, with json.RawMessage, gone []string) {
		next, differs, err := mergeObjects(*at, with, gone)
		if err != nil {
			invalid[field] = strings.ReplaceAll(field, "_", " ") + " must be an object"
		} else if differs {
			changed[field], *at = [2]any{*at, next}, next
		}
	}
	merge("custom_attributes", &c.CustomAttributes, p.Custom, p.CustomRemoved)
	merge("additional_attributes", &c.AdditionalAttributes, p.Additional, nil)
	checkContact(*c, changed, invalid)
	if len(invalid) > 0 {
		return nil, invalid
	}
	return changed, nil
}

// Tidy is the input in the form in which it is kept. fault.Fields if a contact cannot have it, whoever else has it.
func (p ContactInput) Tidy() (ContactInput, error) {
	c := db.Contact{AdditionalAttributes: object(nil), CustomAttributes: object(nil)}
	if _, err := p.apply(&c); err != nil {
		return p, err
	}
	p.Email, p.PhoneNumber, p.Identifier, p.AvatarURL = c.Email, c.PhoneNumber, c.Identifier, c.AvatarUrl
	if c.Name == "" {
		p.Name = nil
	}
	return p, nil
}

func checkContact(c db.Contact, changed map[string][2]any, invalid fault.Fields) {
	if _, ok := changed["email"]; ok && c.Email != nil && !validEmail(*c.Email) {
		invalid["email"] = "Invalid email"
	}
	if _, ok := changed["phone_number"]; ok && c.PhoneNumber != nil && !phonePattern.MatchString(*c.PhoneNumber) {
		invalid["phone_number"] = "Phone number should be in e164 format"
	}
	for field, s := range map[string]*string{"name": &c.Name, "email": c.Email, "identifier": c.Identifier} {
		if s != nil && utf8.RuneCountInString(*s) > 255 {
			invalid[field] = strings.ToUpper(field[:1]) + field[1:] + " is too long (maximum is 255 characters)"
		}
		if s != nil && (strings.ContainsRune(*s, 0) || !utf8.ValidString(*s)) {
			invalid[field] = strings.ToUpper(field[:1]) + field[1:] + " contains characters that cannot be stored"
		}
	}
}

// validEmail takes a bare address with a dot-free or dotted domain, and nothing around it.
func validEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsAny(s, " \r\n<>")
}

// mergeObjects lays one JSON object over another.
func mergeObjects(base, over json.RawMessage, gone []string) (json.RawMessage, bool, error) {
	if len(over) == 0 && len(gone) == 0 {
		return base, false, nil
	}
	all, with := map[string]any{}, map[string]any{}
	if err := db.Decode(object(base), &all); err != nil {
		return base, false, err
	}
	if err := db.Decode(object(over), &with); err != nil {
		return base, false, err
	}
	before, err := json.Marshal(all)
	if err != nil {
		return base, false, err
	}
	for k, v := range with {
		all[k] = v
	}
	for _, k := range gone {
		delete(all, k)
	}
	next, err := json.Marshal(all)
	return next, string(next) != string(before), err
}

// block sets whether a contact is blocked, as UpdateContact does, and reports whether that changed.
func (t *Tx) block(ctx context.Context, contactID int64, blocked bool) (bool, error) {
	c, err := t.q.LockContact(ctx, t.Account(), contactID)
	if err != nil || c.Blocked == blocked {
		return false, err
	}
	_, err = t.UpdateContact(ctx, contactID, ContactInput{Blocked: &blocked})
	return err == nil, err
}

// MergeContacts merges two contacts: what mergee has is moved to base, empty fields of base are filled, and mergee is
// deleted. It locks both, the smaller id first.
func (t *Tx) MergeContacts(ctx context.Context, baseID, mergeeID int64) (db.Contact, error) {
	if baseID == mergeeID {
		return db.Contact{}, fault.Field("mergee_contact_id", "A contact cannot be merged with itself")
	}
	both := map[int64]db.Contact{}
	for _, contactID := range []int64{min(baseID, mergeeID), max(baseID, mergeeID)} {
		c, err := t.q.LockContact(ctx, t.Account(), contactID)
		if err != nil {
			return c, err
		}
		both[contactID] = c
	}
	base, mergee := both[baseID], both[mergeeID]
	moved, err := t.q.MoveConversationsToContact(ctx, db.MoveConversationsToContactParams{
		AccountID:     t.Account(),
		FromContactID: mergeeID,
		ToContactID:   baseID,
	})
	if err != nil {
		return base, err
	}
	var ids, displayIDs []int64
	for _, c := range moved {
		ids, displayIDs = append(ids, c.ID), append(displayIDs, c.DisplayID)
	}
	if err := t.q.MoveContactMessages(ctx, db.MoveContactMessagesParams{
		AccountID:       t.Account(),
		FromContactID:   &mergeeID,
		ToContactID:     &baseID,
		ConversationIds: ids,
	}); err != nil {
		return base, err
	}
	if err := t.q.MoveContactInboxes(ctx, db.MoveContactInboxesParams{
		AccountID:       t.Account(),
		FromContactID:   mergeeID,
		ToContactID:     baseID,
		TakesIdentifier: base.Identifier == nil,
	}); err != nil {
		return base, err
	}
	if err := t.q.MoveNotes(ctx, db.MoveNotesParams{AccountID: t.Account(), FromContactID: mergeeID, ToContactID: baseID}); err != nil {
		return base, err
	}
	if err := t.q.DeleteContact(ctx, t.Account(), mergeeID); err != nil {
		return base, err
	}
	if err := fill(&base, mergee); err != nil {
		return base, err
	}
	base, err = t.updateContact(ctx, base)
	if err != nil {
		return base, err
	}
	return base, t.record(ctx, ContactMerged, subject{contactID: baseID}, Data{MergedID: mergeeID, Moved: displayIDs})
}

// fill copies from other the fields that c lacks; of attributes that both have, c's stay.
func fill(c *db.Contact, other db.Contact) (err error) {
	if c.Name == "" {
		c.Name = other.Name
	}
	for at, from := range map[**string]*string{
		&c.Email: other.Email, &c.PhoneNumber: other.PhoneNumber, &c.Identifier: other.Identifier,
		&c.AvatarHash: other.AvatarHash, &c.AvatarUrl: other.AvatarUrl,
	} {
		if *at == nil {
			*at = from
		}
	}
	if c.Labels, err = tidyLabels(append(slices.Clone(c.Labels), other.Labels...)); err != nil {
		return err
	}
	if c.CustomAttributes, _, err = mergeObjects(other.CustomAttributes, c.CustomAttributes, nil); err != nil {
		return err
	}
	c.AdditionalAttributes, _, err = mergeObjects(other.AdditionalAttributes, c.AdditionalAttributes, nil)
	return err
}

// DeleteContact deletes a contact with their conversations. Administrators only.
func (t *Tx) DeleteContact(ctx context.Context, contactID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	if _, err := t.q.LockContact(ctx, t.Account(), contactID); err != nil {
		return err
	}
	ids, err := t.q.ListContactConversationIDs(ctx, t.Account(), contactID)
	if err != nil {
		return err
	}
	for _, conversationID := range ids {
		if err := t.DeleteConversation(ctx, conversationID); err != nil {
			return err
		}
	}
	if err := t.q.DeleteContact(ctx, t.Account(), contactID); err != nil {
		return err
	}
	return t.record(ctx, ContactDeleted, subject{contactID: contactID}, Data{})
}
