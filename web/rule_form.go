package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/rule"
	"github.com/parleydesk/parley/views"
	"github.com/parleydesk/parley/views/ui"
)

// mostLines is how many conditions or actions a form takes.
const mostLines = 50

// choices reads what the lines of a rule or macro can refer to.
func (a *App) choices(ctx context.Context, accountID int64) (views.Choices, error) {
	c := views.Choices{}
	people, err := a.q.ListMembers(ctx, db.ListMembersParams{AccountID: accountID, Most: settingsListLimit})
	if err != nil {
		return c, err
	}
	for _, p := range people {
		c.Agents = append(c.Agents, ui.Option{Value: formatID(p.User.ID), Label: p.User.Name})
	}
	teams, err := a.q.ListTeams(ctx, accountID, settingsListLimit)
	if err != nil {
		return c, err
	}
	for _, t := range teams {
		c.Teams = append(c.Teams, ui.Option{Value: formatID(t.ID), Label: t.Name})
	}
	inboxes, err := a.q.ListInboxNames(ctx, accountID)
	if err != nil {
		return c, err
	}
	for _, i := range inboxes {
		c.Inboxes = append(c.Inboxes, ui.Option{Value: formatID(i.ID), Label: i.Name})
	}
	labels, err := a.q.ListLabels(ctx, db.ListLabelsParams{AccountID: accountID, PageSize: settingsListLimit})
	if err != nil {
		return c, err
	}
	for _, l := range labels {
		c.Labels = append(c.Labels, ui.Option{Value: l.Title, Label: l.Title})
	}
	c.Attributes, err = a.q.ListAttributeDefinitions(ctx, db.ListAttributeDefinitionsParams{AccountID: accountID, PageSize: settingsListLimit})
	return c, err
}

// actionLines are stored actions as the form shows them.
func actionLines(raw json.RawMessage, c views.Choices) []views.ActionLine {
	actions, err := rule.Actions(raw)
	if err != nil {
		return nil
	}
	lines := make([]views.ActionLine, len(actions))
	for i, act := range actions {
		l := views.ActionLine{Name: act.Name}
		switch shape, _ := c.Shape(act.Name); shape {
		case "text":
			l.Text = strings.Join(rule.Texts(act.Params), "\n")
		case "line":
			l.Text = strings.Join(rule.Texts(act.Params), ", ")
		case "team":
			ids, message := rule.TeamMail(act.Params)
			for _, id := range ids {
				l.Values = append(l.Values, formatID(id))
			}
			l.Text = message
		case "kept":
			l.Stored = string(act.Params)
		case "one", "many":
			l.Values = rule.Texts(act.Params)
		}
		lines[i] = l
	}
	return lines
}

// readActions reads the lines of a form. It drops a value that was typed for an action of another kind.
func readActions(form url.Values) (lines []views.ActionLine) {
	for i := range mostLines {
		at := "a" + strconv.Itoa(i) + "_"
		if _, there := form[at+"name"]; !there {
			break
		}
		l := views.ActionLine{Name: form.Get(at + "name")}
		was := form.Get(at + "was")
		if was == l.Name || was == "" {
			l.Values, l.Stored = chosenValues(form[at+"value"]), form.Get(at+"kept")
		}
		if was == l.Name || was == "" || fieldOf(was).Written() && fieldOf(l.Name).Written() {
			l.Text = noteText(form.Get(at + "text"))
		}
		lines = append(lines, l)
	}
	return lines
}

// fieldOf is what an action takes; an unknown one takes nothing.
func fieldOf(action string) rule.Field {
	kind, _ := rule.FindAction(action)
	return kind.Field
}

// conditionField is what a condition takes; an account's own attribute takes text.
func conditionField(key string) rule.Field {
	kind, _ := rule.FindCondition(key)
	return kind.Field
}

