package api

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// The types of input fields. They take what the clients of these APIs really send: numbers as text, objects as text
// in a multipart body, and empty text or null for what is meant to be absent.

// ID is a number, or one written as text. Present tells that the key was there, Set that it had a value.
type ID struct {
	Present bool
	Set     bool
	Value   int64
}

// UnmarshalJSON takes 7, "7", 7.0, null and "".
func (v *ID) UnmarshalJSON(raw []byte) error {
	*v = ID{Present: true}
	s := unquote(raw)
	if s == "" || s == "null" {
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		f, ferr := strconv.ParseFloat(s, 64)
		if ferr != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return typeError[ID](raw)
		}
		n = int64(f)
	}
	v.Set, v.Value = true, n
	return nil
}

// Ptr is the number, or nil where it is absent or not positive.
func (v ID) Ptr() *int64 {
	if !v.Set || v.Value <= 0 {
		return nil
	}
	return &v.Value
}

// Text is text; a number or a boolean is taken as it is written.
type Text struct {
	// Present tells that the key was there, null included.
	Present bool
	// Set tells that the key was there with a value, the empty one included.
	Set   bool
	Value string
}

// UnmarshalJSON takes "a", 7, true and null.
func (v *Text) UnmarshalJSON(raw []byte) error {
	*v = Text{Present: true}
	switch raw[0] {
	case 'n':
		return nil
	case '{', '[':
		return typeError[Text](raw)
	case '"':
		v.Set = true
		return json.Unmarshal(raw, &v.Value)
	}
	v.Set, v.Value = true, string(raw)
	return nil
}

// Ptr is the text, or nil where it is absent or empty.
func (v Text) Ptr() *string {
	if v.Value == "" {
		return nil
	}
	return &v.Value
}

// Given is the text, empty too, or nil where it is absent: for updates that may clear.
func (v Text) Given() *string {
	if !v.Set {
		return nil
	}
	return &v.Value
}

// Bool is true or false, also as text or 0 and 1.
type Bool struct {
	Set   bool
	Value bool
}

// UnmarshalJSON takes true, "true", "1", 1, "on" and their opposites, null and "".
func (v *Bool) UnmarshalJSON(raw []byte) error {
	*v = Bool{}
	switch strings.ToLower(unquote(raw)) {
	case "", "null":
	case "true", "1", "on", "yes", "t":
		*v = Bool{true, true}
	case "false", "0", "off", "no", "f":
		*v = Bool{true, false}
	default:
		return typeError[Bool](raw)
	}
	return nil
}

// Ptr is the value, or nil where it is absent.
func (v Bool) Ptr() *bool {
	if !v.Set {
		return nil
	}
	return &v.Value
}

// Or is the value, or what it is when absent.
func (v Bool) Or(otherwise bool) bool {
	if !v.Set {
		return otherwise
	}
	return v.Value
}

// Object is a JSON object, also written as text. Text that is no object is the empty one, as the contract wants, and so
// is an empty list, which PHP writes for an empty object. Nil where absent. It holds nothing that a jsonb column would
// refuse.
type Object json.RawMessage

// UnmarshalJSON takes {…}, "{…}", [], null and "".
func (v *Object) UnmarshalJSON(raw []byte) error {
	*v = nil
	if raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		if strings.TrimSpace(s) == "" {
			return nil
		}
		raw = []byte(strings.TrimSpace(s))
		if raw[0] != '{' || checkJSON(raw) != nil {
			*v = Object("{}")
			return nil
		}
	}
	if raw[0] == 'n' {
		return nil
	}
	if raw[0] == '[' && len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0 {
		*v = Object("{}")
		return nil
	}
	if raw[0] != '{' {
		return typeError[Object](raw)
	}
	clean, err := storable(raw)
	if err != nil {
		return typeError[Object](raw)
	}
	*v = clean
	return nil
}

// MarshalJSON writes the object as it is.
func (v Object) MarshalJSON() ([]byte, error) {
	if v == nil {
		return []byte("null"), nil
	}
	return v, nil
}

