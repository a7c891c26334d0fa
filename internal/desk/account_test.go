package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestUpdateAccount(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := dbtest.New(t)
	account := dbtest.Account(t, pool, "Bike shop")
	admin := dbtest.Actor(t, pool, account, dbtest.Admin(t, pool, account, "Ada"))
	agent := dbtest.Actor(t, pool, account, dbtest.Agent(t, pool, account, "Bo"))
	update := func(who desk.Actor, change func(*db.Account) error) (a db.Account, err error) {
		err = dbtest.Desk(t, pool, nil).Do(ctx, who, func(t *desk.Tx) error {
			a, err = t.UpdateAccount(ctx, change)
			return err
		})
		return a, err
	}
	after := int64(60)

	a, err := update(admin, func(a *db.Account) error {
		a.Name, a.Settings.AutoResolveAfter = " Bikes ", &after
		return nil
	})
	if err != nil || a.Name != "Bikes" || a.Settings.AutoResolveAfter == nil || *a.Settings.AutoResolveAfter != 60 {
		t.Errorf("an administrator's change: %+v, %v", a, err)
	}
	_, err = update(admin, func(a *db.Account) error {
		*a.Settings.AutoResolveAfter, a.Name = 5, " "
		return nil
	})
	if invalid := fault.In(err); invalid["name"] == "" || invalid["auto_resolve_after"] == "" {
		t.Errorf("what is out of bounds: %v", err)
	}
	if _, err = update(agent, func(*db.Account) error { return nil }); !errors.Is(err, fault.Forbidden) {
		t.Errorf("an agent's change: %v", err)
	}
	if row, err := db.New(pool).GetAccount(ctx, account.ID); err != nil || row.Name != "Bikes" || *row.Settings.AutoResolveAfter != 60 {
		t.Errorf("what is kept: %+v, %v", row, err)
	}
}
