package db

import (
	"bytes"
	"encoding/json"
)

// Proposal is what a caller of the public client API said of themselves at an address, and nothing proves: for agents to
// read, and for the caller to be shown again.
type Proposal struct {
	Name             *string         `json:"name,omitempty"`
	Email            *string         `json:"email,omitempty"`
	PhoneNumber      *string         `json:"phone_number,omitempty"`
	Identifier       *string         `json:"identifier,omitempty"`
	AvatarURL        *string         `json:"avatar_url,omitempty"`
	CustomAttributes json.RawMessage `json:"custom_attributes,omitempty"`
}

// With is the proposal after the caller has said more.
func (p Proposal) With(next Proposal) (Proposal, error) {
	for at, to := range map[**string]*string{
		&p.Name: next.Name, &p.Email: next.Email, &p.PhoneNumber: next.PhoneNumber, &p.Identifier: next.Identifier,
		&p.AvatarURL: next.AvatarURL,
	} {
		if to != nil {
			*at = to
		}
	}
	if len(next.CustomAttributes) == 0 {
		return p, nil
	}
	all := map[string]json.RawMessage{}
	for _, object := range []json.RawMessage{p.CustomAttributes, next.CustomAttributes} {
		if len(object) == 0 {
			continue
		}
		if err := json.Unmarshal(object, &all); err != nil {
			return p, err
		}
	}
	var err error
	p.CustomAttributes, err = json.Marshal(all)
	return p, err
}

// Without is what was proposed and is not the contact's, or nil if that is nothing.
func (p Proposal) Without(c Contact) *Proposal {
	same := func(proposed, known *string) bool { return proposed == nil || known != nil && *proposed == *known }
	if same(p.Name, &c.Name) {
		p.Name = nil
	}
	if same(p.Email, c.Email) {
		p.Email = nil
	}
	if same(p.PhoneNumber, c.PhoneNumber) {
		p.PhoneNumber = nil
	}
	if same(p.Identifier, c.Identifier) {
		p.Identifier = nil
	}
	if same(p.AvatarURL, c.AvatarUrl) {
		p.AvatarURL = nil
	}
	p.CustomAttributes = attributesWithout(p.CustomAttributes, c.CustomAttributes)
	if p.Name == nil && p.Email == nil && p.PhoneNumber == nil && p.Identifier == nil && p.AvatarURL == nil && p.CustomAttributes == nil {
		return nil
	}
	return &p
}

// attributesWithout are the attributes of all that known does not have, nil if there are none.
func attributesWithout(all, known json.RawMessage) json.RawMessage {
	var proposed, stored map[string]json.RawMessage
	if json.Unmarshal(all, &proposed) != nil {
		return nil
	}
	_ = json.Unmarshal(known, &stored) // none is none
	for key, value := range proposed {
		if now, there := stored[key]; there && bytes.Equal(now, value) {
			delete(proposed, key)
		}
	}
	if len(proposed) == 0 {
		return nil
	}
	rest, err := json.Marshal(proposed)
	if err != nil {
		return nil
	}
	return rest
}

// ProposedContact is the contact as what was said at the address makes them. The id is 0 unless the contact was made for
// the address.
func (a ContactInbox) ProposedContact() Contact {
	said := a.Proposal
	c := Contact{
		AccountID:            a.AccountID,
		Email:                said.Email,
		PhoneNumber:          said.PhoneNumber,
		Identifier:           said.Identifier,
		AvatarUrl:            said.AvatarURL,
		AdditionalAttributes: json.RawMessage("{}"),
		CustomAttributes:     said.CustomAttributes,
		CreatedAt:            a.CreatedAt,
		UpdatedAt:            a.UpdatedAt,
	}
	if said.Name != nil {
		c.Name = *said.Name
	}
	if len(c.CustomAttributes) == 0 {
		c.CustomAttributes = json.RawMessage("{}")
	}
	if a.MadeContact {
		c.ID = a.ContactID
	}
	return c
}
