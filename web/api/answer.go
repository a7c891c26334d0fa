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

// Status is an answer with a status of its own. A nil body is no body at all.
type Status struct {
	Code int
	Body any
}

// Empty is 200 without a body, which many of Chatwoot's writes answer.
func Empty() Status { return Status{Code: http.StatusOK} }

// Answer writes 200 and v as JSON; a Status writes what it says.
func (c *Call) Answer(v any) error {
	if s, ok := v.(Status); ok {
		return c.api.send(c.Context, s.Code, s.Body)
	}
	return c.api.write(c.Context, http.StatusOK, v, false)
}

// Single is Answer for one resource: it carries an ETag, and a caller who has it already gets 304.
func (c *Call) Single(v any) error { return c.api.write(c.Context, http.StatusOK, v, true) }

func (a *API) send(c echo.Context, status int, body any) error {
	if body == nil {
		c.Response().WriteHeader(status)
		return nil
	}
	return a.write(c, status, body, false)
}

// write encodes v into a buffer that is used again: a value that cannot be encoded has written nothing yet.
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

// ETag is a tag of an answer's bytes, the same on every replica.
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
