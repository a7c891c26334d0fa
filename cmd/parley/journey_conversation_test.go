package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/browser"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// conversationJourneys are about one conversation: what is said in it and where it belongs.
func conversationJourneys() map[string]func(f fixture) {
	return map[string]func(f fixture){
		"suggestions":      journeySuggestions,
		"files":            journeyFiles,
		"messages":         journeyMessages,
		"mail":             journeyMailFrame,
		"translation":      journeyTranslation,
		"details":          journeyDetails,
		"pickers":          journeyPickers,
		"long_thread":      journeyLongThread,
		"status":           journeyStatus,
		"menu":             journeyMoreMenu,
		"new_conversation": journeyNewConversation,
		"drafts":           journeyDrafts,
	}
}

// journeySuggestions takes canned replies after "/" and colleagues after "@" while writing.
func journeySuggestions(f fixture) {
	f.exec("INSERT INTO canned_replies (account_id, short_code, content) VALUES ($1, 'tape', 'How to move the tape.')", f.inbox.AccountID)
	dbtest.Message(f.t, f.pool, f.thread, "It slips")
	b := f.as(f.agent)
	b.open(f.page())
	b.press("textbox", "Reply")
	b.types("Hello /ta")
	b.find("option", "/tape How to move the tape.")
	b.accessible("canned replies while one writes")
	b.keys("Tab")
	b.until(`document.activeElement.value === 'Hello How to move the tape.'`)
	b.press("button", "Canned replies")
	b.press("option", "/tape How to move the tape.")
	b.until(`document.activeElement.value === 'Hello How to move the tape. How to move the tape.'`)
	b.keys("Ctrl+Enter")
	b.keepsMessage("agent", "How to move the tape. How to move the tape.")

	b.press("tab", "Note")
	b.types("@ann")
	b.until(`document.querySelector('.suggest [data-active]')?.innerText.includes('Ann Lee')`)
	b.keys("Enter")
	b.until(`document.activeElement.value === '@Ann Lee '`)
	b.types("see above")
	b.press("button", "Add note")
	b.keepsMessage("note", "@Ann Lee see above")
	b.quiet()
}

// keepsMessage waits for a message in the thread, and again on the page as it is when loaded again.
func (b tab) keepsMessage(from, text string) {
	b.Helper()
	there := `[...document.querySelectorAll('#thread article[data-from=` + from + `]')].some((a) => a.innerText.includes('` + text + `'))`
	b.until(there)
	b.reload()
	b.until(there)
}

func journeyFiles(f fixture) {
	text := filepath.Join(f.t.TempDir(), "plan.txt")
	if err := os.WriteFile(text, []byte("keep calm"), 0o600); err != nil {
		f.t.Fatal(err)
	}
	dbtest.Message(f.t, f.pool, f.thread, "Where is the exit?")
	b := f.as(f.agent)
	b.open(f.page())
	b.until(`'ready' in document.documentElement.dataset`)
	b.files(`[data-upload]`, f.picture(), text)
	b.find("button", "Remove plan.txt")
	b.find("button", "Remove face.png")
	b.until(`document.querySelectorAll('.chip input[name=attachment]').length === 2`)
	b.reload() // files that are up are part of the draft
	b.find("button", "Remove plan.txt")
	b.find("button", "Remove face.png")
	value[bool](b, `document.querySelector('#composer').dataset.maxBytes = '5', true`)
	b.files(`[data-upload]`, text)
	b.until(`document.querySelector('.chip[data-state=failed]').innerText.includes('File is over')`)
	b.press("button", "Send")
	b.until(`document.querySelector('[data-saved]').innerText.includes('A file is missing')`)
	b.click(".chip[data-state=failed] [data-chip-remove]")
	b.until(`!document.querySelector('.chip[data-state=failed]')`)
	b.accessible("files that wait for their message")
	b.press("button", "Remove plan.txt")
	b.until(`document.querySelectorAll('.chip').length === 1`)
	b.press("button", "Send")
	b.until(`document.querySelector('#thread .shot img')?.naturalWidth > 0`)
	b.reload()
	b.until(`document.querySelector('#thread .shot img')?.naturalWidth > 0`)
	b.open(value[string](b, `document.querySelector('#thread .shot').getAttribute('href')`))
	b.until(`document.images[0]?.naturalWidth === 64`)
}

