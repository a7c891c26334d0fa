package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
)

// office is a workplace with an inbox, two who work there and a conversation, served by the real program.
type office struct {
	workplace
	*instance
	agent db.User
}

func newOffice(t *testing.T) office {
	t.Helper()
	w := newWorkplace(t)
	inbox := db.Inbox{AccountID: 1, ID: w.thread.InboxID}
	agent := dbtest.Agent(t, w.pool, db.Account{ID: 1}, "Bo Keller", inbox)
	hash, err := auth.NewPasswords().Hash("battery staple")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.pool.Exec(t.Context(), "UPDATE users SET password_hash = $1 WHERE id = $2", hash, agent.ID); err != nil {
		t.Fatal(err)
	}
	return office{w, serveParley(t, w.settings).ready(), agent}
}

// writes has the customer say something, by the API.
func (o office) writes(words string) {
	o.t.Helper()
	body, _ := json.Marshal(map[string]string{"content": words, "message_type": "incoming"})
	if status, answer := o.send("POST", o.messages(), string(body), "api_access_token", o.token, "Content-Type", "application/json"); status != 200 {
		o.t.Fatalf("%d %s", status, answer)
	}
}

func (o office) row() string { return fmt.Sprintf("#conversation-%d", o.thread.DisplayID) }
func (o office) page() string {
	return fmt.Sprintf("/accounts/1/conversations/%d", o.thread.DisplayID)
}

func signIn(b tab, email, password string) {
	b.Helper()
	b.open("/login")
	b.fill("Email", email)
	b.fill("Password", password)
	b.press("button", "Sign in")
	b.find("list", "Conversations")
}

