package desk

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// Deactivate ends a member's work in the account and keeps their row: they can neither sign in to it nor be assigned,
// and what they had stays in their name. A user who works in no other account is signed out everywhere and their
// tokens are deleted. Administrators only. Neither the actor nor the last administrator can be deactivated.
func (t *Tx) Deactivate(ctx context.Context, userID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	if t.Actor.Kind == db.ActorKindUser && t.Actor.ID == userID {
		return fault.Field("", "You cannot deactivate yourself")
	}
	if err := t.anotherAdministrator(ctx, userID); err != nil {
		return err
	}
	n, err := t.q.SetMembershipDeactivated(ctx, db.SetMembershipDeactivatedParams{
		AccountID:     t.Account(),
		UserID:        userID,
		DeactivatedAt: &t.Now,
	})
	if err := fault.Found(n, err); err != nil {
		return err
	}
	t.poke("members", 0, nil)
	accounts, err := t.q.CountMemberships(ctx, userID)
	if err != nil || accounts > 0 {
		return err
	}
	if err := t.q.DeleteUserSessions(ctx, userID); err != nil {
		return err
	}
	return t.q.DeleteUserTokens(ctx, userID)
}

// Reactivate lets a deactivated member work again. They sign in as before; tokens have to be made anew.
func (t *Tx) Reactivate(ctx context.Context, userID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	n, err := t.q.SetMembershipDeactivated(ctx, db.SetMembershipDeactivatedParams{AccountID: t.Account(), UserID: userID})
	t.poke("members", 0, nil)
	return fault.Found(n, err)
}

// SetMemberInboxes sets the inboxes that a member works in; inboxes of other accounts are ignored. Administrators
// only.
func (t *Tx) SetMemberInboxes(ctx context.Context, userID int64, inboxIDs []int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	if _, err := t.q.LockMembership(ctx, t.Account(), userID); err != nil {
		return err
	}
	if inboxIDs == nil {
		inboxIDs = []int64{}
	}
	left, err := t.q.KeepMemberInboxes(ctx, db.KeepMemberInboxesParams{AccountID: t.Account(), UserID: userID, InboxIds: inboxIDs})
	if err != nil {
		return err
	}
	joined, err := t.q.JoinInboxes(ctx, db.JoinInboxesParams{AccountID: t.Account(), UserID: userID, InboxIds: inboxIDs})
	if err != nil {
		return err
	}
	return t.membersChanged(ctx, subject{}, left+joined > 0)
}