// journeyMessages tries a message again, takes one back, and steps through them by keys.
func journeyMessages(f fixture) {
	dbtest.Message(f.t, f.pool, f.thread, "It smokes")
	b := f.as(f.agent)
	b.open(f.page())
	b.fill("Reply", "Throw it away")
	b.press("button", "Send")
	b.keepsMessage("agent", "Throw it away")
	f.exec("UPDATE messages SET delivery = 'failed', error = 'nobody there' WHERE conversation_id = $1 AND kind = 'outgoing'", f.thread.ID)
	b.reload()
	b.until(`document.querySelector('.failure')?.innerText.includes('nobody there')`)
	b.accessible("a message that was not delivered")
	b.press("button", "Try again")
	b.until(`!document.querySelector('.failure')`)
	b.keys("Shift+K", "Shift+K", "Shift+J")
	b.until(`document.activeElement.matches('article')`)
	b.hover("#thread article[data-from=agent]")
	remove := func() {
		b.hover("#thread article[data-from=agent]")
		b.press("button", "Message actions")
		b.press("button", "Delete message")
		b.until(`!document.querySelector('#thread').innerText.includes('Throw it away')`)
	}
	b.press("button", "Message actions")
	b.find("button", "Delete message")
	b.accessible("the menu of a message")
	b.keys("Escape")
	remove()
	b.waitForToast("Message deleted")
	b.keys("z")
	b.until(`document.querySelector('#thread').innerText.includes('Throw it away')`)
	remove()
	b.reload()
	b.press("button", "Restore message")
	b.keepsMessage("agent", "Throw it away")
	remove()
	b.until(`document.querySelector('#thread').innerText.includes('This message was deleted')`) // for good, by itself
	b.reload()
	b.until(`document.querySelector('#thread').innerText.includes('This message was deleted')`)
	b.quiet()
}

func journeyMailFrame(f fixture) {
	dbtest.Message(f.t, f.pool, f.thread, "Hello")
	f.exec(`UPDATE messages SET content_type = 'incoming_email',
		content_attributes = '{"email": {"html_content": {"full": "<p>Hello <b>there</b> <img src=\"http://192.0.2.1/dot.png\"></p>"}}}'
		WHERE conversation_id = $1 AND kind = 'incoming'`, f.thread.ID)
	b := f.as(f.agent)
	b.open(f.page())
	b.until(
		`document.querySelector('iframe.mail').contentDocument.body.innerText.includes('there') && ` +
			`document.querySelector('iframe.mail').style.blockSize`,
	)
	b.accessible("a mail in HTML")
	b.press("link", "Show remote pictures")
	b.until(`document.querySelector('iframe.mail').contentDocument.images[0]?.getAttribute('src') === 'http://192.0.2.1/dot.png'`)
}

