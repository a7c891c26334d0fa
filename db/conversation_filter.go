package db

import "strings"

// ConversationTerm is one condition of a filter of conversations: a ContactTerm on the columns of a conversation,
// which has the same custom attributes, labels and times. Whoever parses it checks that the operator fits the field.
type ConversationTerm struct {
	ContactTerm
	// IDs are the values of a field that holds a number.
	IDs []int64
}

// ConversationFields maps what conversations can be filtered by, besides custom attributes, to columns.
func ConversationFields() map[string]string {
	return map[string]string{
		"status": "c.status", "priority": "c.priority", "contact_id": "c.contact_id", "assignee_id": "c.assignee_id", "inbox_id": "c.inbox_id",
		"team_id": "c.team_id", "display_id": "c.display_id", "labels": "c.labels",
		"browser_language":      "c.additional_attributes ->> 'browser_language'",
		"conversation_language": "c.additional_attributes ->> 'conversation_language'",
		"campaign_id":           "c.additional_attributes ->> 'campaign_id'", "referer": "c.additional_attributes ->> 'referer'",
		"mail_subject": "COALESCE(NULLIF(c.subject, ''), c.additional_attributes ->> 'mail_subject')",
		"created_at":   "c.created_at", "last_activity_at": "c.last_activity_at",
	}
}

// ConversationClause makes a condition of terms, nil for no terms.
func ConversationClause(terms []ConversationTerm) *Clause { return clauseOf(terms) }

func (t ConversationTerm) sql(arg func(any) string) string {
	column := ConversationFields()[t.Field]
	switch t.Field {
	case "":
		return t.attribute(arg)
	case "labels":
		return t.labels(arg)
	case "created_at", "last_activity_at":
		return t.moment(arg)
	case "status", "priority":
		return t.enum(arg, column)
	case "contact_id", "assignee_id", "inbox_id", "team_id", "display_id":
		return t.number(arg, column)
	}
	return t.textSQL(arg, "("+column+")")
}

// enum compares with a set of values; "all" matches any.
func (t ConversationTerm) enum(arg func(any) string, column string) string {
	for _, v := range t.Values {
		if v == "all" {
			return "true"
		}
	}
	set := "(CAST(" + arg(t.Values) + "::text[] AS conversation_" + strings.TrimPrefix(column, "c.") + "[]))"
	if t.Op == EqualsNot {
		return column + " <> ALL " + set
	}
	return column + " = ANY " + set
}

// attribute compares a custom attribute with any of several values; of a contact's only the first one counts.
func (t ConversationTerm) attribute(arg func(any) string) string {
	switch t.Op {
	case Equals:
		return t.equal(arg, t.attributeText(arg), t.Values)
	case EqualsNot:
		return "NOT COALESCE(" + t.equal(arg, t.attributeText(arg), t.Values) + ", false)"
	}
	return t.ContactTerm.attribute(arg)
}

func (t ConversationTerm) number(arg func(any) string, column string) string {
	switch t.Op {
	case EqualsNot:
		return column + " <> ALL (" + arg(t.IDs) + "::bigint[])"
	case IsPresent:
		return column + " IS NOT NULL"
	case IsAbsent:
		return column + " IS NULL"
	case Contains, ContainsNot:
		return t.textSQL(arg, column+"::text")
	}
	return column + " = ANY (" + arg(t.IDs) + "::bigint[])"
}

// textSQL compares text, ignoring case: one of several, or containing any or none of them.
func (t ConversationTerm) textSQL(arg func(any) string, column string) string {
	switch t.Op {
	case EqualsNot:
		return column + " <> ALL (" + arg(t.Values) + "::text[])"
	case IsPresent:
		return column + " <> ''"
	case IsAbsent:
		return "COALESCE(" + column + ", '') = ''"
	case Contains, ContainsNot:
		return t.containing(arg, column, func(string) string { return "" })
	}
	return column + " = ANY (" + arg(t.Values) + "::text[])"
}
