package chatwoot

import (
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

const (
	notificationsPath = v1 + "/notifications"
	notificationPath  = notificationsPath + "/:notification"
	perNotifications  = 15
)

func (h *handlers) notificationRoutes() []api.Route {
	return append([]api.Route{
		api.Get(notificationsPath, api.Member, h.listNotifications),
		api.Get(notificationsPath+"/unread_count", api.Member, h.countUnreadNotifications),
		api.Post(notificationsPath+"/read_all", api.Member, h.readAllNotifications),
		api.Post(notificationsPath+"/destroy_all", api.Member, h.deleteNotifications),
		api.Delete(notificationPath, api.Member, h.deleteNotification),
		api.Post(notificationPath+"/snooze", api.Member, h.snoozeNotification),
		api.Post(notificationPath+"/unread", api.Member, h.unreadNotification),
	}, api.Update(notificationPath, api.Member, h.readNotification)...)
}

type notificationListJSON struct {
	Data struct {
		Meta struct {
			UnreadCount int64 `json:"unread_count"`
			Count       int64 `json:"count"`
			CurrentPage any   `json:"current_page"`
		} `json:"meta"`
		Payload []shape.Notification `json:"payload"`
	} `json:"data"`
}

// listNotifications lists the caller's own notifications, with read and snoozed ones only if includes[] asks for them.
func (h *handlers) listNotifications(c *api.Call) error {
	var in struct {
		Includes  api.Strings `json:"includes"`
		SortOrder api.Text    `json:"sort_order"`
	}
	if err := c.ReadQuery(&in); err != nil {
		return err
	}
	read, snoozed := slices.Contains(in.Includes.Values, "read"), slices.Contains(in.Includes.Values, "snoozed")
	rows, err := h.notificationPage(c, in.SortOrder.Value == "asc", read, snoozed)
	if err != nil {
		return err
	}
	scope := c.Scope()
	n, err := h.q.CountNotifications(c.Ctx(), db.CountNotificationsParams{
		AccountID: c.Account(), UserID: scope.UserID, WithRead: read, WithSnoozed: snoozed,
		SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
	if err != nil {
		return err
	}
	var out notificationListJSON
	out.Data.Meta.UnreadCount, out.Data.Meta.Count, out.Data.Meta.CurrentPage = n.UnreadCount, n.Count, pageEcho(c)
	if out.Data.Payload, err = h.notifications(c.Ctx(), h.q, c.Scope(), rows); err != nil {
		return err
	}
	return c.Answer(out)
}

// pageEcho returns meta.current_page: the page as it was requested, or the number 1 if none was.
func pageEcho(c *api.Call) any {
	if p := c.QueryParam("page"); p != "" {
		return p
	}
	return 1
}

// notificationPage reads a page, by number or by cursor, and sets Link to the next one.
func (h *handlers) notificationPage(c *api.Call, oldestFirst, read, snoozed bool) ([]db.Notification, error) {
	size := c.Limit(perNotifications, maxPerPage)
	at, id := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), int64(math.MaxInt64)
	if oldestFirst {
		at, id = time.Unix(0, 0).UTC(), 0
	}
	given, err := c.Cursor(&at, &id)
	if err != nil {
		return nil, err
	}
	skip := int32(0)
	if !given {
		skip = int32(min((c.PageNumber()-1)*size, math.MaxInt32))
	}
	var rows []db.Notification
	scope := c.Scope()
	if oldestFirst {
		rows, err = h.q.ListOldNotifications(c.Ctx(), db.ListOldNotificationsParams{
			AccountID: c.Account(), UserID: scope.UserID, After: at, AfterID: id, WithRead: read, WithSnoozed: snoozed,
			SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs, Most: int32(size) + 1, Skip: skip,
		})
	} else {
		rows, err = h.q.ListNotifications(c.Ctx(), db.ListNotificationsParams{
			AccountID: c.Account(), UserID: scope.UserID, Before: at, BeforeID: id, WithRead: read, WithSnoozed: snoozed,
			SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs, Most: int32(size) + 1, Skip: skip,
		})
	}
	if err != nil || len(rows) <= size {
		return rows, err
	}
	rows = rows[:size]
	return rows, c.Next(rows[size-1].LastActivityAt, rows[size-1].ID)
}

// notifications shows rows of one user's, each with its conversation. A row whose conversation they no longer see is
// left out.
func (h *handlers) notifications(
	ctx context.Context,
	q *db.Queries,
	scope db.Scope,
	rows []db.Notification,
) ([]shape.Notification, error) {
	list := make([]shape.Notification, 0, len(rows))
	if len(rows) == 0 {
		return list, nil
	}
	about, err := h.notified(ctx, q, scope, rows)
	if err != nil {
		return nil, err
	}
	actors := []int64{scope.UserID}
	for _, r := range rows {
		if r.ActorKind == db.ActorKindUser && r.ActorID != nil {
			actors = append(actors, *r.ActorID)
		}
	}
	people, err := h.senders(ctx, q, scope.AccountID, actors)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		n := shape.Notification{
			ID: r.ID, NotificationType: r.Kind, PrimaryActorType: "Conversation", ReadAt: shape.ISOPtr(r.ReadAt), User: people[scope.UserID],
			CreatedAt: r.CreatedAt.Unix(), LastActivityAt: r.LastActivityAt.Unix(), SnoozedUntil: shape.ISOPtr(r.SnoozedUntil),
		}
		if r.ActorKind == db.ActorKindUser && r.ActorID != nil && people[*r.ActorID] != nil {
			n.SecondaryActor = people[*r.ActorID]
		}
		if about.fill(&n, r) {
			list = append(list, n)
		}
	}
	return list, nil
}

// notified is what some notifications are about.
type notified struct {
	details  map[int64]db.ConversationDetail
	shown    map[int64]shape.Conversation
	bodies   map[int64]db.ListNotificationMessagesRow // by the notification
	messages map[int64]*shape.EventMessage
}

// notified reads what notifications are about, as far as the reader sees it.
func (h *handlers) notified(ctx context.Context, q *db.Queries, scope db.Scope, rows []db.Notification) (notified, error) {
	n := notified{
		details: map[int64]db.ConversationDetail{}, shown: map[int64]shape.Conversation{},
		bodies: map[int64]db.ListNotificationMessagesRow{}, messages: map[int64]*shape.EventMessage{},
	}
	var about, ids []int64
	for _, r := range rows {
		if ids = append(ids, r.ID); r.ConversationID != nil {
			about = append(about, *r.ConversationID)
		}
	}
	details, last, err := readConversations(ctx, q, scope.AccountID, distinct(about))
	if err != nil {
		return n, err
	}
	details = slices.DeleteFunc(details, func(d db.ConversationDetail) bool { return !scope.Sees(d.InboxID, d.TeamID) })
	shown, err := h.conversations(ctx, q, scope, details, last)
	if err != nil {
		return n, err
	}
	for i, d := range details { // conversations leaves out the address that the reader must not see
		n.details[d.ID], n.shown[d.ID] = d, shown[i]
	}
	bodies, err := q.ListNotificationMessages(ctx, scope.AccountID, ids)
	if err != nil {
		return n, err
	}
	for _, b := range bodies {
		n.bodies[b.NotificationID] = b
	}
	return n, h.notifiedMessages(ctx, q, scope, rows, n)
}

// notifiedMessages reads the messages that notifications are about.
func (h *handlers) notifiedMessages(ctx context.Context, q *db.Queries, scope db.Scope, rows []db.Notification, n notified) error {
	var ids []int64
	for _, r := range rows {
		if isOfMessage(r) {
			ids = append(ids, *r.MessageID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := q.ListMessageDetails(ctx, scope.AccountID, padded(ids))
	if err != nil {
		return err
	}
	messages := db.DetailsOf(found)
	files, err := h.attachmentsOf(ctx, q, scope.AccountID, messages)
	if err != nil {
		return err
	}
	for i := range messages {
		m := &messages[i]
		if d, seen := n.details[m.ConversationID]; seen {
			n.messages[m.ID] = h.shape.EventMessage(m, &d, files[m.ID])
		}
	}
	return nil
}

// isOfMessage reports whether a notification's secondary actor is a message.
func isOfMessage(n db.Notification) bool {
	return n.MessageID != nil && n.Kind != db.NoticeAssigned && n.Kind != db.NoticeCreated
}

// fill adds the subject of a notification to it, and reports whether its user sees that.
func (about notified) fill(n *shape.Notification, r db.Notification) bool {
	if r.ConversationID == nil {
		return false
	}
	conversation, seen := about.shown[*r.ConversationID]
	if !seen {
		return false
	}
	n.PrimaryActor, n.PrimaryActorID = conversation, conversation.ID
	n.PushMessageTitle = db.NotificationTitle(r.Kind, conversation.ID, about.details[*r.ConversationID].InboxName)
	n.PushMessageBody = about.bodies[r.ID].Body()
	if isOfMessage(r) && about.messages[*r.MessageID] != nil {
		n.SecondaryActor = about.messages[*r.MessageID]
	}
	return true
}

// senders returns some members of an account by id.
func (h *handlers) senders(
	ctx context.Context,
	q *db.Queries,
	accountID int64,
	ids []int64,
) (map[int64]*shape.UserSender, error) {
	rows, err := q.ListMembersByID(ctx, accountID, distinct(ids))
	people := make(map[int64]*shape.UserSender, len(rows))
	for _, r := range rows {
		m := r.Membership
		sender := h.shape.UserSender(
			r.User.ID, r.User.Name, r.User.DisplayName, r.User.AvatarHash,
			h.shape.Availability(m.Availability, m.AutoOffline, m.ActiveAt),
		)
		people[r.User.ID] = &sender
	}
	return people, err
}

func (h *handlers) countUnreadNotifications(c *api.Call) error {
	scope := c.Scope()
	n, err := h.q.CountUnreadNotifications(c.Ctx(), db.CountUnreadNotificationsParams{
		AccountID: c.Account(), UserID: scope.UserID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
	if err != nil {
		return err
	}
	return c.Answer(n)
}

// readAllNotifications marks all notifications as read, or those about one conversation.
func (h *handlers) readAllNotifications(c *api.Call) error {
	var in struct {
		Type api.Text `json:"primary_actor_type"`
		ID   api.ID   `json:"primary_actor_id"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q, me := t.Queries(), c.Scope().UserID
		t.Notified()
		if in.Type.Value == "" || in.ID.Ptr() == nil {
			return api.Empty(), q.ReadConversationNotifications(ctx, db.ReadConversationNotificationsParams{
				At: t.Now, AccountID: t.Account(), UserID: me,
			})
		}
		if in.Type.Value != "Conversation" {
			return nil, api.Refuse(http.StatusUnprocessableEntity, "Primary actor type is not known")
		}
		conversation, err := t.Conversation(ctx, in.ID.Value)
		if err != nil {
			return nil, err
		}
		_, err = q.ReadNotifications(ctx, db.ReadNotificationsParams{
			At:             t.Now,
			AccountID:      t.Account(),
			UserID:         me,
			ConversationID: conversation.ID,
		})
		return api.Empty(), err
	})
}

func (h *handlers) deleteNotifications(c *api.Call) error {
	var in struct {
		Type api.Text `json:"type"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		t.Notified()
		return api.Empty(), t.Queries().DeleteNotifications(ctx, db.DeleteNotificationsParams{
			AccountID: t.Account(), UserID: c.Scope().UserID, ReadOnly: in.Type.Value == "read",
		})
	})
}

func (h *handlers) deleteNotification(c *api.Call) error {
	id, err := c.ID("notification")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		t.Notified()
		if _, err := ownNotification(ctx, t, id); err != nil {
			return nil, err
		}
		n, err := t.Queries().DeleteNotification(ctx, db.DeleteNotificationParams{AccountID: t.Account(), ID: id, UserID: c.Scope().UserID})
		return api.Empty(), fault.Found(n, err)
	})
}

// ownNotification reads a notification of the caller's, if they see the conversation that it is about.
func ownNotification(ctx context.Context, t *desk.Tx, id int64) (db.Notification, error) {
	scope := t.Actor.Scope
	return t.Queries().GetNotification(ctx, db.GetNotificationParams{
		AccountID: scope.AccountID, ID: id, UserID: scope.UserID, SeesAll: scope.SeesAll, InboxIds: scope.InboxIDs, TeamIds: scope.TeamIDs,
	})
}

// changeNotification changes a notification of the caller's and answers with it.
func (h *handlers) changeNotification(c *api.Call, change func(n *db.Notification, now time.Time)) error {
	id, err := c.ID("notification")
	if err != nil {
		return err
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		q, me := t.Queries(), c.Scope().UserID
		t.Notified()
		n, err := ownNotification(ctx, t, id)
		if err != nil {
			return nil, err
		}
		change(&n, t.Now)
		n, err = q.SetNotification(ctx, db.SetNotificationParams{
			AccountID:    t.Account(),
			ID:           id,
			UserID:       me,
			ReadAt:       n.ReadAt,
			SnoozedUntil: n.SnoozedUntil,
		})
		if err != nil {
			return nil, err
		}
		list, err := h.notifications(ctx, q, c.Scope(), []db.Notification{n})
		if err != nil {
			return nil, err
		}
		if len(list) == 0 { // the conversation has just moved out of their sight
			return nil, fault.NotFound
		}
		return list[0], nil
	})
}

func (h *handlers) readNotification(c *api.Call) error {
	return h.changeNotification(c, func(n *db.Notification, now time.Time) { n.ReadAt = &now })
}

func (h *handlers) unreadNotification(c *api.Call) error {
	return h.changeNotification(c, func(n *db.Notification, _ time.Time) { n.ReadAt = nil })
}

func (h *handlers) snoozeNotification(c *api.Call) error {
	var in struct {
		SnoozedUntil api.Time `json:"snoozed_until"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	return h.changeNotification(c, func(n *db.Notification, _ time.Time) { n.SnoozedUntil = in.SnoozedUntil.Ptr() })
}
