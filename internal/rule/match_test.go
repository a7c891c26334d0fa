package rule_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/rule"
)

func ptr[T any](v T) *T { return &v }

// subject is a conversation with something under every key.
func subject() rule.Subject {
	return rule.Subject{
		Conversation: db.Conversation{
			DisplayID: 12, InboxID: 3, Status: db.ConversationStatusOpen, Priority: ptr(db.ConversationPriorityHigh), AssigneeID: ptr(int64(7)),
			Labels: []string{"refund", "vip"}, Subject: "The cap is cracked",
			AdditionalAttributes: json.RawMessage(`{"referer":"https://shop.example/cart","browser":{"browser_language":"de"},` +
				`"conversation_language":"pt"}`),
			CustomAttributes: json.RawMessage(`{"order":"A-17","amount":250.5,"due":"2026-11-01","paid":true,"tags":["a","b"]}`),
		},
		Contact: db.Contact{
			Name: "Ada Marsh", Email: ptr("ada@example.test"), PhoneNumber: ptr("+390212345"),
			AdditionalAttributes: json.RawMessage(`{"country_code":"IT","city":"Milano","company_name":"Lamps"}`),
			CustomAttributes:     json.RawMessage(`{"plan":"gold"}`),
		},
		Message: &db.Message{Kind: db.MessageKindIncoming, Content: ptr("Where is my Parcel?")},
		Changed: map[string][2]any{
			"status": {"pending", "open"}, "assignee_id": {nil, json.Number("7")}, "labels": {[]any{"refund"}, []any{"refund", "vip"}},
		},
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		conditions string
		want       bool
	}{
		{`[]`, true},
		{`[{"attribute_key":"content","filter_operator":"contains","values":["parcel"]}]`, true},
		{`[{"attribute_key":"content","filter_operator":"contains","values":["invoice","PARCEL"]}]`, true},
		{`[{"attribute_key":"content","filter_operator":"does_not_contain","values":["parcel"]}]`, false},
		{`[{"attribute_key":"content","filter_operator":"equal_to","values":["where is my parcel?"]}]`, true},
		{`[{"attribute_key":"message_type","filter_operator":"equal_to","values":["incoming"]}]`, true},
		{`[{"attribute_key":"message_type","filter_operator":"not_equal_to","values":["incoming"]}]`, false},
		{`[{"attribute_key":"private_note","filter_operator":"equal_to","values":["false"]}]`, true},
		{`[{"attribute_key":"private_note","filter_operator":"equal_to","values":[true]}]`, false},
		{`[{"attribute_key":"status","filter_operator":"equal_to","values":["open"]}]`, true},
		{`[{"attribute_key":"status","filter_operator":"equal_to","values":["all"]}]`, true},
		{`[{"attribute_key":"status","filter_operator":"not_equal_to","values":["open","pending"]}]`, false},
		{`[{"attribute_key":"assignee_id","filter_operator":"equal_to","values":[7]}]`, true},
		{`[{"attribute_key":"assignee_id","filter_operator":"equal_to","values":["7"]}]`, true},
		{`[{"attribute_key":"assignee_id","filter_operator":"equal_to","values":[{"id":7,"name":"Noor"}]}]`, true},
		{`[{"attribute_key":"assignee_id","filter_operator":"is_present","values":[]}]`, true},
		{`[{"attribute_key":"team_id","filter_operator":"is_not_present","values":[]}]`, true},
		{`[{"attribute_key":"team_id","filter_operator":"is_present","values":[]}]`, false},
		{`[{"attribute_key":"team_id","filter_operator":"not_equal_to","values":[1]}]`, true},
		{`[{"attribute_key":"team_id","filter_operator":"equal_to","values":["nil"]}]`, true},
		{`[{"attribute_key":"inbox_id","filter_operator":"equal_to","values":[1,2,3]}]`, true},
		{`[{"attribute_key":"inbox_id","filter_operator":"equal_to","values":3}]`, true},
		{`[{"attribute_key":"priority","filter_operator":"equal_to","values":["high","urgent"]}]`, true},
		{`[{"attribute_key":"priority","filter_operator":"equal_to","values":["nil"]}]`, false},
		{`[{"attribute_key":"labels","filter_operator":"equal_to","values":["vip"]}]`, true},
		{`[{"attribute_key":"labels","filter_operator":"contains","values":["vi"]}]`, false},
		{`[{"attribute_key":"labels","filter_operator":"not_equal_to","values":["spam"]}]`, true},
		{`[{"attribute_key":"email","filter_operator":"contains","values":["@example.test"]}]`, true},
		{`[{"attribute_key":"phone_number","filter_operator":"starts_with","values":["+39"]}]`, true},
		{`[{"attribute_key":"phone_number","filter_operator":"starts_with","values":["39"]}]`, true},
		{`[{"attribute_key":"phone_number","filter_operator":"equal_to","values":["390212345"]}]`, true},
		{`[{"attribute_key":"country_code","filter_operator":"equal_to","values":["IT"]}]`, true},
		{`[{"attribute_key":"city","filter_operator":"equal_to","values":["milano"]}]`, true},
		{`[{"attribute_key":"company_name","filter_operator":"is_present","values":[]}]`, true},
		{`[{"attribute_key":"browser_language","filter_operator":"equal_to","values":["de"]}]`, true},
		{`[{"attribute_key":"conversation_language","filter_operator":"equal_to","values":["pt"]}]`, true},
		{`[{"attribute_key":"referer","filter_operator":"contains","values":["/cart"]}]`, true},
		{`[{"attribute_key":"mail_subject","filter_operator":"contains","values":["cap"]}]`, true},
		{`[{"attribute_key":"order","filter_operator":"equal_to","values":["a-17"],"custom_attribute_type":"conversation_attribute"}]`, true},
		{`[{"attribute_key":"order","filter_operator":"equal_to","values":["a-17"],"custom_attribute_type":"contact_attribute"}]`, false},
		{`[{"attribute_key":"plan","filter_operator":"equal_to","values":["gold"],"custom_attribute_type":"contact_attribute"}]`, true},
		{`[{"attribute_key":"plan","filter_operator":"equal_to","values":["gold"]}]`, true},
		{`[{"attribute_key":"amount","filter_operator":"is_greater_than","values":["30"]}]`, true},
		{`[{"attribute_key":"amount","filter_operator":"is_less_than","values":[250.5]}]`, false},
		{`[{"attribute_key":"due","filter_operator":"is_less_than","values":["2026-11-02"]}]`, true},
		{`[{"attribute_key":"due","filter_operator":"days_before","values":["10"]}]`, true},
		{`[{"attribute_key":"due","filter_operator":"days_before","values":["30"]}]`, false},
		{`[{"attribute_key":"paid","filter_operator":"equal_to","values":["true"]}]`, true},
		{`[{"attribute_key":"tags","filter_operator":"equal_to","values":["b"]}]`, true},
		{`[{"attribute_key":"status","filter_operator":"attribute_changed","values":{"from":["pending"],"to":["open"]}}]`, true},
		{`[{"attribute_key":"status","filter_operator":"attribute_changed","values":{"from":["open"],"to":["open"]}}]`, false},
		{`[{"attribute_key":"status","filter_operator":"attribute_changed","values":{"from":[],"to":["open"]}}]`, true},
		{`[{"attribute_key":"assignee_id","filter_operator":"attribute_changed","values":{"from":["nil"],"to":[7]}}]`, true},
		{`[{"attribute_key":"labels","filter_operator":"attribute_changed","values":{"from":[],"to":["vip"]}}]`, true},
		{`[{"attribute_key":"team_id","filter_operator":"attribute_changed","values":{"from":[],"to":[]}}]`, false},
		{`[{"attribute_key":"nonsense","filter_operator":"is_present","values":[]}]`, false},
		{`[{"attribute_key":"status","filter_operator":"nonsense","values":["open"]}]`, false},
		// and, or: and binds more
		{`[{"attribute_key":"status","filter_operator":"equal_to","values":["open"],"query_operator":"and"},` +
			`{"attribute_key":"city","filter_operator":"equal_to","values":["Roma"]}]`, false},
		{`[{"attribute_key":"status","filter_operator":"equal_to","values":["open"],"query_operator":"or"},` +
			`{"attribute_key":"city","filter_operator":"equal_to","values":["Roma"]}]`, true},
		{`[{"attribute_key":"city","filter_operator":"equal_to","values":["Roma"],"query_operator":"OR"},` +
			`{"attribute_key":"status","filter_operator":"equal_to","values":["open"]}]`, true},
		{`[{"attribute_key":"status","filter_operator":"equal_to","values":["open"],"query_operator":"or"},` +
			`{"attribute_key":"city","filter_operator":"equal_to","values":["Roma"],"query_operator":"and"},` +
			`{"attribute_key":"city","filter_operator":"equal_to","values":["Bari"]}]`, true},
		{`[{"attribute_key":"city","filter_operator":"equal_to","values":["Roma"],"query_operator":"and"},` +
			`{"attribute_key":"status","filter_operator":"equal_to","values":["open"],"query_operator":"or"},` +
			`{"attribute_key":"city","filter_operator":"equal_to","values":["Bari"]}]`, false},
	} {
		conditions, err := rule.Conditions(json.RawMessage(c.conditions))
		if err != nil {
			t.Fatal(c.conditions, err)
		}
		if got := rule.Match(conditions, subject(), now); got != c.want {
			t.Errorf("%s: %v", c.conditions, got)
		}
	}
}

