// Package rule is automation: conditions that are checked when something happens, and actions that run through the
// same verbs that people use. Macros run the same actions when a user asks for it.
//
// Not here: when rules are checked (package react), and the forms and JSON in which they are edited (web, web/api).
package rule

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// Condition is one condition of a rule, as the main API stores it.
type Condition struct {
	Key      string          `json:"attribute_key"`
	Operator string          `json:"filter_operator"`
	Values   json.RawMessage `json:"values"`
	// Query joins the condition to the next one: and, or; empty on the last.
	Query string `json:"query_operator"`
	// Custom is the model of Key, if Key is one of the account's custom attributes.
	Custom string `json:"custom_attribute_type"`
}

// Action is one thing to do.
type Action struct {
	Name   string          `json:"action_name"`
	Params json.RawMessage `json:"action_params"`
	// position is the action's index in its list.
	position int
	// template is the text of a message, parsed.
	template *desk.Template
}

// Conditions reads a rule's conditions.
func Conditions(raw json.RawMessage) (cs []Condition, err error) {
	err = json.Unmarshal(raw, &cs)
	return cs, err
}

// Actions reads a rule's or a macro's actions, and the placeholders in their messages. Call it before anything is locked.
func Actions(raw json.RawMessage) (as []Action, err error) {
	err = json.Unmarshal(raw, &as)
	for i, a := range as {
		if kind, _ := FindAction(a.Name); kind.Field == FieldText {
			as[i].template = desk.ParseTemplate(firstParam(texts(a.Params)))
		}
	}
	return as, err
}

// Validate returns what is wrong with a rule in the shape of the API's answer: field → sentences; nil when nothing
// is. customKeys are the account's custom attributes.
func Validate(event string, conditions, actions json.RawMessage, customKeys []string) map[string][]string {
	problems := map[string][]string{}
	add := func(field, sentence string) {
		if !slices.Contains(problems[field], sentence) {
			problems[field] = append(problems[field], sentence)
		}
	}
	if _, ok := FindEvent(event); !ok {
		add("event_name", "Event name is not supported")
	}
	validateConditions(conditions, customKeys, add)
	validateActions(actions, false, add)
	if len(problems) == 0 {
		return nil
	}
	return problems
}

func validateConditions(raw json.RawMessage, customKeys []string, add func(field, sentence string)) {
	cs, at, err := listed[Condition](raw)
	switch {
	case err != nil && at < 0:
		add("conditions", "Automation conditions must be a list")
		return
	case err != nil:
		add("conditions", fmt.Sprintf("Automation conditions[%d] must be an object with attribute_key, filter_operator and values.", at))
		return
	case tooMany(cs):
		add("conditions", fmt.Sprintf("Automation conditions have at most %d values.", db.MaxFilterValues))
		return
	}
	for i, c := range cs {
		if problem := c.sentence(i, i == len(cs)-1, customKeys); problem != "" {
			add("conditions", problem)
		}
	}
}

// listed reads a JSON list. Where an element is not what it should be, at is its index; -1 where there is no list.
func listed[T any](raw json.RawMessage) (all []T, at int, err error) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, -1, err
	}
	all = make([]T, len(items))
	for i, item := range items {
		if err := json.Unmarshal(item, &all[i]); err != nil {
			return nil, i, err
		}
	}
	return all, 0, nil
}

// tooMany reports whether a rule has more conditions or values than a filter may have.
func tooMany(cs []Condition) bool {
	values := 0
	for _, c := range cs {
		values += db.CountFilterValues(c.Values)
	}
	return len(cs) > db.MaxFilterValues || values > db.MaxFilterValues
}

// ValidateActions is Validate for a macro.
func ValidateActions(actions json.RawMessage) map[string][]string {
	problems := map[string][]string{}
	validateActions(actions, true, func(field, sentence string) { problems[field] = append(problems[field], sentence) })
	if len(problems) == 0 {
		return nil
	}
	return problems
}

func validateActions(raw json.RawMessage, macro bool, add func(field, sentence string)) {
	as, at, err := listed[Action](raw)
	switch {
	case err != nil && at < 0:
		add("actions", "Automation actions must be a list")
		return
	case err != nil:
		add("actions", fmt.Sprintf("Automation actions[%d] must be an object with action_name and action_params.", at))
		return
	case len(as) > maxActions:
		add("actions", fmt.Sprintf("Automation actions are at most %d.", maxActions))
		return
	}
	for i, a := range as {
		if _, ok := FindAction(a.Name); !ok {
			add("actions", fmt.Sprintf("Automation actions %s not supported.", a.Name))
		} else if problem := a.Problem(macro); problem != "" {
			add("actions", fmt.Sprintf("Automation actions[%d] %s %s.", i, a.Name, problem))
		}
	}
}

// sentence is what is wrong with the condition at an index. Chatwoot's clients know those that Chatwoot says.
func (c Condition) sentence(i int, last bool, customKeys []string) string {
	query := strings.ToLower(c.Query)
	_, knownKey := FindCondition(c.Key)
	_, knownOperator := FindOperator(c.Operator)
	switch {
	case !knownKey && !slices.Contains(customKeys, c.Key):
		return fmt.Sprintf("Automation conditions %s not supported.", c.Key)
	case !knownOperator:
		return fmt.Sprintf("Automation conditions operator %s not supported.", c.Operator)
	}
	if problem := c.Problem(customKeys); problem != "" {
		return fmt.Sprintf("Automation conditions[%d] %s %s.", i, c.Key, problem)
	}
	switch {
	case last: // The last condition's operator joins it to nothing: clients send "nil".
	case query == "":
		return "Automation conditions should have query operator."
	case query != "and" && query != "or":
		return fmt.Sprintf("Automation conditions query operator %s not supported.", c.Query)
	}
	return ""
}

// texts reads a list of strings, numbers and booleans, or a single one, as text.
func texts(raw json.RawMessage) (all []string) {
	for _, v := range elements(raw) {
		if s, ok := elementText(v); ok {
			all = append(all, s)
		}
	}
	return all
}

// asText is a JSON value as text; ok is false for null and for lists.
func asText(v any) (s string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return db.NumberText(v), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// Subject is what conditions are checked against.
type Subject struct {
	Conversation db.Conversation
	Contact      db.Contact
	// Message is nil when the event is about none.
	Message *db.Message
	// Changed holds column → [before, after] of the event.
	Changed map[string][2]any
}

// Texts reads the values of a condition or an action as text.
func Texts(raw json.RawMessage) []string { return texts(raw) }

// TeamMail reads the parameter of send_email_to_team.
func TeamMail(raw json.RawMessage) (teamIDs []int64, message string) {
	in, ids := readTeam(raw)
	return ids, in.Message
}
