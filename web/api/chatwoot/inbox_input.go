package chatwoot

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/chatwoot/shape"
)

// inboxInput holds the fields of an inbox that clients may send. The text "null" clears a field.
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

// sentText returns a text that was sent, with "null" as the empty text, or nil if none was sent.
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

// apply sets the fields of an inbox that were sent.
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
		i.BusinessName = shape.NilIfEmpty(*v)
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

// checkRequired refuses a new inbox that lacks a required field of its kind.
func (in inboxInput) checkRequired(k db.InboxKind) error {
	field := channel.Of(k).Required
	if field.Name != "" && in.Channel.text(field.Name) == "" {
		return fault.Field(field.Name, field.Label+" can't be blank")
	}
	return nil
}

// kindOf reads a channel's type: one of Chatwoot's, or one of the kinds that only Parley has.
func kindOf(channelType string) (db.InboxKind, error) {
	k := db.InboxKind(channelType)
	if !k.Valid() {
		return k, fault.Field("channel", "Channel type is not known")
	}
	return k, nil
}

// channelInput is the field channel, an object whose fields depend on the kind of inbox.
type channelInput map[string]json.RawMessage

// UnmarshalJSON accepts {…}, the same as text, null and "".
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

// settingInput is a setting as clients send it.
func settingInput(t channel.SettingType) any {
	switch t {
	case channel.Flag:
		return &api.Bool{}
	case channel.Number:
		return &api.ID{}
	case channel.Object:
		return &api.Object{}
	case channel.Texts:
		return &api.Strings{}
	}
	return &api.Text{}
}

// apply sets the fields of an inbox's channel that were sent, in columns if there are any for them, and in settings
// otherwise.
func (v channelInput) apply(i *db.Inbox) error {
	if len(v) == 0 {
		return nil
	}
	if err := v.applyColumns(i); err != nil {
		return err
	}
	settings := shape.InboxSettings(*i)
	for _, field := range channel.Of(i.Kind).Settings {
		raw, sent := v[field.Name]
		if !sent {
			continue
		}
		into := settingInput(field.Type)
		if err := json.Unmarshal(raw, into); err != nil {
			return fault.Field(field.Name, "Channel "+strings.ReplaceAll(field.Name, "_", " ")+" is invalid")
		}
		value, err := json.Marshal(settingValue(into))
		if err != nil {
			return err
		}
		settings[field.Name] = value
	}
	raw, err := json.Marshal(settings)
	i.Settings = db.SealedJSON(raw)
	return err
}

// settingValue returns the value of an input to store, or null if it is absent.
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
	kind := channel.Of(i.Kind)
	if kind.Verified {
		setIfGiven(&i.HmacMandatory, in.HmacMandatory.Ptr())
	}
	if kind.Bridge {
		if u := sentText(in.WebhookURL); u != nil {
			if *u != "" && !isWebURL(*u) {
				return fault.Field("webhook_url", "Webhook url is invalid")
			}
			i.WebhookUrl = *u
		}
		if in.AdditionalAttributes != nil {
			i.AdditionalAttributes = json.RawMessage(in.AdditionalAttributes)
		}
	}
	return v.applyAddress(i, kind.Own)
}

// applyAddress sets the inbox's own address on its channel, in the channel's form.
func (v channelInput) applyAddress(i *db.Inbox, form channel.AddressForm) (err error) {
	address, number := v.text("email"), v.text("phone_number")
	switch {
	case form == channel.MailAddress && address != "":
		i.Address, err = auth.NormalEmail(address)
	case form == channel.PhoneNumber && number != "" && !phonePattern.MatchString(number):
		return fault.Field("phone_number", "Phone number is invalid")
	case (form == channel.PhoneNumber || form == channel.AnyAddress) && number != "":
		i.Address = number
	}
	return err
}

// isWebURL reports whether a webhook can have the URL, which must not contain a password.
func isWebURL(s string) bool {
	u, ok := db.WebURL(s)
	return ok && u.User == nil
}
