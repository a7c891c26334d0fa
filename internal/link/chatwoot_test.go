package link_test

import (
	"testing"

	"github.com/parleydesk/parley/internal/link"
)

func TestFromChatwoot(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"accounts/1/conversations/5":                    link.Conversation(1, 5),
		"accounts/1/inbox/3/conversations/5":            link.Conversation(1, 5),
		"accounts/1/label/vip/conversations/5/":         link.Conversation(1, 5),
		"accounts/1/contacts/7":                         link.Contact(1, 7),
		"accounts/1/contacts":                           link.Conversations(1),
		"accounts/1/dashboard":                          link.Conversations(1),
		"accounts/1/settings/inboxes/list":              link.Conversations(1),
		"accounts/1/conversations/five":                 link.Conversations(1),
		"accounts/1/conversations/-5":                   link.Conversations(1),
		"accounts/1/conversations/99999999999999999999": link.Conversations(1),
		"accounts/x/conversations/5":                    "/",
		"accounts":                                      "/",
		"":                                              "/",
		"//elsewhere.example":                           "/",
	} {
		if got := link.FromChatwoot(path); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}
