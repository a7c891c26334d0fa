package chatwoot

import (
	"context"
	"slices"
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
)

// What stands beside a conversation: its labels, the people who follow it, the draft that its agents share.

func (h *handlers) besideRoutes() []api.Route {
	participants, drafts := conversationPath+"/participants", conversationPath+"/draft_messages"
	return slices.Concat([]api.Route{
		api.Get(conversationPath+"/labels", api.MemberOrBot, h.listConversationLabels),
		api.Post(conversationPath+"/labels", api.MemberOrBot, h.setConversationLabels),
		api.Get(participants, api.Member, h.listParticipants),
		api.Post(participants, api.Member, h.addParticipants),
		api.Delete(participants, api.Member, h.removeParticipants),
		api.Get(drafts, api.Member, h.showDraft),
		api.Delete(drafts, api.Member, h.deleteDraft),
		api.Get(conversationsPath+"/unread_counts", api.Member, h.unreadCounts),
	}, api.Update(participants, api.Member, h.setParticipants), api.Update(drafts, api.Member, h.saveDraft))
}

type labelsJSON struct {
	Payload []string `json:"payload"`
}

// seen reads the conversation in the path, if the caller sees it.
func (h *handlers) seen(c *api.Call) (db.Conversation, error) {
	id, err := c.ID("conversation")
	if err != nil {
		return db.Conversation{}, err
	}
	scope := c.Scope()
	return h.q.GetConversation(c.Ctx(), db.GetConversationParams{
		AccountID: scope.AccountID, DisplayID: id, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
}

func (h *handlers) listConversationLabels(c *api.Call) error {
	conversation, err := h.seen(c)
	if err != nil {
		return err
	}
	return c.Answer(labelsJSON{conversation.Labels})
}

// setConversationLabels replaces the set; a title need not be offered by the account.
func (h *handlers) setConversationLabels(c *api.Call) error {
	var in struct {
		Labels api.Strings `json:"labels"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		if in.Labels.Present {
			if err := t.Label(ctx, conversation.ID, in.Labels.Values); err != nil {
				return nil, err
			}
		}
		now, _ := t.Held(conversation.ID)
		return labelsJSON{now.Labels}, nil
	})
}

// people writes participants as agents.
func (h *handlers) people(rows []db.ListParticipantsRow) []agentJSON {
	list := make([]agentJSON, 0, len(rows))
	for _, r := range rows {
		list = append(list, h.agent(r.User, r.Membership))
	}
	return list
}

func (h *handlers) listParticipants(c *api.Call) error {
	conversation, err := h.seen(c)
	if err != nil {
		return err
	}
	rows, err := h.q.ListParticipants(c.Ctx(), c.Account(), conversation.ID)
	if err != nil {
		return err
	}
	return c.Answer(h.people(rows))
}

type participantsInput struct {
	UserIDs api.IDs `json:"user_ids"`
}

// changeParticipants is a sitting on the followers; fn tells whom the answer lists.
func (h *handlers) changeParticipants(c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64, wanted, had []int64) ([]int64, error)) error {
	var in participantsInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		rows, err := t.Queries().ListParticipants(ctx, t.Account(), conversation.ID)
		if err != nil {
			return nil, err
		}
		had := []int64{}
		for _, r := range rows {
			had = append(had, r.User.ID)
		}
		// Only members of the inbox and administrators can follow; others are passed over.
		wanted, err := t.Queries().ListPossibleParticipants(ctx, db.ListPossibleParticipantsParams{
			AccountID: t.Account(), InboxID: conversation.InboxID, UserIds: in.UserIDs.Values,
		})
		if err != nil {
			return nil, err
		}
		shown, err := fn(ctx, t, conversation.ID, wanted, had)
		if err != nil {
			return nil, err
		}
		if rows, err = t.Queries().ListParticipants(ctx, t.Account(), conversation.ID); err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(r db.ListParticipantsRow) bool { return !slices.Contains(shown, r.User.ID) })
		return h.people(rows), nil
	})
}

// addParticipants answers with the newly added alone.
func (h *handlers) addParticipants(c *api.Call) error {
	return h.changeParticipants(c, func(ctx context.Context, t *desk.Tx, id int64, wanted, had []int64) (added []int64, err error) {
		for _, userID := range wanted {
			if slices.Contains(had, userID) {
				continue
			}
			if _, err := t.AddParticipant(ctx, id, userID); err != nil {
				return nil, err
			}
			added = append(added, userID)
		}
		return added, nil
	})
}

func (h *handlers) setParticipants(c *api.Call) error {
	return h.changeParticipants(c, func(ctx context.Context, t *desk.Tx, id int64, wanted, had []int64) ([]int64, error) {
		for _, userID := range had {
			if !slices.Contains(wanted, userID) {
				if err := t.RemoveParticipant(ctx, id, userID); err != nil {
					return nil, err
				}
			}
		}
		for _, userID := range wanted {
			if _, err := t.AddParticipant(ctx, id, userID); err != nil {
				return nil, err
			}
		}
		return wanted, nil
	})
}

func (h *handlers) removeParticipants(c *api.Call) error {
	var in participantsInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if !in.UserIDs.Present { // some clients cannot send a body with DELETE
		if err := c.ReadQuery(&in); err != nil {
			return err
		}
	}
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		for _, userID := range in.UserIDs.Values {
			if err := t.RemoveParticipant(ctx, id, userID); err != nil {
				return err
			}
		}
		return nil
	})
}

// sharedDraft is the user id of the one draft that the API's agents share; pages keep one for each user.
const sharedDraft = 0

type draftJSON struct {
	HasDraft bool    `json:"has_draft"`
	Message  *string `json:"message,omitempty"`
}

func (h *handlers) showDraft(c *api.Call) error {
	conversation, err := h.seen(c)
	if err != nil {
		return err
	}
	drafts, err := h.q.ListDrafts(c.Ctx(), db.ListDraftsParams{AccountID: c.Account(), ConversationID: conversation.ID, UserID: sharedDraft})
	if err != nil {
		return err
	}
	if len(drafts) == 0 {
		return c.Answer(draftJSON{})
	}
	return c.Answer(draftJSON{true, &drafts[0].Body})
}

func (h *handlers) saveDraft(c *api.Call) error {
	var in struct {
		Message api.Text `json:"message"`
	}
	if err := c.Read(&in, "draft_message"); err != nil {
		return err
	}
	if len(in.Message.Value) > desk.MaxContent {
		return refuse("Draft is too long (maximum is 150000 characters)")
	}
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		return t.Queries().UpsertDraft(ctx, db.UpsertDraftParams{
			AccountID: t.Account(), ConversationID: id, UserID: sharedDraft, Mode: "reply", Body: in.Message.Value,
		})
	})
}

func (h *handlers) deleteDraft(c *api.Call) error {
	return h.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		return t.Queries().DeleteDraft(ctx, db.DeleteDraftParams{AccountID: t.Account(), ConversationID: id, UserID: sharedDraft, Mode: "reply"})
	})
}

// unreadCounts tells how many open conversations have something unread, by inbox, label and team.
func (h *handlers) unreadCounts(c *api.Call) error {
	scope := c.Scope()
	rows, err := h.q.CountUnreadConversations(c.Ctx(), db.CountUnreadConversationsParams{
		AccountID: scope.AccountID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
	if err != nil {
		return err
	}
	groups := map[string]map[string]int64{"inboxes": {}, "labels": {}, "teams": {}}
	for _, r := range rows {
		groups[r.Kind][strconv.FormatInt(r.ID, 10)] = r.N
	}
	return c.Answer(map[string]any{"payload": groups})
}
