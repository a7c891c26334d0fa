package desk

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/placeholder"
)

// Template is a text with placeholders such as {{contact.name}}.
type Template = placeholder.Template

// ParseTemplate reads the placeholders of a message's content. Call it before anything is locked. It returns nil for a
// text without any.
func ParseTemplate(content string) *Template { return placeholder.Parse(content) }

// fill replaces {{contact.name}} and other placeholders, unless the text becomes longer than a message may be.
func (t *Tx) fill(ctx context.Context, c *db.Conversation, text string, template *Template) (string, error) {
	contact, err := t.q.GetContact(ctx, c.AccountID, c.ContactID)
	if err != nil {
		return "", err
	}
	account, err := t.q.GetAccount(ctx, c.AccountID)
	if err != nil {
		return "", err
	}
	inbox, err := t.q.GetInbox(ctx, c.AccountID, c.InboxID)
	if err != nil {
		return "", err
	}
	filled := template.Fill(placeholder.Values{
		"contact": named(contact.Name, map[string]any{
			"id": contact.ID, "email": orEmpty(contact.Email), "phone_number": orEmpty(contact.PhoneNumber),
			"custom_attribute": fields(contact.CustomAttributes),
		}),
		"conversation": map[string]any{
			"id": c.DisplayID, "display_id": c.DisplayID, "contact_name": contact.Name, "custom_attribute": fields(c.CustomAttributes),
		},
		"agent": t.agent(), "inbox": map[string]any{"id": inbox.ID, "name": inbox.Name}, "account": map[string]any{
			"id": account.ID, "name": account.Name,
		},
	})
	if utf8.RuneCountInString(filled) > MaxContent {
		return text, nil
	}
	return filled, nil
}

// agent holds the fields of the acting user, if it is a user.
func (t *Tx) agent() map[string]any {
	if t.Actor.Kind == db.ActorKindUser || t.Actor.Kind == db.ActorKindBot {
		return named(t.Actor.Name, map[string]any{"id": t.Actor.ID, "available_name": t.Actor.Name})
	}
	return nil
}

// named adds a name with its first and last name: the first word, and the last of several.
func named(name string, of map[string]any) map[string]any {
	of["name"], of["first_name"], of["last_name"] = name, "", ""
	parts := strings.Fields(name)
	if len(parts) > 0 {
		of["first_name"] = parts[0]
	}
	if len(parts) > 1 {
		of["last_name"] = parts[len(parts)-1]
	}
	return of
}

// fields reads a JSON object; whole numbers stay whole.
func fields(raw json.RawMessage) map[string]any {
	all := map[string]any{}
	if db.Decode(object(raw), &all) != nil {
		return nil
	}
	for key, v := range all {
		n, ok := v.(json.Number)
		if !ok {
			continue
		}
		if whole, err := n.Int64(); err == nil {
			all[key] = whole
		} else if f, err := n.Float64(); err == nil {
			all[key] = f
		}
	}
	return all
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
