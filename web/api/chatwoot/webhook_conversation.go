package chatwoot

import (
	"context"
	"encoding/json"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// hookConversation is the body of conversation events, and a part of a message's.
type hookConversation struct {
	eventConversation
	Account hookAccount `json:"account"`
	Event   string      `json:"event,omitempty"`
	Changed *changes    `json:"changed_attributes,omitempty"`
}

// eventConversation is a conversation in webhooks and in the realtime channel.
type eventConversation struct {
	Additional   json.RawMessage      `json:"additional_attributes"`
	CanReply     bool                 `json:"can_reply"`
	Channel      string               `json:"channel"`
	ContactInbox any                  `json:"contact_inbox"`
	ID           int64                `json:"id"`
	InboxID      int64                `json:"inbox_id"`
	Messages     []shape.EventMessage `json:"messages"`
	Labels       []string             `json:"labels"`
	Meta         map[string]any       `json:"meta"`
	Status       string               `json:"status"`
	Custom       json.RawMessage      `json:"custom_attributes"`
	SnoozedUntil *string              `json:"snoozed_until"`
	Unread       int32                `json:"unread_count"`
	FirstReply   *string              `json:"first_reply_created_at"`
	Priority     any                  `json:"priority"`
	WaitingSince int64                `json:"waiting_since"`
	AgentSeen    int64                `json:"agent_last_seen_at"`
	ContactSeen  int64                `json:"contact_last_seen_at"`
	LastActivity int64                `json:"last_activity_at"`
	Timestamp    int64                `json:"timestamp"`
	CreatedAt    int64                `json:"created_at"`
	UpdatedAt    json.Number          `json:"updated_at"`
}

// changes is a list, or null; left out only where the body is no event of its own.
type changes struct{ list []map[string]hookChange }

// MarshalJSON writes null for none.
func (c changes) MarshalJSON() ([]byte, error) { return json.Marshal(c.list) }

func (h *Hook) conversationBody(ctx context.Context, q *db.Queries, e db.Event, d desk.Data, name string) (any, error) {
	row, err := q.GetWebhookConversation(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return nil, err
	}
	body, err := h.conversation(ctx, q, row, nil)
	if err != nil {
		return nil, err
	}
	body.Event = name
	if name != "conversation_created" {
		body.Changed = &changes{hookChanges(d)}
	}
	return body, nil
}

// conversation makes the conversation's part of a webhook's body.
func (h *Hook) conversation(ctx context.Context, q *db.Queries, row db.GetWebhookConversationRow, about *db.Message) (*hookConversation, error) {
	v, err := h.eventConversation(ctx, q, row, about)
	return &hookConversation{eventConversation: v, Account: hookAccount{row.Conversation.AccountID, row.AccountName}}, err
}

// eventConversation writes a conversation as it stands. about is the message that the event tells of: if the contact may see
// it, it is the one in the list, even when another has come since.
func (h *Hook) eventConversation(ctx context.Context, q *db.Queries, row db.GetWebhookConversationRow, about *db.Message) (eventConversation, error) {
	c := row.Conversation
	v := eventConversation{
		Additional: c.AdditionalAttributes, CanReply: hookCanReply(row, h.shape.Now()), Channel: api.Channel(row.InboxKind), ContactInbox: hookContactInbox(row.ContactInbox),
		ID: c.DisplayID, InboxID: c.InboxID, Messages: []shape.EventMessage{}, Labels: c.Labels, Meta: h.meta(row), Status: string(c.Status),
		Custom: c.CustomAttributes, SnoozedUntil: shape.ISOPtr(c.SnoozedUntil), Unread: min(c.UnreadCount, 10), FirstReply: shape.ISOPtr(c.FirstReplyAt),
		WaitingSince: shape.Unix(c.WaitingSince), AgentSeen: shape.Unix(c.AgentLastSeenAt), ContactSeen: shape.Unix(c.ContactLastSeenAt),
		LastActivity: c.LastActivityAt.Unix(), Timestamp: c.LastActivityAt.Unix(), CreatedAt: c.CreatedAt.Unix(), UpdatedAt: shape.UnixMicros(c.UpdatedAt),
	}
	if c.Priority != nil {
		v.Priority = *c.Priority
	}
	if about == nil || !about.Public() {
		if c.LastPublicID == nil {
			return v, nil
		}
		m, err := q.GetMessage(ctx, db.GetMessageParams{AccountID: c.AccountID, ConversationID: c.ID, ID: *c.LastPublicID})
		if err != nil {
			return v, err
		}
		about = &m
	}
	last, err := h.event(ctx, q, row, *about)
	v.Messages = append(v.Messages, last)
	return v, err
}

func (h *Hook) meta(row db.GetWebhookConversationRow) map[string]any {
	meta := map[string]any{
		"sender": h.person(row.Contact), "assignee": nil, "assignee_type": nil, "team": nil, "hmac_verified": row.ContactInbox.HmacVerified,
	}
	c := row.Conversation
	switch {
	case row.UserID != nil && row.UserName != nil:
		meta["assignee"] = h.user(*row.UserID, *row.UserName, row.UserDisplayName, row.UserAvatar, row.UserAvailability, row.UserAutoOffline, row.UserActiveAt)
		meta["assignee_type"] = "User"
	case row.BotName != nil:
		meta["assignee"] = map[string]any{
			"id": c.AssigneeBotID, "name": row.BotName, "description": row.BotDescription, "thumbnail": h.shape.Avatar(row.BotAvatar), "outgoing_url": row.BotUrl, "bot_type": row.BotType,
		}
		meta["assignee_type"] = "AgentBot"
	}
	if row.TeamName != nil {
		meta["team"] = map[string]any{
			"id": c.TeamID, "name": row.TeamName, "description": row.TeamDescription, "allow_auto_assign": row.TeamAutoAssign, "account_id": c.AccountID,
		}
	}
	return meta
}

func hookContactInbox(ci db.ContactInbox) map[string]any {
	return map[string]any{
		"id": ci.ID, "contact_id": ci.ContactID, "inbox_id": ci.InboxID, "source_id": ci.SourceID, "created_at": shape.ISO(ci.CreatedAt),
		"updated_at": shape.ISO(ci.UpdatedAt), "hmac_verified": ci.HmacVerified, "pubsub_token": ci.PubsubToken,
	}
}

// hookCanReply tells whether the channel's window for an answer is open: only API inboxes can have one here.
func hookCanReply(row db.GetWebhookConversationRow, now time.Time) bool {
	window := channel.WindowHours(row.InboxAttributes)
	return channel.Of(row.InboxKind).CanReply(window, row.Conversation.LastIncomingAt, now)
}

// typingBody tells who types.
func (h *Hook) typingBody(ctx context.Context, q *db.Queries, e db.Event, d desk.Data, name string) (any, error) {
	conversation, err := h.conversationBody(ctx, q, e, d, "")
	if err != nil {
		return nil, err
	}
	body := conversation.(*hookConversation)
	body.Changed = nil
	var who any
	if e.ActorID != nil {
		switch e.ActorKind {
		case db.ActorKindUser:
			u, err := q.GetMessageAuthor(ctx, e.AccountID, *e.ActorID)
			if err == nil {
				who = h.user(u.ID, u.Name, u.DisplayName, u.AvatarHash, u.Availability, u.AutoOffline, u.ActiveAt)
			} else if !db.IsNone(err) {
				return nil, err
			}
		case db.ActorKindContact:
			who = body.Meta["sender"]
		}
	}
	return map[string]any{"event": name, "user": who, "conversation": body, "is_private": d.Private}, nil
}
