package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/auth"
	"github.com/parleydesk/parley/internal/dbtest"
	"github.com/parleydesk/parley/internal/link"
)

// fixture is an account with an inbox, two who work there and a conversation, on a program that serves.
type fixture struct {
	t *testing.T
	*instance
	pool         *pgxpool.Pool
	settings     []string
	admin, agent db.User
	token        string // the administrator's
	inbox        db.Inbox
	thread       db.Conversation
	log          *tabLog // of all its browsers
}

// password is everyone's; hashing it takes long on purpose.
const password = "battery staple"

var passwordHash = sync.OnceValues(func() (string, error) {
	return auth.NewPasswords().Hash(context.Background(), password)
})

// newFixture starts a program of its own, with settings beside the usual ones.
func newFixture(t *testing.T, settings ...string) fixture {
	t.Helper()
	f := newAccountFixture(t, fixture{pool: dbtest.New(t)})
	f.exec("UPDATE installation SET set_up_at = now()")
	f.settings = []string{
		"DATABASE_URL=" + f.pool.Config().ConnString(), "PARLEY_SECRET_KEY=" + dbtest.SecretKey,
		"PARLEY_DATA=" + t.TempDir(), "PARLEY_OUTBOUND_ALLOW=127.0.0.0/8",
	}
	f.settings = append(f.settings, settings...)
	f.instance = serveParley(t, f.settings).ready()
	return f
}

// newAccountFixture is another account on the program of a fixture.
func newAccountFixture(t *testing.T, f fixture) fixture {
	t.Helper()
	f.t = t
	if f.instance != nil {
		f.instance = f.in(t)
	}
	account := dbtest.Account(t, f.pool, "Kestrel")
	f.inbox = dbtest.Inbox(t, f.pool, account, "Shop")
	f.admin, f.agent = dbtest.Admin(t, f.pool, account, "Ann Lee"), dbtest.Agent(t, f.pool, account, "Bo Keller", f.inbox)
	f.token = dbtest.Token(t, f.pool, f.admin)
	f.thread = dbtest.Conversation(t, f.pool, f.inbox, "Printer on fire")
	f.setPasswords(f.admin, f.agent)
	f.log = &tabLog{}
	t.Cleanup(f.keepsItsWord)
	return f
}

func (f fixture) setPasswords(users ...db.User) {
	f.t.Helper()
	hash, err := passwordHash()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, u := range users {
		f.exec("UPDATE users SET password_hash = $1 WHERE id = $2", hash, u.ID)
	}
}

// writes has the customer say something, by the API.
func (f fixture) writes(text string) {
	f.t.Helper()
	f.api("POST", "/conversations/"+f.number()+"/messages", map[string]any{"content": text, "message_type": "incoming"})
}

// api calls the API as the administrator.
func (f fixture) api(method, path string, in any) string {
	f.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		f.t.Fatal(err)
	}
	path = fmt.Sprintf("/api/v1/accounts/%d%s", f.inbox.AccountID, path)
	status, answer := f.send(method, path, string(body), "api_access_token", f.token, "Content-Type", "application/json")
	if status != http.StatusOK {
		f.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	return answer
}

// exec changes the database, where the interface is not what is tested.
func (f fixture) exec(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(f.t.Context(), sql, args...); err != nil {
		f.t.Fatal(err)
	}
}

// path is an address of the account's pages.
func (f fixture) path(more string) string { return link.Account(f.inbox.AccountID) + more }

func (f fixture) number() string { return strconv.FormatInt(f.thread.DisplayID, 10) }
func (f fixture) row() string    { return "#conversation-" + f.number() }
func (f fixture) page() string   { return f.path("/conversations/" + f.number()) }

// waits for a browser to have asked for something.
func (f fixture) waits(request string) {
	f.t.Helper()
	asked := func() bool {
		f.log.mu.Lock()
		defer f.log.mu.Unlock()
		return slices.Contains(f.log.asked, request)
	}
	for deadline := time.Now().Add(patience); !asked(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			f.t.Fatalf("no browser asked for %s", request)
		}
	}
}

// browser is a new browser on the program.
func (f fixture) browser() tab {
	f.t.Helper()
	return newBrowser(f.t, f.instance, f.log)
}

