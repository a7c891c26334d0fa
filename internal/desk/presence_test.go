package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestSetAvailability(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.once(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.SetAvailability(ctx, db.AvailabilityBusy, false) })
	f.pokes("members")
	row, err := f.q.GetMember(context.Background(), f.account.ID, f.ann.ID)
	if err != nil || row.Membership.Availability != db.AvailabilityBusy || row.Membership.AutoOffline ||
		row.Membership.Role != db.RoleAgent {
		t.Errorf("membership is %+v, %v", row.Membership, err)
	}
	err = f.do(f.system(), func(ctx context.Context, t *desk.Tx) error { return t.SetAvailability(ctx, db.AvailabilityBusy, false) })
	if !errors.Is(err, fault.Forbidden) {
		t.Errorf("the system: %v", err)
	}
}
