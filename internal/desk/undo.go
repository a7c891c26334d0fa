package desk

import (
	"context"
	"time"

	"github.com/parleydesk/parley/db"
)

// Undo is what a change did to a conversation: each field that differs, before and after. The page that made the
// change carries it and sends it to take the change back.
type Undo struct {
	Conversation   int64                        `json:"conversation"` // display id
	Status         *[2]db.ConversationStatus    `json:"status,omitempty"`
	SnoozedUntil   *[2]*time.Time               `json:"snoozed_until,omitempty"`
	WaitingSince   *[2]*time.Time               `json:"waiting_since,omitempty"`
	AssigneeID     *[2]*int64                   `json:"assignee_id,omitempty"`
	AssigneeBotID  *[2]*int64                   `json:"assignee_bot_id,omitempty"`
	TeamID         *[2]*int64                   `json:"team_id,omitempty"`
	Priority       *[2]*db.ConversationPriority `json:"priority,omitempty"`
	Labels         *[2][]string                 `json:"labels,omitempty"`
	LastActivityAt *[2]time.Time                `json:"last_activity_at,omitempty"`
}

// NewUndo compares a conversation before and after a change.
func NewUndo(before, after db.Conversation) Undo {
	u := Undo{
		Conversation:  before.DisplayID,
		SnoozedUntil:  differ(before.SnoozedUntil, after.SnoozedUntil, sameTime),
		WaitingSince:  differ(before.WaitingSince, after.WaitingSince, sameTime),
		AssigneeID:    differ(before.AssigneeID, after.AssigneeID, same),
		AssigneeBotID: differ(before.AssigneeBotID, after.AssigneeBotID, same),
		TeamID:        differ(before.TeamID, after.TeamID, same),
		Priority:      differ(before.Priority, after.Priority, same),
		Labels:        differ(before.Labels, after.Labels, sameLabels),

		Status:         differ(before.Status, after.Status, func(a, b db.ConversationStatus) bool { return a == b }),
		LastActivityAt: differ(before.LastActivityAt, after.LastActivityAt, time.Time.Equal),
	}
	return u
}

// Empty reports whether the change left nothing to take back. A line in the thread alone is nothing.
func (u Undo) Empty() bool {
	return u.Status == nil && u.SnoozedUntil == nil && u.AssigneeID == nil && u.AssigneeBotID == nil && u.TeamID == nil &&
		u.Priority == nil && u.Labels == nil
}

func differ[T any](before, after T, same func(a, b T) bool) *[2]T {
	if same(before, after) {
		return nil
	}
	return &[2]T{before, after}
}

func sameLabels(a, b []string) bool { return len(without(a, b))+len(without(b, a)) == 0 }

// stands reports whether a field is still as the change left it, so that it can be taken back.
func stands[T any](u *[2]T, now T, same func(a, b T) bool) bool { return u != nil && same(u[1], now) }

// Undo takes a change back: the fields become what they were, and the conversation goes back to its place in lists.
// What was changed again in the meantime stays as it is.
func (t *Tx) Undo(ctx context.Context, conversationID int64, u Undo) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	back := *c
	if err := t.undoPeople(ctx, c, u); err != nil {
		return err
	}
	if stands(u.Priority, c.Priority, same) {
		if err := t.SetPriority(ctx, c.ID, u.Priority[0]); err != nil {
			return err
		}
	}
	if stands(u.Labels, c.Labels, sameLabels) {
		if err := t.Label(ctx, c.ID, u.Labels[0]); err != nil {
			return err
		}
	}
	if err := t.undoStatus(ctx, c, u); err != nil {
		return err
	}
	if stands(u.LastActivityAt, back.LastActivityAt, time.Time.Equal) && u.LastActivityAt[0].Before(c.LastActivityAt) {
		c.LastActivityAt = u.LastActivityAt[0]
	}
	if stands(u.WaitingSince, back.WaitingSince, sameTime) && (u.WaitingSince[0] == nil || !u.WaitingSince[0].After(t.Now)) {
		c.WaitingSince = u.WaitingSince[0]
	}
	return t.q.SetConversationPlace(ctx, db.SetConversationPlaceParams{
		AccountID: c.AccountID, ID: c.ID, LastActivityAt: c.LastActivityAt, WaitingSince: c.WaitingSince,
	})
}

// undoPeople puts back the team, which may bring an assignee along, and then the assignee.
func (t *Tx) undoPeople(ctx context.Context, c *db.Conversation, u Undo) error {
	user, bot := stands(u.AssigneeID, c.AssigneeID, same), stands(u.AssigneeBotID, c.AssigneeBotID, same)
	if stands(u.TeamID, c.TeamID, same) {
		if err := t.SetTeam(ctx, c.ID, u.TeamID[0]); err != nil {
			return err
		}
	}
	switch {
	case user && u.AssigneeID[0] != nil:
		return t.Assign(ctx, c.ID, *u.AssigneeID[0])
	case bot && u.AssigneeBotID[0] != nil:
		return t.AssignBot(ctx, c.ID, *u.AssigneeBotID[0])
	case user, bot:
		return t.Unassign(ctx, c.ID)
	}
	return nil
}

// undoStatus puts back the status and the end of a snooze. Unlike a reopening it assigns nobody.
func (t *Tx) undoStatus(ctx context.Context, c *db.Conversation, u Undo) error {
	status, until := c.Status, c.SnoozedUntil
	if stands(u.Status, status, func(a, b db.ConversationStatus) bool { return a == b }) {
		status = u.Status[0]
	}
	if stands(u.SnoozedUntil, until, sameTime) {
		until = u.SnoozedUntil[0]
	}
	return t.changeStatus(ctx, c, status, until)
}
