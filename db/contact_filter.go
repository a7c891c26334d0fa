package db

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// ContactTerm is one condition of a filter of contacts. Whoever parses it checks that the operator fits the field.
type ContactTerm struct {
	// Field is one of ContactFields, or empty for the custom attribute Attribute.
	Field     string
	Attribute string
	// Kind is how a custom attribute is compared.
	Kind   AttributeType
	Op     FilterOp
	Values []string
	// At is the time to compare with.
	At time.Time
	// Or joins the term to the next by OR; otherwise it is AND, which binds tighter.
	Or bool
}

// FilterOp is how a term compares.
type FilterOp int

// The operators.
const (
	Equals FilterOp = iota
	EqualsNot
	Contains
	ContainsNot
	StartsWith
	IsPresent
	IsAbsent
	IsGreater
	IsLess
)

// ContactFields maps what contacts can be filtered by, besides custom attributes, to columns.
func ContactFields() map[string]string {
	return map[string]string{
		"name": "c.name", "email": "c.email", "phone_number": "c.phone_number", "identifier": "c.identifier",
		"city": "c.additional_attributes ->> 'city'", "company_name": "c.additional_attributes ->> 'company_name'",
		"country_code": "c.additional_attributes ->> 'country_code'", "blocked": "c.blocked", "labels": "c.labels",
		"created_at": "c.created_at", "last_activity_at": "c.last_activity_at",
	}
}

// ContactClause makes a condition of terms, nil for no terms.
func ContactClause(terms []ContactTerm) *Clause { return clauseOf(terms) }

// filterTerm is one condition of a filter, of contacts or of conversations.
type filterTerm interface {
	sql(arg func(any) string) string
	or() bool
}

// clauseOf joins terms, nil for no terms.
func clauseOf[T filterTerm](terms []T) *Clause {
	if len(terms) == 0 {
		return nil
	}
	return &Clause{
		text: fmt.Sprintf("%+v", terms),
		sql: func(arg func(any) string) string {
			var s strings.Builder
			for i, t := range terms {
				s.WriteString("(" + t.sql(arg) + ")")
				switch {
				case i == len(terms)-1:
				case t.or():
					s.WriteString(" OR ")
				default:
					s.WriteString(" AND ")
				}
			}
			return s.String()
		},
	}
}

func (t ContactTerm) or() bool { return t.Or }

func (t ContactTerm) sql(arg func(any) string) string {
	switch t.Field {
	case "":
		return t.attribute(arg)
	case "labels":
		return t.labels(arg)
	case "blocked":
		is := arg(t.value() == "true") + "::bool"
		if t.Op == EqualsNot {
			return "c.blocked <> " + is
		}
		return "c.blocked = " + is
	case "created_at", "last_activity_at":
		return t.moment(arg)
	case "phone_number":
		return t.phone(arg)
	}
	return t.text(arg, ContactFields()[t.Field])
}

func (t ContactTerm) value() string {
	if len(t.Values) == 0 {
		return ""
	}
	return t.Values[0]
}

// text compares ignoring case. The condition on the index's expression comes first where it narrows: the index has no
// single column.
func (t ContactTerm) text(arg func(any) string, column string) string {
	narrow := func(pattern string) string {
		if strings.HasPrefix(column, "c.additional") {
			return ""
		}
		return contactSearchText + " ILIKE " + pattern + " AND "
	}
	switch t.Op {
	case EqualsNot:
		return "lower(" + column + ") <> lower(" + arg(t.value()) + "::text)"
	case Contains, ContainsNot:
		return t.containing(arg, column, narrow)
	case StartsWith:
		return column + " ILIKE " + arg(strings.TrimPrefix(Containing(t.value()), "%")) + "::text"
	case IsPresent:
		return column + " <> ''"
	case IsAbsent:
		return "COALESCE(" + column + ", '') = ''"
	}
	value := arg(t.value()) + "::text"
	same := "lower(" + column + ") = lower(" + value + ")"
	switch column {
	case "c.email": // kept in lower case: its own index
		return column + " = lower(" + value + ")"
	case "c.identifier":
		return column + " = " + value + " OR (" + narrow(arg(Containing(t.value()))+"::text") + same + ")"
	}
	return same
}

