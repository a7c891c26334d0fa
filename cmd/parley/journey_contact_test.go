package main

import (
	"fmt"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

// contactJourneys are about the people who write.
func contactJourneys() map[string]func(f fixture) {
	return map[string]func(f fixture){
		"contacts": journeyContacts,
		"contact":  journeyContact,
	}
}

func journeyContacts(f fixture) {
	for n := range 50 {
		dbtest.Contact(f.t, f.pool, db.Account{ID: f.inbox.AccountID}, fmt.Sprintf("Bea %02d", n))
	}
	b := f.as(f.agent)
	b.keys("g c")
	b.press("link", "Next page")
	b.press("link", "To the start")
	b.press("link", "By name")
	b.until(`document.querySelector('tbody th').innerText.includes('Ada Example')`)
	b.press("searchbox", "Search")
	b.types("nobody at all")
	b.keys("Enter")
	b.sees("Nobody found")
	b.press("link", "Show everybody")
	b.until(`document.querySelectorAll('tbody tr').length === 50`)

	b.press("button", "New contact")
	b.press("button", "Cancel")
	b.press("button", "New contact")
	b.fill("Name", "Grace Hopper")
	b.fill("Email", "no address")
	b.press("button", "Add contact")
	b.until(`document.querySelector('dialog [aria-invalid]')`)
	b.accessible("a contact's address that is none")
	b.fill("Email", "grace@navy.example")
	b.fill("Phone", "+351215550142")
	b.press("button", "Add contact")
	b.find("heading", "Grace Hopper")
	b.keeps("grace@navy.example")
	b.quiet("422")
}

func journeyContact(f fixture) {
	f.exec(
		`INSERT INTO attribute_definitions (account_id, model, display_name, key, display_type) VALUES ($1, `+
			`'contact_attribute', 'Plan', 'plan', 'text')`,
		f.inbox.AccountID,
	)
	f.exec("INSERT INTO labels (account_id, title, color) VALUES ($1, 'vip', '#5b8def')", f.inbox.AccountID)
	b := f.as(f.agent)
	b.open(f.page())
	b.press("link", "Ada Example")
	b.find("heading", "Ada Example")
	b.press("button", "Edit Ada Example")
	b.accessible("the dialog of a contact")
	b.fill("Name", "Ada Lovelace")
	b.fill("Identifier", "ada-1")
	b.press("checkbox", "vip")
	b.press("button", "Save changes")
	b.find("heading", "Ada Lovelace")
	b.keeps("vip")
	b.fill("Plan", "gold")
	b.keys("Tab")
	b.waitForToast("Saved")
	b.reload()
	b.holds("textbox", "Plan", "gold")

	b.press("button", "Mute Ada Lovelace")
	b.keeps("Muted")
	b.press("button", "Unmute Ada Lovelace")
	b.find("button", "Mute Ada Lovelace")

	b.press("link", "Notes 0")
	b.fill("New note", "Prefers mail")
	b.press("button", "Add note")
	b.keeps("Prefers mail")
	b.press("button", "Delete note of Bo Keller")
	b.accessible("a question before a note is deleted")
	b.press("button", "Cancel")
	b.press("button", "Delete note of Bo Keller")
	b.press("button", "Yes, delete note")
	b.lacks("Prefers mail")
	b.reload()
	b.lacks("Prefers mail")
	b.press("link", "Write to Ada Lovelace")
	b.find("heading", "New conversation")
	b.quiet()
}
