package chatwoot

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/translate"
	"github.com/parleydesk/parley/web/api"
)

func (s *surface) translationRoutes() []api.Route {
	return []api.Route{api.Post(messagePath+"/translate", api.Member, s.translateMessage)}
}

// languageCode is what languages are called: es, pt_BR, zh-Hant-TW.
var languageCode = regexp.MustCompile(`^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}$`)

type translationJSON struct {
	Content *string `json:"content"`
}

// translateMessage gives a message in another language. One that is there already answers nothing: the client has it
// in the message's attributes. No provider, or nothing to translate, is null; a provider that is down is 422.
func (s *surface) translateMessage(c *api.Call) error {
	var in struct {
		Language api.Text `json:"target_language"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	conversation, err := s.seen(c)
	if err != nil {
		return err
	}
	id, err := c.ID("message")
	if err != nil {
		return err
	}
	m, err := s.q.GetMessage(c.Ctx(), db.GetMessageParams{AccountID: c.Account(), ConversationID: conversation.ID, ID: id})
	if err != nil {
		return err
	}
	to := strings.TrimSpace(in.Language.Value)
	if to != "" && !languageCode.MatchString(to) {
		return refuse("'" + to + "' is not a language")
	}
	if isTranslated(m, to) {
		return s.answerInSitting(c, api.Empty())
	}
	if to == "" || m.Content == nil || strings.TrimSpace(*m.Content) == "" || m.DeletedAt != nil {
		return s.answerInSitting(c, translationJSON{})
	}
	given, err := s.translated(c, conversation, m, to)
	if err != nil {
		return err
	}
	if given.Content == "" {
		return s.answerInSitting(c, translationJSON{})
	}
	return s.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		_, err := t.Translate(ctx, conversation.ID, m.ID, given)
		if errors.Is(err, fault.NotFound) { // deleted while the provider thought
			return translationJSON{}, nil
		}
		return translationJSON{&given.Content}, err
	})
}

// answerInSitting changes nothing, but keeps the answer under the Idempotency-Key.
func (s *surface) answerInSitting(c *api.Call, v any) error {
	return s.a.Write(c, func(context.Context, *desk.Tx) (any, error) { return v, nil })
}

func isTranslated(m db.Message, to string) bool {
	var had struct {
		Translations map[string]json.RawMessage `json:"translations"`
	}
	return json.Unmarshal(m.ContentAttributes, &had) == nil && had.Translations[to] != nil
}

// translated asks for the translation: what was given before, else the account's provider. The empty one is none.
func (s *surface) translated(c *api.Call, conversation db.Conversation, m db.Message, to string) (desk.Translation, error) {
	had, err := s.q.FindMessageTranslation(c.Ctx(), db.FindMessageTranslationParams{AccountID: m.AccountID, MessageID: m.ID, Language: to})
	if err == nil {
		return desk.Translation{Language: to, Content: had.Content, Provider: had.Provider}, nil
	}
	if !db.IsNone(err) {
		return desk.Translation{}, err
	}
	provider, name, err := s.provider(c.Ctx(), m.AccountID)
	if err != nil || provider == nil {
		return desk.Translation{}, err
	}
	text := translate.Text{Content: *m.Content, To: strings.ReplaceAll(to, "_", "-")}
	if m.Kind == db.MessageKindIncoming {
		text.From = spoken(conversation)
	}
	content, err := provider.Translate(c.Ctx(), text)
	switch {
	case errors.Is(err, translate.ErrSame):
		return desk.Translation{}, nil
	case errors.Is(err, translate.ErrFailed):
		return desk.Translation{}, refuse("T" + err.Error()[1:])
	}
	return desk.Translation{Language: to, Content: strings.ReplaceAll(content, "\x00", ""), Provider: name}, err
}

// spoken is the language in which the contact writes, where it is known.
func spoken(c db.Conversation) string {
	var at struct {
		Language string `json:"conversation_language"`
	}
	_ = json.Unmarshal(c.AdditionalAttributes, &at)
	if !languageCode.MatchString(at.Language) {
		return ""
	}
	return strings.ReplaceAll(at.Language, "_", "-")
}

// provider is the account's: its first hook that is on, else what its settings name. Nil where there is none.
func (s *surface) provider(ctx context.Context, accountID int64) (translate.Provider, string, error) {
	if s.a.Fetch == nil {
		return nil, "", nil
	}
	hooks, err := s.q.ListTranslationHooks(ctx, accountID)
	if err != nil {
		return nil, "", err
	}
	for _, h := range hooks {
		var set struct {
			URL         api.Text        `json:"url"`
			Key         api.Text        `json:"api_key"`
			Project     api.Text        `json:"project_id"`
			Credentials json.RawMessage `json:"credentials"`
		}
		if json.Unmarshal(h.Settings, &set) != nil {
			continue
		}
		p, ok := translate.New(h.AppID, s.a.Fetch, translate.Settings{URL: set.URL.Value, Key: set.Key.Value, Project: set.Project.Value, Credentials: set.Credentials})
		if ok {
			return p, h.AppID, nil
		}
	}
	account, err := s.q.GetAccount(ctx, accountID)
	if err != nil {
		return nil, "", err
	}
	var set struct {
		Translation struct {
			Provider string `json:"provider"`
			URL      string `json:"url"`
			Key      string `json:"key"`
		} `json:"translation"`
	}
	if json.Unmarshal(account.Settings, &set) != nil {
		return nil, "", nil
	}
	p, ok := translate.New(set.Translation.Provider, s.a.Fetch, translate.Settings{URL: set.Translation.URL, Key: set.Translation.Key})
	if !ok {
		return nil, "", nil
	}
	return p, set.Translation.Provider, nil
}