func journeyTranslation(f fixture) {
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"translatedText": "Where is my parcel?"}`))
	}))
	f.t.Cleanup(provider.Close)
	dbtest.Message(f.t, f.pool, f.thread, "¿Dónde está mi paquete?")
	a := f.as(f.admin)
	a.open(f.path("/settings/translation"))
	a.choose("Who translates", "LibreTranslate")
	a.on("textbox", "Address of the server", `function () { if (!this.checkVisibility()) throw new Error('hidden'); this.focus() }`)
	a.types(provider.URL)
	a.press("button", "Save and try it")
	a.sees("It works.")
	a.accessible("a provider that translates")
	b := f.as(f.agent)
	b.open(f.page())
	b.hover("#thread article[data-from=contact], #thread article.message")
	b.press("button", "Translate message")
	b.until(`document.querySelector('#thread .translation')?.innerText.includes('Where is my parcel?')`)
	b.reload()
	b.until(`document.querySelector('#thread .translation')?.innerText.includes('Where is my parcel?')`)
	b.quiet()
}

// journeyDetails covers team, priority, labels and attributes.
func journeyDetails(f fixture) {
	account := db.Account{ID: f.inbox.AccountID}
	dbtest.Team(f.t, f.pool, account, "Workshop", f.agent)
	f.exec("INSERT INTO labels (account_id, title, color) VALUES ($1, 'vip', '#5b8def'), ($1, 'spam', '#5b8def')", f.inbox.AccountID)
	f.exec(`INSERT INTO attribute_definitions (account_id, model, display_name, key, display_type)
		VALUES ($1, 'conversation_attribute', 'Order', 'order_number', 'text'), ($1, 'contact_attribute', 'Plan', 'plan', `+
		`'text')`, f.inbox.AccountID)
	b := f.as(f.agent)
	b.open(f.page())
	b.until(`'ready' in document.documentElement.dataset`)
	b.keys("t")
	b.choose("Team", "Workshop")
	b.until(`document.querySelector('#thread').innerText.includes('Workshop')`)
	b.choose("Priority", "Urgent")
	b.until(`!document.querySelector('.htmx-request')`)
	b.press("combobox", "Labels")
	b.until(`document.querySelector('[data-check-picker]').matches(':popover-open') && document.activeElement.matches('[data-filter]')`)
	b.types("vi")
	b.keys("Enter")
	b.accessible("the picker of labels")
	b.keys("Escape")
	b.until(`document.querySelector('` + f.row() + `').innerText.includes('vip')`)
	b.press("heading", "Details")
	b.keys("l")
	b.until(`document.querySelector('[data-check-picker]').matches(':popover-open')`)
	b.keys("Escape")
	b.fill("Order", "4711")
	b.keys("Tab")
	b.until(`!document.querySelector('.htmx-request')`)
	b.fill("Plan", "gold")
	b.keys("Tab")
	b.until(`!document.querySelector('.htmx-request')`)
	b.keys("a")
	b.choose("Assignee", "Bo Keller")
	b.until(`document.querySelector('` + f.row() + `').innerText.includes('BK')`)
	b.reload()
	b.holds("textbox", "Order", "4711")
	b.holds("textbox", "Plan", "gold")
	b.holds("combobox", "Priority", "urgent")
	b.until(`document.querySelector('#details').innerText.includes('vip')`)
	b.quiet()
}

// journeyLongThread opens a conversation with more unread messages than a page loads, goes to the first of them, and
// keeps what is loaded when a message arrives.
func journeyLongThread(f fixture) {
	for n := range 70 {
		dbtest.Message(f.t, f.pool, f.thread, fmt.Sprintf("Message %d of many", n))
	}
	b := f.as(f.agent)
	b.open(f.page())
	b.until(`document.documentElement.dataset.line === 'up' && document.querySelectorAll('#thread article.message').length >= 40`)
	b.find("link", "Go to the first unread message")
	f.writes("One more")
	b.until(`document.querySelector('#thread').innerText.includes('One more')`)
	b.until(`document.querySelectorAll('#thread article.message').length >= 41`)
	b.press("link", "Go to the first unread message")
	first := `[...document.querySelectorAll('#thread article')].find((a) => a.textContent.includes('Message 0 of many'))`
	b.until(`((top) => top >= 0 && top < innerHeight)(` + first + `.getBoundingClientRect().top)`)
	b.quiet()
}

// journeyPickers chooses by keys, and presses keys afterwards: they belong to the conversation again, not to the picker.
func journeyPickers(f fixture) {
	account := db.Account{ID: f.inbox.AccountID}
	dbtest.Team(f.t, f.pool, account, "Workshop", f.agent)
	dbtest.Message(f.t, f.pool, f.thread, "It smokes")
	f.colleague("Nora Quist")
	b := f.as(f.agent)
	b.keys("j")
	b.until(`location.pathname === '` + f.page() + `' && document.querySelector('#f-assignee')`)
	assignee := func(name string) {
		b.until(`document.querySelector('#f-assignee').selectedOptions[0].label === '` + name + `'`)
		b.until(`document.querySelector('` + f.row() + ` .row-end').innerText.includes('` + name + `')`)
	}
	b.keys("a")
	b.until(`document.querySelector('#f-assignee').matches(':open')`)
	b.types("Bo")
	b.keys("Enter")
	assignee("Bo Keller")
	b.until(`document.activeElement.matches('.row-link')`)
	b.keys("n")
	b.until(`document.activeElement.matches('#composer-text') && document.querySelector('#composer').dataset.mode === 'note'`)
	b.keys("Escape")
	assignee("Bo Keller")

	// A list that was opened and closed again leaves the keys to the page, too.
	b.keys("a")
	b.until(`document.querySelector('#f-assignee').matches(':open')`)
	b.keys("Escape")
	b.until(`!document.querySelector('#f-assignee').matches(':open')`)
	b.keys("r")
	b.until(`document.activeElement.matches('#composer-text') && document.querySelector('#composer').dataset.mode === 'reply'`)
	b.keys("Escape")
	b.on("combobox", "Assignee", `function () { this.focus() }`)
	b.keys("ArrowDown")
	b.until(`document.querySelector('#f-assignee').matches(':open')`)
	b.keys("Escape", "Escape")
	b.until(`!document.activeElement.matches('select, option, body')`)
	b.keys("t")
	b.until(`document.querySelector('#f-team').matches(':open')`)
	b.types("Work")
	b.keys("Enter")
	b.waitForToast("Assigned to Workshop")
	b.until(`!document.activeElement.matches('select, option, body')`)
	b.keys("n")
	b.until(`document.activeElement.matches('#composer-text')`)
	b.keys("Escape")
	assignee("Bo Keller")
	b.on("combobox", "Status", `function () { this.focus() }`)
	b.types("s")
	b.until(`!location.search.includes('status')`)
	c := dbtest.Reload(f.t, f.pool, f.thread)
	if c.AssigneeID == nil || *c.AssigneeID != f.agent.ID || c.TeamID == nil || c.Status != db.ConversationStatusOpen {
		f.t.Errorf("assigned to %v and team %v, %s", c.AssigneeID, c.TeamID, c.Status)
	}
	b.quiet()
}

func journeyStatus(f fixture) {
	dbtest.Message(f.t, f.pool, f.thread, "It smokes")
	b := f.as(f.agent)
	b.open(f.page())
	b.until(`'ready' in document.documentElement.dataset`)
	b.keys("e")
	b.find("button", "Reopen")
	b.keys("Shift+E")
	b.find("button", "Resolve")
	for _, until := range []string{"later", "tomorrow", "days", "week", "month", ""} {
		b.keys("h")
		b.until(`document.querySelector('#snooze-menu').matches(':popover-open')`)
		b.click(`#snooze-menu [value="` + until + `"]`)
		b.waitForToast("Snoozed until")
		b.press("button", "Reopen")
		b.find("button", "Resolve")
		b.waitForToast("Reopened")
	}
	b.press("button", "Snooze")
	b.until(`document.querySelector('#snooze-menu').matches(':popover-open')`)
	b.accessible("the menu of snoozing")
	value[bool](b, `document.querySelector('#snooze-at').value = '2037-05-06T07:08', true`)
	b.press("button", "Snooze until then")
	b.waitForToast("6 May, 07:08")
	b.reload()
	b.find("button", "Reopen")
	b.press("button", "Reopen")
	b.find("button", "Resolve")

	b.press("textbox", "Reply")
	b.types("That was it")
	b.press("button", "Other ways to answer")
	b.press("button", "Send and resolve")
	b.find("button", "Reopen")
	b.keepsMessage("agent", "That was it")
	b.press("button", "Reopen")
	b.find("button", "Resolve")
	b.press("textbox", "Reply")
	b.types("And that as well")
	b.keys("Ctrl+Shift+Enter")
	b.find("button", "Reopen")
	b.keepsMessage("agent", "And that as well")
	b.quiet()
}

