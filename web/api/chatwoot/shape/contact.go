package shape

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
)

// Contact is a contact in every answer of the agents' API.
type Contact struct {
	AdditionalAttributes json.RawMessage `json:"additional_attributes"`
	AvailabilityStatus   string          `json:"availability_status"`
	Email                *string         `json:"email"`
	ID                   int64           `json:"id"`
	Name                 string          `json:"name"`
	PhoneNumber          *string         `json:"phone_number"`
	Blocked              bool            `json:"blocked"`
	Identifier           *string         `json:"identifier"`
	Thumbnail            string          `json:"thumbnail"`
	CustomAttributes     json.RawMessage `json:"custom_attributes"`
	LastActivityAt       int64           `json:"last_activity_at,omitempty"`
	CreatedAt            int64           `json:"created_at"`
	// ContactInboxes is nil where the caller did not ask for them.
	ContactInboxes *[]ContactInbox `json:"contact_inboxes,omitempty"`
}

// Contact writes a contact as offline: who is connected takes one more read.
func (w Writer) Contact(c db.Contact) Contact {
	return Contact{
		AdditionalAttributes: c.AdditionalAttributes,
		AvailabilityStatus:   string(db.AvailabilityOffline),
		Email:                c.Email,
		ID:                   c.ID,
		Name:                 c.Name,
		PhoneNumber:          c.PhoneNumber,
		Blocked:              c.Blocked,
		Identifier:           c.Identifier,
		Thumbnail:            w.ContactAvatar(c.AvatarHash, c.AvatarUrl),
		CustomAttributes:     c.CustomAttributes,
		LastActivityAt:       Unix(c.LastActivityAt),
		CreatedAt:            c.CreatedAt.Unix(),
	}
}

// RawContact is a contact with its columns alone.
type RawContact struct {
	ID                   int64           `json:"id"`
	Name                 string          `json:"name"`
	Email                *string         `json:"email"`
	PhoneNumber          *string         `json:"phone_number"`
	AccountID            int64           `json:"account_id"`
	CreatedAt            string          `json:"created_at"`
	UpdatedAt            string          `json:"updated_at"`
	AdditionalAttributes json.RawMessage `json:"additional_attributes"`
	Identifier           *string         `json:"identifier"`
	CustomAttributes     json.RawMessage `json:"custom_attributes"`
	LastActivityAt       *string         `json:"last_activity_at"`
	Blocked              bool            `json:"blocked"`
}

// RawContactOf writes a contact as a bare row.
func RawContactOf(c db.Contact) RawContact {
	return RawContact{
		ID:                   c.ID,
		Name:                 c.Name,
		Email:                c.Email,
		PhoneNumber:          c.PhoneNumber,
		AccountID:            c.AccountID,
		CreatedAt:            ISO(c.CreatedAt),
		UpdatedAt:            ISO(c.UpdatedAt),
		AdditionalAttributes: c.AdditionalAttributes,
		Identifier:           c.Identifier,
		CustomAttributes:     c.CustomAttributes,
		LastActivityAt:       ISOPtr(c.LastActivityAt),
		Blocked:              c.Blocked,
	}
}
