package ndoto

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/filter"
)

func (s *surface) conversationRoutes() []api.Route {
	const path, one = v1 + "/conversations", v1 + "/conversations/:conversation"
	return append([]api.Route{
		api.Get(path, api.MemberOrBot, s.listConversations),
		api.Get(path+"/meta", api.MemberOrBot, s.countConversations),
		api.Post(path+"/filter", api.MemberOrBot, s.filterConversations),
		api.Post(path, api.MemberOrBot, s.createConversation),
		api.Get(one, api.MemberOrBot, s.getConversation),
		api.Post(one+"/toggle_status", api.MemberOrBot, s.toggleStatus),
		api.Post(one+"/toggle_priority", api.MemberOrBot, s.updateConversation),
		api.Post(one+"/toggle_typing_status", api.MemberOrBot, s.toggleTyping),
		api.Post(one+"/assignments", api.MemberOrBot, s.assign),
		api.Get(one+"/labels", api.MemberOrBot, s.listConversationLabels),
		api.Post(one+"/labels", api.MemberOrBot, s.setConversationLabels),
		api.Post(one+"/custom_attributes", api.MemberOrBot, s.setCustomAttributes),
		api.Post(one+"/update_last_seen", api.Member, s.markRead),
	}, api.Update(one, api.MemberOrBot, s.updateConversation)...)
}

const perPage = 25

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

// namedJSON is a person or a team, beside a conversation.
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

type countsJSON struct {
	All        int64 `json:"all_count"`
	Mine       int64 `json:"mine_count"`
	Unassigned int64 `json:"unassigned_count"`
	Assigned   int64 `json:"assigned_count"`
}

// listFilter reads the query; the counts use it without the assignee.
func (s *surface) listFilter(c *api.Call) (db.ConversationFilter, db.ConversationOrder, error) {
	var in struct {
		Status       api.Text    `json:"status"`
		AssigneeType api.Text    `json:"assignee_type"`
		Labels       api.Strings `json:"labels"`
		InboxID      api.IDs     `json:"inbox_id"`
		TeamID       api.ID      `json:"team_id"`
		Q            api.Text    `json:"q"`
		Sort         api.Text    `json:"sort"`
	}
	if err := c.ReadQuery(&in); err != nil {
		return db.ConversationFilter{}, 0, err
	}
	f := db.ConversationFilter{InboxIDs: in.InboxID.Values, TeamID: in.TeamID.Ptr(), Labels: in.Labels.Values, Text: in.Q.Value}
	order, ok := map[string]db.ConversationOrder{
		"": db.ByActivityDesc, "last_activity_at": db.ByActivityDesc, "updated_at": db.ByActivityDesc, "created_at": db.ByCreatedDesc,
	}[in.Sort.Value]
	if !ok {
		return f, 0, api.Refuse(http.StatusBadRequest, "sort must be created_at, updated_at or last_activity_at")
	}
	switch status := db.ConversationStatus(in.Status.Value); {
	case status == "":
		f.Statuses = []db.ConversationStatus{db.ConversationStatusOpen}
	case status.Valid():
		f.Statuses = []db.ConversationStatus{status}
	case status != "all":
		return f, 0, api.Refuse(http.StatusBadRequest, "status must be open, resolved, pending, snoozed or all")
	}
	switch in.AssigneeType.Value {
	case "", "all":
	case "me":
		f.Assignee = db.AssignedToMe
	case "unassigned":
		f.Assignee = db.AssignedToNobody
	case "assigned":
		f.Assignee = db.AssignedToSomebody
	default:
		return f, 0, api.Refuse(http.StatusBadRequest, "assignee_type must be me, unassigned, assigned or all")
	}
	return f, order, nil
}

type conversationListJSON struct {
	Data struct {
		Meta    countsJSON         `json:"meta"`
		Payload []conversationJSON `json:"payload"`
	} `json:"data"`
}

func (s *surface) listConversations(c *api.Call) error {
	f, order, err := s.listFilter(c)
	if err != nil {
		return err
	}
	return s.answerConversations(c, f, order)
}

// filterConversations takes Chatwoot's conditions, and answers as the list does, newest activity first.
func (s *surface) filterConversations(c *api.Call) error {
	where, err := filter.Conversations(s.a, c)
	if err != nil {
		return err
	}
	return s.answerConversations(c, db.ConversationFilter{Where: where}, db.ByActivityDesc)
}

func (s *surface) answerConversations(c *api.Call, f db.ConversationFilter, order db.ConversationOrder) error {
	counts, err := s.q.CountConversations(c.Ctx(), c.Scope(), f)
	if err != nil {
		return err
	}
	listed, err := s.page(c, f, order, perPage)
	if err != nil {
		return err
	}
	var out conversationListJSON
	out.Data.Meta = countsJSON{counts.All, counts.Mine, counts.Unassigned, counts.Assigned()}
	if out.Data.Payload, err = s.shown(c, listed); err != nil {
		return err
	}
	return c.Answer(out)
}

