package api

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// ContactInput holds the fields of a contact that clients may send, and the inbox and the address by which the contact is
// reached.
type ContactInput struct {
	Name                 Text   `json:"name"`
	Email                Text   `json:"email"`
	PhoneNumber          Text   `json:"phone_number"`
	Identifier           Text   `json:"identifier"`
	Blocked              Bool   `json:"blocked"`
	AvatarURL            Text   `json:"avatar_url"`
	AdditionalAttributes Object `json:"additional_attributes"`
	CustomAttributes     Object `json:"custom_attributes"`
	InboxID              ID     `json:"inbox_id"`
	SourceID             Text   `json:"source_id"`
}

// Desk returns the input as the desk takes it. Some clients send every field that they know, empty: with Text.Ptr as given
// an empty text is absent, as for a new contact; with Text.Given it clears the field.
func (in ContactInput) Desk(given func(Text) *string) (desk.ContactInput, error) {
	p := desk.ContactInput{
		Name:        given(in.Name),
		Email:       given(in.Email),
		PhoneNumber: given(in.PhoneNumber),
		Identifier:  given(in.Identifier),
		AvatarURL:   in.AvatarURL.Ptr(),
		Blocked:     in.Blocked.Ptr(),
		Additional:  json.RawMessage(in.AdditionalAttributes),
		Custom:      json.RawMessage(in.CustomAttributes),
	}
	if p.AvatarURL != nil {
		return p, CheckAvatarURL(*p.AvatarURL)
	}
	return p, nil
}

// Contact reads the contact in the path. Every member sees all of the account's contacts.
func (a *API) Contact(c *Call) (db.Contact, error) {
	id, err := c.ID("contact")
	if err != nil {
		return db.Contact{}, err
	}
	return a.Q.GetContact(c.Ctx(), c.Account(), id)
}
