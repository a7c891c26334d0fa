package chatwoot

import "encoding/json"

// served are Chatwoot's names for what an account has here. Clients hide what is not in the list: help_center, campaigns,
// the assistant and what else is not served is left out.
func served() []string {
	return []string{
		"inbound_emails", "channel_email", "channel_website", "channel_facebook", "channel_instagram", "agent_bots", "macros",
		"agent_management", "team_management", "inbox_management", "labels", "custom_attributes", "automations", "canned_responses",
		"integrations", "voice_recorder", "reports", "crm", "auto_resolve_conversations", "chatwoot_v4",
	}
}

// features are the names of what an account has, true each: what is served, unless a platform's application has switched
// it off, and what else such an application has switched on.
func features(switched json.RawMessage) map[string]bool {
	on := map[string]bool{}
	for _, name := range served() {
		on[name] = true
	}
	var set map[string]any
	_ = json.Unmarshal(switched, &set) // cannot fail: it was stored as an object
	for name, v := range set {
		switch v {
		case true, "true":
			on[name] = true
		default:
			delete(on, name)
		}
	}
	return on
}
