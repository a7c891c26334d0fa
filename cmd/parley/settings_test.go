package main

import (
	"fmt"
	"testing"

	"github.com/parleydesk/parley/internal/link"
)

// TestSettingsJourney is an administrator's first hour in a real browser: an inbox, a token, a team and the rest are
// made, and every page of settings, contacts and people is looked at by axe, light, dark and narrow.
func TestSettingsJourney(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.as(f.admin)
	settings := f.path("/settings/")

	b.open(settings + "inboxes")
	b.press("button", "New inbox")
	b.fill("Name", "Workshop API")
	b.accessible("the dialog of an inbox")
	b.press("button", "Create inbox")
	b.until(`document.querySelector('h1')?.innerText === 'Workshop API' && document.querySelector('#identifier')?.value.length > 20`)
	inbox := value[string](b, "location.pathname")

	b.open(settings + "access-tokens")
	b.fill("Name", "Shop orders")
	b.press("button", "Create token")
	b.until(`document.querySelector('#once')?.value.length > 40`)
	b.accessible("a token, shown once")
	survey := f.survey(b)

	for page, fill := range map[string]func(){
		"labels":         func() { b.fill("Name", "vip") },
		"canned-replies": func() { b.fill("Name", "thanks"); b.fill("Text", "Thank you for writing.") },
		"teams":          func() { b.fill("Name", "Workshop") },
		"macros": func() {
			b.fill("Name", "Close kindly")
			b.choose("What to do", "Send a message")
			b.until(`document.querySelector('textarea[name=a0_text]')`)
			b.fill("Text", "Thank you!")
		},
		"automation": func() {
			b.fill("Name", "Urgent")
			b.choose("About", "Message text")
			b.until(`document.querySelector('input[name=c0_was]')?.value === 'content'`)
			b.choose("What to do", "Resolve")
			b.until(`document.querySelector('input[name=a0_was]')?.value === 'resolve_conversation'`)
			b.fill("Any of these, one on a line", "urgent")
		},
		"attributes": func() { b.fill("Name", "Order"); b.fill("Key", "order_number") },
		"webhooks":   func() { b.fill("Webhook address", "https://shop.example/hook") },
	} {
		b.open(settings + page + "/new")
		fill()
		value[bool](b, `document.querySelector('main form').requestSubmit(), true`)
		b.until(`location.pathname === '` + settings + page + `' && document.querySelectorAll('main tbody tr').length === 1`)
	}
	b.open(settings + "agent-bots/new")
	b.fill("Name", "Returns")
	b.press("button", "Create bot")
	b.until(`document.querySelector('#once')?.value.length > 40`)
	b.accessible("a bot's token, shown once")
	b.open(f.path("/contacts/1?tab=notes"))
	b.fill("New note", "Prefers mail")
	b.press("button", "Add note")
	b.until(`document.querySelector('article')?.innerText.includes('Prefers mail')`)

	b.open(f.path("/conversations/1"))
	b.press("button", "More")
	b.until(`document.querySelector('#more-menu').matches(':popover-open')`)
	b.accessible("the menu with macros")
	b.press("button", "Close kindly")
	b.until(`[...document.querySelectorAll('#thread .message')].some((m) => m.innerText.includes('Thank you!'))`)

	b.open(settings + "attributes")
	attribute := value[string](b, `document.querySelector('main tbody td.end a').getAttribute('href')`)

	// The conversation that was just left may still tell what was read in it, which reads this as well; the next one stays.
	for tries, unread := 0, false; !unread; tries++ {
		if tries == 5 {
			b.Fatalf("nothing is unread\n%s", b.shown())
		}
		f.notify(f.admin)
		b.open(f.path("/notifications"))
		b.find("heading", "Notifications")
		unread = value[bool](b, `Boolean(document.querySelector('.hit[data-unread]'))`)
	}

	pages := []string{
		f.path("/notifications"), f.path("/conversations/new?to=a"), f.path("/conversations/new?contact=1"),
		inbox, inbox + "?show=hmac", settings + "inboxes", settings + "inboxes?new=1", settings + "members", settings +
			"access-tokens", settings + "account", settings + "translation",
		settings + "labels", settings + "labels/1", settings + "canned-replies", settings + "canned-replies/1", settings +
			"teams", settings + "teams/1",
		settings + "webhooks", settings + "webhooks/1", settings + "webhooks/new", settings + "agent-bots", settings +
			"agent-bots/1", settings + "agent-bots/new", settings + "macros", settings + "macros/1", settings +
			"macros/new", settings + "automation", settings + "automation/1", settings + "automation/new", settings +
			"attributes", attribute, settings + "attributes/new", f.path("/conversations/1"),
		"/profile", f.path("/contacts"), f.path("/contacts?new=1"), f.path("/contacts/1"), f.path("/contacts/1?tab=notes"),
		f.path("/contacts/1?edit=1"), survey, survey + "?thanks=1",
	}
	for _, look := range []struct {
		width int64
		theme string
	}{{1440, "light"}, {1440, "dark"}, {390, "light"}} {
		b.look(look.width, 900, look.theme)
		for _, page := range pages {
			b.open(page)
			if title := value[string](b, `document.querySelector('h1')?.innerText ?? ''`); title == "Nothing here" {
				b.Errorf("%s is not there", page)
			}
			b.accessible(fmt.Sprintf("%s, %d px, %s", page, look.width, look.theme))
		}
	}
}

// survey asks the customer how it was, and answers in their place; it tells the survey's address.
func (f fixture) survey(b tab) string {
	b.Helper()
	f.api("POST", "/conversations/"+f.number()+"/messages", map[string]any{
		"content": "How was it?", "content_type": "input_csat", "message_type": "template",
	})
	address := link.Survey(f.thread.Uuid.String())
	b.open(address)
	b.accessible("a survey")
	value[bool](b, `document.querySelector('input[value="4"]').click(), document.querySelector('form').requestSubmit(), true`)
	b.until(`document.querySelector('h1')?.innerText === 'Thank you'`)
	return address
}
