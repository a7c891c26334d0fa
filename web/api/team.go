package api

import "github.com/parleydesk/parley/db"

// TeamInput holds the fields of a team that clients may send. The dialects check the name, each with its own messages.
type TeamInput struct {
	Name            Text `json:"name"`
	Description     Text `json:"description"`
	AllowAutoAssign Bool `json:"allow_auto_assign"`
}

// Teams returns the page of the account's teams that the call asks for, ordered by name.
func Teams(c *Call, q *db.Queries) ([]db.ListTeamsRow, error) {
	return Page(c, func(p Position) ([]db.ListTeamsRow, error) {
		return q.ListTeams(c.Ctx(), db.ListTeamsParams{
			AccountID: c.Account(), UserID: c.Scope().UserID, AfterName: p.Name, AfterID: p.ID, Most: p.Most,
		})
	}, func(r db.ListTeamsRow) (string, int64) { return r.Team.Name, r.Team.ID })
}
