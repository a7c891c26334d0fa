package chatwoot

import (
	"context"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/desk"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// messageInput is a message as clients send it, alone or in a new conversation.
type messageInput struct {
	Content           api.Text        `json:"content"`
	MessageType       json.RawMessage `json:"message_type"`
	Private           api.Bool        `json:"private"`
	ContentType       api.Text        `json:"content_type"`
	ContentAttributes api.Object      `json:"content_attributes"`
	EchoID            api.Text        `json:"echo_id"`
	SourceID          api.Text        `json:"source_id"`
	ExternalCreatedAt api.Text        `json:"external_created_at"`
	SenderType        api.Text        `json:"sender_type"`
	SenderID          api.ID          `json:"sender_id"`
	CampaignID        api.ID          `json:"campaign_id"`
	TemplateParams    api.Object      `json:"template_params"`
	CcEmails          api.Strings     `json:"cc_emails"`
	BccEmails         api.Strings     `json:"bcc_emails"`
	ToEmails          api.Strings     `json:"to_emails"`
	EmailHTMLContent  api.Text        `json:"email_html_content"`
	IsVoiceMessage    api.Bool        `json:"is_voice_message"`
	// Attachments are signed ids of earlier uploads. Files are parts of the body.
	Attachments api.Strings `json:"attachments"`
}

// newMessage turns the input into a new message for a contact's conversation in this inbox. It locks nothing; call it
// before the conversation is locked. It returns the contract's errors.
func (h *handlers) newMessage(
	ctx context.Context, t *desk.Tx, contactID int64, inbox db.Inbox, in messageInput, files []api.Upload,
) (desk.NewMessage, error) {
	d := desk.NewMessage{
		Private: in.Private.Value, Content: in.Content.Given(), SourceID: in.SourceID.Ptr(), EchoID: in.EchoID.Value,
		Uploads: in.Attachments.Values,
	}
	var err error
	if d.Kind, err = messageKind(in.MessageType, inbox); err != nil {
		return d, err
	}
	if d.ContentType, err = contentType(in.ContentType.Value); err != nil {
		return d, err
	}
	if err := in.applyContentAttributes(&d, inbox); err != nil {
		return d, err
	}
	if err := in.applyAdditionalAttributes(&d); err != nil {
		return d, err
	}
	for _, u := range files {
		f := u.File()
		if channel.Of(inbox.Kind).Browser && !shownInWidget(f) {
			return d, fault.Field("attachments", "Attachments file type not supported")
		}
		if in.IsVoiceMessage.Value && f.Kind == db.FileKindAudio {
			f.Meta = json.RawMessage(`{"is_voice_message": true}`)
		}
		d.Files = append(d.Files, f)
	}
	if d.Sender, err = h.messageSender(ctx, t, contactID, d.Kind, in); err != nil {
		return d, err
	}
	if d.Content != nil && (d.Kind == db.MessageKindOutgoing || d.Kind == db.MessageKindTemplate) {
		d.Template = desk.ParseTemplate(*d.Content)
	}
	return d, nil
}

// shownInWidget reports whether the web widget can show such a file. Other channels accept any file.
func shownInWidget(f desk.File) bool {
	kind, format, _ := strings.Cut(f.ContentType, "/")
	switch kind {
	case "image", "video", "audio":
		return true
	case "text":
		return slices.Contains([]string{"csv", "plain", "rtf", "xml"}, format)
	case "application":
		if format == "octet-stream" {
			extension := strings.ToLower(path.Ext(f.Name))
			return extension == ".pfx" || extension == ".xml"
		}
		return slices.Contains([]string{
			"json", "pdf", "xml", "zip", "x-7z-compressed", "vnd.rar", "x-tar", "msword", "vnd.ms-excel", "vnd.ms-powerpoint", "rtf",
			"vnd.oasis.opendocument.text", "vnd.openxmlformats-officedocument.wordprocessingml.document",
			"vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			"vnd.openxmlformats-officedocument.presentationml.presentation", "x-pkcs12", "pkcs12",
		}, format)
	}
	return false
}

// messageKind reads message_type, which is a name in requests.
func messageKind(raw json.RawMessage, inbox db.Inbox) (db.MessageKind, error) {
	if len(raw) == 0 || string(raw) == "null" || string(raw) == `""` {
		return db.MessageKindOutgoing, nil
	}
	kind := db.MessageKind(strings.Trim(string(raw), `"`))
	if raw[0] != '"' || !kind.Valid() {
		return "", api.Unprocessable("'" + strings.Trim(string(raw), `"`) + "' is not a valid message_type")
	}
	if kind == db.MessageKindIncoming && !channel.Of(inbox.Kind).Bridge {
		return "", api.Unprocessable("Incoming messages are only allowed in Api inboxes")
	}
	return kind, nil
}

// contentType reads a content type by its name or its number.
func contentType(word string) (db.ContentType, error) {
	all := db.AllContentTypeValues()
	if n, err := strconv.Atoi(word); err == nil && n >= 0 && n < len(all) {
		return all[n], nil
	}
	if word == "" {
		return db.ContentTypeText, nil
	}
	if t := db.ContentType(word); t.Valid() {
		return t, nil
	}
	return "", api.Unprocessable("'" + word + "' is not a valid content_type")
}

// messageSender returns the sender of a message if it is not the caller: a bot of the account for which they post, or
// the contact for a message that is not outgoing.
func (h *handlers) messageSender(
	ctx context.Context, t *desk.Tx, contactID int64, kind db.MessageKind, in messageInput,
) (*desk.Sender, error) {
	if kind != db.MessageKindOutgoing {
		return &desk.Sender{Kind: db.SenderKindContact, ID: contactID}, nil
	}
	if in.SenderType.Value != "AgentBot" || !in.SenderID.Set {
		return nil, nil
	}
	bot, err := t.Queries().GetAgentBot(ctx, t.Account(), in.SenderID.Value)
	if db.IsNone(err) {
		return nil, nil
	}
	return &desk.Sender{Kind: db.SenderKindBot, ID: bot.ID}, err
}

// applyContentAttributes sets the content attributes of the message.
func (in messageInput) applyContentAttributes(d *desk.NewMessage, inbox db.Inbox) error {
	all := map[string]json.RawMessage{}
	if in.ContentAttributes != nil {
		if err := json.Unmarshal(in.ContentAttributes, &all); err != nil {
			return err
		}
	}
	d.InReplyTo, d.InReplyToSource = readInReplyTo(all)
	if err := checkItems(d.ContentType, all["items"]); err != nil {
		return err
	}
	if attributeID(all, "automation_rule_id") != 0 { // a rule's message has no other attributes than these
		d.Automated = true
		for key := range all {
			if key != "automation_rule_id" && key != "items" && key != "in_reply_to" && key != "in_reply_to_external_id" {
				delete(all, key)
			}
		}
	}
	if in.ExternalCreatedAt.Value != "" {
		setJSON(all, "external_created_at", in.ExternalCreatedAt.Value)
	}
	if channel.Of(inbox.Kind).Mail {
		if err := in.applyEmail(all, d); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(all)
	d.Attributes = raw
	return err
}

// readInReplyTo reads the message to which this one replies. An empty text means none, and is not stored.
func readInReplyTo(all map[string]json.RawMessage) (id int64, source string) {
	id = attributeID(all, "in_reply_to")
	var external api.Text
	if raw, there := all["in_reply_to_external_id"]; there && external.UnmarshalJSON(raw) == nil {
		source = external.Value
	}
	for key, absent := range map[string]bool{"in_reply_to": id == 0, "in_reply_to_external_id": source == ""} {
		if _, there := all[key]; there && absent {
			all[key] = json.RawMessage("null")
		}
	}
	return id, source
}

// attributeID reads an id among the attributes: 0 if there is none, and an id that does not exist if the value is no
// id.
func attributeID(all map[string]json.RawMessage, key string) int64 {
	var v api.ID
	raw, there := all[key]
	switch {
	case !there:
		return 0
	case v.UnmarshalJSON(raw) != nil, v.Set && v.Value <= 0:
		return -1
	}
	return v.Value
}

// applyEmail sets the addresses and the HTML of a mail. The desk adds the content.
func (in messageInput) applyEmail(all map[string]json.RawMessage, d *desk.NewMessage) error {
	for _, field := range []struct {
		key   string
		value api.Strings
	}{{"cc_emails", in.CcEmails}, {"bcc_emails", in.BccEmails}, {"to_emails", in.ToEmails}} {
		addresses := []string{}
		for a := range strings.SplitSeq(strings.Join(field.value.Values, ","), ",") {
			if a = strings.TrimSpace(a); a == "" {
				continue
			}
			address, err := auth.NormalEmail(a)
			if err != nil {
				return api.Unprocessable("Invalid email address")
			}
			addresses = append(addresses, address)
		}
		if len(addresses) > 0 {
			setJSON(all, field.key, addresses)
		}
	}
	d.MailHTML = in.EmailHTMLContent.Value
	return nil
}

// applyAdditionalAttributes sets the attributes of messages of templates and campaigns, which do not count as replies
// of agents.
func (in messageInput) applyAdditionalAttributes(d *desk.NewMessage) error {
	switch {
	case in.TemplateParams != nil && string(in.TemplateParams) != "{}":
		if err := checkTemplate(in.TemplateParams); err != nil {
			return err
		}
		d.Additional = json.RawMessage(`{"template_params":` + string(in.TemplateParams) + `}`)
	case in.CampaignID.Set:
		d.Additional, d.Automated = json.RawMessage(`{"campaign_id":`+strconv.FormatInt(in.CampaignID.Value, 10)+`}`), true
	}
	return nil
}

func checkTemplate(raw api.Object) error {
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	if name, ok := all["name"].(string); !ok || name == "" {
		return api.Unprocessable("Template params: name is required and must be a string")
	}
	for _, key := range []string{"category", "language", "namespace"} {
		if v, there := all[key]; there && v != nil {
			if _, ok := v.(string); !ok {
				return api.Unprocessable("Template params: " + key + " must be a string")
			}
		}
	}
	if v, there := all["processed_params"]; there && v != nil {
		if _, ok := v.(map[string]any); !ok {
			return api.Unprocessable("Template params: processed_params must be an object")
		}
	}
	return nil
}

// itemKeys are the keys that the items of a content type may have. Other types accept any keys.
func itemKeys(t db.ContentType) []string {
	switch t {
	case db.ContentTypeInputSelect:
		return []string{"title", "value"}
	case db.ContentTypeCards:
		return []string{"title", "description", "media_url", "actions"}
	case db.ContentTypeForm:
		return []string{"type", "placeholder", "label", "name", "options", "default", "required", "pattern", "title", "pattern_error"}
	case db.ContentTypeArticle:
		return []string{"title", "description", "link"}
	}
	return nil
}

// checkItems checks the keys of the items of a select, cards, a form or an article.
func checkItems(t db.ContentType, raw json.RawMessage) error {
	allowed := itemKeys(t)
	if allowed == nil {
		return nil
	}
	var items []map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &items) != nil || len(items) == 0 {
		return fault.Field("content_attributes", "Content attributes must have items, a list of objects, for content type "+string(t))
	}
	var strange []string
	for _, item := range items {
		strange = append(strange, unknownKeys(item, allowed)...)
		if t != db.ContentTypeCards {
			continue
		}
		var actions []map[string]json.RawMessage
		if json.Unmarshal(item["actions"], &actions) != nil || len(actions) == 0 {
			return fault.Field("content_attributes", "Content attributes contains items missing actions")
		}
		for _, action := range actions {
			strange = append(strange, unknownKeys(action, []string{"text", "type", "payload", "uri"})...)
		}
	}
	if len(strange) == 0 {
		return nil
	}
	slices.Sort(strange)
	return fault.Field(
		"content_attributes",
		"Content attributes contains invalid keys for items : ["+strings.Join(slices.Compact(strange), ", ")+"]",
	)
}

func unknownKeys(item map[string]json.RawMessage, allowed []string) (strange []string) {
	for key := range item {
		if !slices.Contains(allowed, key) {
			strange = append(strange, ":"+key)
		}
	}
	return strange
}

// setJSON sets a value whose encoding cannot fail.
func setJSON(all map[string]json.RawMessage, key string, v any) {
	raw, err := json.Marshal(v)
	if err == nil {
		all[key] = raw
	}
}

// validationFailed turns field errors into the one sentence in which endpoints that post report every failure.
func validationFailed(err error) error {
	if invalid := fault.In(err); invalid != nil {
		return api.Unprocessable("Validation failed: " + invalid.Error())
	}
	return err
}
