package filter

import (
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// contactOperators are the operators of each key, in the order in which the contract lists them in its errors.
func contactOperators() map[string][]string {
	text := []string{"equal_to", "not_equal_to", "contains", "does_not_contain"}
	exact := []string{"equal_to", "not_equal_to"}
	date := []string{"is_greater_than", "is_less_than", "days_before"}
	return map[string][]string{
		"name": text, "email": text, "city": text, "company_name": text, "phone_number": append(slices.Clone(text), "starts_with"),
		"identifier": exact, "country_code": exact, "blocked": exact,
		"labels":     {"equal_to", "not_equal_to", "is_present", "is_not_present"},
		"created_at": date, "last_activity_at": date,
	}
}

// Contacts reads and checks the filter of contacts in a body's payload.
func Contacts(a *api.API, c *api.Call) ([]db.ContactTerm, error) {
	var in struct {
		Payload []condition `json:"payload"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	if len(in.Payload) > maxTerms {
		return nil, refuse("A filter has at most 50 conditions")
	}
	terms := make([]db.ContactTerm, len(in.Payload))
	for i, t := range in.Payload {
		term, err := contactTerm(a, c, t)
		if err != nil {
			return nil, err
		}
		if i < len(in.Payload)-1 {
			if term.Or, err = isOr(t.Join.Value); err != nil {
				return nil, err
			}
		}
		terms[i] = term
	}
	return terms, nil
}

func contactTerm(a *api.API, c *api.Call, in condition) (db.ContactTerm, error) {
	key, word := in.Key.Value, in.Operator.Value
	t := db.ContactTerm{Field: key, Values: in.Values.Values}
	allowed, known := contactOperators()[key]
	if in.Custom.Value == "contact_attribute" || !known {
		d, err := a.Q.FindAttributeDefinition(c.Ctx(), db.FindAttributeDefinitionParams{AccountID: c.Account(), Model: db.AttributeModelContactAttribute, Key: key})
		switch {
		case err == nil:
			t.Field, t.Attribute, t.Kind = "", key, d.DisplayType
			allowed, known = attributeOperators(d.DisplayType), true
		case !db.IsNone(err):
			return t, err
		}
	}
	if !known {
		return t, unknownKey(key, contactOperators())
	}
	if !slices.Contains(allowed, word) {
		return t, refuse("Invalid operator. The allowed operators for " + key + " are [" + strings.Join(allowed, ",") + "].")
	}
	err := readTerm(&t, key, word, a.Now())
	return t, err
}
