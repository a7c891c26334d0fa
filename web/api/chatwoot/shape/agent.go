package shape

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
)

// Agent is a member of the account, in lists of members and as an assignee.
type Agent struct {
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

// Agent writes a member.
func (w Writer) Agent(u db.User, m db.Membership) Agent {
	return Agent{
		ID:                 u.ID,
		AccountID:          m.AccountID,
		AvailabilityStatus: w.Availability(m.Availability, m.AutoOffline, m.ActiveAt),
		AutoOffline:        m.AutoOffline,
		Confirmed:          u.ConfirmedAt != nil,
		Email:              u.Email,
		Provider:           "email",
		AvailableName:      AvailableName(u.Name, u.DisplayName),
		CustomAttributes:   NonEmpty(u.CustomAttributes),
		Name:               u.Name,
		Role:               m.Role,
		Thumbnail:          w.Avatar(u.AvatarHash),
	}
}

// AssigneeBot is a bot as an assignee.
type AssigneeBot struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Thumbnail   string `json:"thumbnail"`
	OutgoingURL string `json:"outgoing_url"`
	BotType     string `json:"bot_type"`
}

// AssigneeBot writes a bot as an assignee.
func (w Writer) AssigneeBot(b db.AgentBot) AssigneeBot {
	return AssigneeBot{
		ID:          b.ID,
		Name:        b.Name,
		Description: b.Description,
		Thumbnail:   w.Avatar(b.AvatarHash),
		OutgoingURL: b.OutgoingUrl,
		BotType:     b.BotType,
	}
}
