package desk

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// SetAvailability sets whether the acting member is online. autoOffline counts them as offline once they have no page
// open.
func (t *Tx) SetAvailability(ctx context.Context, availability db.Availability, autoOffline bool) error {
	if t.Actor.Kind != db.ActorKindUser {
		return fault.Forbidden
	}
	m, err := t.q.LockMembership(ctx, t.Account(), t.Actor.ID)
	if err != nil {
		return err
	}
	_, err = t.q.UpdateMembership(ctx, db.UpdateMembershipParams{
		AccountID: m.AccountID, UserID: m.UserID, Role: m.Role, Availability: availability, AutoOffline: autoOffline, UpdatedAt: t.Now,
	})
	t.poke("members", 0, nil)
	return err
}
