package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

// Paths below the prefixes of the dialects.
const (
	one    = "/{conversation}"
	thread = one + "/messages"
)

// object is JSON of any shape.
type object = map[string]any

// names are all keys of a value, at any depth, but for what is in free objects.
func names(v any) (all []string) {
	switch v := v.(type) {
	case object:
		for name, inner := range v {
			all = append(all, name)
			if !strings.HasSuffix(name, "_attributes") {
				all = append(all, names(inner)...)
			}
		}
	case []any:
		for _, inner := range v {
			all = append(all, names(inner)...)
		}
	}
	return all
}

// status sends a request as one of the callers and returns the status.
func (f fixture) status(who apitest.Caller, method, path, body string, headers ...string) int {
	f.t.Helper()
	return f.w.Do(f.t, who, method, path, body, headers...).Code
}

// paged has a conversation whose messages do not fit into one page.
func paged(t *testing.T, n int) fixture {
	b := newFixture(t)
	for i := range n {
		dbtest.Message(t, b.w.Server.Pool, b.w.Conversation, fmt.Sprint("m", i))
	}
	return b
}
