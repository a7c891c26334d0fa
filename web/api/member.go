package api

import (
	"context"

	"github.com/parleydesk/parley/db"
)

// AgentInput holds the fields of an agent that clients of every dialect may send.
type AgentInput struct {
	Name         Text `json:"name"`
	Email        Text `json:"email"`
	Role         Text `json:"role"`
	Availability Text `json:"availability"`
}

// Members returns the page of the account's members that the call asks for, ordered by name. ctx bounds the query.
func Members(ctx context.Context, c *Call, q *db.Queries) ([]db.ListMembersRow, error) {
	return Page(c, func(p Position) ([]db.ListMembersRow, error) {
		return q.ListMembers(ctx, db.ListMembersParams{AccountID: c.Account(), AfterName: p.Name, AfterID: p.ID, Most: p.Most})
	}, func(r db.ListMembersRow) (string, int64) { return r.User.Name, r.User.ID })
}

// TeamMembers returns the page of a team's members that the call asks for, ordered by name.
func TeamMembers(c *Call, q *db.Queries, teamID int64) ([]db.ListTeamMembersAfterRow, error) {
	return Page(c, func(p Position) ([]db.ListTeamMembersAfterRow, error) {
		return q.ListTeamMembersAfter(c.Ctx(), db.ListTeamMembersAfterParams{
			AccountID: c.Account(), TeamID: teamID, AfterName: p.Name, AfterID: p.ID, Most: p.Most,
		})
	}, func(r db.ListTeamMembersAfterRow) (string, int64) { return r.User.Name, r.User.ID })
}
