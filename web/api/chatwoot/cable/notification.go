package cable

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/parleydesk/parley/db"
)

// watchedNotifications is how many of a user's newest notifications a feed compares.
const watchedNotifications = 100

// notificationStates are a user's newest notifications as they were sent last. Notifications have no events: a poke says
// that a user's have changed, and a comparison shows how.
type notificationStates map[int64]notificationState

type notificationState struct{ read, snoozed bool }

// notificationEvent is the payload of the events about a notification.
type notificationEvent struct {
	Notification any   `json:"notification"`
	UnreadCount  int64 `json:"unread_count"`
	Count        int64 `json:"count"`
	AccountID    int64 `json:"account_id"`
}

// knownNotifications are the notifications that a member has when they subscribe.
func (s *Server) knownNotifications(ctx context.Context, sub *subscription) (notificationStates, error) {
	if sub.userID == 0 {
		return nil, nil
	}
	rows, err := s.newestNotifications(ctx, sub.scope)
	return statesOf(rows), err
}

func statesOf(rows []db.Notification) notificationStates {
	n := make(notificationStates, len(rows))
	for _, row := range rows {
		n[row.ID] = notificationState{row.ReadAt != nil, row.SnoozedUntil != nil}
	}
	return n
}

func (s *Server) newestNotifications(ctx context.Context, scope db.Scope) ([]db.Notification, error) {
	return s.q.ListNotifications(ctx, db.ListNotificationsParams{
		AccountID:   scope.AccountID,
		UserID:      scope.UserID,
		SeesAll:     scope.SeesAll,
		InboxIds:    scope.InboxIDs,
		TeamIds:     scope.TeamIDs,
		Before:      time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
		BeforeID:    math.MaxInt64,
		WithRead:    true,
		WithSnoozed: true,
		Most:        watchedNotifications,
	})
}

// broadcastNotifications sends a user what has changed in their notifications.
func (f *accountFeed) broadcastNotifications(ctx context.Context, userID int64) error {
	to, had := f.subscriptionsOf(userID)
	if len(to) == 0 {
		return nil
	}
	s, scope := f.server, to[0].scope
	rows, err := s.newestNotifications(ctx, scope)
	if err != nil {
		return err
	}
	now := statesOf(rows)
	count, err := s.q.CountNotifications(ctx, db.CountNotificationsParams{
		AccountID: f.account, UserID: userID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
	if err != nil {
		return err
	}
	send := func(name string, notification any) error {
		return broadcast{name, notificationEvent{notification, count.UnreadCount, count.Count, f.account}, to}.send()
	}
	for id := range removedNotifications(had, now) {
		if err := send("notification.deleted", map[string]int64{"id": id}); err != nil {
			return err
		}
	}
	shown, err := s.notifications(ctx, s.q, scope, rows)
	if err != nil {
		return err
	}
	for _, n := range slices.Backward(shown) { // the oldest first
		was, known := had[n.ID]
		switch {
		case known && was != now[n.ID]:
			err = send("notification.updated", n)
		case !known && isNewNotification(n.ID, had):
			if err = send("notification.created", n); err == nil && n.NotificationType == db.NoticeMention {
				of := rows[slices.IndexFunc(rows, func(r db.Notification) bool { return r.ID == n.ID })]
				err = f.broadcastMention(ctx, *of.ConversationID, to)
			}
		}
		if err != nil {
			return err
		}
	}
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	f.known[userID] = now
	return nil
}

// subscriptionsOf are a user's subscriptions, and the notifications that were sent to them.
func (f *accountFeed) subscriptionsOf(userID int64) (to []*subscription, had notificationStates) {
	f.server.mu.Lock()
	defer f.server.mu.Unlock()
	for sub := range f.subs {
		if userID != 0 && sub.userID == userID {
			to = append(to, sub)
		}
	}
	if len(to) == 0 {
		delete(f.known, userID)
	}
	return to, f.known[userID]
}

// removedNotifications are the notifications that were deleted. Those older than the newest ones are not known to be.
func removedNotifications(had, now notificationStates) notificationStates {
	oldest := int64(math.MaxInt64)
	for id := range now {
		oldest = min(oldest, id)
	}
	out := notificationStates{}
	for id, n := range had {
		if _, there := now[id]; !there && (len(now) < watchedNotifications || id > oldest) {
			out[id] = n
		}
	}
	return out
}

// isNewNotification reports whether a notification was made since, and did not move up because others were deleted.
func isNewNotification(id int64, had notificationStates) bool {
	if len(had) < watchedNotifications {
		return true
	}
	for other := range had {
		if other > id {
			return false
		}
	}
	return true
}

func (f *accountFeed) broadcastMention(ctx context.Context, conversationID int64, to []*subscription) error {
	row, err := f.server.q.GetWebhookConversation(ctx, f.account, conversationID)
	if err != nil {
		return err
	}
	v, err := f.server.maker.Conversation(ctx, f.server.q, row, nil)
	if err != nil {
		return err
	}
	return broadcast{"conversation.mentioned", conversationEvent{v, eventBase{AccountID: f.account}}, to}.send()
}
