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

func TestAssign(t *testing.T) {
	t.Parallel()

	t.Run("an assignment is an event, a line in the thread, and makes the assignee a participant", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, f.ann.ID) },
			changed(desk.ConversationAssigned, of(c), "assignee_id", nil, f.ann.ID),
			activityLine("Assigned to Ann by Root"))
		if got := f.reload(c); deref(got.AssigneeID) != f.ann.ID {
			t.Errorf("assignee is %v", got.AssigneeID)
		}
		if n := f.count("SELECT count(*) FROM participants WHERE conversation_id = $1 AND user_id = $2", c.ID, f.ann.ID); n != 1 {
			t.Error("the assignee is no participant")
		}
	})

	t.Run("whoever takes a conversation is named once", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		f.records(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, f.ann.ID) },
			changed(desk.ConversationAssigned, of(c), "assignee_id", nil, f.ann.ID),
			activityLine("Ann self-assigned this conversation"))
	})

	t.Run("the system assigns without a line in the thread", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		f.records(f.system(), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, f.ann.ID) },
			changed(desk.ConversationAssigned, of(c), "assignee_id", nil, f.ann.ID))
	})

	t.Run("only a member of the account can be assigned", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		stranger := dbtest.Admin(t, f.pool, dbtest.Account(t, f.pool, "Elsewhere"), "Eve")
		err := f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, stranger.ID) })
		if !errors.Is(err, fault.NotFound) || f.reload(c).AssigneeID != nil {
			t.Errorf("err is %v", err)
		}
	})

	t.Run("a new conversation goes to the members who are online, in turn", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		bob := dbtest.Agent(t, f.pool, f.account, "Bob", f.inbox)
		dbtest.Agent(t, f.pool, f.account, "Away", f.inbox)
		f.exec("UPDATE memberships SET active_at = now() WHERE user_id = ANY ($1)", []int64{f.ann.ID, bob.ID})
		had := map[int64]int{}
		for range 4 {
			contact := dbtest.Contact(t, f.pool, f.account, "Ada")
			f.must(desk.Contact(contact), func(ctx context.Context, t *desk.Tx) error {
				ci, err := t.Reach(ctx, contact, f.inbox, "")
				if err != nil {
					return err
				}
				c, err := t.Open(ctx, desk.NewConversation{ContactInbox: ci})
				if err != nil {
					return err
				}
				c, _ = t.Held(c.ID)
				had[*c.AssigneeID]++
				name := map[int64]string{f.ann.ID: f.ann.Name, bob.ID: bob.Name}[*c.AssigneeID]
				last, err := t.Queries().GetMessage(ctx, db.GetMessageParams{AccountID: c.AccountID, ConversationID: c.ID, ID: *c.LastMessageID})
				if err == nil && last.Text() != "Assigned to "+name+" by "+f.inbox.Name {
					err = errors.New("the line is " + last.Text())
				}
				return err
			})
		}
		if had[f.ann.ID] != 2 || had[bob.ID] != 2 {
			t.Errorf("they had %v", had)
		}
	})

	t.Run("a team's choice is told in one line with the team", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		team := dbtest.Team(t, f.pool, f.account, "billing", f.ann)
		f.exec("UPDATE memberships SET active_at = now() WHERE user_id = $1", f.ann.ID)
		f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.SetTeam(ctx, c.ID, &team.ID) })
		if got, want := f.activityText(c), "Assigned to "+f.ann.Name+" via billing by "+f.root.Name; got != want {
			t.Errorf("the line is %q, want %q", got, want)
		}
	})

	t.Run("a team change drops an assignee who is not in the team", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		c := f.conversation()
		team := dbtest.Team(t, f.pool, f.account, "billing", f.root)
		f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error {
			if err := t.Assign(ctx, c.ID, f.ann.ID); err != nil {
				return err
			}
			return t.SetTeam(ctx, c.ID, &team.ID)
		})
		if got := f.reload(c); got.AssigneeID != nil || *got.TeamID != team.ID {
			t.Errorf("assignee %v, team %v", got.AssigneeID, got.TeamID)
		}
	})
}

func TestAssignBot(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c, bot := f.conversation(), f.bot()
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error { return t.Assign(ctx, c.ID, f.ann.ID) })
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.AssignBot(ctx, c.ID, bot.ID) },
		event(desk.ConversationAssigned, of(c), desk.Data{
			Changed: map[string][2]any{"assignee_id": {f.ann.ID, nil}, "assignee_bot_id": {nil, bot.ID}},
		}),
		activityLine("Assigned to Robin by Root"))
	if got := f.reload(c); got.AssigneeID != nil || deref(got.AssigneeBotID) != bot.ID {
		t.Errorf("assigned to user %v and bot %v", got.AssigneeID, got.AssigneeBotID)
	}
	err := f.do(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.AssignBot(ctx, c.ID, bot.ID+1) })
	if !errors.Is(err, fault.NotFound) {
		t.Errorf("an unknown bot: %v", err)
	}
}

func TestUnassign(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c, team := f.conversation(), dbtest.Team(t, f.pool, f.account, "billing", f.ann)
	f.must(f.as(f.ann), func(ctx context.Context, t *desk.Tx) error {
		return errors.Join(t.Assign(ctx, c.ID, f.ann.ID), t.SetTeam(ctx, c.ID, &team.ID))
	})
	f.once(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.Unassign(ctx, c.ID) },
		changed(desk.ConversationAssigned, of(c), "assignee_id", f.ann.ID, nil),
		activityLine("Conversation unassigned by Root"))
	if got := f.reload(c); got.AssigneeID != nil || deref(got.TeamID) != team.ID {
		t.Errorf("assignee %v, team %v; the team should stay", got.AssigneeID, got.TeamID)
	}
}

func TestSetTeam(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c, team := f.conversation(), dbtest.Team(t, f.pool, f.account, "billing")
	to := func(teamID *int64) call {
		return func(ctx context.Context, t *desk.Tx) error { return t.SetTeam(ctx, c.ID, teamID) }
	}
	f.once(f.as(f.ann), to(&team.ID),
		changed(desk.ConversationTeamChanged, of(c), "team_id", nil, team.ID),
		activityLine("Assigned to billing by Ann"))
	if got := f.reload(c); deref(got.TeamID) != team.ID {
		t.Errorf("team is %v", got.TeamID)
	}
	if err := f.do(f.as(f.ann), to(ptr(team.ID+1))); !errors.Is(err, fault.NotFound) {
		t.Errorf("an unknown team: %v", err)
	}
	f.once(f.as(f.ann), to(nil),
		changed(desk.ConversationTeamChanged, of(c), "team_id", team.ID, nil),
		activityLine("Unassigned from billing by Ann"))
	if got := f.reload(c); got.TeamID != nil {
		t.Errorf("team is %v", got.TeamID)
	}
}
