package chatwoot

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
)

// Placeholders are the part of Liquid that canned replies and integrations use: {{contact.name}} with filters such
// as {{contact.first_name | default: "there"}}. Text between backticks is left alone, and so is what cannot be read.

// placeholders gives the values by name; an unknown name is nothing.
type placeholders map[string]string

// fillPlaceholders reads what a text may refer to and fills it in.
func (s *surface) fillPlaceholders(ctx context.Context, t *desk.Tx, conversation db.Conversation, inbox db.Inbox, text string) (string, error) {
	contact, err := t.Queries().GetContact(ctx, t.Account(), conversation.ContactID)
	if err != nil {
		return "", err
	}
	account, err := t.Queries().GetAccount(ctx, t.Account())
	if err != nil {
		return "", err
	}
	first, last := splitName(contact.Name)
	agentFirst, agentLast := splitName(t.Actor.Name)
	values := placeholders{
		"contact.id": strconv.FormatInt(contact.ID, 10), "contact.name": contact.Name, "contact.first_name": first, "contact.last_name": last,
		"contact.email": deref(contact.Email), "contact.phone_number": deref(contact.PhoneNumber),
		"agent.name": t.Actor.Name, "agent.first_name": agentFirst, "agent.last_name": agentLast,
		"conversation.id": strconv.FormatInt(conversation.DisplayID, 10), "conversation.display_id": strconv.FormatInt(conversation.DisplayID, 10),
		"inbox.id": strconv.FormatInt(inbox.ID, 10), "inbox.name": inbox.Name, "account.name": account.Name,
	}
	values.addAttributes("contact.custom_attribute.", contact.CustomAttributes)
	values.addAttributes("conversation.custom_attribute.", conversation.CustomAttributes)
	return values.fill(text), nil
}

func (p placeholders) addAttributes(prefix string, raw json.RawMessage) {
	var all map[string]any
	if json.Unmarshal(raw, &all) != nil {
		return
	}
	for key, v := range all {
		if v != nil {
			p[prefix+key] = fmt.Sprint(v)
		}
	}
}

// fill replaces outside backticks.
func (p placeholders) fill(text string) string {
	one := regexp.MustCompile(`\{\{\s*([a-zA-Z_][\w-]*(?:\.[\w-]+)*)\s*((?:\|\s*[a-z_]+\s*(?::\s*(?:"[^"{}]*"|'[^'{}]*'))?\s*)*)\}\}`)
	code := regexp.MustCompile("(?s)```.*?```|`[^`]*`")
	var out strings.Builder
	at := 0
	replace := func(s string) string {
		return one.ReplaceAllStringFunc(s, func(match string) string {
			parts := one.FindStringSubmatch(match)
			return applyFilters(p[parts[1]], parts[2])
		})
	}
	for _, span := range code.FindAllStringIndex(text, -1) {
		out.WriteString(replace(text[at:span[0]]))
		out.WriteString(text[span[0]:span[1]])
		at = span[1]
	}
	out.WriteString(replace(text[at:]))
	return out.String()
}

// applyFilters runs the filters that replies use; others pass the value on.
func applyFilters(value, filters string) string {
	for f := range strings.SplitSeq(filters, "|") {
		name, arg, _ := strings.Cut(strings.TrimSpace(f), ":")
		switch strings.TrimSpace(name) {
		case "default":
			if value == "" {
				value = strings.Trim(strings.TrimSpace(arg), `"'`)
			}
		case "upcase":
			value = strings.ToUpper(value)
		case "downcase":
			value = strings.ToLower(value)
		case "capitalize":
			if r := []rune(value); len(r) > 0 {
				value = strings.ToUpper(string(r[:1])) + strings.ToLower(string(r[1:]))
			}
		case "strip":
			value = strings.TrimSpace(value)
		}
	}
	return value
}

// splitName takes the first word for the first name and the last, of several, for the last.
func splitName(name string) (first, last string) {
	words := strings.Fields(name)
	if len(words) > 0 {
		first = words[0]
	}
	if len(words) > 1 {
		last = words[len(words)-1]
	}
	return first, last
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
