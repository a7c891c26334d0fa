package api

import "github.com/parleydesk/parley/db"

// TeamInput holds the fields of a team that clients may send. The dialects check the name, each with its own messages.
type TeamInput struct {
	Name            Text `json:"name"`
	Description     Text `json:"description"`
	AllowAutoAssign Bool `json:"allow_auto_assign"`
}

// Teams returns the page of the account's teams that the call asks for, the oldest first.
func Teams(c *Call, q *db.Queries) ([]db.ListTeamsByIDRow, error) {
	return PageByID(c, MaxUncut, func(p Position) ([]db.ListTeamsByIDRow, error) {
		return q.ListTeamsByID(c.Ctx(), db.ListTeamsByIDParams{
			AccountID: c.Account(), UserID: c.Scope().UserID, AfterID: p.ID, Most: p.Most,
		})
	}, func(r db.ListTeamsByIDRow) int64 { return r.Team.ID })
}
