package web

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/push"
)

// updateNotifications sets which notifications are pushed to the viewer's devices. Kinds that the page does not offer, and
// the API does, stay as they are.
func (a *App) updateNotifications(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	ctx, v, offered := c.Request().Context(), viewerOf(c), db.NotificationChoices()
	row, err := a.q.GetMember(ctx, v.Scope.AccountID, v.ID)
	if err != nil {
		return err
	}
	kinds := slices.DeleteFunc(row.Membership.PushNotifications, func(kind string) bool { return slices.Contains(offered, kind) })
	for _, kind := range form["push"] {
		if !slices.Contains(offered, kind) {
			return fault.Field("push", "There is no such kind of notification")
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	if err := a.q.SetPushKinds(ctx, db.SetPushKindsParams{AccountID: v.Scope.AccountID, UserID: v.ID, Push: kinds}); err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Saved", link.Profile)
}

// updateDevice subscribes the viewer's browser to pushes, or removes it by its endpoint. The script of the profile page
// calls it.
func (a *App) updateDevice(c echo.Context) error {
	ctx, me := c.Request().Context(), viewerOf(c).ID
	if endpoint := c.FormValue("remove"); endpoint != "" {
		if err := push.Unsubscribe(ctx, a.q, me, endpoint); err != nil {
			return err
		}
		return c.NoContent(http.StatusNoContent)
	}
	attributes, err := json.Marshal(map[string]string{
		"endpoint": c.FormValue("endpoint"), "p256dh": c.FormValue("p256dh"), "auth": c.FormValue("auth"),
	})
	if err != nil {
		return err
	}
	if _, err := push.Subscribe(ctx, a.q, me, push.Browser, attributes, a.now()); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
