package shape

import (
	"encoding/json"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/channel"
	"github.com/parleydesk/parley/web/api"
)

// Inbox is an inbox with everything that its kind has. What a kind lacks is null or left out, as in Chatwoot.
type Inbox struct {
	ID                         int64           `json:"id"`
	AvatarURL                  string          `json:"avatar_url"`
	ChannelID                  int64           `json:"channel_id"`
	Name                       string          `json:"name"`
	ChannelType                string          `json:"channel_type"`
	GreetingEnabled            bool            `json:"greeting_enabled"`
	GreetingMessage            *string         `json:"greeting_message"`
	WorkingHoursEnabled        bool            `json:"working_hours_enabled"`
	EnableEmailCollect         bool            `json:"enable_email_collect"`
	CsatSurveyEnabled          bool            `json:"csat_survey_enabled"`
	CsatConfig                 json.RawMessage `json:"csat_config"`
	EnableAutoAssignment       bool            `json:"enable_auto_assignment"`
	AutoAssignmentConfig       json.RawMessage `json:"auto_assignment_config"`
	OutOfOfficeMessage         *string         `json:"out_of_office_message"`
	WorkingHours               json.RawMessage `json:"working_hours"`
	Timezone                   string          `json:"timezone"`
	CallbackWebhookURL         *string         `json:"callback_webhook_url"`
	AllowMessagesAfterResolved bool            `json:"allow_messages_after_resolved"`
	LockToSingleConversation   bool            `json:"lock_to_single_conversation"`
	SenderNameType             string          `json:"sender_name_type"`
	BusinessName               *string         `json:"business_name"`
	AllowedDomains             json.RawMessage `json:"allowed_domains"`
	WidgetColor                json.RawMessage `json:"widget_color"`
	WebsiteURL                 json.RawMessage `json:"website_url"`
	HmacMandatory              *bool           `json:"hmac_mandatory"`
	WelcomeTitle               json.RawMessage `json:"welcome_title"`
	WelcomeTagline             json.RawMessage `json:"welcome_tagline"`
	WebWidgetScript            *string         `json:"web_widget_script"`
	WebsiteToken               *string         `json:"website_token"`
	SelectedFeatureFlags       json.RawMessage `json:"selected_feature_flags"`
	ReplyTime                  json.RawMessage `json:"reply_time"`
	MessagingServiceSID        json.RawMessage `json:"messaging_service_sid"`
	PhoneNumber                *string         `json:"phone_number"`
	Provider                   json.RawMessage `json:"provider"`
	*APIInbox
	*WidgetInbox
	*EmailInbox
	HmacToken      *db.Secret      `json:"hmac_token,omitempty"`
	Secret         *db.Secret      `json:"secret,omitempty"`
	ProviderConfig json.RawMessage `json:"provider_config,omitempty"`
}

// APIInbox is what only an API inbox has.
type APIInbox struct {
	WebhookURL           *string         `json:"webhook_url"`
	InboxIdentifier      string          `json:"inbox_identifier"`
	AdditionalAttributes json.RawMessage `json:"additional_attributes"`
}

// WidgetInbox is what only a web widget has.
type WidgetInbox struct {
	PreChatFormEnabled json.RawMessage `json:"pre_chat_form_enabled"`
	PreChatFormOptions json.RawMessage `json:"pre_chat_form_options"`
	ContinuityViaEmail json.RawMessage `json:"continuity_via_email"`
}

// EmailInbox is what only an e-mail inbox has.
type EmailInbox struct {
	Email             string `json:"email"`
	ForwardingEnabled bool   `json:"forwarding_enabled"`
	*MailServers
}

// MailServers are the servers of an e-mail inbox, for administrators. Passwords can be written but not read.
type MailServers struct {
	ImapEnabled        json.RawMessage `json:"imap_enabled"`
	ImapLogin          json.RawMessage `json:"imap_login"`
	ImapAddress        json.RawMessage `json:"imap_address"`
	ImapPort           json.RawMessage `json:"imap_port"`
	ImapEnableSSL      json.RawMessage `json:"imap_enable_ssl"`
	SMTPEnabled        json.RawMessage `json:"smtp_enabled"`
	SMTPLogin          json.RawMessage `json:"smtp_login"`
	SMTPAddress        json.RawMessage `json:"smtp_address"`
	SMTPPort           json.RawMessage `json:"smtp_port"`
	SMTPDomain         json.RawMessage `json:"smtp_domain"`
	SMTPEnableSSLTLS   json.RawMessage `json:"smtp_enable_ssl_tls"`
	SMTPEnableStartTLS json.RawMessage `json:"smtp_enable_starttls_auto"`
	SMTPVerifyMode     json.RawMessage `json:"smtp_openssl_verify_mode"`
	SMTPAuthentication json.RawMessage `json:"smtp_authentication"`
}