// journeyMoreMenu covers what stands behind the three points.
func journeyMoreMenu(f fixture) {
	dbtest.Message(f.t, f.pool, f.thread, "It smokes")
	f.exec("UPDATE inboxes SET enable_auto_assignment = false WHERE id = $1", f.inbox.ID)
	b := f.as(f.agent)
	b.do(call(browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "clipboard-write"}, Setting: browser.PermissionSettingGranted, Origin: b.origin,
	}))
	more := func() {
		b.until(`'ready' in document.documentElement.dataset`)
		b.press("button", "More")
		b.until(`document.querySelector('#more-menu').matches(':popover-open')`)
	}
	b.open(f.page())
	b.until(`!document.querySelector('` + f.row() + `[data-unread]')`)
	more()
	b.press("button", "Copy link")
	b.waitForToast("Copied")
	more()
	b.press("button", "Set pending")
	b.waitForToast("Pending")
	b.find("button", "Resolve")
	more()
	b.press("button", "Open")
	b.waitForToast("Reopened")
	b.keys(".")
	b.until(`document.querySelector('#more-menu').matches(':popover-open')`)
	b.keys("Escape")
	b.keys("Shift+A")
	b.until(`document.querySelector('` + f.row() + `').innerText.includes('BK')`)
	b.choose("Assignee", "Nobody")
	b.until(`!document.querySelector('` + f.row() + `').innerText.includes('BK')`)
	b.press("button", "Snooze")
	b.click(`#snooze-menu [value="tomorrow"]`)
	b.waitForToast("Snoozed until")
	more()
	b.press("button", "Set resolved")
	b.waitForToast("Resolved")
	b.press("button", "Reopen")
	b.find("button", "Resolve")
	b.keys("Shift+U")
	b.until(`location.pathname.endsWith('/conversations') && document.querySelector('` + f.row() + `[data-unread]')`)
	b.open(f.page())
	b.until(`!document.querySelector('` + f.row() + `[data-unread]')`)
	more()
	b.press("button", "Mark unread")
	b.until(`document.querySelector('` + f.row() + `[data-unread]')`)

	b.scripts(false)
	b.open(f.page())
	b.press("button", "More")
	b.press("button", "Mark read")
	b.until(`document.querySelector('` + f.row() + `') && !document.querySelector('` + f.row() + `[data-unread]')`)
	b.press("button", "More")
	b.press("button", "Assign to me")
	b.quiet()
}

