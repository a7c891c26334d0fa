package ndoto

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) conversationRoutes() []api.Route {
	const path, one = v1 + "/conversations", v1 + "/conversations/:conversation"
	return append([]api.Route{
		api.Get(path, api.MemberOrBot, h.listConversations),
		api.Get(path+"/meta", api.MemberOrBot, h.countConversations),
		api.Post(path+"/filter", api.MemberOrBot, h.filterConversations),
		api.Post(path, api.MemberOrBot, h.createConversation),
		api.Get(one, api.MemberOrBot, h.getConversation),
		api.Post(one+"/toggle_status", api.MemberOrBot, h.toggleStatus),
		api.Post(one+"/toggle_priority", api.MemberOrBot, h.togglePriority),
		api.Post(one+"/toggle_typing_status", api.MemberOrBot, h.a.ToggleTyping),
		api.Post(one+"/assignments", api.MemberOrBot, h.assign),
		api.Get(one+"/labels", api.MemberOrBot, h.listConversationLabels),
		api.Post(one+"/labels", api.MemberOrBot, h.setConversationLabels),
		api.Post(one+"/custom_attributes", api.MemberOrBot, h.setCustomAttributes),
		api.Post(one+"/update_last_seen", api.Member, h.markRead),
	}, api.Update(one, api.MemberOrBot, h.updateConversation)...)
}

// conversationJSON is one conversation.
type conversationJSON struct {
	ID                   int64                    `json:"id"`
	AccountID            int64                    `json:"account_id"`
	InboxID              int64                    `json:"inbox_id"`
	Status               db.ConversationStatus    `json:"status"`
	Priority             *db.ConversationPriority `json:"priority"`
	UnreadCount          int32                    `json:"unread_count"`
	Labels               []string                 `json:"labels"`
	CreatedAt            int64                    `json:"created_at"`
	LastActivityAt       int64                    `json:"last_activity_at"`
	SnoozedUntil         *int64                   `json:"snoozed_until"`
	CustomAttributes     json.RawMessage          `json:"custom_attributes"`
	AdditionalAttributes json.RawMessage          `json:"additional_attributes"`
	Contact              conversationContactJSON  `json:"contact"`
	Meta                 conversationMetaJSON     `json:"meta"`
}

type conversationContactJSON struct {
	ID    int64   `json:"id"`
	Name  string  `json:"name"`
	Email *string `json:"email"`
}

type conversationMetaJSON struct {
	Assignee *namedJSON `json:"assignee"`
	Team     *namedJSON `json:"team"`
}

// namedJSON is a person or a team of a conversation.
type namedJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func named(id *int64, name *string) *namedJSON {
	if id == nil || name == nil {
		return nil
	}
	return &namedJSON{*id, *name}
}

func conversationShape(c db.ConversationDetail) conversationJSON {
	return conversationJSON{
		ID: c.DisplayID, AccountID: c.AccountID, InboxID: c.InboxID, Status: c.Status, Priority: c.Priority, UnreadCount: c.UnreadCount,
		Labels: c.Labels, CreatedAt: seconds(c.CreatedAt), LastActivityAt: seconds(c.LastActivityAt), SnoozedUntil: secondsPtr(c.SnoozedUntil),
		CustomAttributes: c.CustomAttributes, AdditionalAttributes: c.AdditionalAttributes,
		Contact: conversationContactJSON{c.ContactID, c.ContactName, c.ContactEmail},
		Meta:    conversationMetaJSON{named(c.AssigneeID, c.AssigneeName), named(c.TeamID, c.TeamName)},
	}
}

func (h *handlers) getConversation(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	detail, err := h.q.GetConversationDetailUnscoped(c.Ctx(), c.Account(), conversation.ID)
	if err != nil {
		return err
	}
	return c.Single(conversationShape(detail))
}

// changeAndShow is change, and answers with the conversation.
func (h *handlers) changeAndShow(c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64) error) error {
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if err := fn(ctx, t, conversation.ID); err != nil {
			return nil, err
		}
		return show(ctx, t, conversation.ID)
	})
}

func show(ctx context.Context, t *desk.Tx, id int64) (any, error) {
	detail, err := t.Queries().GetConversationDetailUnscoped(ctx, t.Account(), id)
	return conversationShape(detail), err
}

// changeInput holds the fields of a conversation that one call may change. Absent fields stay, and null clears.
type changeInput struct {
	Priority         api.Text    `json:"priority"`
	Status           api.Text    `json:"status"`
	SnoozedUntil     api.Time    `json:"snoozed_until"`
	AssigneeID       api.ID      `json:"assignee_id"`
	TeamID           api.ID      `json:"team_id"`
	Labels           api.Strings `json:"labels"`
	CustomAttributes api.Object  `json:"custom_attributes"`
}

// updateConversation makes all changes in one transaction.
func (h *handlers) updateConversation(c *api.Call) error {
	var in changeInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.changeAndShow(c, in.apply)
}

func (in changeInput) apply(ctx context.Context, t *desk.Tx, id int64) error {
	if in.Priority.Present {
		if err := setPriority(ctx, t, id, in.Priority); err != nil {
			return err
		}
	}
	if in.Status.Present {
		if err := t.SetStatus(ctx, id, db.ConversationStatus(in.Status.Value), in.SnoozedUntil.Ptr()); err != nil {
			return err
		}
	}
	if in.TeamID.Present {
		if err := t.SetTeam(ctx, id, in.TeamID.Ptr()); err != nil {
			return err
		}
	}
	if in.AssigneeID.Present {
		if err := setAssignee(ctx, t, id, in.AssigneeID); err != nil {
			return err
		}
	}
	if in.Labels.Present {
		if err := t.Label(ctx, id, in.Labels.Values); err != nil {
			return err
		}
	}
	if in.CustomAttributes == nil {
		return nil
	}
	return t.SetAttributes(ctx, id, desk.Attributes{Custom: json.RawMessage(in.CustomAttributes)})
}

// setPriority clears for null and for the empty text.
func setPriority(ctx context.Context, t *desk.Tx, id int64, in api.Text) error {
	if in.Value == "" {
		return t.SetPriority(ctx, id, nil)
	}
	priority := db.ConversationPriority(in.Value)
	return t.SetPriority(ctx, id, &priority)
}

// togglePriority sets the priority, or clears it if the input has none.
func (h *handlers) togglePriority(c *api.Call) error {
	var in struct {
		Priority api.Text `json:"priority"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.changeAndShow(
		c,
		func(ctx context.Context, t *desk.Tx, id int64) error { return setPriority(ctx, t, id, in.Priority) },
	)
}

func (h *handlers) setCustomAttributes(c *api.Call) error {
	var in struct {
		CustomAttributes api.Object `json:"custom_attributes"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		custom := json.RawMessage(in.CustomAttributes)
		if custom == nil {
			custom = json.RawMessage("{}")
		}
		return t.SetAttributes(ctx, id, desk.Attributes{Custom: custom})
	})
}

func (h *handlers) markRead(c *api.Call) error {
	return h.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.MarkRead(ctx, id) })
}
