// Package reference serves the documentation of the REST dialects: the OpenAPI documents and a page for each. Both are
// made once, when the program starts, and are public.
//
// Not here: their content (web/api/<dialect>/openapi), and calls of the API.
package reference

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/link"
	"github.com/parleydesk/parley/views"
	"github.com/parleydesk/parley/web/api/openapi"
)

// Routes mounts the documents and their pages. /api/docs shows the page of the first document.
func Routes(e *echo.Echo, documents ...*openapi.Document) error {
	all := make([]views.Reference, len(documents))
	for i, d := range documents {
		all[i] = reference(d)
	}
	for i, d := range documents {
		var page bytes.Buffer
		if err := views.ReferencePage(all[i], all).Render(context.Background(), &page); err != nil {
			return err
		}
		body := page.Bytes()
		show := static("text/html; charset=utf-8", body, openapi.ETag(body))
		e.GET(link.Reference(d.Name), show)
		e.GET(link.OpenAPI(d.Name), static("application/json; charset=utf-8", d.JSON, d.ETag))
		if i == 0 {
			e.GET(link.Docs, show)
		}
	}
	return nil
}

// static answers with a body that does not change while the program runs, and with 304 if the client has it already.
func static(kind string, body []byte, tag string) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Etag", tag)
		h.Set("Cache-Control", "public, no-cache")
		if strings.Contains(c.Request().Header.Get("If-None-Match"), strings.Trim(tag, `"`)) {
			return c.NoContent(http.StatusNotModified)
		}
		return c.Blob(http.StatusOK, kind, body)
	}
}

// reference turns a document into the data of its page.
func reference(d *openapi.Document) views.Reference {
	r := views.Reference{Name: d.Name, Title: d.Title, About: d.About}
	for _, of := range d.Resources {
		part := views.ReferencePart{ID: of.ID, Title: of.Title, About: of.About}
		for _, o := range of.Operations {
			part.Operations = append(part.Operations, operation(o))
		}
		r.Parts = append(r.Parts, part)
	}
	return r
}

func operation(o openapi.Operation) views.ReferenceOperation {
	out := views.ReferenceOperation{
		ID:      o.ID,
		Method:  o.Method,
		Path:    o.Path,
		Summary: o.Summary,
		About:   o.About,
		Callers: o.Callers,
	}
	for _, fields := range [][]openapi.Field{o.Parameters, o.Body} {
		for _, f := range fields {
			out.Fields = append(out.Fields, views.ReferenceField{Name: f.Name, In: f.In, Type: f.Type, About: f.About})
		}
	}
	for _, a := range o.Answers {
		answer := views.ReferenceAnswer{Status: a.Status, About: a.About}
		for _, e := range a.Examples {
			answer.Examples = append(answer.Examples, views.ReferenceExample{Name: e.Name, JSON: e.JSON})
		}
		out.Answers = append(out.Answers, answer)
	}
	return out
}
