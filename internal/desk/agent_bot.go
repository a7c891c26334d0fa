package desk

import (
	"context"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// DeleteBot deletes a bot with its tokens; its inboxes and conversations are left without a bot. Administrators only.
// fault.NotFound if there is none.
func (t *Tx) DeleteBot(ctx context.Context, botID int64) error {
	if err := t.requireAdmin(); err != nil {
		return err
	}
	rows, err := t.q.ListConversationsOfBot(ctx, t.Account(), botID)
	if err != nil {
		return err
	}
	theirs := make([]db.Conversation, len(rows))
	for i, r := range rows {
		theirs[i] = db.Conversation{ID: r.ID, DisplayID: r.DisplayID, ContactID: r.ContactID, InboxID: r.InboxID, TeamID: r.TeamID}
	}
	if err := t.recordRelease(ctx, ConversationAssigned, "assignee_bot_id", botID, theirs); err != nil {
		return err
	}
	n, err := t.q.DeleteAgentBot(ctx, t.Account(), botID)
	t.poke("members", 0, nil)
	return fault.Found(n, err)
}