// containing compares with all values by one parameter: PostgreSQL plans each ILIKE by itself, which costs seconds for
// a thousand.
func (t ContactTerm) containing(arg func(any) string, column string, narrow func(string) string) string {
	patterns := make([]string, len(t.Values))
	for i, v := range t.Values {
		patterns[i] = Containing(v)
	}
	list := "(" + arg(patterns) + "::text[])"
	if t.Op == ContainsNot {
		return column + " NOT ILIKE ALL " + list
	}
	return narrow("ANY "+list) + column + " ILIKE ANY " + list
}

// phone compares a number with or without its plus.
func (t ContactTerm) phone(arg func(any) string) string {
	column := "c.phone_number"
	if t.Op == Equals || t.Op == EqualsNot || t.Op == StartsWith {
		t.Values = []string{"+" + strings.TrimLeft(strings.TrimSpace(t.value()), "+")}
	}
	switch t.Op {
	case Equals:
		return column + " = " + arg(t.value()) + "::text"
	case EqualsNot:
		return column + " <> " + arg(t.value()) + "::text"
	}
	return t.text(arg, column)
}

func (t ContactTerm) labels(arg func(any) string) string {
	switch t.Op {
	case EqualsNot:
		return "NOT c.labels && " + arg(t.Values) + "::text[]"
	case IsPresent:
		return "c.labels <> '{}'"
	case IsAbsent:
		return "c.labels = '{}'"
	}
	return "c.labels <> '{}' AND c.labels && " + arg(t.Values) + "::text[]"
}

func (t ContactTerm) moment(arg func(any) string) string {
	if t.Op == IsGreater {
		return ContactFields()[t.Field] + " >= " + arg(t.At) + "::timestamptz"
	}
	return ContactFields()[t.Field] + " < " + arg(t.At) + "::timestamptz"
}

// attributeText is the value of the custom attribute as text.
func (t ContactTerm) attributeText(arg func(any) string) string {
	return "(c.custom_attributes ->> " + arg(t.Attribute) + "::text)"
}

// attribute compares a custom attribute: numbers as numbers, dates by their ISO text, anything else ignoring case.
func (t ContactTerm) attribute(arg func(any) string) string {
	at, first := t.attributeText(arg), []string{t.value()}
	switch t.Op {
	case IsPresent:
		return "COALESCE(" + at + ", '') <> ''"
	case IsAbsent:
		return "COALESCE(" + at + ", '') = ''"
	case EqualsNot:
		return "NOT COALESCE(" + t.equal(arg, at, first) + ", false)"
	case Contains, ContainsNot:
		return t.containing(arg, at, func(string) string { return "" })
	case IsGreater, IsLess:
		sign := " < "
		if t.Op == IsGreater {
			sign = " > "
		}
		if t.Kind == AttributeTypeDate {
			return "left(" + at + ", 10)" + sign + arg(t.value()) + "::text"
		}
		return asNumber(at) + sign + arg(t.value()) + "::text::numeric"
	}
	return t.equal(arg, at, first)
}

// decimal is a number as jsonb writes it.
const decimal = `^-?\d{1,30}(\.\d{1,30})?$`

var decimalPattern = regexp.MustCompile(decimal)

// asNumber is a text's number, or null if it is none.
func asNumber(at string) string {
	return "(CASE WHEN " + at + " ~ '" + decimal + "' THEN " + at + "::numeric END)"
}

// equal compares with any of values. 42.0 and 42 are equal where the attribute holds numbers.
func (t ContactTerm) equal(arg func(any) string, at string, values []string) string {
	var numbers, texts []string
	for _, v := range values {
		switch t.Kind {
		case AttributeTypeNumber, AttributeTypeCurrency, AttributeTypePercent:
			if decimalPattern.MatchString(v) {
				numbers = append(numbers, v)
				continue
			}
		}
		texts = append(texts, v)
	}
	var either []string
	if len(numbers) > 0 {
		either = append(either, asNumber(at)+" = ANY ("+arg(numbers)+"::text[]::numeric[])")
	}
	if len(texts) > 0 {
		either = append(either, "lower("+at+") IN (SELECT lower(v) FROM unnest("+arg(texts)+"::text[]) AS v)")
	}
	return "(" + strings.Join(either, " OR ") + ")"
}
