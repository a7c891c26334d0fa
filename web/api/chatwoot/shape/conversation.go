package shape

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/web/api"
)

// Conversation is a conversation in almost every answer (docs/api/contract-chatwoot.md#conversations).
type Conversation struct {
	Meta                   ConversationMeta         `json:"meta"`
	ID                     int64                    `json:"id"`
	Messages               []*EventMessage          `json:"messages"`
	AccountID              int64                    `json:"account_id"`
	UUID                   uuid.UUID                `json:"uuid"`
	AdditionalAttributes   json.RawMessage          `json:"additional_attributes"`
	AgentLastSeenAt        int64                    `json:"agent_last_seen_at"`
	AssigneeLastSeenAt     int64                    `json:"assignee_last_seen_at"`
	CanReply               bool                     `json:"can_reply"`
	ContactLastSeenAt      int64                    `json:"contact_last_seen_at"`
	CustomAttributes       json.RawMessage          `json:"custom_attributes"`
	InboxID                int64                    `json:"inbox_id"`
	Labels                 []string                 `json:"labels"`
	Muted                  bool                     `json:"muted"`
	SnoozedUntil           *string                  `json:"snoozed_until"`
	Status                 db.ConversationStatus    `json:"status"`
	CreatedAt              int64                    `json:"created_at"`
	UpdatedAt              json.Number              `json:"updated_at"`
	Timestamp              int64                    `json:"timestamp"`
	FirstReplyCreatedAt    int64                    `json:"first_reply_created_at"`
	UnreadCount            int32                    `json:"unread_count"`
	LastNonActivityMessage *EventMessage            `json:"last_non_activity_message"`
	LastActivityAt         int64                    `json:"last_activity_at"`
	Priority               *db.ConversationPriority `json:"priority"`
	WaitingSince           int64                    `json:"waiting_since"`
	SLAPolicyID            *int64                   `json:"sla_policy_id"`
}

// ConversationMeta is who a conversation is with, and who has it.
type ConversationMeta struct {
	Sender       MetaSender `json:"sender"`
	Channel      string     `json:"channel"`
	Assignee     any        `json:"assignee,omitempty"`
	AssigneeType string     `json:"assignee_type,omitempty"`
	Team         *Team      `json:"team,omitempty"`
	HMACVerified bool       `json:"hmac_verified"`
}

// MetaSender is the contact of a conversation.
type MetaSender struct {
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
}

// maxUnread is the largest number of unread messages that clients are shown.
const maxUnread = 10

// UnreadCount is a number of unread messages as clients are shown it.
func UnreadCount(n int32) int32 { return min(n, maxUnread) }

// Conversation writes a conversation. last is its newest message, talk the newest that is not activity.
func (w Writer) Conversation(c *db.ConversationDetail, scope db.Scope, last, talk *EventMessage) Conversation {
	j := Conversation{
		Meta:                   w.ConversationMeta(c, scope),
		ID:                     c.DisplayID,
		Messages:               []*EventMessage{},
		AccountID:              c.AccountID,
		UUID:                   c.Uuid,
		AdditionalAttributes:   c.AdditionalAttributes,
		AgentLastSeenAt:        Unix(c.AgentLastSeenAt),
		AssigneeLastSeenAt:     Unix(c.AssigneeLastSeenAt),
		CanReply:               canReply(c, w.Now()),
		ContactLastSeenAt:      Unix(c.ContactLastSeenAt),
		CustomAttributes:       c.CustomAttributes,
		InboxID:                c.InboxID,
		Labels:                 c.Labels,
		Muted:                  c.ContactBlocked,
		SnoozedUntil:           ISOPtr(c.SnoozedUntil),
		Status:                 c.Status,
		CreatedAt:              c.CreatedAt.Unix(),
		UpdatedAt:              UnixMicros(c.UpdatedAt),
		Timestamp:              c.LastActivityAt.Unix(),
		FirstReplyCreatedAt:    Unix(c.FirstReplyAt),
		UnreadCount:            UnreadCount(c.UnreadCount),
		LastNonActivityMessage: talk,
		LastActivityAt:         c.LastActivityAt.Unix(),
		Priority:               c.Priority,
		WaitingSince:           Unix(c.WaitingSince),
	}
	if last != nil {
		j.Messages = []*EventMessage{last}
	}
	return j
}

// ConversationMeta writes the meta of a conversation; is_member of its team is about the caller.
func (w Writer) ConversationMeta(c *db.ConversationDetail, scope db.Scope) ConversationMeta {
	m := ConversationMeta{
		Sender: MetaSender{
			AdditionalAttributes: c.ContactAdditionalAttributes,
			AvailabilityStatus:   w.ContactStatus(c.ContactSeenAt),
			Email:                c.ContactEmail,
			ID:                   c.ContactID,
			Name:                 c.ContactName,
			PhoneNumber:          c.ContactPhoneNumber,
			Blocked:              c.ContactBlocked,
			Identifier:           c.ContactIdentifier,
			Thumbnail:            w.ContactAvatar(c.ContactAvatarHash, c.ContactAvatarUrl),
			CustomAttributes:     c.ContactCustomAttributes,
			LastActivityAt:       Unix(c.ContactLastActivityAt),
			CreatedAt:            c.ContactCreatedAt.Unix(),
		},
		Channel:      api.Channel(c.InboxKind),
		HMACVerified: c.HmacVerified,
	}
	switch {
	case c.AssigneeID != nil && c.AssigneeName != nil:
		m.Assignee, m.AssigneeType = w.assignee(c), "User"
	case c.AssigneeBotID != nil && c.BotName != nil:
		m.Assignee, m.AssigneeType = AssigneeBot{
			ID:          *c.AssigneeBotID,
			Name:        *c.BotName,
			Description: *c.BotDescription,
			Thumbnail:   w.Avatar(c.BotAvatarHash),
			OutgoingURL: *c.BotOutgoingUrl,
			BotType:     *c.BotType,
		}, "AgentBot"
	}
	if c.TeamID != nil && c.TeamName != nil {
		m.Team = &Team{
			ID:              *c.TeamID,
			Name:            *c.TeamName,
			Description:     NilIfEmpty(*c.TeamDescription),
			AllowAutoAssign: *c.TeamAllowAutoAssign,
			AccountID:       c.AccountID,
			IsMember:        slices.Contains(scope.TeamIDs, *c.TeamID),
		}
	}
	return m
}

func (w Writer) assignee(c *db.ConversationDetail) Agent {
	a := Agent{
		ID:                 *c.AssigneeID,
		AccountID:          c.AccountID,
		AvailabilityStatus: w.Presence(c.AssigneeAvailability, c.AssigneeAutoOffline, c.AssigneeActiveAt),
		Confirmed:          c.AssigneeConfirmedAt != nil,
		Email:              *c.AssigneeEmail,
		Provider:           "email",
		AvailableName:      AvailableName(*c.AssigneeName, c.AssigneeDisplayName),
		CustomAttributes:   NonEmpty(c.AssigneeCustomAttributes),
		Name:               *c.AssigneeName,
		Role:               db.RoleAgent,
		Thumbnail:          w.Avatar(c.AssigneeAvatarHash),
	}
	if c.AssigneeRole != nil {
		a.Role, a.AutoOffline = *c.AssigneeRole, *c.AssigneeAutoOffline
	}
	return a
}

// canReply reports whether the channel still lets the account answer: some close a while after the contact wrote.
func canReply(c *db.ConversationDetail, now time.Time) bool {
	return channel.Of(c.InboxKind).CanReply(c.ReplyWindow, c.LastIncomingAt, now)
}
