package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
)

// settingsJourneys are about what an account can set. What each page looks like is TestSettingsJourney's.
func settingsJourneys() map[string]func(f fixture) {
	return map[string]func(f fixture){
		"teams":          journeyTeams,
		"labels":         journeyLabels,
		"canned_replies": journeyCannedReplies,
		"macros":         journeyMacros,
		"automation":     journeyAutomation,
		"attributes":     journeyAttributes,
		"account":        journeyAccount,
		"inboxes":        journeyInboxes,
		"webhooks":       journeyWebhooks,
		"agent_bots":     journeyAgentBots,
		"access_tokens":  journeyAccessTokens,
		"own_settings":   journeyOwnSettings,
	}
}

// makes opens a page of settings by its place in the menu and makes the first of its things, changes it, and waits until
// both can be seen. It stays on the page of the one.
func (b tab) makes(f fixture, place, one string, fill, change func()) {
	b.Helper()
	b.open(f.path("/settings/labels"))
	b.press("link", place)
	b.press("link", "New "+one)
	fill()
	b.press("button", "Create "+one)
	b.until(`document.querySelectorAll('main tbody tr').length === 1`)
	b.click("main tbody td.end a")
	change()
	b.press("button", "Save changes")
	b.until(`document.querySelector('main tbody tr')?.innerText.includes('2')`)
	b.reload()
	b.click("main tbody td.end a")
	b.find("button", "Delete "+one)
}

// deletes takes away the thing whose page is shown.
func (b tab) deletes(one string) {
	b.Helper()
	b.press("button", "Delete "+one)
	b.press("button", "Yes, delete "+one)
	b.until(`document.querySelector('main .empty')`)
	b.reload()
	b.until(`document.querySelector('main .empty')`)
	b.quiet()
}

func journeyTeams(f fixture) {
	b := f.as(f.admin)
	b.makes(f, "Teams", "team", func() {
		b.fill("Name", "Workshop")
		b.press("checkbox", "Bo Keller")
	}, func() { b.fill("Name", "Workshop 2") })
	b.press("checkbox", "Ann Lee")
	b.press("switch", "Assign its conversations by turns")
	b.press("button", "Save changes")
	b.until(`document.querySelector('main tbody tr')`)
	b.click("main tbody td.end a")
	b.deletes("team")
}

func journeyLabels(f fixture) {
	b := f.as(f.admin)
	b.makes(f, "Labels", "label", func() {
		b.fill("Name", "vip")
		b.fill("Description", "Answer first")
	}, func() { b.fill("Name", "vip2"); b.choose("Colour", "Green") })
	b.open(f.path("/conversations"))
	b.until(`document.querySelector('#sidebar').innerText.includes('vip2')`)
	b.open(f.path("/settings/labels"))
	b.click("main tbody td.end a")
	b.deletes("label")
}

func journeyCannedReplies(f fixture) {
	b := f.as(f.agent)
	b.open(f.path("/settings/canned-replies/new"))
	b.press("link", "Canned replies")
	b.press("link", "New reply")
	b.fill("Name", "thanks")
	b.fill("Text", "Thank you for writing.")
	b.press("button", "Create reply")
	b.press("link", "/thanks")
	b.fill("Name", "thanks2")
	b.press("button", "Save changes")
	b.keeps("/thanks2")
	b.press("link", "/thanks2")
	b.deletes("reply")
}

func journeyMacros(f fixture) {
	b := f.as(f.admin)
	b.makes(f, "Macros", "macro", func() {
		b.fill("Name", "Close kindly")
		b.choose("What to do", "Send a message")
		b.fill("Text", "Thank you!")
		b.press("button", "Add action")
		b.until(`document.querySelectorAll('[aria-label="What to do"]').length === 2`)
		b.press("button", "Remove action 2")
		b.until(`document.querySelectorAll('[aria-label="What to do"]').length === 1`)
	}, func() { b.fill("Name", "Close kindly 2") })
	b.open(f.page())
	b.until(`'ready' in document.documentElement.dataset`)
	b.press("button", "More")
	b.press("button", "Close kindly 2")
	b.keepsMessage("agent", "Thank you!")
	b.open(f.path("/settings/macros"))
	b.click("main tbody td.end a")
	b.deletes("macro")
}

