package chatwoot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/translate"
	"github.com/parleydesk/parley/web/api"
)

func (h *handlers) translationRoutes() []api.Route {
	return []api.Route{api.Post(messagePath+"/translate", api.Member, h.translateMessage)}
}

type translationJSON struct {
	Content *string `json:"content"`
}

// translateMessage translates a message. If the translation exists already, the body is empty, because the client has
// it in the message's attributes. Without a provider or a text the content is null. If the provider fails, the answer
// is 422.
func (h *handlers) translateMessage(c *api.Call) error {
	var in struct {
		Language api.Text `json:"target_language"`
	}
	if err := c.Read(&in); err != nil {
		return err
	}
	conversation, err := h.a.Conversation(c)
	if err != nil {
		return err
	}
	id, err := c.ID("message")
	if err != nil {
		return err
	}
	m, err := h.q.GetMessage(c.Ctx(), db.GetMessageParams{AccountID: c.Account(), ConversationID: conversation.ID, ID: id})
	if err != nil {
		return err
	}
	to := strings.TrimSpace(in.Language.Value)
	if to != "" && !translate.IsLanguage(to) {
		return api.Unprocessable("'" + to + "' is not a language")
	}
	if isTranslated(m, to) {
		return h.answerInTx(c, api.Empty())
	}
	if to == "" {
		return h.answerInTx(c, translationJSON{})
	}
	given, err := translate.Message(c.Ctx(), h.q, h.a.Fetch, conversation, m, to)
	if errors.Is(err, translate.ErrFailed) {
		return api.Unprocessable("T" + err.Error()[1:])
	}
	if err != nil {
		return err
	}
	if given.Content == "" {
		return h.answerInTx(c, translationJSON{})
	}
	return h.a.Write(c, func(ctx context.Context, t *desk.Tx) (any, error) {
		_, err := t.Translate(ctx, conversation.ID, m.ID, desk.Translation{Language: to, Content: given.Content, Provider: given.Provider})
		if errors.Is(err, fault.NotFound) { // deleted while the provider translated
			return translationJSON{}, nil
		}
		return translationJSON{&given.Content}, err
	})
}

// answerInTx changes nothing. It runs a transaction to store the answer with the Idempotency-Key.
func (h *handlers) answerInTx(c *api.Call, v any) error {
	return h.a.Write(c, func(context.Context, *desk.Tx) (any, error) { return v, nil })
}

func isTranslated(m db.Message, to string) bool {
	var had struct {
		Translations map[string]json.RawMessage `json:"translations"`
	}
	return json.Unmarshal(m.ContentAttributes, &had) == nil && had.Translations[to] != nil
}
