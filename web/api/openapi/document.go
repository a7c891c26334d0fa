package openapi

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/parleydesk/parley/web/api"
)

// Document describes a dialect, for machines (JSON) and for the reference page (Resources).
type Document struct {
	// Name is the dialect's name in the URLs of its documents.
	Name  string
	Title string
	About string
	// JSON is the OpenAPI document, and ETag its entity tag.
	JSON      []byte
	ETag      string
	Resources []Resource
	// Missing are the routes without an operation, Stray the operations without a route. TestOpenAPI of the dialect
	// fails if there are any.
	Missing []string
	Stray   []string

	aliases []alias
}

// Resource is a resource with its operations, in the order of the route table.
type Resource struct {
	ID, Title, About string
	Operations       []Operation
}

// Operation is one route as the reference page shows it.
type Operation struct {
	ID, Method, Path, Summary, About string
	// Callers says who may call.
	Callers    string
	Parameters []Field
	Body       []Field
	Answers    []Answer
}

// Field is a parameter, or a property of a body. In is path, query or body.
type Field struct {
	Name, In, Type, About string
	Required              bool
}

// Answer is an answer of an operation, with examples from the tests.
type Answer struct {
	Status, About string
	Examples      []Example
}

// Example is a golden file.
type Example struct{ Name, JSON string }

// MaybeEmpty marks an answer whose body may be absent. OpenAPI has no word for that.
const MaybeEmpty = "x-may-be-empty"

// Info is what Build cannot read from files or routes.
type Info struct{ Name, Version, BaseURL string }

// Build makes a document. It fails if a file cannot be read, or if a parameter or an example does not exist. Missing and
// stray operations are no error: the document lists them.
func Build(fsys fs.FS, table []api.Route, info Info) (*Document, error) {
	src, err := read(fsys)
	if err != nil {
		return nil, err
	}
	src.explainAll()
	d := &Document{Name: info.Name, Title: src.Title, About: src.About, aliases: src.Aliases}
	b := &builder{src: src, doc: d, routes: map[string]api.Route{}, paths: map[string]any{}}
	for _, r := range table {
		name := d.Operation(r.Method, r.Path)
		if _, twice := b.routes[name]; !twice {
			b.routes[name] = r
			b.order = append(b.order, name)
		}
	}
	tags, schemas := []any{}, map[string]any{}
	maps.Copy(schemas, src.Schemas)
	for _, r := range src.resources {
		for name, s := range r.Schemas {
			if _, twice := schemas[name]; twice {
				return nil, fmt.Errorf("openapi/%s.json: schema %s is defined twice", r.file, name)
			}
			schemas[name] = s
		}
		if err := b.resource(r); err != nil {
			return nil, fmt.Errorf("openapi/%s.json: %w", r.file, err)
		}
		tags = append(tags, map[string]any{"name": r.Title, "description": r.About})
	}
	for _, name := range b.order {
		if _, there := b.routes[name]; there {
			d.Missing = append(d.Missing, name)
		}
	}
	d.JSON, err = json.Marshal(map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title":       src.Title,
			"description": src.About,
			"version":     info.Version,
			"license":     map[string]any{"name": "MIT", "identifier": "MIT"},
		},
		"servers": []any{map[string]any{"url": info.BaseURL}},
		"tags":    tags,
		"paths":   b.paths,
		"components": map[string]any{
			"securitySchemes": src.Security,
			"headers":         headers(),
			"schemas":         schemas,
			"responses":       refusals(src.Failure),
		},
	})
	d.ETag = api.ETag(d.JSON)
	return d, err
}

// Operation returns the name of a route's operation: its method and path, with an alias replaced by what it stands for.
func (d *Document) Operation(method, path string) string {
	for _, a := range d.aliases {
		if rest, ok := strings.CutPrefix(path, a.From); ok && (rest == "" || rest[0] == '/') {
			return method + " " + a.To + rest
		}
	}
	return method + " " + path
}

