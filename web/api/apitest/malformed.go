package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/openapi"
)

// Malformed sends n requests that no client should send to the routes of a dialect, and fails for every 5xx: whatever a
// client sends, the mistake is the client's. The names of fields and parameters are those of the dialect's document, so
// most requests reach the code that reads values. newFixture makes the fixture; it is called now and then, because the requests
// may destroy what is in one. Runs with the same seed send the same requests.
func Malformed(t *testing.T, table []api.Route, newFixture func() *Fixture, n int, seed uint64, callers ...Caller) {
	t.Helper()
	m := mangler{Rand: rand.New(rand.NewPCG(seed, 9))}
	var w *Fixture
	seen := map[int]int{}
	for i := range n {
		if i%(n/5) == 0 {
			w = newFixture()
			w.Server.Careless = true
		}
		route := table[m.IntN(len(table))]
		op := operation(route)
		path, body, kind := w.Fill(m.path(route.Path, w))+m.query(op), m.body(op, w), m.kind()
		if strings.HasSuffix(route.Path, "/events") {
			kind = "application/json" // with text/html this is a stream, which does not end
		}
		token := w.Tokens[callers[m.IntN(len(callers))]]
		got := w.Server.Do(t, token, route.Method, path, body,
			"Content-Type", kind, "Idempotency-Key", m.pick("", "", "k", "\x01"))
		if seen[got.Code]++; got.Code >= 500 {
			t.Errorf("%d: %s %s %s\n%s: %.300s\n%s", i, route.Method, path, kind, body, got.Body, got.Header())
		}
	}
	// Requests that are refused early test nothing.
	if inside := n - seen[401] - seen[404]; inside < n/3 || seen[200]+seen[201]+seen[202]+seen[204] < n/20 {
		t.Errorf("only %d of %d requests reached a handler: %v", inside, n, seen)
	}
	t.Logf("by status: %v", seen)
}

// operation returns the operation of a route in the documents, or nil.
func operation(r api.Route) *openapi3.Operation {
	for _, d := range documents() {
		method, pattern, _ := strings.Cut(d.Operation(r.Method, r.Path), " ")
		if item := d.spec.Paths.Value(openapi.Path(pattern)); item != nil {
			return item.GetOperation(method)
		}
	}
	return nil
}

// mangler makes malformed requests.
type mangler struct{ *rand.Rand }

func (m mangler) pick(from ...string) string { return from[m.IntN(len(from))] }

func (m mangler) path(pattern string, w *Fixture) string {
	for _, name := range slices.Sorted(maps.Keys(w.Vars)) {
		if name != "account" && m.IntN(6) == 0 {
			id := m.pick("-1", "0", "abc", "99999999999999999999", "1%00", "%ff", "..", "1;2", "%2e%2e")
			pattern = strings.ReplaceAll(pattern, ":"+name, id)
		}
	}
	return pattern
}

func (m mangler) query(op *openapi3.Operation) string {
	if m.IntN(3) > 0 {
		return ""
	}
	names := []string{"page", "limit", "cursor", "after", "before", "sort", "q", "status"}
	if op != nil {
		for _, p := range op.Parameters {
			if p.Value.In == "query" {
				names = append(names, p.Value.Name, p.Value.Name) // twice as likely
			}
		}
	}
	q := "?"
	for range 1 + m.IntN(3) {
		q += url.QueryEscape(m.pick(names...)) + "=" +
			m.pick("%00", "%ff", "-1", "0", "abc", "9223372036854775808", "[]", "1e9", "%27", "AA", "W251bGwsbnVsbF0",
				"%f0%28", "9e99", "99999999999", "2026-13-45", "true,", "+", "1") + "&"
	}
	return q
}

func (m mangler) body(op *openapi3.Operation, w *Fixture) string {
	if m.IntN(8) == 0 {
		return m.pick(m.junk(), "{", "\xff\xfe", strings.Repeat("[", 500), "",
			`{"payload": [{"attribute_key": "status", "filter_operator": "equal_to", "values": `+m.junk()+`}]}`)
	}
	var schema *openapi3.Schema
	if op != nil && op.RequestBody != nil {
		if media := op.RequestBody.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
			schema = media.Schema.Value
		}
	}
	if schema == nil || len(schema.Properties) == 0 {
		return fmt.Sprintf(`{"content": %s, "id": %s}`, m.junk(), m.junk())
	}
	return w.Fill(m.object(schema, 0))
}

// object makes an object with most of its required properties and some of the others.
func (m mangler) object(schema *openapi3.Schema, depth int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		if slices.Contains(schema.Required, name) && m.IntN(8) > 0 || m.IntN(2) == 0 {
			parts = append(parts, fmt.Sprintf("%q: %s", name, m.value(name, schema.Properties[name].Value, depth)))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// value makes a valid value, or junk.
func (m mangler) value(name string, schema *openapi3.Schema, depth int) string {
	if schema == nil || depth > 4 || m.IntN(3) == 0 {
		return m.junk()
	}
	is := func(kind string) bool { return schema.Type != nil && schema.Type.Includes(kind) }
	switch {
	case len(schema.Enum) > 0:
		raw, _ := json.Marshal(schema.Enum[m.IntN(len(schema.Enum))])
		return string(raw)
	case is("array") && schema.Items != nil:
		return "[" + m.value(name, schema.Items.Value, depth+1) + ", " + m.value(name, schema.Items.Value, depth+1) + "]"
	case is("object"):
		return m.object(schema, depth+1)
	case is("boolean"):
		return m.pick("true", "false")
	case is("integer"), is("number"):
		return m.pick("1", "2", "{"+m.pick("conversation", "inbox", "contact", "team", "user", "message")+"}")
	}
	switch {
	case strings.Contains(strings.ToLower(name), "url"):
		return `"https://a.example/x"`
	case strings.Contains(name, "email"):
		return fmt.Sprintf(`"x%d@example.net"`, m.IntN(50))
	}
	return fmt.Sprintf(`"x%d"`, m.IntN(50))
}

func (m mangler) junk() string {
	return m.pick("null", "true", "-1", "0", "1e999", "99999999999999999999", "9223372036854775807", `""`, `" "`, `"\ud800"`,
		`"a\u0000"`, `"'; DROP TABLE messages; --"`, "[]", "[[]]", "{}", `{"a": null}`, `"`+strings.Repeat("x", 3000)+`"`,
		`["a", {"b": [1]}]`, "[-1, 0, \"x\"]", `"2026-13-45"`, `"\\x"`, "1.5", `{"\ud800": "\udfff"}`, `{"text": "\ud800"}`)
}

func (m mangler) kind() string {
	if m.IntN(13) < 9 {
		return "application/json"
	}
	return m.pick("multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
		"text/html", "")
}
