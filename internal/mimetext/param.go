package mimetext

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

const (
	// maxField is the longest structured header field that is read.
	maxField = 8 << 10
	// maxParams is how many parameters a field may have. Honest mails have fewer than ten.
	maxParams = 100
)

// ErrField is the error of a structured header field that would cost more than it can be worth.
var ErrField = errors.New("a structured header field is too large")

// Field is a structured header field such as Content-Type: its value in lower case, and its parameters as text.
type Field struct {
	Value  string
	Params map[string]string
	// Boundary is that parameter as bytes, which it is compared as.
	Boundary string
}

// ParseField reads a structured header field. It takes RFC 2231 in any charset, encoded words in values or around the
// whole field, raw bytes in the charset that is declared for what surrounds the field, and values with spaces but
// without quotes. The only error is ErrField.
func ParseField(s, declared string) (Field, error) {
	if len(s) > maxField {
		return Field{}, fmt.Errorf("%w: %d bytes of %d", ErrField, len(s), maxField)
	}
	value, _, _ := strings.Cut(s, ";")
	whole := strings.Contains(value, "=?")
	if whole {
		s = strings.ReplaceAll(decodeEncodedWords(s), "\n", " ")
	}
	pieces := splitField(strings.TrimSpace(s))
	if i := strings.IndexAny(pieces[0], " \t"); i > 0 && strings.Contains(pieces[0][i:], "=") { // a semicolon was forgotten
		pieces = append([]string{pieces[0][:i], pieces[0][i:]}, pieces[1:]...)
	}
	if len(pieces) > maxParams+1 {
		return Field{}, fmt.Errorf("%w: %d parameters of %d", ErrField, len(pieces)-1, maxParams)
	}
	f := Field{Params: map[string]string{}}
	f.Value = strings.ToLower(firstToken(pieces[0]))
	parts := map[string][]section{}
	for _, p := range pieces[1:] {
		key, value, ok := strings.Cut(p, "=")
		if !ok {
			continue
		}
		name, sec := sectionOf(strings.ToLower(strings.TrimSpace(key)), paramValue(value))
		parts[name] = append(parts[name], sec)
	}
	for name, sections := range parts {
		f.Params[name] = joinSections(sections, declared)
	}
	if f.Boundary = boundary(parts["boundary"]); whole {
		f.Boundary = "" // nothing that counts parts before they are read can see it there
	}
	return f, nil
}

// firstToken is a field's value without what strays behind it.
func firstToken(s string) string {
	s = strings.Trim(StripControl(s), " \t\n\"'")
	s, _, _ = strings.Cut(s, " ")
	s, _, _ = strings.Cut(s, ",")
	return s
}

// splitField cuts a field at its semicolons outside of quotes. A quote that is never closed is an ordinary letter.
func splitField(s string) (pieces []string) {
	start := 0
	var open closers
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			if n := open.quote(s, i); n > 0 {
				i = n - 1
			}
		case ';':
			pieces = append(pieces, s[start:i])
			start = i + 1
		}
	}
	return append(pieces, s[start:])
}

// paramValue is a parameter's value without its quotes.
func paramValue(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if strings.HasPrefix(s, `"`) {
		var open closers
		if n := open.quote(s, 0); n == len(s) {
			return unescapeName(s[1 : n-1])
		}
		return strings.Trim(s, `"`)
	}
	return s
}

// unescapeName takes away the backslash before a quote or a backslash, and keeps those of a Windows folder.
func unescapeName(s string) string {
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
}

// section is one piece of a parameter (RFC 2231): name*0, name*1*, or the whole.
type section struct {
	number int // -1 for a parameter that is not cut
	coded  bool
	value  string
}

// sectionOf reads name, name*, name*0 and name*0*.
func sectionOf(key, value string) (name string, s section) {
	s = section{number: -1, value: value}
	name, rest, star := strings.Cut(key, "*")
	if !star {
		return name, s
	}
	number, coded := strings.CutSuffix(rest, "*")
	if n, err := strconv.Atoi(number); err == nil && n >= 0 {
		s.number, s.coded = n, coded
		return name, s
	}
	s.coded = true
	return name, s
}

// joinSections makes one text of a parameter's pieces. The coded form counts more than the plain one beside it, which
// is for programs that do not know it.
func joinSections(sections []section, declared string) string {
	plain := ""
	var cut []section
	for _, s := range sections {
		switch {
		case s.number >= 0:
			cut = append(cut, s)
		case s.coded:
			return extended([]section{s}, declared)
		case plain == "":
			plain = s.value
		}
	}
	if len(cut) == 0 {
		return strings.TrimSpace(DecodeHeader(plain, declared))
	}
	sort.SliceStable(cut, func(i, k int) bool { return cut[i].number < cut[k].number })
	return extended(cut, declared)
}

// boundary joins the pieces of a boundary, which is ASCII where anybody can read it.
func boundary(sections []section) string {
	sort.SliceStable(sections, func(i, k int) bool { return sections[i].number < sections[k].number })
	var out strings.Builder
	for i, s := range sections {
		value := s.value
		if parts := strings.SplitN(value, "'", 3); s.coded && i == 0 && len(parts) == 3 {
			value = parts[2]
		}
		if s.coded {
			value = string(unpercent(value))
		}
		out.WriteString(value)
		if s.number < 0 {
			break
		}
	}
	return out.String()
}

// extended decodes pieces of which some are percent-encoded; the first may name the charset of all.
func extended(cut []section, declared string) string {
	label, anyCoded := declared, false
	var bytes []byte
	for i, s := range cut {
		value := s.value
		if !s.coded {
			bytes = append(bytes, value...)
			continue
		}
		anyCoded = true
		if parts := strings.SplitN(value, "'", 3); i == 0 && len(parts) == 3 {
			value = parts[2]
			if parts[0] != "" {
				label = parts[0]
			}
		}
		bytes = append(bytes, unpercent(value)...)
	}
	if !anyCoded {
		return strings.TrimSpace(DecodeHeader(string(bytes), label))
	}
	text := Decode(bytes, label)
	if strings.Contains(text, "=?") {
		text = StripControl(decodeEncodedWords(text))
	}
	return strings.TrimSpace(text)
}

func unpercent(s string) []byte { return unhexBehind('%', s) }

// FormPart reads the disposition of a part of a form: the field's name, and the file's, if the part is a file. A
// browser sends a file field in which nothing was chosen as a file without a name and without content.
func FormPart(disposition string) (field, file string, isFile bool) {
	f, err := ParseField(disposition, "")
	if err != nil {
		return "", "", false
	}
	file, isFile = f.Params["filename"]
	return f.Params["name"], file, isFile
}
