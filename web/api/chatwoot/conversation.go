package chatwoot

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/web/api"
)

// conversationJSON is a conversation in almost every answer (docs/api/contract-chatwoot.md#conversations).
type conversationJSON struct {
	Meta                   conversationMetaJSON     `json:"meta"`
	ID                     int64                    `json:"id"`
	Messages               []*eventMessageJSON      `json:"messages"`
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
	LastNonActivityMessage *eventMessageJSON        `json:"last_non_activity_message"`
	LastActivityAt         int64                    `json:"last_activity_at"`
	Priority               *db.ConversationPriority `json:"priority"`
	WaitingSince           int64                    `json:"waiting_since"`
	SLAPolicyID            *int64                   `json:"sla_policy_id"`
}

type conversationMetaJSON struct {
	Sender       metaSenderJSON `json:"sender"`
	Channel      string         `json:"channel"`
	Assignee     any            `json:"assignee,omitempty"`
	AssigneeType string         `json:"assignee_type,omitempty"`
	Team         *teamJSON      `json:"team,omitempty"`
	HMACVerified bool           `json:"hmac_verified"`
}

// metaSenderJSON is the contact beside a conversation.
type metaSenderJSON struct {
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

// maxUnread is where the contract stops to count.
const maxUnread = 10

func shownUnread(n int32) int32 { return min(n, maxUnread) }

// conversation writes one conversation; last and talk are its newest message and its newest that is not activity.
func (h *handlers) conversation(c *db.ConversationDetail, scope db.Scope, last, talk *eventMessageJSON) conversationJSON {
	j := conversationJSON{
		Meta: h.conversationMeta(c, scope), ID: c.DisplayID, Messages: []*eventMessageJSON{}, AccountID: c.AccountID, UUID: c.Uuid,
		AdditionalAttributes: c.AdditionalAttributes, AgentLastSeenAt: unix(c.AgentLastSeenAt),
		AssigneeLastSeenAt: unix(c.AssigneeLastSeenAt), CanReply: canReply(c, h.a.Now()), ContactLastSeenAt: unix(c.ContactLastSeenAt),
		CustomAttributes: c.CustomAttributes, InboxID: c.InboxID, Labels: c.Labels, Muted: c.ContactBlocked,
		SnoozedUntil: isoPtr(c.SnoozedUntil), Status: c.Status, CreatedAt: c.CreatedAt.Unix(), UpdatedAt: stamp(c.UpdatedAt),
		Timestamp: c.LastActivityAt.Unix(), FirstReplyCreatedAt: unix(c.FirstReplyAt), UnreadCount: shownUnread(c.UnreadCount),
		LastNonActivityMessage: talk, LastActivityAt: c.LastActivityAt.Unix(), Priority: c.Priority, WaitingSince: unix(c.WaitingSince),
	}
	if last != nil {
		j.Messages = []*eventMessageJSON{last}
	}
	return j
}

func (h *handlers) conversationMeta(c *db.ConversationDetail, scope db.Scope) conversationMetaJSON {
	m := conversationMetaJSON{
		Sender: metaSenderJSON{
			AdditionalAttributes: c.ContactAdditionalAttributes, AvailabilityStatus: h.contactStatus(c.ContactSeenAt), Email: c.ContactEmail,
			ID: c.ContactID, Name: c.ContactName, PhoneNumber: c.ContactPhoneNumber, Blocked: c.ContactBlocked,
			Identifier: c.ContactIdentifier, Thumbnail: h.picture(c.ContactAvatarHash, c.ContactAvatarUrl),
			CustomAttributes: c.ContactCustomAttributes, LastActivityAt: unix(c.ContactLastActivityAt), CreatedAt: c.ContactCreatedAt.Unix(),
		},
		Channel: api.Channel(c.InboxKind), HMACVerified: c.HmacVerified,
	}
	switch {
	case c.AssigneeID != nil && c.AssigneeName != nil:
		m.Assignee, m.AssigneeType = h.assignee(c), "User"
	case c.AssigneeBotID != nil && c.BotName != nil:
		m.Assignee, m.AssigneeType = assigneeBotJSON{
			*c.AssigneeBotID, *c.BotName, *c.BotDescription, h.avatar(c.BotAvatarHash), *c.BotOutgoingUrl, *c.BotType,
		}, "AgentBot"
	}
	if c.TeamID != nil && c.TeamName != nil {
		m.Team = &teamJSON{*c.TeamID, *c.TeamName, nilIfEmpty(*c.TeamDescription), *c.TeamAllowAutoAssign, c.AccountID, slices.Contains(scope.TeamIDs, *c.TeamID)}
	}
	return m
}

func (h *handlers) assignee(c *db.ConversationDetail) agentJSON {
	a := agentJSON{
		ID: *c.AssigneeID, AccountID: c.AccountID, AvailabilityStatus: h.presence(c.AssigneeAvailability, c.AssigneeAutoOffline, c.AssigneeActiveAt),
		Confirmed: c.AssigneeConfirmedAt != nil, Email: *c.AssigneeEmail, Provider: "email",
		AvailableName: availableName(*c.AssigneeName, c.AssigneeDisplayName), CustomAttributes: anyAttributes(c.AssigneeCustomAttributes),
		Name: *c.AssigneeName, Role: db.RoleAgent, Thumbnail: h.avatar(c.AssigneeAvatarHash),
	}
	if c.AssigneeRole != nil {
		a.Role, a.AutoOffline = *c.AssigneeRole, *c.AssigneeAutoOffline
	}
	return a
}

// canReply is false only outside the window in which a channel lets a business answer.
func canReply(c *db.ConversationDetail, now time.Time) bool {
	return channel.Of(c.InboxKind).CanReply(c.ReplyWindow, c.LastIncomingAt, now)
}

// conversations writes rows with their last messages, in the order in which they come: one more read where somebody
// else than the contact or the assignee spoke last, and one where there are attachments.
func (h *handlers) conversations(ctx context.Context, q *db.Queries, scope db.Scope, rows []db.ConversationDetail, last []db.Message) ([]conversationJSON, error) {
	list := make([]conversationJSON, 0, len(rows))
	if len(rows) == 0 {
		return list, nil
	}
	messages, err := withSenders(ctx, q, scope.AccountID, rows, last)
	if err != nil {
		return nil, err
	}
	files, err := h.attachmentsOf(ctx, q, scope.AccountID, messages)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*db.MessageDetail, len(messages))
	for i := range messages {
		byID[messages[i].ID] = &messages[i]
	}
	view := func(c *db.ConversationDetail, id *int64) *eventMessageJSON {
		if id == nil || byID[*id] == nil {
			return nil
		}
		return h.eventMessage(byID[*id], c, files[*id])
	}
	for i := range rows {
		c := &rows[i]
		last := view(c, c.LastMessageID)
		talk := last
		if last == nil || c.LastTalkID == nil || *c.LastTalkID != last.ID {
			talk = view(c, c.LastTalkID)
		}
		list = append(list, h.conversation(c, scope, last, talk))
	}
	return list, nil
}

