package desk

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

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