// page chooses the conversations of a numbered page, or of what follows a cursor.
func (s *surface) page(c *api.Call, f db.ConversationFilter, o db.ConversationOrder, usual int) (listed []db.ListedConversation, err error) {
	size := c.Limit(usual, 100)
	var order db.ConversationOrder
	var after db.Cursor
	walking, err := c.Cursor(&order, &after)
	switch {
	case err != nil:
		return nil, err
	case walking && (order != o || !o.Fits(after)):
		return nil, api.Refuse(http.StatusUnprocessableEntity, "The cursor is not one of this list")
	case walking:
		listed, err = s.q.ListConversationIDs(c.Ctx(), c.Scope(), f, o, db.ConversationPage{After: after, Size: size})
	default:
		listed, err = s.a.Pages.List(c.Ctx(), s.q, c.Scope(), f, o, c.PageNumber(), size)
	}
	if err == nil && len(listed) == size {
		err = c.Next(o, listed[len(listed)-1].Place)
	}
	return listed, err
}

// shown reads the conversations of a page, in its order.
func (s *surface) shown(c *api.Call, listed []db.ListedConversation) ([]conversationJSON, error) {
	ids := make([]int64, len(listed))
	for i, l := range listed {
		ids[i] = l.ID
	}
	rows, err := s.q.ListConversationDetails(c.Ctx(), c.Account(), ids)
	if err != nil {
		return nil, err
	}
	shapes := make([]conversationJSON, len(rows))
	for _, r := range rows {
		shapes[slices.Index(ids, r.ID)] = conversationShape(r)
	}
	return shapes, nil
}

func (s *surface) countConversations(c *api.Call) error {
	f, _, err := s.listFilter(c)
	if err != nil {
		return err
	}
	counts, err := s.q.CountConversations(c.Ctx(), c.Scope(), f)
	if err != nil {
		return err
	}
	return c.Answer(struct {
		Meta countsJSON `json:"meta"`
	}{countsJSON{counts.All, counts.Mine, counts.Unassigned, counts.Assigned()}})
}

// conversation reads the one that the path names, if the caller sees it.
func (s *surface) conversation(c *api.Call) (db.Conversation, error) {
	number, err := c.ID("conversation")
	if err != nil {
		return db.Conversation{}, err
	}
	sc := c.Scope()
	return s.q.GetConversation(c.Ctx(), db.GetConversationParams{
		AccountID: sc.AccountID, DisplayID: number, SeesAll: sc.SeesAll, InboxIds: sc.InboxIDs, TeamIds: sc.TeamIDs,
	})
}

func (s *surface) getConversation(c *api.Call) error {
	conversation, err := s.conversation(c)
	if err != nil {
		return err
	}
	detail, err := s.q.GetConversationDetailByID(c.Ctx(), c.Account(), conversation.ID)
	if err != nil {
		return err
	}
	return c.Single(conversationShape(detail))
}

// change is a sitting about the conversation in the path, which is locked first.
func (s *surface) change(c *api.Call, fn func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error)) error {
	number, err := c.ID("conversation")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		conversation, err := t.Conversation(ctx, number)
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
		return show(ctx, t, conversation.ID)
	})
}

func show(ctx context.Context, t *desk.Tx, id int64) (any, error) {
	detail, err := t.Queries().GetConversationDetailByID(ctx, t.Account(), id)
	return conversationShape(detail), err
}

// createConversation opens a conversation between a contact and an inbox, with its first message if one came along.
func (s *surface) createConversation(c *api.Call) error {
	var in struct {
		SourceID             api.Text      `json:"source_id"`
		InboxID              api.ID        `json:"inbox_id"`
		ContactID            api.ID        `json:"contact_id"`
		Status               api.Text      `json:"status"`
		AssigneeID           api.ID        `json:"assignee_id"`
		TeamID               api.ID        `json:"team_id"`
		AdditionalAttributes api.Object    `json:"additional_attributes"`
		CustomAttributes     api.Object    `json:"custom_attributes"`
		Message              *messageInput `json:"message"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	status := db.ConversationStatus(in.Status.Value)
	if status != "" && !status.Valid() {
		return fault.Field("status", "status must be open, resolved, pending or snoozed")
	}
	if in.InboxID.Ptr() == nil || in.ContactID.Ptr() == nil {
		return fault.Field("contact_id", "inbox_id and contact_id are required")
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		inbox, err := t.Queries().GetInbox(ctx, t.Account(), in.InboxID.Value)
		if err != nil {
			return nil, err
		}
		contact, err := t.Queries().GetContact(ctx, t.Account(), in.ContactID.Value)
		if err != nil {
			return nil, err
		}
		address, err := t.Reach(ctx, contact, inbox, in.SourceID.Value)
		if err != nil {
			return nil, err
		}
		conversation, err := t.Open(ctx, desk.Opening{
			ContactInbox: address, Status: status, AssigneeID: in.AssigneeID.Ptr(), TeamID: in.TeamID.Ptr(),
			Additional: json.RawMessage(in.AdditionalAttributes), Custom: json.RawMessage(in.CustomAttributes),
		})
		if err != nil || in.Message == nil {
			return s.opened(ctx, t, conversation, err)
		}
		// A first message need not say whose it is: it is the team's.
		if in.Message.MessageType.Value == "" {
			in.Message.MessageType.Value = string(db.MessageKindOutgoing)
		}
		d, err := in.Message.draft(nil)
		if err == nil {
			err = incomingAllowed(ctx, t, inbox.ID, d.Kind)
		}
		if err == nil {
			_, err = t.Post(ctx, conversation.ID, d)
		}
		return s.opened(ctx, t, conversation, err)
	})
}

func (s *surface) opened(ctx context.Context, t *desk.Tx, conversation db.Conversation, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	j, err := show(ctx, t, conversation.ID)
	return api.Status{Code: createdStatus, Body: j}, err
}

// updateConversation changes the priority; null clears it.
func (s *surface) updateConversation(c *api.Call) error {
	var in struct {
		Priority *api.Text `json:"priority"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	clears := c.Route.Method == http.MethodPost // toggle_priority without a value
	return s.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		switch {
		case in.Priority == nil && !clears:
			return nil
		case in.Priority == nil || in.Priority.Value == "":
			return t.SetPriority(ctx, id, nil)
		}
		priority := db.ConversationPriority(in.Priority.Value)
		return t.SetPriority(ctx, id, &priority)
	})
}