// Path returns a pattern of echo as OpenAPI writes it.
func Path(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

type builder struct {
	src *source
	doc *Document
	// routes are the routes that have no operation yet, order the names of all.
	routes map[string]api.Route
	order  []string
	paths  map[string]any
}

// resource adds the operations of one file.
func (b *builder) resource(r *resource) error {
	written := map[string]operation{}
	for key, o := range r.Operations {
		parts := strings.Fields(key)
		for _, method := range parts[:len(parts)-1] {
			written[method+" "+parts[len(parts)-1]] = o
		}
	}
	out := Resource{ID: r.file, Title: r.Title, About: r.About}
	for _, name := range b.order {
		o, ok := written[name]
		if !ok {
			continue
		}
		delete(written, name)
		route, free := b.routes[name]
		if !free {
			return fmt.Errorf("%s is described twice", name)
		}
		delete(b.routes, name)
		route.Method, route.Path, _ = strings.Cut(name, " ")
		op, err := b.operation(r, route, o)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		out.Operations = append(out.Operations, op)
	}
	b.doc.Stray = append(b.doc.Stray, slices.Sorted(maps.Keys(written))...)
	b.doc.Resources = append(b.doc.Resources, out)
	return nil
}

// operation adds one route to the paths and returns it as the page shows it.
func (b *builder) operation(r *resource, route api.Route, o operation) (Operation, error) {
	op := Operation{
		ID:      operationID(route),
		Method:  route.Method,
		Path:    Path(route.Path),
		Summary: o.Summary,
		About:   o.About,
		Callers: callers(route.Policy),
	}
	parameters, err := b.parameters(&op, route, o)
	if err != nil {
		return op, err
	}
	answers, err := b.answers(&op, o)
	if err != nil {
		return op, err
	}
	out := map[string]any{
		"operationId": op.ID,
		"tags":        []string{r.Title},
		"summary":     o.Summary,
		"description": strings.TrimSpace("Who may call: " + op.Callers + ".\n\n" + o.About),
		"parameters":  parameters,
		"responses":   answers,
		"security":    b.security(route.Policy),
	}
	if o.Body != nil {
		out["requestBody"] = map[string]any{"content": contents(o)}
		op.Body = bodyFields(o.Body)
	}
	item, _ := b.paths[op.Path].(map[string]any)
	if item == nil {
		item = map[string]any{}
		b.paths[op.Path] = item
	}
	item[strings.ToLower(route.Method)] = out
	return op, nil
}

func (b *builder) parameters(op *Operation, route api.Route, o operation) ([]any, error) {
	all := []any{}
	add := func(in string, p Parameter, required bool) {
		if p.Schema == nil {
			p.Schema = map[string]any{"type": "string"}
		}
		all = append(all, map[string]any{
			"name":        p.Name,
			"in":          in,
			"description": p.About,
			"required":    required,
			"schema":      p.Schema,
		})
		op.Parameters = append(op.Parameters, Field{
			Name:     p.Name,
			In:       in,
			Type:     typeWords(p.Schema),
			About:    p.About,
			Required: required,
		})
	}
	for part := range strings.SplitSeq(route.Path, "/") {
		name, ok := strings.CutPrefix(part, ":")
		if !ok {
			continue
		}
		p, ok := b.src.Path[name]
		if !ok {
			return nil, fmt.Errorf("no path parameter %q in dialect.json", name)
		}
		p.Name = name
		add("path", p, true)
	}
	query, err := b.src.query(o)
	if err != nil {
		return nil, err
	}
	for _, p := range query {
		add("query", p, false)
	}
	if route.Method != http.MethodGet && route.Policy != api.Public {
		all = append(all, map[string]any{
			"name":        "Idempotency-Key",
			"in":          "header",
			"required":    false,
			"schema":      map[string]any{"type": "string", "maxLength": 255},
			"description": "The same key within 24 hours does the write once and answers alike.",
		})
	}
	return all, nil
}

// answers returns the answers that the file describes, and the refusals that all operations share.
func (b *builder) answers(op *Operation, o operation) (map[string]any, error) {
	all := map[string]any{}
	for _, status := range slices.Sorted(maps.Keys(o.Answers)) {
		a := o.Answers[status]
		shown := Answer{Status: status, About: a.About}
		out := map[string]any{"description": describe(status, a.About), "headers": headerRefs()}
		if a.MaybeEmpty {
			out[MaybeEmpty] = true
		}
		if a.Schema != nil {
			examples := map[string]any{}
			for _, name := range a.Examples {
				raw, err := fs.ReadFile(b.src.examples, path.Join("testdata", name+".json"))
				if err != nil {
					return nil, err
				}
				examples[name] = map[string]any{"value": json.RawMessage(raw)}
				shown.Examples = append(shown.Examples, Example{name, string(raw)})
			}
			kind := a.Kind
			if kind == "" {
				kind = "application/json"
			}
			media := map[string]any{"schema": a.Schema}
			if len(examples) > 0 {
				media["examples"] = examples
			}
			out["content"] = map[string]any{kind: media}
		}
		all[status] = out
		op.Answers = append(op.Answers, shown)
	}
	for status, name := range map[string]string{"4XX": "Refused", "5XX": "Failed"} {
		if _, own := all[status]; !own {
			all[status] = map[string]any{"$ref": "#/components/responses/" + name}
		}
	}
	return all, nil
}

// security is any one of the dialect's ways to send a token; none for public routes.
func (b *builder) security(p api.Policy) []any {
	all := []any{}
	if p == api.Public {
		return all
	}
	for _, name := range slices.Sorted(maps.Keys(b.src.Security)) {
		all = append(all, map[string]any{name: []string{}})
	}
	return all
}

// ETag returns the entity tag of a body that is served beside the documents.
func ETag(body []byte) string { return api.ETag(body) }
