package web

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/static"
)

// page answers with a whole page. Only its reader may keep it.
func page(c echo.Context, component templ.Component) error {
	return render(c, http.StatusOK, component)
}

// part answers with fragments of a page.
func part(c echo.Context, components ...templ.Component) error {
	return render(c, http.StatusOK, components...)
}

// done answers a write that worked: fragments to htmx, a redirect to everyone else.
func done(c echo.Context, to string, parts ...templ.Component) error {
	if !htmx(c) {
		return c.Redirect(http.StatusSeeOther, to)
	}
	return render(c, http.StatusOK, parts...)
}

// again shows a form that has to be corrected: status is 422, or 409 if something changed in the meantime.
func again(c echo.Context, status int, form templ.Component) error {
	return render(c, status, form)
}

// htmx reports whether one of our scripts asks for a fragment.
func htmx(c echo.Context) bool { return c.Request().Header.Get("HX-Request") == "true" }

// fetchedAnew reports whether a page reads itself again because of a poke.
func fetchedAnew(c echo.Context) bool { return c.Request().Header.Get("Parley-Live") != "" }

// target is the id of the element that the answer is for.
func target(c echo.Context) string { return c.Request().Header.Get("HX-Target") }

// Answers under this size are sent as they are: compressing would cost more than it saves.
const worthCompressing = 1400

// render writes the components into a buffer first, so that an error in one of them still leads to an error page.
func render(c echo.Context, status int, components ...templ.Component) error {
	b, _ := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	for _, component := range components {
		if err := component.Render(c.Request().Context(), b); err != nil {
			return err
		}
	}
	w, h := c.Response(), c.Response().Header()
	h.Set(echo.HeaderContentType, "text/html; charset=utf-8")
	h.Add("Vary", "HX-Request, HX-Target, Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	body := b.Bytes()
	if len(body) >= worthCompressing && static.Accepts(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		z, _ := buffers.Get().(*bytes.Buffer)
		defer func() { z.Reset(); buffers.Put(z) }()
		squeeze(z, body)
		h.Set("Content-Encoding", "gzip")
		body = z.Bytes()
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

func squeeze(into *bytes.Buffer, body []byte) {
	z, _ := squeezers.Get().(*gzip.Writer)
	z.Reset(into)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	squeezers.Put(z)
}

var (
	buffers   = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	squeezers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed+1); return z }}
)
