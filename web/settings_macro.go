package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/rule"
	"github.com/parleydesk/parley/views"
)

func (a *App) macrosPage(c echo.Context) error {
	v := viewerOf(c)
	f, err := a.frame(c, "Macros", "settings")
	if err != nil {
		return err
	}
	macros, err := a.q.ListMacros(c.Request().Context(), db.ListMacrosParams{
		AccountID: f.AccountID,
		UserID:    v.ID,
		PageSize:  settingsListLimit,
	})
	if err != nil {
		return err
	}
	rows := make([]views.MacroRow, len(macros))
	for i, m := range macros {
		rows[i] = views.MacroRow{
			Macro:   m,
			Actions: actionLines(m.Actions, views.Choices{Macro: true}),
			Mine:    m.Visibility != rule.Global || v.Scope.Admin(),
		}
	}
	return page(c, views.MacrosPage(f, rows))
}

func (a *App) newMacroPage(c echo.Context) error {
	return a.showMacro(c, http.StatusOK, views.MacroView{Macro: db.Macro{Visibility: rule.Personal}, Actions: make([]views.ActionLine, 1)})
}

func (a *App) macroPage(c echo.Context) error {
	v := viewerOf(c)
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	m, err := a.q.GetUsableMacro(c.Request().Context(), db.GetUsableMacroParams{AccountID: v.Scope.AccountID, ID: id, UserID: v.ID})
	if err != nil {
		return err
	}
	if m.Visibility == rule.Global && !v.Scope.Admin() {
		return fault.Forbidden
	}
	return a.showMacro(c, http.StatusOK, views.MacroView{Macro: m, Actions: actionLines(m.Actions, views.Choices{Macro: true})})
}

// showMacro shows the page, or only its form to a script that changes lines.
func (a *App) showMacro(c echo.Context, status int, v views.MacroView) error {
	f, err := a.frame(c, "Macro", "settings")
	if err != nil {
		return err
	}
	if v.Choices, err = a.choices(c.Request().Context(), f.AccountID); err != nil {
		return err
	}
	v.Choices.Macro = true
	for i := range v.Actions {
		v.Actions[i].Invalid = v.Invalid["a"+strconv.Itoa(i)]
	}
	if htmx(c) {
		return render(c, status, views.MacroEditor(f, v))
	}
	if v.Macro.ID != 0 {
		if v.Log, err = a.deliveryLog(c, "macro:"+formatID(v.Macro.ID)); err != nil {
			return err
		}
		v.Log.CanReplay = v.Log.CanReplay && viewerOf(c).Scope.Admin()
	}
	return render(c, status, views.MacroPage(f, v))
}

// saveMacro creates a macro or changes the one in the path. A button of its lines only changes the form.
func (a *App) saveMacro(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	v := views.MacroView{Macro: db.Macro{Name: strings.TrimSpace(form.Get("name")), Visibility: rule.Personal}, Actions: readActions(form)}
	if form.Get("visibility") == rule.Global && viewerOf(c).Scope.Admin() {
		v.Macro.Visibility = rule.Global
	}
	v.Macro.ID, _ = strconv.ParseInt(c.Param("id"), 10, 64) // 0 for one to be made
	if act := form.Get("act"); act != "save" && act != "" {
		v.Actions = changeLines(v.Actions, act, "action")
		return a.showMacro(c, http.StatusOK, v)
	}
	return a.saveSetting(c, "macros", func(t *desk.Tx, id int64) error {
		raw, invalid := keptActions(v.Actions, views.Choices{Macro: true})
		v.Macro.Actions = raw
		for field, message := range rule.CheckMacro(v.Macro) {
			invalid[field] = message
		}
		if len(invalid) > 0 {
			return invalid
		}
		ctx := c.Request().Context()
		if id != 0 {
			if _, err := rule.OwnMacro(ctx, t, id); err != nil {
				return err
			}
		}
		_, err := rule.SaveMacro(ctx, t, v.Macro)
		return fileError(err)
	}, func(invalid fault.Fields) error {
		v.Invalid = invalid
		return a.showMacro(c, http.StatusUnprocessableEntity, v)
	})
}

func (a *App) deleteMacro(c echo.Context) error {
	return a.changeSetting(c, "macros", "The macro is gone", func(t *desk.Tx, id int64) error {
		ctx := c.Request().Context()
		m, err := rule.OwnMacro(ctx, t, id)
		if err != nil {
			return err
		}
		_, err = t.Queries().DeleteMacro(ctx, m.AccountID, m.ID)
		return err
	})
}

// runMacro queues a macro for the open conversation. Pokes show what it does.
func (a *App) runMacro(c echo.Context) error {
	v := viewerOf(c)
	id, err := formID(c, "macro")
	if err != nil {
		return err
	}
	if id == nil {
		return fault.NotFound
	}
	m, err := a.q.GetUsableMacro(c.Request().Context(), db.GetUsableMacroParams{AccountID: v.Scope.AccountID, ID: *id, UserID: v.ID})
	if err != nil {
		return err
	}
	return a.change(c, func(ctx context.Context, t *desk.Tx, open db.Conversation) (string, error) {
		return fmt.Sprintf("Running “%s”…", m.Name), rule.RunMacro(ctx, t, m, open.DisplayID)
	})
}
