package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
	"github.com/parleydesk/parley/views/ui"
)

func (a *App) labelsPage(c echo.Context) error {
	f, err := a.frame(c, "Labels", "settings")
	if err != nil {
		return err
	}
	rows, err := a.q.ListLabels(c.Request().Context(), db.ListLabelsParams{AccountID: f.AccountID, PageSize: settingsListLimit})
	if err != nil {
		return err
	}
	return page(c, views.LabelsPage(f, rows))
}

func (a *App) newLabelPage(c echo.Context) error {
	return a.showLabel(c, http.StatusOK, db.Label{Color: views.LabelColor(1), ShowOnSidebar: true}, nil)
}

func (a *App) labelPage(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	l, err := a.q.GetLabel(c.Request().Context(), viewerOf(c).Scope.AccountID, id)
	if err != nil {
		return err
	}
	return a.showLabel(c, http.StatusOK, l, nil)
}

func (a *App) showLabel(c echo.Context, status int, l db.Label, invalid fault.Fields) error {
	f, err := a.frame(c, "Label", "settings")
	if err != nil {
		return err
	}
	return render(c, status, views.LabelPage(f, l, invalid))
}

// fillLabel writes the form into a label. The form offers our hues; a color that a program chose stays while its hue
// is unchanged.
func fillLabel(c echo.Context, l *db.Label) fault.Fields {
	l.Title, l.Description = db.LabelTitle(c.FormValue("title")), normalizeNewlines(c.FormValue("description"))
	l.ShowOnSidebar = c.FormValue("show_on_sidebar") != ""
	if hue, err := strconv.Atoi(c.FormValue("hue")); err == nil && hue >= 0 && hue <= 6 && hue != ui.HueOf(l.Color) {
		l.Color = views.LabelColor(hue)
	}
	invalid := fault.Fields(l.Invalid())
	if invalid["title"] != "" {
		invalid["title"] = "Use letters, figures, - and _"
	}
	if !db.IsText(l.Description) {
		invalid["description"] = "It holds characters that cannot be kept"
	}
	return invalid
}

// saveLabel creates a label or changes the one in the path.
func (a *App) saveLabel(c echo.Context) error {
	l := db.Label{Color: views.LabelColor(1)}
	return a.saveSetting(c, "labels", func(t *desk.Tx, id int64) (err error) {
		ctx := c.Request().Context()
		fill := func(into *db.Label) error {
			invalid := fillLabel(c, into)
			l = *into // for a form that comes back
			if len(invalid) > 0 {
				return invalid
			}
			return nil
		}
		if id != 0 {
			_, err = t.UpdateLabel(ctx, id, fill)
		} else if err = fill(&l); err == nil {
			_, err = t.CreateLabel(ctx, l)
		}
		if db.IsDuplicate(err, "labels_account_id_title_key") {
			return fault.Field("title", "There is a label of this name")
		}
		return err
	}, func(invalid fault.Fields) error { return a.showLabel(c, http.StatusUnprocessableEntity, l, invalid) })
}

func (a *App) deleteLabel(c echo.Context) error {
	return a.changeSetting(c, "labels", "The label is gone", func(t *desk.Tx, id int64) error {
		return t.DeleteLabel(c.Request().Context(), id)
	})
}