// readConversations reads conversations by their ids, in any order, and their last messages.
func readConversations(ctx context.Context, q *db.Queries, accountID int64, ids []int64) (rows []db.ConversationDetail, last []db.Message, err error) {
	b := q.Batch()
	db.Into2(b, &rows, (*db.Queries).ListConversationDetails, accountID, ids)
	db.Into2(b, &last, (*db.Queries).ListLastMessages, accountID, ids)
	return rows, last, b.Run(ctx)
}

// withSenders adds who sent them to the last messages of conversations. One that is not among them, because the
// conversation went on between the two reads, is read too.
func withSenders(ctx context.Context, q *db.Queries, accountID int64, rows []db.ConversationDetail, last []db.Message) ([]db.MessageDetail, error) {
	had := make(map[int64]*db.Message, len(last))
	for i := range last {
		had[last[i].ID] = &last[i]
	}
	messages := make([]db.MessageDetail, 0, len(last))
	var missing []int64
	for i := range rows {
		c := &rows[i]
		for n, id := range []*int64{c.LastMessageID, c.LastTalkID} {
			if id == nil || (n == 1 && c.LastMessageID != nil && *id == *c.LastMessageID) {
				continue
			}
			if m := had[*id]; m == nil {
				missing = append(missing, *id)
			} else if d, known := withSender(m, c); known {
				messages = append(messages, d)
			} else {
				missing = append(missing, *id)
			}
		}
	}
	if len(missing) == 0 {
		return messages, nil
	}
	rest, err := q.ListMessageDetails(ctx, accountID, padded(missing))
	return append(messages, rest...), err
}

