package views

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/rule"
	"github.com/parleydesk/parley/views/ui"
)

// ActionLine is a line of the form of a rule or macro: one action.
type ActionLine struct {
	Name string
	// Values are ids, words or addresses; Text is the text of a message.
	Values []string
	Text   string
	// Stored is a value that the form has no field for, unchanged.
	Stored  string
	Invalid string
}

// Empty reports whether the line says nothing yet.
func (l ActionLine) Empty() bool { return l.Name == "" && len(l.Values) == 0 && l.Text == "" }

// ConditionLine is a line of the form of a rule: one condition. Join ties it to the line before.
type ConditionLine struct {
	Key, Operator, Join, Custom string
	Values, From, To            []string
	Invalid                     string
}

// Empty reports whether the line says nothing yet.
func (l ConditionLine) Empty() bool { return l.Key == "" && len(l.Values) == 0 }

// Choices are what lines can refer to in an account.
type Choices struct {
	Agents, Teams, Inboxes, Labels []ui.Option
	Attributes                     []db.AttributeDefinition
	// Macro is set for the form of a macro, which an agent runs.
	Macro bool
}

// eventWords, operatorWords and actionWords are what pages call a name of the API. A name that no table has is shown
// as it is.
func eventWords(name string) string {
	if e, ok := rule.FindEvent(name); ok {
		return e.Label
	}
	return humane(name)
}

func operatorWords(name string) string {
	if o, ok := rule.FindOperator(name); ok {
		return o.Label
	}
	return humane(name)
}

func actionWords(name string) string {
	if a, ok := rule.FindAction(name); ok {
		return a.Label
	}
	return humane(name)
}

func eventOptions(chosen string) (list []ui.Option) {
	for _, e := range rule.Events() {
		list = append(list, ui.Option{Value: e.Name, Label: e.Label})
	}
	return withChosen(list, []string{chosen}, "")
}

// withChosen adds chosen options that are no longer offered, such as a team that was deleted.
func withChosen(all []ui.Option, chosen []string, label string) []ui.Option {
	for _, v := range chosen {
		if v != "" && !slices.ContainsFunc(all, func(o ui.Option) bool { return o.Value == v }) {
			all = append(slices.Clip(all), ui.Option{Value: v, Label: label + v})
		}
	}
	return all
}

func priorities() []ui.Option {
	return []ui.Option{
		{Value: "urgent", Label: "Urgent"},
		{Value: "high", Label: "High"},
		{Value: "medium", Label: "Medium"},
		{Value: "low", Label: "Low"},
	}
}

func statuses() []ui.Option {
	return []ui.Option{
		{Value: "open", Label: "Open"},
		{Value: "pending", Label: "Pending"},
		{Value: "snoozed", Label: "Snoozed"},
		{Value: "resolved", Label: "Resolved"},
	}
}

// Shape is how a line asks for an action's value: "none", "line", "text", "one", "many", "team" for a mail to teams,
// "kept". of is what it chooses from.
func (c Choices) Shape(action string) (shape string, of []ui.Option) {
	kind, ok := rule.FindAction(action)
	if !ok {
		return "none", nil
	}
	switch kind.Field {
	case rule.FieldText:
		return "text", nil
	case rule.FieldWebAddress, rule.FieldAddresses:
		return "line", nil
	case rule.FieldFiles:
		return "kept", nil
	case rule.FieldTeamMail:
		return "team", c.Teams
	case rule.FieldAgent:
		return "one", append(c.agentWords(), c.Agents...)
	case rule.FieldPriority:
		return "one", append([]ui.Option{{Value: "nil", Label: "None"}}, priorities()...)
	case rule.FieldLabels:
		return "many", c.Labels
	case rule.FieldTeam:
		return "one", append([]ui.Option{{Value: "nil", Label: "No team"}}, c.Teams...)
	case rule.FieldInbox, rule.FieldStatus, rule.FieldDirection, rule.FieldYesNo:
		return "one", c.optionsOf(kind.Field)
	}
	return "none", nil
}

// agentWords are what assign_agent takes instead of an agent.
func (c Choices) agentWords() []ui.Option {
	special := []ui.Option{{Value: "last_responding_agent", Label: "Whoever answered last"}, {Value: "nil", Label: "Nobody"}}
	if c.Macro {
		return append([]ui.Option{{Value: "self", Label: "Whoever runs it"}}, special...)
	}
	return special
}

// optionsOf are the options of a field; nil for text.
func (c Choices) optionsOf(f rule.Field) []ui.Option {
	switch f {
	case rule.FieldAgent:
		return c.Agents
	case rule.FieldTeam:
		return c.Teams
	case rule.FieldInbox:
		return c.Inboxes
	case rule.FieldLabels:
		return c.Labels
	case rule.FieldStatus:
		return statuses()
	case rule.FieldPriority:
		return priorities()
	case rule.FieldDirection:
		return []ui.Option{
			{Value: "incoming", Label: "From the customer"},
			{Value: "outgoing", Label: "From us"},
			{Value: "template", Label: "Automatic"},
		}
	case rule.FieldYesNo:
		return yesNo()
	}
	return nil
}