// as is a new browser in which someone has signed in.
func (f fixture) as(u db.User) tab {
	f.t.Helper()
	b := f.browser()
	signIn(b, u.Email, password)
	return b
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
	f := newFixture(t)
	b := f.browser()
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
		signIn(b, f.agent.Email, password)
		b.until(`document.documentElement.dataset.line === 'up'`)
	})

	part("a message arrives on the open page, unread and bold", func(b tab) {
		time.Sleep(500 * time.Millisecond) // let what the page fetches on opening pass, so that the figure is the message's own
		began := time.Now()
		f.writes("The printer is on fire")
		b.until(`document.querySelector('` + f.row() + `[data-unread]')?.innerText.includes('on fire')`)
		t.Logf("on the page %s after it was posted", time.Since(began).Round(time.Millisecond))
		if weight := value[string](b, `getComputedStyle(document.querySelector('`+f.row()+` .row-name')).fontWeight`); weight < "600" {
			b.Errorf("the name's weight is %s", weight)
		}
		b.until(`document.querySelector('#views [aria-current]').innerText.replace(/\s+/g, ' ').trim() === 'All 1'`)
		b.accessible("the inbox")
	})

	part("it opens in place, and is read after a second", func(b tab) {
		b.click(f.row() + " .row-link")
		b.find("feed", "Thread")
		b.until(`location.pathname === '` + f.page() + `' && document.querySelector('#thread article').innerText.includes('on fire')`)
		b.until(`!document.querySelector('` + f.row() + `[data-unread]')`)
		b.accessible("a conversation")
	})

	part("what comes while it is open is there at once", func(b tab) {
		began := time.Now()
		f.writes("Now the desk burns, too")
		b.until(`document.querySelector('#thread').innerText.includes('Now the desk burns')`)
		t.Logf("in the thread %s after it was posted", time.Since(began).Round(time.Millisecond))
	})

	part("it is assigned with the picker", func(b tab) {
		b.choose("Assignee", "Bo Keller")
		b.until(`document.querySelector('` + f.row() + `').innerText.includes('BK')`)
		b.until(`document.querySelector('#thread').innerText.includes('self-assigned')`)
		if c := dbtest.Reload(b, f.pool, f.thread); c.AssigneeID == nil || *c.AssigneeID != f.agent.ID {
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
		_, answer := f.get(
			fmt.Sprintf("/api/v1/accounts/%d/conversations/%d/messages", f.inbox.AccountID, f.thread.DisplayID),
			"api_access_token", f.token,
		)
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
		if status, bytes := f.get("/" + path); status != 200 || bytes != "keep calm" {
			b.Errorf("%s answers %d %q", last.Attachments[0].URL, status, bytes)
		}
	})

	part("it is resolved, with a way back", func(b tab) {
		b.press("button", "Resolve")
		b.find("button", "Reopen")
		b.until(`!document.querySelector('` + f.row() + `')`)
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
		b.open(f.path("/search?q=insured"))
		b.until(`document.querySelector('.hit mark')?.innerText === 'insured'`)
		b.accessible("search")
		b.click(".hit-title a")
		b.until(`document.activeElement?.matches('article[data-from=note]')`)
	})

	part("dark and narrow screens lose nothing", func(b tab) {
		for _, theme := range []string{"dark", "light"} {
			for _, width := range []int64{1440, 1024, 390, 320} {
				b.look(width, 844, theme)
				b.open(f.path("/conversations"))
				b.find("list", "Conversations")
				b.accessible(fmt.Sprintf("the inbox, %s, %d px", theme, width))
				b.open(f.page())
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
	f := newFixture(t)
	f.writes("Hello?")
	b := f.browser()
	b.scripts(false)
	signIn(b, f.agent.Email, password)
	b.click(f.row() + " .row-link")
	b.fill("Reply", "Hello back")
	b.press("button", "Send")
	b.until(`document.querySelector('#thread article[data-from=agent]')?.innerText.includes('Hello back')`)
	b.click("#tab-note")
	b.fill("Note", "Polite one")
	b.press("button", "Add note")
	b.until(`document.querySelector('#thread article[data-from=note]')?.innerText.includes('Polite one')`)
	b.on(
		"combobox", "Assignee",
		`function () { this.value = [...this.options].find((o) => o.label === 'Bo Keller').value; this.form.submit(); }`,
	)
	b.until(`document.querySelector('#thread').innerText.includes('self-assigned')`)
	b.press("button", "Resolve")
	b.find("button", "Reopen")
	b.open(f.path("/search?q=polite"))
	b.until(`document.querySelector('.hit')`)
	if c := dbtest.Reload(t, f.pool, f.thread); c.Status != db.ConversationStatusResolved || c.AssigneeID == nil {
		t.Errorf("%s, assigned to %v", c.Status, c.AssigneeID)
	}
}