func TestMatchWithoutMessage(t *testing.T) {
	t.Parallel()
	s := subject()
	s.Message = nil
	conditions, err := rule.Conditions(json.RawMessage(`[{"attribute_key":"content","filter_operator":"contains","values":["parcel"]}]`))
	if err != nil || rule.Match(conditions, s, time.Now()) {
		t.Error("an event without a message has content", err)
	}
}

// manyValues are two conditions with n values together, one of them a change.
func manyValues(n int) string {
	texts := `["a"` + strings.Repeat(`,"a"`, n-3) + `]`
	return `[{"attribute_key":"content","filter_operator":"contains","values":` + texts + `,"query_operator":"or"},` +
		`{"attribute_key":"status","filter_operator":"attribute_changed","values":{"from":["open"],"to":["resolved"]}}]`
}

func TestValidate(t *testing.T) {
	t.Parallel()
	ok := `[{"attribute_key":"status","filter_operator":"equal_to","values":["open"]}]`
	act := `[{"action_name":"add_label","action_params":["x"]}]`
	for name, c := range map[string]struct {
		event, conditions, actions string
		field                      string
	}{
		"a good rule":         {"message_created", ok, act, ""},
		"an own attribute":    {"message_created", `[{"attribute_key":"order","filter_operator":"equal_to","values":["1"]}]`, act, ""},
		"an unknown event":    {"contact_created", ok, act, "event_name"},
		"50 values":           {"message_created", manyValues(50), act, ""},
		"51 values":           {"message_created", manyValues(51), act, "conditions"},
		"an unknown key":      {"message_created", `[{"attribute_key":"shoe","filter_operator":"equal_to","values":["1"]}]`, act, "conditions"},
		"an unknown operator": {"message_created", `[{"attribute_key":"status","filter_operator":"like","values":["1"]}]`, act, "conditions"},
		"two conditions without a joint": {
			"message_created",
			`[{"attribute_key":"status","filter_operator":"is_present","values":[]},{"attribute_key":"status",` +
				`"filter_operator":"is_present","values":[]}]`, act, "conditions",
		},
		"a joint that is neither": {
			"message_created",
			`[{"attribute_key":"status","filter_operator":"is_present","values":[],"query_operator":"xor"},` +
				`{"attribute_key":"status","filter_operator":"is_present","values":[]}]`, act, "conditions",
		},
		"conditions that are no list":    {"message_created", `"x"`, act, "conditions"},
		"an unknown action":              {"message_created", ok, `[{"action_name":"explode","action_params":[]}]`, "actions"},
		"actions that are no list":       {"message_created", ok, `{}`, "actions"},
		"a list of what is no condition": {"message_created", `[1,2]`, act, "conditions"},
		"a change without from and to": {
			"message_created",
			`[{"attribute_key":"status","filter_operator":"attribute_changed"}]`, act, "conditions",
		},
		"a joint after the last condition": {
			"message_created",
			`[{"attribute_key":"status","filter_operator":"is_present","values":[],"query_operator":"and"}]`, act, "",
		},
		"any word after the last condition": {
			"message_created",
			`[{"attribute_key":"status","filter_operator":"is_present","values":[],"query_operator":"nil"}]`, act, "",
		},
	} {
		problems := rule.Validate(c.event, json.RawMessage(c.conditions), json.RawMessage(c.actions), []string{"order"})
		if c.field == "" && problems != nil || c.field != "" && len(problems[c.field]) != 1 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