// Values are the options of a condition's key; nil for text.
func (c Choices) Values(key string) []ui.Option {
	if kind, ok := rule.FindCondition(key); ok {
		switch kind.Field {
		case rule.FieldAgent, rule.FieldTeam, rule.FieldPriority: // these can be unset
			return append([]ui.Option{{Value: "nil", Label: "None"}}, c.optionsOf(kind.Field)...)
		}
		return c.optionsOf(kind.Field)
	}
	for _, d := range c.Attributes {
		if d.Key != key {
			continue
		}
		switch d.DisplayType {
		case db.AttributeTypeCheckbox:
			return yesNo()
		case db.AttributeTypeList:
			return attributeOptions(d)
		}
	}
	return nil
}

func yesNo() []ui.Option {
	return []ui.Option{{Value: "true", Label: "Yes"}, {Value: "false", Label: "No"}}
}

func (c Choices) keys(chosen string) []ui.Option {
	var all []ui.Option
	for _, k := range rule.ConditionTypes() {
		if k.Group != "" || k.Key == chosen { // an old name is shown only where it stands already
			all = append(all, ui.Option{Value: k.Key, Label: k.Label, Group: k.Group})
		}
	}
	var seen []string
	for _, d := range c.Attributes {
		if !slices.Contains(seen, d.Key) {
			seen = append(seen, d.Key)
			all = append(all, ui.Option{Value: d.Key, Label: d.DisplayName, Group: "Own attributes"})
		}
	}
	return withChosen(all, []string{chosen}, "")
}

// operators are those that fit a key, and the one that is chosen.
func (c Choices) operators(key, chosen string) []ui.Option {
	names := []string{"equal_to", "not_equal_to", "contains", "does_not_contain", "starts_with", "is_present", "is_not_present"}
	if c.Values(key) != nil {
		names = []string{"equal_to", "not_equal_to", "is_present", "is_not_present"}
		kind, _ := rule.FindCondition(key)
		if kind.Tracked {
			names = append(names, "attribute_changed")
		}
		if kind.Field == rule.FieldLabels {
			names = append(names, "contains", "does_not_contain")
		}
	}
	for _, d := range c.Attributes {
		if d.Key == key {
			switch d.DisplayType {
			case db.AttributeTypeNumber, db.AttributeTypeCurrency, db.AttributeTypePercent:
				names = append(names, "is_greater_than", "is_less_than")
			case db.AttributeTypeDate:
				names = append(names, "is_greater_than", "is_less_than", "days_before")
			}
		}
	}
	if chosen != "" && !slices.Contains(names, chosen) {
		names = append(names, chosen)
	}
	var all []ui.Option
	for _, n := range names {
		all = append(all, ui.Option{Value: n, Label: operatorWords(n)})
	}
	return all
}

func (c Choices) actions(chosen string) []ui.Option {
	var all []ui.Option
	for _, a := range rule.ActionTypes() {
		if a.Uploaded() && a.Name != chosen {
			continue
		}
		all = append(all, ui.Option{Value: a.Name, Label: a.Label})
	}
	return withChosen(all, []string{chosen}, "")
}

// freshened makes a choice send the form when other fields depend on it.
func freshened(address string) templ.Attributes {
	return templ.Attributes{
		"hx-post": address, "hx-target": "#editor", "hx-swap": "outerHTML", "hx-trigger": "change",
		"hx-vals": `{"act":"refresh"}`,
	}
}

// lineAct is a button that changes the lines and keeps what was typed. Without script it sends the form.
func lineAct(address, act string) templ.Attributes {
	return templ.Attributes{
		"name": "act", "value": act, "hx-post": address, "hx-target": "#editor", "hx-swap": "outerHTML",
		"formnovalidate": true,
	}
}

func lineName(kind string, i int, field string) string { return kind + strconv.Itoa(i) + "_" + field }

func byGroup(all []ui.Option) (groups [][]ui.Option) {
	for i, o := range all {
		if i == 0 || o.Group != all[i-1].Group {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], o)
	}
	return groups
}

func chosenWords(options []ui.Option, chosen []string) string {
	var names []string
	for _, o := range options {
		if slices.Contains(chosen, o.Value) {
			names = append(names, o.Label)
		}
	}
	if len(names) == 0 {
		return "Choose"
	}
	return strings.Join(names, ", ")
}

func firstOr(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

func lineLabel(action string) string {
	if a, _ := rule.FindAction(action); a.Field == rule.FieldWebAddress {
		return "Address"
	}
	return "Addresses"
}

func lineHolder(action string) string {
	if a, _ := rule.FindAction(action); a.Field == rule.FieldWebAddress {
		return "https://"
	}
	return "ada@example.com, bo@example.com"
}

func orAnd(join string) string {
	if strings.EqualFold(join, "or") {
		return "or"
	}
	return "and"
}

// doesWords describes actions in one line.
func doesWords(lines []ActionLine) string {
	var parts []string
	for _, l := range lines {
		parts = append(parts, actionWords(l.Name))
	}
	return strings.Join(parts, ", ")
}