// padded repeats an id until there are ten. PostgreSQL plans a statement anew each time while the plan made for the
// values at hand looks cheaper than the general one, which reckons with ten: planning cost five times the reading.
func padded(ids []int64) []int64 {
	for len(ids) < 10 {
		ids = append(ids, ids[0])
	}
	return ids
}

// withSender is a message with its sender, if that is nobody, the conversation's contact or its assignee.
func withSender(m *db.Message, c *db.ConversationDetail) (db.MessageDetail, bool) {
	d := db.MessageDetail{
		AccountID: m.AccountID, ID: m.ID, ConversationID: m.ConversationID, InboxID: m.InboxID, Kind: m.Kind, Private: m.Private,
		ContentType: m.ContentType, Content: m.Content, ContentAttributes: m.ContentAttributes, AdditionalAttributes: m.AdditionalAttributes,
		SenderKind: m.SenderKind, SenderID: m.SenderID, Delivery: m.Delivery, Error: m.Error, SourceID: m.SourceID, InReplyTo: m.InReplyTo,
		Uuid: m.Uuid, AttachmentCount: m.AttachmentCount, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, DeletedAt: m.DeletedAt,
	}
	switch {
	case m.SenderKind == nil || m.SenderID == nil:
		return d, true
	case *m.SenderKind == db.SenderKindContact && *m.SenderID == c.ContactID:
		d.ContactName, d.ContactEmail, d.ContactPhoneNumber, d.ContactIdentifier = &c.ContactName, c.ContactEmail, c.ContactPhoneNumber, c.ContactIdentifier
		d.ContactBlocked, d.ContactAdditionalAttributes, d.ContactCustomAttributes = &c.ContactBlocked, c.ContactAdditionalAttributes, c.ContactCustomAttributes
		d.ContactAvatarHash, d.ContactAvatarUrl = c.ContactAvatarHash, c.ContactAvatarUrl
		return d, true
	case *m.SenderKind == db.SenderKindUser && c.AssigneeID != nil && *m.SenderID == *c.AssigneeID:
		d.UserName, d.UserDisplayName, d.UserEmail, d.UserAvatarHash = c.AssigneeName, c.AssigneeDisplayName, c.AssigneeEmail, c.AssigneeAvatarHash
		d.UserAvailability, d.UserAutoOffline, d.UserActiveAt = c.AssigneeAvailability, c.AssigneeAutoOffline, c.AssigneeActiveAt
		return d, true
	}
	return d, false
}

// oneConversation reads and writes a conversation by its display id.
func (h *handlers) oneConversation(ctx context.Context, q *db.Queries, scope db.Scope, displayID int64) (conversationJSON, error) {
	var row db.ConversationDetail
	var last []db.Message
	b := q.Batch()
	db.Into(b, &row, (*db.Queries).GetConversationDetail, db.GetConversationDetailParams{
		AccountID: scope.AccountID,
		DisplayID: displayID,
		SeesAll:   scope.SeesAll,
		InboxIds:  scope.InboxIDs,
		TeamIds:   scope.TeamIDs,
	})
	db.Into2(b, &last, (*db.Queries).ListLastMessagesByDisplay, scope.AccountID, displayID)
	if err := b.Run(ctx); err != nil {
		return conversationJSON{}, err
	}
	list, err := h.conversations(ctx, q, scope, []db.ConversationDetail{row}, last)
	if err != nil {
		return conversationJSON{}, err
	}
	return list[0], nil
}
