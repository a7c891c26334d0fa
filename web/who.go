package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
	"github.com/parleydesk/parley/web/edge"
)

// viewer is the signed-in user as a member of the account whose page they ask for.
type viewer struct {
	db.GetViewerRow
	Scope db.Scope
	// mark is the state of the account before anything of it was read (live.Bus.Mark).
	mark string
}

// Actor is the viewer as an actor of the desk.
func (v *viewer) Actor() desk.Actor { return desk.User(v.Name, v.Scope) }

// keyViewer is where a request keeps its viewer.
const keyViewer = "viewer"

// keyViewerRow is where memberSession leaves the viewer's row for requireMember.
const keyViewerRow = "viewer row"

func viewerOf(c echo.Context) *viewer {
	v, _ := c.Get(keyViewer).(*viewer)
	return v
}

// requireMember lets only members of the account pass. Others are sent to sign in, or get "not found".
func (a *App) requireMember(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		userID := a.signedIn(c)
		if userID == 0 {
			return a.toLogin(c)
		}
		accountID, err := pathID(c, "account")
		if err != nil {
			return err
		}
		mark := a.live.Mark(accountID)
		row, ok := c.Get(keyViewerRow).(db.GetViewerRow)
		if !ok || row.ID != userID {
			if row, err = a.q.GetViewer(c.Request().Context(), accountID, userID); err != nil {
				return err
			}
		}
		edge.SetUser(c, userID)
		c.Set(keyViewer, &viewer{row, db.Scope{
			AccountID: accountID, UserID: userID, Role: row.Role, SeesAll: row.Role == db.RoleAdministrator,
			InboxIDs: row.InboxIds, TeamIDs: row.TeamIds,
		}, mark})
		return next(c)
	}
}

// requireAdmin comes after requireMember.
func (a *App) requireAdmin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if v := viewerOf(c); v == nil || !v.Scope.Admin() {
			return fault.Forbidden
		}
		return next(c)
	}
}

// toLogin sends a browser to sign in and then back. A script gets 401 instead, so that nothing typed is lost.
func (a *App) toLogin(c echo.Context) error {
	if htmx(c) || c.Request().Method != http.MethodGet || c.Request().Header.Get("Accept") == "text/event-stream" {
		return echo.NewHTTPError(http.StatusUnauthorized)
	}
	return c.Redirect(http.StatusSeeOther, link.With(link.Login, "next", c.Request().URL.RequestURI()))
}

// nowFor is the current time in the account's time zone, in which pages show times.
func (a *App) nowFor(v *viewer) time.Time {
	zone, err := time.LoadLocation(v.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return a.now().In(zone)
}

// frame reads what the shell of an account's page shows.
func (a *App) frame(c echo.Context, title, section string) (views.Frame, error) {
	f := a.newFrame(c, title, section)
	b := a.q.Batch()
	a.loadSidebar(c, b, &f.Sidebar)
	a.loadUnread(c, b, &f.Unread)
	err := b.Run(c.Request().Context())
	f.Flash = a.flash(c)
	return f, err
}

// newFrame is a frame without what is read from the database.
func (a *App) newFrame(c echo.Context, title, section string) views.Frame {
	v := viewerOf(c)
	return views.Frame{
		Title: title, Section: section, AccountID: v.Scope.AccountID, Me: v.GetViewerRow, Now: a.nowFor(v), Look: lookOf(c), Mark: v.mark,
	}
}

// loadSidebar reads the entries of the sidebar: inboxes, teams and labels.
func (a *App) loadSidebar(c echo.Context, b *db.Batch, items *[]db.ListSidebarItemsRow) {
	s := viewerOf(c).Scope
	db.Into(b, items, (*db.Queries).ListSidebarItems, db.ListSidebarItemsParams{
		AccountID: s.AccountID,
		SeesAll:   s.SeesAll,
		InboxIds:  s.InboxIDs,
		TeamIds:   s.TeamIDs,
	})
}

// lookOf is how the reader wants pages to look, as their cookies say.
func lookOf(c echo.Context) views.Look {
	one := func(name string, of ...string) string {
		k, err := c.Cookie(name)
		if err != nil {
			return ""
		}
		for _, v := range of {
			if k.Value == v {
				return v
			}
		}
		return ""
	}
	return views.Look{
		Theme: one(
			"parley_theme", "light", "dark",
		), Density: one("parley_density", "compact"), Keys: one("parley_keys", "off"), Context: one("parley_context", "none"),
	}
}
