package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

const inboxMembersPath = v1 + "/inbox_members"

func (s *surface) inboxMemberRoutes() []api.Route {
	return append([]api.Route{
		api.Get(inboxMembersPath+"/:inbox", api.Member, s.listInboxMembers),
		api.Post(inboxMembersPath, api.Admin, s.addInboxMembers),
		api.Delete(inboxMembersPath, api.Admin, s.removeInboxMembers),
	}, api.Update(inboxMembersPath, api.Admin, s.setInboxMembers)...)
}

type inboxMembersInput struct {
	InboxID api.ID  `json:"inbox_id"`
	UserIDs api.IDs `json:"user_ids"`
}

func (s *surface) listInboxMembers(c *api.Call) error {
	i, err := s.inbox(c)
	if err != nil {
		return err
	}
	agents, err := s.inboxAgents(c.Ctx(), s.q, i)
	if err != nil {
		return err
	}
	return c.Answer(payload(agents))
}

func (s *surface) inboxAgents(ctx context.Context, q *db.Queries, i db.Inbox) ([]agentJSON, error) {
	rows, err := q.ListInboxMembers(ctx, i.AccountID, i.ID)
	agents := make([]agentJSON, len(rows))
	for n, r := range rows {
		agents[n] = s.agent(r.User, r.Membership)
	}
	return agents, err
}

// changeInboxMembers is a sitting about the members of the inbox that the body names.
func (s *surface) changeInboxMembers(c *api.Call, fn func(ctx context.Context, t *desk.Tx, inboxID int64, userIDs []int64) error, answer bool) error {
	var in inboxMembersInput
	if err := c.Read(&in); err != nil {
		return err
	}
	users := distinct(in.UserIDs.Values)
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
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
		agents, err := s.inboxAgents(ctx, t.Queries(), i)
		return payload(agents), err
	})
}

func (s *surface) addInboxMembers(c *api.Call) error {
	return s.changeInboxMembers(c, func(ctx context.Context, t *desk.Tx, inboxID int64, userIDs []int64) error {
		return t.AddInboxMembers(ctx, inboxID, userIDs)
	}, true)
}

func (s *surface) setInboxMembers(c *api.Call) error {
	return s.changeInboxMembers(c, func(ctx context.Context, t *desk.Tx, inboxID int64, userIDs []int64) error {
		return t.SetInboxMembers(ctx, inboxID, userIDs)
	}, true)
}

func (s *surface) removeInboxMembers(c *api.Call) error {
	return s.changeInboxMembers(c, func(ctx context.Context, t *desk.Tx, inboxID int64, userIDs []int64) error {
		return t.RemoveInboxMembers(ctx, inboxID, userIDs)
	}, false)
}

// inboxAssignable: who can be given conversations of the inbox in the path.
func (s *surface) inboxAssignable(c *api.Call) error {
	i, err := s.inbox(c)
	if err != nil {
		return err
	}
	return s.answerAssignable(c, []int64{i.ID})
}

// assignable: who can be given conversations of all the inboxes that the query names. The caller works in each.
func (s *surface) assignable(c *api.Call) error {
	var in struct {
		InboxIDs api.IDs `json:"inbox_ids"`
	}
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	ids := distinct(in.InboxIDs.Values)
	for _, id := range ids {
		if _, err := s.q.GetInbox(c.Ctx(), c.Account(), id); err != nil {
			return err
		}
		if !c.Scope().Sees(id, nil) {
			return fault.Forbidden
		}
	}
	return s.answerAssignable(c, ids)
}

func (s *surface) answerAssignable(c *api.Call, inboxIDs []int64) error {
	rows, err := s.q.ListAssignableMembers(c.Ctx(), c.Account(), inboxIDs)
	if err != nil {
		return err
	}
	agents := make([]agentJSON, len(rows))
	for n, r := range rows {
		agents[n] = s.agent(r.User, r.Membership)
	}
	return c.Answer(payload(agents))
}
