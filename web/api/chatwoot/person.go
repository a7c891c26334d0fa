package chatwoot

import (
	"encoding/json"
	"net/url"
	"path"
	"time"

	"github.com/parleydesk/parley/db"
)

// The people in other resources' JSON: who sent a message, whose a conversation is.

// userSender is a user as the sender of a message, and as the assignee in the list of messages.
type userSender struct {
	ID                 int64  `json:"id"`
	Name               string `json:"name"`
	AvailableName      string `json:"available_name"`
	AvatarURL          string `json:"avatar_url"`
	Type               string `json:"type"`
	AvailabilityStatus string `json:"availability_status"`
	Thumbnail          string `json:"thumbnail"`
}

// contactSender is a contact as the sender of a message.
type contactSender struct {
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

// botSender is a bot as the sender of a message.
type botSender struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	AvatarURL string `json:"avatar_url"`
	Type      string `json:"type"`
}

// sender is who a message is from, or nil.
func (h *handlers) sender(m *db.MessageDetail) any {
	if m.SenderKind == nil || m.SenderID == nil {
		return nil
	}
	switch {
	case *m.SenderKind == db.SenderKindUser && m.UserName != nil:
		avatar := h.avatar(m.UserAvatarHash)
		return userSender{
			ID: *m.SenderID, Name: *m.UserName, AvailableName: availableName(*m.UserName, m.UserDisplayName), AvatarURL: avatar,
			Type: "user", AvailabilityStatus: h.presence(m.UserAvailability, m.UserAutoOffline, m.UserActiveAt), Thumbnail: avatar,
		}
	case *m.SenderKind == db.SenderKindContact && m.ContactName != nil:
		return contactSender{
			AdditionalAttributes: m.ContactAdditionalAttributes, CustomAttributes: m.ContactCustomAttributes, Email: m.ContactEmail,
			ID: *m.SenderID, Identifier: m.ContactIdentifier, Name: *m.ContactName, PhoneNumber: m.ContactPhoneNumber,
			Thumbnail: h.picture(m.ContactAvatarHash, m.ContactAvatarUrl), Blocked: m.ContactBlocked != nil && *m.ContactBlocked, Type: "contact",
		}
	case *m.SenderKind == db.SenderKindBot && m.BotName != nil:
		return botSender{ID: *m.SenderID, Name: *m.BotName, AvatarURL: h.avatar(m.BotAvatarHash), Type: "agent_bot"}
	}
	return nil
}

// presence is what others see of somebody who may not be a member any more: who goes offline by themselves is only
// there while connected.
func presence(now time.Time, set *db.Availability, autoOffline *bool, activeAt *time.Time) string {
	if set == nil || autoOffline == nil || *autoOffline && !db.Online(activeAt, now) {
		return string(db.AvailabilityOffline)
	}
	return string(*set)
}

func (h *handlers) presence(set *db.Availability, autoOffline *bool, activeAt *time.Time) string {
	return presence(h.a.Now(), set, autoOffline, activeAt)
}

// picture is a contact's: stored here, or an address that was given. What is stored keeps the name that it came with:
// bridges tell by it whether they have a newer one, and would send it with every message.
func (h *handlers) picture(hash, address *string) string {
	a := h.avatar(hash)
	switch {
	case address == nil:
		return a
	case a == "":
		return *address
	}
	if u, err := url.Parse(*address); err == nil {
		if name := path.Base(u.Path); name != "." && name != "/" {
			return a + "/" + url.PathEscape(name)
		}
	}
	return a
}

// agentJSON is a colleague in lists of people and as an assignee.
type agentJSON struct {
	ID                 int64           `json:"id"`
	AccountID          int64           `json:"account_id"`
	AvailabilityStatus string          `json:"availability_status"`
	AutoOffline        bool            `json:"auto_offline"`
	Confirmed          bool            `json:"confirmed"`
	Email              string          `json:"email"`
	Provider           string          `json:"provider"`
	AvailableName      string          `json:"available_name"`
	CustomAttributes   json.RawMessage `json:"custom_attributes,omitempty"`
	Name               string          `json:"name"`
	Role               db.Role         `json:"role"`
	Thumbnail          string          `json:"thumbnail"`
}

// agent is a member as others see them.
func (h *handlers) agent(u db.User, m db.Membership) agentJSON {
	return agentJSON{
		ID: u.ID, AccountID: m.AccountID, AvailabilityStatus: h.availability(m.Availability, m.AutoOffline, m.ActiveAt),
		AutoOffline: m.AutoOffline, Confirmed: u.ConfirmedAt != nil, Email: u.Email, Provider: "email",
		AvailableName: availableName(u.Name, u.DisplayName), CustomAttributes: anyAttributes(u.CustomAttributes), Name: u.Name,
		Role: m.Role, Thumbnail: h.avatar(u.AvatarHash),
	}
}

// anyAttributes leaves an empty object out.
func anyAttributes(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "{}" {
		return nil
	}
	return raw
}

// assigneeBotJSON is a bot as an assignee.
type assigneeBotJSON struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Thumbnail   string `json:"thumbnail"`
	OutgoingURL string `json:"outgoing_url"`
	BotType     string `json:"bot_type"`
}

// teamJSON is a team, with whether the caller is in it.
type teamJSON struct {
	ID              int64   `json:"id"`
	Name            string  `json:"name"`
	Description     *string `json:"description"`
	AllowAutoAssign bool    `json:"allow_auto_assign"`
	AccountID       int64   `json:"account_id"`
	IsMember        bool    `json:"is_member"`
}

// nilIfEmpty is text whose absence the contract writes as null.
func nilIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