// TestJourney is an agent's day in a real browser.
func TestJourney(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	b := newBrowser(t, o.instance)
	// Each part goes on where the one before ended.
	part := func(name string, fn func(b tab)) {
		t.Run(name, func(t *testing.T) {
			b := b
			b.T = t
			fn(b)
		})
	}

	part("sign in", func(b tab) {
		b.open("/login")
		b.accessible("sign in")
		signIn(b, "bo.keller@account1.example", "battery staple")
		b.until(`document.documentElement.dataset.line === 'up'`)
	})

	part("a message arrives on the open page, unread and bold", func(b tab) {
		time.Sleep(500 * time.Millisecond) // let what the page fetches on opening pass, so that the figure is the message's own
		began := time.Now()
		o.writes("The printer is on fire")
		b.until(`document.querySelector('` + o.row() + `[data-unread]')?.innerText.includes('on fire')`)
		t.Logf("on the page %s after it was posted", time.Since(began).Round(time.Millisecond))
		if weight := value[string](b, `getComputedStyle(document.querySelector('`+o.row()+` .row-name')).fontWeight`); weight < "600" {
			b.Errorf("the name's weight is %s", weight)
		}
		b.until(`document.querySelector('#views [aria-current]').innerText.replace(/\s+/g, ' ').trim() === 'All 1'`)
		b.accessible("the inbox")
	})

	part("it opens in place, and is read after a second", func(b tab) {
		b.click(o.row() + " .row-link")
		b.find("feed", "Thread")
		b.until(`location.pathname === '` + o.page() + `' && document.querySelector('#thread article').innerText.includes('on fire')`)
		b.until(`!document.querySelector('` + o.row() + `[data-unread]')`)
		b.accessible("a conversation")
	})

	part("what comes while it is open is there at once", func(b tab) {
		began := time.Now()
		o.writes("Now the desk burns, too")
		b.until(`document.querySelector('#thread').innerText.includes('Now the desk burns')`)
		t.Logf("in the thread %s after it was posted", time.Since(began).Round(time.Millisecond))
	})

	part("it is assigned with the picker", func(b tab) {
		b.choose("Assignee", "Bo Keller")
		b.until(`document.querySelector('` + o.row() + `').innerText.includes('BK')`)
		b.until(`document.querySelector('#thread').innerText.includes('self-assigned')`)
		if c := dbtest.Reload(b, o.pool, o.thread); c.AssigneeID == nil || *c.AssigneeID != o.agent.ID {
			b.Error("not assigned in the database")
		}
	})

	part("a note is written, and named as one", func(b tab) {
		b.press("tab", "Note")
		b.fill("Note", "Is that one insured?")
		b.press("button", "Add note")
		b.until(`document.querySelector('#thread article[data-from=note]')?.innerText.includes('insured')`)
		b.find("article", "Note Bo Keller")
		b.until(`!document.querySelector('#composer-text').value`)
	})

	part("a reply goes with two attachments", func(b tab) {
		dir := b.TempDir()
		paths := []string{filepath.Join(dir, "plan.txt"), filepath.Join(dir, "exit.csv")}
		for _, p := range paths {
			if err := os.WriteFile(p, []byte("keep calm"), 0o600); err != nil {
				b.Fatal(err)
			}
		}
		b.press("tab", "Reply")
		b.files(`input[aria-label="Attach files"]`, paths...)
		b.until(`document.querySelectorAll('.chip input[name=attachment]').length === 2`)
		b.fill("Reply", "Leave by the **nearest** exit.")
		b.press("button", "Send")
		b.until(`document.querySelectorAll('#thread article:has(strong) a.tile').length === 2`)
		time.Sleep(300 * time.Millisecond) // the answer and the event line both bring it
		if n := value[int](b, `[...document.querySelectorAll('#thread article')].filter((a) => a.innerText.includes('nearest')).length`); n != 1 {
			b.Errorf("the reply stands there %d times", n)
		}
		_, answer := o.get(o.messages(), "api_access_token", o.token)
		var list struct {
			Payload []struct {
				Content     string `json:"content"`
				Attachments []struct {
					URL string `json:"data_url"`
				} `json:"attachments"`
			} `json:"payload"`
		}
		if err := json.Unmarshal([]byte(answer), &list); err != nil {
			b.Fatal(err)
		}
		last := list.Payload[len(list.Payload)-1]
		if len(last.Attachments) != 2 || !strings.Contains(last.Content, "nearest") {
			b.Fatalf("the API gives %+v", last)
		}
		if !strings.HasSuffix(last.Attachments[0].URL, "/plan.txt") {
			b.Errorf("%s comes first, not the file chosen first", last.Attachments[0].URL)
		}
		_, path, _ := strings.Cut(strings.TrimPrefix(last.Attachments[0].URL, "http://"), "/")
		if status, bytes := o.get("/" + path); status != 200 || bytes != "keep calm" {
			b.Errorf("%s answers %d %q", last.Attachments[0].URL, status, bytes)
		}
	})

	part("it is resolved, with a way back", func(b tab) {
		b.press("button", "Resolve")
		b.find("button", "Reopen")
		b.until(`!document.querySelector('` + o.row() + `')`)
		b.until(`document.querySelector('#toasts').innerText.includes('Resolved')`)
		b.click("#toasts button")
		b.find("button", "Resolve")
	})

	part("it is snoozed until the moment chosen", func(b tab) {
		b.press("button", "Snooze")
		b.click("#snooze-menu [value=tomorrow]")
		b.find("button", "Reopen")
		b.until(`document.querySelector('#toasts').innerText.includes(', 09:00')`)
		b.press("button", "Reopen")
		b.find("button", "Resolve")
	})

	part("search finds what was said", func(b tab) {
		b.open("/accounts/1/search?q=insured")
		b.until(`document.querySelector('.hit mark')?.innerText === 'insured'`)
		b.accessible("search")
		b.click(".hit-title a")
		b.until(`document.activeElement?.matches('article[data-from=note]')`)
	})

	part("dark and narrow screens lose nothing", func(b tab) {
		for _, theme := range []string{"dark", "light"} {
			for _, width := range []int64{1440, 1024, 390, 320} {
				b.look(width, 844, theme)
				b.open("/accounts/1/conversations")
				b.find("list", "Conversations")
				b.accessible(fmt.Sprintf("the inbox, %s, %d px", theme, width))
				b.open(o.page())
				b.find("textbox", "Reply")
				b.accessible(fmt.Sprintf("a conversation, %s, %d px", theme, width))
			}
		}
		b.look(1440, 900, "light")
	})
	b.quiet("Autofocus")
}

// TestJourneyWithoutScripts does the same work with the browser's scripts switched off.
func TestJourneyWithoutScripts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.writes("Hello?")
	b := newBrowser(t, o.instance)
	b.scripts(false)
	signIn(b, "bo.keller@account1.example", "battery staple")
	b.click(o.row() + " .row-link")
	b.fill("Reply", "Hello back")
	b.press("button", "Send")
	b.until(`document.querySelector('#thread article[data-from=agent]')?.innerText.includes('Hello back')`)
	b.click("#tab-note")
	b.fill("Note", "Polite one")
	b.press("button", "Add note")
	b.until(`document.querySelector('#thread article[data-from=note]')?.innerText.includes('Polite one')`)
	b.on("combobox", "Assignee", `function () { this.value = [...this.options].find((o) => o.label === 'Bo Keller').value; this.form.submit(); }`)
	b.until(`document.querySelector('#thread').innerText.includes('self-assigned')`)
	b.press("button", "Resolve")
	b.find("button", "Reopen")
	b.open("/accounts/1/search?q=polite")
	b.until(`document.querySelector('.hit')`)
	if c := dbtest.Reload(t, o.pool, o.thread); c.Status != db.ConversationStatusResolved || c.AssigneeID == nil {
		t.Errorf("%s, assigned to %v", c.Status, c.AssigneeID)
	}
}
