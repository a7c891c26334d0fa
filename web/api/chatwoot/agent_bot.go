package chatwoot

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
)

// botJSON is a bot. Its token is there when it has just been made, and null ever after: it is kept only as its hash.
type botJSON struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Thumbnail   string          `json:"thumbnail"`
	OutgoingURL string          `json:"outgoing_url"`
	BotType     string          `json:"bot_type"`
	BotConfig   json.RawMessage `json:"bot_config"`
	AccountID   int64           `json:"account_id"`
	AccessToken *string         `json:"access_token"`
	Secret      *string         `json:"secret,omitempty"`
	SystemBot   bool            `json:"system_bot"`
}

// botJSON shows a bot; the key of its signatures only to an administrator.
func (s *surface) botJSON(b db.AgentBot, admin bool, token *string) botJSON {
	j := botJSON{
		ID: b.ID, Name: b.Name, Description: b.Description, Thumbnail: s.avatar(b.AvatarHash), OutgoingURL: b.OutgoingUrl,
		BotType: b.BotType, BotConfig: b.BotConfig, AccountID: b.AccountID, AccessToken: token,
	}
	if admin {
		j.Secret = &b.Secret
	}
	return j
}
