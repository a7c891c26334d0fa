package main

import (
	"strings"
	"testing"
)

// TestALongNameMakesNoPageWide: people and programs name things as they like, in one word too. No list of settings
// scrolls sideways, in a wide window and in a narrow one.
func TestALongNameMakesNoPageWide(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	long := strings.Repeat("Unbreakable", 200)
	for _, insert := range []string{
		"UPDATE inboxes SET name = $1",
		"UPDATE accounts SET name = $1",
		"UPDATE users SET name = $1 WHERE name = 'Bo Keller'",
		"UPDATE contacts SET name = $1",
		"INSERT INTO teams (account_id, name, description) SELECT id, $1, $1 FROM accounts",
		"INSERT INTO labels (account_id, title, description) SELECT id, $1, $1 FROM accounts",
		"INSERT INTO canned_replies (account_id, short_code, content) SELECT id, $1, $1 FROM accounts",
		"INSERT INTO macros (account_id, name, visibility) SELECT id, $1, 'global' FROM accounts",
		"INSERT INTO automation_rules (account_id, name, description, event_name) SELECT id, $1, $1, 'message_created' FROM accounts",
		"INSERT INTO attribute_definitions (account_id, model, key, display_name) SELECT id, 'contact_attribute', $1, $1 FROM accounts",
		"INSERT INTO webhooks (account_id, url, name, secret) SELECT id, 'https://shop.example/' || $1, $1, 'x' FROM accounts",
		"INSERT INTO agent_bots (account_id, name, description, secret) SELECT id, $1, $1, 'x' FROM accounts",
		"UPDATE access_tokens SET name = $1, description = $1",
	} {
		f.exec(insert, long)
	}
	b := f.as(f.admin)
	for _, width := range []int64{1400, 900, 400} {
		b.look(width, 800, "light")
		for _, page := range []string{
			"/settings/members", "/settings/inboxes", "/settings/teams", "/settings/labels", "/settings/webhooks", "/settings/agent-bots",
			"/settings/automation", "/settings/attributes", "/settings/canned-replies", "/settings/macros", "/settings/access-tokens",
			"/settings/account", "/contacts",
		} {
			b.open(f.path(page))
			over := value[int](b, `Math.max(...[document.documentElement, document.querySelector('.page')].map(`+
				`(e) => e.scrollWidth - e.clientWidth))`)
			if over > 0 {
				t.Errorf("%s in a window of %d px reaches %d px past it", page, width, over)
			}
		}
	}
}
