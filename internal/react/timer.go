package react

import (
	"context"
	"strconv"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/job"
)

// timerBatch limits one run of a timer; the next run continues.
const timerBatch = 500

// foldCounts folds the rows of conversation_counts where they have grown.
func (r *React) foldCounts(ctx context.Context) error {
	accounts, err := r.q().ListUnfoldedAccounts(ctx)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		if err := r.q().FoldConversationCounts(ctx, account); err != nil {
			return err
		}
	}
	return nil
}

// snoozeSpan is how long after its end a snooze still opens a conversation. Older ones stem from an outage of days,
// and would all open at once.
const snoozeSpan = 3 * 24 * time.Hour

// wakeSnoozed opens conversations whose snooze has ended, each in a transaction of its own, and shows such notifications
// again.
func (r *React) wakeSnoozed(ctx context.Context) error {
	now := r.now()
	due, err := r.q().ListDueSnoozes(ctx, db.ListDueSnoozesParams{Now: now, Since: now.Add(-snoozeSpan), Most: timerBatch})
	if err != nil {
		return err
	}
	for _, c := range due {
		err := r.desk.Do(ctx, desk.System(c.AccountID), func(t *desk.Tx) error { return t.Wake(ctx, c.ID) })
		if err := ignoreNone(err); err != nil {
			return err
		}
	}
	woken, err := r.q().WakeNotifications(ctx, now, timerBatch)
	r.pokeNotified(woken)
	return err
}

// deleteMessage deletes a message that its author has not taken back. Someone who has left the account by then has no
// rights any more, so the system deletes it for them.
func (r *React) deleteMessage(ctx context.Context, a job.DeleteMessage) error {
	actor := desk.System(a.AccountID)
	scope, err := r.q().GetScope(ctx, a.AccountID, a.UserID)
	if err == nil {
		actor = desk.User(scope.Name, scope.Scope(a.AccountID, a.UserID))
	} else if !db.IsNone(err) {
		return err
	}
	return ignoreNone(r.desk.Do(ctx, actor, func(t *desk.Tx) error {
		m, err := t.Queries().GetMessage(ctx, db.GetMessageParams{
			AccountID: a.AccountID, ConversationID: a.ConversationID, ID: a.MessageID,
		})
		if err != nil || m.DeleteAt == nil || m.DeleteAt.After(t.Now) {
			return err
		}
		_, err = t.DeleteMessage(ctx, a.ConversationID, a.MessageID)
		return err
	}))
}

// autoResolve resolves conversations that have been quiet for as long as their account sets.
func (r *React) autoResolve(ctx context.Context) error {
	accounts, err := r.q().ListAutoResolvers(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Settings.AutoResolveAfter == nil {
			continue
		}
		minutes := int(*a.Settings.AutoResolveAfter)
		quiet := desk.Quiet{
			For:          time.Duration(minutes) * time.Minute,
			AnsweredOnly: a.Settings.AutoResolveAnswered,
			Message:      a.Settings.AutoResolveMessage,
			Label:        a.Settings.AutoResolveLabel,
			Idle:         durationText(minutes),
		}
		if err := r.resolveQuiet(ctx, a.ID, quiet); err != nil {
			return err
		}
	}
	return nil
}

func (r *React) resolveQuiet(ctx context.Context, accountID int64, quiet desk.Quiet) error {
	ids, err := r.q().ListQuietConversations(ctx, db.ListQuietConversationsParams{
		AccountID:    accountID,
		Before:       r.now().Add(-quiet.For),
		AnsweredOnly: quiet.AnsweredOnly,
		Most:         timerBatch,
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := r.desk.Do(ctx, desk.System(accountID), func(t *desk.Tx) error { return t.ResolveQuiet(ctx, id, quiet) })
		if err := ignoreNone(err); err != nil {
			return err
		}
	}
	return nil
}

// durationText writes minutes in the largest unit that fits.
func durationText(minutes int) string {
	n, unit := minutes, "minute"
	switch {
	case minutes%(24*60) == 0:
		n, unit = minutes/(24*60), "day"
	case minutes%60 == 0:
		n, unit = minutes/60, "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + " " + unit
}

const (
	keySpan    = 24 * time.Hour
	uploadSpan = 24 * time.Hour
	logSpan    = 30 * 24 * time.Hour
	// rotationSpan is how long a webhook's old secret signs beside the new one.
	rotationSpan = 24 * time.Hour
	sweepBatch   = 5000
)

// sweepOld deletes expired rows, in small transactions. Events are kept: they are the history.
func (r *React) sweepOld(ctx context.Context) error {
	now, q := r.now(), r.q()
	if _, err := q.DropPausedDeliveries(ctx, now); err != nil {
		return err
	}
	if _, err := q.EndRotations(ctx, now.Add(-rotationSpan)); err != nil {
		return err
	}
	if _, err := q.DeleteOldSignInAttempts(ctx, now.Add(-24*time.Hour)); err != nil {
		return err
	}
	for _, s := range []struct {
		before time.Time
		bite   func(context.Context, time.Time, int32) (int64, error)
	}{
		{now.Add(-keySpan), q.DeleteOldKeys},
		{now, q.DeleteExpiredSessions},
		{now.Add(-uploadSpan), q.DeleteUnusedUploads},
		{now.Add(-logSpan), q.DeleteOldDeliveries},
		{now.Add(-logSpan), q.DeleteOldAttempts},
		{now.Add(-logSpan), q.DeleteOldOutgoingMails},
		{now.Add(-logSpan), q.DeleteOldMacroRuns},
		{now, q.DeleteOldResets},
		{now, q.DeleteOldLinks},
		{now, q.DeleteOldTokens},
		{now.Add(-time.Hour), q.DeleteOldPresences},
		{now.Add(-24 * time.Hour), q.DeleteOldImportDrafts},
	} {
		for n := int64(sweepBatch); n == sweepBatch; {
			var err error
			if n, err = s.bite(ctx, s.before, sweepBatch); err != nil {
				return err
			}
		}
	}
	return nil
}
