package api

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// Status is an answer with its own status code. With a nil Body nothing is written after the headers.
type Status struct {
	Code int
	Body any
}

// Empty is 200 without a body: the answer of many of Chatwoot's writes.
func Empty() Status { return Status{Code: http.StatusOK} }

// Answer writes 200 and v as JSON, or, if v is a Status, its code and body.
func (c *Call) Answer(v any) error {
	if s, ok := v.(Status); ok {
		return c.api.send(c.Context, s.Code, s.Body)
	}
	return c.api.write(c.Context, http.StatusOK, v, false)
}

// Single is Answer for one resource: it adds an ETag, and answers 304 if the caller already has that version.
func (c *Call) Single(v any) error { return c.api.write(c.Context, http.StatusOK, v, true) }

func (a *API) send(c echo.Context, status int, body any) error {
	if body == nil {
		c.Response().WriteHeader(status)
		return nil
	}
	return a.write(c, status, body, false)
}

// write encodes v into a pooled buffer first, so that nothing has been written if v cannot be encoded.
func (a *API) write(c echo.Context, status int, v any, tag bool) error {
	buf, _ := a.buffers.Get().(*bytes.Buffer)
	if buf == nil {
		buf = &bytes.Buffer{}
	}
	defer func() {
		if buf.Cap() < 1<<20 {
			a.buffers.Put(buf)
		}
	}()
	buf.Reset()
	if err := encode(buf, v); err != nil {
		return err
	}
	return reply(c, status, buf.Bytes(), tag)
}

func encode(buf *bytes.Buffer, v any) error {
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1) // the line break that Encode adds
	return nil
}

func reply(c echo.Context, status int, body []byte, tag bool) error {
	h := c.Response().Header()
	if tag {
		etag := ETag(body)
		h["Etag"] = []string{etag}
		h["Cache-Control"] = []string{"private, no-cache"}
		if matches(c.Request().Header.Get("If-None-Match"), etag) {
			c.Response().WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h["Content-Type"] = []string{"application/json; charset=utf-8"}
	c.Response().WriteHeader(status)
	_, err := c.Response().Write(body)
	return err
}

// ETag returns the entity tag of an answer's bytes. It is the same on every replica.
func ETag(body []byte) string {
	sum := fnv.New64a()
	sum.Write(body)
	return `"` + strconv.FormatUint(sum.Sum64(), 36) + `"`
}

func matches(header, etag string) bool {
	if header == "" {
		return false
	}
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == etag || tag == "*" {
			return true
		}
	}
	return false
}
