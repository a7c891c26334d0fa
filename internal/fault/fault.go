// Package fault holds the kinds of errors that all packages understand: not found, forbidden, already done, and
// invalid input, by field. Anything else is a bug or an outage: it is logged, and never shown. web and web/api map
// these kinds to status codes.
//
// Not here: HTTP.
package fault

import (
	"errors"
	"sort"
	"strings"
)

// NotFound means that something does not exist, or that the caller may not know of it. Reads return pgx.ErrNoRows,
// which means the same.
var NotFound = errors.New("not found")

// Found returns NotFound for a change of n rows that changed none.
func Found(n int64, err error) error {
	if err == nil && n == 0 {
		return NotFound
	}
	return err
}

// Forbidden means that the caller may not do this.
var Forbidden = errors.New("not allowed")

// Duplicate means that this was done before, such as a mail that was delivered twice.
var Duplicate = errors.New("already done")

// Busy is a thing for which too many are waiting already; trying again in a moment helps.
var Busy = errors.New("too much at once")

// Fields is invalid input: field name → a sentence for people. The field "" is about the whole.
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
