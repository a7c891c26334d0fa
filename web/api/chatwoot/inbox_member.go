package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const inboxMembersPath = v1 + "/inbox_members"

func (h *handlers) inboxMemberRoutes() []api.Route {
	return append([]api.Route{
		api.Get(inboxMembersPath+"/:inbox", api.Member, h.listInboxMembers),
		api.Post(inboxMembersPath, api.Admin, h.addInboxMembers),
		api.Delete(inboxMembersPath, api.Admin, h.removeInboxMembers),
	}, api.Update(inboxMembersPath, api.Admin, h.setInboxMembers)...)
}

type inboxMembersInput struct {
	InboxID api.ID       `json:"inbox_id"`
	UserIDs api.KnownIDs `json:"user_ids"`
}

func (h *handlers) listInboxMembers(c *api.Call) error {
	i, err := h.inbox(c)
	if err != nil {
		return err
	}
	agents, err := h.inboxAgents(c.Ctx(), h.q, i)
	if err != nil {
		return err
	}
	return c.Answer(payload(agents))
}

func (h *handlers) inboxAgents(ctx context.Context, q *db.Queries, i db.Inbox) ([]shape.Agent, error) {
	rows, err := q.ListInboxMembers(ctx, i.AccountID, i.ID)
	agents := make([]shape.Agent, len(rows))
	for n, r := range rows {
		agents[n] = h.shape.Agent(r.User, r.Membership)
	}
	return agents, err
}

// changeInboxMembers changes the members of the inbox that the body names.
func (h *handlers) changeInboxMembers(
	c *api.Call, fn func(ctx context.Context, t *desk.Tx, inboxID int64, userIDs []int64) error, answer bool,
) error {
	var in inboxMembersInput
	if err := c.Read(&in); err != nil {
		return err
	}
	users := distinct(in.UserIDs.Values)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		i, err := t.Queries().GetInbox(ctx, t.Account(), in.InboxID.Value)
		if err != nil {
			return nil, err
		}
		if i.ArchivedAt != nil {
			return nil, fault.NotFound
		}
		if err := fn(ctx, t, i.ID, users); err != nil || !answer {
			return api.Empty(), err
		}
		agents, err := h.inboxAgents(ctx, t.Queries(), i)
		return payload(agents), err
	})
}

func (h *handlers) addInboxMembers(c *api.Call) error {
	return h.changeInboxMembers(c, func(ctx context.Context, t *desk.Tx, inboxID int64, userIDs []int64) error {
		return t.AddInboxMembers(ctx, inboxID, userIDs)
	}, true)
}

func (h *handlers) setInboxMembers(c *api.Call) error {
	return h.changeInboxMembers(c, func(ctx context.Context, t *desk.Tx, inboxID int64, userIDs []int64) error {
		return t.SetInboxMembers(ctx, inboxID, userIDs)
	}, true)
}

func (h *handlers) removeInboxMembers(c *api.Call) error {
	return h.changeInboxMembers(c, func(ctx context.Context, t *desk.Tx, inboxID int64, userIDs []int64) error {
		return t.RemoveInboxMembers(ctx, inboxID, userIDs)
	}, false)
}

// inboxAssignable lists the users who can get conversations of the inbox in the path.
func (h *handlers) inboxAssignable(c *api.Call) error {
	i, err := h.inbox(c)
	if err != nil {
		return err
	}
	return h.answerAssignable(c, []int64{i.ID})
}

// assignable lists the users who can get conversations of all inboxes in the query. The caller works in
// each.
func (h *handlers) assignable(c *api.Call) error {
	var in struct {
		InboxIDs api.IDs `json:"inbox_ids"`
	}
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	ids := distinct(in.InboxIDs.Some())
	for _, id := range ids {
		if _, err := h.q.GetInbox(c.Ctx(), c.Account(), id); err != nil {
			return err
		}
		if !c.Scope().Sees(id, nil) {
			return fault.Forbidden
		}
	}
	return h.answerAssignable(c, ids)
}

func (h *handlers) answerAssignable(c *api.Call, inboxIDs []int64) error {
	rows, err := h.q.ListAssignableMembers(c.Ctx(), c.Account(), inboxIDs)
	if err != nil {
		return err
	}
	agents := make([]shape.Agent, len(rows))
	for n, r := range rows {
		agents[n] = h.shape.Agent(r.User, r.Membership)
	}
	return c.Answer(payload(agents))
}
