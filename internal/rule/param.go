package rule

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

const (
	maxActions  = 50
	maxParams   = 50
	maxValue    = 255
	maxReported = 60
)

// The words that assign_agent takes instead of an id.
const (
	nobody        = "nil"
	whoeverRuns   = "self"
	lastResponder = "last_responding_agent"
)

// Problem is what keeps an action from being understood, as the end of a sentence that begins with its name; empty
// when nothing does. It is asked before an action is stored and before it runs, so that an action which nobody
// understands does nothing. macro is true for an action that a user runs.
func (a Action) Problem(macro bool) string {
	kind, ok := FindAction(a.Name)
	if !ok {
		return "is not supported"
	}
	if kind.Field == FieldTeamMail {
		return teamMailProblem(a.Params)
	}
	all := elements(a.Params)
	switch most := kind.Field.most(); {
	case kind.Field == FieldNone:
		return noParams(all)
	case len(all) == 0:
		return "needs " + kind.Field.wants(macro)
	case len(all) > most:
		return fmt.Sprintf("takes at most %d of action_params, not %d", most, len(all))
	}
	for i, v := range all {
		text, ok := elementText(v)
		if !ok || !kind.Field.accepts(text, macro) {
			return wrongElement("action_params", i, v, kind.Field.wants(macro))
		}
	}
	return ""
}

// noParams is Problem for an action that takes nothing. Clients send empty values all the same.
func noParams(all []any) string {
	for i, v := range all {
		if v != nil && v != "" {
			return wrongElement("action_params", i, v, "nothing")
		}
	}
	return ""
}

// most is how many parameters an action with the field takes.
func (f Field) most() int {
	switch f {
	case FieldLabels, FieldFiles, FieldAddresses:
		return maxParams
	case FieldWebAddress:
		return maxRecipients
	}
	return 1
}

// wants describes a parameter of the field.
func (f Field) wants(macro bool) string {
	switch f {
	case FieldAgent:
		if macro {
			return `an agent's id, "nil", "self" or "last_responding_agent"`
		}
		return `an agent's id, "nil" or "last_responding_agent"`
	case FieldTeam:
		return `a team's id or "nil"`
	case FieldLabels:
		return "a label of at most 255 characters"
	case FieldStatus:
		return "open, resolved, pending or snoozed"
	case FieldPriority:
		return `low, medium, high, urgent or "nil"`
	case FieldText:
		return fmt.Sprintf("a text of at most %d characters", desk.MaxContent)
	case FieldWebAddress:
		return "an address that begins with https:// or http://"
	case FieldAddresses:
		return fmt.Sprintf("one to %d mail addresses", maxRecipients)
	case FieldFiles:
		return "the blob_id of an uploaded file"
	}
	return "a value"
}

// accepts reports whether an action with the field understands a parameter.
func (f Field) accepts(s string, macro bool) bool {
	switch f {
	case FieldAgent:
		return s == nobody || s == lastResponder || macro && s == whoeverRuns || isID(s)
	case FieldTeam:
		return s == nobody || isID(s)
	case FieldLabels:
		return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= maxValue && db.IsText(s)
	case FieldStatus:
		return db.ConversationStatus(s).Valid()
	case FieldPriority:
		return s == nobody || s == "none" || db.ConversationPriority(s).Valid()
	case FieldText:
		return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= desk.MaxContent && db.IsText(s)
	case FieldWebAddress:
		return isWebAddress(s)
	case FieldAddresses:
		to, ok := addresses(s)
		return ok && len(to) > 0 && len(to) <= maxRecipients
	case FieldFiles:
		return s != "" && len(s) <= maxValue && db.IsText(s)
	}
	return false
}

// isID reports whether s is an id. No object has the id 0.
func isID(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n > 0
}

// isWebAddress reports whether a webhook can have the address.
func isWebAddress(s string) bool {
	_, ok := db.WebURL(s)
	return ok
}

// addresses reads mail addresses that are separated by commas; ok is false if one of them is none.
func addresses(s string) (to []string, ok bool) {
	for _, one := range strings.Split(s, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		address, err := mail.ParseAddress(one)
		if err != nil || len(address.Address) > maxValue {
			return nil, false
		}
		to = append(to, strings.ToLower(address.Address))
	}
	return to, true
}

// teamMailProblem is Problem for send_email_to_team.
func teamMailProblem(raw json.RawMessage) string {
	all := elements(raw)
	if len(all) != 1 {
		return "needs one object with team_ids and message"
	}
	in, ok := all[0].(map[string]any)
	if !ok {
		return wrongElement("action_params", 0, all[0], "an object with team_ids and message")
	}
	teams := listOf(in["team_ids"])
	if len(teams) == 0 || len(teams) > maxParams {
		return fmt.Sprintf("needs one to %d team_ids", maxParams)
	}
	for i, v := range teams {
		if text, ok := elementText(v); !ok || !isID(text) {
			return wrongElement("action_params[0].team_ids", i, v, "a team's id")
		}
	}
	message, ok := in["message"].(string)
	if in["message"] != nil && (!ok || utf8.RuneCountInString(message) > maxTeamMessage || !db.IsText(message)) {
		return fmt.Sprintf("needs a message of at most %d characters", maxTeamMessage)
	}
	return ""
}

