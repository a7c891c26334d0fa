package filter

import (
	"slices"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// conversationOperators are the operators of each key, in the order in which the contract lists them in its errors.
func conversationOperators() map[string][]string {
	exact := []string{"equal_to", "not_equal_to"}
	present := []string{"equal_to", "not_equal_to", "is_present", "is_not_present"}
	text := []string{"equal_to", "not_equal_to", "contains", "does_not_contain"}
	date := []string{"is_greater_than", "is_less_than", "days_before"}
	return map[string][]string{
		"status": exact, "priority": exact, "contact_id": exact, "browser_language": exact, "conversation_language": exact,
		"assignee_id": present, "inbox_id": present, "team_id": present, "campaign_id": present, "labels": present,
		"display_id": text, "referer": text, "mail_subject": text,
		"created_at": date, "last_activity_at": date,
	}
}

// Conversations reads and checks the filter of conversations in a body's payload.
func Conversations(a *api.API, c *api.Call) (*db.Clause, error) {
	var in struct {
		Payload []condition `json:"payload"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	if len(in.Payload) > maxTerms {
		return nil, refuse("A filter has at most 50 conditions")
	}
	terms := make([]db.ConversationTerm, len(in.Payload))
	for i, one := range in.Payload {
		var err error
		if terms[i], err = conversationTerm(a, c, one); err != nil {
			return nil, err
		}
		if i < len(in.Payload)-1 {
			if terms[i].Or, err = isOr(one.Join.Value); err != nil {
				return nil, err
			}
		}
	}
	return db.ConversationClause(terms), nil
}

func conversationTerm(a *api.API, c *api.Call, in condition) (db.ConversationTerm, error) {
	key, word := in.Key.Value, in.Operator.Value
	t := db.ConversationTerm{ContactTerm: db.ContactTerm{Field: key, Values: in.Values.Values}}
	allowed, known := conversationOperators()[key]
	if in.Custom.Value == "conversation_attribute" || !known {
		d, err := a.Q.FindAttributeDefinition(c.Ctx(), db.FindAttributeDefinitionParams{
			AccountID: c.Account(), Model: db.AttributeModelConversationAttribute, Key: key,
		})
		switch {
		case err == nil:
			t.Field, t.Attribute, t.Kind = "", key, d.DisplayType
			allowed, known = attributeOperators(d.DisplayType), true
		case !db.IsNone(err):
			return t, err
		}
	}
	if !known {
		return t, unknownKey(key, conversationOperators())
	}
	if !slices.Contains(allowed, word) {
		return t, refuse("Invalid operator. The allowed operators for " + key + " are [" + strings.Join(allowed, ",") + "].")
	}
	if err := readTerm(&t.ContactTerm, key, word, a.Now()); err != nil {
		return t, err
	}
	if !readWords(&t) {
		return t, refuse("Invalid value. The values provided for " + key + " are invalid")
	}
	return t, nil
}

// readWords reads numbers and the words of closed sets; false for what is none.
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
