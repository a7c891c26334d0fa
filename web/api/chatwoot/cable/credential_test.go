package cable_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/web/api/apitest"
)

func TestCredential(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	agent, admin := w.user(w.Agent.ID), w.user(w.Admin.ID)
	other := dbtest.Account(t, w.Server.Pool, "Third")
	gone := dbtest.Agent(t, w.Server.Pool, w.Account, "Gone", w.Inbox)
	w.exec("UPDATE memberships SET deactivated_at = now() WHERE user_id = $1", gone.ID)
	e := w.dial()
	id := func(token string, account, user any) string {
		raw, _ := json.Marshal(map[string]any{"channel": "RoomChannel", "pubsub_token": token, "account_id": account, "user_id": user})
		return string(raw)
	}
	for name, bad := range map[string]string{
		"an unknown token":              id("0123456789abcdef0123456789abcdef", w.Account.ID, agent.ID),
		"no token":                      id("", w.Account.ID, agent.ID),
		"another's token":               id(admin.PubsubToken, w.Account.ID, agent.ID),
		"another account":               id(agent.PubsubToken, other.ID, agent.ID),
		"no account":                    id(agent.PubsubToken, nil, agent.ID),
		"a user's token as a contact's": id(agent.PubsubToken, w.Account.ID, nil),
		"a contact's token as a user's": id(w.contactInbox(w.Conversation).PubsubToken, w.Account.ID, agent.ID),
		"an API token":                  id(w.Tokens[apitest.Admin], w.Account.ID, admin.ID),
		"a deactivated member":          id(gone.PubsubToken, w.Account.ID, gone.ID),
		"another channel":               strings.Replace(id(agent.PubsubToken, w.Account.ID, agent.ID), "RoomChannel", "AdminChannel", 1),
		"a list":                        `[]`,
	} {
		if got := e.subscribe(bad); got != "reject_subscription" {
			t.Errorf("%s: %s", name, got)
		}
	}
	for name, good := range map[string]string{
		"numbers":             id(agent.PubsubToken, w.Account.ID, agent.ID),
		"texts":               id(agent.PubsubToken, fmt.Sprint(w.Account.ID), fmt.Sprint(agent.ID)),
		"a contact":           w.contactIdentifier(w.Conversation),
		"a contact and nulls": id(w.contactInbox(w.Conversation).PubsubToken, nil, nil),
	} {
		if got := e.subscribe(good); got != "confirm_subscription" {
			t.Errorf("%s: %s", name, got)
		}
	}
	w.exec("UPDATE accounts SET status = 'suspended' WHERE id = $1", w.Account.ID)
	if got := w.dial().subscribe(id(agent.PubsubToken, w.Account.ID, agent.ID)); got != "reject_subscription" {
		t.Errorf("a suspended account: %s", got)
	}
	if got := w.dial().subscribe(w.contactIdentifier(w.Conversation)); got != "reject_subscription" {
		t.Errorf("a contact of a suspended account: %s", got)
	}
}

// A connection that nobody listens by is not kept.
func TestOfOne(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	guest := w.contactIdentifier(w.Conversation)
	for range 25 { // each may have 20, and a blank more makes another identifier
		e := w.dial()
		for i := range 20 {
			if got := e.subscribe(guest + strings.Repeat(" ", i)); got != "confirm_subscription" {
				t.Fatalf("one of the first 500: %s", got)
			}
		}
	}
	if got := w.dial().subscribe(guest); got != "reject_subscription" {
		t.Errorf("one more: %s", got)
	}
	if got := w.dial().subscribe(w.memberIdentifier(w.Agent)); got != "confirm_subscription" {
		t.Errorf("another user: %s", got)
	}
}
