package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

var attributeKey = regexp.MustCompile(`^[\p{L}\p{N}_.-]+$`)

// CheckAttribute validates the definition of a custom attribute before it is stored. Fields have the API's names.
func CheckAttribute(d db.AttributeDefinition) fault.Fields {
	invalid := fault.Fields{}
	switch {
	case d.Key == "":
		invalid["attribute_key"] = "Attribute key can't be blank"
	case !attributeKey.MatchString(d.Key):
		invalid["attribute_key"] = "Attribute key is invalid"
	case slices.Contains(builtIn(d.Model), d.Key):
		invalid["attribute_key"] = "The provided key is not allowed as it might conflict with default attributes."
	}
	if d.DisplayName == "" {
		invalid["attribute_display_name"] = "Attribute display name can't be blank"
	}
	for field, s := range map[string]*string{
		"attribute_key": &d.Key, "attribute_display_name": &d.DisplayName, "attribute_description": &d.Description,
		"regex_pattern": d.RegexPattern,
		"regex_cue":     d.RegexCue, "default_value": d.DefaultValue,
	} {
		most := 255
		if field == "attribute_description" {
			most = 20000
		}
		if s != nil && utf8.RuneCountInString(*s) > most {
			invalid[field] = fmt.Sprintf("%s is too long (maximum is %d characters)", sentence(field), most)
		}
	}
	return invalid
}

// builtIn lists the keys that a model has by itself: a filter could not distinguish a custom one from them.
func builtIn(m db.AttributeModel) []string {
	switch m {
	case db.AttributeModelContactAttribute:
		return []string{
			"name", "email", "phone_number", "identifier", "country_code", "city", "created_at", "last_activity_at",
			"referer", "blocked", "labels", "company_name",
		}
	case db.AttributeModelConversationAttribute:
		return []string{
			"status", "priority", "assignee_id", "inbox_id", "team_id", "display_id", "campaign_id", "labels", "browser_language", "country_code",
			"referer", "created_at", "last_activity_at", "contact_id", "conversation_language", "mail_subject",
		}
	}
	return nil
}

// SaveAttribute stores a definition that has been checked, a new one where it has no id. Administrators only.
func (t *Tx) SaveAttribute(ctx context.Context, d db.AttributeDefinition) (db.AttributeDefinition, error) {
	if err := t.requireAdmin(); err != nil {
		return d, err
	}
	if d.ID == 0 {
		return t.q.InsertAttributeDefinition(ctx, db.InsertAttributeDefinitionParams{
			AccountID: t.Account(), Model: d.Model, Key: d.Key, DisplayName: d.DisplayName, DisplayType: d.DisplayType, Description: d.Description,
			Vals: d.Values, DefaultValue: d.DefaultValue, RegexPattern: d.RegexPattern, RegexCue: d.RegexCue,
		})
	}
	return t.q.UpdateAttributeDefinition(ctx, db.UpdateAttributeDefinitionParams{
		AccountID: t.Account(), ID: d.ID, Key: d.Key, DisplayName: d.DisplayName, DisplayType: d.DisplayType, Description: d.Description,
		Vals: d.Values, DefaultValue: d.DefaultValue, RegexPattern: d.RegexPattern, RegexCue: d.RegexCue,
	})
}

// SetAttribute sets one custom attribute of a conversation and leaves the others; nil removes it.
func (t *Tx) SetAttribute(ctx context.Context, conversationID int64, key string, value json.RawMessage) error {
	c, err := t.lock(ctx, conversationID)
	if err != nil {
		return err
	}
	var over json.RawMessage
	var gone []string
	if value == nil {
		gone = []string{key}
	} else if over, err = json.Marshal(map[string]json.RawMessage{key: value}); err != nil {
		return err
	}
	next, differs, err := mergeObjects(c.CustomAttributes, over, gone)
	if err != nil || !differs {
		return err
	}
	return t.SetAttributes(ctx, conversationID, Attributes{Custom: next})
}