type toggledJSON struct {
	Meta    struct{} `json:"meta"`
	Payload struct {
		Success        bool                  `json:"success"`
		CurrentStatus  db.ConversationStatus `json:"current_status"`
		ConversationID int64                 `json:"conversation_id"`
	} `json:"payload"`
}

// toggleStatus sets the status, which is required here. Snoozed without a time lasts until the customer writes.
func (s *surface) toggleStatus(c *api.Call) error {
	var in struct {
		Status       api.Text `json:"status"`
		SnoozedUntil api.Time `json:"snoozed_until"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if err := t.SetStatus(ctx, conversation.ID, db.ConversationStatus(in.Status.Value), in.SnoozedUntil.Ptr()); err != nil {
			return nil, err
		}
		now, _ := t.Held(conversation.ID)
		var out toggledJSON
		out.Payload.Success, out.Payload.CurrentStatus, out.Payload.ConversationID = true, now.Status, now.DisplayID
		return out, nil
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
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		return api.Empty(), t.Typing(ctx, conversation.ID, in.TypingStatus.Value == "on", in.IsPrivate.Value)
	})
}

// assign gives the conversation to a user or, where none is named, to a team. Null or 0 takes it from whoever has it;
// an unknown user is not found.
func (s *surface) assign(c *api.Call) error {
	var in struct {
		AssigneeID api.ID `json:"assignee_id"`
		TeamID     api.ID `json:"team_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		switch {
		case in.AssigneeID.Ptr() != nil:
			if err := t.Assign(ctx, conversation.ID, in.AssigneeID.Value); err != nil {
				return nil, err
			}
			member, err := t.Queries().GetMember(ctx, t.Account(), in.AssigneeID.Value)
			return s.agent(member.User, member.Membership), err
		case in.AssigneeID.Present:
			return nil, t.Unassign(ctx, conversation.ID)
		case in.TeamID.Present:
			if err := t.SetTeam(ctx, conversation.ID, in.TeamID.Ptr()); err != nil || in.TeamID.Ptr() == nil {
				return nil, err
			}
			team, err := t.Queries().GetTeam(ctx, t.Account(), in.TeamID.Value)
			return teamShape(team), err
		}
		return nil, fault.Field("assignee_id", "assignee_id or team_id is required")
	})
}

type labelTitlesJSON struct {
	Payload []string `json:"payload"`
}

func (s *surface) listConversationLabels(c *api.Call) error {
	conversation, err := s.conversation(c)
	if err != nil {
		return err
	}
	return c.Answer(labelTitlesJSON{conversation.Labels})
}

// setConversationLabels replaces the set.
func (s *surface) setConversationLabels(c *api.Call) error {
	var in struct {
		Labels api.Strings `json:"labels"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	if !in.Labels.Present {
		return fault.Field("labels", "labels is required")
	}
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if err := t.Label(ctx, conversation.ID, in.Labels.Values); err != nil {
			return nil, err
		}
		now, _ := t.Held(conversation.ID)
		return labelTitlesJSON{now.Labels}, nil
	})
}

func (s *surface) setCustomAttributes(c *api.Call) error {
	var in struct {
		CustomAttributes api.Object `json:"custom_attributes"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		custom := json.RawMessage(in.CustomAttributes)
		if custom == nil {
			custom = json.RawMessage("{}")
		}
		return t.SetAttributes(ctx, id, desk.Attributes{Custom: custom})
	})
}

func (s *surface) markRead(c *api.Call) error {
	return s.changeAndShow(c, func(ctx context.Context, t *desk.Tx, id int64) error { return t.MarkRead(ctx, id) })
}
