package hook

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// conversationJSON is the body of a conversation's event, and a part of a message's.
type conversationJSON struct {
	Conversation
	Account accountJSON `json:"account"`
	Event   string      `json:"event,omitempty"`
	Changed *changeList `json:"changed_attributes,omitempty"`
}

// Conversation is a conversation in webhooks and in the realtime channel.
type Conversation struct {
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

// changeList is a list of changes, null where it is empty. A body that is a part of another has none.
type changeList struct{ list []map[string]Change }

// MarshalJSON writes null for none.
func (c changeList) MarshalJSON() ([]byte, error) { return json.Marshal(c.list) }

func (mk *Maker) conversationBody(ctx context.Context, q *db.Queries, e db.Event, d desk.Data, name string) (any, error) {
	row, err := q.GetWebhookConversation(ctx, e.AccountID, *e.ConversationID)
	if err != nil {
		return nil, err
	}
	row.Conversation.Status = d.StatusOf(row.Conversation) // it may have changed again since
	body, err := mk.conversation(ctx, q, row, nil)
	if err != nil {
		return nil, err
	}
	body.Event = name
	if name != "conversation_created" {
		body.Changed = &changeList{Changes(d)}
	}
	return body, nil
}

// conversation writes a conversation as a part of a body. about is the message that the event is about, or nil.
func (mk *Maker) conversation(
	ctx context.Context,
	q *db.Queries,
	row db.GetWebhookConversationRow,
	about *db.Message,
) (*conversationJSON, error) {
	v, err := mk.Conversation(ctx, q, row, about)
	return &conversationJSON{Conversation: v, Account: accountJSON{row.Conversation.AccountID, row.AccountName}}, err
}

// Conversation writes a conversation as it is now. about is the message that the event is about, or nil: if the contact
// may see it, it is the one in the list, even when another has come since.
func (mk *Maker) Conversation(
	ctx context.Context,
	q *db.Queries,
	row db.GetWebhookConversationRow,
	about *db.Message,
) (Conversation, error) {
	c := row.Conversation
	v := Conversation{
		Additional:   c.AdditionalAttributes,
		CanReply:     canReply(row, mk.shape.Now()),
		Channel:      api.Channel(row.InboxKind),
		ContactInbox: contactInbox(row.ContactInbox),
		ID:           c.DisplayID,
		InboxID:      c.InboxID,
		Messages:     []shape.EventMessage{},
		Labels:       c.Labels,
		Meta:         mk.meta(row),
		Status:       string(c.Status),
		Custom:       c.CustomAttributes,
		SnoozedUntil: shape.ISOPtr(c.SnoozedUntil),
		Unread:       min(c.UnreadCount, 10),
		FirstReply:   shape.ISOPtr(c.FirstReplyAt),
		WaitingSince: shape.Unix(c.WaitingSince),
		AgentSeen:    shape.Unix(c.AgentLastSeenAt),
		ContactSeen:  shape.Unix(c.ContactLastSeenAt),
		LastActivity: c.LastActivityAt.Unix(),
		Timestamp:    c.LastActivityAt.Unix(),
		CreatedAt:    c.CreatedAt.Unix(),
		UpdatedAt:    shape.UnixMicros(c.UpdatedAt),
	}
	if c.Priority != nil {
		v.Priority = *c.Priority
	}
	if about == nil || !about.Public() {
		if c.LastPublicID == nil {
			return v, nil
		}
		m, err := q.GetMessage(ctx, db.GetMessageParams{
			AccountID:      c.AccountID,
			ConversationID: c.ID,
			ID:             *c.LastPublicID,
		})
		if err != nil {
			return v, err
		}
		about = &m
	}
	last, err := mk.EventMessage(ctx, q, row, *about)
	v.Messages = append(v.Messages, last)
	return v, err
}

func (mk *Maker) meta(row db.GetWebhookConversationRow) map[string]any {
	meta := map[string]any{
		"sender": mk.ContactSender(
			row.Contact,
		), "assignee": nil, "assignee_type": nil, "team": nil, "hmac_verified": row.ContactInbox.HmacVerified,
	}
	c := row.Conversation
	switch {
	case row.UserID != nil && row.UserName != nil:
		meta["assignee"] = mk.UserSender(
			*row.UserID,
			*row.UserName,
			row.UserDisplayName,
			row.UserAvatar,
			row.UserAvailability,
			row.UserAutoOffline,
			row.UserActiveAt,
		)
		meta["assignee_type"] = "User"
	case row.BotName != nil:
		meta["assignee"] = map[string]any{
			"id":           c.AssigneeBotID,
			"name":         row.BotName,
			"description":  row.BotDescription,
			"thumbnail":    mk.shape.Avatar(row.BotAvatar),
			"outgoing_url": row.BotUrl,
			"bot_type":     row.BotType,
		}
		meta["assignee_type"] = "AgentBot"
	}
	if row.TeamName != nil {
		meta["team"] = map[string]any{
			"id":                c.TeamID,
			"name":              row.TeamName,
			"description":       row.TeamDescription,
			"allow_auto_assign": row.TeamAutoAssign,
			"account_id":        c.AccountID,
		}
	}
	return meta
}

// WithoutAddress is the conversation for who sees it by its team and does not work in its inbox: whoever knows a source_id
// or a pubsub_token can write and listen there as the contact.
func (v Conversation) WithoutAddress() Conversation {
	if address, ok := v.ContactInbox.(map[string]any); ok {
		address = maps.Clone(address)
		address["source_id"], address["pubsub_token"] = "", ""
		v.ContactInbox = address
	}
	v.Messages = slices.Clone(v.Messages)
	for i := range v.Messages {
		v.Messages[i].Conversation.ContactInbox.SourceID = ""
	}
	return v
}

func contactInbox(ci db.ContactInbox) map[string]any {
	return map[string]any{
		"id": ci.ID, "contact_id": ci.ContactID, "inbox_id": ci.InboxID, "source_id": ci.SourceID, "created_at": shape.ISO(ci.CreatedAt),
		"updated_at": shape.ISO(ci.UpdatedAt), "hmac_verified": ci.HmacVerified, "pubsub_token": ci.PubsubToken,
	}
}

// canReply reports whether the channel still lets the account answer.
func canReply(row db.GetWebhookConversationRow, now time.Time) bool {
	window := channel.WindowHours(row.InboxAttributes)
	return channel.Of(row.InboxKind).CanReply(window, row.Conversation.LastIncomingAt, now)
}

// typingBody is the body of the events about typing.
func (mk *Maker) typingBody(ctx context.Context, q *db.Queries, e db.Event, d desk.Data, name string) (any, error) {
	conversation, err := mk.conversationBody(ctx, q, e, d, "")
	if err != nil {
		return nil, err
	}
	body := conversation.(*conversationJSON)
	body.Changed = nil
	var who any
	if e.ActorID != nil {
		switch e.ActorKind {
		case db.ActorKindUser:
			u, err := q.GetMessageAuthor(ctx, e.AccountID, *e.ActorID)
			if err == nil {
				who = mk.UserSender(u.ID, u.Name, u.DisplayName, u.AvatarHash, u.Availability, u.AutoOffline, u.ActiveAt)
			} else if !db.IsNone(err) {
				return nil, err
			}
		case db.ActorKindContact:
			who = body.Meta["sender"]
		}
	}
	return map[string]any{"event": name, "user": who, "conversation": body, "is_private": d.Private}, nil
}
