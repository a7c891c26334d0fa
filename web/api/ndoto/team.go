package ndoto

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) teamRoutes() []api.Route {
	const teams = v1 + "/teams"
	const team = teams + "/:team"
	const members = team + "/team_members"
	return slices.Concat([]api.Route{
		api.Get(teams, api.Member, h.listTeams),
		api.Post(teams, api.Admin, h.createTeam),
		api.Get(team, api.Member, h.getTeam),
		api.Delete(team, api.Admin, h.deleteTeam),
		api.Get(members, api.Member, h.listTeamMembers),
		api.Post(members, api.Admin, h.changeTeamMembers(addTeamMembers)),
		api.Delete(members, api.Admin, h.changeTeamMembers((*desk.Tx).RemoveTeamMembers)),
	}, api.Update(members, api.Admin, h.changeTeamMembers((*desk.Tx).SetTeamMembers)), api.Update(team, api.Admin, h.updateTeam))
}

// teamJSON is a team.
type teamJSON struct {
	ID              int64  `json:"id"`
	Name            string `json:"name"`
	Description     string `json:"description"`
	AllowAutoAssign bool   `json:"allow_auto_assign"`
	CreatedAt       int64  `json:"created_at"`
	UpdatedAt       int64  `json:"updated_at"`
}

func teamShape(t db.Team) teamJSON {
	return teamJSON{t.ID, t.Name, t.Description, t.AllowAutoAssign, seconds(t.CreatedAt), seconds(t.UpdatedAt)}
}

func (h *handlers) listTeams(c *api.Call) error {
	rows, err := api.Teams(c, h.q)
	if err != nil {
		return err
	}
	list := make([]teamJSON, len(rows))
	for i, r := range rows {
		list[i] = teamShape(r.Team)
	}
	return c.Answer(list)
}

func (h *handlers) team(c *api.Call) (db.Team, error) {
	id, err := c.ID("team")
	if err != nil {
		return db.Team{}, err
	}
	return h.q.GetTeam(c.Ctx(), c.Account(), id)
}

func (h *handlers) getTeam(c *api.Call) error {
	team, err := h.team(c)
	if err != nil {
		return err
	}
	return c.Single(teamShape(team))
}

// applyTeam sets the fields of a team that were sent. Names are stored in lower case, as in the main API.
func applyTeam(in api.TeamInput, t *db.Team) error {
	if in.Name.Set {
		t.Name = strings.ToLower(strings.TrimSpace(in.Name.Value))
	}
	if in.Description.Set {
		t.Description = in.Description.Value
	}
	t.AllowAutoAssign = in.AllowAutoAssign.Or(t.AllowAutoAssign)
	if t.Name == "" || utf8.RuneCountInString(t.Name) > 255 {
		return fault.Field("name", "name must have between 1 and 255 characters")
	}
	return nil
}

func nameTaken(err error) error {
	if db.IsDuplicate(err, "teams_account_id_name_key") {
		return fault.Field("name", "name has already been taken")
	}
	return err
}

func (h *handlers) createTeam(c *api.Call) error {
	var in api.TeamInput
	if err := c.Read(&in); err != nil {
		return err
	}
	team := db.Team{AllowAutoAssign: true}
	if err := applyTeam(in, &team); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.SaveTeam(ctx, team)
		return api.Status{Code: createdStatus, Body: teamShape(row)}, nameTaken(err)
	})
}

func (h *handlers) updateTeam(c *api.Call) error {
	team, err := h.team(c)
	if err != nil {
		return err
	}
	var in api.TeamInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if err := applyTeam(in, &team); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.SaveTeam(ctx, team)
		return teamShape(row), nameTaken(err)
	})
}

func (h *handlers) deleteTeam(c *api.Call) error {
	id, err := c.ID("team")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return struct{}{}, t.DeleteTeam(ctx, id) })
}

func (h *handlers) listTeamMembers(c *api.Call) error {
	team, err := h.team(c)
	if err != nil {
		return err
	}
	rows, err := api.TeamMembers(c, h.q, team.ID)
	if err != nil {
		return err
	}
	list := make([]agentJSON, len(rows))
	for i, r := range rows {
		list[i] = h.agent(r.User, r.Membership)
	}
	return c.Answer(list)
}

func (h *handlers) teamMembers(ctx context.Context, q *db.Queries, team db.Team) ([]agentJSON, error) {
	rows, err := q.ListTeamMembers(ctx, team.AccountID, team.ID)
	list := make([]agentJSON, len(rows))
	for i, r := range rows {
		list[i] = h.agent(r.User, r.Membership)
	}
	return list, err
}

func addTeamMembers(t *desk.Tx, ctx context.Context, teamID int64, userIDs []int64) error {
	_, err := t.AddTeamMembers(ctx, teamID, userIDs)
	return err
}

// changeTeamMembers adds user_ids, removes them or makes them the whole team, and answers with the members of the team.
func (h *handlers) changeTeamMembers(do func(*desk.Tx, context.Context, int64, []int64) error) api.Handler {
	return func(c *api.Call) error {
		team, err := h.team(c)
		if err != nil {
			return err
		}
		var in struct {
			UserIDs api.IDs `json:"user_ids"`
		}
		if err := c.Read(&in); err != nil {
			return err
		}
		if !in.UserIDs.Present {
			return fault.Field("user_ids", "user_ids is required")
		}
		return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
			n, err := t.Queries().CountMembersAmong(ctx, t.Account(), in.UserIDs.Values)
			if err != nil {
				return nil, err
			}
			if int(n) != len(in.UserIDs.Values) {
				return nil, fault.Field("user_ids", "user_ids must be members of the account, each once")
			}
			if err := do(t, ctx, team.ID, in.UserIDs.Values); err != nil {
				return nil, err
			}
			return h.teamMembers(ctx, t.Queries(), team)
		})
	}
}
