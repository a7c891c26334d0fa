package filter

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/web/api"
)

// maxTerms bounds a filter, so that planning its statement stays cheap.
const maxTerms = 50

// maxValues bounds the values of all conditions of a filter together.
const maxValues = db.MaxFilterValues

// condition is a condition as clients send it.
type condition struct {
	Key      api.Text    `json:"attribute_key"`
	Operator api.Text    `json:"filter_operator"`
	Values   api.Strings `json:"values"`
	Join     api.Text    `json:"query_operator"`
	Custom   api.Text    `json:"custom_attribute_type"`
}

// read reads the conditions of a request's payload and makes a term of each. or returns the field of a term that says
// whether the next one is joined by OR.
func read[T any](c *api.Call, term func(condition) (T, error), or func(*T) *bool) ([]T, error) {
	var in struct {
		Payload []condition `json:"payload"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	if len(in.Payload) > maxTerms {
		return nil, api.Unprocessable("A filter has at most 50 conditions")
	}
	values := 0
	for _, one := range in.Payload {
		values += len(one.Values.Values)
	}
	if values > maxValues {
		return nil, errTooManyValues()
	}
	terms := make([]T, len(in.Payload))
	for i, one := range in.Payload {
		var err error
		if terms[i], err = term(one); err != nil {
			return nil, err
		}
		if i == len(in.Payload)-1 {
			break // there is nothing to join the last one to
		}
		if *or(&terms[i]), err = isOr(one.Join.Value); err != nil {
			return nil, err
		}
	}
	return terms, nil
}

func errTooManyValues() error {
	return api.Unprocessable(fmt.Sprintf("A filter has at most %d values in all its conditions together", maxValues))
}

// CheckStored refuses the query of a saved filter that has more values than a filter may. It takes no notice of
// anything else, because the query is the client's own.
func CheckStored(query json.RawMessage) error {
	var in struct {
		Payload []struct {
			Values json.RawMessage `json:"values"`
		} `json:"payload"`
	}
	if json.Unmarshal(query, &in) != nil {
		return nil
	}
	values := 0
	for _, one := range in.Payload {
		values += db.CountFilterValues(one.Values)
	}
	if len(in.Payload) > maxTerms || values > maxValues {
		return errTooManyValues()
	}
	return nil
}

// subject is what a filter is for, conversations or contacts: the operators of each key, in the order in which the
// contract lists them in errors, and the model of its custom attributes.
type subject struct {
	keys  map[string][]string
	model db.AttributeModel
}

// term reads a condition. It does not check values that depend on the key, such as statuses.
func (s subject) term(a *api.API, c *api.Call, in condition) (db.ContactTerm, error) {
	key, word := in.Key.Value, in.Operator.Value
	t := db.ContactTerm{Field: key, Values: in.Values.Values}
	allowed, known := s.keys[key]
	if in.Custom.Value == string(s.model) || !known {
		d, err := a.Q.FindAttributeDefinition(c.Ctx(), db.FindAttributeDefinitionParams{
			AccountID: c.Account(),
			Model:     s.model,
			Key:       key,
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
		return t, unknownKey(key, s.keys)
	}
	if !slices.Contains(allowed, word) {
		list := strings.Join(allowed, ",")
		return t, api.Unprocessable("Invalid operator. The allowed operators for " + key + " are [" + list + "].")
	}
	err := readTerm(&t, key, word, a.Now())
	return t, err
}

// attributeOperators lists the operators of a custom attribute of a type.
func attributeOperators(t db.AttributeType) []string {
	presence := []string{"equal_to", "not_equal_to", "is_present", "is_not_present"}
	switch t {
	case db.AttributeTypeDate:
		return append(presence, "is_greater_than", "is_less_than", "days_before")
	case db.AttributeTypeNumber, db.AttributeTypeCurrency, db.AttributeTypePercent:
		return append(presence, "is_greater_than", "is_less_than")
	case db.AttributeTypeList, db.AttributeTypeCheckbox:
		return presence
	}
	return append(presence, "contains", "does_not_contain")
}

// isOr reports whether a condition is joined to the next one by OR.
func isOr(word string) (bool, error) {
	switch strings.ToUpper(word) {
	case "AND":
		return false, nil
	case "OR":
		return true, nil
	}
	return false, api.Unprocessable(`Query operator must be either "AND" or "OR".`)
}

func unknownKey(key string, known map[string][]string) error {
	keys := make([]string, 0, 16)
	for k := range known {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return api.Unprocessable("Invalid attribute key - [" + key + "]. The key should be one of [" + strings.Join(keys, ",") +
		"] or a custom attribute defined in the account.")
}

var errValue = errors.New("invalid value")

// operators are the clients' words for the operators.
func operators() map[string]db.FilterOp {
	return map[string]db.FilterOp{
		"equal_to":         db.Equals,
		"not_equal_to":     db.EqualsNot,
		"contains":         db.Contains,
		"does_not_contain": db.ContainsNot,
		"starts_with":      db.StartsWith,
		"is_present":       db.IsPresent,
		"is_not_present":   db.IsAbsent,
		"is_greater_than":  db.IsGreater,
		"is_less_than":     db.IsLess,
		"days_before":      db.IsLess,
	}
}

// readTerm sets the operator and checks the values that it needs.
func readTerm(t *db.ContactTerm, key, word string, now time.Time) error {
	t.Op = operators()[word]
	err := error(nil)
	switch {
	case t.Op == db.IsPresent || t.Op == db.IsAbsent:
		return nil
	case len(t.Values) == 0:
		err = errValue
	case key == "blocked" && t.Field != "":
		err = readBlocked(t)
	case word == "days_before":
		err = readDays(t, now)
	case t.Op == db.IsGreater || t.Op == db.IsLess:
		err = readBound(t)
	}
	if err != nil {
		return api.Unprocessable("Invalid value. The values provided for " + key + " are invalid")
	}
	return nil
}

func readBlocked(t *db.ContactTerm) error {
	switch strings.ToLower(t.Values[0]) {
	case "true", "t", "1":
		t.Values = []string{"true"}
	case "false", "f", "0":
		t.Values = []string{"false"}
	default:
		return errValue
	}
	return nil
}

// readDays turns a number of days into the day that many days ago, with which the column is compared.
func readDays(t *db.ContactTerm, now time.Time) error {
	n, err := strconv.Atoi(t.Values[0])
	if err != nil || n < 0 || n > 36500 {
		return errValue
	}
	t.At = now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -n)
	t.Values = []string{t.At.Format(time.DateOnly)}
	return nil
}

// readBound reads the time or the number with which a value is compared. "Greater than" a day means from the next day on.
func readBound(t *db.ContactTerm) error {
	value := t.Values[0]
	if t.Field == "" && t.Kind != db.AttributeTypeDate {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || n != n || n > 1e30 || n < -1e30 {
			return errValue
		}
		t.Values = []string{strconv.FormatFloat(n, 'f', -1, 64)}
		return nil
	}
	at, ok := api.ParseTime(value)
	if !ok {
		return errValue
	}
	t.At, t.Values = at, []string{at.Format(time.DateOnly)}
	if t.Op == db.IsGreater && len(value) == len(time.DateOnly) && strings.Count(value, "-") == 2 {
		t.At = at.AddDate(0, 0, 1)
	}
	return nil
}
