package web

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
)

// noticePage is how many notifications are shown at a time.
const noticePage = 30

// notificationsPage lists the viewer's notifications, the newest first, or a part of the page: part=list is the rows,
// part=bell the number in the rail.
func (a *App) notificationsPage(c echo.Context) error {
	v := viewerOf(c)
	if c.QueryParam("part") == "bell" {
		var n int64
		b := a.q.Batch()
		a.loadUnread(c, b, &n)
		if err := b.Run(c.Request().Context()); err != nil {
			return err
		}
		return part(c, views.Bell(v.Scope.AccountID, v.ID, n))
	}
	list, err := a.notices(c)
	if err != nil {
		return err
	}
	if htmx(c) || c.QueryParam("part") == "list" {
		return part(c, views.Notices(list))
	}
	frame, err := a.frame(c, "Notifications", "notifications")
	if err != nil {
		return err
	}
	return page(c, views.NotificationsPage(frame, list))
}

// notices reads one page, and one row more to know whether there is another page.
func (a *App) notices(c echo.Context) (views.NoticeList, error) {
	v, now := viewerOf(c), a.now()
	list := views.NoticeList{AccountID: v.Scope.AccountID, Me: v.ID, Now: a.nowFor(v)}
	at, id := noticePosition(c.QueryParam("before"), now)
	rows, err := a.q.ListNotificationsForPage(c.Request().Context(), db.ListNotificationsForPageParams{
		AccountID: v.Scope.AccountID, UserID: v.ID, BeforeAt: at, BeforeID: id, Now: now, PageSize: noticePage + 1,
		SeesAll: v.Scope.SeesAll, InboxIds: v.Scope.InboxIDs, TeamIds: v.Scope.TeamIDs,
	})
	if len(rows) > noticePage {
		rows = rows[:noticePage]
		last := rows[noticePage-1].Notification
		list.Older = fmt.Sprintf("%d.%d", last.LastActivityAt.UnixMicro(), last.ID)
	}
	list.Rows = rows
	return list, err
}

// noticePosition reads where a page begins. Text that is no position means the start.
func noticePosition(text string, now time.Time) (at time.Time, id int64) {
	var micro int64
	if n, err := fmt.Sscanf(text, "%d.%d", &micro, &id); n != 2 || err != nil || micro < 0 || micro > now.Add(365*24*time.Hour).UnixMicro() {
		return now.Add(365 * 24 * time.Hour), math.MaxInt64
	}
	return time.UnixMicro(micro), id
}

// loadUnread reads the number beside the bell.
func (a *App) loadUnread(c echo.Context, b *db.Batch, n *int64) {
	v := viewerOf(c)
	db.Into(b, n, (*db.Queries).CountUnreadNotificationsForPage, db.CountUnreadNotificationsForPageParams{
		AccountID: v.Scope.AccountID,
		UserID:    v.ID,
		Now:       a.now(),
		SeesAll:   v.Scope.SeesAll,
		InboxIds:  v.Scope.InboxIDs,
		TeamIds:   v.Scope.TeamIDs,
	})
}

// openNotification leads to what a notification is about and marks it as read. It is a link, so that it works without
// script; following it twice changes nothing more.
func (a *App) openNotification(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, v := c.Request().Context(), viewerOf(c)
	n, err := a.q.GetNotificationTarget(ctx, db.GetNotificationTargetParams{
		AccountID: v.Scope.AccountID, ID: id, UserID: v.ID, SeesAll: v.Scope.SeesAll, InboxIds: v.Scope.InboxIDs, TeamIds: v.Scope.TeamIDs,
	})
	if number, bad := strconv.ParseInt(c.QueryParam("conversation"), 10, 64); db.IsNone(err) && bad == nil {
		return c.Redirect(http.StatusSeeOther, link.Conversation(v.Scope.AccountID, number)) // a newer one has replaced it
	}
	if err != nil {
		return err
	}
	err = a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error {
		read, err := t.Queries().ReadNotification(ctx, db.ReadNotificationParams{AccountID: v.Scope.AccountID, ID: id, UserID: v.ID, At: t.Now})
		if read > 0 {
			t.Notified()
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.NoticeAddress(v.Scope.AccountID, n))
}

// readNotifications marks all of the viewer's notifications as read.
func (a *App) readNotifications(c echo.Context) error {
	ctx, v := c.Request().Context(), viewerOf(c)
	err := a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) error {
		t.Notified()
		return t.Queries().ReadAllNotifications(ctx, db.ReadAllNotificationsParams{AccountID: v.Scope.AccountID, UserID: v.ID, At: t.Now})
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, link.Notifications(v.Scope.AccountID))
}
