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

func (s *surface) besideRoutes() []api.Route {
	participants, drafts := conversationPath+"/participants", conversationPath+"/draft_messages"
	return slices.Concat([]api.Route{
		api.Get(conversationPath+"/labels", api.MemberOrBot, s.listConversationLabels),
		api.Post(conversationPath+"/labels", api.MemberOrBot, s.setConversationLabels),
		api.Get(participants, api.Member, s.listParticipants),
		api.Post(participants, api.Member, s.addParticipants),
		api.Delete(participants, api.Member, s.removeParticipants),
		api.Get(drafts, api.Member, s.showDraft),
		api.Delete(drafts, api.Member, s.deleteDraft),
		api.Get(conversationsPath+"/unread_counts", api.Member, s.unreadCounts),
	}, api.Update(participants, api.Member, s.setParticipants), api.Update(drafts, api.Member, s.saveDraft))
}

type labelsJSON struct {
	Payload []string `json:"payload"`
}

// seen reads the conversation in the path, if the caller sees it.
func (s *surface) seen(c *api.Call) (db.Conversation, error) {
	id, err := c.ID("conversation")
	if err != nil {
		return db.Conversation{}, err
	}
	scope := c.Scope()
	return s.q.GetConversation(c.Ctx(), db.GetConversationParams{
		AccountID: scope.AccountID, DisplayID: id, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
}

func (s *surface) listConversationLabels(c *api.Call) error {
	conversation, err := s.seen(c)
	if err != nil {
		return err
	}
	return c.Answer(labelsJSON{conversation.Labels})
}

// setConversationLabels replaces the set; a title need not be offered by the account.
func (s *surface) setConversationLabels(c *api.Call) error {
	var in struct {
		Labels api.Strings `json:"labels"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
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
func (s *surface) people(rows []db.ListParticipantsRow) []agentJSON {
	list := make([]agentJSON, 0, len(rows))
	for _, r := range rows {
		list = append(list, s.agent(r.User, r.Membership))
	}
	return list
}

func (s *surface) listParticipants(c *api.Call) error {
	conversation, err := s.seen(c)
	if err != nil {
		return err
	}
	rows, err := s.q.ListParticipants(c.Ctx(), c.Account(), conversation.ID)
	if err != nil {
		return err
	}
	return c.Answer(s.people(rows))
}

type participantsInput struct {
	UserIDs api.IDs `json:"user_ids"`
}

// changeParticipants is a sitting on the followers; fn tells whom the answer lists.
func (s *surface) changeParticipants(c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64, wanted, had []int64) ([]int64, error)) error {
	var in participantsInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return s.change(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
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
		return s.people(rows), nil
	})
}

// addParticipants answers with the newly added alone.
func (s *surface) addParticipants(c *api.Call) error {
	return s.changeParticipants(c, func(ctx context.Context, t *desk.Tx, id int64, wanted, had []int64) (added []int64, err error) {
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

func (s *surface) setParticipants(c *api.Call) error {
	return s.changeParticipants(c, func(ctx context.Context, t *desk.Tx, id int64, wanted, had []int64) ([]int64, error) {
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

func (s *surface) removeParticipants(c *api.Call) error {
	var in participantsInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if !in.UserIDs.Present { // some clients cannot send a body with DELETE
		if err := c.ReadQuery(&in); err != nil {
			return err
		}
	}
	return s.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
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

func (s *surface) showDraft(c *api.Call) error {
	conversation, err := s.seen(c)
	if err != nil {
		return err
	}
	drafts, err := s.q.ListDrafts(c.Ctx(), db.ListDraftsParams{AccountID: c.Account(), ConversationID: conversation.ID, UserID: sharedDraft})
	if err != nil {
		return err
	}
	if len(drafts) == 0 {
		return c.Answer(draftJSON{})
	}
	return c.Answer(draftJSON{true, &drafts[0].Body})
}

func (s *surface) saveDraft(c *api.Call) error {
	var in struct {
		Message api.Text `json:"message"`
	}
	if err := c.Read(&in, "draft_message"); err != nil {
		return err
	}
	if len(in.Message.Value) > desk.MaxContent {
		return refuse("Draft is too long (maximum is 150000 characters)")
	}
	return s.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		return t.Queries().UpsertDraft(ctx, db.UpsertDraftParams{
			AccountID: t.Account(), ConversationID: id, UserID: sharedDraft, Mode: "reply", Body: in.Message.Value,
		})
	})
}

func (s *surface) deleteDraft(c *api.Call) error {
	return s.changeQuietly(c, func(ctx context.Context, t *desk.Tx, id int64) error {
		return t.Queries().DeleteDraft(ctx, db.DeleteDraftParams{AccountID: t.Account(), ConversationID: id, UserID: sharedDraft, Mode: "reply"})
	})
}

// unreadCounts tells how many open conversations have something unread, by inbox, label and team.
func (s *surface) unreadCounts(c *api.Call) error {
	scope := c.Scope()
	rows, err := s.q.CountUnreadConversations(c.Ctx(), db.CountUnreadConversationsParams{
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
