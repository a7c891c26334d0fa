package filter

import (
	"slices"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// contactOperators lists the operators of each key.
func contactOperators() map[string][]string {
	text := []string{"equal_to", "not_equal_to", "contains", "does_not_contain"}
	exact := []string{"equal_to", "not_equal_to"}
	date := []string{"is_greater_than", "is_less_than", "days_before"}
	return map[string][]string{
		"name":             text,
		"email":            text,
		"city":             text,
		"company_name":     text,
		"phone_number":     append(slices.Clone(text), "starts_with"),
		"identifier":       exact,
		"country_code":     exact,
		"blocked":          exact,
		"labels":           {"equal_to", "not_equal_to", "is_present", "is_not_present"},
		"created_at":       date,
		"last_activity_at": date,
	}
}

// Contacts reads and checks the filter of contacts in a request's payload.
func Contacts(a *api.API, c *api.Call) ([]db.ContactTerm, error) {
	contacts := subject{contactOperators(), db.AttributeModelContactAttribute}
	term := func(in condition) (db.ContactTerm, error) { return contacts.term(a, c, in) }
	return read(c, term, func(t *db.ContactTerm) *bool { return &t.Or })
}
