package db

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// The bounds of AccountSettings: conversations resolve after ten minutes at the least and 999 days at the most, and a
// text has a maximum length.
const (
	minAutoResolve   = 10
	maxAutoResolve   = 999 * 24 * 60
	maxSettingLength = 20000
)

// AccountSettings are the settings of an account that Parley reads. Unknown keys, such as those of another version,
// stay as they are stored.
type AccountSettings struct {
	// AutoResolveAfter is after how many quiet minutes a conversation is resolved; nil is never.
	AutoResolveAfter *int64
	// AutoResolveMessage is posted then; AutoResolveLabel is added.
	AutoResolveMessage string
	AutoResolveLabel   string
	// AutoResolveAnswered skips conversations that wait for an answer.
	AutoResolveAnswered bool
	// KeepPending leaves a conversation to its bot even if the bot could not be reached.
	KeepPending bool
	// NdotoActivity makes the ndoto dialect show activity lines, which its strict clients do not know.
	NdotoActivity bool

	// stored is the object that these were read from.
	stored json.RawMessage
}

// fields maps the settings to their names in the object and the APIs.
func (s *AccountSettings) fields() map[string]any {
	return map[string]any{
		"auto_resolve_after":          &s.AutoResolveAfter,
		"auto_resolve_message":        &s.AutoResolveMessage,
		"auto_resolve_label":          &s.AutoResolveLabel,
		"auto_resolve_ignore_waiting": &s.AutoResolveAnswered,
		"keep_pending_on_bot_failure": &s.KeepPending,
		"ndoto_show_activity":         &s.NdotoActivity,
	}
}

// UnmarshalJSON reads the stored object. A value of another type than expected counts as not set.
func (s *AccountSettings) UnmarshalJSON(object []byte) error {
	var stored map[string]json.RawMessage
	if err := json.Unmarshal(object, &stored); err != nil {
		return err
	}
	*s = AccountSettings{stored: bytes.Clone(object)}
	for name, field := range s.fields() {
		if value, ok := stored[name]; ok {
			_ = json.Unmarshal(value, field)
		}
	}
	return nil
}

// MarshalJSON updates the stored object.
func (s AccountSettings) MarshalJSON() ([]byte, error) {
	var before AccountSettings
	object := map[string]json.RawMessage{}
	if len(s.stored) > 0 {
		if err := json.Unmarshal(s.stored, &before); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(s.stored, &object); err != nil {
			return nil, err
		}
	}
	was, changed := before.fields(), false
	for name, field := range s.fields() {
		value, err := json.Marshal(field)
		if err != nil {
			return nil, err
		}
		old, err := json.Marshal(was[name])
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(value, old) {
			object[name], changed = value, true
		}
	}
	if !changed && len(s.stored) > 0 {
		return s.stored, nil
	}
	return json.Marshal(object)
}

// Problems returns what is out of bounds, by the setting's name.
func (s AccountSettings) Problems() map[string]string {
	problems := map[string]string{}
	if after := s.AutoResolveAfter; after != nil && (*after < minAutoResolve || *after > maxAutoResolve) {
		problems["auto_resolve_after"] = "Auto resolve after must be between 10 minutes and 999 days"
	}
	for name, text := range map[string]string{"auto_resolve_message": s.AutoResolveMessage, "auto_resolve_label": s.AutoResolveLabel} {
		if utf8.RuneCountInString(text) > maxSettingLength {
			problems[name] = "Settings are too long"
		}
	}
	return problems
}
