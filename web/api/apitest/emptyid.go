package apitest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api"
)

// EmptyIDs checks what 0, "" and null mean (docs/api/README.md#ids) at every route whose document has an id or a list of
// ids, in the body or the query. In a field the three are the same. In a list "" and null are left out, and 0 is an id
// that nobody has. A query with an empty id or 0 is one without it. It fails where fewer than least fields are found.
func EmptyIDs(
	t *testing.T, mount func(*echo.Echo, *api.API), table func(*api.API) []api.Route, rows map[string]Row, least int, change ...func(*Server),
) {
	b := New(t, mount)
	b.Careless = true // a document does not promise to take these
	for _, fn := range change {
		fn(b)
	}
	tried := 0
	for _, r := range table(b.API) {
		row, op := rows[r.Method+" "+r.Path], operation(r)
		if r.Policy == api.Platform || op == nil || strings.HasSuffix(r.Path, "/events") {
			continue
		}
		for _, set := range emptyIDs(op, row) {
			tried++
			t.Run(r.Method+" "+r.Path+" "+set.name, func(t *testing.T) {
				for _, same := range set.same {
					var first string
					for i, send := range same {
						w := NewFixture(t, b)
						if row.Make != nil {
							row.Make(t, w)
						}
						got := send(w, t, r, row)
						if i == 0 {
							first = got
						}
						if got != first {
							t.Errorf("one empty id is not as another:\n%s\n%s", first, got)
						}
					}
				}
			})
		}
	}
	if tried < least {
		t.Errorf("only %d fields that take ids are found", tried)
	}
}

// sender sends a row's request with one field changed and returns the answer without what differs from one fixture to
// another.
type sender func(w *Fixture, t *testing.T, r api.Route, row Row) string

// emptyField is a field that takes ids, and groups of requests that have the same answer.
type emptyField struct {
	name string
	same [][]sender
}

func emptyIDs(op *openapi3.Operation, row Row) (all []emptyField) {
	for _, p := range op.Parameters {
		if name := p.Value.Name; p.Value.In == "query" && (isIDName(name) || isIDList(strings.TrimSuffix(name, "[]"))) {
			query := []sender{withQuery(name, nil), withQuery(name, []string{""}), withQuery(name, []string{"0"})}
			all = append(all, emptyField{"query " + name, [][]sender{query}})
		}
	}
	if row.Body != "" && !json.Valid([]byte((&Fixture{}).Fill(bodyHoles.ReplaceAllString(row.Body, "1")))) {
		return all // a form or a file
	}
	for name, schema := range bodyFields(op) {
		field := name[strings.LastIndex(name, ".")+1:]
		switch {
		case isIDName(field) && !isList(schema):
			all = append(all, emptyField{name, [][]sender{
				{withField(name, `null`), withField(name, `""`), withField(name, `0`), withField(name, `"0"`)},
			}})
		case isIDList(field) && isList(schema):
			all = append(all, emptyField{name, [][]sender{
				{withField(name, `[]`), withField(name, `[""]`), withField(name, `[null]`), withField(name, `["", null]`)},
				{withField(name, `[0]`), withField(name, `["0"]`), withField(name, `[987654321]`)},
			}})
		}
	}
	return all
}

var bodyHoles = regexp.MustCompile(`\{[a-z_]+\}`)

// bodyFields are the properties of a request's JSON and of the objects in it: inbox_id, fields.team_id.
func bodyFields(op *openapi3.Operation) map[string]*openapi3.Schema {
	found := map[string]*openapi3.Schema{}
	if op.RequestBody == nil {
		return found
	}
	media := op.RequestBody.Value.Content.Get("application/json")
	if media == nil || media.Schema == nil {
		return found
	}
	for name, property := range media.Schema.Value.Properties {
		found[name] = property.Value
		for inner, property := range property.Value.Properties {
			found[name+"."+inner] = property.Value
		}
	}
	return found
}

func isList(s *openapi3.Schema) bool { return s != nil && s.Type != nil && s.Type.Includes("array") }

// isIDName reports whether a field names an object by its number. A source_id and an identifier are texts of others.
func isIDName(name string) bool {
	if slices.Contains([]string{"source_id", "echo_id", "message_id", "campaign_id", "external_id", "reference_id"}, name) {
		return false
	}
	return strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id") || name == "agent_bot"
}

func isIDList(name string) bool {
	return name == "ids" || strings.HasSuffix(name, "_ids") || strings.HasSuffix(name, "Ids")
}

func withField(name, value string) sender {
	return func(w *Fixture, t *testing.T, r api.Route, row Row) string {
		body := map[string]json.RawMessage{}
		if row.Body != "" {
			if err := json.Unmarshal([]byte(w.Fill(row.Body)), &body); err != nil {
				t.Skip("the body is no object")
			}
		}
		outer, inner, nested := strings.Cut(name, ".")
		if body[outer] = json.RawMessage(value); nested {
			body[outer] = json.RawMessage(`{"` + inner + `": ` + value + `}`)
		}
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return w.withoutNumbers(w.Do(t, callerOf(r), r.Method, r.Path+row.Query, string(raw)))
	}
}

func withQuery(name string, values []string) sender {
	return func(w *Fixture, t *testing.T, r api.Route, row Row) string {
		query, err := url.ParseQuery(strings.TrimPrefix(w.Fill(row.Query), "?"))
		if err != nil {
			t.Fatal(err)
		}
		delete(query, name)
		delete(query, name+"[]")
		if values != nil {
			query[name] = values
		}
		return w.withoutNumbers(w.Do(t, callerOf(r), r.Method, r.Path+"?"+query.Encode(), row.Body))
	}
}

// callerOf is one who may call a route.
func callerOf(r api.Route) Caller {
	switch r.Policy {
	case api.Public:
		return Nobody
	case api.Key:
		return Key
	}
	return Admin
}

var numbers = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|"(source_id|pubsub_token|identifier|token)":"[^"]*"|[A-Za-z0-9_-]{24,}|\d+`)

// withoutNumbers is an answer without ids, keys and times.
func (f *Fixture) withoutNumbers(a Answer) string {
	var v any
	body := a.Body.String()
	if json.Unmarshal([]byte(body), &v) == nil {
		if raw, err := json.Marshal(v); err == nil {
			body = string(raw)
		}
	}
	return http.StatusText(a.Code) + " " + numbers.ReplaceAllString(body, "#")
}
