package ndoto

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/link"
)

// agentJSON is a colleague.
type agentJSON struct {
	ID           int64           `json:"id"`
	Name         string          `json:"name"`
	Email        string          `json:"email"`
	Role         db.Role         `json:"role"`
	Availability db.Availability `json:"availability"`
	Confirmed    bool            `json:"confirmed"`
	AvatarURL    string          `json:"avatar_url"`
}

func (s *surface) agent(u db.User, m db.Membership) agentJSON {
	j := agentJSON{ID: u.ID, Name: u.Name, Email: u.Email, Role: m.Role, Availability: m.Availability, Confirmed: u.ConfirmedAt != nil}
	if u.AvatarHash != nil {
		j.AvatarURL = s.a.BaseURL + link.Avatar(*u.AvatarHash)
	}
	return j
}

// teamJSON is a team.
type teamJSON struct {
	ID              int64  `json:"id"`
	Name            string `json:"name"`
	Description     string `json:"description"`
	AllowAutoAssign bool   `json:"allow_auto_assign"`
	CreatedAt       int64  `json:"created_at"`
	UpdatedAt       int64  `json:"updated_at"`
}

func teamShape(t db.Team) teamJSON {
	return teamJSON{t.ID, t.Name, t.Description, t.AllowAutoAssign, seconds(t.CreatedAt), seconds(t.UpdatedAt)}
}

// channelType names the kind of an inbox as Chatwoot does, from which this dialect comes.
func channelType(k db.InboxKind) string {
	switch k {
	case db.InboxKindEmail:
		return "Channel::Email"
	case db.InboxKindWebWidget:
		return "Channel::WebWidget"
	case db.InboxKindSms:
		return "Channel::Sms"
	case db.InboxKindWhatsapp:
		return "Channel::Whatsapp"
	case db.InboxKindTelegram:
		return "Channel::Telegram"
	case db.InboxKindLine:
		return "Channel::Line"
	case db.InboxKindMessenger:
		return "Channel::FacebookPage"
	case db.InboxKindInstagram:
		return "Channel::Instagram"
	}
	return "Channel::Api"
}
