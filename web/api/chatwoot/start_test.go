package chatwoot_test

import (
	"strings"
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
)

// Chatwoot's dashboard and its application for telephones ask for all of this when they start and when a conversation is
// opened, with the headers of a session. Each answer must have the keys that they read without asking for them first.
func TestStartOfClients(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	withPassword(t, w, w.Agent, "open sesame now")
	w.Vars["email"] = w.Agent.Email
	signedIn := w.Do(t, apitest.Nobody, "POST", "/auth/sign_in", `{"email": "{email}", "password": "open sesame now"}`).Want(200)
	var session []string
	for _, name := range []string{"access-token", "client", "uid", "expiry", "token-type"} {
		if signedIn.Header().Get(name) == "" {
			t.Fatalf("the sign-in has no %s", name)
		}
		session = append(session, name, signedIn.Header().Get(name))
	}

	for path, keys := range map[string][]string{
		"/auth/validate_token":             {"payload.success", "payload.data.accounts", "payload.data.pubsub_token"},
		"/api/v1/profile":                  {"id", "accounts", "pubsub_token", "ui_settings", "account_id", "available_name"},
		v1:                                 {"features.labels", "cache_keys.label", "settings", "locale", "name"},
		v1 + "//cache_keys":                {"cache_keys.label", "cache_keys.inbox", "cache_keys.team"},
		v1 + "/labels":                     {"payload"},
		v1 + "/inboxes":                    {"payload"},
		v1 + "/teams":                      nil,
		v1 + "/agents":                     nil,
		v1 + "/canned_responses":           nil,
		v1 + "/macros":                     {"payload"},
		v1 + "/dashboard_apps":             nil,
		v1 + "/campaigns":                  nil,
		v1 + "/portals":                    {"payload", "meta.current_page", "meta.portals_count"},
		v1 + "/custom_roles":               nil,
		v1 + "/sla_policies":               {"payload"},
		v1 + "/agent_bots":                 nil,
		v1 + "/integrations/apps":          {"payload"},
		v1 + "/notifications?page=1":       {"data.meta.unread_count", "data.payload"},
		v1 + "/notifications/unread_count": nil,
		v1 + "/notification_settings":      {"selected_email_flags", "selected_push_flags", "all_email_flags", "all_push_flags"},
		v1 + "/assignable_agents?inbox_ids[]={inbox}":                             {"payload"},
		v1 + "/custom_attribute_definitions?attribute_model=0":                    nil,
		v1 + "/custom_attribute_definitions?attribute_model=1":                    nil,
		v1 + "/custom_filters?filter_type=conversation":                           nil,
		v1 + "/custom_filters?filter_type=contact":                                nil,
		cs + "?status=open&assignee_type=me&page=1&sort_by=last_activity_at_desc": {"data.meta.mine_count", "data.payload"},
		cs + "/meta?status=open&assignee_type=me":                                 {"meta.all_count", "meta.unassigned_count"},
		co:                      {"meta.sender", "messages", "labels", "can_reply", "last_activity_at"},
		co + "/messages":        {"meta.labels", "meta.contact", "payload"},
		co + "/labels":          {"payload"},
		co + "/participants":    nil,
		co + "/draft_messages":  {"has_draft"},
		co + "/attachments":     {"meta.total_count", "payload"},
		co + "/inbox_assistant": {"assistant"},
		ks + "/:contact?include_contact_inboxes=false":         {"payload.id", "payload.availability_status"},
		ks + "/:contact/conversations":                         {"payload"},
		ks + "/:contact/labels":                                {"payload"},
		ks + "/:contact/notes":                                 nil,
		ks + "/:contact/contactable_inboxes":                   {"payload"},
		ks + "?include_contact_inboxes=false&page=1&sort=name": {"meta.count", "meta.current_page", "payload"},
		v1 + "/search/conversations?q=parcel&page=1":           {"payload.conversations"},
		v1 + "/search/articles?q=parcel&page=1":                {"payload.articles"},
	} {
		got := w.Do(t, apitest.Nobody, "GET", path, "", session...).Want(200)
		if keys == nil { // a bare list, or a bare number
			var list any
			got.Into(&list)
			if _, isObject := list.(map[string]any); isObject || list == nil {
				t.Errorf("%s answers %s", path, got.Body)
			}
			continue
		}
		answer := got.Object()
		for _, key := range keys {
			if !has(answer, key) {
				t.Errorf("%s has no %s: %s", path, key, got.Body)
			}
		}
	}
}

// has reports whether an object has a key; dots lead into inner objects.
func has(object map[string]any, key string) bool {
	var v any = object
	for part := range strings.SplitSeq(key, ".") {
		inner, ok := v.(map[string]any)
		if !ok {
			return false
		}
		if v, ok = inner[part]; !ok {
			return false
		}
	}
	return true
}
