package shape

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
)

// WithoutSecrets is an object of settings without its passwords and keys, at any depth: clients can write them but
// never read them.
func WithoutSecrets(raw json.RawMessage) json.RawMessage {
	set := map[string]any{}
	if db.Decode(raw, &set) != nil {
		return json.RawMessage("{}")
	}
	dropSecrets(set)
	clean, err := json.Marshal(set)
	if err != nil {
		return json.RawMessage("{}")
	}
	return clean
}

func dropSecrets(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if isSecret(name) {
				delete(v, name)
				continue
			}
			dropSecrets(inner)
		}
	case []any:
		for _, inner := range v {
			dropSecrets(inner)
		}
	}
}

// isSecret reports whether a setting holds a secret, by the words in its name.
func isSecret(name string) bool {
	name = strings.ToLower(name)
	return name == "key" || slices.ContainsFunc([]string{
		"password", "secret", "token", "api_key", "apikey", "credential", "private",
	}, func(word string) bool {
		return strings.Contains(name, word)
	})
}
