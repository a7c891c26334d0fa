package web

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views"
)

func (a *App) accountPage(c echo.Context) error {
	row, err := a.q.GetAccount(c.Request().Context(), viewerOf(c).Scope.AccountID)
	if err != nil {
		return err
	}
	v := views.AccountView{
		Name:     row.Name,
		Locale:   row.Locale,
		Zone:     row.TimeZone,
		Message:  row.Settings.AutoResolveMessage,
		Answered: row.Settings.AutoResolveAnswered,
	}
	if minutes := row.Settings.AutoResolveAfter; minutes != nil {
		v.Hours = strconv.FormatFloat(float64(*minutes)/60, 'f', -1, 64)
	}
	return a.showAccount(c, http.StatusOK, v)
}

func (a *App) showAccount(c echo.Context, status int, v views.AccountView) error {
	f, err := a.frame(c, "Account", "settings")
	if err != nil {
		return err
	}
	return render(c, status, views.AccountPage(f, v))
}

// applyAccount writes the form into an account and returns what is wrong with it.
func applyAccount(v views.AccountView, a *db.Account) error {
	a.Name, a.Locale, a.TimeZone = v.Name, v.Locale, v.Zone
	a.Settings.AutoResolveAfter = minutesOf(v.Hours)
	a.Settings.AutoResolveMessage = v.Message
	a.Settings.AutoResolveAnswered = v.Answered
	invalid := fault.Fields{}
	if v.Name == "" || utf8.RuneCountInString(v.Name) > 255 || !db.IsText(v.Name) {
		invalid["name"] = "Give a name, at most 255 characters"
	}
	if !views.KnownLocale(v.Locale) {
		invalid["locale"] = "Choose a language"
	}
	if _, err := time.LoadLocation(v.Zone); err != nil || v.Zone == "" || v.Zone == "Local" {
		invalid["time_zone"] = "A time zone looks like Europe/Lisbon"
	}
	problems := a.Settings.Problems()
	if _, long := problems["auto_resolve_message"]; long || !db.IsText(v.Message) {
		invalid["message"] = "At most 20,000 characters"
	}
	if _, out := problems["auto_resolve_after"]; out {
		invalid["hours"] = "Between 0.17 hours, which is ten minutes, and 23,976"
	}
	if len(invalid) > 0 {
		return invalid
	}
	return nil
}

// minutesOf are the minutes of a number of hours as it was typed; nil for an empty text. Text that is no number
// becomes a number of minutes that is out of bounds.
func minutesOf(typed string) *int64 {
	if typed == "" {
		return nil
	}
	minutes := int64(-1)
	hours, err := strconv.ParseFloat(strings.ReplaceAll(typed, ",", "."), 64)
	if err == nil && hours > 0 && hours < math.MaxInt32 {
		minutes = int64(math.Round(hours * 60))
	}
	return &minutes
}

// updateAccount saves the form of the account. Settings without a field on the page stay as they are.
func (a *App) updateAccount(c echo.Context) error {
	v := views.AccountView{
		Name:     strings.TrimSpace(c.FormValue("name")),
		Locale:   c.FormValue("locale"),
		Zone:     strings.TrimSpace(c.FormValue("time_zone")),
		Hours:    strings.TrimSpace(c.FormValue("hours")),
		Message:  normalizeNewlines(c.FormValue("message")),
		Answered: c.FormValue("answered") != "",
	}
	return a.saveSetting(c, "account", func(t *desk.Tx, _ int64) error {
		_, err := t.UpdateAccount(c.Request().Context(), func(row *db.Account) error { return applyAccount(v, row) })
		return err
	}, func(invalid fault.Fields) error {
		v.Invalid = invalid
		return a.showAccount(c, http.StatusUnprocessableEntity, v)
	})
}
