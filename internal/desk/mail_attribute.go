package desk

import (
	"encoding/json"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/htmlsafe"
)

// mailPart is a mail's content in one form. A message of our own has nothing quoted, so that both are the same.
type mailPart struct {
	Full  string `json:"full"`
	Reply string `json:"reply"`
}

// mailAttributes returns the content attributes of a message of an e-mail inbox: beside those that it has, its
// addresses, and its content as text and as HTML. Whoever sends the mail, and webhooks, read them there. A note is no
// mail, a customer's message came as one, and what is imported stays as it is.
func mailAttributes(d NewMessage) (json.RawMessage, error) {
	if d.Kind != db.MessageKindOutgoing || !d.At.IsZero() {
		return d.Attributes, nil
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(object(d.Attributes), &all); err != nil {
		return nil, fault.Field("content_attributes", "Content attributes must be an object")
	}
	for _, key := range []string{"cc_emails", "bcc_emails", "to_emails"} {
		if _, given := all[key]; !given {
			all[key] = json.RawMessage("[]")
		}
	}
	_, given := all["email"]
	if !given && !d.Private && d.Content != nil && strings.TrimSpace(*d.Content) != "" {
		body := d.MailHTML
		if body == "" {
			body = strings.TrimSpace(htmlsafe.Markdown(*d.Content))
		}
		raw, err := json.Marshal(map[string]mailPart{"html_content": {body, body}, "text_content": {*d.Content, *d.Content}})
		if err != nil {
			return nil, err
		}
		all["email"] = raw
	}
	return json.Marshal(all)
}
