package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
)

// settingsListLimit is how many rows a list of the settings has at most: labels, teams, canned replies, webhooks.
const settingsListLimit = 1000

// saveSetting creates what a settings form describes, or changes the one that the path names; without an id in the path,
// id is 0. Where the form is wrong, again shows it as it was filled in.
func (a *App) saveSetting(c echo.Context, settingsPage string, fn func(t *desk.Tx, id int64) error, again func(fault.Fields) error) error {
	id := int64(0)
	if c.Param("id") != "" {
		var err error
		if id, err = pathID(c, "id"); err != nil {
			return err
		}
	}
	me := viewerOf(c)
	err := a.desk.Do(c.Request().Context(), me.Actor(), func(t *desk.Tx) error { return fn(t, id) })
	if invalid := fault.In(err); invalid != nil {
		return again(invalid)
	}
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "Saved", link.Settings(me.Scope.AccountID, settingsPage))
}

// changeSetting runs fn for what the path names and leads back to the list.
func (a *App) changeSetting(c echo.Context, settingsPage, message string, fn func(t *desk.Tx, id int64) error) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	me := viewerOf(c)
	if err := a.desk.Do(c.Request().Context(), me.Actor(), func(t *desk.Tx) error { return fn(t, id) }); err != nil {
		return err
	}
	return a.redirectWithFlash(c, message, link.Settings(me.Scope.AccountID, settingsPage))
}

// redirectWithFlash leads to a page, which shows words once.
func (a *App) redirectWithFlash(c echo.Context, message, to string) error {
	if err := a.setFlash(c, message); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, to)
}