// storable writes JSON again so that a jsonb column takes it: half surrogates become the replacement character, and
// numbers beyond its range are refused.
func storable(raw []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if err := checkNumbers(v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func checkNumbers(v any) error {
	switch v := v.(type) {
	case json.Number:
		if _, err := v.Float64(); err != nil || len(v) > 400 {
			return strconv.ErrRange
		}
	case map[string]any:
		for _, inner := range v {
			if err := checkNumbers(inner); err != nil {
				return err
			}
		}
	case []any:
		for _, inner := range v {
			if err := checkNumbers(inner); err != nil {
				return err
			}
		}
	}
	return nil
}

// Strings is a list of texts, or one text. Present tells that the key was there.
type Strings struct {
	Present bool
	Values  []string
}

// UnmarshalJSON takes ["a"], "a", "[\"a\"]", null and "".
func (v *Strings) UnmarshalJSON(raw []byte) error {
	*v = Strings{Present: true, Values: []string{}}
	items, err := list(raw)
	if err != nil {
		return typeError[Strings](raw)
	}
	for _, item := range items {
		var t Text
		if err := t.UnmarshalJSON(item); err != nil {
			return typeError[Strings](raw)
		}
		if t.Value != "" {
			v.Values = append(v.Values, t.Value)
		}
	}
	return nil
}

// IDs is a list of numbers, or one. Present tells that the key was there.
type IDs struct {
	Present bool
	Values  []int64
}

// UnmarshalJSON takes [7], ["7"], 7, "[7]", null and "".
func (v *IDs) UnmarshalJSON(raw []byte) error {
	*v = IDs{Present: true, Values: []int64{}}
	items, err := list(raw)
	if err != nil {
		return typeError[IDs](raw)
	}
	for _, item := range items {
		var n ID
		if err := n.UnmarshalJSON(item); err != nil {
			return typeError[IDs](raw)
		}
		if n.Set {
			v.Values = append(v.Values, n.Value)
		}
	}
	return nil
}

// list takes one value for a list of one, and a text that is a JSON list for that list. PHP and n8n write a list into a
// form or a query as a[0]=x&a[1]=y, which is an object with the numbers from 0 for keys.
func list(raw []byte) ([]json.RawMessage, error) {
	var items []json.RawMessage
	if raw[0] == '[' {
		return items, json.Unmarshal(raw, &items)
	}
	if raw[0] == '{' {
		var numbered map[string]json.RawMessage
		if err := json.Unmarshal(raw, &numbered); err != nil {
			return nil, err
		}
		for i := range len(numbered) {
			item, there := numbered[strconv.Itoa(i)]
			if !there {
				return nil, strconv.ErrSyntax
			}
			items = append(items, item)
		}
		return items, nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil && strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &items) == nil {
		return items, nil
	}
	return []json.RawMessage{raw}, nil
}

// Time is Unix seconds, also as text, or an ISO 8601 time.
type Time struct {
	Set   bool
	Value time.Time
}

// UnmarshalJSON takes 1795168931, "1795168931", "2026-11-20T10:02:11Z", null and "".
func (v *Time) UnmarshalJSON(raw []byte) error {
	*v = Time{}
	s := unquote(raw)
	if s == "" || s == "null" {
		return nil
	}
	if t, ok := ParseTime(s); ok {
		*v = Time{true, t}
		return nil
	}
	return typeError[Time](raw)
}

// Ptr is the time, or nil where it is absent.
func (v Time) Ptr() *time.Time {
	if !v.Set {
		return nil
	}
	return &v.Value
}

// ParseTime reads Unix seconds or an ISO 8601 time between the years 1 and 9999.
func ParseTime(s string) (time.Time, bool) {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if math.IsNaN(n) || math.Abs(n) > 2e11 {
			return time.Time{}, false
		}
		return time.UnixMicro(int64(n * 1e6)).UTC(), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// unquote is a JSON literal without its quotes; escapes are not undone, because no number has any.
func unquote(raw []byte) string { return strings.TrimSpace(strings.Trim(string(raw), `"`)) }

func typeError[T any](raw []byte) error {
	return &json.UnmarshalTypeError{Value: valueName(raw), Type: typeOf[T]()}
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

func valueName(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "text"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
