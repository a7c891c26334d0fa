// Package fault holds the kinds of error that everyone understands: what was not found, what is not allowed,
// what happened already, and input that is wrong, by field. Anything else is a bug or an outage: logged, and
// never shown. A surface (web, web/api) maps kinds to status codes; nothing here knows HTTP.
package fault

import (
	"errors"
	"sort"
	"strings"
)

// NotFound is a thing that does not exist, or that the caller may not know of. Reads let pgx.ErrNoRows through,
// which means the same.
var NotFound = errors.New("not found")

// Found is NotFound for a change of n rows that met none.
func Found(n int64, err error) error {
	if err == nil && n == 0 {
		return NotFound
	}
	return err
}

// Forbidden is a thing that the caller may see but not do.
var Forbidden = errors.New("not allowed")

// Duplicate is a thing that was done before, such as a mail that was delivered twice.
var Duplicate = errors.New("already done")

// Busy is a thing for which too many are waiting already; trying again in a moment helps.
var Busy = errors.New("too much at once")

// Fields is input that is wrong: field name → a sentence that a person can read. The field "" is about the whole.
type Fields map[string]string

// Field is Fields with one entry.
func Field(name, sentence string) Fields { return Fields{name: sentence} }

func (f Fields) Error() string {
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	sort.Strings(names)
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = f[name]
	}
	return strings.Join(parts, ", ")
}

// In returns the Fields in err's chain, or nil.
func In(err error) Fields {
	var f Fields
	if errors.As(err, &f) {
		return f
	}
	return nil
}
