package desk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
)

func TestDeleteBot(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c, bot := f.conversation(), f.bot()
	f.must(f.as(f.root), func(ctx context.Context, t *desk.Tx) error { return t.AssignBot(ctx, c.ID, bot.ID) })
	drop := func(ctx context.Context, t *desk.Tx) error { return t.DeleteBot(ctx, bot.ID) }
	f.records(f.as(f.root), drop, changed(desk.ConversationAssigned, of(c), "assignee_bot_id", bot.ID, nil))
	f.pokes("members")
	if got := f.reload(c); got.AssigneeBotID != nil || f.count("SELECT count(*) FROM agent_bots") != 0 {
		t.Errorf("the conversation is still with bot %v", got.AssigneeBotID)
	}
	if err := f.do(f.as(f.root), drop); !errors.Is(err, fault.NotFound) {
		t.Errorf("the second time: %v", err)
	}
}
