package main

import (
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
)

// TestJourneys does, in a real browser, each thing that the interface offers and that no other test here does. All share
// one program; each has an account of its own. capabilities lists what each does.
func TestJourneys(t *testing.T) {
	t.Parallel()
	shared := newFixture(t)
	for name, journey := range map[string]func(f fixture){
		"suggestions": suggestions,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			journey(newAccountFixture(t, shared))
		})
	}
}

// suggestions come while one writes: canned replies after "/", colleagues after "@".
func suggestions(f fixture) {
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
	b.types(" /tape")
	b.press("option", "/tape How to move the tape.")
	b.until(`document.activeElement.value === 'Hello How to move the tape. How to move the tape.'`)
	b.keys("Ctrl+Enter")
	b.find("article", "Bo Keller")
	b.reload()
	b.find("article", "Bo Keller")

	b.press("tab", "Note")
	b.types("@ann")
	b.until(`document.querySelector('.suggest [data-active]')?.innerText.includes('Ann Lee')`)
	b.keys("Enter")
	b.until(`document.activeElement.value === '@Ann Lee '`)
	b.types("see above")
	b.press("button", "Add note")
	b.find("article", "Note Bo Keller")
	b.quiet()
}
