package chatwoot

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

func (h *handlers) assignmentRoutes() []api.Route {
	return []api.Route{api.Post(conversationPath+"/assignments", api.MemberOrBot, h.assign)}
}

// teamRowJSON is a team as a raw row.
type teamRowJSON struct {
	ID              int64   `json:"id"`
	Name            string  `json:"name"`
	Description     *string `json:"description"`
	AllowAutoAssign bool    `json:"allow_auto_assign"`
	AccountID       int64   `json:"account_id"`
	CreatedAt       string  `json:"created_at"`
	UpdatedAt       string  `json:"updated_at"`
}

// assign assigns a conversation to a user, a bot or a team, and answers with that user, bot or team. If the input has
// both keys, the assignee wins, unless it is empty and the team is not: form builders send such input.
func (h *handlers) assign(c *api.Call) error {
	var in struct {
		AssigneeID   api.ID   `json:"assignee_id"`
		AssigneeType api.Text `json:"assignee_type"`
		TeamID       api.ID   `json:"team_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.ChangeConversation(c, func(ctx context.Context, t *desk.Tx, conversation db.Conversation) (any, error) {
		switch {
		case in.AssigneeID.Present && (in.AssigneeID.Set || !in.TeamID.Set):
			if in.AssigneeType.Value == "AgentBot" {
				return h.assignBot(ctx, t, conversation.ID, in.AssigneeID.Value)
			}
			return h.assignUser(ctx, t, conversation.ID, in.AssigneeID.Value)
		case in.TeamID.Present:
			return h.assignTeam(ctx, t, conversation.ID, in.TeamID.Value)
		}
		return nil, nil
	})
}

// assignUser assigns a user. An id that is no member's unassigns.
func (h *handlers) assignUser(ctx context.Context, t *desk.Tx, id, userID int64) (any, error) {
	member, err := t.Queries().GetMember(ctx, t.Account(), userID)
	if db.IsNone(err) {
		return nil, t.Unassign(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	return h.shape.Agent(member.User, member.Membership), t.Assign(ctx, id, userID)
}

// assignBot assigns a bot. An unknown id changes nothing.
func (h *handlers) assignBot(ctx context.Context, t *desk.Tx, id, botID int64) (any, error) {
	bot, err := t.Queries().GetAgentBot(ctx, t.Account(), botID)
	if db.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return h.shape.AssigneeBot(bot), t.AssignBot(ctx, id, botID)
}

// assignTeam sets the team. 0 or an unknown id clears it.
func (h *handlers) assignTeam(ctx context.Context, t *desk.Tx, id, teamID int64) (any, error) {
	team, err := t.Queries().GetTeam(ctx, t.Account(), teamID)
	if db.IsNone(err) {
		return nil, t.SetTeam(ctx, id, nil)
	}
	if err != nil {
		return nil, err
	}
	return teamRowJSON{
		team.ID, team.Name, shape.NilIfEmpty(team.Description), team.AllowAutoAssign, team.AccountID,
		shape.ISO(team.CreatedAt), shape.ISO(team.UpdatedAt),
	}, t.SetTeam(ctx, id, &team.ID)
}
