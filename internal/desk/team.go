package desk

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// DeleteTeam deletes a team; its conversations belong to none then, and an event says so of each. Administrators
// only. fault.NotFound if there is none.
func (t *Tx) DeleteTeam(ctx context.Context, teamID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	err := t.q.RecordTeamGone(ctx, db.RecordTeamGoneParams{
		AccountID: t.Account(), TeamID: teamID, ActorKind: t.Actor.Kind, ActorID: t.Actor.idOrNil(), At: t.Now,
	})
	if err != nil {
		return err
	}
	n, err := t.q.DeleteTeam(ctx, t.Account(), teamID)
	t.poke("members", 0, nil)
	return fault.Found(n, err)
}

// AddTeamMembers takes users into a team and returns those who were not in it. Administrators only.
func (t *Tx) AddTeamMembers(ctx context.Context, teamID int64, userIDs []int64) ([]int64, error) {
	if err := t.requireAdmin(); err != nil {
		return nil, err
	}
	t.poke("members", 0, nil)
	return t.q.AddTeamMembers(ctx, db.AddTeamMembersParams{AccountID: t.Account(), TeamID: teamID, UserIds: userIDs})
}

// RemoveTeamMembers takes users out of a team; who was not in it is passed over. Administrators only.
func (t *Tx) RemoveTeamMembers(ctx context.Context, teamID int64, userIDs []int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	t.poke("members", 0, nil)
	_, err := t.q.RemoveTeamMembers(ctx, db.RemoveTeamMembersParams{AccountID: t.Account(), TeamID: teamID, UserIds: userIDs})
	return err
}

// SetTeamMembers makes a team of exactly these users. Administrators only.
func (t *Tx) SetTeamMembers(ctx context.Context, teamID int64, userIDs []int64) error {
	if _, err := t.AddTeamMembers(ctx, teamID, userIDs); err != nil {
		return err
	}
	_, err := t.q.KeepTeamMembers(ctx, db.KeepTeamMembersParams{AccountID: t.Account(), TeamID: teamID, UserIds: userIDs})
	return err
}

// DeleteBot deletes a bot with its tokens; its inboxes and conversations have none then. Administrators only.
// fault.NotFound if there is none.
func (t *Tx) DeleteBot(ctx context.Context, botID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	err := t.q.RecordBotGone(ctx, db.RecordBotGoneParams{
		AccountID: t.Account(), BotID: botID, ActorKind: t.Actor.Kind, ActorID: t.Actor.idOrNil(), At: t.Now,
	})
	if err != nil {
		return err
	}
	n, err := t.q.DeleteAgentBot(ctx, t.Account(), botID)
	t.poke("members", 0, nil)
	return fault.Found(n, err)
}
