package views

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/views/ui"
)

// ContactImports is the page on which a file of contacts is chosen, with the imports so far.
type ContactImports struct {
	Rows    []db.ContactImport
	Invalid fault.Fields
}

// ContactImport is one file: a draft with its first rows as they will be stored, or an import and how it went.
type ContactImport struct {
	Row db.ContactImport
	// Charset and Separator are how the file is read; Charsets are those that can be chosen.
	Charset, Separator string
	Charsets           []string
	Total              int
	Rows               []ImportRow
	// Problem is why the file is not understood.
	Problem string
}

// ImportRow is a row of a file as it will be stored, or the reason why it will not.
type ImportRow struct {
	Line    int
	Known   bool
	Contact db.Contact
	Reason  string
}

func (v ContactImport) lead() string {
	switch {
	case v.Problem != "":
		return "Choose how the file is to be read, or mend it and upload it again."
	case v.Total > len(v.Rows):
		return fmt.Sprintf("The first %d of %s as they will be stored. Nothing is stored yet.",
			len(v.Rows), ui.Plural(int64(v.Total), "row", "rows"))
	}
	return "The rows as they will be stored. Nothing is stored yet."
}

// charsetLabels say for which languages a charset is used.
var charsetLabels = map[string]string{
	"utf-8": "UTF-8", "utf-16le": "UTF-16", "utf-16be": "UTF-16, big-endian", "windows-1252": "Western, Windows-1252",
	"windows-1250": "Central European, Windows-1250", "windows-1251": "Cyrillic, Windows-1251", "windows-1253": "Greek, Windows-1253",
	"windows-1254": "Turkish, Windows-1254", "windows-1255": "Hebrew, Windows-1255", "windows-1256": "Arabic, Windows-1256",
	"windows-1257": "Baltic, Windows-1257", "windows-1258": "Vietnamese, Windows-1258", "windows-874": "Thai, Windows-874",
	"koi8-r": "Cyrillic, KOI8-R", "gbk": "Chinese, GBK", "big5": "Chinese, Big5", "shift_jis": "Japanese, Shift JIS",
	"euc-jp": "Japanese, EUC-JP", "euc-kr": "Korean, EUC-KR",
}

func (v ContactImport) charsets() []ui.Option {
	all := []ui.Option{{Value: "", Label: "Find it out"}}
	for _, name := range v.Charsets {
		label := charsetLabels[name]
		if label == "" {
			label = strings.ToUpper(name)
		}
		all = append(all, ui.Option{Value: name, Label: label})
	}
	return all
}

func (v ContactImport) separators() []ui.Option {
	return []ui.Option{
		{Value: "", Label: "Find it out"},
		{Value: ",", Label: "Comma"},
		{Value: ";", Label: "Semicolon"},
		{Value: "\t", Label: "Tab"},
		{Value: "|", Label: "Bar"},
	}
}

// attributes are what a contact has beside its columns, as "key: value".
func (r ImportRow) attributes() string {
	var parts []string
	if r.Contact.Identifier != nil {
		parts = append(parts, "identifier: "+*r.Contact.Identifier)
	}
	if r.Contact.Blocked {
		parts = append(parts, "blocked")
	}
	for _, raw := range []json.RawMessage{r.Contact.AdditionalAttributes, r.Contact.CustomAttributes} {
		values := map[string]any{}
		if err := db.Decode(raw, &values); err != nil {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(values)) {
			parts = append(parts, fmt.Sprintf("%s: %v", key, values[key]))
		}
	}
	return strings.Join(parts, ", ")
}

func importState(row db.ContactImport) (state, icon, label string) {
	switch row.State {
	case "done":
		if row.Failed > 0 {
			return "pending", "triangle-alert", "Done, " + ui.Plural(int64(row.Failed), "row", "rows") + " refused"
		}
		return "ok", "check", "Done"
	case "failed":
		return "failed", "triangle-alert", "Refused"
	}
	return "pending", "clock", "Waiting"
}

func importCount(row db.ContactImport) string {
	return fmt.Sprintf("%s of %s", ui.Thousands(int64(row.Processed)), ui.Thousands(int64(row.Total)))
}
