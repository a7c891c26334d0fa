package desk

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// SaveTeam stores a team that has been checked, a new one where it has no id. It records no event if nothing changed.
// Administrators only.
func (t *Tx) SaveTeam(ctx context.Context, team db.Team) (db.Team, error) {
	if err := t.requireAdmin(); err != nil {
		return team, err
	}
	if team.ID == 0 {
		team, err := t.q.InsertTeam(ctx, db.InsertTeamParams{
			AccountID:       t.Account(),
			Name:            team.Name,
			Description:     team.Description,
			AllowAutoAssign: team.AllowAutoAssign,
		})
		if err != nil {
			return team, err
		}
		return team, t.record(ctx, TeamCreated, subject{teamID: team.ID}, Data{})
	}
	had, err := t.q.LockTeam(ctx, t.Account(), team.ID)
	if err != nil {
		return team, err
	}
	changed := differences(map[string][2]any{
		"name": {had.Name, team.Name}, "description": {had.Description, team.Description}, "allow_auto_assign": {
			had.AllowAutoAssign, team.AllowAutoAssign,
		},
	})
	if len(changed) == 0 {
		return had, nil
	}
	row, err := t.q.UpdateTeam(ctx, db.UpdateTeamParams{
		AccountID: t.Account(), ID: team.ID, Name: team.Name, Description: team.Description,
		AllowAutoAssign: team.AllowAutoAssign, UpdatedAt: t.Now,
	})
	if err != nil {
		return row, err
	}
	return row, t.record(ctx, TeamUpdated, subject{teamID: row.ID}, Data{Changed: changed})
}

// DeleteTeam deletes a team and records an event for each of its conversations, which are left without a team.
// Administrators only. fault.NotFound if there is none.
func (t *Tx) DeleteTeam(ctx context.Context, teamID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	rows, err := t.q.ListConversationsOfTeam(ctx, t.Account(), teamID)
	if err != nil {
		return err
	}
	theirs := make([]db.Conversation, len(rows))
	for i, r := range rows {
		theirs[i] = db.Conversation{ID: r.ID, DisplayID: r.DisplayID, ContactID: r.ContactID, InboxID: r.InboxID}
	}
	if err := t.recordRelease(ctx, ConversationTeamChanged, "team_id", teamID, theirs); err != nil {
		return err
	}
	if err := fault.Found(t.q.DeleteTeam(ctx, t.Account(), teamID)); err != nil {
		return err
	}
	t.poke("members", 0, nil)
	return t.record(ctx, TeamDeleted, subject{teamID: teamID}, Data{})
}

// AddTeamMembers adds users to a team and returns those who were not in it. Administrators only. fault.NotFound if
// the account has no such team, or a user is no member of the account.
func (t *Tx) AddTeamMembers(ctx context.Context, teamID int64, userIDs []int64) ([]int64, error) {
	added, err := t.addTeamMembers(ctx, teamID, userIDs)
	if err != nil {
		return nil, err
	}
	return added, t.membersChanged(ctx, subject{teamID: teamID}, len(added) > 0)
}

// addTeamMembers is AddTeamMembers without the event.
func (t *Tx) addTeamMembers(ctx context.Context, teamID int64, userIDs []int64) ([]int64, error) {
	if err := t.requireAdmin(); err != nil {
		return nil, err
	}
	added, err := t.q.AddTeamMembers(ctx, db.AddTeamMembersParams{AccountID: t.Account(), TeamID: teamID, UserIds: userIDs})
	if db.IsMissing(err) {
		return nil, fault.NotFound
	}
	return added, err
}

// RemoveTeamMembers removes users from a team; those who are not in it are ignored. Administrators only.
func (t *Tx) RemoveTeamMembers(ctx context.Context, teamID int64, userIDs []int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	n, err := t.q.RemoveTeamMembers(ctx, db.RemoveTeamMembersParams{AccountID: t.Account(), TeamID: teamID, UserIds: userIDs})
	if err != nil {
		return err
	}
	return t.membersChanged(ctx, subject{teamID: teamID}, n > 0)
}

// SetTeamMembers sets the members of a team to exactly these users. Administrators only.
func (t *Tx) SetTeamMembers(ctx context.Context, teamID int64, userIDs []int64) error {
	added, err := t.addTeamMembers(ctx, teamID, userIDs)
	if err != nil {
		return err
	}
	n, err := t.q.KeepTeamMembers(ctx, db.KeepTeamMembersParams{AccountID: t.Account(), TeamID: teamID, UserIds: userIDs})
	if err != nil {
		return err
	}
	return t.membersChanged(ctx, subject{teamID: teamID}, len(added) > 0 || n > 0)
}
