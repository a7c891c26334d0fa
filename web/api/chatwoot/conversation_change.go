package chatwoot

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

const (
	conversationsPath = v1 + "/conversations"
	conversationPath  = conversationsPath + "/:conversation"
)

func (s *surface) conversationRoutes() []api.Route {
	return append([]api.Route{
		api.Get(conversationsPath, api.Member, s.listConversations),
		api.Get(conversationsPath+"/meta", api.Member, s.countConversations),
		api.Post(conversationsPath, api.MemberOrBot, s.createConversation),
		api.Get(conversationPath, api.MemberOrBot, s.showConversation),
		api.Delete(conversationPath, api.Admin, s.deleteConversation),
		api.Post(conversationPath+"/toggle_status", api.MemberOrBot, s.toggleStatus),
		api.Post(conversationPath+"/toggle_priority", api.MemberOrBot, s.togglePriority),
		api.Post(conversationPath+"/toggle_typing_status", api.MemberOrBot, s.toggleTyping),
		api.Post(conversationPath+"/mute", api.Member, s.mute),
		api.Post(conversationPath+"/unmute", api.Member, s.unmute),
		api.Post(conversationPath+"/update_last_seen", api.Member, s.markRead),
		api.Post(conversationPath+"/unread", api.Member, s.markUnread),
		api.Post(conversationPath+"/custom_attributes", api.MemberOrBot, s.setCustomAttributes),
	}, api.Update(conversationPath, api.MemberOrBot, s.updateConversation)...)
}

func (s *surface) showConversation(c *api.Call) error {
	id, err := c.ID("conversation")
	if err != nil {
		return err
	}
	j, err := s.oneConversation(c.Ctx(), s.q, c.Scope(), id)
	if err != nil {
		return err
	}
	return c.Single(j)
}

// change is a sitting about the conversation in the path, which is locked first.
func (s *surface) change(c *api.Call, fn func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error)) error {
	id, err := c.ID("conversation")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		conversation, err := t.Conversation(ctx, id)
		if err != nil {
			return nil, err
		}
		return fn(ctx, t, conversation)
	})
}

// changeAndShow is change, answered with the conversation as it is then.
func (s *surface) changeAndShow(c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64) error) error {
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if err := fn(ctx, t, conversation.ID); err != nil {
			return nil, err
		}
		return s.oneConversation(ctx, t.Queries(), c.Scope(), conversation.DisplayID)
	})
}

// changeQuietly is change, answered with 200 and nothing.
func (s *surface) changeQuietly(c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64) error) error {
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		return api.Empty(), fn(ctx, t, conversation.ID)
	})
}

func (s *surface) updateConversation(c *api.Call) error {
	var in struct {
		Priority api.Text `json:"priority"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error {
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

func (s *surface) deleteConversation(c *api.Call) error {
	return s.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.DeleteConversation(ctx, id) })
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

// toggleStatus sets the status that is given, or flips between open and resolved. An agent who opens a conversation
// takes it; a bot that opens a pending one hands it over, and its answer says success null.
func (s *surface) toggleStatus(c *api.Call) error {
	var in struct {
		Status       api.Text `json:"status"`
		SnoozedUntil api.Time `json:"snoozed_until"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.change(c, func(ctx context.Context, t *desk.Tx, was db.Conversation) (any, error) {
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
		out.Payload.ConversationID, out.Payload.CurrentStatus, out.Payload.SnoozedUntil = now.DisplayID, now.Status, isoPtr(now.SnoozedUntil)
		handedOff := c.Actor.Kind == db.ActorKindBot && was.Status == db.ConversationStatusPending && next == db.ConversationStatusOpen
		if !handedOff {
			yes := true
			out.Payload.Success = &yes
		}
		return out, nil
	})
}

func (s *surface) togglePriority(c *api.Call) error {
	var in struct {
		Priority api.Text `json:"priority"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		return t.SetPriority(ctx, id, priorityOf(in.Priority))
	})
}

func (s *surface) toggleTyping(c *api.Call) error {
	var in struct {
		TypingStatus api.Text `json:"typing_status"`
		IsPrivate    api.Bool `json:"is_private"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		if in.TypingStatus.Value != "on" && in.TypingStatus.Value != "off" {
			return nil
		}
		return t.Typing(ctx, id, in.TypingStatus.Value == "on", in.IsPrivate.Value)
	})
}

func (s *surface) mute(c *api.Call) error {
	return s.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.Mute(ctx, id) })
}

func (s *surface) unmute(c *api.Call) error {
	return s.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.Unmute(ctx, id) })
}

func (s *surface) markRead(c *api.Call) error {
	return s.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.MarkRead(ctx, id) })
}

func (s *surface) markUnread(c *api.Call) error {
	return s.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.MarkUnread(ctx, id) })
}

// setCustomAttributes replaces the whole object.
func (s *surface) setCustomAttributes(c *api.Call) error {
	var in struct {
		CustomAttributes api.Object `json:"custom_attributes"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if err := checkAttributes("custom_attributes", in.CustomAttributes); err != nil {
		return err
	}
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
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

// Limits of the values in a conversation's attributes, by section 8.
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
