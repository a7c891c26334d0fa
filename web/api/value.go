package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The types of input fields accept what clients of these APIs really send: numbers as text, objects as text in a
// multipart body, and empty text or null for an absent value.

// ID is a number, or a number as text. Present reports whether the key was sent, Set whether it had a value.
type ID struct {
	Present bool
	Set     bool
	Value   int64
}

// UnmarshalJSON accepts 7, "7", 7.0, null and "".
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

// Ptr returns the number, or nil if it is absent or 0: no object has the id 0, and clients send it for none. A negative
// number is an id that nobody has.
func (v ID) Ptr() *int64 {
	if !v.Set || v.Value == 0 {
		return nil
	}
	return &v.Value
}

// Text is text. A number or a boolean becomes the text of its JSON.
type Text struct {
	// Present reports whether the key was sent, with null or a value.
	Present bool
	// Set reports whether the key was sent with a value other than null; "" is a value.
	Set   bool
	Value string
}

// UnmarshalJSON accepts "a", 7, true and null.
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

// Ptr returns the text, or nil if it is absent or empty.
func (v Text) Ptr() *string {
	if v.Value == "" {
		return nil
	}
	return &v.Value
}

// Given returns the text, which may be empty, or nil if it is absent: for updates that may clear a field.
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

// UnmarshalJSON accepts true, "true", "1", 1, "on" and their opposites, null and "".
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

// Ptr returns the value, or nil if it is absent.
func (v Bool) Ptr() *bool {
	if !v.Set {
		return nil
	}
	return &v.Value
}

// Or returns the value, or otherwise if it is absent.
func (v Bool) Or(otherwise bool) bool {
	if !v.Set {
		return otherwise
	}
	return v.Value
}

// Object is a JSON object, or one as text. Other text is the empty object, as the contract wants, and so is an empty
// list, which PHP sends for an empty object. It is nil if absent. A jsonb column accepts it.
type Object json.RawMessage

// UnmarshalJSON accepts {…}, "{…}", [], null and "".
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

// storable rewrites JSON so that a jsonb column accepts it: unpaired surrogates become the replacement character. It
// refuses numbers that are out of range.
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

// Strings is a list of texts, or one text. Present reports whether the key was sent.
type Strings struct {
	Present bool
	Values  []string
}

// UnmarshalJSON accepts ["a"], "a", "[\"a\"]", null and "".
func (v *Strings) UnmarshalJSON(raw []byte) error {
	*v = Strings{Present: true, Values: []string{}}
	items, err := list(raw)
	if errors.As(err, new(Failure)) {
		return err
	}
	if err != nil {
		return typeError[Strings](raw)
	}
	for i, item := range items {
		var t Text
		if err := t.UnmarshalJSON(item); err != nil {
			return elementError[Text](i, item)
		}
		if t.Value != "" {
			v.Values = append(v.Values, t.Value)
		}
	}
	return nil
}

// IDs is a list of numbers, or one number. Present reports whether the key was sent.
type IDs struct {
	Present bool
	Values  []int64
}

// UnmarshalJSON accepts [7], ["7"], 7, "[7]", null and "".
func (v *IDs) UnmarshalJSON(raw []byte) error {
	*v = IDs{Present: true, Values: []int64{}}
	items, err := list(raw)
	if errors.As(err, new(Failure)) {
		return err
	}
	if err != nil {
		return typeError[IDs](raw)
	}
	for i, item := range items {
		var n ID
		if err := n.UnmarshalJSON(item); err != nil {
			return elementError[ID](i, item)
		}
		if n.Set {
			v.Values = append(v.Values, n.Value)
		}
	}
	return nil
}

// Some returns the ids without 0, which clients send in a query for none.
func (v IDs) Some() []int64 {
	return slices.DeleteFunc(slices.Clone(v.Values), func(id int64) bool { return id == 0 })
}

// KnownIDs is IDs for an endpoint that says itself what an unknown id leads to: an element that is no id is 0, which no
// object has.
type KnownIDs struct{ IDs }

// UnmarshalJSON accepts what IDs accepts, and any other element.
func (v *KnownIDs) UnmarshalJSON(raw []byte) error {
	v.IDs = IDs{Present: true, Values: []int64{}}
	items, err := list(raw)
	if errors.As(err, new(Failure)) {
		return err
	}
	if err != nil {
		return typeError[IDs](raw)
	}
	for _, item := range items {
		var n ID
		if err := n.UnmarshalJSON(item); err != nil {
			n = ID{Set: true}
		}
		if n.Set {
			v.Values = append(v.Values, n.Value)
		}
	}
	return nil
}

// list reads one value as a list of one, and text that holds a JSON list as that list. PHP and n8n send a list in a form
// or a query as a[0]=x&a[1]=y, which arrives as an object with the keys "0", "1" and so on.
func list(raw []byte) ([]json.RawMessage, error) {
	var items []json.RawMessage
	if raw[0] == '[' {
		if err := json.Unmarshal(raw, &items); err != nil {
			return nil, err
		}
		if len(items) > maxItems { // of a form: checkItems has counted those of JSON
			return nil, errTooManyItems()
		}
		return items, nil
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
		if len(items) > maxItems {
			return nil, errTooManyItems()
		}
		return items, nil
	}
	return []json.RawMessage{raw}, nil
}

// Time is Unix seconds, as a number or text, or an ISO 8601 time.
type Time struct {
	Set   bool
	Value time.Time
}

// UnmarshalJSON accepts 1795168931, "1795168931", "2026-11-20T10:02:11Z", null and "".
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

// Ptr returns the time, or nil if it is absent.
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
	layouts := [...]string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", time.DateOnly}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// unquote returns a JSON literal without its quotes. It leaves escapes alone, because numbers and booleans have none.
func unquote(raw []byte) string { return strings.TrimSpace(strings.Trim(string(raw), `"`)) }

func typeError[T any](raw []byte) error {
	return &json.UnmarshalTypeError{Value: valueName(raw), Type: typeOf[T]()}
}

// element marks an error about one element of a list of T; the error's Offset is the element's index.
type element[T any] struct{}

// maxShown is how much of a wrong element an error shows.
const maxShown = 60

// elementError is typeError for the element of a list at an index.
func elementError[T any](i int, raw []byte) error {
	shown := []rune(string(bytes.ToValidUTF8(raw, nil)))
	if len(shown) > maxShown {
		shown = append(shown[:maxShown], '…')
	}
	return &json.UnmarshalTypeError{Value: string(shown), Type: typeOf[element[T]](), Offset: int64(i)}
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