func journeyNewConversation(f fixture) {
	b := f.as(f.agent)
	b.keys("c")
	b.find("heading", "New conversation")
	b.press("link", "Cancel")
	b.press("link", "New conversation")
	b.press("textbox", "To")
	b.types("ada")
	b.press("radio", "Ada Example")
	b.fill("Subject", "Your glove")
	b.fill("Message", "We found it")
	b.press("checkbox", "Assign it to me")
	b.accessible("a conversation that is begun")
	b.keys("Ctrl+Enter")
	b.keepsMessage("agent", "We found it")
	b.find("heading", "Your glove")
	b.holdsLabel("Assignee", "Bo Keller")
	b.quiet()
}

// journeyDrafts leaves a draft in each mode and finds both on another device.
func journeyDrafts(f fixture) {
	b := f.as(f.agent)
	b.open(f.page())
	b.until(`'ready' in document.documentElement.dataset`)
	b.accessible("a conversation without messages")
	b.keys("r")
	b.types("Dear Ada")
	b.keys("Escape")
	b.keys("n")
	b.types("psst")
	b.until(`document.querySelector('[data-saved]').innerText === 'Saved'`)
	f.waits("PUT " + f.page() + "/draft")
	device := f.as(f.agent)
	device.open(f.page())
	device.until(`'ready' in document.documentElement.dataset`)
	device.holds("textbox", "Reply", "Dear Ada")
	device.press("tab", "Note")
	device.holds("textbox", "Note", "psst")
	b.quiet()
}
