package desk

import (
	"context"
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// Translation is a message's text in another language, as a provider gave it.
type Translation struct {
	Language string
	Content  string
	Provider string
}

// Translate stores a translation of a message, beside those in other languages. fault.NotFound if the message has
// been deleted meanwhile.
func (t *Tx) Translate(ctx context.Context, conversationID, messageID int64, tr Translation) (db.Message, error) {
	_, m, err := t.message(ctx, conversationID, messageID)
	if err != nil {
		return m, err
	}
	if m.DeletedAt != nil {
		return m, fault.NotFound
	}
	err = t.q.UpsertMessageTranslation(ctx, db.UpsertMessageTranslationParams{
		AccountID: t.Account(), MessageID: m.ID, Language: tr.Language, Content: tr.Content, Provider: tr.Provider, CreatedAt: t.Now,
	})
	if err != nil {
		return m, err
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(object(m.ContentAttributes), &all); err != nil {
		return m, err
	}
	had := map[string]json.RawMessage{}
	_ = json.Unmarshal(object(all["translations"]), &had) // something else by that name gives way
	if had[tr.Language], err = json.Marshal(tr.Content); err != nil {
		return m, err
	}
	if all["translations"], err = json.Marshal(had); err != nil {
		return m, err
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return m, err
	}
	return t.SetMessageAttributes(ctx, conversationID, messageID, raw)
}