func journeyAutomation(f fixture) {
	b := f.as(f.admin)
	b.makes(f, "Automation", "rule", func() {
		b.fill("Name", "Urgent")
		b.choose("About", "Message text")
		b.until(`document.querySelector('input[name=c0_was]')?.value === 'content'`)
		b.fill("Any of these, one on a line", "urgent")
		b.choose("What to do", "Resolve")
		b.until(`document.querySelector('input[name=a0_was]')?.value === 'resolve_conversation'`)
		b.press("button", "Add condition")
		b.until(`document.querySelectorAll('[aria-label="About"]').length === 2`)
		b.press("button", "Remove condition 2")
		b.until(`document.querySelectorAll('[aria-label="About"]').length === 1`)
	}, func() { b.fill("Name", "Urgent 2") })
	b.press("button", "Copy rule")
	b.waitForToast("This is the copy")
	b.press("link", "Automation")
	b.until(`document.querySelectorAll('main tbody tr').length === 2`)
	b.click("main tbody tr:last-child .switch")
	b.until(`document.querySelector('main tbody [aria-checked=false]')`)
	b.reload()
	b.until(`document.querySelectorAll('main tbody [aria-checked=false]').length >= 1`)

	// The rule runs, and its page says so.
	b.open(f.path("/settings/automation"))
	if value[bool](b, `!document.querySelector('main tbody [aria-checked=true]')`) {
		b.click("main tbody tr:first-child .switch")
		b.until(`document.querySelector('main tbody [aria-checked=true]')`)
	}
	f.writes("This is urgent")
	for deleted := 0; deleted < 2; deleted++ {
		b.open(f.path("/settings/automation"))
		b.click("main tbody td.end a")
		b.press("button", "Delete rule")
		b.press("button", "Yes, delete rule")
		b.until(
			fmt.Sprintf(
				`location.pathname.endsWith('/automation') && document.querySelectorAll('main tbody tr').length === %d`,
				1-deleted,
			),
		)
	}

	b.scripts(false)
	b.open(f.path("/settings/automation/new"))
	b.press("button", "Remove condition 1")
	b.fill("Name", "Without scripts")
	b.on("combobox", "What to do", `function () { this.value = 'send_message' }`)
	b.press("button", "Update fields")
	b.fill("Text", "Hello")
	b.press("button", "Create rule")
	b.sees("Without scripts")
}

func journeyAttributes(f fixture) {
	b := f.as(f.admin)
	b.makes(f, "Attributes", "attribute", func() {
		b.fill("Name", "Order")
		b.fill("Key", "order_number")
	}, func() { b.fill("Name", "Order 2") })
	b.open(f.page())
	b.find("textbox", "Order 2")
	b.open(f.path("/settings/attributes"))
	b.click("main tbody td.end a")
	b.deletes("attribute")
}

func journeyAccount(f fixture) {
	b := f.as(f.admin)
	b.open(f.path("/settings/account"))
	b.fill("Account name", "Kestrel Bikes")
	b.choose("Language", "Deutsch")
	b.fill("Time zone", "Europe/Lisbon")
	b.fill("After how many hours of silence", "72")
	b.fill("Last message", "We close this for now.")
	b.press("switch", "Only those that we have answered")
	b.press("button", "Save changes")
	b.waitForToast("Saved")
	b.reload()
	b.holds("textbox", "Account name", "Kestrel Bikes")
	b.holds("textbox", "After how many hours of silence", "72")
	b.holdsLabel("Language", "Deutsch")
	b.fill("Time zone", "Mars/Olympus")
	b.press("button", "Save changes")
	b.until(`document.querySelector('[aria-invalid]')`)
	b.accessible("a time zone that is none")
	b.quiet("422")
}

