package chatwoot

import (
	"context"
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// The participants of a conversation are the members who follow it.

const participantsPath = conversationPath + "/participants"

func (h *handlers) participantRoutes() []api.Route {
	return append([]api.Route{
		api.Get(participantsPath, api.Member, h.listParticipants),
		api.Post(participantsPath, api.Member, h.addParticipants),
		api.Delete(participantsPath, api.Member, h.removeParticipants),
	}, api.Update(participantsPath, api.Member, h.setParticipants)...)
}

// participants returns the JSON of participants as agents.
func (h *handlers) participants(rows []db.ListParticipantsRow) []shape.Agent {
	list := make([]shape.Agent, 0, len(rows))
	for _, r := range rows {
		list = append(list, h.shape.Agent(r.User, r.Membership))
	}
	return list
}

func (h *handlers) listParticipants(c *api.Call) error {
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	rows, err := h.q.ListParticipants(c.Ctx(), c.Account(), conversation.ID)
	if err != nil {
		return err
	}
	return c.Answer(h.participants(rows))
}

type participantsInput struct {
	UserIDs api.IDs `json:"user_ids"`
}

// changeParticipants runs fn in a transaction; fn returns the participants to answer with.
func (h *handlers) changeParticipants(
	c *api.Call, fn func(ctx context.Context, t *desk.Tx, id int64, wanted, had []int64) ([]int64, error),
) error {
	var in participantsInput
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		rows, err := t.Queries().ListParticipants(ctx, t.Account(), conversation.ID)
		if err != nil {
			return nil, err
		}
		had := []int64{}
		for _, r := range rows {
			had = append(had, r.User.ID)
		}
		// Only members of the inbox and administrators can follow. Skip others.
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
		return h.participants(rows), nil
	})
}

// addParticipants answers with the added participants alone.
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