// Inbox writes an inbox; only an administrator sees its keys and servers.
func (w Writer) Inbox(i db.Inbox, admin bool) Inbox {
	set := InboxSettings(i)
	for _, s := range channel.Of(i.Kind).Settings {
		if set[s.Name] == nil && s.Default != "" {
			set[s.Name] = json.RawMessage(s.Default)
		}
	}
	j := Inbox{
		ID:                         i.ID,
		AvatarURL:                  w.Avatar(i.AvatarHash),
		ChannelID:                  i.ID,
		Name:                       i.Name,
		ChannelType:                api.Channel(i.Kind),
		GreetingEnabled:            i.GreetingEnabled,
		GreetingMessage:            NilIfEmpty(i.GreetingMessage),
		WorkingHoursEnabled:        i.WorkingHoursEnabled,
		EnableEmailCollect:         i.EnableEmailCollect,
		CsatSurveyEnabled:          i.CsatSurveyEnabled,
		CsatConfig:                 i.CsatConfig,
		EnableAutoAssignment:       i.EnableAutoAssignment,
		AutoAssignmentConfig:       i.AutoAssignmentConfig,
		OutOfOfficeMessage:         NilIfEmpty(i.OutOfOfficeMessage),
		WorkingHours:               i.WorkingHours,
		Timezone:                   i.Timezone,
		AllowMessagesAfterResolved: i.AllowMessagesAfterResolved,
		LockToSingleConversation:   i.LockToSingleConversation,
		SenderNameType:             i.SenderNameType,
		BusinessName:               i.BusinessName,
		AllowedDomains:             set["allowed_domains"],
		WidgetColor:                set["widget_color"],
		WebsiteURL:                 set["website_url"],
		WelcomeTitle:               set["welcome_title"],
		WelcomeTagline:             set["welcome_tagline"],
		SelectedFeatureFlags:       set["selected_feature_flags"],
		ReplyTime:                  set["reply_time"],
		MessagingServiceSID:        set["messaging_service_sid"],
		Provider:                   set["provider"],
	}
	kind := channel.Of(i.Kind)
	if kind.Verified {
		j.HmacMandatory = &i.HmacMandatory
		if admin {
			j.HmacToken = &i.HmacToken
		}
	}
	switch {
	case kind.Bridge:
		j.APIInbox = &APIInbox{NilIfEmpty(i.WebhookUrl), i.Identifier, i.AdditionalAttributes}
		if admin {
			j.Secret = &i.WebhookSecret
		}
	case kind.Browser:
		j.WebsiteToken = &i.Identifier
		j.WidgetInbox = &WidgetInbox{set["pre_chat_form_enabled"], set["pre_chat_form_options"], set["continuity_via_email"]}
	case kind.Mail:
		j.EmailInbox = &EmailInbox{Email: i.Address}
		if admin {
			j.MailServers = mailServers(set)
		}
	default:
		j.PhoneNumber = NilIfEmpty(i.Address)
		if admin && set["provider_config"] != nil {
			j.ProviderConfig = WithoutSecrets(set["provider_config"])
		}
	}
	return j
}

func mailServers(set map[string]json.RawMessage) *MailServers {
	return &MailServers{
		ImapEnabled:        set["imap_enabled"],
		ImapLogin:          set["imap_login"],
		ImapAddress:        set["imap_address"],
		ImapPort:           set["imap_port"],
		ImapEnableSSL:      set["imap_enable_ssl"],
		SMTPEnabled:        set["smtp_enabled"],
		SMTPLogin:          set["smtp_login"],
		SMTPAddress:        set["smtp_address"],
		SMTPPort:           set["smtp_port"],
		SMTPDomain:         set["smtp_domain"],
		SMTPEnableSSLTLS:   set["smtp_enable_ssl_tls"],
		SMTPEnableStartTLS: set["smtp_enable_starttls_auto"],
		SMTPVerifyMode:     set["smtp_openssl_verify_mode"],
		SMTPAuthentication: set["smtp_authentication"],
	}
}

// InboxSettings are the settings that only this kind of channel has.
func InboxSettings(i db.Inbox) map[string]json.RawMessage {
	set := map[string]json.RawMessage{}
	_ = json.Unmarshal(i.Settings, &set) // a column of our own: an object
	return set
}
