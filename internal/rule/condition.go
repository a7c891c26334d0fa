package rule

import (
	"slices"
	"strconv"
	"time"
)

// ConditionType is one kind of condition. The API's validation, the editor of rules and Match all read this one row.
// An account's custom attributes are conditions, too.
type ConditionType struct {
	// Key is its name in the API and in the database.
	Key string
	// Field is the input that an editor shows.
	Field Field
	// Group is the part of the menu that it stands in; empty for one that old rules have and that is no longer
	// offered.
	Group string
	// Label is its name on a page.
	Label string
	// Values returns a subject's values; none when it is not set.
	Values func(Subject) []string
	// Tracked is true if events hold the values before and after a change, so that attribute_changed can be used.
	Tracked bool
}

// The groups of the menu.
const (
	GroupMessage      = "Message"
	GroupConversation = "Conversation"
	GroupContact      = "Contact"
)

// ConditionTypes lists the kinds of conditions in the order in which the editor offers them.
func ConditionTypes() []ConditionType {
	return []ConditionType{
		{"content", FieldText, GroupMessage, "Message text", messageText, false},
		{"message_type", FieldDirection, GroupMessage, "Message is", messageKind, false},
		{"private_note", FieldYesNo, GroupMessage, "Message is a note", messagePrivate, false},
		{"status", FieldStatus, GroupConversation, "Status", status, true},
		{"priority", FieldPriority, GroupConversation, "Priority", priority, true},
		{"assignee_id", FieldAgent, GroupConversation, "Assignee", assignee, true},
		{"team_id", FieldTeam, GroupConversation, "Team", team, true},
		{"inbox_id", FieldInbox, GroupConversation, "Inbox", inbox, false},
		{"labels", FieldLabels, GroupConversation, "Labels", labels, true},
		{"mail_subject", FieldText, GroupConversation, "Subject", mailSubject, false},
		{"conversation_language", FieldText, GroupConversation, "Language", conversationAttribute("conversation_language"), false},
		{"browser_language", FieldText, GroupConversation, "Browser language", browserLanguage, false},
		{"referer", FieldText, GroupConversation, "Came from page", conversationAttribute("referer"), false},
		{"display_id", FieldText, GroupConversation, "Conversation number", displayID, false},
		{"name", FieldText, GroupContact, "Contact's name", contactName, false},
		{"email", FieldText, GroupContact, "Contact's email", contactEmail, false},
		{"phone_number", FieldText, GroupContact, "Contact's phone", contactPhone, false},
		{"identifier", FieldText, GroupContact, "Contact's identifier", contactIdentifier, false},
		{"city", FieldText, GroupContact, "Contact's city", contactAttribute("city"), false},
		{"country_code", FieldText, GroupContact, "Contact's country", contactAttribute("country_code"), false},
		{"company_name", FieldText, GroupContact, "Contact's company", contactAttribute("company_name"), false},
		{"company", FieldText, "", "Contact's company (old name)", contactAttribute("company"), false},
	}
}

// FindCondition finds a kind of condition by its key.
func FindCondition(key string) (ConditionType, bool) {
	all := ConditionTypes()
	i := slices.IndexFunc(all, func(c ConditionType) bool { return c.Key == key })
	if i < 0 {
		return ConditionType{}, false
	}
	return all[i], true
}

// Operator compares a subject's values with a condition's: its name in the API, and on a page.
type Operator struct {
	Name  string
	Label string
	// holds compares; nil for attribute_changed, which looks at the event.
	holds func(c Condition, have, want []string, now time.Time) bool
}

// Operators lists the operators of conditions.
func Operators() []Operator {
	return []Operator{
		{"equal_to", "is", equal},
		{"not_equal_to", "is not", not(equal)},
		{"contains", "contains", contains},
		{"does_not_contain", "does not contain", not(contains)},
		{"starts_with", "starts with", startsWith},
		{"is_present", "is set", isPresent},
		{"is_not_present", "is not set", not(isPresent)},
		{"is_greater_than", "is more than", isGreater},
		{"is_less_than", "is less than", isLess},
		{"days_before", "is more days ago than", isDaysBefore},
		{"attribute_changed", "changed", nil},
	}
}

// FindOperator finds an operator by its name.
func FindOperator(name string) (Operator, bool) {
	all := Operators()
	i := slices.IndexFunc(all, func(o Operator) bool { return o.Name == name })
	if i < 0 {
		return Operator{}, false
	}
	return all[i], true
}

// Event is a kind of event that can start a rule: its name in the API, and on a page.
type Event struct{ Name, Label string }

// Events lists the events that can start a rule.
func Events() []Event {
	return []Event{
		{"conversation_created", "A conversation begins"},
		{"message_created", "A message is sent or received"},
		{"conversation_updated", "A conversation changes"},
		{"conversation_opened", "A conversation is opened"},
		{"conversation_resolved", "A conversation is resolved"},
	}
}

// EventNames are the names alone.
func EventNames() (names []string) {
	for _, e := range Events() {
		names = append(names, e.Name)
	}
	return names
}

// FindEvent finds an event by its name.
func FindEvent(name string) (Event, bool) {
	all := Events()
	i := slices.IndexFunc(all, func(e Event) bool { return e.Name == name })
	if i < 0 {
		return Event{}, false
	}
	return all[i], true
}

func messageText(s Subject) []string {
	if s.Message == nil {
		return nil
	}
	return present(s.Message.Text())
}

func messageKind(s Subject) []string {
	if s.Message == nil {
		return nil
	}
	return []string{string(s.Message.Kind)}
}

func messagePrivate(s Subject) []string {
	if s.Message == nil {
		return nil
	}
	return []string{strconv.FormatBool(s.Message.Private)}
}

func status(s Subject) []string { return []string{string(s.Conversation.Status)} }

func priority(s Subject) []string {
	if s.Conversation.Priority == nil {
		return nil
	}
	return []string{string(*s.Conversation.Priority)}
}

func assignee(s Subject) []string  { return number(s.Conversation.AssigneeID) }
func team(s Subject) []string      { return number(s.Conversation.TeamID) }
func inbox(s Subject) []string     { return number(&s.Conversation.InboxID) }
func labels(s Subject) []string    { return s.Conversation.Labels }
func displayID(s Subject) []string { return number(&s.Conversation.DisplayID) }

// mailSubject is the conversation's subject, or the one that an importing program stored.
func mailSubject(s Subject) []string {
	if s.Conversation.Subject != "" {
		return []string{s.Conversation.Subject}
	}
	return attribute("mail_subject", s.Conversation.AdditionalAttributes)
}

// browserLanguage looks in the additional attributes and in the browser's data from a widget.
func browserLanguage(s Subject) []string {
	const key = "browser_language"
	if found := attribute(key, s.Conversation.AdditionalAttributes); len(found) > 0 {
		return found
	}
	return attribute(key, deep(s.Conversation.AdditionalAttributes))
}

func contactName(s Subject) []string       { return present(s.Contact.Name) }
func contactEmail(s Subject) []string      { return optional(s.Contact.Email) }
func contactPhone(s Subject) []string      { return optional(s.Contact.PhoneNumber) }
func contactIdentifier(s Subject) []string { return optional(s.Contact.Identifier) }

func conversationAttribute(key string) func(Subject) []string {
	return func(s Subject) []string { return attribute(key, s.Conversation.AdditionalAttributes) }
}

func contactAttribute(key string) func(Subject) []string {
	return func(s Subject) []string { return attribute(key, s.Contact.AdditionalAttributes) }
}