// elements reads a list, or one value as a list of one; null and nothing are an empty list.
func elements(raw json.RawMessage) []any {
	var v any
	if len(raw) == 0 || db.Decode(raw, &v) != nil {
		return nil
	}
	return listOf(v)
}

func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// elementText is an element as text; ok is false for null, a list, and an object without an id. Some clients send
// {id, name} where an id is meant.
func elementText(v any) (s string, ok bool) {
	if object, is := v.(map[string]any); is {
		v = object["id"]
	}
	return asText(v)
}

// wrongElement says which element of a list is not what it should be.
func wrongElement(list string, i int, v any, wants string) string {
	raw, err := json.Marshal(v)
	if err != nil {
		raw = []byte("a value")
	}
	shown := []rune(string(raw))
	if len(shown) > maxReported {
		shown = append(shown[:maxReported], '…')
	}
	return fmt.Sprintf("takes %s, but %s[%d] is %s", wants, list, i, string(shown))
}

// Problem is what keeps a condition from being understood, as the end of a sentence that begins with its key; empty
// when nothing does.
func (c Condition) Problem(customKeys []string) string {
	kind, builtIn := FindCondition(c.Key)
	switch _, known := FindOperator(c.Operator); {
	case !builtIn && !slices.Contains(customKeys, c.Key):
		return "is not supported"
	case !known:
		return "has no operator " + quoted(c.Operator)
	case !slices.Contains([]string{"", "contact_attribute", "conversation_attribute"}, c.Custom):
		return "has no custom_attribute_type " + quoted(c.Custom)
	case builtIn && !kind.Tracked && c.Operator == "attribute_changed":
		return "cannot be compared with its value before: attribute_changed does not apply"
	}
	return c.valuesProblem(kind.Field)
}

func (c Condition) valuesProblem(f Field) string {
	switch c.Operator {
	case "is_present", "is_not_present":
		return ""
	case "attribute_changed":
		return changeProblem(f, c.Values)
	}
	all := elements(c.Values)
	if len(all) == 0 {
		return "needs values"
	}
	for i, v := range all {
		text, ok := elementText(v)
		if c.Operator == "days_before" {
			if n, err := strconv.Atoi(text); !ok || err != nil || n < 0 {
				return wrongElement("values", i, v, "a number of days")
			}
			continue
		}
		if !ok || !f.comparable(text) {
			return wrongElement("values", i, v, f.compared())
		}
	}
	return ""
}

// changeProblem checks the values of attribute_changed: an object with from and to. An empty list matches any value.
func changeProblem(f Field, raw json.RawMessage) string {
	var in map[string]any
	if db.Decode(raw, &in) != nil || in == nil {
		return "needs an object with from and to: attribute_changed compares two values"
	}
	for _, side := range []string{"from", "to"} {
		for i, v := range listOf(in[side]) {
			if text, ok := elementText(v); v != nil && (!ok || !f.comparable(text)) {
				return wrongElement("values."+side, i, v, f.compared())
			}
		}
	}
	return ""
}

// compared describes a value of a condition on the field.
func (f Field) compared() string {
	switch f {
	case FieldAgent, FieldTeam:
		return `an id or "nil"`
	case FieldInbox:
		return "an id"
	case FieldStatus:
		return "open, resolved, pending, snoozed or all"
	case FieldPriority:
		return `low, medium, high, urgent or "nil"`
	case FieldDirection:
		return "incoming, outgoing or template"
	case FieldYesNo:
		return "true or false"
	}
	return fmt.Sprintf("a text of at most %d characters", maxTeamMessage)
}

// comparable reports whether a condition on the field understands a value.
func (f Field) comparable(s string) bool {
	switch f {
	case FieldAgent, FieldTeam:
		return s == nobody || isID(s)
	case FieldInbox:
		return isID(s)
	case FieldStatus:
		return s == "all" || db.ConversationStatus(s).Valid()
	case FieldPriority:
		return s == nobody || db.ConversationPriority(s).Valid()
	case FieldDirection:
		return slices.Contains([]string{"incoming", "outgoing", "template", "activity"}, s)
	case FieldYesNo:
		return s == "true" || s == "false"
	}
	return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= maxTeamMessage && db.IsText(s)
}

func quoted(s string) string {
	if len(s) > maxReported {
		s = strings.ToValidUTF8(s[:maxReported], "") + "…"
	}
	return strconv.Quote(s)
}
