package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/internal/fault"
)

const (
	maxJSON  = 8 << 20
	maxDepth = 100
)

// input is what a request sent, read once: everything as one JSON object, files apart.
type input struct {
	object []byte
	files  []Upload
	// form tells that it came as a form or as multipart.
	form bool
	// digest tells this content from another, for the Idempotency-Key; the boundary of a multipart body is not in it.
	digest [sha256.Size]byte
}

// Read reads the body into a struct of helper types (value.go) by its json tags, from JSON, a form or multipart.
// With a root key, JSON's fields may stand flat or under it, a form's under it alone, and none that is known is refused.
// Files are in Files then. Where there is no body the query is read in its place, as Rails does and clients count on.
func (c *Call) Read(into any, root ...string) error {
	if err := c.load(); err != nil {
		return err
	}
	if len(root) == 0 {
		return decode(c.input.object, into)
	}
	return c.readUnder(root[0], into, func(name string) bool { return hasField(reflect.TypeOf(into).Elem(), name) })
}

// ReadAny is Read with a root key under which flat JSON may hold anything at all: Rails knows no model of that name.
func (c *Call) ReadAny(into any, root string) error {
	if err := c.load(); err != nil {
		return err
	}
	return c.readUnder(root, into, func(string) bool { return true })
}

func (c *Call) readUnder(root string, into any, known func(name string) bool) error {
	object, err := unroot(c.input, root, known)
	if err != nil {
		return err
	}
	if object == nil && len(c.input.files) == 0 {
		return Refuse(http.StatusUnprocessableEntity, "param is missing or the value is empty: "+root)
	}
	if object == nil {
		return nil
	}
	return decode(object, into)
}

// hasField tells whether a struct has a field of this name in JSON.
func hasField(t reflect.Type, name string) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name || (f.Anonymous && f.Type.Kind() == reflect.Struct && hasField(f.Type, name)) {
			return true
		}
	}
	return false
}

// ReadQuery reads the query into a struct of helper types: a=1&a=2, a[]=1 and a[b]=c are lists and objects.
func (c *Call) ReadQuery(into any) error {
	tree := formTree{}
	for name, values := range c.QueryParams() {
		for _, v := range values {
			tree.add(name, v, len(values) > 1)
		}
	}
	object, err := tree.json()
	if err != nil {
		return err
	}
	return decode(object, into)
}

// Body is the whole body as one JSON object, for contracts whose input has no fixed fields.
func (c *Call) Body() (json.RawMessage, error) {
	if err := c.load(); err != nil {
		return nil, err
	}
	return c.input.object, nil
}

func (c *Call) load() error {
	if c.input != nil {
		return nil
	}
	in, err := c.readInput()
	if err != nil {
		return err
	}
	c.input = in
	return nil
}

func (c *Call) readInput() (*input, error) {
	kind, params, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	switch {
	case kind == "multipart/form-data":
		return c.readMultipart(params["boundary"])
	case kind == "application/x-www-form-urlencoded":
		raw, err := c.readAll()
		if err != nil {
			return nil, err
		}
		if first := bytes.TrimLeft(raw, " \t\r\n"); len(first) == 0 || first[0] != '{' { // curl -d '{…}' says it is a form
			return readForm(raw)
		}
		return readJSON(raw)
	}
	raw, err := c.readAll()
	if err != nil {
		return nil, err
	}
	// Clients that always write a body write an empty one beside a query.
	if query, body := c.Request().URL.RawQuery, bytes.TrimSpace(raw); query != "" && (len(body) == 0 || string(body) == "{}") {
		return readForm([]byte(query))
	}
	if len(raw) > 0 && kind != "" && kind != "application/json" && kind != "text/plain" && kind != "text/json" && !strings.HasSuffix(kind, "+json") {
		return nil, Refuse(http.StatusUnsupportedMediaType, "The body must be JSON, a form or multipart/form-data")
	}
	return readJSON(raw)
}

func (c *Call) readAll() ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(c.Request().Body, maxJSON+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(raw) > maxJSON {
		return nil, &http.MaxBytesError{Limit: maxJSON}
	}
	return raw, nil
}

// unreadable is a body that broke off: the caller's doing, unless it is too large.
func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return Failure{Kind: Malformed, Status: http.StatusBadRequest, Sentence: "The body could not be read", cause: err}
}

func readJSON(raw []byte) (*input, error) {
	in := &input{digest: sha256.Sum256(raw)}
	raw = bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("\xef\xbb\xbf"))
	if len(raw) == 0 || string(raw) == "null" {
		raw = []byte("{}")
	}
	if err := checkJSON(raw); err != nil {
		return nil, err
	}
	in.object = raw
	return in, nil
}

// checkJSON refuses what encoding/json would let pass or mend in silence: bytes that are no UTF-8, NUL, which
// PostgreSQL cannot hold, nesting without end, and anything but one object.
func checkJSON(raw []byte) error {
	if !utf8.Valid(raw) {
		return Refuse(http.StatusBadRequest, "The body is not valid UTF-8")
	}
	if raw[0] != '{' {
		return Refuse(http.StatusBadRequest, "The body must be a JSON object")
	}
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; {
		case quoted && b == '\\':
			if bytes.HasPrefix(raw[i+1:], []byte("u0000")) {
				return Refuse(http.StatusUnprocessableEntity, "The body contains a NUL character")
			}
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			if depth++; depth > maxDepth {
				return Refuse(http.StatusBadRequest, fmt.Sprintf("The body is nested more than %d deep", maxDepth))
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	if !json.Valid(raw) {
		return Refuse(http.StatusBadRequest, "The body is not valid JSON")
	}
	return nil
}

// unroot takes an object's fields from under a root key; without one JSON may have them flat, if any is known. nil where
// there are none.
func unroot(in *input, root string, known func(name string) bool) ([]byte, error) {
	all := map[string]json.RawMessage{}
	if err := decode(in.object, &all); err != nil {
		return nil, err
	}
	if nested := all[root]; len(nested) > 0 && nested[0] == '{' {
		if len(bytes.TrimSpace(nested[1:len(nested)-1])) == 0 {
			return nil, nil
		}
		return nested, nil
	}
	if in.form {
		return nil, nil
	}
	for name := range all {
		if known(name) {
			return in.object, nil
		}
	}
	return nil, nil
}

// decode tells a wrong type by the field's name.
func decode(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var typeErr *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typeErr):
		field := typeErr.Field
		if field == "" {
			return Refuse(http.StatusUnprocessableEntity, "A value is of the wrong type: "+typeErr.Value)
		}
		return fault.Field(field, sentenceCase(field)+" must be "+wants(typeErr)+", not "+typeErr.Value)
	}
	return Refuse(http.StatusBadRequest, "The body is not valid JSON")
}

func wants(e *json.UnmarshalTypeError) string {
	switch e.Type {
	case typeOf[ID](), typeOf[int64](), typeOf[int]():
		return "a whole number"
	case typeOf[Text](), typeOf[string]():
		return "text"
	case typeOf[Bool](), typeOf[bool]():
		return "true or false"
	case typeOf[Object]():
		return "an object"
	case typeOf[Strings](), typeOf[IDs]():
		return "a list"
	case typeOf[Time]():
		return "a time in Unix seconds"
	}
	return "of another type"
}

// sentenceCase makes "Content attributes" of content_attributes.
func sentenceCase(field string) string {
	s := strings.ReplaceAll(field, "_", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}
