package main

import (
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// TestBulkJourney picks by keys, does one thing to all, and takes it back; then the same without scripts.
func TestBulkJourney(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.writes("Hello?")
	b := f.as(f.agent)
	row := f.row()
	b.until(`document.documentElement.dataset.line === 'up' && document.querySelector('` + row + `')`)
	b.keys("j", "x")
	b.until(`!document.querySelector('#bulk').hidden && document.querySelector('#bulk [data-bulk-count]').innerText === '1'`)
	b.until(`document.querySelector('#bulk select[name=assignee]')`)
	b.accessible("rows that are picked")
	b.keys("Escape")
	b.until(`document.querySelector('#bulk').hidden && !document.querySelector('.row-check:checked')`)

	b.keys("x")
	b.until(`!document.querySelector('#bulk').hidden`)
	b.keys("e")
	b.until(`document.querySelector('.toast')?.innerText.includes('1 conversation: Resolved') && !document.querySelector('` + row + `')`)
	b.until(`document.querySelector('#bulk').hidden`)
	b.keys("z")
	b.until(`document.querySelector('` + row + `')`)

	// The other actions, by key and by mouse.
	f.exec("INSERT INTO labels (account_id, title, color) VALUES ($1, 'vip', '#5b8def')", f.inbox.AccountID)
	b.reload()
	b.until(`document.documentElement.dataset.line === 'up' && document.querySelector('` + row + `')`)
	b.press("link", "Choose several")
	b.until(`location.search.includes('choose') && 'ready' in document.documentElement.dataset`)
	b.click(row + " .row-check")
	b.press("link", "Stop choosing")
	b.until(
		`document.querySelector('` + row + `') && document.querySelector('#bulk').hidden && document.documentElement.dataset.line === 'up'`,
	)
	b.keys("j", "x")
	b.until(`document.querySelector('#bulk select[name=label]')`)
	b.press("button", "Choose none")
	b.until(`document.querySelector('#bulk').hidden`)
	b.keys("x")
	b.press("button", "Choose all shown")
	b.keys("l")
	b.choose("Label the chosen", "vip")
	b.until(`document.querySelector('` + row + `').innerText.includes('vip') && document.querySelector('#bulk').hidden`)
	b.press("heading", "My work")
	b.keys("j", "x", "a")
	b.choose("Assign the chosen", "Me")
	b.until(`document.querySelector('` + row + `').innerText.includes('BK') && document.querySelector('#bulk').hidden`)
	b.press("heading", "My work")
	b.keys("j", "x", "h")
	b.until(`document.querySelector('#bulk-snooze').matches(':popover-open')`)
	b.keys("Escape")
	b.press("button", "Set aside the chosen")
	b.click("#bulk-snooze [value=tomorrow]")
	b.until(`document.querySelector('.toast')?.innerText.includes('1 conversation: Snoozed') && !document.querySelector('` + row + `')`)
	b.keys("z")
	b.until(`document.querySelector('` + row + `')`)

	b.look(390, 844, "dark")
	b.open(f.path("/conversations?choose=1"))
	b.click(row + " .row-check")
	b.choose("Assign the chosen", "Me")
	b.until(`document.querySelector('.toast')?.innerText.includes('1 conversation: assigned')`)
	b.click(row + " .row-check")
	b.until(`!document.querySelector('#bulk').hidden`)
	b.accessible("rows that are picked on a phone")

	b.scripts(false)
	b.open(f.path("/conversations?choose=1"))
	b.click(row + " .row-check")
	b.press("button", "Done with the chosen")
	b.until(`document.querySelector('#toasts').innerText.includes('1 conversation: Resolved')`)
	c := dbtest.Reload(t, f.pool, f.thread)
	if c.Status != db.ConversationStatusResolved || c.AssigneeID == nil || *c.AssigneeID != f.agent.ID {
		t.Errorf("%s, assigned to %v", c.Status, c.AssigneeID)
	}

	b.open(f.path("/conversations/new"))
	b.fill("To", "Grace Hopper <grace@navy.example>")
	b.fill("Message", "We found your glove")
	b.press("button", "Send")
	b.until(`document.querySelector('#thread article[data-from=agent]')?.innerText.includes('We found your glove')`)
	b.quiet()
}