// keptActions are lines as they are stored, and what is missing in them by "a" and the line's index.
func keptActions(lines []views.ActionLine, c views.Choices) (json.RawMessage, fault.Fields) {
	type action struct {
		Name   string `json:"action_name"`
		Params any    `json:"action_params"`
	}
	all, invalid := make([]action, 0, len(lines)), fault.Fields{}
	for i, l := range lines {
		act, missing := action{l.Name, []any{}}, ""
		switch shape, _ := c.Shape(l.Name); shape {
		case "text":
			act.Params = []string{l.Text}
			missing = ifEmpty(l.Text == "", "Write the text")
		case "line":
			act.Params, missing = addresses(l)
		case "one":
			act.Params = idsOrWords(fieldOf(l.Name), l.Values)
			missing = ifEmpty(len(l.Values) == 0, "Choose one")
		case "many":
			act.Params = l.Values
			missing = ifEmpty(len(l.Values) == 0, "Choose at least one")
		case "team":
			act.Params = []any{map[string]any{"team_ids": idsOrWords(rule.FieldTeam, l.Values), "message": l.Text}}
			missing = ifEmpty(len(l.Values) == 0, "Choose at least one team")
		case "kept":
			act.Params = json.RawMessage(l.Stored)
			missing = ifEmpty(!json.Valid([]byte(l.Stored)), "There are no files")
		}
		if l.Name == "" {
			missing = "Choose what to do"
		}
		if missing == "" {
			missing = actionProblem(act.Name, act.Params, c.Macro)
		}
		if missing != "" {
			invalid["a"+strconv.Itoa(i)] = missing
			continue
		}
		all = append(all, act)
	}
	if len(all) == 0 && len(invalid) == 0 {
		invalid["actions"] = "Add at least one action"
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return json.RawMessage("[]"), invalid
	}
	return raw, invalid
}

// actionProblem is what the API would say of an action.
func actionProblem(name string, params any, macro bool) string {
	raw, err := json.Marshal(params)
	if err != nil {
		return err.Error()
	}
	problem := rule.Action{Name: name, Params: raw}.Problem(macro)
	return ifEmpty(problem != "", "This action "+problem)
}

// fileError says on a form that an action sends a file which is not there.
func fileError(err error) error {
	if errors.Is(err, rule.ErrFile) {
		return fault.Field("actions", "A file that an action sends is no longer there. Remove the action.")
	}
	return err
}

func ifEmpty(empty bool, text string) string {
	if empty {
		return text
	}
	return ""
}

// addresses are the address of a webhook, or those that a mail goes to.
func addresses(l views.ActionLine) (params []string, missing string) {
	if fieldOf(l.Name) == rule.FieldWebAddress {
		return []string{l.Text}, ifEmpty(l.Text == "" || !isWebAddress(l.Text), webAddressHint)
	}
	return []string{l.Text}, ifEmpty(!strings.Contains(l.Text, "@"), "Give at least one address; a comma parts several")
}

// idsOrWords writes ids as numbers, as other clients do; "nil" and "self" stay text.
func idsOrWords(f rule.Field, values []string) []any {
	all := make([]any, 0, len(values))
	for _, v := range values {
		if id, err := strconv.ParseInt(v, 10, 64); err == nil && f.Numeric() {
			all = append(all, id)
		} else {
			all = append(all, v)
		}
	}
	return all
}

// conditionLines are stored conditions as the form shows them.
func conditionLines(raw json.RawMessage) []views.ConditionLine {
	conditions, err := rule.Conditions(raw)
	if err != nil {
		return nil
	}
	lines := make([]views.ConditionLine, len(conditions))
	for i, c := range conditions {
		l := views.ConditionLine{Key: c.Key, Operator: c.Operator, Custom: c.Custom}
		if i > 0 {
			l.Join = conditions[i-1].Query
		}
		if c.Operator == "attribute_changed" {
			var moved struct{ From, To json.RawMessage }
			_ = json.Unmarshal(c.Values, &moved) // it was checked when it was stored
			l.From, l.To = rule.Texts(moved.From), rule.Texts(moved.To)
		} else {
			l.Values = rule.Texts(c.Values)
		}
		lines[i] = l
	}
	return lines
}

