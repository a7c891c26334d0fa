package ndoto

import (
	"context"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/web/api"
)

func (s *surface) peopleRoutes() []api.Route {
	const agents, teams = v1 + "/agents", v1 + "/teams"
	const team = teams + "/:team"
	routes := []api.Route{
		api.Get(root+"/profile", api.User, s.getProfile),
		api.Get(agents, api.Member, s.listAgents),
		api.Post(agents, api.Admin, s.createAgent),
		api.Delete(agents+"/:user", api.Admin, s.deleteAgent),
		api.Get(teams, api.Member, s.listTeams),
		api.Post(teams, api.Admin, s.createTeam),
		api.Get(team, api.Member, s.getTeam),
		api.Delete(team, api.Admin, s.deleteTeam),
		api.Get(team+"/team_members", api.Member, s.listTeamMembers),
		api.Post(team+"/team_members", api.Admin, s.changeTeamMembers(addTeamMembers)),
		api.Delete(team+"/team_members", api.Admin, s.changeTeamMembers((*desk.Tx).RemoveTeamMembers)),
	}
	routes = append(routes, api.Update(team+"/team_members", api.Admin, s.changeTeamMembers((*desk.Tx).SetTeamMembers))...)
	routes = append(routes, api.Update(agents+"/:user", api.Admin, s.updateAgent)...)
	return append(routes, api.Update(team, api.Admin, s.updateTeam)...)
}

// agentJSON is a colleague.
type agentJSON struct {
	ID           int64           `json:"id"`
	Name         string          `json:"name"`
	Email        string          `json:"email"`
	Role         db.Role         `json:"role"`
	Availability db.Availability `json:"availability"`
	Confirmed    bool            `json:"confirmed"`
	AvatarURL    string          `json:"avatar_url"`
}

func (s *surface) agent(u db.User, m db.Membership) agentJSON {
	return agentJSON{
		ID: u.ID, Name: u.Name, Email: u.Email, Role: m.Role, Availability: m.Availability, Confirmed: u.ConfirmedAt != nil,
		AvatarURL: s.avatar(u.AvatarHash),
	}
}

func (s *surface) avatar(hash *string) string {
	if hash == nil {
		return ""
	}
	return s.a.BaseURL + link.Avatar(*hash)
}

func (s *surface) listAgents(c *api.Call) error {
	rows, err := api.Members(c, s.q)
	if err != nil {
		return err
	}
	list := make([]agentJSON, len(rows))
	for i, r := range rows {
		list[i] = s.agent(r.User, r.Membership)
	}
	return c.Answer(list)
}

type agentInput struct {
	Name         api.Text `json:"name"`
	Email        api.Text `json:"email"`
	Role         api.Text `json:"role"`
	Availability api.Text `json:"availability"`
}

// parse reads role and availability, where they are given, and says what is wrong with them.
func (in agentInput) parse() (desk.MemberChange, error) {
	change, wrong := desk.MemberChange{Name: in.Name.Ptr()}, fault.Fields{}
	if role := db.Role(in.Role.Value); role != "" {
		change.Role = &role
		if !role.Valid() {
			wrong["role"] = "role must be administrator or agent"
		}
	}
	if word := db.Availability(in.Availability.Value); word != "" {
		change.Availability = &word
		if !word.Valid() {
			wrong["availability"] = "availability must be online, busy or offline"
		}
	}
	if len(wrong) > 0 {
		return change, wrong
	}
	return change, nil
}

// createAgent lets somebody in; all three fields are required here.
func (s *surface) createAgent(c *api.Call) error {
	var in agentInput
	if err := c.Read(&in); err != nil {
		return err
	}
	change, err := in.parse()
	if err != nil {
		return err
	}
	email, err := auth.NormalEmail(in.Email.Value)
	if err != nil || strings.TrimSpace(in.Name.Value) == "" || change.Role == nil {
		return fault.Field("email", "name, email and role are required")
	}
	colleague := desk.Colleague{Name: strings.TrimSpace(in.Name.Value), Email: email, Role: *change.Role, Availability: db.AvailabilityOnline, AutoOffline: true}
	if change.Availability != nil {
		colleague.Availability = *change.Availability
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, m, err := t.AddMember(ctx, colleague)
		if err != nil {
			return nil, err
		}
		return api.Status{Code: createdStatus, Body: s.agent(u, m)}, api.Invite(ctx, t, u)
	})
}

func (s *surface) updateAgent(c *api.Call) error {
	id, err := c.ID("user")
	if err != nil {
		return err
	}
	var in agentInput
	if err := c.Read(&in); err != nil {
		return err
	}
	change, err := in.parse()
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		u, m, err := t.UpdateMember(ctx, id, change)
		return s.agent(u, m), err
	})
}

func (s *surface) deleteAgent(c *api.Call) error {
	id, err := c.ID("user")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return struct{}{}, t.RemoveMember(ctx, id) })
}

