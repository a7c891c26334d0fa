package api

import "github.com/parleydesk/parley/db"

// Members returns the page of the account's members that the call asks for, ordered by name.
func Members(c *Call, q *db.Queries) ([]db.ListMembersRow, error) {
	p, err := c.Position()
	if err != nil {
		return nil, err
	}
	rows, err := q.ListMembers(c.Ctx(), db.ListMembersParams{
		AccountID: c.Account(),
		AfterName: p.Name,
		AfterID:   p.ID,
		Most:      p.Size + 1,
	})
	if err != nil {
		return nil, err
	}
	return Cut(c, p, rows, func(r db.ListMembersRow) (string, int64) { return r.User.Name, r.User.ID })
}

// TeamPeople returns the page of a team's members that the call asks for, ordered by name.
func TeamPeople(c *Call, q *db.Queries, teamID int64) ([]db.ListTeamMembersAfterRow, error) {
	p, err := c.Position()
	if err != nil {
		return nil, err
	}
	rows, err := q.ListTeamMembersAfter(c.Ctx(), db.ListTeamMembersAfterParams{
		AccountID: c.Account(),
		TeamID:    teamID,
		AfterName: p.Name,
		AfterID:   p.ID,
		Most:      p.Size + 1,
	})
	if err != nil {
		return nil, err
	}
	return Cut(c, p, rows, func(r db.ListTeamMembersAfterRow) (string, int64) { return r.User.Name, r.User.ID })
}