// readConditions reads the lines of a form.
func readConditions(form url.Values) (all []views.ConditionLine) {
	for i := range mostLines {
		at := "c" + strconv.Itoa(i) + "_"
		if _, there := form[at+"key"]; !there {
			break
		}
		l := views.ConditionLine{Key: form.Get(at + "key"), Operator: form.Get(at + "operator"), Join: form.Get(at + "join")}
		if was := form.Get(at + "was"); was == l.Key || was == "" {
			l.Custom, l.From, l.To = form.Get(at+"custom"), chosenValues(form[at+"from"]), chosenValues(form[at+"to"])
			if l.Values = chosenValues(form[at+"value"]); form.Has(at + "lines") {
				l.Values = chosenValues(strings.Split(noteText(form.Get(at+"lines")), "\n"))
			}
		}
		all = append(all, l)
	}
	return all
}

// keptConditions are lines as they are stored, and what is missing in them by "c" and the line's index.
func keptConditions(lines []views.ConditionLine, c views.Choices) (json.RawMessage, fault.Fields) {
	type condition struct {
		Key      string `json:"attribute_key"`
		Operator string `json:"filter_operator"`
		Values   any    `json:"values"`
		Query    string `json:"query_operator"`
		Custom   string `json:"custom_attribute_type"`
	}
	all, invalid := make([]condition, 0, len(lines)), fault.Fields{}
	for i, l := range lines {
		if l.Empty() {
			continue
		}
		one := condition{Key: l.Key, Operator: l.Operator, Values: idsOrWords(conditionField(l.Key), l.Values), Custom: l.Custom}
		if one.Custom == "" {
			one.Custom = ownAttribute(c, l.Key)
		}
		if l.Operator == "attribute_changed" {
			one.Values = map[string]any{"from": idsOrWords(conditionField(l.Key), l.From), "to": idsOrWords(conditionField(l.Key), l.To)}
		}
		if problem := conditionProblem(l, one.Custom, one.Values, c); problem != "" {
			invalid["c"+strconv.Itoa(i)] = problem
		}
		if n := len(all); n > 0 {
			if all[n-1].Query = l.Join; l.Join == "" {
				all[n-1].Query = "and"
			}
		}
		all = append(all, one)
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return json.RawMessage("[]"), invalid
	}
	return raw, invalid
}

// conditionProblem is what a line lacks, or what the API would say of its condition.
func conditionProblem(l views.ConditionLine, custom string, values any, c views.Choices) string {
	switch {
	case l.Key == "":
		return "Choose what to compare"
	case len(l.Values) == 0 && l.Operator != "attribute_changed" && l.Operator != "is_present" && l.Operator != "is_not_present":
		return "Say which"
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return err.Error()
	}
	keys := make([]string, len(c.Attributes))
	for i, d := range c.Attributes {
		keys[i] = d.Key
	}
	problem := rule.Condition{Key: l.Key, Operator: l.Operator, Values: raw, Custom: custom}.Problem(keys)
	return ifEmpty(problem != "", "This condition "+problem)
}

// ownAttribute returns the model of a key that is one of the account's own attributes, if only one model has it.
func ownAttribute(c views.Choices, key string) string {
	if _, builtIn := rule.FindCondition(key); builtIn {
		return ""
	}
	model := ""
	for _, d := range c.Attributes {
		if d.Key == key {
			if model != "" {
				return ""
			}
			model = string(d.Model)
		}
	}
	return model
}

// changeLines adds a line or removes one, as a button of the form asks. It adds none while one is empty.
func changeLines[T interface{ Empty() bool }](lines []T, act, what string) []T {
	if act == "add-"+what && len(lines) < mostLines && !slices.ContainsFunc(lines, T.Empty) {
		var fresh T
		return append(lines, fresh)
	}
	if n, is := strings.CutPrefix(act, "drop-"+what+"-"); is {
		if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(lines) {
			return slices.Delete(lines, i, i+1)
		}
	}
	return lines
}
