package shape

import (
	"github.com/parleydesk/parley/db"
)

// Team is a team, and whether the caller is a member of it.
type Team struct {
	ID              int64   `json:"id"`
	Name            string  `json:"name"`
	Description     *string `json:"description"`
	AllowAutoAssign bool    `json:"allow_auto_assign"`
	AccountID       int64   `json:"account_id"`
	IsMember        bool    `json:"is_member"`
}

// TeamOf writes a team.
func TeamOf(t db.Team, member bool) Team {
	return Team{
		ID:              t.ID,
		Name:            t.Name,
		Description:     NilIfEmpty(t.Description),
		AllowAutoAssign: t.AllowAutoAssign,
		AccountID:       t.AccountID,
		IsMember:        member,
	}
}
