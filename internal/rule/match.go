package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
)

// Match reports whether s meets the conditions. A condition is joined to the next by its query operator; and binds
// more tightly than or, as in SQL. Without conditions any subject matches.
func Match(conditions []Condition, s Subject, now time.Time) bool {
	if len(conditions) == 0 {
		return true
	}
	all := true
	for _, c := range conditions {
		all = all && c.match(s, now)
		if strings.EqualFold(c.Query, "or") {
			if all {
				return true
			}
			all = true
		}
	}
	return all
}

func (c Condition) match(s Subject, now time.Time) bool {
	if c.Operator == "attribute_changed" {
		return c.changed(s)
	}
	have := values(c, s)
	want := texts(c.Values)
	if c.Key == "status" && slices.Contains(want, "all") {
		return c.Operator == "equal_to"
	}
	// "nil" stands for no value where a person chooses from a list.
	if len(have) == 0 && slices.Contains(want, "nil") {
		return c.Operator == "equal_to"
	}
	o, ok := FindOperator(c.Operator)
	return ok && o.holds(c, have, want, now)
}

func not(holds func(Condition, []string, []string, time.Time) bool) func(Condition, []string, []string, time.Time) bool {
	return func(c Condition, have, want []string, now time.Time) bool { return !holds(c, have, want, now) }
}

func equal(c Condition, have, want []string, _ time.Time) bool { return anyOf(have, want, c.same) }

func contains(c Condition, have, want []string, _ time.Time) bool { return anyOf(have, want, c.within) }

func isPresent(_ Condition, have, _ []string, _ time.Time) bool { return len(have) > 0 }

func startsWith(c Condition, have, want []string, _ time.Time) bool {
	return anyOf(have, want, func(h, w string) bool { return strings.HasPrefix(c.norm(h), c.norm(w)) })
}

func isGreater(_ Condition, have, want []string, _ time.Time) bool {
	return anyOf(have, want, func(h, w string) bool { return compareText(h, w) > 0 })
}

func isLess(_ Condition, have, want []string, _ time.Time) bool {
	return anyOf(have, want, func(h, w string) bool { return compareText(h, w) < 0 })
}

func isDaysBefore(_ Condition, have, want []string, now time.Time) bool {
	return anyOf(have, want, func(h, w string) bool { return daysBefore(h, w, now) })
}

func anyOf(have, want []string, ok func(h, w string) bool) bool {
	for _, h := range have {
		for _, w := range want {
			if ok(h, w) {
				return true
			}
		}
	}
	return false
}

func (c Condition) same(h, w string) bool {
	return c.norm(h) == c.norm(w)
}

// within is the contains operator: a label must be equal, a text may contain w.
func (c Condition) within(h, w string) bool {
	if c.Key == "labels" {
		return c.same(h, w)
	}
	return strings.Contains(c.norm(h), c.norm(w))
}

// norm removes what does not matter for a comparison: case, and the plus of a phone number.
func (c Condition) norm(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if c.Key == "phone_number" {
		s = strings.TrimPrefix(s, "+")
	}
	return s
}

// compareText compares as numbers, else as times, else as texts.
func compareText(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	s, okS := day(a)
	t, okT := day(b)
	if okS && okT {
		return s.Compare(t)
	}
	return strings.Compare(a, b)
}

// daysBefore reports whether the day h is more than w days ago.
func daysBefore(h, w string, now time.Time) bool {
	at, ok := day(h)
	n, err := strconv.Atoi(w)
	return ok && err == nil && at.Before(now.AddDate(0, 0, -n))
}

func day(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.000Z", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// values returns the subject's values for the condition's key: none when it is not set.
func values(c Condition, s Subject) []string {
	if kind, ok := FindCondition(c.Key); ok {
		return kind.Values(s)
	}
	switch c.Custom {
	case "contact_attribute":
		return attribute(c.Key, s.Contact.CustomAttributes)
	case "conversation_attribute":
		return attribute(c.Key, s.Conversation.CustomAttributes)
	}
	return append(attribute(c.Key, s.Conversation.CustomAttributes), attribute(c.Key, s.Contact.CustomAttributes)...)
}

// deep is the browser's data from a widget.
func deep(additional json.RawMessage) json.RawMessage {
	var in struct{ Browser json.RawMessage }
	_ = json.Unmarshal(additional, &in)
	return in.Browser
}

// attribute reads one key of a JSON object.
func attribute(key string, object json.RawMessage) []string {
	all := map[string]any{}
	if db.Decode(object, &all) != nil {
		return nil
	}
	if many, ok := all[key].([]any); ok {
		var out []string
		for _, v := range many {
			if s, ok := asText(v); ok {
				out = append(out, s)
			}
		}
		return out
	}
	s, ok := asText(all[key])
	if !ok {
		return nil
	}
	return present(s)
}

func present(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func optional(s *string) []string {
	if s == nil {
		return nil
	}
	return present(*s)
}

func number(n *int64) []string {
	if n == nil {
		return nil
	}
	return []string{strconv.FormatInt(*n, 10)}
}

// changed reports whether the event changed the key from one of some values to one of others; an empty list matches
// any.
func (c Condition) changed(s Subject) bool {
	column := c.Key
	v, moved := s.Changed[column]
	if !moved {
		return false
	}
	var want struct{ From, To json.RawMessage }
	if json.Unmarshal(c.Values, &want) != nil {
		return false
	}
	return c.among(v[0], texts(want.From)) && c.among(v[1], texts(want.To))
}

func (c Condition) among(v any, want []string) bool {
	if len(want) == 0 {
		return true
	}
	var have []string
	if many, ok := v.([]any); ok {
		for _, one := range many {
			if s, ok := asText(one); ok {
				have = append(have, s)
			}
		}
	} else if s, ok := asText(v); ok {
		have = []string{s}
	}
	return (len(have) == 0 && slices.Contains(want, "nil")) || anyOf(have, want, c.same)
}
