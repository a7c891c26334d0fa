package filter

import (
	"strconv"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// conversationOperators lists the operators of each key.
func conversationOperators() map[string][]string {
	exact := []string{"equal_to", "not_equal_to"}
	present := []string{"equal_to", "not_equal_to", "is_present", "is_not_present"}
	text := []string{"equal_to", "not_equal_to", "contains", "does_not_contain"}
	date := []string{"is_greater_than", "is_less_than", "days_before"}
	return map[string][]string{
		"status":                exact,
		"priority":              exact,
		"contact_id":            exact,
		"browser_language":      exact,
		"conversation_language": exact,
		"assignee_id":           present,
		"inbox_id":              present,
		"team_id":               present,
		"campaign_id":           present,
		"labels":                present,
		"display_id":            text,
		"referer":               text,
		"mail_subject":          text,
		"created_at":            date,
		"last_activity_at":      date,
	}
}

// Conversations reads and checks the filter of conversations in a request's payload.
func Conversations(a *api.API, c *api.Call) (*db.Clause, error) {
	conversations := subject{conversationOperators(), db.AttributeModelConversationAttribute}
	terms, err := read(c, func(in condition) (t db.ConversationTerm, err error) {
		if t.ContactTerm, err = conversations.term(a, c, in); err == nil && !readWords(&t) {
			err = api.Unprocessable("Invalid value. The values provided for " + in.Key.Value + " are invalid")
		}
		return t, err
	}, func(t *db.ConversationTerm) *bool { return &t.Or })
	if err != nil {
		return nil, err
	}
	return db.ConversationClause(terms), nil
}

// readWords checks statuses and priorities and parses ids. It reports whether all values are valid.
func readWords(t *db.ConversationTerm) bool {
	if t.Op == db.IsPresent || t.Op == db.IsAbsent || t.Op == db.Contains || t.Op == db.ContainsNot {
		return true
	}
	for _, v := range t.Values {
		switch t.Field {
		case "status":
			if v != "all" && !db.ConversationStatus(v).Valid() {
				return false
			}
		case "priority":
			if !db.ConversationPriority(v).Valid() {
				return false
			}
		case "contact_id", "assignee_id", "inbox_id", "team_id", "display_id":
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return false
			}
			t.IDs = append(t.IDs, n)
		}
	}
	return true
}
