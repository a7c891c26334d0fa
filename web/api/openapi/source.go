package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// dialect is openapi/dialect.json: what all resources share.
type dialect struct {
	Title string `json:"title"`
	About string `json:"about"`
	// Resources is the order of the files. Files that it does not name come last.
	Resources []string `json:"resources"`
	// Security are the ways to send a token, by the name of the scheme.
	Security map[string]any `json:"security"`
	// Aliases are prefixes under which routes are served a second time, with the prefixes that they stand for.
	Aliases []alias `json:"aliases"`
	// Failure is the schema of all refusals that an operation does not describe itself.
	Failure string `json:"failure"`
	// Fields describe properties without a description: by schema and name ("Message.status"), or by name alone. Those of
	// the resource's file take precedence.
	Fields map[string]string `json:"fields"`
	// Path and Query are the parameters, by name.
	Path    map[string]Parameter `json:"path"`
	Query   map[string]Parameter `json:"query"`
	Schemas map[string]any       `json:"schemas"`
}

type alias struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Parameter is a parameter in the path or in the query.
type Parameter struct {
	Name   string         `json:"name"`
	About  string         `json:"about"`
	Schema map[string]any `json:"schema"`
}

// resource is one of the other files in the folder.
type resource struct {
	file       string
	Title      string               `json:"title"`
	About      string               `json:"about"`
	Operations map[string]operation `json:"operations"`
	Fields     map[string]string    `json:"fields"`
	Schemas    map[string]any       `json:"schemas"`
}

type operation struct {
	Summary string            `json:"summary"`
	About   string            `json:"about"`
	Query   []json.RawMessage `json:"query"`
	Body    map[string]any    `json:"body"`
	// Kinds are the media types of the body; JSON and forms if empty.
	Kinds   []string          `json:"kinds"`
	Answers map[string]answer `json:"answers"`
}

type answer struct {
	About  string         `json:"about"`
	Schema map[string]any `json:"schema"`
	Kind   string         `json:"kind"`
	// MaybeEmpty reports whether the body may be absent.
	MaybeEmpty bool     `json:"maybeEmpty"`
	Examples   []string `json:"examples"`
}

// source holds all files of a dialect.
type source struct {
	dialect
	resources []*resource
	examples  fs.FS
}

// read reads a folder with openapi/*.json and testdata/*.json.
func read(fsys fs.FS) (*source, error) {
	s := &source{examples: fsys}
	if err := decode(fsys, "openapi/dialect.json", &s.dialect); err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "openapi/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if path.Base(name) == "dialect.json" {
			continue
		}
		r := &resource{file: strings.TrimSuffix(path.Base(name), ".json")}
		if err := decode(fsys, name, r); err != nil {
			return nil, err
		}
		s.resources = append(s.resources, r)
	}
	slices.SortStableFunc(s.resources, func(a, b *resource) int { return s.rank(a) - s.rank(b) })
	return s, nil
}

func (s *source) rank(r *resource) int {
	if i := slices.Index(s.Resources, r.file); i >= 0 {
		return i
	}
	return len(s.Resources)
}

func decode(fsys fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// query returns the query parameters of an operation.
func (s *source) query(o operation) ([]Parameter, error) {
	var all []Parameter
	for _, raw := range o.Query {
		var p Parameter
		if err := json.Unmarshal(raw, &p.Name); err == nil {
			known, ok := s.Query[p.Name]
			if !ok {
				return nil, fmt.Errorf("no parameter %q in dialect.json", p.Name)
			}
			known.Name = p.Name
			all = append(all, known)
			continue
		}
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// explain adds descriptions to the properties of a schema that have none.
func (s *source) explain(r *resource, of string, schema map[string]any) {
	for _, part := range [...]string{"items", "additionalProperties"} {
		if inner, ok := schema[part].(map[string]any); ok {
			s.explain(r, of, inner)
		}
	}
	for _, part := range [...]string{"oneOf", "anyOf", "allOf"} {
		all, _ := schema[part].([]any)
		for _, one := range all {
			if inner, ok := one.(map[string]any); ok {
				s.explain(r, of, inner)
			}
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		inner, ok := property.(map[string]any)
		if !ok {
			continue
		}
		s.explain(r, of, inner)
		if inner["description"] != nil {
			continue
		}
		for _, about := range [...]string{r.Fields[of+"."+name], s.Fields[of+"."+name], r.Fields[name], s.Fields[name]} {
			if about != "" {
				inner["description"] = about
				break
			}
		}
	}
}

// explainAll calls explain for all schemas, bodies and answers.
func (s *source) explainAll() {
	general := &resource{}
	for name, schema := range s.Schemas {
		if inner, ok := schema.(map[string]any); ok {
			s.explain(general, name, inner)
		}
	}
	for _, r := range s.resources {
		for name, schema := range r.Schemas {
			if inner, ok := schema.(map[string]any); ok {
				s.explain(r, name, inner)
			}
		}
		for _, o := range r.Operations {
			s.explain(r, "", o.Body)
			for _, a := range o.Answers {
				s.explain(r, "", a.Schema)
			}
		}
	}
}
