package hook

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// contactJSON is a contact as the sender of a message and as the body of a contact's event.
type contactJSON struct {
	Account    accountJSON     `json:"account"`
	Additional json.RawMessage `json:"additional_attributes"`
	Avatar     string          `json:"avatar"`
	Custom     json.RawMessage `json:"custom_attributes"`
	Email      *string         `json:"email"`
	ID         int64           `json:"id"`
	Identifier *string         `json:"identifier"`
	Name       string          `json:"name"`
	Phone      *string         `json:"phone_number"`
	Thumbnail  string          `json:"thumbnail"`
	Blocked    bool            `json:"blocked"`
	Event      string          `json:"event,omitempty"`
	Changed    any             `json:"changed_attributes,omitempty"`
}

func (mk *Maker) contact(c db.Contact, a accountJSON) contactJSON {
	picture := mk.shape.Avatar(c.AvatarHash)
	return contactJSON{
		Account:    a,
		Additional: c.AdditionalAttributes,
		Avatar:     picture,
		Custom:     c.CustomAttributes,
		Email:      c.Email,
		ID:         c.ID,
		Identifier: c.Identifier,
		Name:       c.Name,
		Phone:      c.PhoneNumber,
		Thumbnail:  picture,
		Blocked:    c.Blocked,
	}
}

// contactBody is the body of contact_created and contact_updated.
func (mk *Maker) contactBody(ctx context.Context, q *db.Queries, e db.Event, d desk.Data, name string) (any, error) {
	c, err := q.GetContact(ctx, e.AccountID, *e.ContactID)
	if err != nil {
		return nil, err
	}
	account, err := q.GetAccountName(ctx, e.AccountID)
	if err != nil {
		return nil, err
	}
	body := mk.contact(c, accountJSON{e.AccountID, account})
	body.Event, body.Changed = name, columnChanges(d)
	return body, nil
}
