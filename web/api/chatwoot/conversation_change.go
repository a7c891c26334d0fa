package chatwoot

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	conversationsPath = v1 + "/conversations"
	conversationPath  = conversationsPath + "/:conversation"
)

func (h *handlers) conversationRoutes() []api.Route {
	return append([]api.Route{
		api.Get(conversationsPath, api.Member, h.listConversations),
		api.Get(conversationsPath+"/meta", api.Member, h.countConversations),
		api.Post(conversationsPath, api.MemberOrBot, h.createConversation),
		api.Get(conversationPath, api.MemberOrBot, h.showConversation),
		api.Delete(conversationPath, api.Admin, h.deleteConversation),
		api.Post(conversationPath+"/toggle_status", api.MemberOrBot, h.toggleStatus),
		api.Post(conversationPath+"/toggle_priority", api.MemberOrBot, h.togglePriority),
		api.Post(conversationPath+"/toggle_typing_status", api.MemberOrBot, h.a.ToggleTyping),
		api.Post(conversationPath+"/mute", api.Member, h.mute),
		api.Post(conversationPath+"/unmute", api.Member, h.unmute),
		api.Post(conversationPath+"/update_last_seen", api.Member, h.markRead),
		api.Post(conversationPath+"/unread", api.Member, h.markUnread),
		api.Post(conversationPath+"/custom_attributes", api.MemberOrBot, h.setCustomAttributes),
	}, api.Update(conversationPath, api.MemberOrBot, h.updateConversation)...)
}

func (h *handlers) showConversation(c *api.Call) error {
	id, err := c.ID("conversation")
	if err != nil {
		return err
	}
	j, err := h.oneConversation(c.Ctx(), h.q, c.Scope(), id)
	if err != nil {
		return err
	}
	return c.Single(j)
}

// changeAndShow is change, and answers with the conversation.
func (h *handlers) changeAndShow(c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64) error) error {
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if err := fn(ctx, t, conversation.ID); err != nil {
			return nil, err
		}
		return h.oneConversation(ctx, t.Queries(), c.Scope(), conversation.DisplayID)
	})
}

// changeQuietly is change, and answers 200 without a body.
func (h *handlers) changeQuietly(c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64) error) error {
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		return api.Empty(), fn(ctx, t, conversation.ID)
	})
}

func (h *handlers) updateConversation(c *api.Call) error {
	var in struct {
		Priority api.Text `json:"priority"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		if !in.Priority.Present {
			return nil
		}
		return t.SetPriority(ctx, id, priorityOf(in.Priority))
	})
}

func priorityOf(t api.Text) *db.ConversationPriority {
	if t.Value == "" || t.Value == "none" || t.Value == "nil" {
		return nil
	}
	p := db.ConversationPriority(t.Value)
	return &p
}

func (h *handlers) deleteConversation(c *api.Call) error {
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.DeleteConversation(ctx, id) })
}

type toggledJSON struct {
	Meta    struct{} `json:"meta"`
	Payload struct {
		Success        *bool                 `json:"success"`
		ConversationID int64                 `json:"conversation_id"`
		CurrentStatus  db.ConversationStatus `json:"current_status"`
		SnoozedUntil   *string               `json:"snoozed_until"`
	} `json:"payload"`
}

// toggleStatus sets the given status or, without one, toggles between open and resolved. An agent who opens a
// conversation becomes its assignee. A bot that opens a pending one hands it over, and success is null in its answer.
func (h *handlers) toggleStatus(c *api.Call) error {
	var in struct {
		Status       api.Text `json:"status"`
		SnoozedUntil api.Time `json:"snoozed_until"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, was db.Conversation) (any, error) {
		next := db.ConversationStatus(in.Status.Value)
		if next == "" {
			next = db.ConversationStatusOpen
			if was.Status == db.ConversationStatusOpen {
				next = db.ConversationStatusResolved
			}
		}
		if err := t.SetStatus(ctx, was.ID, next, in.SnoozedUntil.Ptr()); err != nil {
			return nil, err
		}
		me := c.Scope()
		if next == db.ConversationStatusOpen && c.Actor.Kind == db.ActorKindUser && me.Role == db.RoleAgent {
			if err := t.Assign(ctx, was.ID, me.UserID); err != nil {
				return nil, err
			}
		}
		now, _ := t.Held(was.ID)
		var out toggledJSON
		out.Payload.ConversationID, out.Payload.CurrentStatus = now.DisplayID, now.Status
		out.Payload.SnoozedUntil = shape.ISOPtr(now.SnoozedUntil)
		handedOff := c.Actor.Kind == db.ActorKindBot && was.Status == db.ConversationStatusPending && next == db.ConversationStatusOpen
		if !handedOff {
			yes := true
			out.Payload.Success = &yes
		}
		return out, nil
	})
}

func (h *handlers) togglePriority(c *api.Call) error {
	var in struct {
		Priority api.Text `json:"priority"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		return t.SetPriority(ctx, id, priorityOf(in.Priority))
	})
}

func (h *handlers) mute(c *api.Call) error {
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.Mute(ctx, id) })
}

func (h *handlers) unmute(c *api.Call) error {
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.Unmute(ctx, id) })
}

func (h *handlers) markRead(c *api.Call) error {
	return h.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.MarkRead(ctx, id) })
}

func (h *handlers) markUnread(c *api.Call) error {
	return h.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.MarkUnread(ctx, id) })
}

// setCustomAttributes replaces all custom attributes.
func (h *handlers) setCustomAttributes(c *api.Call) error {
	var in struct {
		CustomAttributes api.Object `json:"custom_attributes"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if err := checkAttributes("custom_attributes", in.CustomAttributes); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		custom := json.RawMessage(in.CustomAttributes)
		if custom == nil {
			custom = json.RawMessage("{}")
		}
		err := t.SetAttributes(ctx, conversation.ID, desk.Attributes{Custom: custom})
		now, _ := t.Held(conversation.ID)
		return struct {
			CustomAttributes json.RawMessage `json:"custom_attributes"`
		}{now.CustomAttributes}, err
	})
}

// Limits of the values in a conversation's attributes (docs/api/contract-chatwoot.md#limits).
const (
	maxAttributeText   = 1500
	maxAttributeNumber = 9_999_999_999
)

// checkAttributes refuses attributes that are longer or larger than the contract lets them be.
func checkAttributes(field string, raw api.Object) error {
	if raw == nil {
		return nil
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	for key, v := range all {
		switch v := v.(type) {
		case string:
			if len([]rune(v)) > maxAttributeText {
				return fault.Field(field, key+" is too long (maximum is 1500 characters)")
			}
		case float64:
			if v > maxAttributeNumber {
				return fault.Field(field, key+" is too large (maximum is 9999999999)")
			}
		}
	}
	return nil
}
