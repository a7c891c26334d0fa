package channel

// Setting is a field of one kind of channel in Chatwoot's API. Default is the JSON that is shown while it is not set:
// clients expect a number or a boolean where one will be.
type Setting struct {
	Name    string
	Type    SettingType
	Default string
}

// SettingType is what a setting holds.
type SettingType string

// The types of settings.
const (
	Text   SettingType = "text"
	Flag   SettingType = "flag"
	Number SettingType = "number"
	Object SettingType = "object"
	Texts  SettingType = "list of texts"
)

func websiteSettings() []Setting {
	return []Setting{
		{"website_url", Text, ""},
		{"widget_color", Text, `"#1f93ff"`},
		{"welcome_title", Text, ""},
		{"welcome_tagline", Text, ""},
		{"reply_time", Text, ""},
		{"allowed_domains", Text, ""},
		{"pre_chat_form_enabled", Flag, "false"},
		{"pre_chat_form_options", Object, "{}"},
		{"continuity_via_email", Flag, "true"},
		{"selected_feature_flags", Texts, "[]"},
	}
}

func mailSettings() []Setting {
	return []Setting{
		{"imap_enabled", Flag, "false"},
		{"imap_login", Text, `""`},
		{"imap_password", Text, ""},
		{"imap_address", Text, `""`},
		{"imap_port", Number, "0"},
		{"imap_enable_ssl", Flag, "true"},
		{"smtp_enabled", Flag, "false"},
		{"smtp_login", Text, `""`},
		{"smtp_password", Text, ""},
		{"smtp_address", Text, `""`},
		{"smtp_port", Number, "0"},
		{"smtp_domain", Text, `""`},
		{"smtp_enable_ssl_tls", Flag, "false"},
		{"smtp_enable_starttls_auto", Flag, "true"},
		{"smtp_openssl_verify_mode", Text, `"none"`},
		{"smtp_authentication", Text, `"login"`},
	}
}

// providerSettings are those of every channel that a provider runs.
func providerSettings() []Setting {
	return []Setting{
		{"provider", Text, ""},
		{"provider_config", Object, ""},
		{"messaging_service_sid", Text, ""},
		{"bot_token", Text, ""},
		{"line_channel_id", Text, ""},
		{"line_channel_secret", Text, ""},
		{"line_channel_token", Text, ""},
	}
}
