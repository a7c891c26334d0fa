package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
)

func (a *App) teamsPage(c echo.Context) error {
	f, err := a.frame(c, "Teams", "settings")
	if err != nil {
		return err
	}
	rows, err := a.q.ListTeamOverview(c.Request().Context(), f.AccountID)
	if err != nil {
		return err
	}
	return page(c, views.TeamsPage(f, rows))
}

func (a *App) newTeamPage(c echo.Context) error {
	return a.showTeam(c, http.StatusOK, db.Team{AllowAutoAssign: true}, nil, nil)
}

func (a *App) teamPage(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, account := c.Request().Context(), viewerOf(c).Scope.AccountID
	team, err := a.q.GetTeam(ctx, account, id)
	if err != nil {
		return err
	}
	people, err := a.q.ListTeamMembers(ctx, account, id)
	if err != nil {
		return err
	}
	chosen := make([]int64, len(people))
	for i, p := range people {
		chosen[i] = p.User.ID
	}
	return a.showTeam(c, http.StatusOK, team, chosen, nil)
}

func (a *App) showTeam(c echo.Context, status int, team db.Team, chosen []int64, invalid fault.Fields) error {
	f, err := a.frame(c, "Team", "settings")
	if err != nil {
		return err
	}
	people, err := a.q.ListMembers(c.Request().Context(), db.ListMembersParams{AccountID: f.AccountID, Most: mostMembers})
	if err != nil {
		return err
	}
	return render(c, status, views.TeamPage(f, views.TeamView{Team: team, Members: people, Chosen: chosen, Invalid: invalid}))
}

// saveTeam creates a team or changes the one in the path, and its members.
func (a *App) saveTeam(c echo.Context) error {
	team := db.Team{
		Name:            strings.TrimSpace(c.FormValue("name")),
		Description:     normalizeNewlines(c.FormValue("description")),
		AllowAutoAssign: c.FormValue("allow_auto_assign") != "",
	}
	chosen := formIDs(c, "member")
	return a.saveSetting(c, "teams", func(t *desk.Tx, id int64) (err error) {
		ctx := c.Request().Context()
		team.ID = id
		if team.Name == "" || utf8.RuneCountInString(team.Name) > 255 || !db.IsText(team.Name+team.Description) {
			return fault.Field("name", "Give a name, at most 255 characters")
		}
		row, err := t.SaveTeam(ctx, team)
		if db.IsDuplicate(err, "teams_account_id_name_key") {
			return fault.Field("name", "There is a team of this name")
		}
		if err != nil {
			return err
		}
		if n, err := t.Queries().CountMembersAmong(ctx, t.Account(), chosen); err != nil || n != int64(len(chosen)) {
			if err != nil {
				return err
			}
			return fault.Field("", "One of these is not a member any more")
		}
		return t.SetTeamMembers(ctx, row.ID, chosen)
	}, func(invalid fault.Fields) error {
		return a.showTeam(c, http.StatusUnprocessableEntity, team, chosen, invalid)
	})
}

func (a *App) deleteTeam(c echo.Context) error {
	return a.changeSetting(c, "teams", "The team is gone; its conversations belong to none", func(t *desk.Tx, id int64) error {
		return t.DeleteTeam(c.Request().Context(), id)
	})
}
