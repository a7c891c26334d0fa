package translate

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// App is a provider that an account can use: an integration, whose hook holds its settings.
type App struct {
	ID, Name, Description string
	// Settings are the settings that its hook may have, Needed those that it must have.
	Settings, Needed []string
}

// Apps returns all providers in the order in which pages offer them.
func Apps() []App {
	return []App{
		{
			ID:          "google_translate",
			Name:        "Google Translate",
			Description: "Translates messages with Google.",
			Settings:    []string{"project_id", "credentials", "api_key"},
		},
		{
			ID:          "deepl",
			Name:        "DeepL",
			Description: "Translates messages with DeepL.",
			Settings:    []string{"api_key", "url"},
			Needed:      []string{"api_key"},
		},
		{
			ID:          "libretranslate",
			Name:        "LibreTranslate",
			Description: "Translates messages with a server that speaks LibreTranslate.",
			Settings:    []string{"url", "api_key"},
			Needed:      []string{"url"},
		},
		{
			ID:          "apertium",
			Name:        "Apertium",
			Description: "Translates messages with a server of Apertium APy.",
			Settings:    []string{"url"},
			Needed:      []string{"url"},
		},
	}
}

// AppOf finds a provider by its id.
func AppOf(id string) (App, bool) {
	all := Apps()
	at := slices.IndexFunc(all, func(a App) bool { return a.ID == id })
	if at < 0 {
		return App{}, false
	}
	return all[at], true
}

// Merge replaces the stored settings by those that were sent. It keeps a setting that was not sent, because clients
// cannot read keys and so cannot send them back. With a new address it drops the stored key: only those who know the
// key may send it elsewhere. Values are texts, except for credentials, which is an object. It returns fault.Fields by
// the setting's name if a setting is unknown, is missing, or is not an address.
func (a App) Merge(was, sent map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	for _, from := range []map[string]json.RawMessage{was, sent} {
		for name, value := range from {
			if !slices.Contains(a.Settings, name) {
				return nil, fault.Field(name, a.Name+" has no such setting")
			}
			all[name] = value
		}
	}
	if at := text(was["url"]); at != text(all["url"]) && len(sent["api_key"]) == 0 {
		delete(all, "api_key")
	}
	for _, name := range a.Needed {
		if text(all[name]) == "" {
			return nil, fault.Field(name, a.Name+" needs this")
		}
	}
	if a.ID == "google_translate" && text(all["api_key"]) == "" && (text(all["project_id"]) == "" ||
		len(all["credentials"]) < 3) && len(sent) > 0 {
		return nil, fault.Field("api_key", "Google needs a key, or a project with a service account")
	}
	if at := text(all["url"]); at != "" && !webURL(at) {
		return nil, fault.Field("url", "An address begins with https:// or http://")
	}
	return all, nil
}

func text(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s) // anything but a text leaves s empty
	return strings.TrimSpace(s)
}

func webURL(s string) bool {
	u, ok := db.WebURL(s)
	return ok && u.User == nil
}

// Of returns an account's provider and the id of its app: that of the first enabled hook with complete settings. It
// returns nil if the account has none.
func Of(ctx context.Context, q *db.Queries, client *http.Client, accountID int64) (Provider, string, error) {
	if client == nil {
		return nil, "", nil
	}
	hooks, err := q.ListTranslationHooks(ctx, accountID)
	if err != nil {
		return nil, "", err
	}
	for _, h := range hooks {
		set := map[string]json.RawMessage{}
		if json.Unmarshal(h.Settings, &set) != nil {
			continue
		}
		p, ok := New(h.AppID, client, Settings{
			URL:         text(set["url"]),
			Key:         text(set["api_key"]),
			Project:     text(set["project_id"]),
			Credentials: set["credentials"],
		})
		if ok {
			return p, h.AppID, nil
		}
	}
	return nil, "", nil
}

// languageCode matches the codes of languages: es, pt_BR, zh-Hant-TW.
var languageCode = regexp.MustCompile(`^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}$`)

// IsLanguage reports whether a text can name a language.
func IsLanguage(code string) bool { return languageCode.MatchString(code) }

// Given is a translation and the app that made it.
type Given struct{ Content, Provider string }

// Message translates a message. It returns the stored translation or else asks the account's provider, which takes
// time, so callers must not hold a transaction. The result is empty if there is nothing to translate or no provider. It
// returns ErrFailed, wrapped, if the provider failed.
func Message(ctx context.Context, q *db.Queries, client *http.Client, c db.Conversation, m db.Message, to string) (Given, error) {
	if m.Content == nil || strings.TrimSpace(*m.Content) == "" || m.DeletedAt != nil {
		return Given{}, nil
	}
	had, err := q.FindMessageTranslation(ctx, db.FindMessageTranslationParams{AccountID: m.AccountID, MessageID: m.ID, Language: to})
	if err == nil {
		return Given{had.Content, had.Provider}, nil
	}
	if !db.IsNone(err) {
		return Given{}, err
	}
	provider, app, err := Of(ctx, q, client, m.AccountID)
	if err != nil || provider == nil {
		return Given{}, err
	}
	t := Text{Content: *m.Content, To: strings.ReplaceAll(to, "_", "-")}
	if m.Kind == db.MessageKindIncoming {
		t.From = spoken(c)
	}
	content, err := provider.Translate(ctx, t)
	if errors.Is(err, ErrSame) {
		return Given{}, nil
	}
	return Given{strings.ReplaceAll(content, "\x00", ""), app}, err
}

// spoken returns the language in which the contact writes, if it is known.
func spoken(c db.Conversation) string {
	var at struct {
		Language string `json:"conversation_language"`
	}
	_ = json.Unmarshal(c.AdditionalAttributes, &at)
	if !IsLanguage(at.Language) {
		return ""
	}
	return strings.ReplaceAll(at.Language, "_", "-")
}
