package chatwoot

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	teamsPath       = v1 + "/teams"
	teamPath        = teamsPath + "/:team"
	teamMembersPath = teamPath + "/team_members"
)

func (h *handlers) teamRoutes() []api.Route {
	return slices.Concat([]api.Route{
		api.Get(teamsPath, api.Member, h.listTeams),
		api.Post(teamsPath, api.Admin, h.createTeam),
		api.Get(teamPath, api.Member, h.showTeam),
		api.Delete(teamPath, api.Admin, h.deleteTeam),
		api.Get(teamMembersPath, api.Member, h.listTeamMembers),
		api.Post(teamMembersPath, api.Admin, h.addTeamMembers),
		api.Delete(teamMembersPath, api.Admin, h.removeTeamMembers),
	}, api.Update(teamPath, api.Admin, h.updateTeam), api.Update(teamMembersPath, api.Admin, h.setTeamMembers))
}

// listTeams answers with all teams by name, as a bare list.
func (h *handlers) listTeams(c *api.Call) error {
	rows, err := api.Teams(c, h.q)
	if err != nil {
		return err
	}
	teams := make([]shape.Team, len(rows))
	for n, r := range rows {
		teams[n] = shape.TeamOf(r.Team, r.IsMember)
	}
	return c.Answer(teams)
}

func (h *handlers) showTeam(c *api.Call) error {
	id, err := c.ID("team")
	if err != nil {
		return err
	}
	team, err := h.q.GetTeam(c.Ctx(), c.Account(), id)
	if err != nil {
		return err
	}
	return c.Single(shape.TeamOf(team, slices.Contains(c.Scope().TeamIDs, id)))
}

// teamName returns a team's name as it is stored: in lower case.
func teamName(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch {
	case s == "":
		return s, fault.Field("name", "Name can't be blank")
	case utf8.RuneCountInString(s) > 255:
		return s, fault.Field("name", "Name is too long (maximum is 255 characters)")
	}
	return s, nil
}

func teamNameTaken(err error) error {
	if db.IsDuplicate(err, "teams_account_id_name_key") {
		return fault.Field("name", "Name has already been taken")
	}
	return err
}

func (h *handlers) createTeam(c *api.Call) error {
	var in api.TeamInput
	if err := c.Read(&in, "team"); err != nil {
		return err
	}
	name, err := teamName(in.Name.Value)
	if err != nil {
		return err
	}
	if err := checkLength(maxText, "description", in.Description.Value); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		team, err := t.SaveTeam(ctx, db.Team{Name: name, Description: in.Description.Value, AllowAutoAssign: in.AllowAutoAssign.Or(true)})
		return shape.TeamOf(team, false), teamNameTaken(err)
	})
}

func (h *handlers) updateTeam(c *api.Call) error {
	var in api.TeamInput
	if err := c.Read(&in, "team"); err != nil {
		return err
	}
	id, err := c.ID("team")
	if err != nil {
		return err
	}
	if err := checkLength(maxText, "description", in.Description.Value); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		team, err := t.Queries().GetTeam(ctx, t.Account(), id)
		if err != nil {
			return nil, err
		}
		if in.Name.Set {
			if team.Name, err = teamName(in.Name.Value); err != nil {
				return nil, err
			}
		}
		setIfGiven(&team.Description, in.Description.Given())
		setIfGiven(&team.AllowAutoAssign, in.AllowAutoAssign.Ptr())
		team, err = t.SaveTeam(ctx, team)
		return shape.TeamOf(team, slices.Contains(c.Scope().TeamIDs, id)), teamNameTaken(err)
	})
}

func (h *handlers) deleteTeam(c *api.Call) error {
	id, err := c.ID("team")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return api.Empty(), t.DeleteTeam(ctx, id) })
}

func (h *handlers) listTeamMembers(c *api.Call) error {
	id, err := c.ID("team")
	if err != nil {
		return err
	}
	if _, err := h.q.GetTeam(c.Ctx(), c.Account(), id); err != nil {
		return err
	}
	agents, err := h.teamAgents(c.Ctx(), h.q, c.Account(), id)
	if err != nil {
		return err
	}
	return c.Answer(agents)
}

func (h *handlers) teamAgents(ctx context.Context, q *db.Queries, accountID, teamID int64) ([]shape.Agent, error) {
	rows, err := q.ListTeamMembers(ctx, accountID, teamID)
	agents := make([]shape.Agent, len(rows))
	for n, r := range rows {
		agents[n] = h.shape.Agent(r.User, r.Membership)
	}
	return agents, err
}

// changeTeamMembers changes the team in the path by the users in the body. By the contract, it answers 401 if a user is
// not a member of the account.
func (h *handlers) changeTeamMembers(
	c *api.Call, fn func(ctx context.Context, t *desk.Tx, teamID int64, userIDs []int64) (any, error),
) error {
	var in struct {
		UserIDs api.IDs `json:"user_ids"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	id, err := c.ID("team")
	if err != nil {
		return err
	}
	users := distinct(in.UserIDs.Values)
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		if _, err := t.Queries().GetTeam(ctx, t.Account(), id); err != nil {
			return nil, err
		}
		known, err := t.Queries().CountMembersAmong(ctx, t.Account(), users)
		if err != nil {
			return nil, err
		}
		if known != int64(len(users)) {
			return nil, api.Refuse(http.StatusUnauthorized, "Invalid User IDs")
		}
		return fn(ctx, t, id, users)
	})
}

// distinct returns ids sorted and without duplicates, and never nil.
func distinct(ids []int64) []int64 {
	if len(ids) == 0 {
		return []int64{}
	}
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// addTeamMembers answers with those who were not in the team before.
func (h *handlers) addTeamMembers(c *api.Call) error {
	return h.changeTeamMembers(c, func(ctx context.Context, t *desk.Tx, teamID int64, userIDs []int64) (any, error) {
		added, err := t.AddTeamMembers(ctx, teamID, userIDs)
		if err != nil {
			return nil, err
		}
		rows, err := t.Queries().ListMembersByID(ctx, t.Account(), added)
		agents := make([]shape.Agent, len(rows))
		for n, r := range rows {
			agents[n] = h.shape.Agent(r.User, r.Membership)
		}
		return agents, err
	})
}

func (h *handlers) setTeamMembers(c *api.Call) error {
	return h.changeTeamMembers(c, func(ctx context.Context, t *desk.Tx, teamID int64, userIDs []int64) (any, error) {
		if err := t.SetTeamMembers(ctx, teamID, userIDs); err != nil {
			return nil, err
		}
		return h.teamAgents(ctx, t.Queries(), t.Account(), teamID)
	})
}

func (h *handlers) removeTeamMembers(c *api.Call) error {
	return h.changeTeamMembers(c, func(ctx context.Context, t *desk.Tx, teamID int64, userIDs []int64) (any, error) {
		return api.Empty(), t.RemoveTeamMembers(ctx, teamID, userIDs)
	})
}
