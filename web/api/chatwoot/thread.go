package chatwoot

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	messagesPath = conversationPath + "/messages"
	messagePath  = messagesPath + "/:message"
)

// The numbers of messages in a list: of the newest, of those after an id, and of those between two ids.
const (
	threadBack    = 20
	threadOn      = 100
	threadBetween = 1000
)

type threadJSON struct {
	Meta    threadMetaJSON  `json:"meta"`
	Payload []shape.Message `json:"payload"`
}

type threadMetaJSON struct {
	Labels               []string            `json:"labels"`
	AdditionalAttributes json.RawMessage     `json:"additional_attributes"`
	Contact              shape.ContactSender `json:"contact"`
	Assignee             *shape.UserSender   `json:"assignee,omitempty"`
	AgentLastSeenAt      *string             `json:"agent_last_seen_at"`
	AssigneeLastSeenAt   *string             `json:"assignee_last_seen_at"`
}

// listMessages answers with a part of a thread, oldest first: the newest 20, a numbered page of earlier ones, or the
// messages before, after or between ids. With cursor or limit, pages go forward, with a Link to the next one.
func (h *handlers) listMessages(c *api.Call) error {
	id, err := c.ID("conversation")
	if err != nil {
		return err
	}
	scope := c.Scope()
	conversation, err := h.q.GetConversationDetail(c.Ctx(), db.GetConversationDetailParams{
		AccountID: scope.AccountID, DisplayID: id, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
	if err != nil {
		return err
	}
	rows, err := h.thread(c, conversation.ID)
	if err != nil {
		return err
	}
	files, err := h.attachmentsOf(c.Ctx(), h.q, scope.AccountID, rows)
	if err != nil {
		return err
	}
	out := threadJSON{Meta: h.threadMeta(&conversation), Payload: make([]shape.Message, 0, len(rows))}
	for i := range rows {
		out.Payload = append(out.Payload, h.shape.Message(&rows[i], conversation.DisplayID, files[rows[i].ID]))
	}
	return c.Answer(out)
}

// thread reads the messages for the query.
func (h *handlers) thread(c *api.Call, conversationID int64) ([]db.MessageDetail, error) {
	before, after := c.QueryParam("before"), c.QueryParam("after")
	p := db.ListThreadForwardParams{
		AccountID: c.Account(), ConversationID: conversationID, BeforeID: math.MaxInt64,
		TalkOnly: strings.TrimSpace(c.QueryParam("filter_internal_messages")) != "", PageSize: threadOn,
	}
	var from int64
	walking, err := c.Cursor(&from)
	if err != nil {
		return nil, err
	}
	switch {
	case walking || c.QueryParam("limit") != "":
		p.AfterID, p.PageSize = max(from, toInt(after)), int32(c.Limit(threadOn, threadBetween))
		if before != "" {
			p.BeforeID = toInt(before)
		}
		rows, err := h.q.ListThreadForward(c.Ctx(), p)
		if err == nil && len(rows) == int(p.PageSize) {
			err = c.Next(rows[len(rows)-1].Message.ID)
		}
		return db.DetailsOf(rows), err
	case after != "" && before != "":
		p.AfterID, p.BeforeID, p.PageSize = toInt(after)-1, toInt(before), threadBetween // with both, the first one is included
		rows, err := h.q.ListThreadForward(c.Ctx(), p)
		return db.DetailsOf(rows), err
	case after != "":
		p.AfterID = toInt(after)
		rows, err := h.q.ListThreadForward(c.Ctx(), p)
		return db.DetailsOf(rows), err
	}
	back := db.ListThreadBackParams{
		AccountID: p.AccountID, ConversationID: conversationID, BeforeID: p.BeforeID, TalkOnly: p.TalkOnly, PageSize: threadBack,
		Skip: int32((c.PageNumber() - 1) * threadBack),
	}
	if before != "" {
		back.BeforeID = toInt(before)
	}
	rows, err := h.q.ListThreadBack(c.Ctx(), back)
	slices.Reverse(rows)
	return db.DetailsOf(rows), err
}

// toInt reads an id as Ruby does: a text without a number is 0.
func toInt(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (h *handlers) threadMeta(c *db.ConversationDetail) threadMetaJSON {
	m := threadMetaJSON{
		Labels: c.Labels, AdditionalAttributes: c.AdditionalAttributes, AgentLastSeenAt: shape.ISOPtr(c.AgentLastSeenAt),
		AssigneeLastSeenAt: shape.ISOPtr(c.AssigneeLastSeenAt),
		Contact: shape.ContactSender{
			AdditionalAttributes: c.ContactAdditionalAttributes, CustomAttributes: c.ContactCustomAttributes, Email: c.ContactEmail,
			ID: c.ContactID, Identifier: c.ContactIdentifier, Name: c.ContactName, PhoneNumber: c.ContactPhoneNumber,
			Thumbnail: h.shape.ContactAvatar(c.ContactAvatarHash, c.ContactAvatarUrl), Blocked: c.ContactBlocked, Type: "contact",
		},
	}
	if c.AssigneeID != nil && c.AssigneeName != nil {
		presence := h.shape.Presence(c.AssigneeAvailability, c.AssigneeAutoOffline, c.AssigneeActiveAt)
		assignee := h.shape.UserSender(*c.AssigneeID, *c.AssigneeName, c.AssigneeDisplayName, c.AssigneeAvatarHash, presence)
		m.Assignee = &assignee
	}
	return m
}
