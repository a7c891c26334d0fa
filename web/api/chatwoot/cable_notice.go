package chatwoot

import (
	"context"
	"math"
	"time"

	"github.com/parleydesk/parley/db"
)

// cableNotices is how many of a user's newest notifications a room keeps an eye on.
const cableNotices = 100

// notices are a user's newest notifications, as they were told last. Notifications have no events: a poke says that
// something about a user's has changed, and what that is shows by comparing.
type notices map[int64]notice

type notice struct{ read, snoozed bool }

// noticeJSON is the data of the events about a notification.
type noticeJSON struct {
	Notification any   `json:"notification"`
	UnreadCount  int64 `json:"unread_count"`
	Count        int64 `json:"count"`
	AccountID    int64 `json:"account_id"`
}

// toldBefore are the notifications that a member has when they begin to listen.
func (c *cable) toldBefore(ctx context.Context, sub *subscription) (notices, error) {
	if sub.userID == 0 {
		return nil, nil
	}
	rows, err := c.s.newestNotifications(ctx, sub.account, sub.userID)
	return noticesOf(rows), err
}

func noticesOf(rows []db.Notification) notices {
	n := make(notices, len(rows))
	for _, row := range rows {
		n[row.ID] = notice{row.ReadAt != nil, row.SnoozedUntil != nil}
	}
	return n
}

func (h *handlers) newestNotifications(ctx context.Context, accountID, userID int64) ([]db.Notification, error) {
	return h.q.ListNotifications(ctx, db.ListNotificationsParams{
		AccountID: accountID, UserID: userID, Before: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), BeforeID: math.MaxInt64,
		WithRead: true, WithSnoozed: true, Most: cableNotices,
	})
}

// notify tells a user what has changed about their notifications.
func (r *room) notify(ctx context.Context, userID int64) error {
	to, had := r.of(userID)
	if len(to) == 0 {
		return nil
	}
	s := r.c.s
	rows, err := s.newestNotifications(ctx, r.account, userID)
	if err != nil {
		return err
	}
	now := noticesOf(rows)
	count, err := s.q.CountNotifications(ctx, db.CountNotificationsParams{AccountID: r.account, UserID: userID})
	if err != nil {
		return err
	}
	tell := func(name string, notification any) error {
		return telling{name, noticeJSON{notification, count.UnreadCount, count.Count, r.account}, to}.push()
	}
	for id := range gone(had, now) {
		if err := tell("notification.deleted", map[string]int64{"id": id}); err != nil {
			return err
		}
	}
	shown, err := s.notifications(ctx, s.q, to[0].scope, rows)
	if err != nil {
		return err
	}
	for i := len(rows) - 1; i >= 0; i-- { // the oldest first
		was, known := had[rows[i].ID]
		switch {
		case shown[i].PrimaryActor == nil && rows[i].ConversationID != nil: // no longer theirs to see
		case known && was != now[rows[i].ID]:
			err = tell("notification.updated", shown[i])
		case !known && isNew(rows[i].ID, had):
			if err = tell("notification.created", shown[i]); err == nil && rows[i].Kind == "conversation_mention" && rows[i].ConversationID != nil {
				err = r.tellMentioned(ctx, *rows[i].ConversationID, to)
			}
		}
		if err != nil {
			return err
		}
	}
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	r.told[userID] = now
	return nil
}

// of are a user's subscriptions, and what they have been told.
func (r *room) of(userID int64) (to []*subscription, had notices) {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	for sub := range r.subs {
		if userID != 0 && sub.userID == userID {
			to = append(to, sub)
		}
	}
	if len(to) == 0 {
		delete(r.told, userID)
	}
	return to, r.told[userID]
}

// gone are those of had that are not there now: they were deleted, unless they lie beyond the newest.
func gone(had, now notices) notices {
	oldest := int64(math.MaxInt64)
	for id := range now {
		oldest = min(oldest, id)
	}
	out := notices{}
	for id, n := range had {
		if _, there := now[id]; !there && (len(now) < cableNotices || id > oldest) {
			out[id] = n
		}
	}
	return out
}

// isNew tells a notification that was made from an old one that came into sight because others were deleted.
func isNew(id int64, had notices) bool {
	if len(had) < cableNotices {
		return true
	}
	for other := range had {
		if other > id {
			return false
		}
	}
	return true
}

func (r *room) tellMentioned(ctx context.Context, conversationID int64, to []*subscription) error {
	row, err := r.c.s.q.GetWebhookConversation(ctx, r.account, conversationID)
	if err != nil {
		return err
	}
	v, err := r.c.hook.Conversation(ctx, r.c.s.q, row, nil)
	if err != nil {
		return err
	}
	return telling{"conversation.mentioned", cableConversation{v, cableAbout{AccountID: r.account}}, to}.push()
}
