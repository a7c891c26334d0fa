package contactfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/mimetext"
)

// Bounds of a file. A file beyond them is refused before any contact of it is looked at.
const (
	MaxBytes   = 5 << 20
	MaxRows    = 100_000
	MaxColumns = 100
	MaxCell    = 20_000 // bytes
)

// Options say how to read a file. What is empty is found out.
type Options struct {
	Charset   string `json:"charset,omitempty"`
	Separator string `json:"separator,omitempty"`
}

// Check returns the field that holds what is not known, as fault.Fields.
func (o Options) Check() error {
	if o.Charset != "" && !mimetext.IsCharset(o.Charset) {
		return fault.Field("charset", "Charset is not known")
	}
	if o.Separator != "" && !slices.Contains(Separators(), o.Separator) {
		return fault.Field("separator", "Separator must be a comma, semicolon, tab or bar")
	}
	return nil
}

// Separators are the characters that may stand between cells, the likeliest first.
func Separators() []string { return []string{",", ";", "\t", "|"} }

// Error says why a file is not understood, and in which line where one is to blame.
type Error struct {
	Line   int
	Reason string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// Table is a file that is understood.
type Table struct {
	Options // as they were found out
	Header  []string
	Rows    int
	text    string
	skipped int // lines before the header
}

// Row is a line of a table, or several where a cell has line breaks.
type Row struct {
	Line  int
	Cells []string
}

// Read reads a file that is a table of contacts: separated by commas, semicolons, tabs or bars, with any line ends, in
// the charset that is chosen or found out. The error is an *Error.
func Read(raw []byte, o Options) (*Table, error) {
	if len(raw) > MaxBytes {
		return nil, &Error{Reason: "the file is larger than 5 MB"}
	}
	t := &Table{Options: o}
	if err := t.decode(raw); err != nil {
		return nil, err
	}
	if err := t.findSeparator(); err != nil {
		return nil, err
	}
	if err := t.measure(); err != nil {
		return nil, err
	}
	return t, t.check()
}

func (t *Table) decode(raw []byte) error {
	if t.Charset == "" {
		if t.Charset = mimetext.Detect(raw); t.Charset == "" {
			return &Error{Reason: "the file is in no encoding that is known: save it as UTF-8, or say its encoding"}
		}
	}
	text, ok := mimetext.DecodeAs(raw, t.Charset)
	if !ok {
		return &Error{Reason: fmt.Sprintf("the encoding %.40q is not known", t.Charset)}
	}
	if before, _, bad := strings.Cut(text, "\uFFFD"); bad {
		return &Error{strings.Count(before, "\n") + 1, "this is not " + t.Charset + ": save the file as UTF-8, or say its encoding"}
	}
	if strings.TrimSpace(text) == "" {
		return &Error{Reason: "the file is empty"}
	}
	t.text = text
	return nil
}

// findSeparator takes the separator that was chosen, that a line "sep=" names as Excel writes it, or that makes the
// most known columns, and then the most columns, of the first line.
func (t *Table) findSeparator() error {
	for strings.HasPrefix(t.text, "\n") {
		t.text, t.skipped = t.text[1:], t.skipped+1
	}
	first, rest, _ := strings.Cut(t.text, "\n")
	if named, ok := strings.CutPrefix(strings.ToLower(strings.Trim(first, "\" ")), "sep="); ok && utf8.RuneCountInString(named) <= 1 {
		t.text, t.skipped = rest, t.skipped+1
		if t.Separator == "" && named != "" {
			t.Separator = named
		}
		first, _, _ = strings.Cut(t.text, "\n")
	}
	if t.Separator == "" {
		best := -1
		for _, s := range Separators() {
			cells := strings.Split(first[:min(len(first), MaxCell)], s)
			known := len(slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return !isKnown(columnName(strings.Trim(c, `" `))) }))
			if score := known*MaxCell + len(cells); score > best {
				t.Separator, best = s, score
			}
		}
	}
	if !slices.Contains(Separators(), t.Separator) {
		return &Error{t.skipped + 1, fmt.Sprintf("%.10q separates no cells: use a comma, semicolon, tab or bar", t.Separator)}
	}
	return nil
}

