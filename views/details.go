package views

import (
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/views/ui"
)

// Details is the panel beside the thread: the contact, where the conversation belongs, and earlier conversations.
type Details struct {
	Open    db.GetOpenConversationRow
	Sidebar []db.ListSidebarItemsRow
	Past    []db.ListPreviousConversationsRow
	// Attributes are the definitions of both; the values come with Open.
	Attributes Attributes
	Now        time.Time
	OutOfBand  bool
}

func (d Details) attributes(m db.AttributeModel, values json.RawMessage) Attributes {
	a := d.Attributes
	a.Model, a.Values, a.Scripted = m, values, true
	return a
}

// fact is one attribute as text.
type fact struct{ name, value string }

// facts are an object's plain values, by name. Nested values are left to the API.
func facts(raw json.RawMessage) (all []fact) {
	var object map[string]any
	if len(raw) < 3 || json.Unmarshal(raw, &object) != nil {
		return nil
	}
	for name, v := range object {
		switch v := v.(type) {
		case string:
			all = append(all, fact{humane(name), v})
		case float64:
			all = append(all, fact{humane(name), strconv.FormatFloat(v, 'f', -1, 64)})
		case bool:
			all = append(all, fact{humane(name), yesOrNo(v)})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	if len(all) > 12 {
		all = all[:12]
	}
	return all
}

// humane turns a key into words: customer_since is "Customer since".
func humane(key string) string {
	text := strings.TrimSpace(strings.NewReplacer("_", " ", "-", " ").Replace(key))
	if text == "" {
		return key
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func idOrEmpty(p *int64) string {
	if p == nil {
		return ""
	}
	return strconv.FormatInt(*p, 10)
}

func teams(d Details) []ui.Option {
	all := []ui.Option{{Value: "", Label: "None", Chosen: d.Open.Conversation.TeamID == nil}}
	for _, p := range d.Sidebar {
		if p.Section == "team" {
			all = append(all, ui.Option{Value: strconv.FormatInt(p.ID, 10), Label: p.Name})
		}
	}
	return all
}

func priorityValue(o db.GetOpenConversationRow) string {
	if o.Conversation.Priority == nil {
		return ""
	}
	return string(*o.Conversation.Priority)
}

// labelOptions are the account's labels and any others that the conversation has.
func labelOptions(d Details) (all []ui.Option) {
	for _, title := range d.Open.Conversation.Labels {
		all = append(all, ui.Option{Value: title, Label: title, Chosen: true, Hue: labelHue(d.Sidebar, title)})
	}
	for _, p := range d.Sidebar {
		if p.Section == "label" && !slices.Contains(d.Open.Conversation.Labels, p.Name) {
			all = append(all, ui.Option{Value: p.Name, Label: p.Name, Hue: ui.HueOf(p.Color)})
		}
	}
	return all
}

func labelHue(items []db.ListSidebarItemsRow, title string) int {
	for _, p := range items {
		if p.Section == "label" && p.Name == title {
			return ui.HueOf(p.Color)
		}
	}
	return 0
}

func pastTitle(p db.ListPreviousConversationsRow) string {
	if p.Subject != "" {
		return p.Subject
	}
	return "Conversation " + strconv.FormatInt(p.DisplayID, 10)
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
