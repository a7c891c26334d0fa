package chatwoot

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
)

// inboxInput is what clients send of an inbox. The text "null" clears a field.
type inboxInput struct {
	Name                       api.Text     `json:"name"`
	GreetingEnabled            api.Bool     `json:"greeting_enabled"`
	GreetingMessage            api.Text     `json:"greeting_message"`
	EnableEmailCollect         api.Bool     `json:"enable_email_collect"`
	CsatSurveyEnabled          api.Bool     `json:"csat_survey_enabled"`
	CsatConfig                 api.Object   `json:"csat_config"`
	EnableAutoAssignment       api.Bool     `json:"enable_auto_assignment"`
	AutoAssignmentConfig       api.Object   `json:"auto_assignment_config"`
	WorkingHoursEnabled        api.Bool     `json:"working_hours_enabled"`
	WorkingHours               workingHours `json:"working_hours"`
	OutOfOfficeMessage         api.Text     `json:"out_of_office_message"`
	Timezone                   api.Text     `json:"timezone"`
	AllowMessagesAfterResolved api.Bool     `json:"allow_messages_after_resolved"`
	LockToSingleConversation   api.Bool     `json:"lock_to_single_conversation"`
	SenderNameType             api.Text     `json:"sender_name_type"`
	BusinessName               api.Text     `json:"business_name"`
	Channel                    channelInput `json:"channel"`
}

// sentText is a text that was sent, "null" as the empty one; nil where none was.
func sentText(t api.Text) *string {
	if t.Value == "null" {
		t.Value = ""
	}
	return t.Given()
}