// measure checks the bounds in one pass, without making cells.
func (t *Table) measure() error {
	line, rows, columns, cell, quoted := t.skipped+1, 0, 1, 0, false
	for i := range len(t.text) {
		switch c := t.text[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			rows, columns, cell = rows+1, 1, -1
		case c == t.Separator[0] && !quoted:
			columns, cell = columns+1, -1
		}
		if t.text[i] == '\n' {
			line++
		}
		switch cell++; {
		case cell > MaxCell:
			return &Error{line, fmt.Sprintf("a cell has more than %d bytes: is a quote not closed?", MaxCell)}
		case columns > MaxColumns:
			return &Error{line, fmt.Sprintf("there are more than %d columns", MaxColumns)}
		case rows > MaxRows+1:
			return &Error{line, fmt.Sprintf("there are more than %d rows", MaxRows)}
		}
	}
	return nil
}

// check reads the whole table once, so that nothing is imported of a file whose end is not understood.
func (t *Table) check() error {
	r := t.reader()
	header, err := r.Read()
	if err != nil {
		return t.explain(err)
	}
	line, _ := r.FieldPos(0)
	if err := t.name(header, line+t.skipped); err != nil {
		return err
	}
	for ; ; t.Rows++ {
		if _, err := r.Read(); err == io.EOF { //nolint:errorlint // csv returns it as it is
			return nil
		} else if err != nil {
			return t.explain(err)
		}
		if t.Rows == MaxRows {
			line, _ := r.FieldPos(0)
			return &Error{line + t.skipped, fmt.Sprintf("there are more than %d rows", MaxRows)}
		}
	}
}

// name names the columns.
func (t *Table) name(header []string, line int) error {
	t.Header = make([]string, len(header))
	known := false
	for i, name := range header {
		ours := columnName(name)
		if name = plainName(name); !slices.ContainsFunc(header, func(other string) bool { return plainName(other) == ours }) {
			name = ours
		}
		switch {
		case utf8.RuneCountInString(name) > 100 || strings.Contains(name, "\n"):
			return &Error{line, "the name of a column is too long: is a quote not closed?"}
		case name != "" && slices.Contains(t.Header[:i], name):
			return &Error{line, fmt.Sprintf("two columns are named %q", name)}
		}
		t.Header[i], known = name, known || slices.Contains(keys(), name)
	}
	if !known {
		return &Error{line, "no column is named name, email, phone_number or identifier"}
	}
	return nil
}

func (t *Table) reader() *csv.Reader {
	r := csv.NewReader(strings.NewReader(t.text))
	r.FieldsPerRecord, r.ReuseRecord, r.Comma = -1, true, rune(t.Separator[0])
	return r
}

// explain says in the words of a person what is wrong with a line.
func (t *Table) explain(err error) error {
	var invalid *csv.ParseError
	switch {
	case errors.As(err, &invalid) && errors.Is(err, csv.ErrQuote):
		return &Error{invalid.StartLine + t.skipped, "a quote opens a cell and does not close it"}
	case errors.As(err, &invalid):
		return &Error{invalid.Line + t.skipped, "a quote stands within a cell that does not begin with one"}
	case errors.Is(err, io.EOF):
		return &Error{Reason: "the file is empty"}
	}
	return err
}

// All yields the rows behind the header.
func (t *Table) All() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		r := t.reader()
		for i := 0; ; i++ {
			cells, err := r.Read()
			if err != nil { // check has read it all
				return
			}
			line, _ := r.FieldPos(0)
			if i > 0 && !yield(Row{line + t.skipped, cells}) {
				return
			}
		}
	}
}

// keys are the columns by which a contact is found.
func keys() []string { return []string{"name", "email", "phone_number", "identifier"} }

// otherColumns are those of an export, and what is kept beside the custom attributes.
func otherColumns() []string {
	return []string{
		"id", "created_at", "last_activity_at", "ip_address", "blocked", "labels", "company_name", "city", "country",
		"country_code",
	}
}

func isKnown(name string) bool {
	return slices.Contains(keys(), name) || slices.Contains(otherColumns(), name)
}

// plainName is the name of a column as it is compared: in small letters, with _ for spaces.
func plainName(name string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
}

// columnName is that name, or ours for a usual name of the same thing.
func columnName(name string) string {
	switch name = plainName(name); name {
	case "e-mail", "mail", "email_address", "e-mail_address":
		return "email"
	case "phone", "telephone", "phonenumber":
		return "phone_number"
	case "full_name":
		return "name"
	}
	return name
}
