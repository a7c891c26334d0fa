package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

// contactJourneys are about the people who write.
func contactJourneys() map[string]func(f fixture) {
	return map[string]func(f fixture){
		"contacts": journeyContacts,
		"contact":  journeyContact,

		"contact_import": journeyContactImport,
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

func journeyContactImport(f fixture) {
	file := filepath.Join(f.t.TempDir(), "contacts.csv")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
	b := f.as(f.admin)
	b.keys("g c")
	b.press("link", "Import")
	b.press("button", "Show what is in it")
	b.sees("Choose a file first")
	b.accessible("an import without a file")

	write("name;email\n\"Open;open@x.example\n")
	b.find("button", "Show what is in it")
	b.files(`#import-file`, file)
	b.press("button", "Show what is in it")
	b.sees("line 2: a quote opens a cell and does not close it")
	b.press("link", "Another file")

	write("name;email;phone_number;plan\nPe\xf1a;pena@x.example;+351 215 550 142;gold\nBo;no address;;\n")
	b.find("button", "Show what is in it")
	b.files(`#import-file`, file)
	b.press("button", "Show what is in it")
	b.sees("Peña")
	b.sees("Refused: Invalid email")
	b.sees("+351215550142")
	b.accessible("an import that waits for its confirmation")
	b.choose("Encoding", "Central European, Windows-1250")
	b.press("button", "Read it again")
	b.sees("Peńa")
	b.holdsLabel("Encoding", "Central European, Windows-1250")
	b.press("button", "Import 2 rows")
	b.find("heading", "Result")
	b.untilReloaded(`document.querySelector('main').innerText.includes('Done, 1 row refused')`)
	b.accessible("an import that is done")
	value[bool](b, `!fetch(document.querySelector('main a[download]').href).then(r => r.text()).then(t => { window.failures = t })`)
	b.until(`window.failures`)
	if got := value[string](b, `window.failures`); !strings.Contains(got, "Bo,no address,,,3,Invalid email") {
		f.t.Errorf("the file of failures: %q", got)
	}
	b.press("link", "All imports")
	b.sees("Done, 1 row refused")
	b.open(link.Contacts(f.inbox.AccountID))
	b.sees("Peńa")
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
