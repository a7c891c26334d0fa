package shape

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
)

// UserSender is a user as the sender of a message, and as the assignee of its conversation.
type UserSender struct {
	ID                 int64  `json:"id"`
	Name               string `json:"name"`
	AvailableName      string `json:"available_name"`
	AvatarURL          string `json:"avatar_url"`
	Type               string `json:"type"`
	AvailabilityStatus string `json:"availability_status"`
	Thumbnail          string `json:"thumbnail"`
}

// ContactSender is a contact as the sender of a message.
type ContactSender struct {
	AdditionalAttributes json.RawMessage `json:"additional_attributes"`
	CustomAttributes     json.RawMessage `json:"custom_attributes"`
	Email                *string         `json:"email"`
	ID                   int64           `json:"id"`
	Identifier           *string         `json:"identifier"`
	Name                 string          `json:"name"`
	PhoneNumber          *string         `json:"phone_number"`
	Thumbnail            string          `json:"thumbnail"`
	Blocked              bool            `json:"blocked"`
	Type                 string          `json:"type"`
}

// BotSender is a bot as the sender of a message.
type BotSender struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	AvatarURL string `json:"avatar_url"`
	Type      string `json:"type"`
}

// UserSender writes a user; presence is what others see of them.
func (w Writer) UserSender(id int64, name string, displayName, avatarHash *string, presence string) UserSender {
	avatar := w.Avatar(avatarHash)
	return UserSender{
		ID:                 id,
		Name:               name,
		AvailableName:      AvailableName(name, displayName),
		AvatarURL:          avatar,
		Type:               "user",
		AvailabilityStatus: presence,
		Thumbnail:          avatar,
	}
}

// ContactSender writes a contact.
func (w Writer) ContactSender(c db.Contact) ContactSender {
	return ContactSender{
		AdditionalAttributes: c.AdditionalAttributes,
		CustomAttributes:     c.CustomAttributes,
		Email:                c.Email,
		ID:                   c.ID,
		Identifier:           c.Identifier,
		Name:                 c.Name,
		PhoneNumber:          c.PhoneNumber,
		Thumbnail:            w.ContactAvatar(c.AvatarHash, c.AvatarUrl),
		Blocked:              c.Blocked,
		Type:                 "contact",
	}
}

// Sender writes who a message is from, or nil.
func (w Writer) Sender(m *db.MessageDetail) any {
	if m.SenderKind == nil || m.SenderID == nil {
		return nil
	}
	s := &m.Sender
	switch {
	case *m.SenderKind == db.SenderKindUser && s.UserName != nil:
		presence := w.Presence(s.UserAvailability, s.UserAutoOffline, s.UserActiveAt)
		return w.UserSender(*m.SenderID, *s.UserName, s.UserDisplayName, s.UserAvatarHash, presence)
	case *m.SenderKind == db.SenderKindContact && s.ContactName != nil:
		return ContactSender{
			AdditionalAttributes: s.ContactAdditionalAttributes,
			CustomAttributes:     s.ContactCustomAttributes,
			Email:                s.ContactEmail,
			ID:                   *m.SenderID,
			Identifier:           s.ContactIdentifier,
			Name:                 *s.ContactName,
			PhoneNumber:          s.ContactPhoneNumber,
			Thumbnail:            w.ContactAvatar(s.ContactAvatarHash, s.ContactAvatarUrl),
			Blocked:              s.ContactBlocked != nil && *s.ContactBlocked,
			Type:                 "contact",
		}
	case *m.SenderKind == db.SenderKindBot && s.BotName != nil:
		return BotSender{ID: *m.SenderID, Name: *s.BotName, AvatarURL: w.Avatar(s.BotAvatarHash), Type: "agent_bot"}
	}
	return nil
}
