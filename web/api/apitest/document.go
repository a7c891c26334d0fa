package apitest

import (
	"context"
	"encoding/json"
	"errors"
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

// described is a dialect's document as kin-openapi reads it.
type described struct {
	*openapi.Document
	spec *openapi3.T
}

// documents are read once for all tests of a package. One that cannot be read is left out: TestOpenAPI of its dialect
// tells, and no other test need fail for it.
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

// Documented fails for a route without an operation, an operation without a route, a document that is no OpenAPI
// 3.1, and an example that its own schema refuses.
func Documented(t *testing.T, document func(*api.API) (*openapi.Document, error)) {
	d, err := document(api.New(api.Config{BaseURL: BaseURL, Version: "test"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range d.Missing {
		t.Errorf("%s has no operation in openapi/: the comment of package web/api/openapi says how to add it", name)
	}
	for _, name := range d.Stray {
		t.Errorf("openapi/ has an operation %s, which is no route", name)
	}
	for _, r := range d.Resources {
		for _, o := range r.Operations {
			if o.Summary == "" || len(o.Answers) == 0 {
				t.Errorf("%s %s has no summary, or no answer of success", o.Method, o.Path)
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

// held holds an answer against the document of its dialect. What the document does not know is TestOpenAPI's matter.
func (b *Bench) held(t testing.TB, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	found := b.Echo.NewContext(r, w)
	b.Echo.Router().Find(r.Method, r.URL.Path, found)
	for _, d := range documents() {
		method, pattern, _ := strings.Cut(d.Operation(r.Method, found.Path()), " ")
		item := d.spec.Paths.Value(openapi.Path(pattern))
		if item == nil || item.GetOperation(method) == nil {
			continue
		}
		if err := check(r.Context(), d.spec, openapi.Path(pattern), item, r, w); err != nil {
			t.Errorf("%s %s: %d is not what the document says: %v\n%s", r.Method, found.Path(), w.Code, err, w.Body)
		}
		return
	}
}

// check is kin-openapi's own check of an answer: status, media type, headers, body.
func check(ctx context.Context, spec *openapi3.T, path string, item *openapi3.PathItem, r *http.Request, w *httptest.ResponseRecorder) error {
	if w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
		return nil // files and event streams
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: r, Route: &routers.Route{Spec: spec, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)},
		},
		Status: w.Code, Header: w.Result().Header,
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
