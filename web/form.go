package web

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/mimetext"
	"github.com/parleydesk/parley/web/edge"
)

// pathID is a number in the path, such as an id. Any other text is not found.
func pathID(c echo.Context, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.NotFound
	}
	return n, nil
}

// formatID writes an id as text.
func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// formID reads a field that chooses one resource by its id; "" and "0" choose none.
func formID(c echo.Context, name string) (*int64, error) {
	s := c.FormValue(name)
	if s == "" || s == "0" {
		return nil, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return nil, fault.Field(name, "That is no choice.")
	}
	return &n, nil
}

// formIDs reads a field that may come several times. It leaves out values that are no id.
func formIDs(c echo.Context, name string) []int64 {
	ids := []int64{}
	form, err := c.FormParams()
	if err != nil {
		return ids
	}
	for _, s := range form[name] {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
			ids = append(ids, n)
		}
	}
	return ids
}

// chosenValues are the values of a field that may come several times, without empty ones.
func chosenValues(values []string) (all []string) {
	for _, v := range values {
		if v = storableText(v, 255); v != "" {
			all = append(all, v)
		}
	}
	return all
}

// noteText is text of several lines, cut to the length of a note.
func noteText(s string) string { return storableText(normalizeNewlines(s), maxNote) }

// normalizeNewlines trims s and ends its lines with \n. Browsers send \r\n.
func normalizeNewlines(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// storableText is s without what PostgreSQL refuses in text, cut to most characters.
func storableText(s string, most int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// textOrNil is nil for "", for columns that may be NULL.
func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

const webAddressHint = "An address begins with https:// or http://"

// isWebAddress reports whether s is empty or an address that a webhook can have.
func isWebAddress(s string) bool {
	_, ok := db.WebURL(s)
	return ok || s == ""
}

// firstMessage is the message of the field whose name sorts first, for forms that show one.
func firstMessage(invalid fault.Fields) string {
	if len(invalid) == 0 {
		return ""
	}
	return invalid[slices.Min(slices.Collect(maps.Keys(invalid)))]
}

// readFields reads the form of a route without files before its handler asks for a field: net/http would read more, write
// the rest to the disk, and say nothing of what it could not read.
func readFields(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Body == nil || r.Body == http.NoBody {
			return next(c)
		}
		raw, err := edge.ReadBody(c, maxFields)
		if err != nil {
			return formError(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		read := r.ParseForm
		if strings.HasPrefix(r.Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm) {
			read = func() error { return r.ParseMultipartForm(maxFields) }
		}
		if err := read(); err != nil {
			return formError(err)
		}
		return next(c)
	}
}

// readForm reads a form of either encoding. Files go into the store as they are read, never into memory.
func (a *App) readForm(c echo.Context) (url.Values, []desk.File, error) {
	r := c.Request()
	if strings.HasPrefix(r.Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm) {
		return a.readMultipart(c)
	}
	raw, err := edge.ReadBody(c, maxFields)
	if err != nil {
		return nil, nil, formError(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	if err := r.ParseForm(); err != nil {
		return nil, nil, formError(err)
	}
	return r.Form, nil, nil
}

func (a *App) readMultipart(c echo.Context) (url.Values, []desk.File, error) {
	r := c.Request()
	if r.ContentLength > desk.MaxAttachments*MaxFile {
		return nil, nil, tooLarge(c)
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, desk.MaxAttachments*MaxFile)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, formError(err)
	}
	values, files, left := url.Values{}, []desk.File{}, int64(maxFields)
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			return values, files, nil
		} else if err != nil {
			return nil, nil, formError(err)
		}
		name, file, isFile := mimetext.FormPart(p.Header.Get("Content-Disposition"))
		body := bufio.NewReader(p)
		if !isFile {
			err = readField(c, body, name, values, &left)
		} else if _, end := body.Peek(1); file != "" || end != io.EOF { // else nothing was chosen in it
			files, err = a.readFile(c, body, file, p.Header.Get(echo.HeaderContentType), files)
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

// readField adds a field that is no file. left is how many bytes the form's fields may still have.
func readField(c echo.Context, field io.Reader, name string, values url.Values, left *int64) error {
	raw, err := edge.ReadField(c, field, maxFields, left)
	if errors.As(err, new(*http.MaxBytesError)) {
		return fault.Field("", "The form is too long.")
	}
	if err != nil {
		return formError(err)
	}
	if name != "" && !(name == "file" && len(raw) == 0) {
		values.Add(name, string(raw))
	}
	return nil
}

func (a *App) readFile(c echo.Context, p io.Reader, name, declared string, files []desk.File) ([]desk.File, error) {
	if len(files) == desk.MaxAttachments {
		return nil, fault.Field("file", "Too many files: 15 at most.")
	}
	f, err := a.store(c.Request().Context(), p, name, declared)
	if errors.As(err, new(blob.TooLarge)) {
		return nil, tooLarge(c)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, formError(err) // the browser broke off, or was too slow
	}
	return append(files, f), err
}

func formError(err error) error {
	if errors.As(err, new(*http.MaxBytesError)) || errors.As(err, new(*echo.HTTPError)) {
		return err
	}
	return echo.NewHTTPError(http.StatusBadRequest, "The form could not be read.")
}
