package rule

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
)

// Match tells whether s is what the conditions ask for. A line is joined to the next by its query operator; and binds
// more than or, as in SQL. No conditions ask for nothing: any subject will do.
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
	// "nil" stands for nothing where a person chooses from a list.
	if len(have) == 0 && slices.Contains(want, "nil") {
		return c.Operator == "equal_to"
	}
	switch c.Operator {
	case "equal_to":
		return anyOf(have, want, c.same)
	case "not_equal_to":
		return !anyOf(have, want, c.same)
	case "contains":
		return anyOf(have, want, c.within)
	case "does_not_contain":
		return !anyOf(have, want, c.within)
	case "is_present":
		return len(have) > 0
	case "is_not_present":
		return len(have) == 0
	case "starts_with":
		return anyOf(have, want, func(h, w string) bool { return strings.HasPrefix(c.norm(h), c.norm(w)) })
	case "is_greater_than":
		return anyOf(have, want, func(h, w string) bool { return order(h, w) > 0 })
	case "is_less_than":
		return anyOf(have, want, func(h, w string) bool { return order(h, w) < 0 })
	case "days_before":
		return anyOf(have, want, func(h, w string) bool { return daysBefore(h, w, now) })
	}
	return false
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

// within is contains; a label is contained whole, a text by a part.
func (c Condition) within(h, w string) bool {
	if c.Key == "labels" {
		return c.same(h, w)
	}
	return strings.Contains(c.norm(h), c.norm(w))
}

// norm takes away what does not matter: case, and the plus of a phone number.
func (c Condition) norm(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if c.Key == "phone_number" {
		s = strings.TrimPrefix(s, "+")
	}
	return s
}

// order compares as numbers, else as times, else as texts.
func order(a, b string) int {
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

// daysBefore tells whether the day h lies more than w days back.
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

// values are what the subject has under the condition's key: none when it is not set.
func values(c Condition, s Subject) []string {
	v := s.Conversation
	switch c.Key {
	case "content":
		if s.Message != nil {
			return present(s.Message.Text())
		}
		return nil
	case "message_type":
		if s.Message != nil {
			return []string{string(s.Message.Kind)}
		}
		return nil
	case "private_note":
		if s.Message != nil {
			return []string{strconv.FormatBool(s.Message.Private)}
		}
		return nil
	case "status":
		return []string{string(v.Status)}
	case "priority":
		if v.Priority != nil {
			return []string{string(*v.Priority)}
		}
		return nil
	case "labels":
		return v.Labels
	case "inbox_id":
		return number(&v.InboxID)
	case "assignee_id":
		return number(v.AssigneeID)
	case "team_id":
		return number(v.TeamID)
	case "display_id":
		return number(&v.DisplayID)
	case "email":
		return optional(s.Contact.Email)
	case "phone_number":
		return optional(s.Contact.PhoneNumber)
	case "identifier":
		return optional(s.Contact.Identifier)
	case "name":
		return present(s.Contact.Name)
	case "country_code", "city", "company_name", "company":
		return attribute(c.Key, s.Contact.AdditionalAttributes)
	case "browser_language", "conversation_language", "referer", "mail_subject":
		return fromConversation(c.Key, s)
	}
	switch c.Custom {
	case "contact_attribute":
		return attribute(c.Key, s.Contact.CustomAttributes)
	case "conversation_attribute":
		return attribute(c.Key, v.CustomAttributes)
	}
	return append(attribute(c.Key, v.CustomAttributes), attribute(c.Key, s.Contact.CustomAttributes)...)
}

// fromConversation reads what the channel noted about the conversation; the browser's language lies deeper.
func fromConversation(key string, s Subject) []string {
	if key == "mail_subject" && s.Conversation.Subject != "" {
		return []string{s.Conversation.Subject}
	}
	if found := attribute(key, s.Conversation.AdditionalAttributes); len(found) > 0 || key != "browser_language" {
		return found
	}
	var deep struct{ Browser json.RawMessage }
	_ = json.Unmarshal(s.Conversation.AdditionalAttributes, &deep)
	return attribute(key, deep.Browser)
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

// changed tells whether the event moved the key from one of some values to one of others; an empty list is any.
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
