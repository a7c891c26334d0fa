package apitest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/openapi"
	"github.com/parleydesk/parley/web/api/qlara"
)

// described is a dialect's document, and the same as kin-openapi reads it.
type described struct {
	*openapi.Document
	spec *openapi3.T
}

// documents returns the documents of all dialects, read once. It leaves out those that cannot be read: TestOpenAPI of the
// dialect fails for them, and other tests need not.
var documents = sync.OnceValue(func() []described {
	a := api.New(api.Config{BaseURL: BaseURL, Version: "test"})
	var all []described
	for _, make := range []func(*api.API) (*openapi.Document, error){chatwoot.Document, ndoto.Document, qlara.Document} {
		d, err := make(a)
		if err != nil {
			continue
		}
		if spec, err := openapi3.NewLoader().LoadFromData(d.JSON); err == nil {
			all = append(all, described{d, spec})
		}
	}
	return all
})

// Documented fails for a route without an operation, an operation without a route, a document that is not valid OpenAPI
// 3.1, and an example that does not fit its schema.
func Documented(t *testing.T, document func(*api.API) (*openapi.Document, error)) {
	d, err := document(api.New(api.Config{BaseURL: BaseURL, Version: "test"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range d.Missing {
		t.Errorf("%s has no operation in openapi/: the comment of package web/api/openapi says how to add it", name)
	}
	for _, name := range d.Stray {
		t.Errorf("openapi/ has an operation %s, but there is no such route", name)
	}
	for _, r := range d.Resources {
		for _, o := range r.Operations {
			if o.Summary == "" || len(o.Answers) == 0 {
				t.Errorf("%s %s has no summary, or no answer for success", o.Method, o.Path)
			}
		}
	}
	spec, err := openapi3.NewLoader().LoadFromData(d.JSON)
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Validate(t.Context(), openapi3.EnableMultiError()); err != nil {
		t.Error(err)
	}
}

// Explained fails for what a document does not explain: a field, a parameter or an operation without a description, an
// answer without an example, an operation that does not say how to send a token.
func Explained(t *testing.T, document func(*api.API) (*openapi.Document, error)) {
	d, err := document(api.New(api.Config{BaseURL: BaseURL, Version: "test"}))
	if err != nil {
		t.Fatal(err)
	}
	spec, err := openapi3.NewLoader().LoadFromData(d.JSON)
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range spec.Components.Schemas {
		unexplained(t, name, schema, map[*openapi3.Schema]bool{})
	}
	for path, item := range spec.Paths.Map() {
		for method, o := range item.Operations() {
			at := method + " " + path
			if o.Summary == "" || o.Description == "" || len(o.Tags) != 1 || o.OperationID == "" {
				t.Errorf("%s lacks a summary, a description, a tag or an id", at)
			}
			if o.Security == nil || len(*o.Security) == 0 {
				t.Errorf("%s does not say how to send a token", at)
			}
			for _, p := range o.Parameters {
				if p.Value.Description == "" {
					t.Errorf("%s: the parameter %s has no description", at, p.Value.Name)
				}
			}
			if o.RequestBody != nil {
				unexplained(t, at, o.RequestBody.Value.Content.Get("application/json").Schema, map[*openapi3.Schema]bool{})
			}
			for status, answer := range o.Responses.Map() {
				for _, media := range answer.Value.Content {
					if status[0] == '2' && len(media.Examples) == 0 {
						t.Errorf("%s: %s has no example", at, status)
					}
					unexplained(t, at+" "+status, media.Schema, map[*openapi3.Schema]bool{})
				}
			}
			if o.Responses.Value("4XX") == nil || o.Responses.Value("5XX") == nil {
				t.Errorf("%s does not describe its refusals", at)
			}
		}
	}
}

func unexplained(t *testing.T, at string, ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	t.Helper()
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	seen[ref.Value] = true
	unexplained(t, at, ref.Value.Items, seen)
	for name, property := range ref.Value.Properties {
		if property.Ref == "" && property.Value.Description == "" {
			t.Errorf("%s: the field %s has no description", at, name)
		}
		unexplained(t, at+"."+name, property, seen)
	}
}

// held compares an answer, and a request that was accepted, with the document of the dialect. It skips routes that the
// document does not have: TestOpenAPI reports those.
func (s *Server) held(t testing.TB, r *http.Request, sent []byte, w *httptest.ResponseRecorder) {
	t.Helper()
	found := s.Echo.NewContext(r, w)
	s.Echo.Router().Find(r.Method, r.URL.Path, found)
	for _, d := range documents() {
		method, pattern, _ := strings.Cut(d.Operation(r.Method, found.Path()), " ")
		item := d.spec.Paths.Value(openapi.Path(pattern))
		if item == nil || item.GetOperation(method) == nil {
			continue
		}
		if err := check(r.Context(), d.spec, openapi.Path(pattern), item, r, w); err != nil {
			t.Errorf("%s %s: %d does not fit the document: %v\n%s", r.Method, found.Path(), w.Code, err, w.Body)
		}
		if w.Code < 300 && !s.Careless {
			if err := checkRequest(item.GetOperation(method), r, sent); err != nil {
				t.Errorf("%s %s accepts what the document does not describe: %v\n%s", r.Method, found.Path(), err, sent)
			}
		}
		return
	}
}

// check is kin-openapi's own check of an answer: status, media type, headers, body.
func check(
	ctx context.Context, spec *openapi3.T, path string, item *openapi3.PathItem, r *http.Request, w *httptest.ResponseRecorder,
) error {
	if w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
		return nil // files and event streams
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: r,
			Route: &routers.Route{
				Spec:      spec,
				Path:      path,
				PathItem:  item,
				Method:    r.Method,
				Operation: item.GetOperation(r.Method),
			},
		},
		Status:  w.Code,
		Header:  w.Result().Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	in.SetBodyBytes(w.Body.Bytes())
	answer := item.GetOperation(r.Method).Responses.Status(w.Code)
	if answer != nil && answer.Value != nil && len(answer.Value.Content) == 0 && w.Body.Len() > 0 {
		return errors.New("a body where none is described")
	}
	if answer != nil && answer.Value != nil && answer.Value.Extensions[openapi.MaybeEmpty] == true && w.Body.Len() == 0 {
		return nil
	}
	return openapi3filter.ValidateResponse(ctx, in)
}

// checkRequest returns an error for a parameter, a property or a type that was accepted and is not described.
func checkRequest(operation *openapi3.Operation, r *http.Request, sent []byte) error {
	for name := range r.URL.Query() {
		if operation.Parameters.GetByInAndName("query", strings.TrimSuffix(name, "[]")) == nil {
			return fmt.Errorf("the parameter %s", name)
		}
	}
	var body any
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || json.Unmarshal(sent, &body) != nil {
		return nil // the same code reads forms, so JSON is enough
	}
	if operation.RequestBody == nil {
		if in, ok := body.(map[string]any); ok && len(in) == 0 {
			return nil
		}
		return errors.New("a body")
	}
	schema := operation.RequestBody.Value.Content.Get("application/json").Schema.Value
	if in, ok := body.(map[string]any); ok && len(in) == 1 {
		for name, inner := range in {
			if _, nested := inner.(map[string]any); nested && schema.Properties[name] == nil {
				body = inner // under the name of its resource, which is accepted as well
			}
		}
	}
	return checkBody("", schema, body)
}

// checkBody is kin-openapi's check of a value. In addition, if any property of an object is described, all must be.
func checkBody(at string, schema *openapi3.Schema, v any) error {
	in, ok := v.(map[string]any)
	if list, is := v.([]any); is && schema.Items != nil {
		for i, one := range list {
			if err := checkBody(fmt.Sprint(at, "/", i), schema.Items.Value, one); err != nil {
				return err
			}
		}
	}
	if !ok || len(schema.Properties) == 0 {
		if err := schema.VisitJSON(v, openapi3.VisitAsRequest()); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		return nil
	}
	for _, name := range schema.Required {
		if _, has := in[name]; !has {
			return fmt.Errorf("%s lacks %s", at, name)
		}
	}
	for name, one := range in {
		property := schema.Properties[name]
		if property == nil {
			return fmt.Errorf("the property %s/%s", at, name)
		}
		if err := checkBody(at+"/"+name, property.Value, one); err != nil {
			return err
		}
	}
	return nil
}