// receiver is a server that receives events. down lets it fail.
func (f fixture) receiver() (address string, down *atomic.Bool) {
	down = &atomic.Bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusGone)
		}
	}))
	f.t.Cleanup(s.Close)
	return s.URL, down
}

func journeyInboxes(f fixture) {
	address, _ := f.receiver()
	b := f.as(f.admin)
	b.open(f.path("/settings/inboxes"))
	b.press("button", "New inbox")
	b.fill("Name", "Workshop API")
	b.press("button", "Create inbox")
	b.find("heading", "Workshop API")
	b.press("button", "Copy Inbox identifier")
	b.fill("Inbox name", "Workshop 2")
	b.press("checkbox", "Bo Keller")
	b.press("switch", "One conversation for each contact")
	b.press("switch", "Accept signed contacts only")
	b.press("switch", "Greet customers")
	b.fill("Greeting", "Hello!")
	b.fill("Webhook address", address)
	b.press("button", "Save changes")
	b.waitForToast("Saved")
	b.reload()
	b.holds("textbox", "Inbox name", "Workshop 2")
	b.holds("textbox", "Greeting", "Hello!")
	b.until(
		`document.querySelector('[name=lock_to_single_conversation]').checked && document.querySelector('[name=hmac_mandatory]').checked`,
	)

	b.press("link", "Show HMAC token")
	b.until(`[...document.querySelectorAll('main input[readonly]')].some((field) => /^[\w-]{20,}$/.test(field.value))`)
	b.press("button", "Copy HMAC token")
	b.press("link", "Show Signing secret")
	b.renewsSecret()

	b.fill("Type the name of the inbox", "something else")
	b.press("button", "Delete inbox")
	b.until(`document.querySelector('[aria-invalid]')`)
	b.fill("Type the name of the inbox", "Workshop 2")
	b.press("button", "Delete inbox")
	b.lacks("Workshop 2")
	b.reload()
	b.lacks("Workshop 2")

	b.press("link", "Shop")
	b.fill("Type the name of the inbox", "Shop")
	b.press("button", "Delete inbox")
	b.sees("Make the first one")
	b.open(f.path("/conversations"))
	b.press("link", "Create an inbox")
	b.press("link", "Make the first one")
	b.find("dialog", "New API inbox")
	b.quiet("422")
}

func journeyWebhooks(f fixture) {
	address, down := f.receiver()
	b := f.as(f.admin)
	b.makes(f, "Webhooks", "webhook", func() {
		b.fill("Webhook address", address)
		b.fill("Name", "Shop")
		b.press("checkbox", "Inbox changed")
	}, func() { b.fill("Name", "Shop 2") })
	b.press("link", "Show Signing secret")
	b.press("button", "Copy Signing secret")
	b.renewsSecret()

	f.writes("Hello")
	b.untilReloaded(`document.querySelector('#log tbody button .unseen')`)
	b.press("button", "Replay "+value[string](b, `document.querySelector('#log tbody button .unseen').textContent.trim()`))
	b.waitForToast("It is sent again")
	b.accessible("what was delivered")
	f.exec(`INSERT INTO webhook_deliveries (account_id, receiver, event_id, event_name, state, finished_at)
		SELECT account_id, receiver, n, 'contact_created', 'delivered', now() FROM webhook_deliveries, generate_series(1000, 1030) n
		WHERE account_id = $1 AND receiver LIKE 'webhook:%' LIMIT 31`, f.inbox.AccountID)
	b.reload()
	b.press("link", "Older")
	b.press("link", "Newer")
	b.find("link", "Older")

	down.Store(true) // and is paused for what it answers
	f.exec("UPDATE webhooks SET paused_at = now(), paused_reason = 'It answered 410.' WHERE account_id = $1", f.inbox.AccountID)
	b.press("link", "Webhooks")
	b.sees("Shop 2 is paused")
	b.accessible("a webhook that is paused")
	down.Store(false)
	b.press("button", "Resume Shop 2")
	b.waitForToast("called again")
	b.reload()
	b.lacks("is paused")
	b.open(f.path("/settings/webhooks"))
	b.click("main tbody td.end a")
	b.deletes("webhook")
}

