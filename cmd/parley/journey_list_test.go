package main

import (
	"fmt"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// listJourneys are about the list of conversations, search, commands and what comes by itself.
func listJourneys() map[string]func(f fixture) {
	return map[string]func(f fixture){
		"views":         journeyListViews,
		"filters":       journeyListFilters,
		"long_list":     journeyLongList,
		"rows":          journeyRowActions,
		"next":          journeyNext,
		"offline":       journeyOffline,
		"drawers":       journeyDrawers,
		"crossing":      journeyCrossing,
		"two_windows":   journeyTwoWindows,
		"search":        journeySearchKinds,
		"commands":      journeyCommands,
		"notifications": journeyNotifications,
	}
}

func journeyListViews(f fixture) {
	b := f.as(f.agent)
	for _, view := range []struct{ key, name string }{{"g m", "Mine"}, {"g u", "Unassigned"}, {"g a", "All"}} {
		b.keys(view.key)
		b.until(`document.querySelector('#views [aria-current]')?.innerText.startsWith('` + view.name + `')`)
		b.until(fmt.Sprintf(`Boolean(document.querySelector(%q)) === %t`, f.row(), view.name != "Mine"))
	}
	b.keys("g m")
	b.press("link", "See what nobody has taken")
	b.until(`document.querySelector('` + f.row() + `')`)
	for _, item := range []string{"Mentions", "Following", "Snoozed"} {
		b.press("link", item)
		b.until(
			`document.querySelector('#sidebar [aria-current]').innerText.trim() === '` + item + `' && !document.querySelector('` + f.row() + `')`,
		)
	}
	b.press("link", "Parley, home")
	b.until(`document.querySelector('` + f.row() + `')`)
	b.keys("g o")
	b.find("heading", "Access tokens")
	b.keys("g i")
	b.find("list", "Conversations")
	b.quiet()
}

func journeyListFilters(f fixture) {
	f.exec("INSERT INTO labels (account_id, title, color, show_on_sidebar) VALUES ($1, 'vip', '#5b8def', true)", f.inbox.AccountID)
	f.exec("UPDATE conversations SET labels = '{vip}' WHERE id = $1", f.thread.ID)
	dbtest.Team(f.t, f.pool, db.Account{ID: f.inbox.AccountID}, "Workshop", f.agent)
	dbtest.Message(f.t, f.pool, f.thread, "It smokes")
	b := f.as(f.agent)
	sidebar := func(name string, shown bool) {
		b.click(`#sidebar a.sidebar-item[href*="` + name + `"]`)
		b.until(fmt.Sprintf(`location.search.includes(%q) && Boolean(document.querySelector(%q)) === %t`, name, f.row(), shown))
	}
	sidebar("inbox=", true)
	sidebar("team=", false)
	sidebar("label=vip", true)
	b.accessible("a list of one label")
	b.press("link", "Drop the label vip")
	b.until(`!location.search.includes('label') && document.querySelector('` + f.row() + `')`)
	b.open(f.path("/conversations?q=smokes"))
	b.until(`document.querySelector('` + f.row() + `')`)
	b.press("link", "Drop the words smokes")
	b.until(`!location.search.includes('q=') && document.querySelector('` + f.row() + `')`)
	b.open(f.path("/conversations?q=printer"))
	b.until(`document.querySelector('` + f.row() + `')`)
	b.open(f.path("/conversations?q=scanner"))
	b.until(`document.querySelector('.list-none') && !document.querySelector('` + f.row() + `')`)
	b.open(f.path("/conversations"))
	b.choose("Status", "Resolved")
	b.until(`location.search.includes('status=resolved') && !document.querySelector('` + f.row() + `')`)
	b.choose("Status", "All")
	b.until(`location.search.includes('status=all') && document.querySelector('` + f.row() + `')`)
	b.quiet()
}

// journeyLongList scrolls to the rest of the list.
func journeyLongList(f fixture) {
	f.exec(`INSERT INTO conversations (account_id, display_id, inbox_id, contact_id, contact_inbox_id, last_activity_at)
		SELECT account_id, display_id + n, inbox_id, contact_id, contact_inbox_id, now() - n * interval '1 hour'
		FROM conversations, generate_series(1, 40) n WHERE id = $1`, f.thread.ID)
	b := f.as(f.agent)
	b.until(`document.querySelectorAll('.row').length >= 30`)
	b.on("list", "Conversations", `function () { this.scrollTop = this.scrollHeight }`)
	b.until(`document.querySelectorAll('.row').length === 41`)
	b.scripts(false)
	b.reload()
	b.press("link", "Older")
	b.until(`document.querySelectorAll('.row').length === 11`)
}

// journeyRowActions uses the buttons of a row, which do not open the conversation, by mouse and by key.
func journeyRowActions(f fixture) {
	b := f.as(f.agent)
	b.until(`document.documentElement.dataset.line === 'up' && document.querySelector('` + f.row() + `')`)
	hover := func() {
		b.hover("#sidebar h2")
		b.hover(f.row())
	}
	back := func(text string) {
		b.waitForToast(text)
		b.until(`!document.querySelector('` + f.row() + `')`)
		b.keys("z")
		b.until(`document.querySelector('` + f.row() + `')`)
	}
	hover()
	b.press("button", "Assign to me, "+f.number())
	b.until(`document.querySelector('` + f.row() + `').innerText.includes('BK')`)
	hover()
	b.press("button", "Until tomorrow, "+f.number())
	back("Snoozed until")
	hover()
	b.press("button", "Done, "+f.number())
	back("Resolved")

	// On a narrow screen the list stands alone: keys are those of the selected row.
	b.look(700, 900, "light")
	b.open(f.path("/conversations"))
	b.until(`document.documentElement.dataset.line === 'up'`)
	b.keys("j", "h")
	back("Snoozed until")
	b.keys("j", "e")
	back("Resolved")
	f.exec("UPDATE conversations SET assignee_id = NULL WHERE id = $1", f.thread.ID)
	b.reload()
	b.until(`document.documentElement.dataset.line === 'up'`)
	b.keys("j", "Shift+A")
	b.until(`document.querySelector('` + f.row() + `').innerText.includes('BK')`)
	b.look(1440, 900, "light")
	b.open(f.path("/conversations"))
	b.until(`document.documentElement.dataset.line === 'up'`)
	b.keys("j")
	b.keys("k", "Enter")
	b.find("feed", "Thread")
	b.keys("u")
	b.until(`document.activeElement.matches('.row-link')`)
	b.keys("ArrowDown", "ArrowUp", "o")
	b.find("feed", "Thread")
	b.quiet()
}

// journeyNext goes through the list by keys: what is resolved makes way for the next one, and selection, thread and
// address are one at every moment. Then all of it is taken back.
func journeyNext(f fixture) {
	f.exec(`INSERT INTO conversations (account_id, display_id, inbox_id, contact_id, contact_inbox_id, subject, last_activity_at)
		SELECT account_id, display_id + n, inbox_id, contact_id, contact_inbox_id, 'Order ' || n, now() - n * interval '1 hour'
		FROM conversations, generate_series(1, 3) n WHERE id = $1`, f.thread.ID)
	b := f.as(f.agent)
	b.until(`document.documentElement.dataset.line === 'up' && document.querySelectorAll('.row').length === 4`)
	order := `[...document.querySelectorAll('.row')].map((r) => r.id.split('-')[1]).join(' ')`
	one := func(number string) {
		b.Helper()
		b.until(`location.pathname.endsWith('/` + number + `') && document.querySelector('#thread-head')?.dataset.of === location.pathname`)
		b.until(`document.querySelector('.row[data-selected]')?.id === 'conversation-` + number + `'`)
		b.until(`document.querySelector('.row-link[aria-current]')?.pathname === location.pathname`)
		b.until(`document.activeElement.matches('.row-link')`)
	}
	b.keys("j")
	one("1")
	b.keys("e")
	b.waitForToast("Resolved: Printer on fire")
	one("2")
	b.keys("h")
	b.until(`document.querySelector('#snooze-menu').matches(':popover-open')`)
	b.click(`#snooze-menu [value="tomorrow"]`)
	b.waitForToast("Snoozed until")
	one("3")
	b.keys("r")
	b.types("On its way")
	b.keys("Ctrl+Shift+Enter")
	b.waitForToast("Sent and resolved: Order 2")
	b.until(`location.pathname.endsWith('/4') && document.querySelectorAll('.row').length === 1`)

	// The keys of an impatient hand: the last one is not seen yet, and stays.
	b.keys("Escape", "z", "z", "z")
	b.until(order + ` === '3 1 2 4'`) // the reply has brought its conversation to the top
	for n, subject := range map[int]string{1: "Printer on fire", 2: "Order 1", 3: "Order 2", 4: "Order 3"} {
		var status string
		row := f.pool.QueryRow(f.t.Context(), "SELECT status FROM conversations WHERE account_id = $1 AND display_id = $2", f.inbox.AccountID, n)
		if err := row.Scan(&status); err != nil {
			f.t.Fatal(err)
		}
		if status != "open" {
			f.t.Errorf("%s is %s", subject, status)
		}
	}

	// On a slow line keys wait for the conversation that they are for, and an answer that comes late finds its own
	// conversation or none.
	b.network(false, 300)
	b.keys("k", "Shift+A", "k")
	b.until(`location.pathname.endsWith('/1') && document.querySelector('#thread-head').dataset.of === location.pathname`)
	b.until(`document.querySelector('#toasts').innerText.includes('Assigned to you')`)
	b.until(`document.querySelector('#conversation-2').innerText.includes('BK')`)
	b.until(`!document.querySelector('#conversation-1').innerText.includes('BK')`)
	if of := value[string](b, `document.querySelector('#thread-head').dataset.of.split('/').at(-1)`); of != "1" {
		f.t.Errorf("the head is that of %s", of)
	}
	b.keys("e")
	b.waitForToast("Resolved: Printer on fire")
	b.until(`document.querySelectorAll('.row').length === 3 && !location.pathname.endsWith('/1')`)
	b.until(`document.querySelector('#thread-head').dataset.of === location.pathname`)
	b.network(false, 0)
	b.quiet()
}

// journeyOffline goes on without a connection: the page stays, and what was wanted opens once it is back.
func journeyOffline(f fixture) {
	f.exec(`INSERT INTO conversations (account_id, display_id, inbox_id, contact_id, contact_inbox_id, subject, last_activity_at)
		SELECT account_id, display_id + n, inbox_id, contact_id, contact_inbox_id, 'Order ' || n, now() - n * interval '1 hour'
		FROM conversations, generate_series(1, 3) n WHERE id = $1`, f.thread.ID)
	b := f.as(f.agent)
	b.until(`document.documentElement.dataset.line === 'up' && document.querySelectorAll('.row').length === 4`)
	b.keys("j")
	b.until(`document.querySelector('#thread-head')?.dataset.of.endsWith('/1')`)
	b.network(true, 0)
	b.keys("j", "j")
	b.until(`document.querySelector('#line').innerText.includes('offline')`)
	b.until(`location.pathname.endsWith('/1') && document.querySelector('.row[data-selected]').id === 'conversation-1'`)
	b.accessible("a page without a connection")
	b.press("link", "Mentions")
	b.press("link", "Contacts")
	b.until(`document.querySelector('#thread-head')?.dataset.of.endsWith('/1')`)
	b.network(false, 0)
	b.until(`location.pathname.endsWith('/3') && document.querySelector('#thread-head')?.dataset.of === location.pathname`)
	b.until(`document.documentElement.dataset.line === 'up' && document.querySelector('#line').hidden`)
	b.quiet("ERR_INTERNET_DISCONNECTED")
}

// journeyDrawers reaches the details and the places on screens without room for them.
func journeyDrawers(f fixture) {
	f.exec("INSERT INTO labels (account_id, title, color) VALUES ($1, 'vip', '#5b8def')", f.inbox.AccountID)
	dbtest.Team(f.t, f.pool, db.Account{ID: f.inbox.AccountID}, "Workshop", f.agent)
	dbtest.Message(f.t, f.pool, f.thread, "It smokes")
	b := f.as(f.agent)
	for _, size := range []struct {
		width int64
		theme string
	}{{1024, "light"}, {390, "dark"}} {
		b.look(size.width, 844, size.theme)
		b.open(f.page())
		b.press("button", "Details")
		b.find("heading", "Details")
		b.find("heading", "Ada Example")
		b.accessible("details in a drawer")
		b.choose("Priority", "Urgent")
		b.waitForToast("Priority urgent")
		b.keys("Escape")
		b.until(`!document.querySelector('#details').checkVisibility() && document.activeElement.matches('[data-toggle]')`)
		b.keys("l")
		b.until(`document.querySelector('[data-check-picker]').matches(':popover-open')`)
		b.types("vip")
		b.keys("Enter", "Escape")
		b.waitForToast("Labels changed")
		b.keys("t")
		b.until(`document.querySelector('#f-team').matches(':open')`)
		b.types("Work")
		b.keys("Enter")
		b.waitForToast("Assigned to Workshop")
		b.keys(`\`)
		b.find("heading", "Details")
		b.keys(`\`)
		b.until(`!document.querySelector('#details').checkVisibility()`)
		b.keys("z", "z", "z")
		b.until(`!document.querySelector('#f-team').value && !document.querySelector('#f-priority').value`)
		b.until(`!document.querySelector('#details .labels-box').textContent.includes('vip')`)

		b.open(f.path("/conversations"))
		b.press("button", "Inboxes and views")
		b.find("link", "Mentions")
		b.accessible("places in a drawer")
		b.press("button", "Close")
		b.until(`!document.querySelector('#sidebar').checkVisibility()`)
		b.press("button", "Inboxes and views")
		b.press("link", "Mentions")
		b.until(`location.search.includes('view=mentions')`)
	}
	c := dbtest.Reload(f.t, f.pool, f.thread)
	if c.Priority != nil || len(c.Labels) > 0 || c.TeamID != nil {
		f.t.Errorf("left with priority %v, labels %v, team %v", c.Priority, c.Labels, c.TeamID)
	}
	b.quiet()
}

// journeyCrossing writes a reply while a colleague answers: although the page shows theirs, the reply is stopped once.
func journeyCrossing(f fixture) {
	cy := f.colleague("Cy Young")
	dbtest.Message(f.t, f.pool, f.thread, "Is it still under warranty?")
	mine, theirs := f.as(f.agent), f.as(cy)
	mine.open(f.page())
	mine.until(`document.documentElement.dataset.line === 'up'`)
	mine.press("textbox", "Reply")
	mine.types("Yes, until May")
	theirs.open(f.page())
	theirs.press("textbox", "Reply")
	theirs.types("No, it ended in March")
	theirs.keys("Ctrl+Enter")
	mine.until(`document.querySelector('#thread article[data-from=agent]')?.innerText.includes('ended in March')`)
	mine.keys("Ctrl+Enter")
	mine.until(`document.querySelector('#composer [role=alert]')?.innerText.includes('A newer message arrived')`)
	mine.until(`document.querySelector('#composer-text').value === 'Yes, until May'`)
	mine.accessible("a reply that crossed another")
	mine.press("button", "Send anyway")
	mine.keepsMessage("agent", "Yes, until May")

	// What the customer adds in sight of the writer does not stop a reply.
	mine.press("textbox", "Reply")
	mine.types("We are sorry")
	f.writes("Hello?")
	mine.until(`document.querySelector('#thread').innerText.includes('Hello?')`)
	mine.keys("Ctrl+Enter")
	mine.keepsMessage("agent", "We are sorry")
	mine.quiet("409")
	theirs.quiet()
}

// journeyTwoWindows sees in one window what happens in another.
func journeyTwoWindows(f fixture) {
	cy := f.colleague("Cy Young")
	dbtest.Message(f.t, f.pool, f.thread, "It smokes")
	mine, theirs := f.as(f.agent), f.as(cy)
	mine.until(`document.documentElement.dataset.line === 'up'`)
	theirs.open(f.page())
	theirs.until(`document.documentElement.dataset.line === 'up'`)

	// What came a moment ago is fetched with the conversation that is opened now.
	f.writes("And now it burns")
	mine.until(`document.querySelector('` + f.row() + `')?.innerText.includes('And now it burns')`)
	mine.click(f.row() + " .row-link")
	mine.until(`document.querySelector('#thread')?.innerText.includes('And now it burns')`)
	for _, part := range []string{"thread", "head", "details", "writers"} {
		f.waits("GET " + f.page() + "/" + part)
	}

	theirs.press("textbox", "Reply")
	theirs.types("One moment")
	mine.until(`document.querySelector('#writers').innerText.includes('Cy is writing')`)
	theirs.keys("Ctrl+Enter")
	mine.until(`document.querySelector('#thread article[data-from=agent]')?.innerText.includes('One moment')`)
	theirs.choose("Assignee", "Bo Keller")
	mine.holdsLabel("Assignee", "Bo Keller")
	theirs.press("button", "Resolve")
	mine.find("button", "Reopen")
	mine.until(`!document.querySelector('` + f.row() + `')`)
	other := mine.another() // one line for both tabs
	other.open(f.path("/conversations?status=all"))
	f.writes("It burns again")
	other.until(`document.querySelector('` + f.row() + `')?.innerText.includes('It burns again')`)
	mine.quiet()
	theirs.quiet()
}

func journeySearchKinds(f fixture) {
	for n := range 32 {
		dbtest.Message(f.t, f.pool, f.thread, fmt.Sprintf("The wheel slips, time %d", n))
	}
	b := f.as(f.agent)
	b.keys("g s")
	b.find("heading", "Search")
	b.types("wheel")
	b.keys("Enter")
	b.until(`document.querySelectorAll('.hit mark').length >= 20`)
	b.on("main", "", `function () { document.querySelector('#hits').lastElementChild.scrollIntoView() }`)
	b.until(`document.querySelectorAll('.hit').length === 32`)
	b.keys("/")
	b.types("printer")
	b.keys("Enter")
	b.sees("0 messages")
	b.press("link", "Conversations")
	b.until(`document.querySelector('.hit-title')?.innerText === 'Printer on fire'`)
	b.keys("/")
	b.types("Ada")
	b.keys("Enter")
	b.click(`.subnav a[href*="kind=contacts"]`)
	b.until(`[...document.querySelectorAll('.hit-title')].some((hit) => hit.innerText === 'Ada Example')`)
	b.accessible("people who were found")
	b.press("link", "Ada Example")
	b.find("heading", "Ada Example")
	b.quiet()
}

// journeyCommands covers the palette, the sheet of keys, and what folds.
func journeyCommands(f fixture) {
	b := f.as(f.agent)
	b.open(f.page())
	b.until(`'ready' in document.documentElement.dataset`)
	b.keys("?")
	b.find("dialog", "Keys")
	b.accessible("the sheet of keys")
	b.press("button", "Close")
	b.until(`!document.querySelector('dialog[open]')`)
	b.press("button", "Help and keys")
	b.find("dialog", "Keys")
	b.keys("Escape")
	b.until(`!document.querySelector('dialog[open]')`)

	b.keys("Ctrl+k")
	b.find("combobox", "Command, conversation or person")
	b.accessible("the palette")
	b.types("resol")
	b.until(`document.querySelector('.palette [data-active]')?.innerText.startsWith('Resolve')`)
	b.keys("Enter")
	b.find("button", "Reopen")
	b.keys("Ctrl+k")
	b.types("ada")
	b.until(`[...document.querySelectorAll('.palette .option')].some((o) => o.innerText.includes('Ada Example'))`)
	b.click(".palette .option[id]:has(.avatar)")
	b.find("heading", "Ada Example")

	b.open(f.page())
	b.until(`'ready' in document.documentElement.dataset`)
	b.press("button", "Hide details")
	b.until(`document.querySelector('.desk').dataset.context === 'none'`)
	b.reload()
	b.until(`document.querySelector('.desk').dataset.context === 'none' && !document.querySelector('#details').checkVisibility()`)
	b.press("button", "Details")
	b.find("heading", "Details")
	b.keys(`\`)
	b.until(`document.querySelector('.desk').dataset.context === 'none'`)
	b.keys(`\`)
	b.find("heading", "Details")
	b.keys(`\`)
	b.until(`document.querySelector('.desk').dataset.context === 'none'`)
	b.keys("l")
	b.until(`document.querySelector('[data-check-picker]').matches(':popover-open')`)
	b.keys("Escape")
	b.reload()
	b.find("heading", "Details")
	b.quiet()
}

func journeyNotifications(f fixture) {
	f.notify(f.agent)
	b := f.as(f.agent)
	b.click(`a.rail-link[href$="/notifications"]`)
	b.until(`document.querySelector('.hit[data-unread]')`)
	b.press("button", "Mark all as read")
	b.until(`document.querySelector('.hit') && !document.querySelector('.hit[data-unread]')`)
	b.reload()
	b.until(`document.querySelector('.hit') && !document.querySelector('.hit[data-unread]') && !document.querySelector('.rail-count')`)
	b.quiet()
}
