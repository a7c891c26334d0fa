package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/internal/rule"
	"github.com/parleydesk/parley/views"
)

func (a *App) automationPage(c echo.Context) error {
	ctx := c.Request().Context()
	f, err := a.frame(c, "Automation", "settings")
	if err != nil {
		return err
	}
	rules, err := a.q.ListAutomationRules(ctx, db.ListAutomationRulesParams{AccountID: f.AccountID, PageSize: settingsListLimit})
	if err != nil {
		return err
	}
	runs, err := a.q.ListLastRuleRuns(ctx, f.AccountID)
	if err != nil {
		return err
	}
	last := map[int64]*db.ListLastRuleRunsRow{}
	for i := range runs {
		last[runs[i].RuleID] = &runs[i]
	}
	rows := make([]views.RuleRow, len(rules))
	for i, r := range rules {
		rows[i] = views.RuleRow{Rule: r, Actions: actionLines(r.Actions, views.Choices{}), Last: last[r.ID]}
	}
	return page(c, views.AutomationPage(f, rows))
}

func (a *App) newRulePage(c echo.Context) error {
	return a.showRule(c, http.StatusOK, views.RuleView{
		Rule: db.AutomationRule{
			EventName: "conversation_created",
			Active:    true,
		}, Conditions: make([]views.ConditionLine, 1), Actions: make([]views.ActionLine, 1),
	})
}

func (a *App) rulePage(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	r, err := a.q.GetAutomationRule(c.Request().Context(), viewerOf(c).Scope.AccountID, id)
	if err != nil {
		return err
	}
	return a.showRule(c, http.StatusOK, views.RuleView{
		Rule:       r,
		Conditions: conditionLines(r.Conditions),
		Actions:    actionLines(r.Actions, views.Choices{}),
	})
}

// showRule shows the page, or only its form to a script that changes lines.
func (a *App) showRule(c echo.Context, status int, v views.RuleView) error {
	ctx := c.Request().Context()
	f, err := a.frame(c, "Rule", "settings")
	if err != nil {
		return err
	}
	if v.Choices, err = a.choices(ctx, f.AccountID); err != nil {
		return err
	}
	for i := range v.Actions {
		v.Actions[i].Invalid = v.Invalid["a"+strconv.Itoa(i)]
	}
	for i := range v.Conditions {
		v.Conditions[i].Invalid = v.Invalid["c"+strconv.Itoa(i)]
	}
	if htmx(c) {
		return render(c, status, views.RuleEditor(f, v))
	}
	if v.Rule.ID != 0 {
		if v.Runs, err = a.q.ListRuleRuns(ctx, f.AccountID, v.Rule.ID); err != nil {
			return err
		}
		if v.Log, err = a.deliveryLog(c, "rule:"+formatID(v.Rule.ID)); err != nil {
			return err
		}
	}
	return render(c, status, views.RulePage(f, v))
}

// saveRule creates a rule or changes the one in the path. A button of its lines only changes the form.
func (a *App) saveRule(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	v := views.RuleView{
		Rule: db.AutomationRule{
			Name:        strings.TrimSpace(form.Get("name")),
			Description: strings.TrimSpace(form.Get("description")),
			EventName:   form.Get("event_name"),
			Active:      form.Get("active") != "",
		},
		Conditions: readConditions(form), Actions: readActions(form),
	}
	v.Rule.ID, _ = strconv.ParseInt(c.Param("id"), 10, 64) // 0 for one to be made
	if act := form.Get("act"); act != "save" && act != "" {
		v.Actions, v.Conditions = changeLines(v.Actions, act, "action"), changeLines(v.Conditions, act, "condition")
		return a.showRule(c, http.StatusOK, v)
	}
	return a.saveSetting(c, "automation", func(t *desk.Tx, id int64) error {
		ctx := c.Request().Context()
		all, err := a.choices(ctx, t.Account())
		if err != nil {
			return err
		}
		if err := checkRule(&v, all); err != nil {
			return err
		}
		_, err = rule.Save(ctx, t, v.Rule)
		return fileError(err)
	}, func(invalid fault.Fields) error {
		v.Invalid = invalid
		return a.showRule(c, http.StatusUnprocessableEntity, v)
	})
}

// checkRule fills in the stored form of the lines and returns what is wrong: what is missing in a line, or else what
// the API would say.
func checkRule(v *views.RuleView, all views.Choices) error {
	conditions, invalid := keptConditions(v.Conditions, all)
	actions, missing := keptActions(v.Actions, all)
	v.Rule.Conditions, v.Rule.Actions = conditions, actions
	for at, message := range missing {
		invalid[at] = message
	}
	lined := len(invalid) > 0
	keys := make([]string, len(all.Attributes))
	for i, d := range all.Attributes {
		keys[i] = d.Key
	}
	for field, problems := range rule.Check(v.Rule, keys) {
		message := strings.Join(problems, ", ")
		switch field {
		case "name", "description":
			message = strings.ToUpper(field[:1]) + field[1:] + " " + message
		case "conditions", "actions":
			if lined { // the line says it already
				continue
			}
		}
		invalid[field] = message
	}
	if len(invalid) > 0 {
		return invalid
	}
	return nil
}

// switchRule turns a rule on or off from the list.
func (a *App) switchRule(c echo.Context) error {
	on := c.FormValue("active") == "true"
	message := "The rule is off"
	if on {
		message = "The rule is on"
	}
	return a.changeSetting(c, "automation", message, func(t *desk.Tx, id int64) error {
		ctx := c.Request().Context()
		r, err := t.Queries().GetAutomationRule(ctx, t.Account(), id)
		if err != nil {
			return err
		}
		r.Active = on
		_, err = rule.Save(ctx, t, r)
		return fileError(err)
	})
}

// cloneRule copies a rule and leads to the copy.
func (a *App) cloneRule(c echo.Context) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	ctx, v := c.Request().Context(), viewerOf(c)
	var made db.AutomationRule
	err = a.desk.Do(ctx, v.Actor(), func(t *desk.Tx) (err error) {
		made, err = rule.Clone(ctx, t, id)
		return err
	})
	if err != nil {
		return err
	}
	return a.redirectWithFlash(c, "This is the copy", link.Setting(v.Scope.AccountID, "automation", made.ID))
}

func (a *App) deleteRule(c echo.Context) error {
	return a.changeSetting(c, "automation", "The rule is gone", func(t *desk.Tx, id int64) error {
		n, err := t.Queries().DeleteAutomationRule(c.Request().Context(), t.Account(), id)
		return fault.Found(n, err)
	})
}
