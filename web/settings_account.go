package web

import (
	"encoding/json"
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

// Settings of the account that these pages set, by the names that the API has for them. Resolving by itself comes
// after ten minutes at the least and 999 days at the most.
const (
	keyResolveAfter    = "auto_resolve_after"
	keyResolveMessage  = "auto_resolve_message"
	keyResolveAnswered = "auto_resolve_ignore_waiting"
	leastHours         = 10.0 / 60
	mostHours          = 999 * 24
)

func (a *App) accountPage(c echo.Context) error {
	row, err := a.q.GetAccount(c.Request().Context(), viewerOf(c).Scope.AccountID)
	if err != nil {
		return err
	}
	var set map[string]any
	if err := json.Unmarshal(row.Settings, &set); err != nil {
		return err
	}
	v := views.AccountView{Name: row.Name, Locale: row.Locale, Zone: row.TimeZone}
	if minutes, ok := set[keyResolveAfter].(float64); ok {
		v.Hours = strconv.FormatFloat(minutes/60, 'f', -1, 64)
	}
	v.Message, _ = set[keyResolveMessage].(string)
	v.Answered, _ = set[keyResolveAnswered].(bool)
	return a.showAccount(c, http.StatusOK, v)
}

func (a *App) showAccount(c echo.Context, status int, v views.AccountView) error {
	f, err := a.frame(c, "Account", "settings")
	if err != nil {
		return err
	}
	return render(c, status, views.AccountPage(f, v))
}

// checkAccount says what is wrong with the form, and the minutes after which a conversation resolves; nil is never.
func checkAccount(v views.AccountView) (minutes any, wrong fault.Fields) {
	wrong = fault.Fields{}
	if v.Name == "" || utf8.RuneCountInString(v.Name) > 255 || !db.IsText(v.Name) {
		wrong["name"] = "Give a name, at most 255 characters"
	}
	if !views.KnownLocale(v.Locale) {
		wrong["locale"] = "Choose a language"
	}
	if _, err := time.LoadLocation(v.Zone); err != nil || v.Zone == "" || v.Zone == "Local" {
		wrong["time_zone"] = "A time zone looks like Europe/Lisbon"
	}
	if utf8.RuneCountInString(v.Message) > maxNote || !db.IsText(v.Message) {
		wrong["message"] = "At most 20,000 characters"
	}
	if v.Hours == "" {
		return nil, wrong
	}
	hours, err := strconv.ParseFloat(strings.ReplaceAll(v.Hours, ",", "."), 64)
	if err != nil || !(hours >= leastHours-1e-6 && hours <= mostHours) {
		wrong["hours"] = "Between 0.17 hours, which is ten minutes, and 23,976"
	}
	return int64(math.Round(hours * 60)), wrong
}

// updateAccount takes the form of the account; settings that stand on no page stay.
func (a *App) updateAccount(c echo.Context) error {
	v := views.AccountView{
		Name: strings.TrimSpace(c.FormValue("name")), Locale: c.FormValue("locale"), Zone: strings.TrimSpace(c.FormValue("time_zone")),
		Hours: strings.TrimSpace(c.FormValue("hours")), Message: normalizeNewlines(c.FormValue("message")), Answered: c.FormValue("answered") != "",
	}
	return a.saveSetting(c, "account", func(t *desk.Tx, _ int64) error {
		minutes, wrong := checkAccount(v)
		if len(wrong) > 0 {
			return wrong
		}
		ctx := c.Request().Context()
		row, err := t.Queries().LockAccount(ctx, t.Account())
		if err != nil {
			return err
		}
		set := map[string]any{}
		if err := json.Unmarshal(row.Settings, &set); err != nil {
			return err
		}
		set[keyResolveAfter], set[keyResolveMessage], set[keyResolveAnswered] = minutes, v.Message, v.Answered
		settings, err := json.Marshal(set)
		if err != nil {
			return err
		}
		_, err = t.Queries().UpdateAccount(ctx, db.UpdateAccountParams{
			ID: row.ID, Name: v.Name, Locale: v.Locale, TimeZone: v.Zone, Domain: row.Domain, SupportEmail: row.SupportEmail,
			Settings: settings, CustomAttributes: row.CustomAttributes, UpdatedAt: t.Now,
		})
		return err
	}, func(wrong fault.Fields) error {
		v.Wrong = wrong
		return a.showAccount(c, http.StatusUnprocessableEntity, v)
	})
}
