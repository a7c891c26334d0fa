package api

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"sort"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/mimetext"
	"github.com/parleydesk/parley/web/edge"
)

const (
	maxFields = 2000
	// maxForm bounds the fields of a multipart form together, without its files.
	maxForm      = 2 << 20
	maxFormDepth = 8
)

// formTree is a form's fields as Rails reads them: a[b]=c is an object, a[]=b a list, a[][b]=c a list of objects.
type formTree map[string]any

// add puts one field into the tree. A name that is not a valid path is used as it is.
func (t formTree) add(name, value string, repeated bool) {
	path := fieldPath(name)
	if repeated && path[len(path)-1] != "" {
		path = append(path, "")
	}
	t.put(path, value)
}

// fieldPath splits a[b][] into a, b and the empty name of a list.
func fieldPath(name string) []string {
	head, rest, found := strings.Cut(name, "[")
	if !found || head == "" || !strings.HasSuffix(rest, "]") {
		return []string{name}
	}
	path := append([]string{head}, strings.Split(strings.TrimSuffix(rest, "]"), "][")...)
	if len(path) > maxFormDepth {
		return []string{name}
	}
	return path
}

func (t formTree) put(path []string, value string) {
	key := path[0]
	switch {
	case len(path) == 1:
		t[key] = value
	case path[1] == "" && len(path) == 2:
		had, _ := t[key].([]any)
		t[key] = append(had, value)
	case path[1] == "":
		had, _ := t[key].([]any)
		t[key] = appendObject(had, path[2:], value)
	default:
		inner, ok := t[key].(formTree)
		if !ok {
			inner = formTree{}
			t[key] = inner
		}
		inner.put(path[1:], value)
	}
}

// appendObject adds a field to the last object of a list, or to a new object if the last one already has that field.
func appendObject(had []any, path []string, value string) []any {
	if n := len(had); n > 0 {
		if last, ok := had[n-1].(formTree); ok {
			if _, there := last[path[0]]; !there || (len(path) > 1 && path[1] == "") {
				last.put(path, value)
				return had
			}
		}
	}
	next := formTree{}
	next.put(path, value)
	return append(had, next)
}

func (t formTree) json() ([]byte, error) { return json.Marshal(t) }

func readForm(raw []byte) (*input, error) {
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, Refuse(http.StatusBadRequest, "The form could not be read")
	}
	tree, digest, n := formTree{}, sha256.New(), 0
	for _, name := range sortedNames(values) {
		for _, v := range values[name] {
			if n++; n > maxFields {
				return nil, Refuse(http.StatusUnprocessableEntity, "The form has too many fields")
			}
			if !db.IsText(name) || !db.IsText(v) {
				return nil, Refuse(http.StatusBadRequest, "The form contains bytes that are no text")
			}
			tree.add(name, v, len(values[name]) > 1)
			hashStrings(digest, name, v)
		}
	}
	return finish(tree, digest, nil)
}

func sortedNames(v url.Values) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// hashStrings adds parts with their lengths to a digest, so that "a", "bc" and "ab", "c" differ.
func hashStrings(h hash.Hash, parts ...string) {
	var length [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		h.Write(length[:])
		io.WriteString(h, p)
	}
}

func finish(tree formTree, digest hash.Hash, files []Upload) (*input, error) {
	object, err := tree.json()
	if err != nil {
		return nil, err
	}
	in := &input{object: object, files: files, form: true}
	digest.Sum(in.digest[:0])
	return in, nil
}

// readMultipart reads fields into memory and streams files to the store, in the order of the parts.
func (c *Call) readMultipart(boundary string) (*input, error) {
	if boundary == "" {
		return nil, Refuse(http.StatusBadRequest, "The multipart body has no boundary")
	}
	r := multipart.NewReader(c.Request().Body, boundary)
	digest := sha256.New()
	var names, values, notes []string
	var files []Upload
	seen, left := map[string]int{}, int64(maxForm)
	for n := 0; ; n++ {
		part, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if n >= maxFields {
			return nil, Refuse(http.StatusUnprocessableEntity, "The form has too many fields")
		}
		name, fileName, named := mimetext.FormPart(part.Header.Get("Content-Disposition"))
		if !db.IsText(name) || name == "" {
			return nil, Refuse(http.StatusBadRequest, "A part of the multipart body has no name that can be read")
		}
		body := bufio.NewReader(part)
		if named || isFile(part) {
			if _, err := body.Peek(1); fileName == "" && err == io.EOF {
				continue // a file field in which nothing was chosen
			}
			if len(files) == desk.MaxAttachments {
				return nil, fault.Field("attachments", "Attachments are too many (maximum is 15)")
			}
			u, err := c.api.storePart(c.Ctx(), body, name, fileName, part.Header.Get("Content-Type"))
			if err != nil {
				return nil, err
			}
			files = append(files, u)
			notes = append(notes, name+"\x00"+u.Name+"\x00"+u.Hash)
			continue
		}
		value, err := c.fieldValue(body, &left)
		if err != nil {
			return nil, err
		}
		names, values = append(names, name), append(values, value)
		seen[name]++
		notes = append(notes, name+"\x00"+value)
	}
	sort.Strings(notes) // a client may send its fields in another order when it tries again
	hashStrings(digest, notes...)
	tree := formTree{}
	for i, name := range names {
		tree.add(name, values[i], seen[name] > 1)
	}
	return finish(tree, digest, files)
}

// isFile reports whether a part without a file name is a file, by its media type.
func isFile(p *multipart.Part) bool {
	return strings.HasPrefix(p.Header.Get("Content-Type"), "application/octet-stream")
}

// fieldValue reads a field. left is how many bytes the form's fields may still have.
func (c *Call) fieldValue(field io.Reader, left *int64) (string, error) {
	raw, err := edge.ReadField(c.Context, field, maxForm, left)
	if err != nil {
		return "", unreadable(err)
	}
	if !db.IsText(string(raw)) {
		return "", Refuse(http.StatusBadRequest, "A field of the form contains bytes that are no text")
	}
	return string(raw), nil
}
