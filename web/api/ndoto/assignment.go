package ndoto

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// assign assigns the conversation to a user or, if the input names none, to a team. Null or 0 unassigns it. An unknown
// user answers 404.
func (h *handlers) assign(c *api.Call) error {
	var in struct {
		AssigneeID api.ID `json:"assignee_id"`
		TeamID     api.ID `json:"team_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		switch {
		case in.AssigneeID.Ptr() != nil:
			if err := setAssignee(ctx, t, conversation.ID, in.AssigneeID); err != nil {
				return nil, err
			}
			member, err := t.Queries().GetMember(ctx, t.Account(), in.AssigneeID.Value)
			return h.agent(member.User, member.Membership), err
		case in.AssigneeID.Present:
			return nil, setAssignee(ctx, t, conversation.ID, in.AssigneeID)
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

// setAssignee assigns the conversation to a user. Null and 0 unassign it.
func setAssignee(ctx context.Context, t *desk.Tx, id int64, user api.ID) error {
	if user.Ptr() == nil {
		return t.Unassign(ctx, id)
	}
	return t.Assign(ctx, id, user.Value)
}
