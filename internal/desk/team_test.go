package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestSaveTeam(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var team db.Team
	save := func(ctx context.Context, t *desk.Tx) (err error) { team, err = t.SaveTeam(ctx, team); return err }
	before := f.count("SELECT COALESCE(max(id), 0) FROM events")
	team = db.Team{Name: "billing", AllowAutoAssign: true}
	f.must(f.as(f.root), save)
	if d := cmp.Diff([]string{event(desk.TeamCreated, ofTeam(team), desk.Data{})}, f.recorded(f.as(f.root), before)); d != "" {
		t.Error(d)
	}
	team.Name = "invoices"
	f.once(f.as(f.root), save, changed(desk.TeamUpdated, ofTeam(team), "name", "billing", "invoices"))
	if n := f.count("SELECT count(*) FROM teams WHERE name = 'invoices'"); n != 1 {
		t.Error("the new name is not kept")
	}
}

func TestDeleteTeam(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c, team := f.conversation(), dbtest.Team(t, f.pool, f.account, "billing")
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.SetTeam(ctx, c.ID, &team.ID) })
	drop := func(ctx context.Context, t *desk.Tx) error { return t.DeleteTeam(ctx, team.ID) }
	f.records(f.as(f.root), drop,
		changed(desk.ConversationTeamChanged, of(c), "team_id", team.ID, nil),
		event(desk.TeamDeleted, ofTeam(team), desk.Data{}))
	f.pokes("members")
	if got := f.reload(c); got.TeamID != nil {
		t.Errorf("team is %v", got.TeamID)
	}
	if err := f.do(f.as(f.root), drop); !errors.Is(err, fault.NotFound) {
		t.Errorf("the second time: %v", err)
	}
}

func TestAddTeamMembers(t *testing.T) {
	t.Parallel()
	f := setup(t)
	team := dbtest.Team(t, f.pool, f.account, "billing", f.ann)
	var added []int64
	add := func(userIDs ...int64) call {
		return func(ctx context.Context, t *desk.Tx) (err error) {
			added, err = t.AddTeamMembers(ctx, team.ID, userIDs)
			return err
		}
	}
	f.records(f.as(f.root), add(f.ann.ID, f.root.ID), event(desk.MembersChanged, ofTeam(team), desk.Data{}))
	if f.pokes("members"); !slices.Equal(added, []int64{f.root.ID}) {
		t.Errorf("added %v, want the new one alone", added)
	}
	if f.records(f.as(f.root), add(f.root.ID)); len(added) != 0 {
		t.Errorf("added %v the second time", added)
	}
	if got := f.teamMembers(team); !slices.Equal(got, []int64{f.ann.ID, f.root.ID}) {
		t.Errorf("members are %v", got)
	}
	stranger := dbtest.Admin(t, f.pool, dbtest.Account(t, f.pool, "Elsewhere"), "Eve")
	if err := f.do(f.as(f.root), add(stranger.ID)); !errors.Is(err, fault.NotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

func TestRemoveTeamMembers(t *testing.T) {
	t.Parallel()
	f := setup(t)
	team := dbtest.Team(t, f.pool, f.account, "billing", f.ann, f.root)
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
		return t.RemoveTeamMembers(ctx, team.ID, []int64{f.ann.ID})
	}, event(desk.MembersChanged, ofTeam(team), desk.Data{}))
	f.pokes("members")
	if got := f.teamMembers(team); !slices.Equal(got, []int64{f.root.ID}) {
		t.Errorf("members are %v", got)
	}
}

func TestSetTeamMembers(t *testing.T) {
	t.Parallel()
	f := setup(t)
	team := dbtest.Team(t, f.pool, f.account, "billing", f.ann)
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.SetTeamMembers(ctx, team.ID, []int64{f.root.ID}) },
		event(desk.MembersChanged, ofTeam(team), desk.Data{}))
	f.pokes("members")
	if got := f.teamMembers(team); !slices.Equal(got, []int64{f.root.ID}) {
		t.Errorf("members are %v", got)
	}
}

func (f fixture) teamMembers(team db.Team) (ids []int64) {
	f.t.Helper()
	f.scan(&ids, "SELECT COALESCE(array_agg(user_id ORDER BY user_id), '{}') FROM team_members WHERE team_id = $1", team.ID)
	return ids
}

func ofTeam(team db.Team) string { return fmt.Sprintf("team %d", team.ID) }
