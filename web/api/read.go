package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/edge"
)

const (
	maxJSON  = 8 << 20
	maxDepth = 100
	// maxBare bounds the body of a request that no handler reads.
	maxBare = 1 << 20
	// maxItems bounds every list and object in a body, before anything of it is decoded: each item costs far more than
	// its bytes. Endpoints have bounds of their own below it.
	maxItems = 10_000
)

// input is the body of a request, read once: the fields as one JSON object, and the files.
type input struct {
	object []byte
	files  []Upload
	// form reports whether the body was a form or multipart.
	form bool
	// digest identifies the content for the Idempotency-Key. It does not depend on the boundary of a multipart body.
	digest [sha256.Size]byte
}

// Read reads the body into a struct of helper types (value.go) by its json tags, from JSON, a form or multipart. Files
// returns the files afterwards. With a root key, JSON may have the fields at the top or under that key, a form only under
// it; Read refuses a body with none of the struct's fields. If there is no body, Read takes the query, as Rails does and
// clients expect.
func (c *Call) Read(into any, root ...string) error {
	if err := c.load(); err != nil {
		return err
	}
	if len(root) == 0 {
		return decode(c.input.object, into)
	}
	return c.readUnder(root[0], into, func(name string) bool { return hasField(reflect.TypeOf(into).Elem(), name) })
}

// ReadAny is Read with a root key for input without fixed fields: JSON at the top may have any field.
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

// hasField reports whether a struct has a field of this name in JSON.
func hasField(t reflect.Type, name string) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return true
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct && hasField(f.Type, name) {
			return true
		}
	}
	return false
}

// ReadQuery reads the query into a struct of helper types: a=1&a=2 and a[]=1 are lists, a[b]=c is an object.
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

// Body returns the whole body as one JSON object, for input without fixed fields.
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

// loadBare is load for a request whose body says nothing to its endpoint, so that a large one is not worth reading.
func (c *Call) loadBare() error {
	if c.input == nil {
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxBare)
	}
	return c.load()
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
		// curl -d '{…}' declares JSON as a form.
		if first := bytes.TrimLeft(raw, " \t\r\n"); len(first) == 0 || first[0] != '{' {
			return readForm(raw)
		}
		return readJSON(raw)
	}
	raw, err := c.readAll()
	if err != nil {
		return nil, err
	}
	// Some clients always send a body. With a query, theirs is empty.
	if query, body := c.Request().URL.RawQuery, bytes.TrimSpace(raw); query != "" && (len(body) == 0 || string(body) == "{}") {
		return readForm([]byte(query))
	}
	if len(raw) > 0 && kind != "" && !isJSONType(kind) {
		return nil, Refuse(http.StatusUnsupportedMediaType, "The body must be JSON, a form or multipart/form-data")
	}
	return readJSON(raw)
}

// isJSONType reports whether clients declare JSON as this media type; some send it as text.
func isJSONType(kind string) bool {
	switch kind {
	case "application/json", "text/plain", "text/json":
		return true
	}
	return strings.HasSuffix(kind, "+json")
}

func (c *Call) readAll() ([]byte, error) {
	raw, err := edge.ReadBody(c.Context, maxJSON)
	if err != nil {
		return nil, unreadable(err)
	}
	return raw, nil
}

// unreadable is the failure for a body that ended early. An error about its size, or that there is no memory for it now,
// stays as it is.
func unreadable(err error) error {
	var large *http.MaxBytesError
	var busy *echo.HTTPError
	if errors.As(err, &large) || errors.As(err, &busy) {
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
	if err := checkItems(raw); err != nil {
		return nil, err
	}
	in.object = raw
	return in, nil
}

// checkJSON refuses what encoding/json would accept or silently replace: invalid UTF-8, NUL, which PostgreSQL cannot
// store, very deep nesting, and anything but one object.
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

// checkItems refuses valid JSON that has a list or an object of more than maxItems.
func checkItems(raw []byte) error {
	var commas [maxDepth + 1]int
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
			commas[depth] = 0
		case b == '}' || b == ']':
			depth--
		case b == ',':
			if commas[depth]++; commas[depth] >= maxItems {
				return errTooManyItems()
			}
		}
	}
	return nil
}

func errTooManyItems() error {
	return Refuse(http.StatusUnprocessableEntity, fmt.Sprintf("A list in the request has more than %d items", maxItems))
}

// unroot returns the object under the root key or, for JSON without that key, the whole object if it has any known field.
// It returns nil if there are no fields.
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

// decode decodes JSON. The error about a wrong type names the field.
func decode(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var typeErr *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, new(Failure)):
		return err
	case errors.As(err, &typeErr):
		field := typeErr.Field
		if field == "" {
			return Refuse(http.StatusUnprocessableEntity, "A value is of the wrong type: "+typeErr.Value)
		}
		place := sentenceCase(field)
		if typeErr.Type == typeOf[element[ID]]() || typeErr.Type == typeOf[element[Text]]() {
			place += "[" + strconv.FormatInt(typeErr.Offset, 10) + "]"
		}
		return fault.Field(field, place+" must be "+wants(typeErr)+", not "+typeErr.Value)
	}
	return Refuse(http.StatusBadRequest, "The body is not valid JSON")
}

func wants(e *json.UnmarshalTypeError) string {
	switch e.Type {
	case typeOf[ID](), typeOf[int64](), typeOf[int]():
		return "a whole number"
	case typeOf[element[ID]]():
		return "an id"
	case typeOf[Text](), typeOf[string](), typeOf[element[Text]]():
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

// sentenceCase turns content_attributes into "Content attributes".
func sentenceCase(field string) string {
	s := strings.ReplaceAll(field, "_", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}
