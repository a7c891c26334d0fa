package reference_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot"
	"github.com/parleydesk/parley/web/api/ndoto"
	"github.com/parleydesk/parley/web/api/openapi"
	"github.com/parleydesk/parley/web/api/qlara"
	"github.com/parleydesk/parley/web/reference"
)

func get(t *testing.T, e *echo.Echo, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func TestReference(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{BaseURL: "https://desk.example", Version: "test"})
	var documents []*openapi.Document
	for _, document := range []func(*api.API) (*openapi.Document, error){chatwoot.Document, ndoto.Document, qlara.Document} {
		d, err := document(a)
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, d)
	}
	e := echo.New()
	if err := reference.Routes(e, documents...); err != nil {
		t.Fatal(err)
	}

	for _, name := range []string{"chatwoot", "ndoto", "qlara"} {
		t.Run(name+" is a document of OpenAPI 3.1, fetched once", func(t *testing.T) {
			got := get(t, e, "/api/openapi/"+name+".json")
			spec, err := openapi3.NewLoader().LoadFromData(got.Body.Bytes())
			if err != nil || got.Code != 200 || spec.OpenAPI != "3.1.0" || spec.Paths.Len() == 0 {
				t.Fatalf("status %d, %v", got.Code, err)
			}
			if again := get(t, e, "/api/openapi/"+name+".json", "If-None-Match", got.Header().Get("Etag")); again.Code != 304 {
				t.Errorf("status %d, want 304", again.Code)
			}
		})
		t.Run(name+" has a page that shows every operation and loads nothing from elsewhere", func(t *testing.T) {
			page, err := goquery.NewDocumentFromReader(get(t, e, "/api/docs/"+name).Body)
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, d := range documents {
				for _, r := range d.Resources {
					if d.Name == name {
						want += len(r.Operations)
					}
				}
			}
			if n := page.Find("article.operation").Length(); n != want || n == 0 {
				t.Errorf("%d operations on the page, want %d", n, want)
			}
			if n := page.Find("details pre").Length(); n == 0 {
				t.Error("no example answer on the page")
			}
			if n := page.Find(`[style], style, script:not([src]), [src^="http"], link[href^="http"], [onclick]`).Length(); n != 0 {
				t.Errorf("%d things that the content policy refuses", n)
			}
			ids := map[string]bool{}
			page.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				id, _ := s.Attr("id")
				if ids[id] {
					t.Errorf("two elements are called %s", id)
				}
				ids[id] = true
			})
		})
	}
	if first, docs := get(t, e, "/api/docs/chatwoot").Body.String(), get(t, e, "/api/docs").Body.String(); first != docs {
		t.Error("/api/docs is not the first dialect's page")
	}
}