// renewsSecret makes a new signing secret, which is another one than the one that is shown.
func (b tab) renewsSecret() {
	b.Helper()
	secret := `document.querySelector('#secret')?.value`
	shown := `/^[^•]+$/.test(` + secret + ` ?? '')`
	b.until(shown)
	was := value[string](b, secret)
	b.press("button", "Renew the signing secret")
	b.until(`document.querySelector('#secret') && ` + secret + ` !== '` + was + `'`)
	if !value[bool](b, shown) {
		b.press("link", "Show Signing secret")
		b.until(shown)
	}
	if value[string](b, secret) == was {
		b.Error("the secret is what it was")
	}
}

// untilReloaded loads the page anew until an expression holds: for what nothing tells the page of.
func (b tab) untilReloaded(expression string) {
	b.Helper()
	for tries := 0; !value[bool](b, "Boolean("+expression+")"); tries++ {
		if tries == 100 {
			b.Fatalf("never came true: %s\n%s", expression, b.shown())
		}
		b.reload()
	}
}

func journeyAgentBots(f fixture) {
	b := f.as(f.admin)
	b.open(f.path("/settings/agent-bots"))
	b.press("link", "New bot")
	b.fill("Name", "Returns")
	b.press("button", "Create bot")
	once := `document.querySelector('#once')?.value`
	b.until(once + `.length > 40`)
	was := value[string](b, once)
	b.press("button", "Copy Access token of Returns")
	b.open(f.path("/settings/agent-bots"))
	b.click("main tbody td.end a")
	b.press("button", "Make a new token")
	b.until(once + ` && ` + once + ` !== '` + was + `'`)
	b.press("link", "Show Signing secret")
	b.renewsSecret()
	b.fill("What it is for", "Takes goods back")
	b.press("checkbox", "Shop")
	b.press("button", "Save changes")
	b.waitForToast("Saved")
	b.open(f.path("/settings/agent-bots"))
	b.sees("Takes goods back")
	b.click("main tbody td.end a")
	b.deletes("bot")
}

func journeyAccessTokens(f fixture) {
	b := f.as(f.agent)
	b.open(f.path("/settings/access-tokens"))
	b.fill("Name", "Stock robot")
	b.press("button", "Create token")
	b.until(`document.querySelector('#once')?.value.length > 40`)
	token := value[string](b, `document.querySelector('#once').value`)
	if status, _ := f.get("/api/v1/profile", "api_access_token", token); status != http.StatusOK {
		b.Errorf("the token opens nothing: %d", status)
	}
	b.press("button", "Copy Access token")
	b.reload() // it makes no second token, and shows the first no more
	b.until(`!document.querySelector('#once') && document.querySelectorAll('tbody tr').length === 1`)
	b.press("button", "Revoke Stock robot")
	b.press("button", "Yes, revoke")
	b.waitForToast("Revoked")
	b.lacks("Stock robot")
	if status, _ := f.get("/api/v1/profile", "api_access_token", token); status != http.StatusUnauthorized {
		b.Errorf("the revoked token answers %d", status)
	}
}

// journeyOwnSettings looks at what an agent can set; the administrators' pages are not there.
func journeyOwnSettings(f fixture) {
	b := f.as(f.agent)
	b.press("link", "Settings")
	b.find("heading", "Access tokens")
	b.until(`!document.querySelector('main').parentElement.innerText.includes('Team members')`)
	b.open(f.path("/settings/members"))
	b.until(`['Nothing here', 'Not allowed'].includes(document.querySelector('h1')?.innerText)`)
	b.press("link", "To the inbox")
	b.find("list", "Conversations")
}