func setIfGiven[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// apply writes into an inbox what was sent.
func (in inboxInput) apply(i *db.Inbox) error {
	setIfGiven(&i.Name, sentText(in.Name))
	setIfGiven(&i.GreetingEnabled, in.GreetingEnabled.Ptr())
	setIfGiven(&i.GreetingMessage, sentText(in.GreetingMessage))
	setIfGiven(&i.EnableEmailCollect, in.EnableEmailCollect.Ptr())
	setIfGiven(&i.CsatSurveyEnabled, in.CsatSurveyEnabled.Ptr())
	setIfGiven(&i.EnableAutoAssignment, in.EnableAutoAssignment.Ptr())
	setIfGiven(&i.WorkingHoursEnabled, in.WorkingHoursEnabled.Ptr())
	setIfGiven(&i.OutOfOfficeMessage, sentText(in.OutOfOfficeMessage))
	setIfGiven(&i.AllowMessagesAfterResolved, in.AllowMessagesAfterResolved.Ptr())
	setIfGiven(&i.LockToSingleConversation, in.LockToSingleConversation.Ptr())
	if v := sentText(in.Timezone); v != nil && *v != "" {
		i.Timezone = *v
	}
	if v := sentText(in.SenderNameType); v != nil && *v != "" {
		i.SenderNameType = *v
	}
	if v := sentText(in.BusinessName); v != nil {
		i.BusinessName = nilIfEmpty(*v)
	}
	if in.CsatConfig != nil {
		i.CsatConfig = json.RawMessage(in.CsatConfig)
	}
	if in.AutoAssignmentConfig != nil {
		i.AutoAssignmentConfig = json.RawMessage(in.AutoAssignmentConfig)
	}
	if err := in.WorkingHours.apply(i); err != nil {
		return err
	}
	return in.Channel.apply(i)
}

// checkRequired refuses a new inbox without what its kind cannot be without.
func (in inboxInput) checkRequired(k db.InboxKind) error {
	missing := func(field, words string) error {
		if in.Channel.text(field) == "" {
			return fault.Field(field, words+" can't be blank")
		}
		return nil
	}
	switch k {
	case db.InboxKindWebWidget:
		return missing("website_url", "Website url")
	case db.InboxKindEmail:
		return missing("email", "Email")
	case db.InboxKindSms, db.InboxKindWhatsapp, db.InboxKindRcs:
		return missing("phone_number", "Phone number")
	}
	return nil
}

// kindOf reads a channel's type: Chatwoot's own words, and those of the kinds that are only ours.
func kindOf(channelType string) (db.InboxKind, error) {
	k := db.InboxKind(channelType)
	if !k.Valid() {
		return k, fault.Field("channel", "Channel type is not known")
	}
	return k, nil
}

// channelInput is the object channel, whose fields depend on the kind of inbox.
type channelInput map[string]json.RawMessage

// UnmarshalJSON takes {…}, the same as text, null and "".
func (v *channelInput) UnmarshalJSON(raw []byte) error {
	var o api.Object
	if err := o.UnmarshalJSON(raw); err != nil || o == nil {
		return err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(o, &fields); err != nil {
		return err
	}
	*v = fields
	return nil
}

func (v channelInput) text(name string) string {
	var t api.Text
	if raw := v[name]; len(raw) == 0 || t.UnmarshalJSON(raw) != nil {
		return ""
	}
	return strings.TrimSpace(t.Value)
}

// channelFields are the settings that a kind of inbox has in its channel, and what each is.
func channelFields(k db.InboxKind) map[string]func() any {
	text := func() any { return &api.Text{} }
	flag := func() any { return &api.Bool{} }
	number := func() any { return &api.ID{} }
	object := func() any { return &api.Object{} }
	texts := func() any { return &api.Strings{} }
	switch k {
	case db.InboxKindWebWidget:
		return map[string]func() any{
			"website_url": text, "widget_color": text, "welcome_title": text, "welcome_tagline": text, "reply_time": text, "allowed_domains": text,
			"pre_chat_form_enabled": flag, "continuity_via_email": flag, "pre_chat_form_options": object, "selected_feature_flags": texts,
		}
	case db.InboxKindEmail:
		return map[string]func() any{
			"imap_enabled": flag, "imap_login": text, "imap_password": text, "imap_address": text, "imap_port": number, "imap_enable_ssl": flag,
			"smtp_enabled": flag, "smtp_login": text, "smtp_password": text, "smtp_address": text, "smtp_port": number, "smtp_domain": text,
			"smtp_enable_ssl_tls": flag, "smtp_enable_starttls_auto": flag, "smtp_openssl_verify_mode": text, "smtp_authentication": text,
		}
	case db.InboxKindApi:
		return nil
	}
	return map[string]func() any{
		"provider": text, "provider_config": object, "messaging_service_sid": text, "bot_token": text, "line_channel_id": text,
		"line_channel_secret": text, "line_channel_token": text,
	}
}

// apply writes into an inbox what was sent of its channel: columns where it has some, settings otherwise.
func (v channelInput) apply(i *db.Inbox) error {
	if len(v) == 0 {
		return nil
	}
	if err := v.applyColumns(i); err != nil {
		return err
	}
	fields, settings := channelFields(i.Kind), settingsOf(*i)
	for name, raw := range v {
		make, ok := fields[name]
		if !ok {
			continue
		}
		into := make()
		if err := json.Unmarshal(raw, into); err != nil {
			return fault.Field(name, "Channel "+strings.ReplaceAll(name, "_", " ")+" is invalid")
		}
		value, err := json.Marshal(settingValue(into))
		if err != nil {
			return err
		}
		settings[name] = value
	}
	raw, err := json.Marshal(settings)
	i.Settings = db.SealedJSON(raw)
	return err
}

// settingValue is what is kept of an input: its plain value, null where it is absent.
func settingValue(v any) any {
	switch v := v.(type) {
	case *api.Text:
		return v.Given()
	case *api.Bool:
		return v.Ptr()
	case *api.ID:
		return v.Ptr()
	case *api.Strings:
		return v.Values
	}
	return v
}

// phonePattern is E.164.
var phonePattern = regexp.MustCompile(`^\+[1-9]\d{1,14}$`)

func (v channelInput) applyColumns(i *db.Inbox) error {
	var in struct {
		WebhookURL           api.Text   `json:"webhook_url"`
		HmacMandatory        api.Bool   `json:"hmac_mandatory"`
		AdditionalAttributes api.Object `json:"additional_attributes"`
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return fault.Field("channel", "Channel is invalid")
	}
	if i.Kind == db.InboxKindApi || i.Kind == db.InboxKindWebWidget {
		setIfGiven(&i.HmacMandatory, in.HmacMandatory.Ptr())
	}
	switch i.Kind {
	case db.InboxKindWebWidget:
	case db.InboxKindApi:
		if u := sentText(in.WebhookURL); u != nil {
			if *u != "" && !isWebURL(*u) {
				return fault.Field("webhook_url", "Webhook url is invalid")
			}
			i.WebhookUrl = *u
		}
		if in.AdditionalAttributes != nil {
			i.AdditionalAttributes = json.RawMessage(in.AdditionalAttributes)
		}
	case db.InboxKindEmail:
		if address := v.text("email"); address != "" {
			if i.Address, err = auth.NormalEmail(address); err != nil {
				return err
			}
		}
	default:
		if number := v.text("phone_number"); number != "" {
			if !phonePattern.MatchString(number) && !slices.Contains([]db.InboxKind{db.InboxKindTelegram, db.InboxKindLine}, i.Kind) {
				return fault.Field("phone_number", "Phone number is invalid")
			}
			i.Address = number
		}
	}
	return nil
}

// isWebURL takes http and https with a host, up to the length that a column of URLs has.
func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2048 && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}