// profileJSON is the token's user.
type profileJSON struct {
	ID        int64                `json:"id"`
	Name      string               `json:"name"`
	Email     string               `json:"email"`
	Role      *db.Role             `json:"role"`
	AccountID *int64               `json:"account_id"`
	Status    *db.Availability     `json:"availability_status"`
	AvatarURL string               `json:"avatar_url"`
	Accounts  []profileAccountJSON `json:"accounts"`
}

type profileAccountJSON struct {
	ID   int64   `json:"id"`
	Name string  `json:"name"`
	Role db.Role `json:"role"`
}

// getProfile is how a client checks itself. Role and account are those used last.
func (s *surface) getProfile(c *api.Call) error {
	u, err := s.q.GetUser(c.Ctx(), c.Scope().UserID)
	if err != nil {
		return err
	}
	memberships, err := s.q.ListUserMemberships(c.Ctx(), u.ID)
	if err != nil {
		return err
	}
	j := profileJSON{ID: u.ID, Name: u.Name, Email: u.Email, AvatarURL: s.avatar(u.AvatarHash), Accounts: []profileAccountJSON{}}
	for i, m := range memberships {
		if i == 0 {
			j.Role, j.AccountID, j.Status = &m.Membership.Role, &m.Membership.AccountID, &m.Membership.Availability
		}
		j.Accounts = append(j.Accounts, profileAccountJSON{m.Membership.AccountID, m.AccountName, m.Membership.Role})
	}
	return c.Single(j)
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

func (s *surface) listTeams(c *api.Call) error {
	rows, err := api.Teams(c, s.q)
	if err != nil {
		return err
	}
	list := make([]teamJSON, len(rows))
	for i, r := range rows {
		list[i] = teamShape(r.Team)
	}
	return c.Answer(list)
}

func (s *surface) team(c *api.Call) (db.Team, error) {
	id, err := c.ID("team")
	if err != nil {
		return db.Team{}, err
	}
	return s.q.GetTeam(c.Ctx(), c.Account(), id)
}

func (s *surface) getTeam(c *api.Call) error {
	team, err := s.team(c)
	if err != nil {
		return err
	}
	return c.Single(teamShape(team))
}

// layTeam lays the input over a team. Names are kept in lower case, as the main API has it.
func layTeam(in api.TeamInput, t *db.Team) error {
	if in.Name.Set {
		t.Name = strings.ToLower(strings.TrimSpace(in.Name.Value))
	}
	if in.Description.Set {
		t.Description = in.Description.Value
	}
	t.AllowAutoAssign = in.AllowAutoAssign.Or(t.AllowAutoAssign)
	if t.Name == "" || len(t.Name) > 255 {
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

func (s *surface) createTeam(c *api.Call) error {
	var in api.TeamInput
	if err := c.Read(&in); err != nil {
		return err
	}
	team := db.Team{AllowAutoAssign: true}
	if err := layTeam(in, &team); err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.Queries().InsertTeam(ctx, db.InsertTeamParams{
			AccountID: t.Account(), Name: team.Name, Description: team.Description, AllowAutoAssign: team.AllowAutoAssign,
		})
		return api.Status{Code: createdStatus, Body: teamShape(row)}, nameTaken(err)
	})
}

func (s *surface) updateTeam(c *api.Call) error {
	team, err := s.team(c)
	if err != nil {
		return err
	}
	var in api.TeamInput
	if err := c.Read(&in); err != nil {
		return err
	}
	if err := layTeam(in, &team); err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		row, err := t.Queries().UpdateTeam(ctx, db.UpdateTeamParams{
			AccountID: team.AccountID, ID: team.ID, Name: team.Name, Description: team.Description, AllowAutoAssign: team.AllowAutoAssign, UpdatedAt: t.Now,
		})
		return teamShape(row), nameTaken(err)
	})
}

func (s *surface) deleteTeam(c *api.Call) error {
	id, err := c.ID("team")
	if err != nil {
		return err
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) { return struct{}{}, t.DeleteTeam(ctx, id) })
}

func (s *surface) listTeamMembers(c *api.Call) error {
	team, err := s.team(c)
	if err != nil {
		return err
	}
	list, err := s.teamMembers(c.Ctx(), s.q, team)
	if err != nil {
		return err
	}
	return c.Answer(list)
}

func (s *surface) teamMembers(ctx context.Context, q *db.Queries, team db.Team) ([]agentJSON, error) {
	rows, err := q.ListTeamPeople(ctx, team.AccountID, team.ID)
	list := make([]agentJSON, len(rows))
	for i, r := range rows {
		list[i] = s.agent(r.User, r.Membership)
	}
	return list, err
}

func addTeamMembers(t *desk.Tx, ctx context.Context, teamID int64, userIDs []int64) error {
	_, err := t.AddTeamMembers(ctx, teamID, userIDs)
	return err
}

// changeTeamMembers adds user_ids, takes them away or makes them the whole team, and answers with who is in the team then.
func (s *surface) changeTeamMembers(do func(*desk.Tx, context.Context, int64, []int64) error) api.Handler {
	return func(c *api.Call) error {
		team, err := s.team(c)
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
		return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
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
			return s.teamMembers(ctx, t.Queries(), team)
		})
	}
}
